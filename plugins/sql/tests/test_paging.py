"""Every row once, also where SQLite's keys are not what they are declared to be."""

import itertools
import sqlite3
import uuid

import pytest

from govreg_sql.paging import from_mark, mark

KEYS = {
    "several_without_a_key": ("TEXT", [None, None, None, "a", "b"]),
    "only_without_a_key": ("TEXT", [None, None, None]),
    "bytes_where_a_text_is_declared": ("UUID", [uuid.UUID(int=n).bytes for n in range(5)]),
    "kinds_mixed": ("INT", [7, "seven", 7.5, b"7", 9, "7x", b"\xff", None]),
    "numbers_without_a_type": ("", [1, 1.5, "1", b"1", 2]),
}


@pytest.mark.parametrize("page", [1, 2, 3, 100])
@pytest.mark.parametrize(("declared", "keys"), KEYS.values(), ids=KEYS)
def test_sqlite_scan_gives_every_row_once(lite, declared, keys, page):
    lite.run(f"CREATE TABLE t (k {declared} PRIMARY KEY, n INTEGER);")
    with sqlite3.connect(lite.url.database) as raw:
        raw.executemany("INSERT INTO t VALUES (?, ?)", [(key, n) for n, key in enumerate(keys)])
    raw.close()
    with lite.open() as session:
        pages = list(itertools.islice(session.scan("t", ["n"], batch_rows=page), 50))
        seen = [row["n"] for one in pages for row in one.batch.to_pylist()]
        assert sorted(seen) == list(range(len(keys)))
        assert pages[-1].cursor is None
        for at, one in enumerate(pages):
            if one.cursor is not None:
                rest = itertools.islice(session.scan("t", ["n"], cursor=one.cursor), 50)
                later = [row["n"] for more in rest for row in more.batch.to_pylist()]
                before = [row["n"] for some in pages[: at + 1] for row in some.batch.to_pylist()]
                assert sorted(before + later) == list(range(len(keys)))


def test_sqlite_key_of_two_fields_of_which_one_is_missing(lite):
    lite.run("CREATE TABLE t (a TEXT, b TEXT, n INTEGER, PRIMARY KEY (a, b));")
    lite.run("INSERT INTO t VALUES ('x', NULL, 0), ('x', 'y', 1), (NULL, 'y', 2), ('z', 'y', 3);")
    with lite.open() as session:
        pages = list(session.scan("t", ["n"], batch_rows=1))
    assert sorted(row["n"] for one in pages for row in one.batch.to_pylist()) == [0, 1, 2, 3]


def test_a_cursor_gives_its_key_back():
    key = (1, "a", b"\x00\xff", 1.5, uuid.UUID(int=7))
    assert from_mark(mark(key)) == key
    assert from_mark(None) is None
