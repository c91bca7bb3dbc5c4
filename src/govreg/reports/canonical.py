"""Facts as plain JSON: what is written for machines, and the one spelling that is signed.

- Moments become RFC 3339 in UTC, days ISO 8601, decimals and what JSON has no number for become
  strings, bytes become base64.
- The canonical form is UTF-8 without spaces, keys in the order of their code points, no newline at
  the end. The same facts always give the same bytes.
"""

from __future__ import annotations

import base64
import dataclasses
import datetime as dt
import json
import math
from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any

from govreg.clock import to_text
from govreg.errors import IntegrityProblem

LEFT_OUT_WHEN_EMPTY: Mapping[str, bool] = {"left_out_when_empty": True}
"""Of a field that came into a format later: what was signed before it reads and writes alike."""


def canonical(value: Any) -> bytes:
    """The one spelling of plain facts."""
    return json.dumps(
        value, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False
    ).encode()


def plain(value: Any) -> Any:
    """Facts as dicts, lists, strings, numbers and booleans; fields keep their names and order."""
    if value is None or isinstance(value, (bool, int, str)):
        return value
    if isinstance(value, Mapping):
        return {str(key): plain(each) for key, each in value.items()}
    if isinstance(value, (list, tuple, set, frozenset)):
        return [plain(each) for each in value]
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {
            each.name: plain(getattr(value, each.name))
            for each in dataclasses.fields(value)
            if not may_be_left_out(each) or getattr(value, each.name)
        }
    return plain_value(value)


def may_be_left_out(each: dataclasses.Field[Any]) -> bool:
    """Whether a field is written only where it holds something."""
    return "left_out_when_empty" in each.metadata


def plain_value(value: Any) -> Any:
    """One value that JSON has no form for; also the hook that `json.dumps` calls for such."""
    for kinds, form in _FORMS:
        if isinstance(value, kinds):
            return form(value)
    return plain(value) if _structured(value) else str(value)


def read_once(encoded: bytes, what: str) -> dict[str, Any]:
    """A JSON object in which no key stands twice.

    Raises:
        IntegrityProblem: `truncated` if it ends too early, `malformed` if it is none.
    """
    text = encoded.decode("utf-8", errors="replace").rstrip("\n")
    try:
        body = json.loads(text, object_pairs_hook=_each_once)
    except json.JSONDecodeError as problem:
        if not text.endswith("}") or problem.pos >= len(text):
            raise IntegrityProblem("truncated", f"{what} ends before its end") from None
        raise IntegrityProblem("malformed", f"{what} is not valid JSON") from None
    except (ValueError, RecursionError):
        raise IntegrityProblem("malformed", f"{what} is not valid JSON") from None
    if not isinstance(body, dict):
        raise IntegrityProblem("malformed", f"{what} is not a JSON object")
    return body


def _each_once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    body = dict(pairs)
    if len(body) != len(pairs):
        raise ValueError("a key stands twice")
    return body


def _structured(value: Any) -> bool:
    return isinstance(value, (Mapping, list, tuple, set, frozenset)) or (
        dataclasses.is_dataclass(value) and not isinstance(value, type)
    )


def _moment(value: dt.datetime) -> str:
    return to_text(value) if value.tzinfo else value.isoformat()


def _seconds(value: dt.timedelta) -> str:
    return f"PT{format(Decimal(value // dt.timedelta(microseconds=1)) / 1_000_000, 'f')}S"


_FORMS: tuple[tuple[type | tuple[type, ...], Callable[[Any], Any]], ...] = (
    (dt.datetime, _moment),
    ((dt.date, dt.time), lambda value: value.isoformat()),
    (Decimal, lambda value: format(value, "f") if value.is_finite() else str(value)),
    (float, lambda value: value if math.isfinite(value) else str(value)),
    (
        (bytes, bytearray, memoryview),
        lambda value: {"base64": base64.b64encode(bytes(value)).decode("ascii")},
    ),
    (dt.timedelta, _seconds),
)
