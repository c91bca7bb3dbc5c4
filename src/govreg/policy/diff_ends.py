"""Which end dates of fields change under changed rules: dates by example, no row is read.

An end date hangs on a date in each row, so it is shown for a row whose date is the day of asking,
or the nearest day of the year before it on which the two sets of rules differ. Of several minimums
that keep a field the latest counts, and one without an end date before all others; of several
maximums the earliest. An override that counts speaks in place of the rule that the register names,
as it does in an erasure.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache

from govreg.policy.minimum import keep_until
from govreg.policy.rule import Rule, RuleBook, RuleKind

_LOOKED_BACK = 366


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptField:
    """A field of the register that minimums keep, or maximums end."""

    field: str
    """`source.collection.field`."""
    activities: tuple[str, ...]
    """The activities that use it."""
    rules: tuple[str, ...]
    anchors: tuple[str, ...]
    """What each rule counts from, in the order of `rules`."""


@dataclass(frozen=True, slots=True)
class End:
    """Until when a field is kept at least or at most, and by which rules."""

    until: dt.date | None
    """None with rules: without an end date. None without: no rule says anything."""
    rules: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class EndChange:
    """A field whose end date is another."""

    kept: KeptField
    """With the rules of that kind alone."""
    kind: RuleKind
    counted_from: dt.date
    """The day that stands in the row."""
    before: End
    after: End
    missing: tuple[str, ...]
    """Rules that the register names and the new rules do not have, or not of that kind."""


def ends_that_differ(
    fields: Iterable[KeptField],
    old: RuleBook,
    new: RuleBook,
    *,
    on: dt.date,
    financial_year_end: tuple[int, int],
) -> Iterator[EndChange]:
    """Each field whose minimums or maximums end on another day, later or earlier or not at all.

    Args:
        fields: What the register keeps.
        old: Every rule as it is.
        new: Every rule as it would be.
        on: The day of asking.
        financial_year_end: Month and day on which the organisation's financial year ends.
    """

    @cache
    def compared(names: tuple[str, ...], kind: RuleKind) -> tuple[dt.date, End, End] | None:
        was, will_be = (_of_kind(names, book, on, kind) for book in (old, new))
        if [_hash(rule) for rule in was] == [_hash(rule) for rule in will_be]:
            return None
        for back in range(_LOOKED_BACK):
            day = on - dt.timedelta(days=back)
            before, after = (_end(rules, day, financial_year_end) for rules in (was, will_be))
            if (before.until, bool(before.rules)) != (after.until, bool(after.rules)):
                return day, before, after
        return None

    for whole in fields:
        for kind, kept in _by_kind(whole, old, new, on):
            found = compared(kept.rules, kind)
            if found is None:
                continue
            day, before, after = found
            was, will_be = (_of_kind(kept.rules, book, on, kind) for book in (old, new))
            gone = zip(kept.rules, was, will_be, strict=True)
            missing = tuple(name for name, one, other in gone if one and not other)
            yield EndChange(
                kept=kept,
                kind=kind,
                counted_from=day,
                before=before,
                after=after,
                missing=missing,
            )


def _by_kind(
    kept: KeptField, old: RuleBook, new: RuleBook, on: dt.date
) -> Iterator[tuple[RuleKind, KeptField]]:
    """A field with the rules that are minimums, and with those that are maximums, old or new."""
    for kind in (RuleKind.MINIMUM, RuleKind.MAXIMUM):
        either = zip(*(_of_kind(kept.rules, book, on, kind) for book in (old, new)), strict=True)
        both = zip(kept.rules, kept.anchors, either, strict=True)
        held = [(name, anchor) for name, anchor, rules in both if any(rules)]
        if held:
            names, anchors = zip(*held, strict=True)
            yield kind, replace(kept, rules=names, anchors=anchors)


def _of_kind(
    names: tuple[str, ...], book: RuleBook, on: dt.date, kind: RuleKind
) -> list[Rule | None]:
    """What speaks where each rule is named: an override that counts in place of a pack's."""
    found = (book.speaking(name, on) for name in names)
    return [rule if rule and rule.kind is kind else None for rule in found]


def _hash(rule: Rule | None) -> str | None:
    return rule.content_hash if rule else None


def _end(rules: Sequence[Rule | None], day: dt.date, year_end: tuple[int, int]) -> End:
    ends = {rule.id: keep_until(rule, day, financial_year_end=year_end) for rule in rules if rule}
    if not ends:
        return End(None, ())
    known = [end for end in ends.values() if end is not None]
    last = max if any(rule and rule.kind is RuleKind.MINIMUM for rule in rules) else min
    until = last(known) if len(known) == len(ends) else None
    return End(until, tuple(name for name, end in ends.items() if end == until))
