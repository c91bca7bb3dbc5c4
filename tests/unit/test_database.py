"""The store commits whole blocks, on SQLite and strictly."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from govreg.database import Store, sqlite_url
from govreg.errors import ConfigurationProblem


@pytest.fixture
def store(tmp_path):
    made = Store(sqlite_url(tmp_path / "store.db"))
    with made.write() as connection:
        connection.exec_driver_sql("CREATE TABLE held (n INTEGER) STRICT")
    yield made
    made.close()


def count(store):
    with store.read() as connection:
        return connection.execute(sa.text("SELECT count(*) FROM held")).scalar_one()


def test_a_block_is_kept_whole_or_not_at_all(store):
    with store.write() as connection:
        connection.exec_driver_sql("INSERT INTO held VALUES (1)")

    def broken_off():
        with store.write() as connection:
            connection.exec_driver_sql("INSERT INTO held VALUES (2)")
            connection.exec_driver_sql("INSERT INTO nowhere VALUES (2)")

    with pytest.raises(sa.exc.OperationalError):
        broken_off()
    assert count(store) == 1


def test_a_reader_sees_what_was_committed_while_somebody_writes(store):
    with store.write() as connection:
        connection.exec_driver_sql("INSERT INTO held VALUES (1)")
        assert count(store) == 0
    assert count(store) == 1


def test_foreign_keys_and_safe_deletion_are_on(store):
    with store.write() as connection:
        for pragma in ("foreign_keys", "secure_delete"):
            assert connection.exec_driver_sql(f"PRAGMA {pragma}").scalar_one() == 1


def test_what_was_deleted_leaves_the_bytes_once_nobody_reads(store, tmp_path):
    with store.write() as connection:
        connection.exec_driver_sql("INSERT INTO held VALUES (7777777777777), (1), (2), (3)")
    with store.write() as connection:
        connection.exec_driver_sql("DELETE FROM held WHERE n > 3")
    with store.read() as connection:
        left_open = connection.connection.driver_connection.execute("SELECT n FROM held")
        left_open.fetchone()
    assert not store.drop_deleted()  # waits no longer than a moment for whoever reads
    assert count(store) == 3
    del left_open
    assert store.drop_deleted()
    written = b"".join(path.read_bytes() for path in tmp_path.glob("store.db*"))
    assert (7777777777777).to_bytes(6, "big") not in written


def test_no_value_stands_in_an_error(store):
    with pytest.raises(sa.exc.IntegrityError) as told, store.write() as connection:
        connection.execute(sa.text("INSERT INTO held VALUES (:n)"), {"n": "one@a.example"})
    assert "one@a.example" not in str(told.value.statement)
    assert "hide_parameters" in str(told.value)


@pytest.mark.parametrize("url", ["not a url", "mysql://host/name"])
def test_a_store_that_cannot_be(url):
    with pytest.raises(ConfigurationProblem) as told:
        Store(url)
    assert told.value.key == "store.url"


def test_writing_many_rows_leaves_the_connections_as_they_were(store):
    def pragmas():
        names = ("cache_size", "wal_autocheckpoint")
        with store.write() as connection:
            return [connection.exec_driver_sql(f"PRAGMA {name}").scalar() for name in names]

    before = pragmas()
    with store.for_many():
        assert pragmas() != before
    assert pragmas() == before
    with pytest.raises(RuntimeError), store.for_many():
        raise RuntimeError
    assert pragmas() == before
