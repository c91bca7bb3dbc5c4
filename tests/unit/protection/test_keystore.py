import datetime as dt
import shutil

import pytest
import sqlalchemy as sa

from govreg.database import Store, metadata, sqlite_url
from govreg.errors import ConfigurationProblem, IntegrityProblem, NotFound
from govreg.protection.envelope import Context, open_sealed, seal
from govreg.protection.keystore import KeyStore, Purpose, key_row, key_shredded
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
