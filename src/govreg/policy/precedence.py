"""What decides over a record: a hold, a minimum, what is asked for, or a maximum; in this order.

- A hold with a ground of its own keeps, also past its review date: nobody has released it. One
  without a ground asks a person, unless a minimum keeps the record anyway.
- A minimum keeps until its end; of several the latest. Where a date that it needs is not known,
  neither is its end, and the record stays until a person knows better.
- What is asked for lets the record go where a ground opens it. Where that is not clear, a person
  is asked, unless a maximum ends the record anyway.
- A maximum comes last: past its end nothing keeps the record; of several the earliest. It
  destroys, so it counts only while it is in force and a named person has adopted it.
- Where nothing speaks, the record stays.

What is not known never lets a record go. Pure: the day is passed in.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import reduce

from govreg.condition.truth import Truth
from govreg.policy.adopt import Adopted
from govreg.policy.minimum import dates_of, keep_until
from govreg.policy.rule import PERIODS, Rule, RuleBook, RuleKind

Dates = Mapping[str, dt.date | None]


class Decides(StrEnum):
    """What decides, the first before the rest."""

    HOLD = "hold"
    MINIMUM = "minimum"
    REQUEST = "request"
    MAXIMUM = "maximum"
    NOTHING = "nothing"


@dataclass(frozen=True, slots=True, kw_only=True)
class Hold:
    """What suspends every end of a record: a case, and what the hold rests on."""

    case: str
    ground: str | None
    """A concrete claim, or an order of a law that binds; an order from elsewhere alone is none."""
    review_on: dt.date


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What a person asks for: whether a ground opens it, and by which rules."""

    opens: Truth
    rules: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()


