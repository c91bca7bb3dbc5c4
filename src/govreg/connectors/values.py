"""Plain values as they cross the border: one canonical form for comparing, hashing, storing.

Integers, decimals, dates and bytes keep their kind; two values that a source would call equal
after type conversion (integer 7 and text "7") are *not* equal here: see `coerced` for links.
"""

from __future__ import annotations

import base64
import datetime as dt
import decimal
import re
import uuid
from collections.abc import Sequence
from typing import Any

import pyarrow as pa

_NUMBER = re.compile(r"-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?", re.ASCII)
"""How a number is written; `007` and `+7` are codes, and may be another person's."""

Canonical = list[str] | None
"""`[kind, text]`, or None for a missing value. Fit for JSON."""


def canonical(value: Any) -> Canonical:  # noqa: C901, PLR0911 - one line for each kind
    """A value as kind and text. Equal values have equal forms, different kinds never do.

    Raises:
        TypeError: for a kind that does not cross the border.
    """
    match value:
        case None:
            return None
        case bool():
            return ["bool", "true" if value else "false"]
        case int():
            return ["int", str(value)]
        case str():
            return ["str", value]
        case float():
            return ["float", repr(value)]
        case decimal.Decimal():
            return ["dec", str(value)]
        case dt.datetime():
            return ["ts", value.isoformat()]
        case dt.date():
            return ["date", value.isoformat()]
        case dt.time():
            return ["time", value.isoformat()]
        case dt.timedelta():
            micros = value // dt.timedelta(microseconds=1)
            return ["span", str(micros)]
        case bytes():
            return ["bytes", base64.b64encode(value).decode()]
        case uuid.UUID():
            return ["uuid", str(value)]
    raise TypeError(f"a value of kind {type(value).__name__} cannot cross the border")


def from_canonical(form: Canonical) -> Any:  # noqa: C901, PLR0911 - one line for each kind
    """The value that `canonical` wrote.

    Raises:
        ValueError: for an unknown kind.
    """
    if form is None:
        return None
    kind, text = form
    match kind:
        case "bool":
            return text == "true"
        case "int":
            return int(text)
        case "str":
            return text
        case "float":
            return float(text)
        case "dec":
            return decimal.Decimal(text)
        case "ts":
            return dt.datetime.fromisoformat(text)
        case "date":
            return dt.date.fromisoformat(text)
        case "time":
            return dt.time.fromisoformat(text)
        case "span":
            return dt.timedelta(microseconds=int(text))
        case "bytes":
            return base64.b64decode(text)
        case "uuid":
            return uuid.UUID(text)
    raise ValueError(f"unknown kind of value `{kind}`")


class NotComparable(ValueError):
    """The value cannot be written in the wanted type, so no stored value can equal it."""


def coerced(value: Any, to: pa.DataType) -> Any:  # noqa: PLR0911 - one line for each kind
    """A value in the type of the column that it is compared with: integer 7 finds text "7".

    A text is a number only when it is written like one: `007` does not find 7, as 7 does not find
    `007`.

    Raises:
        NotComparable: when the type cannot hold the value.
    """
    if value is None:
        return None
    try:
        if pa.types.is_string(to) or pa.types.is_large_string(to):
            return _text(value)
        if pa.types.is_integer(to):
            return _integer(value)
        if pa.types.is_decimal(to):
            return number_of(value)
        if pa.types.is_floating(to):
            return float(number_of(value))
        if pa.types.is_boolean(to):
            return (
                value if isinstance(value, bool) else {"true": True, "false": False}[_text(value)]
            )
        return _other(value, to)
    except (ValueError, TypeError, KeyError, decimal.InvalidOperation, OverflowError):
        raise NotComparable from None


def joined(key: Sequence[Any]) -> tuple[str | None, ...]:
    """A link's values in the form in which both its ends agree: integer 7 and text "7".

    What `coerced` refuses does not agree here either.
    """
    return tuple(_joined(part) for part in key)


def _joined(value: Any) -> str | None:
    form = canonical(value)
    if form is None:
        return None
    try:
        return str(_integer(value))
    except (ValueError, TypeError, decimal.InvalidOperation, OverflowError):
        return form[1].strip()  # `NotComparable` is a ValueError


def holds(held: Any, wanted: Any) -> bool:
    """Whether a field holds a value that was written, in whatever type the source keeps it."""
    if held is None or wanted is None:
        return held is None and wanted is None
    if canonical(held) == canonical(wanted) or str(held).rstrip() == str(wanted).rstrip():
        return True
    try:
        return decimal.Decimal(_text(held)) == decimal.Decimal(_text(wanted))
    except (ValueError, decimal.InvalidOperation):
        return False


def _text(value: Any) -> str:
    form = canonical(value)
    if form is None or form[0] == "bytes":
        raise NotComparable
    return form[1]


def _integer(value: Any) -> int:
    if isinstance(value, bool):
        raise NotComparable
    if isinstance(value, int):
        return value
    number = number_of(value)
    if number != number.to_integral_value():
        raise NotComparable
    return int(number)


def number_of(value: Any) -> decimal.Decimal:
    """A value as a number; a text must be written like one.

    Raises:
        NotComparable: for a text that is not, such as `007`.
    """
    text = _text(value).strip()
    if isinstance(value, str) and not _NUMBER.fullmatch(text):
        raise NotComparable
    return decimal.Decimal(text)


def _other(value: Any, to: pa.DataType) -> Any:
    if pa.types.is_timestamp(to):
        return value if isinstance(value, dt.datetime) else dt.datetime.fromisoformat(_text(value))
    if pa.types.is_date(to):
        return value if isinstance(value, dt.date) else dt.date.fromisoformat(_text(value))
    if pa.types.is_binary(to) or pa.types.is_large_binary(to) or pa.types.is_fixed_size_binary(to):
        if isinstance(value, bytes):
            return value
        raise NotComparable
    return value
