"""Records of delimited text (RFC 4180), and what exports make of it.

- A record ends at a line end outside quotes: line feed, carriage return, or both.
- A field is quoted when it begins with a quote; what follows the closing quote belongs to it.
  A quote further inside a plain field is only a sign.
- An empty field without quotes is missing, `""` is an empty text.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Iterator, Sequence
from typing import TextIO

from govreg_files.format import BadFile

_CHUNK = 1 << 20
_QUOTED = re.compile(r'"([^"]*+(?:""[^"]*+)*+)"(.*)', re.DOTALL)


def records(file: TextIO, delimiter: str) -> Iterator[tuple[str, int]]:
    """Whole records, line end included, with the line that each begins on.

    Raises:
        BadFile: a quoted field is not closed.
    """
    match = _record(delimiter).match
    held, line, size = "", 1, _CHUNK
    while True:
        chunk = file.read(size)
        held += chunk
        at = 0
        while at < len(held) and (found := match(held, at)):
            if chunk and found.end() == len(held):
                break  # what comes next may belong to it
            record = found[0]
            yield record, line
            line += _lines(record) if '"' in record else 1
            at = found.end()
        if not chunk:
            if at < len(held):
                raise BadFile("open_quote", "a quoted field is not closed", line)
            return
        size = _CHUNK if at else size * 2
        held = held[at:]


def fields(record: str, delimiter: str) -> list[str]:
    """A record's fields as they are written, quotes included."""
    body = record.rstrip("\r\n")
    return _fields(delimiter).findall(body) if '"' in body else body.split(delimiter)


def is_blank(record: str) -> bool:
    """An empty line is no row."""
    return not record.strip("\r\n")


def value(field: str) -> str | None:
    """What a written field means."""
    if not field.startswith('"'):
        return field or None
    quoted = _QUOTED.fullmatch(field)
    return quoted[1].replace('""', '"') + quoted[2] if quoted else field


def written(text: str | None, delimiter: str) -> str:
    """A value as a field."""
    if text is None:
        return ""
    special = not text or any(sign in text for sign in (delimiter, '"', "\n", "\r"))
    return '"' + text.replace('"', '""') + '"' if special else text


def joined(parts: Sequence[str], delimiter: str, like: str) -> str:
    """Fields as a record with the line end of another."""
    body = delimiter.join(parts) or '""'  # one empty field would be a blank line
    return body + like[len(like.rstrip("\r\n")) :]


def _lines(record: str) -> int:
    ends = record.count("\n") + record.count("\r") - record.count("\r\n")
    return max(1, ends)


@functools.cache
def _record(delimiter: str) -> re.Pattern[str]:
    sign, field = re.escape(delimiter), _field(delimiter)
    return re.compile(rf"{field}(?:{sign}{field})*+(?:\r\n|\r|\n|\Z)")


@functools.cache
def _fields(delimiter: str) -> re.Pattern[str]:
    return re.compile(rf"(?:^|{re.escape(delimiter)})({_field(delimiter)})")


def _field(delimiter: str) -> str:
    """Possessive throughout: a field is cut in one way, in time that grows with its length."""
    plain = rf"[^{re.escape(delimiter)}\r\n]*+"
    return rf'(?:"[^"]*+(?:""[^"]*+)*+"{plain}|(?!"){plain})'
