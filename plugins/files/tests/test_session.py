"""Looking at a folder: pages, samples, several parts, faults with a code."""

import json

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from govreg.connectors.record import Op, VerdictKind
from govreg.errors import SourceProblem
from govreg.register.catalogue import Fold
from govreg.testing.connector_world import CANARY, rows_of, said


@pytest.fixture
def three_parts(tmp_path, opened):
    for number in range(3):
        (tmp_path / "f" / f"p-{number}.csv").write_text(f"id,x\n{number},a\n")
    return opened


def test_a_sample_goes_over_parts(three_parts):
    with three_parts() as session:
        assert [row["id"] for row in session.sample("p", 2).to_pylist()] == ["0", "1"]
        assert session.sample("p", 9).num_rows == 3


def test_parts_with_other_columns_are_one_collection(tmp_path, opened):
    folder = tmp_path / "f"
    pq.write_table(pa.table({"id": [1], "n": [5]}), folder / "p-1.parquet")
    pq.write_table(pa.table({"id": [2], "n": ["six"], "more": [True]}), folder / "p-2.parquet")
    with opened() as session:
        kinds = {c.name: c.type for c in session.discover().collections["p"].columns.values()}
        assert kinds == {"id": pa.int64(), "n": pa.string(), "more": pa.bool_()}
        assert rows_of(session.scan("p", ["id", "n", "more"])) == [
            {"id": 1, "n": "5", "more": None},
            {"id": 2, "n": "six", "more": True},
        ]
        assert rows_of(session.scan("p", ["more"])) == [{"more": None}, {"more": True}]


def test_a_cursor_does_not_pass_over_rows_of_a_file_that_changed(tmp_path, opened):
    path = tmp_path / "f" / "a.csv"
    path.write_text("id\n1\n2\n3\n4\n")
    with opened() as session:
        page = next(session.scan("a", ["id"], batch_rows=2))
        assert page.cursor is not None
        rest = rows_of(session.scan("a", ["id"], cursor=page.cursor, batch_rows=1))
        assert [row["id"] for row in rest] == ["3", "4"]
        path.write_text("id\n2\n3\n4\n5\n6\n")
        with pytest.raises(SourceProblem) as caught:
            list(session.scan("a", ["id"], cursor=page.cursor))
        assert caught.value.code == "file_changed"
        assert caught.value.retryable


@pytest.mark.parametrize("cursor", ["x", "-1", "1:2:3"])
def test_a_cursor_that_is_none_is_an_error(tmp_path, opened, cursor):
    (tmp_path / "f" / "a.csv").write_text("id\n1\n")
    with opened() as session, pytest.raises(SourceProblem) as caught:
        list(session.scan("a", ["id"], cursor=cursor))
    assert caught.value.code == "file_changed"


def test_a_scan_of_a_replaced_file_ends_with_the_file_that_it_began(tmp_path, opened):
    path = tmp_path / "f" / "a.csv"
    rows = "".join(f"{n},{'x' * 90}\n" for n in range(300_000))
    path.write_text("id,x\n" + rows)
    with opened() as session:
        pages = session.scan("a", ["id"], batch_rows=100_000)
        seen = next(pages).batch.num_rows
        other = tmp_path / "f" / "new"
        other.write_text("id,x\n1,a\n")
        other.replace(path)
        assert seen + sum(page.batch.num_rows for page in pages) == 300_000


def test_verify_and_check_have_codes_too(tmp_path, opened):
    (tmp_path / "f" / "a.csv").write_text("id\n1\n")
    with opened() as session:
        assert "1 files" in session.check().notes
        with pytest.raises(SourceProblem) as caught:
            session.verify("a", ["absent"], [(CANARY,)])
        assert caught.value.code == "no_column"
        (tmp_path / "f" / "a.csv").unlink()
        with pytest.raises(SourceProblem) as caught:
            session.verify("a", ["id"], [("1",)])
        assert caught.value.code == "unreadable"