NOT_ASKED = Asked(opens=Truth.FALSE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Period:
    """What one minimum or maximum says of a record."""

    rule: str
    until: dt.date | None
    """Its last day; None where a date that it needs is not known."""
    missing: tuple[str, ...] = ()
    """What is not known: dates by name, and `adoption` of a maximum."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ended:
    """Whether maximums of a record have run out."""

    passed: Truth
    rules: tuple[str, ...]
    """Those that did, or that may have; while all of them run, the one that ends first."""
    until: dt.date | None
    missing: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Precedence:
    """What decides over a record on a day."""

    decides: Decides
    goes: Truth
    """TRUE: it goes. FALSE: it stays. UNKNOWN: it stays until a person decides."""
    rules: tuple[str, ...] = ()
    holds: tuple[str, ...] = ()
    """Cases of the holds that decide."""
    until: dt.date | None = None
    """The last day of the minimum or maximum that decides; None where it has none, or none that is
    known."""
    missing: tuple[str, ...] = ()
    """What a person must say first."""


def what_decides(
    rules: Iterable[Rule],
    dates: dt.date | Dates,
    *,
    on: dt.date,
    adopted: Adopted,
    financial_year_end: tuple[int, int],
    asked: Asked = NOT_ASKED,
    holds: Iterable[Hold] = (),
) -> Precedence:
    """What decides over one class of records on a day, with rules and end date.

    Args:
        rules: Those that the records are under; only minimums and maximums say anything.
        dates: What the periods count from: by name, or the one date that every anchor means.
        on: The day of asking.
        adopted: Who adopted which rules.
        financial_year_end: Month and day on which the organisation's financial year ends.
        asked: What a person asks for, if anybody does.
        holds: Those that stand on the records.
    """
    standing = list(holds)
    grounded = [hold for hold in standing if hold.ground]
    if grounded:
        return _by_hold(grounded, goes=Truth.FALSE)
    minimums, maximums = [], []
    for rule in rules:
        if rule.kind is RuleKind.MINIMUM:
            minimums.append(period_of(rule, dates, financial_year_end=financial_year_end))
        elif rule.kind is RuleKind.MAXIMUM and rule.in_force(on):
            period = period_of(rule, dates, financial_year_end=financial_year_end)
            maximums.append(ended(period, on=on, holds=adopted.holds(rule)))
    keeping = [one for one in minimums if keeps(one, on=on)]
    if keeping and (not standing or any(one.until for one in keeping)):
        return _by_minimum(keeping)
    if standing:
        return _by_hold(standing, goes=Truth.UNKNOWN, missing=("ground of the hold",))
    over = reduce(either, maximums) if maximums else None
    if asked.opens is not Truth.FALSE and (asked.opens is Truth.TRUE or not _is_over(over)):
        return Precedence(
            decides=Decides.REQUEST, goes=asked.opens, rules=asked.rules, missing=asked.missing
        )
    if over is None:
        return Precedence(decides=Decides.NOTHING, goes=Truth.FALSE)
    return Precedence(
        decides=Decides.MAXIMUM,
        goes=over.passed,
        rules=over.rules,
        until=over.until,
        missing=over.missing,
    )


def of_class(book: RuleBook, record_class: str, on: dt.date) -> tuple[Rule, ...]:
    """The minimums and maximums of a class of records that speak on a day.

    An override that counts speaks in place of the rule that it overrides.
    """
    found = (
        book.speaking(rule.id, on)
        for rule in book.rules.values()
        if rule.kind in PERIODS and rule.record_class == record_class and rule.in_force(on)
    )
    return tuple({rule.id: rule for rule in found if rule is not None}.values())


def period_of(
    rule: Rule, dates: dt.date | Dates | None, *, financial_year_end: tuple[int, int]
) -> Period:
    """What a minimum or maximum says of a record with these dates.

    Raises:
        ConfigurationProblem: the rule says no period.
    """
    until = keep_until(rule, dates or {}, financial_year_end=financial_year_end)
    unknown: tuple[str, ...] = ()
    if until is None and rule.keep is not None:
        known = {name for name, day in dates.items() if day} if isinstance(dates, Mapping) else ()
        unknown = tuple(name for name in dates_of(rule.keep) if name not in known)
    return Period(rule=rule.id, until=until, missing=unknown)


def keeps(period: Period, *, on: dt.date) -> bool:
    """Whether a minimum keeps a record on a day; without an end that is known it does."""
    return period.until is None or period.until >= on


def longer(held: Period, new: Period) -> Period:
    """Which of two minimums says until when a record is kept: one without an end before all."""
    if held.until is None or new.until is None:
        return held if held.until is None else new
    return held if held.until >= new.until else new


def ended(period: Period, *, on: dt.date, holds: bool) -> Ended:
    """Whether a maximum has run out on a day; not known without its date, or an adoption.

    Args:
        period: What the maximum says of a record.
        on: The day.
        holds: Whether a named person has adopted the rule.
    """
    if period.until is None:
        passed, missing = Truth.UNKNOWN, period.missing
    elif period.until >= on:
        passed, missing = Truth.FALSE, ()
    else:
        passed, missing = (Truth.TRUE, ()) if holds else (Truth.UNKNOWN, ("adoption",))
    return Ended(passed=passed, rules=(period.rule,), until=period.until, missing=missing)


def either(one: Ended, other: Ended) -> Ended:
    """Both maximums together: one that has run out is enough."""
    if one.passed is not other.passed:
        order = (Truth.TRUE, Truth.UNKNOWN, Truth.FALSE)
        return min(one, other, key=lambda held: order.index(held.passed))
    if one.passed is Truth.FALSE:
        return one if (one.until or dt.date.max) <= (other.until or dt.date.max) else other
    ends = [end for end in (one.until, other.until) if end is not None]
    return Ended(
        passed=one.passed,
        rules=tuple(dict.fromkeys((*one.rules, *other.rules))),
        until=min(ends, default=None),
        missing=tuple(dict.fromkeys((*one.missing, *other.missing))),
    )


def _is_over(over: Ended | None) -> bool:
    return over is not None and over.passed is Truth.TRUE


def _by_hold(holds: list[Hold], *, goes: Truth, missing: tuple[str, ...] = ()) -> Precedence:
    cases = tuple(hold.case for hold in holds)
    return Precedence(decides=Decides.HOLD, goes=goes, holds=cases, missing=missing)


def _by_minimum(keeping: list[Period]) -> Precedence:
    """One that is known to run keeps for certain, whatever is not known of the others."""
    last = reduce(longer, keeping)
    known = [period for period in keeping if period.until is not None]
    return Precedence(
        decides=Decides.MINIMUM,
        goes=Truth.FALSE if known else Truth.UNKNOWN,
        rules=tuple(period.rule for period in keeping if period.until == last.until),
        until=last.until,
        missing=tuple(dict.fromkeys(name for period in keeping for name in period.missing)),
    )
