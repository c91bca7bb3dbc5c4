"""JSON Lines: one object on each line; nested objects become dotted columns.

- Whole numbers are integers, truth values booleans; everything that mixes kinds is text. Other
  numbers are text with the digits as written: nothing passes through a float.
- Lists are JSON text. A line that is no object is an error with its number.
- Untouched lines keep their bytes; in a changed line only the named values change.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa

from govreg.connectors.record import RowKey
from govreg_files.format import Action, BadFile, Layout

_ROWS = 10_000
_NUMBER = re.compile(r'"\\u0000number:([^"]+)"')
_LARGEST = 2**63 - 1


class _Digits(str):
    """A number as it was written."""

    __slots__ = ()


class JsonLinesFormat:
    """Files with a JSON object on each line."""

    def layout(self, path: Path, given: Mapping[str, str]) -> Layout:
        """Every column of every line, with the type that holds all its values."""
        del given
        kinds: dict[str, str] = {}
        for row, _, _ in _rows(path):
            for name, value in row.items():
                kinds[name] = _wider(kinds.get(name), _kind(value))
        types = {"int": pa.int64(), "bool": pa.bool_(), "none": pa.string(), "text": pa.string()}
        return Layout(
            columns={name: types[kind] for name, kind in kinds.items()},
            notes=("encoding: utf-8",),
        )

    def batches(
        self, path: Path, layout: Layout, columns: Sequence[str]
    ) -> Iterator[pa.RecordBatch]:
        """Batches of lines, only the wanted columns taken out of each."""
        kinds = {name: layout.columns[name] for name in columns}
        readers = [_reader(name) for name in columns]
        held: list[list[Any]] = [[] for _ in readers]
        count = 0
        for data, _, _ in _objects(path):
            for values, reader in zip(held, readers, strict=True):
                values.append(reader(data))
            count += 1
            if count == _ROWS:
                yield _batch(held, kinds)
                held, count = [[] for _ in readers], 0
        if count:
            yield _batch(held, kinds)

    def rewrite(
        self,
        path: Path,
        target: Path,
        layout: Layout,
        key: tuple[str, ...],
        actions: Mapping[RowKey, Action],
    ) -> int:
        """Copy lines, leaving out or changing those that are named."""
        changed = 0
        with target.open("wb") as out:
            for row, raw, _ in _rows(path, blank=out.write):
                found = tuple(_value(row.get(name), layout.columns.get(name)) for name in key)
                if found not in actions:
                    out.write(raw)
                    continue
                changed += 1
                action = actions[found]
                if action is not None:
                    out.write(_changed(raw, action))
        return changed


def _rows(path: Path, blank: Any = None) -> Iterator[tuple[dict[str, Any], bytes, int]]:
    """Each line as dotted columns, as bytes, and its number."""
    for data, raw, number in _objects(path, blank):
        yield dict(_flat("", data)), raw, number


def _objects(path: Path, blank: Any = None) -> Iterator[tuple[dict[str, Any], bytes, int]]:
    """Each line as an object, as bytes, and its number."""
    decode = json.JSONDecoder(parse_float=_Digits).decode
    with path.open("rb") as file:
        for number, raw in enumerate(file, 1):
            body = raw.removeprefix(b"\xef\xbb\xbf") if number == 1 else raw
            if not body.strip():
                if blank is not None:
                    blank(raw)
                continue
            try:
                data = decode(body.decode())
            except UnicodeDecodeError:
                raise BadFile("wrong_encoding", "the line is not UTF-8", number) from None
            except (ValueError, RecursionError):
                raise BadFile("bad_line", "the line is not JSON", number) from None
            if not isinstance(data, dict):
                raise BadFile("bad_line", "the line is no JSON object", number)
            yield data, raw, number


def _reader(path: str) -> Callable[[dict[str, Any]], Any]:
    """Takes one dotted column out of an object; a key that holds dots itself comes first."""
    if "." not in path:
        return lambda data: _leaf(data.get(path))
    parts = path.split(".")

    def read(data: dict[str, Any]) -> Any:
        if path in data:
            return _leaf(data[path])
        node: Any = data
        for part in parts:
            if not isinstance(node, dict):
                return None
            if part not in node:
                return dict(_flat("", data)).get(path)
            node = node[part]
        return _leaf(node)

    return read


def _leaf(value: Any) -> Any:
    """A value as a column holds it; an object is columns of its own."""
    return None if isinstance(value, dict) and value else value


def _flat(prefix: str, data: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    for name, value in data.items():
        path = f"{prefix}.{name}" if prefix else str(name)
        if isinstance(value, dict) and value:
            yield from _flat(path, value)
        else:
            yield path, value


def _kind(value: Any) -> str:
    if value is None:
        return "none"
    if isinstance(value, bool):
        return "bool"
    if isinstance(value, int) and abs(value) <= _LARGEST:
        return "int"
    return "text"


def _wider(held: str | None, new: str) -> str:
    if held is None or held == "none":
        return new
    return held if new in {held, "none"} else "text"


def _value(value: Any, kind: pa.DataType | None) -> Any:
    """A value in its column's type."""
    if value is None:
        return None
    if kind is not None and not pa.types.is_string(kind):
        return value
    if isinstance(value, str):
        return str(value)
    return json.dumps(value, ensure_ascii=False, sort_keys=True)


def _batch(held: list[list[Any]], kinds: Mapping[str, pa.DataType]) -> pa.RecordBatch:
    arrays = [_array(values, kind) for values, kind in zip(held, kinds.values(), strict=True)]
    return pa.RecordBatch.from_arrays(arrays, names=list(kinds))


def _array(values: list[Any], kind: pa.DataType) -> pa.Array:
    if not pa.types.is_string(kind):
        return pa.array(values, type=kind)
    if all(value is None or type(value) is str for value in values):
        return pa.array(values, type=kind)
    return pa.array([_value(value, kind) for value in values], type=kind)


def _changed(raw: bytes, action: Mapping[str, Any]) -> bytes:
    """A line with some values changed; numbers keep their digits, the rest its spacing."""
    text = raw.decode("utf-8-sig" if raw.startswith(b"\xef\xbb\xbf") else "utf-8")
    body = text.rstrip("\r\n")
    data = json.loads(body, parse_float=lambda digits: f"\0number:{digits}")
    for path, value in action.items():
        _set(data, path, value)
    spaced = '": ' in body
    dumped = json.dumps(
        data,
        ensure_ascii="\\u" in body,
        separators=(", ", ": ") if spaced else (",", ":"),
        default=str,
    )
    mark = "\ufeff" if raw.startswith(b"\xef\xbb\xbf") else ""
    return (mark + _NUMBER.sub(r"\1", dumped) + text[len(body) :]).encode()


def _set(data: dict[str, Any], path: str, value: Any) -> None:
    if path in data:
        data[path] = value
        return
    for at in range(len(path)):
        if path[at] == "." and isinstance(data.get(path[:at]), dict):
            _set(data[path[:at]], path[at + 1 :], value)
            return
    data[path] = value
