"""Which end dates of kept fields change under changed rules: dates by example, no row is read.

An end date hangs on a date in each row, so it is shown for a row whose date is the day of asking,
or the nearest day of the year before it on which the two sets of rules differ. Of several minimums
that keep a field the latest counts, and one without an end date before all others.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache

from govreg.policy.minimum import keep_until
from govreg.policy.rule import RuleBook, RuleKind

_LOOKED_BACK = 366


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptField:
    """A field of the register that minimums keep."""

    field: str
    """`source.collection.field`."""
    activities: tuple[str, ...]
    """The activities that use it."""
    rules: tuple[str, ...]
    anchors: tuple[str, ...]
    """What each rule counts from, in the order of `rules`."""


@dataclass(frozen=True, slots=True)
class End:
    """Until when a field is kept, and by which rules."""

    until: dt.date | None
    """None with rules: without an end date. None without: not at all."""
    rules: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class EndChange:
    """A field whose end date is another."""

    kept: KeptField
    counted_from: dt.date
    """The day that stands in the row."""
    before: End
    after: End
    missing: tuple[str, ...]
    """Rules that the register names and the new rules do not have as minimums."""


def ends_that_differ(
    fields: Iterable[KeptField],
    old: RuleBook,
    new: RuleBook,
    *,
    on: dt.date,
    financial_year_end: tuple[int, int],
) -> Iterator[EndChange]:
    """Each field that is kept until another day, longer or shorter or not at all.

    Args:
        fields: What the register keeps.
        old: Every rule as it is.
        new: Every rule as it would be.
        on: The day of asking.
        financial_year_end: Month and day on which the organisation's financial year ends.
    """

    @cache
    def compared(rules: tuple[str, ...]) -> tuple[dt.date, End, End] | None:
        if all(_hash(old, name) == _hash(new, name) for name in rules):
            return None
        for back in range(_LOOKED_BACK):
            day = on - dt.timedelta(days=back)
            before, after = (_end(rules, book, day, financial_year_end) for book in (old, new))
            if (before.until, bool(before.rules)) != (after.until, bool(after.rules)):
                return day, before, after
        return None

    for kept in fields:
        found = compared(kept.rules)
        if found is not None:
            day, before, after = found
            missing = tuple(n for n in kept.rules if not _keeps(new, n) and _keeps(old, n))
            yield EndChange(
                kept=kept, counted_from=day, before=before, after=after, missing=missing
            )


def _keeps(book: RuleBook, name: str) -> bool:
    rule = book.get(name)
    return rule is not None and rule.kind is RuleKind.MINIMUM


def _hash(book: RuleBook, name: str) -> str | None:
    rule = book.get(name)
    return rule.content_hash if rule else None


def _end(rules: tuple[str, ...], book: RuleBook, day: dt.date, year_end: tuple[int, int]) -> End:
    ends = {
        name: keep_until(book.rules[name], day, financial_year_end=year_end)
        for name in rules
        if _keeps(book, name)
    }
    if not ends:
        return End(None, ())
    known = [end for end in ends.values() if end is not None]
    until = max(known) if len(known) == len(ends) else None
    return End(until, tuple(name for name, end in ends.items() if end == until))
