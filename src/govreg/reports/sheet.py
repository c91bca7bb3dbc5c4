"""A printable document of sections, paragraphs, lists and tables, as Markdown or as a page.

Texts may hold `code` between backticks; everything else in them is plain text. The form with
files behind it is `templates/sheet.html`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from markupsafe import Markup, escape

from govreg.reports.page import environment
from govreg.reports.words import Words

_CODE = re.compile(r"`([^`]+)`")
_NOTHING = "\N{EN DASH}"
_DAY = re.compile(r"(\d{4}-\d{2}-\d{2})")
_SIGNS = re.compile(r"([\\*<>|\[\]])")

Cell = tuple[str, ...]
"""The lines of a cell."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Prose:
    """A paragraph."""

    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Points:
    """A list."""

    items: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Grid:
    """A table; the first column names its rows."""

    head: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]
    law: bool = False
    """Whether it is a table of rules, with columns of that width."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """A part with its heading, and parts below it."""

    title: str
    blocks: tuple[Prose | Points | Grid, ...] = ()
    parts: tuple[Section, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """The whole document."""

    title: str
    above: str
    """The line over the title."""
    blocks: tuple[Prose | Points | Grid, ...]
    sections: tuple[Section, ...]
    link: tuple[str, str] | None = None
    """Words and address of where to read on."""
    made_by: str = ""
    """What makes it, for whoever would edit it."""


def as_markdown(sheet: Sheet) -> str:
    """The document as Markdown with tables."""
    lines = [f"<!-- {sheet.made_by} -->", "", f"# {_signs(sheet.title)}", ""]
    for block in sheet.blocks:
        lines += _block(block)
    if sheet.link:
        lines += [f"[{_signs(sheet.link[0])}]({sheet.link[1]})", ""]
    for section in sheet.sections:
        lines += _section(section, "##")
    return "\n".join(lines).rstrip() + "\n"


def as_page(sheet: Sheet) -> str:
    """The document as one HTML file that prints."""
    template = environment().get_template("sheet.html")
    return template.render(
        d=sheet, w=Words("en"), code=_marked, kind=lambda one: type(one).__name__
    )


def _section(section: Section, level: str) -> Iterator[str]:
    yield from (f"{level} {_signs(section.title)}", "")
    for block in section.blocks:
        yield from _block(block)
    for part in section.parts:
        yield from _section(part, f"{level}#")


def _block(block: Prose | Points | Grid) -> Iterator[str]:
    match block:
        case Prose(text=text):
            yield _signs(text)
        case Points(items=items):
            yield from (f"- {_signs(item)}" for item in items)
        case Grid(head=head, rows=rows):
            yield f"| {' | '.join(map(_signs, head))} |"
            yield f"|{'---|' * len(head)}"
            for row in rows:
                cells = ("<br>".join(map(_signs, cell)) or _NOTHING for cell in row)
                yield f"| {' | '.join(cells)} |"
    yield ""


def _signs(text: str) -> str:
    """Text in which nothing but code means something to Markdown."""
    parts = _CODE.split(text)
    return "".join(
        f"`{part}`" if at % 2 else _SIGNS.sub(r"\\\1", part) for at, part in enumerate(parts)
    )


def _marked(text: str) -> Markup:
    """Text with its code set apart, everything escaped."""
    parts = _CODE.split(text)
    pieces = (
        Markup("<code>{}</code>").format(_breaks(part)) if at % 2 else _whole_days(part)
        for at, part in enumerate(parts)
    )
    return Markup("").join(pieces)


def _whole_days(text: str) -> Markup:
    """Text in which no line breaks inside a date."""
    parts = _DAY.split(text)
    return Markup("").join(
        Markup('<span class="day">{}</span>').format(part) if at % 2 else escape(part)
        for at, part in enumerate(parts)
    )


def _breaks(code: str) -> Markup:
    """A dotted name that breaks behind a dot or a line, and not inside a word."""
    parts = re.split(r"(?<=[._])", code)
    return Markup("<wbr>").join(parts)
