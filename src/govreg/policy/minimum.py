"""Until when a statutory minimum keeps a record: dates, never numbers of days."""

from __future__ import annotations

import calendar
import datetime as dt
import re

from govreg.errors import ConfigurationProblem
from govreg.policy.rule import Rule

_PERIOD = re.compile(r"^P(?P<n>\d+)(?P<unit>[YM])$")


def keep_until(rule: Rule, anchor: dt.date, *, financial_year_end: tuple[int, int]) -> dt.date:
    """The last day on which the record must be kept.

    Args:
        rule: A rule of kind `minimum`.
        anchor: The date of the event that the period is counted from.
        financial_year_end: Month and day on which the organisation's financial year ends.

    Raises:
        ConfigurationProblem: the rule is no minimum.
    """
    match = _PERIOD.match(rule.period or "")
    if match is None or rule.anchor is None:
        raise ConfigurationProblem(f"rule `{rule.id}` says no period and anchor to keep by")
    start = anchor_date(rule.anchor, anchor, financial_year_end)
    n = int(match["n"])
    return add_months(start, n * 12 if match["unit"] == "Y" else n)


def anchor_date(anchor: str, event: dt.date, financial_year_end: tuple[int, int]) -> dt.date:
    """The day that the period is counted from."""
    match anchor:
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
