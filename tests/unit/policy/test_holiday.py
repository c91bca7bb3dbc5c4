import datetime as dt

import pytest
from dateutil.easter import easter
from hypothesis import given
from hypothesis import strategies as st

from govreg.policy.holiday import FixedDay, FromEaster, HolidayChange, NthWeekday, easter_sunday


def test_easter_in_every_year():
    years = range(1583, 4100)
    assert [easter_sunday(year) for year in years] == [easter(year) for year in years]


@pytest.mark.parametrize(
    ("rule", "date"),
    [
        (FixedDay(month=9, day=9), "2026-09-09"),
        (NthWeekday(nth=4, weekday=4, month=9), "2026-09-25"),
        (NthWeekday(nth=1, weekday=0, month=6), "2026-06-01"),
        (NthWeekday(nth=-1, weekday=0, month=5), "2026-05-25"),
        (NthWeekday(nth=-1, weekday=3, month=12), "2026-12-31"),
        (FromEaster(days=1), "2026-04-06"),
        (FromEaster(days=-2), "2026-04-03"),
    ],
)
def test_a_day_of_the_year(rule, date):
    assert rule.in_year(2026) == dt.date.fromisoformat(date)


def test_a_leap_day_is_in_leap_years_only():
    assert FixedDay(month=2, day=29).in_year(2026) is None
    assert FixedDay(month=2, day=29).in_year(2028) == dt.date(2028, 2, 29)


@given(
    year=st.integers(1900, 2100),
    nth=st.sampled_from([1, 2, 3, 4, -1]),
    weekday=st.integers(0, 6),
    month=st.integers(1, 12),
)
def test_the_nth_weekday_lies_in_its_month(year, nth, weekday, month):
    date = NthWeekday(nth=nth, weekday=weekday, month=month).in_year(year)
    assert (date.year, date.month, date.weekday()) == (year, month, weekday)
    if nth > 0:
        assert (date.day - 1) // 7 == nth - 1
    else:
        assert (date + dt.timedelta(days=7)).month != month


def test_a_day_falls_within_its_years():
    day = HolidayChange(
        name="Ours",
        public=True,
        cite="-",
        on=FixedDay(month=9, day=9),
        in_force_from=dt.date(2026, 1, 1),
        in_force_to=dt.date(2026, 12, 31),
    )
    assert day.falls_on(dt.date(2026, 9, 9))
    assert not day.falls_on(dt.date(2026, 9, 10))
    assert not day.falls_on(dt.date(2025, 9, 9))
    assert not day.falls_on(dt.date(2027, 9, 9))


@pytest.mark.parametrize(
    ("first", "last", "holds"),
    [
        (None, None, True),
        ("2026-09-09", None, True),
        ("2026-09-10", None, False),
        (None, "2026-09-09", True),
        (None, "2026-09-08", False),
        ("2026-09-09", "2026-09-09", True),
    ],
)
def test_the_first_and_the_last_day_are_in_force(first, last, holds):
    change = HolidayChange(
        name="Ours",
        public=True,
        cite="-",
        on=FixedDay(month=9, day=9),
        in_force_from=first and dt.date.fromisoformat(first),
        in_force_to=last and dt.date.fromisoformat(last),
    )
    assert change.in_force(dt.date(2026, 9, 9)) is holds
    assert change.falls_on(dt.date(2026, 9, 9)) is holds


def test_a_change_without_a_date_falls_on_no_day():
    change = HolidayChange(name="Epiphany", public=True, arguable=True, cite="-")
    assert change.falls_on(dt.date(2026, 1, 6)) is False
