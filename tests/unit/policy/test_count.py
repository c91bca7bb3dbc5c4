import datetime as dt
from zoneinfo import ZoneInfo

import pytest

from govreg.errors import ConfigurationProblem, UsageProblem
from govreg.policy.calendars import Calendar, no_holidays
from govreg.policy.clock_rule import ClockRule, OptionRule, TargetRule
from govreg.policy.count import counted_from, looks_at_holidays
from govreg.policy.holiday import FixedDay, HolidayChange

ZONE = ZoneInfo("Europe/Helsinki")
MIDSUMMER = HolidayChange(name="Ours", public=True, cite="-", on=FixedDay(month=6, day=24))
CALENDAR = Calendar(place="XX", listed=False, changes=(MIDSUMMER,))
TO_THE_24TH = {"n": 10, "unit": "calendar_day"}
"""Counted from 14 June 2026: the 24th is a Wednesday, and a holiday of `CALENDAR`."""


def at(day, hour=12):
    return dt.datetime.combine(dt.date.fromisoformat(f"2026-{day}"), dt.time(hour), ZONE)


def count(received, *pauses, calendar=CALENDAR):
    return counted_from(at(received), zone=ZONE, calendar=calendar, pauses=pauses)


def day(moment):
    return f"{moment.astimezone(ZONE):%m-%d}"


def end(received, *pauses, **clock):
    return day(count(received, *pauses).end(ClockRule(**clock)))


def option(**more):
    return OptionRule(name="other", citation=("-",), text={}, **more)


def test_a_day_ends_with_its_last_second_and_is_said_in_utc():
    held = count("06-01").end(ClockRule(n=2, unit="calendar_day"))
    assert held == dt.datetime(2026, 6, 3, 23, 59, 59, tzinfo=ZONE)
    assert held.tzinfo is dt.UTC


def test_moments_are_kept_in_utc():
    held = count("06-01", (at("06-02"), at("06-03")))
    assert {moment.tzinfo for moment in (held.received, *held.pauses[0])} == {dt.UTC}


def test_a_moment_needs_its_zone():
    with pytest.raises(UsageProblem, match="needs its time zone"):
        counted_from(dt.datetime(2026, 6, 1), zone=ZONE, calendar=CALENDAR)


@pytest.mark.parametrize(
    ("received", "clock", "last"),
    [
        ("03-05", {"n": 1, "unit": "month"}, "04-05"),
        ("03-05", {"n": 1, "unit": "month", "count_start": "include"}, "04-04"),
        ("03-01", {"n": 1, "unit": "month", "count_start": "include"}, "03-31"),
        ("01-31", {"n": 1, "unit": "month", "count_start": "include"}, "02-28"),
        ("01-29", {"n": 1, "unit": "month", "count_start": "include"}, "02-28"),
        ("03-05", {"n": 45, "unit": "calendar_day"}, "04-19"),
        ("03-05", {"n": 45, "unit": "calendar_day", "count_start": "include"}, "04-18"),
        ("03-05", {"n": 10, "unit": "business_day"}, "03-19"),
        ("03-05", {"n": 10, "unit": "business_day", "count_start": "include"}, "03-18"),
    ],
)
def test_the_first_day_counts_or_not(received, clock, last):
    assert end(received, **clock) == last


def test_hours_run_through_weekends_and_the_change_of_the_clock():
    """Summer time begins in the night to Sunday, 29 March."""
    friday = counted_from(at("03-27", 18), zone=ZONE, calendar=CALENDAR)
    clock = ClockRule(n=72, unit="hour", roll="next_working_day", extension=24)
    assert friday.end(clock) == friday.target(clock)
    assert friday.end(clock) == dt.datetime(2026, 3, 30, 16, tzinfo=dt.UTC)
    assert friday.end(clock, extended=True) == dt.datetime(2026, 3, 31, 16, tzinfo=dt.UTC)


def test_a_clock_that_knows_no_place_looks_at_weekends_only():
    rolls = {**TO_THE_24TH, "roll": "next_working_day"}
    assert end("06-14", **rolls) == "06-25"
    assert end("06-14", **rolls, calendar="none") == "06-24"
    assert end("06-10", **rolls, calendar="none") == "06-22"  # the 20th is a Saturday
    assert end("06-14", n=8, unit="business_day") == "06-25"
    assert end("06-14", n=8, unit="business_day", calendar="none") == "06-24"


