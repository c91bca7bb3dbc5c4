"""How one clock counts: from a moment to the end of its last day, or to an hour.

- A month ends on the same day number, or on the month's last day (Reg. 1182/71 Art. 3(2)(c)).
- The day of the event is not counted, unless the rule says so; weekends and holidays inside the
  period count, save in a clock of business days.
- A period that ends on a Saturday, Sunday or public holiday ends with the next working day where
  the rule says so (Reg. 1182/71 Art. 3(4)).
- Hours run from the moment itself, in UTC, through weekends, holidays and the change to summer
  time, and never roll.
- While a clock stands still no day is counted: neither one that lies between, nor the day on which
  it goes on.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from zoneinfo import ZoneInfo

from govreg.errors import ConfigurationProblem, UsageProblem
from govreg.policy.calendars import Calendar, no_holidays
from govreg.policy.clock_rule import ClockRule
from govreg.policy.minimum import add_months, anchor_date

_SATURDAY = 5
_DAY = dt.timedelta(days=1)

Holiday = Callable[[dt.date], bool]
Pause = tuple[dt.datetime, dt.datetime]
"""From when a clock stood still, and when it went on."""
Pauses = tuple[Pause, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Count:
    """What a clock is counted with; moments are in UTC."""

    received: dt.datetime
    zone: ZoneInfo
    calendar: Calendar
    pauses: Pauses = ()
    """In order, none overlapping another."""

    def of(self, clock: ClockRule) -> Calendar:
        """The calendar that a clock looks at."""
        return no_holidays() if clock.calendar == "none" else self.calendar

    def end(self, clock: ClockRule, *, extended: bool = False) -> dt.datetime:
        """By when it is due, counted from the same start where it is extended."""
        n = clock.n + (clock.extension if extended else 0)
        return self._in_time(lambda pauses: self._end(clock, n, pauses))

    def target(self, clock: ClockRule) -> dt.datetime:
        """The earlier day that nobody can dispute."""
        return min(self._in_time(lambda pauses: self._target(clock, pauses)), self.end(clock))

    def start(self, clock: ClockRule) -> dt.date:
        """The day that it is counted from."""
        received = self._date(self.received)
        return anchor_date(clock.anchor, received, (12, 31))

    def _in_time(self, last: Callable[[Pauses], dt.datetime]) -> dt.datetime:
        """A last day, moved by the pauses that began before it."""
        counted: Pauses = ()
        end = last(counted)
        for pause in self.pauses:
            if pause[0] > end:
                break
            counted = (*counted, pause)
            end = last(counted)
        return end

    def _end(self, clock: ClockRule, n: int, pauses: Pauses) -> dt.datetime:
        if clock.unit == "hour":
            return self._hours(n, pauses)
        calendar = self.of(clock)
        return self._last(_rolled(clock, self._plain(clock, n, calendar, pauses), calendar))

    def _target(self, clock: ClockRule, pauses: Pauses) -> dt.datetime:
        if clock.unit == "hour":
            return self._hours(clock.n, pauses)
        strict = replace(clock, count_start=clock.target.count_start or clock.count_start)
        # A business day that no holiday has put off is the earliest reading
        calendar = _never if clock.unit == "business_day" else self.of(clock)
        day = self._plain(strict, clock.n, calendar, pauses)
        while clock.target.roll == "working_day_before" and not _works(day, calendar):
            day -= _DAY
        return self._last(day)

    def _hours(self, n: int, pauses: Pauses) -> dt.datetime:
        still = sum((end - start for start, end in pauses), dt.timedelta())
        return self.received + dt.timedelta(hours=n) + still

    def _plain(self, clock: ClockRule, n: int, holiday: Holiday, pauses: Pauses) -> dt.date:
        start = self.start(clock)
        first = start if clock.count_start == "exclude" else start - _DAY
        days = [(self._date(since), self._date(until)) for since, until in pauses]
        still = sum((until - since for since, until in days), dt.timedelta())
        match clock.unit:
            case "month":
                end = add_months(start, n)
                # A clamped day is the last one already
                earlier = clock.count_start == "include" and end.day == start.day
                return (end - _DAY if earlier else end) + still
            case "calendar_day":
                return first + n * _DAY + still
            case "business_day":
                day = first
                while n:
                    day += _DAY
                    stands = any(since < day <= until for since, until in days)
                    n -= not stands and _works(day, holiday)
                return day
        raise ConfigurationProblem(f"a clock has no unit `{clock.unit}`")

    def _date(self, moment: dt.datetime) -> dt.date:
        return moment.astimezone(self.zone).date()

    def _last(self, day: dt.date) -> dt.datetime:
        return dt.datetime.combine(day, dt.time(23, 59, 59), self.zone).astimezone(dt.UTC)


def counted_from(
    received: dt.datetime, *, zone: ZoneInfo, calendar: Calendar, pauses: Sequence[Pause] = ()
) -> Count:
    """What a clock is counted with.

    Raises:
        UsageProblem: the moment has no time zone.
    """
    if received.tzinfo is None:
        raise UsageProblem("a moment needs its time zone", "such as `2026-12-04T16:30+02:00`")
    # Of two moments in one zone Python subtracts the wall clocks, which summer time moves
    still = tuple((since.astimezone(dt.UTC), until.astimezone(dt.UTC)) for since, until in pauses)
    return Count(received=received.astimezone(dt.UTC), zone=zone, calendar=calendar, pauses=still)


def looks_at_holidays(clock: ClockRule) -> bool:
    """Whether a public holiday can move a day of this clock, in any of its readings."""
    if clock.unit == "hour" or clock.calendar == "none":
        return False
    rolls = clock.roll != "none" or clock.target.roll != "none"
    return clock.unit == "business_day" or rolls or any(o.roll for o in clock.options.values())


def _rolled(clock: ClockRule, day: dt.date, holiday: Holiday) -> dt.date:
    while clock.roll == "next_working_day" and not _works(day, holiday):
        day += _DAY
    return day


def _works(day: dt.date, holiday: Holiday) -> bool:
    return day.weekday() < _SATURDAY and not holiday(day)


def _never(_day: dt.date) -> bool:
    return False
