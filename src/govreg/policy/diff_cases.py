"""Which recorded cases come out otherwise under changed rules: decisions, clocks, end dates.

Every rule counts as adopted, as when cases are tried. What a case says must come out is not looked
at here: only what the one set of rules answers and what the other does.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from govreg.condition.truth import Truth
from govreg.errors import GovregError
from govreg.policy.adopt import Adopted
from govreg.policy.case_file import DATES, DecisionCase, MinimumCase, RetentionCase
from govreg.policy.cases import (
    Case,
    Written,
    deadline_of,
    decided_over,
    everything_adopted,
    kept_until,
)
from govreg.policy.evaluate import decide
from govreg.policy.outcome import Decision
from govreg.policy.own import with_overrides
from govreg.policy.rule import RuleBook

_ASKS = (
    *("facts", "rule", "received", "calendar", "zone", "options", "event", "dates"),
    *("record_class", "under", "on", "asked", "hold"),
)
_YEAR_END = "financial_year_end"
KEEP_UNTIL = "keep_until"

_Dates = Mapping[str, dt.datetime | dt.date | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class DecisionChange:
    """A case that is decided otherwise."""

    written: Written
    before: Decision
    after: Decision


@dataclass(frozen=True, slots=True, kw_only=True)
class DateChange:
    """A date of a case that is another."""

    written: Written
    about: str
    """`legal_due` and its like, `keep_until`, or the name of another reading of one."""
    before: dt.datetime | dt.date | None
    after: dt.datetime | dt.date | None
    missing: str | None = None
    """`before` or `after` where those rules have no answer: the rule or reading is not there."""


def same_once(cases: Iterable[Written]) -> tuple[Written, ...]:
    """The cases, each question once: of two that ask the same, the later one stays."""
    return tuple({_question(one.case): one for one in cases}.values())


def decisions_that_differ(
    cases: Iterable[Written], old: RuleBook, new: RuleBook, *, on: dt.date
) -> Iterator[DecisionChange]:
    """Each case that is decided otherwise: another outcome, rule, duty or missing fact.

    Args:
        cases: The cases.
        old: Every rule as it is.
        new: Every rule as it would be.
        on: The date that the rules must be in force.
    """
    sides = [_as_adopted(rules, on) for rules in (old, new)]
    for written in cases:
        case = written.case
        if isinstance(case, DecisionCase):
            before, after = (
                decide(case.facts, rules, on=on, adopted=adopted) for rules, adopted in sides
            )
            if _gist(before) != _gist(after):
                yield DecisionChange(written=written, before=before, after=after)


def dates_that_differ(
    cases: Iterable[Written], old: RuleBook, new: RuleBook
) -> Iterator[DateChange]:
    """Each date of a case on a clock or a minimum that is another."""
    for written in cases:
        before, after = _dates(written.case, old), _dates(written.case, new)
        if before is None and after is None:
            continue
        missing = "before" if before is None else "after" if after is None else None
        was, will_be = before or {}, after or {}
        for about in dict.fromkeys((*was, *will_be)):
            if missing or was.get(about) != will_be.get(about):
                yield DateChange(
                    written=written,
                    about=about,
                    before=was.get(about),
                    after=will_be.get(about),
                    missing=missing,
                )


def _as_adopted(rules: RuleBook, on: dt.date) -> tuple[RuleBook, Adopted]:
    adopted = everything_adopted(rules, on)
    return with_overrides(rules, adopted), adopted


def _question(case: Case) -> str:
    """What a case asks, without what it expects."""
    asked = case.model_dump(mode="json")
    return repr([type(case).__name__, *((k, asked.get(k)) for k in (*_ASKS, _YEAR_END))])


def _gist(decision: Decision) -> tuple[object, ...]:
    """What counts of a decision; how a reason is worded is a change of the rule."""
    return (
        decision.outcome,
        tuple(reason.rule or reason.text for reason in decision.reasons),
        frozenset(decision.obligations),
        frozenset(decision.unknown_facts),
    )


def _dates(case: Case, rules: RuleBook) -> _Dates | None:
    """Every date that is answered; None where these rules cannot."""
    if isinstance(case, DecisionCase):
        return None
    if isinstance(case, RetentionCase):
        return _retained(case, rules)
    if case.rule not in rules.rules:
        return None
    try:
        if isinstance(case, MinimumCase):
            return {KEEP_UNTIL: kept_until(case, rules)}
        held = deadline_of(case, rules)
    except GovregError:
        return None  # the rule is another kind now, or has no such reading
    clock = rules.rules[case.rule].clock
    zone = ZoneInfo(case.zone)

    def shown(moment: dt.datetime | None) -> dt.datetime | dt.date | None:
        here = moment.astimezone(zone) if moment else None
        return here if here is None or (clock and clock.unit == "hour") else here.date()

    return {
        **{name: day for name in DATES if (day := shown(getattr(held, name))) is not None},
        **{f"{one.about}, {one.name}": shown(one.due) for one in held.readings},
    }


def _retained(case: RetentionCase, rules: RuleBook) -> _Dates | None:
    """The end of what decides, under the name of that; a record that goes has none."""
    if not all(name in rules.rules for name in case.under):
        return None
    found = decided_over(case, rules)
    return {f"{KEEP_UNTIL}, {found.decides}": None if found.goes is Truth.TRUE else found.until}
