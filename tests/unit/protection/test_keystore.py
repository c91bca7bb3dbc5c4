import datetime as dt
import os
import shutil
import threading
from contextlib import suppress

import pytest
import sqlalchemy as sa

from govreg.database import Store, metadata, sqlite_url
from govreg.errors import ConfigurationProblem, IntegrityProblem, NotFound
from govreg.protection.aead import Suite
from govreg.protection.envelope import Context, open_sealed, seal
from govreg.protection.keystore import KeyStore
from govreg.protection.provider import LocalKeys
from govreg.protection.purpose import Purpose
from govreg.protection.tables import key_epoch, key_row, key_shredded
from govreg.testing.servers import own_database

NOW = dt.datetime(2026, 1, 2, tzinfo=dt.UTC)
PLACE = Context(workspace="w", source="s", collection="c", field="f")


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)])
def store(request, tmp_path):
    tables = [t for t in metadata.sorted_tables if t.name.startswith("key_")]
    if request.param == "sqlite":
        made = Store(sqlite_url(tmp_path / "store.db"))
        with made.write() as connection:
            metadata.create_all(connection, tables=tables)
        yield made
        made.close()
        return
    with own_database("postgresql") as url:
        made = Store(url.render_as_string(hide_password=False))
        with made.write() as connection:
            metadata.create_all(connection, tables=tables)
        yield made
        made.close()


def keys(tmp_path, workspace="w"):
    return KeyStore(LocalKeys(tmp_path / "keys"), workspace=workspace)


def test_a_key_is_made_once_and_found_again_by_another_process(store, tmp_path):
    with store.write() as connection:
        made = keys(tmp_path).key(connection, Purpose.REQUEST, "req_1", create=True, now=NOW)
    with store.write() as connection:
        again = keys(tmp_path).key(connection, Purpose.REQUEST, "req_1", now=NOW)
        other = keys(tmp_path).key(connection, Purpose.REQUEST, "req_2", create=True, now=NOW)
    assert again == made
    assert other.secret != made.secret
    assert other.id != made.id


def test_a_key_that_was_never_made_is_not_found(store, tmp_path):
    with store.write() as connection, pytest.raises(NotFound):
        keys(tmp_path).key(connection, Purpose.SUBJECT, "sub_1", now=NOW)


def test_what_was_shredded_is_unreadable_and_its_id_is_not_given_again(store, tmp_path):
    held = keys(tmp_path)
    with store.write() as connection:
        key = held.key(connection, Purpose.SUBJECT, "sub_1", create=True, now=NOW)
        sealed = seal(key, "anna", PLACE)
        assert held.shred(connection, Purpose.SUBJECT, "sub_1", NOW, request_id="req_1")
        assert not held.shred(connection, Purpose.SUBJECT, "sub_1", NOW, request_id="req_1")
        (gone,) = held.shredded_for(connection, "req_1")
        assert (gone.key_id, gone.purpose, gone.at) == (key.id, "subject", NOW)
        assert (gone.epoch, gone.provider) == (1, "local")
        assert held.shredded_for(connection, "req_2") == ()
    with store.write() as connection:
        new = held.key(connection, Purpose.SUBJECT, "sub_1", create=True, now=NOW)
        assert new.id != key.id
        rows = connection.execute(sa.select(key_shredded)).fetchall()
    with pytest.raises(IntegrityProblem):
        open_sealed(new, sealed, PLACE)
    assert "sub_1" not in str(rows)


def test_a_row_that_was_altered_or_moved_is_named(store, tmp_path):
    held = keys(tmp_path)
    with store.write() as connection:
        one = held.key(connection, Purpose.SUBJECT, "one", create=True, now=NOW)
        two = held.key(connection, Purpose.SUBJECT, "two", create=True, now=NOW)
        wrapped = connection.execute(
            sa.select(key_row.c.wrapped).where(key_row.c.id == two.id)
        ).scalar_one()
        connection.execute(key_row.update().where(key_row.c.id == one.id).values(wrapped=wrapped))
        with pytest.raises(IntegrityProblem):
            held.key(connection, Purpose.SUBJECT, "one", now=NOW)


def test_another_workspaces_keys_do_not_open(store, tmp_path):
    with store.write() as connection:
        keys(tmp_path).key(connection, Purpose.SUBJECT, "one", create=True, now=NOW)
        with pytest.raises(IntegrityProblem):
            keys(tmp_path, workspace="other").key(connection, Purpose.SUBJECT, "one", now=NOW)


