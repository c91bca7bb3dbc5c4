"""Rows as HTML, a block of many at a time.

Cells are joined with control characters, escaped in one go and only then given their markup: no
template runs per cell. A value cannot smuggle such a character in, because `as_text` shows every
unprintable one as a replacement sign.
"""

from __future__ import annotations

import base64
import datetime as dt
import json
from collections.abc import Iterator, Sequence
from decimal import Decimal
from itertools import islice
from typing import Any

from markupsafe import Markup, escape

from govreg.reports.access_document import Mark, Row, Section
from govreg.reports.canonical import plain, plain_value
from govreg.reports.words import Words

_CELL, _ROW, _OPEN, _CLOSE = "\x1f", "\x1e", "\x1c", "\x1d"
_BLOCK = 500
_CARDS = 3
_MANY_FIELDS = 12
_MORE_CARDS = 10
_WIDE = 7
_ABSENT = "\N{EN DASH}"
_KEPT_SIGNS = "\n\t"
_UNSEEN = "\N{REPLACEMENT CHARACTER}"


def as_text(value: Any) -> str:
    """A value as text, the same for every language; the empty text for none."""
    if isinstance(value, str):
        return value if value.isprintable() else _printable(value)
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return str(value)
    if isinstance(value, Decimal):
        return format(value, "f") if value.is_finite() else str(value)
    if isinstance(value, dt.datetime):
        return value.isoformat(" ")
    if isinstance(value, (bytes, bytearray, memoryview)):
        return base64.b64encode(bytes(value)).decode("ascii")
    if isinstance(value, (dict, list, tuple)):
        return _printable(json.dumps(plain(value), ensure_ascii=False))
    shown = plain_value(value)
    return shown if isinstance(shown, str) else _printable(str(shown))


def as_cards(section: Section) -> bool:
    """Whether the rows are few enough to be shown one under the other, field by field."""
    count = len(section.rows)
    return count <= _CARDS or (len(section.fields) > _MANY_FIELDS and count <= _MORE_CARDS)


def is_wide(section: Section) -> bool:
    """Whether the table needs the long side of the paper."""
    return not as_cards(section) and len(section.fields) > _WIDE


def ways(section: Section) -> tuple[tuple[str, str], ...]:
    """The different ways in which the rows were found: relation and path."""
    return tuple(sorted({(row.relation, row.reached) for row in section.rows}))


def row_blocks(section: Section, words: Words, *, tell: bool) -> Iterator[Markup]:
    """The body of the section's table, many rows at a time.

    With `tell` a last column says how each row was found.
    """
    names = [field.name for field in section.fields]
    shown = _Cells(words)
    rows = iter(section.rows)
    while block := list(islice(rows, _BLOCK)):
        lines = []
        for row in block:
            cells = [shown(row.values.get(name)) for name in names]
            if tell:
                cells.append(shown.way(row))
            lines.append(_CELL.join(cells))
        yield _dressed(
            lines, row="</td></tr>\n<tr><td>", cell="</td><td>", ends=("<tr><td>", "</td></tr>\n")
        )


def cards(section: Section, words: Words) -> Iterator[Sequence[tuple[str, Markup]]]:
    """Each row as pairs of field name and shown value."""
    shown = _Cells(words)
    for row in section.rows:
        yield [
            (field.name, _dressed([shown(row.values.get(field.name))], row="", cell=""))
            for field in section.fields
        ]


class _Cells:
    """Values as the text of cells, with marks in words."""

    __slots__ = ("_marks", "_ways", "words")

    def __init__(self, words: Words) -> None:
        self.words = words
        self._marks: dict[str, str] = {}
        self._ways: dict[tuple[str, str], str] = {}

    def __call__(self, value: Any) -> str:
        if isinstance(value, str):
            return value if value.isprintable() else _printable(value)
        if value is None:
            return _ABSENT
        if isinstance(value, bool):
            return self.words("value.true" if value else "value.false")
        if isinstance(value, Mark):
            return self._mark(value.code)
        return as_text(value)

    def way(self, row: Row) -> str:
        """How the row was found, in words."""
        told = self._ways.get((row.relation, row.reached))
        if told is None:
            relation = self.words.code("relation", row.relation)
            told = _printable(f"{relation}: {row.reached}" if row.reached else relation)
            self._ways[row.relation, row.reached] = told
        return told

    def _mark(self, code: str) -> str:
        told = self._marks.get(code)
        if told is None:
            reason = _printable(self.words.code("reason", code))
            told = f"{_OPEN}{self.words('value.withheld', reason=reason)}{_CLOSE}"
            self._marks[code] = told
        return told


def _dressed(
    lines: Sequence[str], *, row: str, cell: str, ends: tuple[str, str] = ("", "")
) -> Markup:
    """Escape everything once, then turn the control characters into markup."""
    escaped = str(escape(_ROW.join(lines)))
    body = (
        escaped.replace(_CELL, cell)
        .replace(_ROW, row)
        .replace(_OPEN, '<span class="kept">')
        .replace(_CLOSE, "</span>")
    )
    return Markup(f"{ends[0]}{body}{ends[1]}")  # noqa: S704 - escaped two lines above


def _printable(text: str) -> str:
    """The text with every control character shown as a replacement sign; letters stay."""
    if text.isprintable():
        return text
    return "".join(
        sign if sign in _KEPT_SIGNS or sign >= " " and not "\x7f" <= sign <= "\x9f" else _UNSEEN
        for sign in text.replace("\r\n", "\n")
    )
