"""Keys of fields by version, with counted uses."""

from __future__ import annotations

import datetime as dt

import pytest

from govreg.database import Store, metadata, sqlite_url
from govreg.errors import IntegrityProblem
from govreg.protection import field_keys
from govreg.protection.aead import Suite
from govreg.protection.field_index import FieldIndex, plan_index, version_of
from govreg.protection.field_keys import REFUSED_AT, ROTATE_AT, FieldKeys
from govreg.protection.keystore import KeyStore
from govreg.protection.provider import LocalKeys
from govreg.protection.tables import field_key

NOW = dt.datetime(2026, 1, 2, tzinfo=dt.UTC)
PLACE = "crm.customers.email"


@pytest.fixture
def store(tmp_path):
    made = Store(sqlite_url(tmp_path / "store.db"))
    with made.write() as connection:
        metadata.create_all(connection)
    yield made
    made.close()


@pytest.fixture
def keys(tmp_path):
    return FieldKeys(KeyStore(LocalKeys(tmp_path / "keys"), workspace="w"))


def test_uses_are_counted_and_at_2_31_the_next_version_takes_over(store, keys):
    with store.write() as connection:
        one = keys.sealing(connection, PLACE, 10, NOW)
        assert one.suite is Suite.CCM
        assert keys.sealing(connection, PLACE, 5, NOW).id == one.id
        assert [(v.version, v.used) for v in keys.versions(connection, PLACE)] == [(1, 15)]
        connection.execute(field_key.update().values(used=ROTATE_AT - 4))
        assert keys.sealing(connection, PLACE, 4, NOW).id == one.id
        two = keys.sealing(connection, PLACE, 1, NOW)
        assert two.id != one.id
        held = keys.versions(connection, PLACE)
        assert [(v.version, v.used) for v in held] == [(1, ROTATE_AT), (2, 1)]


def test_more_than_2_32_at_once_are_refused_and_no_key_is_made(store, keys):
    with store.write() as connection:
        with pytest.raises(IntegrityProblem) as told:
            keys.sealing(connection, PLACE, REFUSED_AT + 1, NOW)
        assert told.value.code == "key_used_up"
        assert keys.versions(connection, PLACE) == []


def test_a_version_that_went_opens_nothing_and_its_number_does_not_come_back(store, keys):
    with store.write() as connection:
        one = keys.sealing(connection, PLACE, 1, NOW)
        two = keys.renew(connection, PLACE, NOW)
        assert keys.retire(connection, PLACE, "seal", 2, NOW) == 1
        assert [v.key_id for v in keys.versions(connection, PLACE)] == [two.id]
        assert keys.keys.by_ids(connection, [one.id]) == {}
        assert keys.renew(connection, PLACE, NOW).id > two.id


def test_look_up_values_of_every_version_are_looked_for(store, keys):
    with store.write() as connection:
        keys.make_index(connection, PLACE, 11, NOW)
        first = FieldIndex(PLACE, keys.indexes(connection, PLACE)).of("a")
        keys.make_index(connection, PLACE, 16, NOW)
        index = FieldIndex(PLACE, keys.indexes(connection, PLACE))
        other = FieldIndex("crm.customers.phone", keys.indexes(connection, PLACE))
    assert index.version == 2
    assert index.all_of("a") == [first, index.of("a")]
    assert index.of("a") != other.of("a")
    assert (version_of(first), version_of(index.of("a")), version_of("clear")) == (1, 2, None)
    assert int(first.partition(".")[2], 16) < 1 << 11
    assert index.of(None) == "x2.-"


def test_keys_of_many_people_are_made_once_and_are_the_same_one_by_one(store, keys):
    owners = [f"sub_{number}" for number in range(300)]
    with store.write() as connection:
        purpose = field_keys.Purpose.SUBJECT
        keys.keys.key(connection, purpose, owners[7], create=True, now=NOW)
        made = keys.keys.many(connection, purpose, owners, create=True, now=NOW)
        assert keys.keys.many(connection, purpose, owners, create=True, now=NOW) == made
        assert len({key.secret for key in made.values()}) == 300
        assert keys.keys.key(connection, purpose, owners[9], now=NOW) == made[owners[9]]
        ids = {who: key.id for who, key in made.items()}
        assert keys.keys.ids_of(connection, purpose, owners) == ids
        assert keys.keys.by_ids(connection, ids.values()) == {k.id: k for k in made.values()}
        assert keys.keys.many(connection, purpose, ["sub_x"], now=NOW) == {}


@pytest.mark.parametrize(
    ("rows", "distinct", "most", "expected", "bits", "refused"),
    [
        (1_000_000, 990_000, 3, 0, 18, False),
        (16, 16, 1, 0, 3, False),
        (15, 15, 1, 0, 8, True),
        (15, 15, 1, 1000, 8, False),
        (100_000, 5, 60_000, 0, 15, True),
    ],
)
def test_how_an_index_is_cut(rows, distinct, most, expected, bits, refused):
    plan = plan_index(rows=rows, distinct=distinct, most_frequent=most, expected=expected)
    assert (plan.bits, plan.refused is not None) == (bits, refused)
    if not refused:
        crowd = max(rows, expected)
        assert 2 <= crowd / 2**plan.bits <= crowd**0.5


def test_a_frequent_value_is_warned_of():
    plan = plan_index(rows=10_000, distinct=9_000, most_frequent=900)
    assert plan.warning is not None
    assert "9 %" in plan.warning
