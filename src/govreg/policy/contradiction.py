"""Rules that contradict each other: both permit and forbid, or keep longer than may be kept.

A prohibition beats what opens. Where it holds in every case in which a rule of the same standing
opens, that rule can never open anything: whoever wrote both meant an exception, and did not say
which. The rules of one pack are of the same standing, and so are all of the organisation's own; a
national pack and the organisation narrow what stands above them.

A maximum that is shorter than a minimum of the same class of records is a contradiction whoever
wrote the two.
"""

from __future__ import annotations

import datetime as dt
from calendar import monthrange
from collections.abc import Iterable, Mapping

from govreg.condition.expression import All, Expression
from govreg.policy.minimum import dates_of, keep_until
from govreg.policy.pack_file import PackFile
from govreg.policy.rule import PERIODS, Effect, Rule, RuleKind
from govreg.yaml12 import Document, problem_at

_OPENS = frozenset({RuleKind.PERMISSION, RuleKind.GROUND, RuleKind.DISCLOSURE})


def refuse_contradictions(
    document: Document, pack: PackFile, same_standing: Iterable[Rule]
) -> None:
    """Refuse a file in which a rule opens what another one always closes.

    Args:
        document: The file.
        pack: The file as read.
        same_standing: Its rules, and those beside them.

    Raises:
        ConfigurationProblem: naming both rules.
    """
    rules = {rule.id: rule for rule in same_standing}
    closing = [
        (rule, _parts(rule.when))
        for rule in rules.values()
        if rule.kind is RuleKind.PROHIBITION and rule.effect is Effect.DENY and not rule.unless
    ]
    for at, written in enumerate(pack.rules):
        rule = rules[written.id]
        parts = _parts(rule.when) if rule.kind in _OPENS else frozenset()
        for other, held in closing if rule.kind in _OPENS else ():
            if held <= parts and _covers(other, rule):
                raise problem_at(
                    document,
                    ("rules", at, "when"),
                    f"rule `{rule.id}` opens what `{other.id}` always closes, and nothing says "
                    "which goes first",
                    f"put what is meant under `unless:` of `{other.id}`, or take one of them out",
                )


def refuse_shorter(document: Document, pack: PackFile, loaded: Mapping[str, Rule]) -> None:
    """Refuse a maximum that ends before a minimum of the same class: no record would reach it.

    Only what is seen to be shorter is refused: both count from the same date, both are in force on
    one day, and whatever that date is, the maximum never ends later. Of the rest a minimum decides
    record by record. A rule that another one overrides is not looked at: that one is.

    Args:
        document: The file.
        pack: The file as read; one of the two rules stands in it.
        loaded: Every rule that is loaded.

    Raises:
        ConfigurationProblem: naming both rules.
    """
    overridden = {rule.overrides.rule for rule in loaded.values() if rule.overrides}
    speaking = [
        rule for rule in loaded.values() if rule.kind in PERIODS and rule.id not in overridden
    ]
    for at, written in enumerate(pack.rules):
        rule = loaded[written.id]
        for other in speaking if rule in speaking else ():
            if rule.kind is RuleKind.MAXIMUM and _contradict(rule, other):
                said, way = f"ends what `{other.id}` still keeps", "longer"
            elif rule.kind is RuleKind.MINIMUM and _contradict(other, rule):
                said, way = f"keeps what `{other.id}` has ended by then", "shorter"
            else:
                continue
            raise problem_at(
                document,
                ("rules", at, "keep_until" if written.keep_until else "period"),
                f"rule `{rule.id}` {said}: both are about `{rule.record_class}`",
                f"make the period {way}, or name another `record_class:`",
            )


def _contradict(maximum: Rule, minimum: Rule) -> bool:
    return (
        maximum.kind is RuleKind.MAXIMUM
        and minimum.kind is RuleKind.MINIMUM
        and maximum.record_class == minimum.record_class
        and _together(maximum, minimum)
        and _shorter(maximum, minimum)
    )


def _together(one: Rule, other: Rule) -> bool:
    """Whether both are in force on some day."""
    first = max(rule.in_force_from or dt.date.min for rule in (one, other))
    return first <= min(rule.in_force_to or dt.date.max for rule in (one, other))


def _shorter(one: Rule, other: Rule) -> bool:
    """Whether a period is seen to be shorter than another, whatever date both count from."""
    if one.keep is None or other.keep is None:
        return False
    names = {*dates_of(one.keep), *dates_of(other.keep)}
    if len(names) != 1:
        return False
    (name,) = names
    each = [
        [keep_until(rule, {name: day}, financial_year_end=end) for rule in (one, other)]
        for end in _MONTH_ENDS
        for day in _DAYS
    ]
    pairs = [(a, b) for a, b in each if a and b]
    return all(a <= b for a, b in pairs) and any(a < b for a, b in pairs)


_MONTH_ENDS = tuple((month, 31) for month in range(1, 13))
"""Where a financial year may end; a shorter month ends with its last day."""

_DAYS = tuple(
    day
    for year in (2023, 2024)
    for month in range(1, 13)
    for day in (dt.date(year, month, 1), dt.date(year, month, monthrange(year, month)[1]))
)
"""Days between which every anchor moves evenly, a leap year among them."""


def _covers(closing: Rule, opening: Rule) -> bool:
    """Whether one is about every act of the other, on every day of it."""
    return (
        closing.law == opening.law
        and set(opening.acts) <= set(closing.acts)
        and all(closing.in_force(day) for day in _days(opening))
        and (closing.in_force_from is None or opening.in_force_from is not None)
        and (closing.in_force_to is None or opening.in_force_to is not None)
    )


def _days(rule: Rule) -> list[dt.date]:
    return [day for day in (rule.in_force_from, rule.in_force_to) if day is not None]


def _parts(when: Expression | None) -> frozenset[Expression]:
    """What must all hold."""
    if when is None:
        return frozenset()
    return frozenset(when.parts) if isinstance(when, All) else frozenset({when})