def test_without_the_key_files_nothing_opens(store, tmp_path):
    with store.write() as connection:
        keys(tmp_path).key(connection, Purpose.SUBJECT, "one", create=True, now=NOW)
    shutil.rmtree(tmp_path / "keys")
    with store.write() as connection, pytest.raises(ConfigurationProblem):
        keys(tmp_path).key(connection, Purpose.SUBJECT, "one", now=NOW)


def test_an_epoch_that_was_rolled_back_wraps_nothing_afterwards(store, tmp_path):
    """Another process made the epoch meanwhile: a key must never lie under one that is nowhere."""
    first, second = keys(tmp_path), keys(tmp_path)
    with suppress(InterruptedError), store.write() as connection:
        first.key(connection, Purpose.SUBJECT, "one", create=True, now=NOW)
        raise InterruptedError
    with store.write() as connection:
        two = second.key(connection, Purpose.SUBJECT, "two", create=True, now=NOW)
    with store.write() as connection:
        three = first.key(connection, Purpose.SUBJECT, "three", create=True, now=NOW)
        assert first.key(connection, Purpose.SUBJECT, "two", now=NOW) == two
    with store.write() as connection:
        assert keys(tmp_path).key(connection, Purpose.SUBJECT, "three", now=NOW) == three


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"wrapped": b""}, "truncated"),
        ({"wrapped": b"1234"}, "truncated"),
        ({"wrapped": b"w" * 60}, "not_authentic"),
        ({"kcv": b"k" * 16}, "wrong_key"),
        ({"suite": 9}, "unknown_suite"),
        ({"suite": 2}, "suite_mismatch"),
        ({"purpose": "request"}, "not_authentic"),
        ({"purpose": "index", "suite": 32}, "not_authentic"),
    ],
    ids=[
        "emptied",
        "cut-off",
        "overwritten",
        "check-value",
        "suite-of-nobody",
        "suite-downgraded",
        "other-purpose",
        "other-purpose-and-suite",
    ],
)
def test_a_damaged_row_has_a_name(store, tmp_path, change, code):
    held = keys(tmp_path)
    with store.write() as connection:
        held.key(connection, Purpose.SUBJECT, "one", create=True, now=NOW)
        connection.execute(key_row.update().values(**change))
        purpose = Purpose(change.get("purpose", "subject"))
        with pytest.raises(IntegrityProblem) as caught:
            held.key(connection, purpose, "one", now=NOW)
    assert caught.value.code == code


def test_two_rows_whose_owners_were_exchanged_do_not_open(store, tmp_path):
    held = keys(tmp_path)
    with store.write() as connection:
        for owner in ("one", "two"):
            held.key(connection, Purpose.SUBJECT, owner, create=True, now=NOW)
        for old, new in (("one", "x"), ("two", "one"), ("x", "two")):
            connection.execute(key_row.update().where(key_row.c.owner == old).values(owner=new))
        for owner in ("one", "two"):
            with pytest.raises(IntegrityProblem) as caught:
                held.key(connection, Purpose.SUBJECT, owner, now=NOW)
            assert caught.value.code == "not_authentic"


def test_a_shredded_row_that_comes_back_from_a_copy_does_not_open(store, tmp_path):
    held = keys(tmp_path)
    with store.write() as connection:
        held.key(connection, Purpose.SUBJECT, "one", create=True, now=NOW)
        copy = connection.execute(sa.select(key_row)).one()._asdict()
        held.shred(connection, Purpose.SUBJECT, "one", NOW)
        connection.execute(key_row.insert().values(copy))
        with pytest.raises(IntegrityProblem) as caught:
            held.key(connection, Purpose.SUBJECT, "one", now=NOW)
    assert caught.value.code == "shredded"


@pytest.mark.parametrize("purpose", list(Purpose))
def test_a_key_serves_its_purposes_suite_alone(store, tmp_path, purpose):
    with store.write() as connection:
        key = keys(tmp_path).key(connection, purpose, "one", create=True, now=NOW)
    sealing = {Purpose.SUBJECT, Purpose.REQUEST, Purpose.COPY, Purpose.KEPT}
    assert (key.suite is Suite.GCM) is (purpose in sealing)
    assert (key.suite is Suite.ED25519) is (purpose is Purpose.SIGNING)


def test_a_damaged_epoch_has_a_name(store, tmp_path):
    with store.write() as connection:
        keys(tmp_path).key(connection, Purpose.SUBJECT, "one", create=True, now=NOW)
        connection.execute(key_epoch.update().values(wrapped=b"cut"))
        with pytest.raises(IntegrityProblem) as caught:
            keys(tmp_path).key(connection, Purpose.SUBJECT, "one", now=NOW)
    assert caught.value.code == "wrong_root"


