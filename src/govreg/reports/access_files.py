"""The answer for programs: one JSON file with everything, and one CSV file per collection.

- Rows are written one at a time; no file is built in memory.
- JSON holds values as they are. CSV is opened by spreadsheets, which run what looks like a
  formula: such text gets a single quote in front. Numbers are left alone.
"""

from __future__ import annotations

import csv
import dataclasses
import json
from collections.abc import Callable, Iterator, Sequence
from decimal import Decimal
from itertools import islice
from typing import IO, Any

from govreg.errors import UsageProblem
from govreg.reports.access_document import (
    ACCESS_VERSION,
    PENDING_REVIEW,
    AccessDocument,
    Mark,
    Row,
    Section,
)
from govreg.reports.canonical import plain, plain_value
from govreg.reports.table import Cells

FORMULA_SIGNS = ("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20")
"""What a spreadsheet takes for the start of a formula, full-width forms included."""

_SECTIONS = ("sections", "context")
_BLOCK = 500

_Encode = Callable[[Any], str]


def write_json(document: AccessDocument, file: IO[str]) -> None:
    """The whole document; the format's version stands first, rows come last."""
    encode = json.JSONEncoder(ensure_ascii=False, allow_nan=False, default=_value).encode
    file.write(f'{{"govreg_access_bundle": {ACCESS_VERSION}')
    for each in dataclasses.fields(document):
        if each.name not in _SECTIONS:
            file.write(f",\n{encode(each.name)}: {encode(plain(getattr(document, each.name)))}")
    for name in _SECTIONS:
        file.write(f",\n{encode(name)}: [")
        gap = ""
        for section in getattr(document, name):
            file.write(f"{gap}\n")
            file.writelines(_section_json(section, encode))
            gap = ","
        file.write("]")
    file.write("}\n")


def write_csv(section: Section, file: IO[str]) -> int:
    """The section's rows under a line of field names; answers how many cells got a quote."""
    names = [field.name for field in section.fields]
    cells = _Quoting()
    writer = csv.writer(file)
    writer.writerow([cells[str](name) for name in names])
    writer.writerows(
        [cells[type(value)](value) for value in map(row.values.get, names)] for row in section.rows
    )
    return cells.quoted


def check_rows(document: AccessDocument) -> None:
    """Refuse rows that say less than they hold, or hold back more than the document says.

    Raises:
        UsageProblem: for a field that its section does not list, which the tables would lose; for
            a value that is not shown under a reason that no block of the document gives.
    """
    told = {each.reason for each in document.withheld}
    if document.pending_review:
        told.add(PENDING_REVIEW)
    for section in (*document.sections, *document.context):
        names = {field.name for field in section.fields}
        for row in section.rows:
            if not row.values.keys() <= names:
                stray = min(row.values.keys() - names)
                raise UsageProblem(f"`{section.ref}` has rows with a field not listed: `{stray}`")
            for value in row.values.values():
                if type(value) is Mark and value.code not in told:
                    raise UsageProblem(
                        f"`{section.ref}` has a value not shown for a reason not told: "
                        f"`{value.code}`",
                        "list it in `withheld` or `pending_review`",
                    )


class _Quoting(Cells):
    """Values as CSV cells: text that looks like a formula gets a quote, and is counted."""

    def __init__(self) -> None:
        super().__init__()
        self.quoted = 0

    def __missing__(self, kind: type) -> Callable[[Any], str]:
        if issubclass(kind, (int, float, Decimal, Mark)):
            return super().__missing__(kind)
        as_text = str if issubclass(kind, str) else super().__missing__(kind)

        def quoted(value: Any) -> str:
            text = as_text(value)
            if text.startswith(FORMULA_SIGNS):
                self.quoted += 1
                return f"'{text}"
            return text

        self[kind] = quoted
        return quoted


def _section_json(section: Section, encode: _Encode) -> Iterator[str]:
    """The section with its rows at the end, a block of rows on a line."""
    head = {
        each.name: plain(getattr(section, each.name))
        for each in dataclasses.fields(section)
        if each.name != "rows"
    }
    yield f'{encode(head)[:-1]}, "rows": ['
    rows = iter(section.rows)
    gap = "\n"
    while block := list(islice(rows, _BLOCK)):
        yield f"{gap}{_rows_json(block, encode)}"
        gap = ",\n"
    yield "\n]}"


def _rows_json(block: Sequence[Row], encode: _Encode) -> str:
    """Rows as JSON objects with commas between them."""
    ways = {reached: plain(reached) for reached in {row.reached for row in block}}
    bodies = [
        {"values": row.values, "relation": row.relation, "reached": ways[row.reached]}
        for row in block
    ]
    try:
        return encode(bodies)[1:-1]
    except (ValueError, TypeError):  # a number that JSON has none for, or a key that is no text
        safe = [{**each, "values": _plain_row(each["values"])} for each in bodies]
        return encode(safe)[1:-1]


def _plain_row(values: Any) -> dict[str, Any]:
    return {
        name: _value(value) if isinstance(value, Mark) else plain(value)
        for name, value in values.items()
    }


def _value(value: Any) -> Any:
    return {"withheld": value.code} if isinstance(value, Mark) else plain_value(value)


def csv_names(sections: Sequence[Section]) -> list[str]:
    """A file name for each section, safe on every system and different for each."""
    names: list[str] = []
    taken: set[str] = set()
    for section in sections:
        stem = "".join(sign if sign.isalnum() or sign in "._-" else "_" for sign in section.ref)
        name, number = f"{stem}.csv", 1
        while name.casefold() in taken:
            number += 1
            name = f"{stem}-{number}.csv"
        taken.add(name.casefold())
        names.append(name)
    return names
