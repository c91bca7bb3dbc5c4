"""Tables out of files and into them: every cell as text, every row or an error."""

from __future__ import annotations

import csv
import datetime as dt
import json
from decimal import Decimal

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from govreg.choices import tabular
from govreg.errors import NotFound, UsageProblem

TEXT = st.text(
    st.characters(exclude_categories=("Cs",), exclude_characters="\x00\r"), min_size=1, max_size=12
)
ROWS = st.lists(
    st.fixed_dictionaries({"a": st.one_of(st.none(), TEXT), "b": TEXT}), min_size=1, max_size=8
)


def read(path, rows=3):
    firsts, held = [], []
    for first, batch in tabular.batches(path, rows=rows):
        firsts.append(first)
        held += batch.to_pylist()
    return firsts, held


@settings(max_examples=100, deadline=None)
@given(rows=ROWS)
def test_any_text_comes_back_from_every_form(tmp_path_factory, rows):
    folder = tmp_path_factory.mktemp("tables")
    schema = pa.schema([("a", pa.string()), ("b", pa.string())])
    batch = pa.RecordBatch.from_pylist(rows, schema=schema)
    for name in ("t.csv", "t.jsonl", "t.parquet"):
        path = folder / name
        with (
            path.open("wb") as out,
            tabular.table_writer(tabular.format_of(path), out, schema) as to,
        ):
            to(batch)
        firsts, held = read(path)
        assert [{"a": row.get("a"), "b": row["b"]} for row in held] == rows
        assert firsts == list(range(1, len(rows) + 1, 3))


def test_typed_columns_become_text(tmp_path):
    path = tmp_path / "t.parquet"
    moment = dt.datetime(2026, 3, 5, 9, 30, 1, 500000, tzinfo=dt.UTC)
    table = pa.table(
        {
            "at": [moment],
            "local": pa.array([dt.datetime(2026, 3, 5, 9, 30)], pa.timestamp("us")),
            "day": [dt.date(2026, 3, 5)],
            "yes": [True],
            "n": [7],
            "d": [Decimal("1.50")],
            "word": pa.array(["x"]).dictionary_encode(),
            "empty": [""],
        }
    )
    pq.write_table(table, path)
    assert read(path)[1] == [
        {
            "at": "2026-03-05T09:30:01.500Z",
            "local": "2026-03-05T09:30:00.000",
            "day": "2026-03-05",
            "yes": "true",
            "n": "7",
            "d": "1.50",
            "word": "x",
            "empty": None,
        }
    ]


def test_leading_zeros_stay(tmp_path):
    path = tmp_path / "t.csv"
    path.write_text("id\n007\n")
    assert read(path)[1] == [{"id": "007"}]


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("t.csv", b"a,b\n1\n"),
        ("t.csv", b"a,b\n1,2,3\n"),
        ("t.csv", b"a\n\xff\xfe\n"),
        ("t.csv", b"a,a\n1,2\n"),
        ("t.jsonl", b'{"a": 1}\n{"a": "x"}\n'),
        ("t.jsonl", b'{"a": {"b": 1}}\n'),
        ("t.jsonl", b"[1]\n"),
        ("t.jsonl", b'{"a": \n'),
        ("t.parquet", b"PAR1 no"),
        ("t.parquet", b""),
    ],
)
def test_what_cannot_be_read_is_an_error_without_a_value(tmp_path, name, content):
    path = tmp_path / name
    path.write_bytes(content)
    with pytest.raises(UsageProblem) as problem:
        read(path)
    assert name in str(problem.value)
    assert problem.value.__cause__ is None
    assert "\\xff" not in str(problem.value)


@pytest.mark.parametrize(
    ("name", "content"), [("t.csv", b""), ("t.csv", b"a,b\n"), ("t.jsonl", b"")]
)
def test_an_empty_table_has_no_rows(tmp_path, name, content):
    path = tmp_path / name
    path.write_bytes(content)
    assert read(path) == ([], [])
    assert tabular.columns(path) == (("a", "b") if content else ())


def test_a_key_that_comes_late_is_an_error_and_not_passed_over(tmp_path, monkeypatch):
    monkeypatch.setattr(tabular, "_BLOCK", 100)
    path = tmp_path / "t.jsonl"
    rows = [{"a": "x" * 20}] * 20 + [{"a": "y", "late": "z"}]
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    with pytest.raises(UsageProblem):
        read(path)


def test_large_files_come_in_batches_of_the_asked_size(tmp_path):
    path = tmp_path / "t.csv"
    with path.open("w", newline="") as file:
        to = csv.writer(file)
        to.writerow(["n"])
        to.writerows([number] for number in range(10_000))
    firsts, held = read(path, rows=4_000)
    assert firsts == [1, 4001, 8001]
    assert [row["n"] for row in held] == [str(number) for number in range(10_000)]


def test_files_that_are_not_there_or_of_no_kind(tmp_path):
    with pytest.raises(NotFound):
        read(tmp_path / "t.csv")
    with pytest.raises(UsageProblem, match="no table that can be read"):
        read(tmp_path / "t.xlsx")


@pytest.mark.parametrize("name", ["t.csv", "t.jsonl", "t.parquet"])
def test_about_how_many_batches_a_file_has(tmp_path, name):
    path = tmp_path / name
    assert tabular.batches_about(path) is None
    batch = pa.record_batch({"n": [str(number) for number in range(5_000)]})
    with (
        path.open("wb") as out,
        tabular.table_writer(tabular.format_of(path), out, batch.schema) as to,
    ):
        to(batch)
    assert tabular.batches_about(path, rows=1_000) in {5, 6}
    path.write_bytes(b"PAR1 no")
    assert tabular.batches_about(path) in {None, 1}


@pytest.mark.parametrize("sign", [",", ";", "\t"])
def test_a_spreadsheets_own_sign_and_mark_are_understood(tmp_path, sign):
    path = tmp_path / "t.csv"
    head = f'"a;,b"{sign}c{sign}d\n'
    path.write_bytes(b"\xef\xbb\xbf" + f'{head}1{sign}"x{sign}y"{sign}\n'.encode())
    assert read(path)[1] == [{"a;,b": "1", "c": f"x{sign}y", "d": None}]