def at_once(store, act):
    """Two writers; the second begins before the first has committed. What each was given."""
    given = []

    def second():
        try:
            with store.write() as connection:
                given.append(act(connection))
        except Exception as problem:  # noqa: BLE001 - a thread's failure must reach the test
            given.append(problem)

    other = threading.Thread(target=second)
    with store.write() as connection:
        given.append(act(connection))
        other.start()
        other.join(0.5)
    other.join(20)
    return given


def test_two_workers_that_make_the_same_key_at_once_get_the_same(store, tmp_path):
    with store.write() as connection:
        keys(tmp_path).ensure_epoch(connection, NOW)
    one, two = at_once(
        store,
        lambda connection: keys(tmp_path).key(
            connection, Purpose.INDEX, "subject.identifier", create=True, now=NOW
        ),
    )
    assert one == two


def test_two_workers_that_make_the_first_key_of_a_store_at_once_get_the_same(store, tmp_path):
    """The loser's root is destroyed, so that one root and one epoch are left."""
    one, two = at_once(
        store,
        lambda connection: keys(tmp_path).key(
            connection, Purpose.INDEX, "subject.identifier", create=True, now=NOW
        ),
    )
    assert one == two
    with store.read() as connection:
        (epoch,) = connection.execute(sa.select(key_epoch)).all()
        assert len(connection.execute(sa.select(key_row)).all()) == 1
        assert keys(tmp_path).key(connection, Purpose.INDEX, "subject.identifier", now=NOW) == one
    assert os.listdir(tmp_path / "keys") == [epoch.root_ref]


def test_two_workers_that_make_the_first_keys_of_two_people_at_once_share_an_epoch(
    store, tmp_path
):
    owners = iter(("sub_1", "sub_2"))
    one, two = at_once(
        store,
        lambda connection: keys(tmp_path).key(
            connection, Purpose.SUBJECT, next(owners), create=True, now=NOW
        ),
    )
    assert one.secret != two.secret
    with store.read() as connection:
        assert connection.execute(sa.select(key_row.c.epoch)).scalars().all() == [1, 1]
        assert keys(tmp_path).key(connection, Purpose.SUBJECT, "sub_2", now=NOW) == two


def test_a_first_epoch_that_is_rolled_back_leaves_the_next_worker_its_own(store, tmp_path):
    given = []

    def second():
        with store.write() as connection:
            given.append(
                keys(tmp_path).key(connection, Purpose.SUBJECT, "two", create=True, now=NOW)
            )

    other = threading.Thread(target=second)
    with suppress(InterruptedError), store.write() as connection:
        keys(tmp_path).key(connection, Purpose.SUBJECT, "one", create=True, now=NOW)
        other.start()
        other.join(0.5)
        raise InterruptedError
    other.join(20)
    with store.read() as connection:
        assert keys(tmp_path).key(connection, Purpose.SUBJECT, "two", now=NOW) == given[0]


def test_of_two_workers_that_shred_the_same_key_at_once_one_gets_the_receipt(store, tmp_path):
    with store.write() as connection:
        keys(tmp_path).key(connection, Purpose.SUBJECT, "sub_1", create=True, now=NOW)
    one, two = at_once(
        store, lambda connection: keys(tmp_path).shred(connection, Purpose.SUBJECT, "sub_1", NOW)
    )
    assert (one, two) == (True, False)


def test_a_shredded_key_is_in_no_byte_of_the_closed_file(tmp_path):
    store = Store(sqlite_url(tmp_path / "store.db"))
    held = keys(tmp_path)
    with store.write() as connection:
        metadata.create_all(
            connection, tables=[t for t in metadata.sorted_tables if t.name.startswith("key_")]
        )
        for owner in ("sub_gone", "sub_kept"):
            held.key(connection, Purpose.SUBJECT, owner, create=True, now=NOW)
    with store.read() as connection:
        wrapped = dict(connection.execute(sa.select(key_row.c.owner, key_row.c.wrapped)).all())
    with store.write() as connection:
        held.shred(connection, Purpose.SUBJECT, "sub_gone", NOW)
    store.close()
    left = b"".join(path.read_bytes() for path in tmp_path.glob("store.db*"))
    assert wrapped["sub_kept"] in left
    assert wrapped["sub_gone"] not in left
    assert b"sub_gone" not in left