def test_keys_that_no_column_holds_are_gone_and_no_error(tmp_path, opened):
    (tmp_path / "f" / "a.jsonl").write_text('{"id": 1}\n{"id": 2}\n')
    with opened() as session:
        asked = [(10**30,), ("9" * 40,), ("1",), (1,), (b"x",), (True,)]
        gone, here = VerdictKind.GONE, VerdictKind.PRESENT
        assert session.verify("a", ["id"], asked) == (gone, gone, here, here, gone, gone)
        assert session.tally("a", ["id"], asked) == 1


def test_a_number_as_key_finds_a_column_of_texts_and_the_other_way_round(tmp_path, opened):
    (tmp_path / "f" / "a.csv").write_text("id,at\n7,2026-01-02\n07,x\n8,y\n")
    (tmp_path / "f" / "b.jsonl").write_text('{"id": 7}\n{"id": 8}\n')
    with opened() as session:
        assert rows_of(session.follow("a", ["id"], [(7,)], columns=["id"])) == [{"id": "7"}]
        assert rows_of(session.follow("b", ["id"], [("7",), ("x",)], columns=["id"])) == [
            {"id": 7}
        ]


def test_a_truth_value_is_found_by_its_text(tmp_path, opened):
    (tmp_path / "f" / "b.jsonl").write_text('{"id": 7, "ok": true}\n{"id": 8, "ok": false}\n')
    with opened() as session:
        found = session.find("b", "ok", ["true"], fold=Fold.CASE, columns=["id"])
        assert rows_of(found) == [{"id": 7}]


def test_bytes_in_parquet_are_looked_through_without_an_error(tmp_path, opened):
    pq.write_table(
        pa.table({"id": [1, 2], "raw": [b"\xff" + CANARY.encode(), b"a"]}),
        tmp_path / "f" / "a.parquet",
    )
    with opened() as session:
        assert rows_of(session.find("a", "raw", ["a"], fold=Fold.CASE, columns=["id"])) == []
        assert len(rows_of(session.scan("a", ["id", "raw"]))) == 2


def test_a_fault_far_into_a_file_is_an_error_and_not_an_end(tmp_path, opened):
    path = tmp_path / "f" / "a.csv"
    rows = "".join(f"{n},{'x' * 90}\n" for n in range(200_000))
    path.write_text("id,x\n" + rows + f"1,{CANARY},3\n" + rows)
    with opened() as session, pytest.raises(SourceProblem) as caught:
        for _ in session.scan("a", ["id"]):
            pass
    assert caught.value.code == "ragged_row"
    assert "line 200002:" in str(caught.value)
    assert CANARY not in said(caught.value)


def test_no_columns_are_still_rows_to_count(tmp_path, opened):
    (tmp_path / "f" / "a.csv").write_text("id,x\n1,2\n3,4\n")
    (tmp_path / "f" / "empty.jsonl").write_text("")
    with opened() as session:
        assert session.count("a").value == 2
        assert session.count("empty").value == 0
        assert session.sample("empty", 5).num_rows == 0
        assert {Op.UPDATE, Op.DELETE} <= session.capabilities("a").ops


def test_memory_stays_bounded_while_a_large_file_is_read(tmp_path, opened):
    path = tmp_path / "f" / "a.jsonl"
    line = json.dumps({"id": 1, "x": "y" * 200}) + "\n"
    path.write_text(line * 150_000)
    with opened() as session:
        pages = session.scan("a", ["id", "x"])
        largest = max(page.batch.nbytes for page in pages)
    assert largest < 10_000_000


def test_the_cleaning_says_what_it_cannot_reach(tmp_path, opened):
    with opened() as session:
        cleaning = session.clean(["a"])
    assert cleaning.done == ("rewrote the files of a",)
    text = " ".join(one.text for one in cleaning.remains)
    for word in ("blocks", "snapshots", "backups", "SSD"):
        assert word in text