@pytest.mark.parametrize(
    ("clock", "target"),
    [
        (ClockRule(**TO_THE_24TH), "06-23"),
        (ClockRule(**TO_THE_24TH, calendar="none"), "06-24"),
        (ClockRule(**TO_THE_24TH, target=TargetRule(roll="none")), "06-24"),
        (ClockRule(**TO_THE_24TH, target=TargetRule(count_start="include")), "06-23"),
        (ClockRule(n=11, unit="calendar_day", target=TargetRule(count_start="include")), "06-23"),
        (ClockRule(n=8, unit="business_day"), "06-24"),  # as if no day were a holiday
    ],
)
def test_the_target_ends_on_the_working_day_before(clock, target):
    assert day(count("06-14").target(clock)) == target


@pytest.mark.parametrize(
    ("clock", "plain", "after"),
    [
        ({"n": 1, "unit": "month"}, "07-01", "07-05"),
        ({"n": 20, "unit": "calendar_day"}, "06-21", "06-25"),
        ({"n": 20, "unit": "calendar_day", "count_start": "include"}, "06-20", "06-24"),
        ({"n": 10, "unit": "business_day"}, "06-15", "06-19"),
    ],
)
def test_while_a_clock_stands_still_no_day_is_counted(clock, plain, after):
    still = at("06-08", 8), at("06-12", 20)  # Monday to Friday
    assert end("06-01", **clock) == plain
    assert end("06-01", still, **clock) == after


def test_a_pause_moves_the_target_too():
    clock = ClockRule(n=20, unit="calendar_day", target=TargetRule(roll="none"))
    held = count("06-01", (at("06-08", 8), at("06-12", 20)))
    assert day(held.target(clock)) == "06-25"


def test_a_pause_counts_that_begins_within_the_period_however_late_it_ends():
    assert end("06-01", (at("06-10"), at("07-10")), n=10, unit="calendar_day") == "07-11"
    assert end("06-01", (at("06-12"), at("07-10")), n=10, unit="calendar_day") == "06-11"


def test_a_pause_that_begins_with_the_last_moment_counts():
    clock, last = ClockRule(n=24, unit="hour"), at("06-02")
    held = count("06-01", (last, last + dt.timedelta(hours=5)))
    assert held.end(clock) == last + dt.timedelta(hours=5)
    late = last + dt.timedelta(seconds=1)
    assert count("06-01", (late, late + dt.timedelta(hours=5))).end(clock) == last


def test_an_extension_is_counted_from_the_same_start():
    clock = ClockRule(n=1, unit="month", extension=2)
    assert day(count("01-31").end(clock)) == "02-28"
    assert day(count("01-31").end(clock, extended=True)) == "04-30"


@pytest.mark.parametrize(
    ("anchor", "start"),
    [
        ("event", "2026-06-14"),
        ("end_of_month", "2026-06-30"),
        ("end_of_calendar_year", "2026-12-31"),
        ("end_of_financial_year", "2026-12-31"),  # a clock knows no other year
    ],
)
def test_where_it_is_counted_from(anchor, start):
    held = count("06-14").start(ClockRule(n=1, unit="month", anchor=anchor))
    assert held == dt.date.fromisoformat(start)


def test_a_unit_that_nobody_knows():
    with pytest.raises(ConfigurationProblem, match="a clock has no unit `week`"):
        count("06-01", calendar=no_holidays()).end(ClockRule(n=1, unit="week"))


NO_TARGET = TargetRule(roll="none")


@pytest.mark.parametrize(
    ("clock", "looks"),
    [
        (ClockRule(n=72, unit="hour", roll="next_working_day"), False),
        (ClockRule(n=10, unit="business_day", target=NO_TARGET), True),
        (ClockRule(n=10, unit="business_day", calendar="none"), False),
        (ClockRule(n=1, unit="month", target=NO_TARGET), False),
        (ClockRule(n=1, unit="month"), True),  # its target goes to the working day before
        (ClockRule(n=1, unit="month", calendar="none"), False),
        (ClockRule(n=1, unit="month", roll="next_working_day", target=NO_TARGET), True),
        (
            ClockRule(
                n=1,
                unit="month",
                target=NO_TARGET,
                options={"other": option(roll="next_working_day")},
            ),
            True,
        ),
        (
            ClockRule(
                n=1,
                unit="month",
                target=NO_TARGET,
                options={"other": option(count_start="include")},
            ),
            False,
        ),
    ],
)
def test_whose_days_a_public_holiday_can_move(clock, looks):
    assert looks_at_holidays(clock) is looks
