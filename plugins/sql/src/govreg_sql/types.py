"""Types between the database, Arrow and Python.

Decimals never become floats; moments keep their zone or stay naive; JSON, arrays and identifiers
such as UUID are text. SQLite's declared types are taken by affinity, its values as they are.
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Mapping, Sequence
from typing import Any

import pyarrow as pa
import sqlalchemy as sa

_MOST_DIGITS = 38


def arrow_type(kind: sa.types.TypeEngine[Any]) -> pa.DataType:  # noqa: PLR0911 - one line for each
    """The Arrow type of a column."""
    if isinstance(kind, sa.Boolean):
        return pa.bool_()
    if isinstance(kind, sa.Integer):
        return pa.int64()
    if isinstance(kind, sa.Float):
        return pa.float64()
    if isinstance(kind, sa.Numeric):
        digits = kind.precision
        return (
            pa.decimal128(digits, kind.scale or 0)
            if digits and digits <= _MOST_DIGITS
            else pa.string()
        )
    if isinstance(kind, sa.DateTime):
        return pa.timestamp("us", tz="UTC" if kind.timezone else None)
    if isinstance(kind, sa.Date):
        return pa.date32()
    if isinstance(kind, sa.LargeBinary):
        return pa.binary()
    return pa.string()


def by_affinity(declared: str) -> sa.types.TypeEngine[Any]:
    """SQLite's type affinity of a declared type; values are then taken as they are."""
    name = declared.upper()
    if "INT" in name:
        return sa.BigInteger()
    if "BLOB" in name:
        return sa.LargeBinary()
    if any(part in name for part in ("REAL", "FLOA", "DOUB")):
        return sa.Float()
    return sa.Text()


def plain(value: Any) -> Any:
    """A driver's value as a plain one."""
    if isinstance(value, uuid.UUID):
        return str(value)
    if isinstance(value, memoryview | bytearray):
        return bytes(value)
    if isinstance(value, dict | list | tuple | set):
        listed = sorted(value) if isinstance(value, set) else value
        return json.dumps(listed, ensure_ascii=False, sort_keys=True, default=str)
    return value


def batch(rows: Sequence[Any], columns: Mapping[str, pa.DataType]) -> pa.RecordBatch:
    """Rows of a result as an Arrow batch with the columns' types."""
    arrays = [
        _array([plain(row[at]) for row in rows], kind) for at, kind in enumerate(columns.values())
    ]
    return pa.RecordBatch.from_arrays(arrays, names=list(columns))


def _array(values: list[Any], kind: pa.DataType) -> pa.Array:
    try:
        return pa.array(values, type=kind)
    except (pa.ArrowInvalid, pa.ArrowTypeError, OverflowError, ValueError):
        # a value that its column's type cannot hold, as SQLite allows: the batch turns to text
        return pa.array([None if v is None else _text(v) for v in values], type=pa.string())


def _text(value: Any) -> str:
    return value.decode("utf-8", "replace") if isinstance(value, bytes) else str(value)
