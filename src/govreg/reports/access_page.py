"""The answer as a page for the person: the first page says what matters, the rows come after."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from markupsafe import Markup

from govreg.reports.access_document import ACCESS_VERSION, AccessDocument, Section
from govreg.reports.page import environment
from govreg.reports.table import as_cards, cards, is_wide, row_blocks, ways
from govreg.reports.ways import path_words
from govreg.reports.words import Words

_ANCHORS = (
    "searched",
    "not-searched",
    "withheld",
    "purposes",
    "choices",
    "rights",
    "identity",
    "rows",
    "context",
    "about",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """One section as the template shows it."""

    section: Section
    words: Words
    anchor: str
    explains: bool
    """Whether its rows only explain values."""
    ways: tuple[tuple[str, str], ...]
    """How the rows were found."""

    @property
    def cards(self) -> bool:
        """Whether each row is shown field by field."""
        return as_cards(self.section)

    @property
    def wide(self) -> bool:
        """Whether the table is printed across the page."""
        return is_wide(self.section)

    @property
    def labels(self) -> dict[str, str | Markup]:
        """What each field is called."""
        return {each.name: self.words.text(each.label, each.name) for each in self.section.fields}

    def blocks(self) -> Iterator[Markup]:
        """The body of the table, many rows at a time."""
        return row_blocks(self.section, self.words, tell=len(self.ways) > 1)

    @property
    def paths(self) -> list[str]:
        """How each row was found, in words."""
        return [path_words(row.reached, self.words) for row in self.section.rows]

    def cards_of(self) -> Iterator[Sequence[tuple[str, Markup]]]:
        """Each row as pairs of field name and shown value."""
        return cards(self.section, self.words)


def access_page(document: AccessDocument, words: Words, others: Sequence[Words]) -> Iterator[str]:
    """The page in one language, piece by piece; `others` are the languages it links to."""
    template = environment().get_template("access.html")
    return template.generate(
        d=document,
        w=words,
        others=others,
        anchors=[each for each in _ANCHORS if each != "context" or document.context],
        tables=_tables(document.sections, words, "rows", explains=False),
        context=_tables(document.context, words, "context", explains=True),
        version=ACCESS_VERSION,
    )


def _tables(
    sections: Sequence[Section], words: Words, prefix: str, *, explains: bool
) -> list[Table]:
    return [
        Table(
            section=each,
            words=words,
            anchor=f"{prefix}-{position}",
            explains=explains,
            ways=ways(each, words),
        )
        for position, each in enumerate(sections, start=1)
    ]
