import decimal

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from govreg.connectors.plan import fingerprint
from govreg_sql.types import Kind, Way, batches, one_batch, sqlite_kind


@pytest.mark.parametrize(
    ("declared", "arrow"),
    [
        ("INTEGER", pa.int64()),
        ("unsigned big int", pa.int64()),
        ("VARCHAR(20)", pa.string()),
        ("CLOB", pa.string()),
        ("BLOB", pa.binary()),
        ("double precision", pa.float64()),
        ("DECIMAL(10,2)", pa.decimal128(10, 2)),
        ("NUMERIC(5)", pa.decimal128(5, 0)),
        ("DECIMAL(60, 2)", pa.decimal256(60, 2)),
        ("NUMERIC", pa.string()),
        ("DECIMAL(99, 2)", pa.string()),
        ("DECIMAL(a, b)", pa.string()),
        ("DATE", pa.string()),
        ("DATETIME", pa.string()),
        ("BOOLEAN", pa.bool_()),
        ("", pa.string()),
    ],
)
def test_sqlite_types(declared, arrow):
    assert sqlite_kind(declared).arrow == arrow


KINDS = {
    "n": sqlite_kind("INTEGER"),
    "d": sqlite_kind("DECIMAL(6,2)"),
    "b": sqlite_kind("BOOLEAN"),
    "x": sqlite_kind("BLOB"),
    "t": sqlite_kind("TEXT"),
}
CELLS = st.one_of(
    st.none(),
    st.integers(min_value=-(2**63), max_value=2**63 - 1),
    st.floats(allow_nan=False),
    st.text(st.characters(exclude_categories=["Cs"]), max_size=4),
    st.binary(max_size=4),
)
ROWS = st.lists(st.tuples(CELLS, CELLS, CELLS, CELLS, CELLS), min_size=1, max_size=9)


@given(ROWS)
def test_a_row_looks_the_same_whatever_stands_beside_it(rows):
    together = [row for part in batches(rows, KINDS) for row in part.to_pylist()]
    apart = [row for one in rows for part in batches([one], KINDS) for row in part.to_pylist()]
    assert [fingerprint(list(row.values())) for row in together] == [
        fingerprint(list(row.values())) for row in apart
    ]
    assert len(together) == len(rows)


@given(ROWS)
def test_a_sample_is_one_batch(rows):
    assert one_batch(rows, KINDS).num_rows == len(rows)


def test_decimals_never_become_floats():
    kinds = {"d": sqlite_kind("DECIMAL(6,2)")}
    (part,) = batches([(12.5,), (3,), (None,), ("7.25",)][:3], kinds)
    assert part.to_pylist() == [
        {"d": decimal.Decimal("12.50")},
        {"d": decimal.Decimal("3.00")},
        {"d": None},
    ]


def test_padding_is_no_part_of_a_value():
    kinds = {"c": Kind(arrow=pa.string(), way=Way.PADDED)}
    (part,) = batches([("AB   ",), (None,)], kinds)
    assert part.to_pylist() == [{"c": "AB"}, {"c": None}]
