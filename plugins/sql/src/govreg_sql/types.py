"""Types between the database, Arrow and Python.

- Decimals never become floats; moments keep their zone or stay naive.
- UUID, JSON, arrays, enumerations and whatever Arrow has no type for are text.
- The trailing blanks that pad a CHAR column are no part of its value.
- SQLite's columns may hold values of another kind than they declare. A row with such a value comes
  in a batch of its own, in which that column is text: what a row looks like never depends on the
  rows beside it.
"""

from __future__ import annotations

import datetime as dt
import decimal
import json
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import pyarrow as pa
import sqlalchemy as sa

_MOST_DIGITS = 38
_MONEY_DIGITS = 76
_SINGLE_BITS = 24
_ODD = (pa.ArrowInvalid, pa.ArrowTypeError, OverflowError, ValueError, TypeError)


class Way(StrEnum):
    """How a column is compared with a value."""

    PLAIN = "plain"
    """As its Arrow type."""
    CAST = "cast"
    """Cast to text at the source."""
    NUMBER = "number"
    """As a number, though it is read as text."""
    UUID = "uuid"
    PADDED = "padded"
    """As text without trailing blanks."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """How a column is read and compared."""

    arrow: pa.DataType
    way: Way = Way.PLAIN
    wide: bool = False
    """The source's own equality takes more texts for equal than we do: case or trailing blanks."""
    lossy: bool = False
    """The source's type has no counterpart, so it is read as text."""
    affine: bool = False
    """SQLite takes a text that looks like a number for that number, and this column holds both."""
    fleeting: bool = False
    """A value that was read may not find its row again, so that it is no part of a key."""


class Raw(sa.types.UserDefinedType[Any]):
    """Values as the driver takes and gives them."""

    cache_ok = True

    def get_col_spec(self, **_: Any) -> str:
        """Never created, only compared."""
        return "TEXT"

    def bind_processor(self, dialect: sa.Dialect) -> Any:
        """SQLite's driver takes neither decimals nor moments."""
        return _for_sqlite if dialect.name == "sqlite" else None


def _for_sqlite(value: Any) -> Any:
    if isinstance(value, decimal.Decimal):
        return str(value)
    if isinstance(value, dt.datetime):
        return value.isoformat(sep=" ")
    if isinstance(value, dt.date | dt.time):
        return value.isoformat()
    return value


def kind_of(kind: Any, *, dialect: str) -> Kind:  # noqa: C901, PLR0911 - one line for each type
    """How a column of a reflected type is read.

    Args:
        kind: SQLAlchemy's reflected type.
        dialect: `postgresql` or `mysql`.
    """
    name = type(kind).__name__.upper()
    if name == "DOMAIN":
        return kind_of(kind.data_type, dialect=dialect)
    if isinstance(kind, sa.Boolean):
        return Kind(arrow=pa.bool_())
    if isinstance(kind, sa.Integer) or name == "YEAR":
        unsigned = getattr(kind, "unsigned", False) and isinstance(kind, sa.BigInteger)
        return Kind(arrow=pa.uint64() if unsigned else pa.int64())
    if isinstance(kind, sa.Float):
        single = name == "REAL" or (name == "FLOAT" and (kind.precision or 0) <= _SINGLE_BITS)
        return Kind(arrow=pa.float64(), fleeting=single)
    if isinstance(kind, sa.Numeric):
        digits = _digits(kind.precision, kind.scale)
        return Kind(arrow=digits) if digits else Kind(arrow=pa.string(), way=Way.NUMBER)
    if isinstance(kind, sa.DateTime):
        return Kind(arrow=pa.timestamp("us", tz="UTC" if kind.timezone else None))
    if isinstance(kind, sa.Date):
        return Kind(arrow=pa.date32())
    if isinstance(kind, sa.Uuid):
        return Kind(arrow=pa.string(), way=Way.UUID)
    if isinstance(kind, sa.LargeBinary | sa.BINARY | sa.VARBINARY) or "BLOB" in name:
        return Kind(arrow=pa.binary())
    if name == "CITEXT":
        return Kind(arrow=pa.string(), wide=True)
    if isinstance(kind, sa.Enum) or name == "SET":
        return Kind(arrow=pa.string(), way=Way.CAST, wide=dialect == "mysql")
    if isinstance(kind, sa.String):
        padded = isinstance(kind, sa.CHAR) and dialect == "postgresql"
        way = Way.PADDED if padded else Way.PLAIN
        return Kind(arrow=pa.string(), way=way, wide=dialect == "mysql")
    known = isinstance(kind, sa.JSON | sa.ARRAY | sa.Time | sa.Interval)
    return Kind(arrow=pa.string(), way=Way.CAST, lossy=not known, fleeting=True)


