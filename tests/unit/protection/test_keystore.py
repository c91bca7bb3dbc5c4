import datetime as dt
import shutil
import threading
from contextlib import suppress

import pytest
import sqlalchemy as sa

from govreg.database import Store, metadata, sqlite_url
from govreg.errors import ConfigurationProblem, IntegrityProblem, NotFound
from govreg.protection.envelope import Context, open_sealed, seal
from govreg.protection.keystore import KeyStore, Purpose, key_epoch, key_row, key_shredded
from govreg.protection.provider import LocalKeys
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
        receipt = held.shred(connection, Purpose.SUBJECT, "sub_1", NOW)
        assert receipt is not None
        assert receipt.key_id == key.id
        assert held.shred(connection, Purpose.SUBJECT, "sub_1", NOW) is None
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
        ({"purpose": "request"}, "not_authentic"),
    ],
    ids=["emptied", "cut-off", "overwritten", "check-value", "suite-of-nobody", "other-purpose"],
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


def test_of_two_workers_that_shred_the_same_key_at_once_one_gets_the_receipt(store, tmp_path):
    with store.write() as connection:
        keys(tmp_path).key(connection, Purpose.SUBJECT, "sub_1", create=True, now=NOW)
    one, two = at_once(
        store, lambda connection: keys(tmp_path).shred(connection, Purpose.SUBJECT, "sub_1", NOW)
    )
    assert one.key_id == 1
    assert two is None


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
