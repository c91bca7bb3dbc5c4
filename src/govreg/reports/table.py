"""Rows as HTML, a block of many at a time.

Cells are joined with control characters, escaped in one go and only then given their markup: no
template runs per cell. A value cannot smuggle such a character in, because `as_line` shows every
unprintable one as a replacement sign.
"""

from __future__ import annotations

import datetime as dt
import json
from base64 import b64encode
from collections.abc import Callable, Iterator, Mapping, Sequence
from decimal import Decimal
from functools import cache
from itertools import islice
from typing import Any

from markupsafe import Markup, escape

from govreg.gate.scope import Step
from govreg.reports.access_document import Mark, Section
from govreg.reports.canonical import plain, plain_value
from govreg.reports.ways import path_words
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


class Cells(dict[type, Callable[[Any], str]]):
    """How a value of each type becomes the text of a cell; picked once per type.

    `empty` stands for no value, `yes_no` for false and true, `mark` for what is not shown.
    """

    def __init__(
        self,
        *,
        empty: str = "",
        yes_no: tuple[str, str] = ("false", "true"),
        mark: Callable[[str], str] = "[withheld: {}]".format,
    ) -> None:
        self._rules: tuple[tuple[type | tuple[type, ...], Callable[[Any], str]], ...] = (
            (str, as_line),
            (type(None), lambda _: empty),
            (bool, lambda value: yes_no[value]),
            (int, str),
            (Decimal, lambda value: format(value, "f") if value.is_finite() else str(value)),
            (dt.datetime, lambda value: value.isoformat(" ")),
            (Mark, lambda value: mark(value.code)),
            ((bytes, bytearray, memoryview), lambda value: b64encode(bytes(value)).decode()),
            ((Mapping, list, tuple), _nested),
        )

    def __missing__(self, kind: type) -> Callable[[Any], str]:
        found = next((show for kinds, show in self._rules if issubclass(kind, kinds)), _other)
        self[kind] = found
        return found


def as_line(text: str) -> str:
    """Text with every control character shown as a replacement sign; line breaks stay."""
    if text.isprintable():
        return text
    return "".join(
        sign if sign in _KEPT_SIGNS or (sign >= " " and not "\x7f" <= sign <= "\x9f") else _UNSEEN
        for sign in text.replace("\r\n", "\n")
    )


def as_cards(section: Section) -> bool:
    """Whether the rows are few enough to be shown one under the other, field by field."""
    count = len(section.rows)
    return count <= _CARDS or (len(section.fields) > _MANY_FIELDS and count <= _MORE_CARDS)


def is_wide(section: Section) -> bool:
    """Whether the table needs the long side of the paper."""
    return not as_cards(section) and len(section.fields) > _WIDE


def ways(section: Section, words: Words) -> tuple[tuple[str, str], ...]:
    """The different ways in which the rows were found: relation and path in words."""
    seen = dict.fromkeys((row.relation, row.reached) for row in section.rows)
    return tuple(sorted({(relation, path_words(path, words)) for relation, path in seen}))


def row_blocks(section: Section, words: Words, *, tell: bool) -> Iterator[Markup]:
    """The body of the section's table, many rows at a time.

    With `tell` a last column says how each row was found.
    """
    names = [field.name for field in section.fields]
    shown = _spoken(words)
    way = _ways_told(words)
    rows = iter(section.rows)
    while block := list(islice(rows, _BLOCK)):
        lines = []
        for row in block:
            cells = [shown[type(value)](value) for value in map(row.values.get, names)]
            if tell:
                cells.append(way(row.relation, row.reached))
            lines.append(_CELL.join(cells))
        yield _dressed(
            lines, row="</td></tr>\n<tr><td>", cell="</td><td>", ends=("<tr><td>", "</td></tr>\n")
        )


def cards(section: Section, words: Words) -> Iterator[Sequence[tuple[str, Markup]]]:
    """Each row as pairs of field name and shown value."""
    shown = _spoken(words)
    for row in section.rows:
        values = ((field.name, row.values.get(field.name)) for field in section.fields)
        yield [
            (name, _dressed([shown[type(value)](value)], row="", cell=""))
            for name, value in values
        ]


def _spoken(words: Words) -> Cells:
    """Cells in one language, with what is not shown set apart."""

    @cache
    def mark(code: str) -> str:
        reason = as_line(words.code("reason", code))
        return f"{_OPEN}{words('value.withheld', reason=reason)}{_CLOSE}"

    return Cells(empty=_ABSENT, yes_no=(words("value.false"), words("value.true")), mark=mark)


def _ways_told(words: Words) -> Callable[[str, tuple[Step, ...]], str]:
    @cache
    def way(relation: str, reached: tuple[Step, ...]) -> str:
        told = words.code("relation", relation)
        return as_line(f"{told}: {path_words(reached, words)}" if reached else told)

    return way


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


def _nested(value: Any) -> str:
    return as_line(json.dumps(plain(value), ensure_ascii=False))


def _other(value: Any) -> str:
    shown = plain_value(value)
    return as_line(shown if isinstance(shown, str) else str(shown))