def sqlite_kind(  # noqa: PLR0911 - one line for each type
    declared: str, collation: str = "BINARY"
) -> Kind:
    """How a SQLite column is read: by the name and the affinity of its declared type."""
    name = declared.upper()
    if name in {"BOOL", "BOOLEAN"}:
        return Kind(arrow=pa.bool_())
    if "INT" in name:
        return Kind(arrow=pa.int64())
    if not name:
        return Kind(arrow=pa.string(), way=Way.CAST)
    if any(part in name for part in ("CHAR", "CLOB", "TEXT")):
        return Kind(arrow=pa.string(), wide=collation != "BINARY")
    if "BLOB" in name:
        return Kind(arrow=pa.binary())
    if any(part in name for part in ("REAL", "FLOAT", "DOUBLE")):
        return Kind(arrow=pa.float64())
    sized = name.partition("(")[2].rstrip(") ").split(",")
    if name.startswith(("DECIMAL(", "NUMERIC(")) and all(part.strip().isdigit() for part in sized):
        digits = _digits(int(sized[0]), int(sized[1]) if len(sized) > 1 else 0)
        if digits:
            return Kind(arrow=digits)
    return Kind(arrow=pa.string(), wide=collation != "BINARY", affine=True)


def _digits(precision: int | None, scale: int | None) -> pa.DataType | None:
    if not precision or precision > _MONEY_DIGITS:
        return None
    make = pa.decimal128 if precision <= _MOST_DIGITS else pa.decimal256
    return make(precision, scale or 0)


def record_type(kind: Kind) -> sa.types.TypeEngine[Any]:  # noqa: PLR0911 - one line for each
    """PostgreSQL: the type in which a wanted value stands beside a column of that kind."""
    if kind.way is Way.UUID:
        return sa.Uuid()
    if kind.way is Way.NUMBER or pa.types.is_decimal(kind.arrow):
        return sa.Numeric()
    if pa.types.is_integer(kind.arrow):
        return sa.BigInteger()
    if pa.types.is_floating(kind.arrow):
        return sa.Double()
    if pa.types.is_boolean(kind.arrow):
        return sa.Boolean()
    if pa.types.is_date(kind.arrow):
        return sa.Date()
    if pa.types.is_timestamp(kind.arrow):
        return sa.DateTime(timezone=kind.arrow.tz is not None)
    return sa.LargeBinary() if pa.types.is_binary(kind.arrow) else sa.Text()


def batches(rows: Sequence[Any], kinds: Mapping[str, Kind]) -> list[pa.RecordBatch]:
    """Rows of a result as Arrow batches in their order; one, unless a value is of an odd kind."""
    try:
        return [_batch(rows, kinds, odd=False)]
    except _ODD:
        if len(rows) == 1:
            return [_batch(rows, kinds, odd=True)]
        half = len(rows) // 2
        return [*batches(rows[:half], kinds), *batches(rows[half:], kinds)]


def one_batch(rows: Sequence[Any], kinds: Mapping[str, Kind]) -> pa.RecordBatch:
    """Rows as one batch; a column with a value of an odd kind is text in it."""
    return _batch(rows, kinds, odd=True)


def _batch(rows: Sequence[Any], kinds: Mapping[str, Kind], *, odd: bool) -> pa.RecordBatch:
    arrays = [
        _array([row[at] for row in rows], kind, odd=odd) for at, kind in enumerate(kinds.values())
    ]
    return pa.RecordBatch.from_arrays(arrays, names=list(kinds))


def _array(values: list[Any], kind: Kind, *, odd: bool) -> pa.Array:
    try:
        return pa.array(_plain(values, kind), type=kind.arrow)
    except _ODD:
        if not odd:
            raise
        return pa.array([_text(value) for value in values], type=pa.string())


def _plain(values: list[Any], kind: Kind) -> list[Any]:
    """A driver's values as Arrow takes them."""
    if pa.types.is_string(kind.arrow):
        if kind.way is Way.PADDED:
            return [value if value is None else value.rstrip(" ") for value in values]
        return [
            value if value is None or isinstance(value, str) else _text(value) for value in values
        ]
    if pa.types.is_boolean(kind.arrow):
        return [bool(value) if value in (0, 1) else value for value in values]
    if pa.types.is_decimal(kind.arrow):
        return [
            decimal.Decimal(str(value)) if isinstance(value, int | float) else value
            for value in values
        ]
    if pa.types.is_integer(kind.arrow) and any(isinstance(value, float) for value in values):
        raise TypeError
    return values


def _text(value: Any) -> str | None:
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, uuid.UUID | decimal.Decimal):
        return str(value)
    if isinstance(value, memoryview | bytearray | bytes):
        return _bytes_text(bytes(value))
    if isinstance(value, dict | list | tuple | set):
        listed = sorted(value) if isinstance(value, set) else value
        return json.dumps(listed, ensure_ascii=False, sort_keys=True, default=str)
    return str(value)


def _bytes_text(value: bytes) -> str:
    try:
        return value.decode()
    except UnicodeDecodeError:
        return "\\x" + value.hex()
