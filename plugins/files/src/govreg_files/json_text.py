"""A JSON object as dotted columns, and a new value in its text where the column stands.

- A nested object is columns of its own; an empty one is a value, as are lists and plain values.
- Changing one value leaves every other sign of the text as it was.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from govreg_files.format import BadFile

ABSENT = object()
_DECODER = json.JSONDecoder()


def flat(data: Mapping[str, Any], prefix: str = "") -> Iterator[tuple[str, Any]]:
    """Every column of an object with its value."""
    for name, value in data.items():
        path = prefix + name
        if isinstance(value, dict) and value:
            yield from flat(value, path + ".")
        else:
            yield path, value


def found(data: Mapping[str, Any], path: str) -> Any:
    """The value of one column, or ABSENT. A name may hold dots itself."""
    value = data.get(path, ABSENT)
    if value is not ABSENT and not (isinstance(value, dict) and value):
        return value
    at = path.find(".")
    while at >= 0:
        inner = data.get(path[:at])
        if isinstance(inner, dict) and inner:
            below = found(inner, path[at + 1 :])
            if below is not ABSENT:
                return below
        at = path.find(".", at + 1)
    return ABSENT


def replaced(text: str, path: str, value: Any) -> str:
    """The text of an object with a new value of a column.

    What is missing stays missing when it is to be null.

    Raises:
        BadFile: the column is an object here, so a plain value would take other columns away.
    """
    place = _place(text, _skip(text, 0), path)
    words = json.dumps(value, ensure_ascii="\\u" in text)
    if place is not None:
        return text[: place[0]] + words + text[place[1] :]
    if value is None:
        return text
    return _added(text, _skip(text, 0), path, words)


def _members(text: str, at: int) -> Iterator[tuple[str, int, int]]:
    """Name, start and end of each value of the object that begins at `at`."""
    at = _skip(text, at + 1)
    while text[at] != "}":
        name, at = _DECODER.raw_decode(text, at)
        start = _skip(text, _skip(text, at) + 1)
        _, at = _DECODER.raw_decode(text, start)
        yield name, start, at
        at = _skip(text, at)
        if text[at] == ",":
            at = _skip(text, at + 1)


def _skip(text: str, at: int) -> int:
    while text[at] in " \t\n\r\ufeff":
        at += 1
    return at


def _holds_more(text: str, at: int) -> bool:
    """Whether the value that begins at `at` is an object with columns of its own."""
    return text[at] == "{" and text[_skip(text, at + 1)] != "}"


def _place(text: str, at: int, path: str) -> tuple[int, int] | None:
    """Where the value of a column begins and ends, in the object that begins at `at`."""
    for name, start, end in _members(text, at):
        if not _holds_more(text, start):
            if name == path:
                return start, end
        elif path.startswith(name + "."):
            below = _place(text, start, path[len(name) + 1 :])
            if below is not None:
                return below
    return None


def _added(text: str, at: int, path: str, words: str) -> str:
    """The text with a member more, in the innermost object that the path names."""
    members = list(_members(text, at))
    for name, start, _ in members:
        if _holds_more(text, start):
            if name == path:
                raise BadFile("bad_value", "the column is an object here")
            if path.startswith(name + "."):
                return _added(text, start, path[len(name) + 1 :], words)
    colon = ": " if any(text[start - 1] == " " for _, start, _ in members) else ":"
    member = json.dumps(path, ensure_ascii="\\u" in text) + colon + words
    if not members:
        return text[: at + 1] + member + text[at + 1 :]
    comma = ", " if colon == ": " else ","
    end = members[-1][2]
    return text[:end] + comma + member + text[end:]
