"""JSON Lines: one object on each line; nested objects become dotted columns.

- Whole numbers are integers, truth values booleans; everything that mixes kinds is text. Other
  numbers are text with the digits as written: nothing passes through a float.
- Lists are JSON text. A line that is no object is an error with its number, and so is a name that
  stands twice, as it would hide a value.
- Untouched lines keep their bytes; in a changed line only the named values change.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa

from govreg_files.format import BadFile, Edit, Layout
from govreg_files.json_text import ABSENT, flat, found, replaced

_ROWS = 10_000
_BYTES = 8 << 20
_LARGEST = 2**63 - 1
_BOM = b"\xef\xbb\xbf"
_LONG_NUMBER = re.compile(rb"[0-9]{19}")
_KINDS = {type(None): "none", bool: "bool", int: "int"}
_PLAIN = {str, type(None)}
_TYPES = {"int": pa.int64(), "bool": pa.bool_(), "none": pa.string(), "text": pa.string()}

Scan = Callable[[str], tuple[Any, int]]


class _Digits(str):
    """A number as it was written."""

    __slots__ = ()


class _Twice(ValueError):
    """A name stands twice in one object."""


class JsonLinesFormat:
    """Files with a JSON object on each line."""

    def layout(self, path: Path, given: Mapping[str, str]) -> Layout:
        """Every column of every line, with the type that holds all its values."""
        del given
        seen: dict[tuple[str, type], None] = {}
        for data, raw, number in _objects(path, _STRICT):
            _checked(data, raw, number)
            columns = data
            if dict in map(type, data.values()):
                pairs = list(flat(data))
                columns = dict(pairs)
                if len(columns) != len(pairs):
                    raise BadFile("duplicate_column", "a dotted name stands twice", number)
            seen.update(dict.fromkeys(zip(columns, map(type, columns.values()), strict=True)))
            if _LONG_NUMBER.search(raw):
                seen.update({(n, str): None for n, v in columns.items() if _too_large(v)})
        kinds: dict[str, str] = {}
        for name, kind in seen:
            kinds[name] = _wider(kinds.get(name), _KINDS.get(kind, "text"))
        return Layout(
            columns={name: _TYPES[kind] for name, kind in kinds.items()},
            notes=("encoding: utf-8",),
        )

    def batches(
        self, path: Path, layout: Layout, columns: Sequence[str]
    ) -> Iterator[pa.RecordBatch]:
        """Batches of lines, only the wanted columns taken out of each."""
        kinds = {name: layout.columns[name] for name in columns}
        held: list[dict[str, Any]] = []
        size = 0
        for data, raw, _ in _objects(path, _QUICK):
            held.append(data)
            size += len(raw)
            if len(held) == _ROWS or size > _BYTES:
                yield _batch(held, kinds)
                held, size = [], 0
        if held:
            yield _batch(held, kinds)

    def rewrite(self, path: Path, target: Path, layout: Layout, edits: Mapping[int, Edit]) -> int:
        """Copy lines, leaving out or changing those that are named."""
        del layout
        rows = 0
        with target.open("wb") as out, path.open("rb") as file:
            for raw in file:
                if not raw.removeprefix(_BOM).strip():
                    out.write(raw)
                    continue
                edit = edits.get(rows)
                rows += 1
                if edit is None:
                    out.write(raw)
                elif edit.values is not None:
                    out.write(_edited(raw, edit.values))
                elif raw.startswith(_BOM):
                    out.write(_BOM)
        return rows


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    data = dict(pairs)
    if len(data) != len(pairs):
        raise _Twice
    return data


def _refused(word: str) -> None:
    raise ValueError(word)  # NaN and Infinity are no JSON (RFC 8259)


_QUICK = json.JSONDecoder(parse_float=_Digits, parse_constant=_refused).raw_decode
_STRICT = json.JSONDecoder(
    parse_float=_Digits, parse_constant=_refused, object_pairs_hook=_once
).raw_decode
_SPACE = " \t\n\r"


def _objects(path: Path, scan: Scan) -> Iterator[tuple[dict[str, Any], bytes, int]]:
    """Each line as an object, as bytes, and its number."""
    with path.open("rb") as file:
        for number, raw in enumerate(file, 1):
            body = raw.removeprefix(_BOM) if number == 1 else raw
            if not body.strip():
                continue
            try:
                text = body.decode().strip(_SPACE)
                data, end = scan(text)
            except UnicodeDecodeError:
                raise BadFile("wrong_encoding", "the line is not UTF-8", number) from None
            except _Twice:
                raise BadFile(
                    "duplicate_column", "a name stands twice in an object", number
                ) from None
            except (ValueError, RecursionError):
                raise BadFile("bad_line", "the line is not JSON", number) from None
            if end != len(text):
                raise BadFile("bad_line", "the line is not JSON", number)
            if not isinstance(data, dict):
                raise BadFile("bad_line", "the line is no JSON object", number)
            yield data, raw, number


def _checked(data: Mapping[str, Any], raw: bytes, number: int) -> None:
    """An escape may stand for half a sign, which is no text (RFC 8259, section 8.2)."""
    if b"\\ud" not in raw.lower():
        return
    try:
        json.dumps(data, ensure_ascii=False).encode()
    except UnicodeEncodeError:
        raise BadFile("bad_line", "a text holds half of a surrogate pair", number) from None


def _too_large(value: Any) -> bool:
    return type(value) is int and abs(value) > _LARGEST


def _wider(held: str | None, new: str) -> str:
    if held is None or held == "none":
        return new
    return held if new in {held, "none"} else "text"


def _text(value: Any) -> str | None:
    """A value of any kind as a column of text holds it."""
    if value is None:
        return None
    if isinstance(value, str):
        return str(value)
    return json.dumps(value, ensure_ascii=False, sort_keys=True)


def _batch(held: list[dict[str, Any]], kinds: Mapping[str, pa.DataType]) -> pa.RecordBatch:
    try:
        arrays = [_array(_values(held, name), kind) for name, kind in kinds.items()]
    except (pa.ArrowInvalid, pa.ArrowTypeError, TypeError, ValueError, OverflowError):
        raise BadFile("file_changed", "the file changed while it was read") from None
    return pa.RecordBatch.from_arrays(arrays, names=list(kinds))


def _values(held: list[dict[str, Any]], name: str) -> list[Any]:
    """One column of some objects."""
    values = [data.get(name) for data in held]
    if "." in name or dict in map(type, values):
        return [None if (value := found(d, name)) is ABSENT else value for d in held]
    return values


def _array(values: list[Any], kind: pa.DataType) -> pa.Array:
    if pa.types.is_string(kind) and not set(map(type, values)) <= _PLAIN:
        return pa.array([_text(value) for value in values], type=kind)
    return pa.array(values, type=kind)


def _edited(raw: bytes, values: Mapping[str, Any]) -> bytes:
    text = raw.decode()
    for path, value in values.items():
        text = replaced(text, path, value)
    try:
        return text.encode()
    except UnicodeEncodeError:
        raise BadFile("bad_value", "a new value holds half of a surrogate pair") from None
