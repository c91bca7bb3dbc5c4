"""How long a minimum keeps a record: one period, or an expression over several."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

ANCHORS = (
    "event",
    "end_of_month",
    "end_of_calendar_year",
    "end_of_financial_year",
    "end_of_calendar_year_of_fy_end",
    "end_of_relationship",
    "last_effective_date",
    "last_use",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Term:
    """A period, counted from a date."""

    anchor: str
    period: str
    """ISO 8601, such as `P6Y`, `P24M` or `P30D`."""
    date: str | None = None
    """The name of the date; none: the one that the anchor means."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FirstOf:
    """Until the earliest."""

    parts: tuple[Keep, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class LastOf:
    """Until the latest."""

    parts: tuple[Keep, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Branch:
    """What counts where a date is known; none named: in every other case."""

    known: str | None
    then: Keep


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """The first branch whose date is known."""

    branches: tuple[Branch, ...]


Keep = Term | FirstOf | LastOf | Case


def terms(keep: Keep) -> Iterator[Term]:
    """Every period in it."""
    match keep:
        case Term():
            yield keep
        case FirstOf(parts=parts) | LastOf(parts=parts):
            for part in parts:
                yield from terms(part)
        case Case(branches=branches):
            for branch in branches:
                yield from terms(branch.then)
