"""What a pack says of public holidays: days added, days taken out, days open to argument."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

_WEEK = 7


@dataclass(frozen=True, slots=True, kw_only=True)
class FixedDay:
    """The same day of every year; 29 February in leap years only."""

    month: int
    day: int

    def in_year(self, year: int) -> dt.date | None:
        """Its date in a year."""
        try:
            return dt.date(year, self.month, self.day)
        except ValueError:
            return None


@dataclass(frozen=True, slots=True, kw_only=True)
class NthWeekday:
    """The nth such weekday of a month; -1 is the last."""

    nth: int
    weekday: int
    """0 is Monday."""
    month: int

    def in_year(self, year: int) -> dt.date | None:
        """Its date in a year."""
        if self.nth > 0:
            first = dt.date(year, self.month, 1)
            to_go = (self.weekday - first.weekday()) % _WEEK
            return first + dt.timedelta(days=to_go + _WEEK * (self.nth - 1))
        after = dt.date(year + self.month // 12, self.month % 12 + 1, 1)
        last = after - dt.timedelta(days=1)
        return last - dt.timedelta(days=(last.weekday() - self.weekday) % _WEEK)


@dataclass(frozen=True, slots=True, kw_only=True)
class FromEaster:
    """So many days after Easter Sunday of the Western churches; before it where negative."""

    days: int

    def in_year(self, year: int) -> dt.date | None:
        """Its date in a year."""
        return easter_sunday(year) + dt.timedelta(days=self.days)


DateRule = FixedDay | NthWeekday | FromEaster


@dataclass(frozen=True, slots=True, kw_only=True)
class HolidayChange:
    """What a pack says of one day of the library's list of public holidays, or beside it."""

    name: str
    public: bool
    """Whether the pack takes it as a public holiday."""
    cite: str
    on: DateRule | None = None
    """When it is, of a day that the pack adds."""
    arguable: bool = False
    """The law may be read the other way; a deadline that turns on it names both dates."""
    in_force_from: dt.date | None = None
    in_force_to: dt.date | None = None

    def falls_on(self, day: dt.date) -> bool:
        """Whether it is an added day, and this one."""
        if self.on is None or not self.in_force(day):
            return False
        return self.on.in_year(day.year) == day

    def in_force(self, day: dt.date) -> bool:
        """Whether the pack says so for this day."""
        after = self.in_force_from is None or self.in_force_from <= day
        return after and (self.in_force_to is None or day <= self.in_force_to)


def easter_sunday(year: int) -> dt.date:
    """Easter Sunday in the Gregorian calendar (the anonymous algorithm, as Meeus gives it)."""
    a, b, c = year % 19, year // 100, year % 100
    d, e = b // 4, b % 4
    g = (8 * b + 13) // 25
    h = (19 * a + b - d - g + 15) % 30
    i, k = c // 4, c % 4
    m = (32 + 2 * e + 2 * i - h - k) % 7
    n = (a + 11 * h + 19 * m) // 433
    month = (h + m - 7 * n + 90) // 25
    return dt.date(year, month, (h + m - 7 * n + 33 * month + 19) % 32)
