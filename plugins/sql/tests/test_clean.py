import sqlite3

import pytest

from govreg_sql import clean

FORGOTTEN = b"canary-to-be-forgotten"


def kinds(cleaning):
    return [str(left.kind) for left in cleaning.remains]


def test_sqlite_file_and_log_hold_no_old_value(lite):
    lite.run(
        "PRAGMA journal_mode=WAL; PRAGMA secure_delete=OFF; CREATE TABLE t (id INTEGER PRIMARY KEY, word TEXT);"
        f"INSERT INTO t VALUES (1, '{FORGOTTEN.decode()}'); UPDATE t SET word = NULL;"
    )
    with lite.open() as session:
        cleaning = session.clean(["t"])
        assert all(FORGOTTEN not in path.read_bytes() for path in lite.folder.iterdir())
    assert "the file was rewritten" in cleaning.done
    assert "the write-ahead log was emptied" in cleaning.done
    assert kinds(cleaning) == ["freed_blocks"]


def test_sqlite_file_that_another_program_holds(lite):
    lite.run("CREATE TABLE t (id INTEGER PRIMARY KEY)")
    other = sqlite3.connect(lite.url.database, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with lite.open() as session:
        cleaning = session.clean(["t"])
        assert any("SQLITE_BUSY" in left.text for left in cleaning.remains)
        assert kinds(cleaning) == ["freed_blocks", "old_pages", "log"]
        other.execute("ROLLBACK")
        other.close()
        assert "the file was rewritten" in session.clean(["t"]).done


def test_sqlite_file_that_is_too_large_to_rewrite(lite, monkeypatch):
    lite.run("CREATE TABLE t (id INTEGER PRIMARY KEY)")
    monkeypatch.setattr(clean, "_LARGEST_VACUUM", 1)
    with lite.open() as session:
        assert kinds(session.clean(["t"])) == ["freed_blocks", "old_pages"]


@pytest.mark.postgresql
def test_postgresql_vacuums_what_it_may(post):
    post.run(
        "CREATE TABLE t (id int)",
        "CREATE ROLE govreg_test_cleaner LOGIN",
        "GRANT SELECT ON t TO govreg_test_cleaner",
    )
    with post.open() as session:
        assert session.clean(["t", "absent"]).done == ("vacuumed t",)
        left = session.clean(["absent"]).remains[-1]
        assert left.text == "dead rows of absent (no_table)"
        assert (left.kind, left.collection) == ("dead_rows", "absent")
    post.url = post.url.set(username="govreg_test_cleaner")
    try:
        with post.open() as session:
            cleaning = session.clean(["t"])
    finally:
        post.run("DROP OWNED BY govreg_test_cleaner", "DROP ROLE govreg_test_cleaner")
    assert cleaning.done == ()
    assert "dead rows of t (not_permitted)" in [left.text for left in cleaning.remains]
    assert kinds(cleaning) == ["log", "dead_rows", "replica", "dead_rows"]


@pytest.mark.mariadb
def test_mariadb_says_what_remains(maria):
    maria.run("CREATE TABLE t (id INT PRIMARY KEY) WITH SYSTEM VERSIONING")
    try:
        with maria.open() as session:
            cleaning = session.clean(["t"])
    finally:
        maria.run("DROP TABLE t")
    assert cleaning.done == ()
    assert any("undo and redo" in left.text for left in cleaning.remains)
    assert ("history", "t") in {(left.kind, left.collection) for left in cleaning.remains}
