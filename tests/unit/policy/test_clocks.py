import datetime as dt
from dataclasses import replace
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from govreg.errors import ConfigurationProblem
from govreg.policy.clocks import calendar_for, due, has_calendar
from govreg.policy.rule import ClockRule

ZONE = ZoneInfo("Europe/Helsinki")


def deadline(rules, received, zone=ZONE, country="FI"):
    moment = dt.datetime.fromisoformat(received)
    return due(
        rules.rules["gdpr.access"], moment, zone=zone, calendar=calendar_for(rules, country)
    )


def day(moment, zone=ZONE):
    return moment.astimezone(zone).date().isoformat()


@pytest.mark.parametrize(
    ("received", "legal", "target", "extended"),
    [
        ("2026-08-31T10:00:00+03:00", "2026-09-30", "2026-09-30", "2026-11-30"),
        ("2026-01-30T10:00:00+02:00", "2026-03-02", "2026-02-27", "2026-04-30"),
        ("2024-01-31T10:00:00+02:00", "2024-02-29", "2024-02-29", "2024-04-30"),
        ("2026-11-06T10:00:00+02:00", "2026-12-07", "2026-12-04", "2027-02-08"),
        ("2026-05-20T10:00:00+03:00", "2026-06-22", "2026-06-19", "2026-08-20"),
    ],
)
def test_a_month_with_weekends_and_holidays(rules, received, legal, target, extended):
    held = deadline(rules, received)
    assert (day(held.legal_due), day(held.internal_target), day(held.extended_due)) == (
        legal,
        target,
        extended,
    )
    assert held.extension_notice_by == held.legal_due


def test_the_day_is_that_of_the_organisations_time_zone(rules):
    late = "2026-03-10T23:30:00+00:00"  # already the 11th in Helsinki
    assert day(deadline(rules, late).legal_due) == "2026-04-13"
    assert (
        day(deadline(rules, late, zone=ZoneInfo("UTC")).legal_due, ZoneInfo("UTC")) == "2026-04-10"
    )


def test_midsummer_eve_is_no_public_holiday(rules):
    calendar = calendar_for(rules, "FI")
    assert not calendar(dt.date(2026, 6, 19))
    assert calendar(dt.date(2026, 12, 25))
    assert not calendar_for(rules, "XX")(dt.date(2026, 12, 25))


def test_a_country_without_a_list_of_holidays_is_said_to_have_none(rules):
    held = deadline(rules, "2026-11-25T10:00:00+02:00", country="XX")
    assert day(held.legal_due) == "2026-12-25"
    assert held.findings == (
        "due without public holidays: none are known for `XX`; weekends alone were looked at",
    )
    assert deadline(rules, "2026-11-25T10:00:00+02:00").findings == ()


@given(
    moment=st.datetimes(
        dt.datetime(2020, 1, 1), dt.datetime(2060, 1, 1), timezones=st.just(dt.UTC)
    )
)
def test_the_target_is_never_after_the_law_and_both_are_working_days(rules, moment):
    held = deadline(rules, moment.isoformat())
    assert held.internal_target <= held.legal_due < held.extended_due
    for each in (held.internal_target, held.legal_due):
        assert each.astimezone(ZONE).weekday() < 5


def test_a_rule_without_a_clock_has_no_deadline(rules):
    with pytest.raises(ConfigurationProblem):
        due(
            rules.rules["gdpr.access.copy"],
            dt.datetime(2026, 1, 1, tzinfo=dt.UTC),
            zone=ZONE,
            calendar=lambda _day: False,
        )


def counted(rules, received, **clock):
    rule = replace(rules.rules["gdpr.access"], clock=ClockRule(**clock))
    moment = dt.datetime.fromisoformat(received)
    return due(rule, moment, zone=ZONE, calendar=lambda _day: False)


@pytest.mark.parametrize(
    ("received", "clock", "legal"),
    [
        ("2026-03-05", {"n": 1, "unit": "month"}, "2026-04-05"),
        ("2026-03-05", {"n": 1, "unit": "month", "count_start": "include"}, "2026-04-04"),
        ("2026-03-01", {"n": 1, "unit": "month", "count_start": "include"}, "2026-03-31"),
        ("2026-01-31", {"n": 1, "unit": "month", "count_start": "include"}, "2026-02-28"),
        ("2026-01-29", {"n": 1, "unit": "month", "count_start": "include"}, "2026-02-28"),
        ("2026-03-05", {"n": 45, "unit": "calendar_day"}, "2026-04-19"),
        ("2026-03-05", {"n": 45, "unit": "calendar_day", "count_start": "include"}, "2026-04-18"),
        ("2026-03-05", {"n": 10, "unit": "business_day"}, "2026-03-19"),
        ("2026-03-05", {"n": 10, "unit": "business_day", "count_start": "include"}, "2026-03-18"),
    ],
)
def test_the_first_day_counts_or_not(rules, received, clock, legal):
    assert day(counted(rules, f"{received}T10:00:00+02:00", **clock).legal_due) == legal


def test_hours_run_through_weekends_and_the_change_of_the_clock(rules):
    friday = "2026-03-27T18:00:00+02:00"  # summer time begins in the night to Sunday
    held = counted(rules, friday, n=72, unit="hour", roll="next_working_day", extension=24)
    assert held.legal_due == held.internal_target
    assert held.legal_due == dt.datetime(2026, 3, 30, 16, tzinfo=dt.UTC)
    assert held.extended_due == dt.datetime(2026, 3, 31, 16, tzinfo=dt.UTC)
    assert held.extension_notice_by == held.legal_due
    assert counted(rules, friday, n=72, unit="hour").extended_due is None


def test_christmas_eve_is_no_public_holiday(rules):
    assert not calendar_for(rules, "FI")(dt.date(2026, 12, 24))


@pytest.mark.parametrize(
    ("country", "known"), [("FI", True), ("DE", True), ("fi", False), ("ZZ", False), ("", False)]
)
def test_whose_holidays_are_known(country, known):
    assert has_calendar(country) is known
