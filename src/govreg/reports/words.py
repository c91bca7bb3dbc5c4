"""The fixed sentences of the documents, one table per language, and how a language writes figures.

A table is a JSON file of dotted keys. Every key of one table is in every other; what a document
brings itself (titles, purposes) comes as texts by language.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from markupsafe import Markup

from govreg.errors import ConfigurationProblem
from govreg.reports.document import Text

NO_LANGUAGE = "und"
"""The tag of a name that is the same in every language (BCP 47)."""

_FOLDER = Path(__file__).with_name("words")
_GROUP = "\N{NO-BREAK SPACE}"
_MONTHS = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)


def languages() -> tuple[str, ...]:
    """The languages that have a word table."""
    return tuple(sorted(file.stem for file in _FOLDER.glob("*.json")))


class Words:
    """The sentences of one language, and its way to write days, moments and numbers."""

    __slots__ = ("_table", "_zone", "tag")

    def __init__(self, tag: str, *, time_zone: str = "UTC") -> None:
        """Take the table of `tag`.

        Raises:
            ConfigurationProblem: if there is none, or no such time zone.
        """
        self._table = _table(tag)
        self.tag = tag
        try:
            self._zone = ZoneInfo(time_zone)
        except (ZoneInfoNotFoundError, ValueError, OSError):
            raise ConfigurationProblem(f"`{time_zone}` is no known time zone") from None

    def __call__(self, key: str, /, **figures: object) -> str:
        """The sentence of `key`, with figures put in; never a sentence that contains markup."""
        sentence = self._table[key]
        return sentence.format_map(figures) if figures else sentence

    def code(self, group: str, code: str) -> str:
        """The words for a code of the program's own; the code itself where it has none."""
        name, _, detail = code.partition(":")
        words = self._table.get(f"{group}.{name}")
        if words is None:
            return code
        return f"{words} ({detail})" if detail else words

    def category(self, category: str) -> str:
        """The words for a data category, or for the nearest one above it."""
        parts = category.split(".")
        for length in range(len(parts), 0, -1):
            words = self._table.get("category." + ".".join(parts[:length]))
            if words is not None:
                return words
        return category

    def text(self, text: Text, otherwise: str = "") -> str | Markup:
        """A document's own wording in this language; marked where only another one is there."""
        held = text.get(self.tag, text.get(NO_LANGUAGE))
        if held is not None:
            return held
        for tag in ("en", *text):
            if tag in text:
                return Markup('<span lang="{}">{}</span>').format(tag, text[tag])
        return otherwise

    def count(self, key: str, number: int) -> str:
        """`number` with the noun of `key`."""
        form = "one" if number == 1 else "other"
        return self(f"count.{key}.{form}", number=self.number(number))

    def number(self, number: int) -> str:
        """A whole number with its digits in groups."""
        grouped = f"{number:,}"
        return grouped if self.tag == "en" else grouped.replace(",", _GROUP)

    def day(self, day: dt.date | None) -> str:
        """A day as people write it; a dash for none."""
        if day is None:
            return "\N{EN DASH}"
        if isinstance(day, dt.datetime):
            day = day.astimezone(self._zone).date() if day.tzinfo else day.date()
        if self.tag == "en":
            return f"{day.day}{_GROUP}{_MONTHS[day.month - 1]}{_GROUP}{day.year}"
        return f"{day.day}.{day.month}.{day.year}"

    def moment(self, moment: dt.datetime | None) -> str:
        """A moment in the document's time zone, which is named with it; a dash for none."""
        if moment is None:
            return "\N{EN DASH}"
        local = moment.astimezone(self._zone)
        zone = local.tzname() or ""
        if self.tag == "en":
            return f"{self.day(local)}, {local:%H:%M} {zone}"
        return f"{self.day(local)} klo{_GROUP}{local:%H.%M} {zone}"


@cache
def _table(tag: str) -> Mapping[str, str]:
    file = _FOLDER / f"{tag}.json"
    if tag not in languages():
        offered = ", ".join(f"`{each}`" for each in languages())
        raise ConfigurationProblem(
            f"there is no word table for the language `{tag}`", f"choose among {offered}"
        )
    table: dict[str, str] = json.loads(file.read_text(encoding="utf-8"))
    return table
