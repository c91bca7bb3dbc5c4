"""Until when a minimum keeps a record, or a maximum lets it stay: dates, never numbers of days.

- A period that counts from the end of a month or year ends with the end of one.
- `first_of` and `last_of` need all their dates; where one is not known, the end is not known.
- An end that is not known is no end: who asks keeps the record, under a maximum too.
"""

from __future__ import annotations

import calendar
import datetime as dt
import re
from collections.abc import Callable, Mapping

from govreg.errors import ConfigurationProblem
from govreg.policy.rule import Rule
from govreg.policy.term import Case, FirstOf, Keep, LastOf, Term, terms

PERIOD = r"^P[1-9]\d{0,3}[YMD]$"
_PERIOD = re.compile(r"^P(?P<n>[1-9]\d{0,3})(?P<unit>[YMD])$")

_MEANS: Mapping[str, tuple[str, ...]] = {
    "end_of_relationship": ("relationship_ended",),
    "last_effective_date": ("created", "last_effective"),
    "last_use": ("last_use",),
}
"""The dates that an anchor means by itself; the later one counts."""

_Dates = Mapping[str, dt.date | None]


def keep_until(
    rule: Rule, dates: dt.date | _Dates, *, financial_year_end: tuple[int, int]
) -> dt.date | None:
    """The last day on which the record is kept, or None where a date is not known.

    Args:
        rule: A rule of kind `minimum` or `maximum`.
        dates: The date that the period is counted from, or several by name, such as `created`,
            `last_effective`, `relationship_ended`, `birth`; a single one is called `event`.
        financial_year_end: Month and day on which the organisation's financial year ends.

    Raises:
        ConfigurationProblem: the rule is neither.
    """
    if rule.keep is None:
        raise ConfigurationProblem(f"rule `{rule.id}` says no period and anchor to keep by")
    known = {"event": dates} if isinstance(dates, dt.date) else dates
    return _until(rule.keep, known, financial_year_end)


def _until(keep: Keep, dates: _Dates, year_end: tuple[int, int]) -> dt.date | None:
    match keep:
        case Term():
            return _term(keep, dates, year_end)
        case FirstOf(parts=parts):
            return _all(parts, dates, year_end, min)
        case LastOf(parts=parts):
            return _all(parts, dates, year_end, max)
        case Case(branches=branches):
            for branch in branches:
                if branch.known is None or dates.get(branch.known) is not None:
                    return _until(branch.then, dates, year_end)
    return None


def _all(
    parts: tuple[Keep, ...],
    dates: _Dates,
    year_end: tuple[int, int],
    pick: Callable[[list[dt.date]], dt.date],
) -> dt.date | None:
    ends = [_until(part, dates, year_end) for part in parts]
    known = [end for end in ends if end is not None]
    return pick(known) if len(known) == len(ends) else None


def _term(term: Term, dates: _Dates, year_end: tuple[int, int]) -> dt.date | None:
    event = _event(term, dates)
    if event is None:
        return None
    start = anchor_date(term.anchor, event, year_end)
    return later_by(term.period, start, whole=term.anchor in _ENDS)


def dates_of(keep: Keep) -> tuple[str, ...]:
    """The names of the dates that periods are counted from, each once."""
    named = (
        (term.date,) if term.date else _MEANS.get(term.anchor, ("event",)) for term in terms(keep)
    )
    return tuple(dict.fromkeys(name for names in named for name in names))


_ENDS = frozenset(
    {
        "end_of_month",
        "end_of_calendar_year",
        "end_of_financial_year",
        "end_of_calendar_year_of_fy_end",
    }
)
"""Anchors that are the last day of a month or year."""


def _event(term: Term, dates: _Dates) -> dt.date | None:
    if term.date is not None:
        return dates.get(term.date)
    means = [name for name in _MEANS.get(term.anchor, ()) if name in dates]
    if not means:
        return dates.get("event")
    held = [dates.get(name) for name in _MEANS[term.anchor]]
    known = [date for date in held if date is not None]
    return max(known) if len(known) == len(held) else None


def later_by(period: str, start: dt.date, *, whole: bool) -> dt.date:
    """The last day of a period that is counted from a day.

    Args:
        period: ISO 8601 in years, months or days, such as `P6Y`.
        start: The day, which is not counted itself.
        whole: Whether the day ends a month or year, so that the period ends with the end of one.

    Raises:
        ConfigurationProblem: it is no such period.
    """
    match = _PERIOD.match(period)
    if match is None:
        raise ConfigurationProblem(f"`{period}` is no period", "write it as `P6Y`, `P24M`, `P30D`")
    n, day = int(match["n"]), dt.timedelta(days=1)
    if match["unit"] == "D":
        return start + n * day
    months = n * 12 if match["unit"] == "Y" else n
    return add_months(start + day, months) - day if whole else add_months(start, months)


def length(period: str) -> tuple[str, int]:
    """A period's unit, `month` or `day`, and how many of them it has."""
    n, unit = int(period[1:-1]), period[-1]
    return ("day", n) if unit == "D" else ("month", n * 12 if unit == "Y" else n)


def anchor_date(anchor: str, event: dt.date, financial_year_end: tuple[int, int]) -> dt.date:
    """The day that the period is counted from."""
    match anchor:
        case "end_of_month":
            return _clamped(event.year, event.month, 31)
        case "end_of_calendar_year":
            return event.replace(month=12, day=31)
        case "end_of_financial_year":
            return financial_year_of(event, financial_year_end)
        case "end_of_calendar_year_of_fy_end":
            return financial_year_of(event, financial_year_end).replace(month=12, day=31)
    return event


def financial_year_of(event: dt.date, end: tuple[int, int]) -> dt.date:
    """The last day of the financial year that a day lies in."""
    this_year = _clamped(event.year, *end)
    return this_year if event <= this_year else _clamped(event.year + 1, *end)


def add_months(date: dt.date, months: int) -> dt.date:
    """The same day number some months later, or the month's last day where it has none."""
    total = date.year * 12 + date.month - 1 + months
    return _clamped(total // 12, total % 12 + 1, date.day)


def _clamped(year: int, month: int, day: int) -> dt.date:
    return dt.date(year, month, min(day, calendar.monthrange(year, month)[1]))
