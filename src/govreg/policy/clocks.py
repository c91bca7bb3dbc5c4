"""When an answer is due: a deadline rule applied to a moment, in the organisation's time zone.

- A month ends on the same day number, or on the month's last day (Reg. 1182/71 Art. 3(2)(c)).
- The day of receipt is not counted; weekends and holidays inside the period count.
- A period that ends on a Saturday, Sunday or public holiday ends with the next working day where
  the rule says so (Reg. 1182/71 Art. 3(4)).
- Hours run from the moment itself, through weekends and holidays, and never roll.
- `internal_target` is the earlier day that nobody can dispute.
- Where no list of public holidays is known for a country, the deadline says so: weekends alone
  were looked at, and the law may give a later day.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from govreg.errors import ConfigurationProblem
from govreg.policy.minimum import add_months
from govreg.policy.rule import ClockRule, Rule, RuleBook

_SATURDAY = 5

Calendar = Callable[[dt.date], bool]
"""Whether a day is a public holiday."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NoHolidays:
    """The calendar of a country of which no list of public holidays is known."""

    country: str

    def __call__(self, day: dt.date) -> bool:  # noqa: ARG002 - a calendar is asked about a day
        """No day is known to be a holiday."""
        return False

    @property
    def finding(self) -> str:
        """What a reader of the deadline must know."""
        return (
            f"due without public holidays: none are known for `{self.country}`; "
            "weekends alone were looked at"
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Deadline:
    """When an answer is due, in UTC: the last moment of a day, or an hour of a clock in hours."""

    legal_due: dt.datetime
    internal_target: dt.datetime
    extended_due: dt.datetime | None
    extension_notice_by: dt.datetime | None
    citations: tuple[str, ...]
    findings: tuple[str, ...] = ()
    """What was not known when the days were counted."""


def calendar_for(rules: RuleBook, country: str) -> Calendar:
    """The public holidays of a country: the library's list as corrected by the packs.

    A country that the library does not know has a calendar that says so, `NoHolidays`.
    """
    import holidays

    changes = rules.holidays.get(country, ())
    removed = {change.name for change in changes if not change.public}
    try:
        listed = holidays.country_holidays(country, language="en_US")
    except NotImplementedError:
        return NoHolidays(country=country)
    return lambda day: bool(set((listed.get(day) or "").split("; ")) - removed - {""})


def has_calendar(country: str) -> bool:
    """Whether the public holidays of a country are known."""
    import holidays

    return country in holidays.list_supported_countries()


def due(rule: Rule, received: dt.datetime, *, zone: ZoneInfo, calendar: Calendar) -> Deadline:
    """The deadline of a right for a request received at a moment.

    Raises:
        ConfigurationProblem: the rule has no clock.
    """
    if rule.clock is None:
        raise ConfigurationProblem(f"rule `{rule.id}` has no clock")
    if rule.clock.unit == "hour":
        return _hours(rule.clock, received.astimezone(dt.UTC), rule.citation)
    start = received.astimezone(zone).date()
    plain = _counted(rule.clock, start, rule.clock.n, calendar)
    rolled = _rolled(rule.clock, plain, calendar)
    extended = None
    if rule.clock.extension:
        total = rule.clock.n + rule.clock.extension
        extended = _rolled(rule.clock, _counted(rule.clock, start, total, calendar), calendar)
    return Deadline(
        legal_due=_end(rolled, zone),
        internal_target=_end(_worked_back(plain, calendar), zone),
        extended_due=_end(extended, zone) if extended else None,
        extension_notice_by=_end(rolled, zone) if extended else None,
        citations=rule.citation,
        findings=(calendar.finding,) if isinstance(calendar, NoHolidays) else (),
    )


def _hours(clock: ClockRule, received: dt.datetime, citations: tuple[str, ...]) -> Deadline:
    end = received + dt.timedelta(hours=clock.n)
    extended = end + dt.timedelta(hours=clock.extension) if clock.extension else None
    return Deadline(
        legal_due=end,
        internal_target=end,
        extended_due=extended,
        extension_notice_by=end if extended else None,
        citations=citations,
    )


def _counted(clock: ClockRule, start: dt.date, n: int, calendar: Calendar) -> dt.date:
    first = start if clock.count_start == "exclude" else start - dt.timedelta(days=1)
    match clock.unit:
        case "month":
            end = add_months(start, n)
            earlier = clock.count_start == "include" and end.day == start.day
            return end - dt.timedelta(days=1) if earlier else end  # a clamped day is the last one
        case "calendar_day":
            return first + dt.timedelta(days=n)
        case "business_day":
            day = first
            while n:
                day += dt.timedelta(days=1)
                n -= _works(day, calendar)
            return day
    raise ConfigurationProblem(f"a clock has no unit `{clock.unit}`")


def _rolled(clock: ClockRule, day: dt.date, calendar: Calendar) -> dt.date:
    while clock.roll == "next_working_day" and not _works(day, calendar):
        day += dt.timedelta(days=1)
    return day


def _worked_back(day: dt.date, calendar: Calendar) -> dt.date:
    while not _works(day, calendar):
        day -= dt.timedelta(days=1)
    return day


def _works(day: dt.date, calendar: Calendar) -> bool:
    return day.weekday() < _SATURDAY and not calendar(day)


def _end(day: dt.date, zone: ZoneInfo) -> dt.datetime:
    return dt.datetime.combine(day, dt.time(23, 59, 59), zone).astimezone(dt.UTC)
