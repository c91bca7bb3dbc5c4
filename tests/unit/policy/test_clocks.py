import datetime as dt
from dataclasses import replace
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from govreg.errors import ConfigurationProblem, UsageProblem
from govreg.policy.calendars import Calendar, calendar_for, no_holidays
from govreg.policy.clock_rule import ClockRule, OptionRule, TargetRule
from govreg.policy.clocks import due, said_of_place
from govreg.policy.holiday import FixedDay, HolidayChange, NthWeekday

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
    with pytest.raises(ConfigurationProblem, match=r"^rule `gdpr.access.copy` has no clock$"):
        due(
            rules.rules["gdpr.access.copy"],
            dt.datetime(2026, 1, 1, tzinfo=dt.UTC),
            zone=ZONE,
            calendar=no_holidays(),
        )


CALIFORNIA = Calendar(
    place="US-CA",
    changes=(
        HolidayChange(
            name="Day After Thanksgiving",
            public=False,
            arguable=True,
            cite="Cal. Gov. Code 6700 does not list it",
        ),
        HolidayChange(
            name="Admission Day", public=True, cite="Gov. Code 6700", on=FixedDay(month=9, day=9)
        ),
        HolidayChange(
            name="Native American Day",
            public=True,
            cite="Gov. Code 6700",
            on=NthWeekday(nth=4, weekday=4, month=9),
        ),
    ),
)
LOS_ANGELES = ZoneInfo("America/Los_Angeles")
STRICT = TargetRule(count_start="include", roll="none")
CCP_12A = OptionRule(
    name="ccp_12a",
    citation=("Code Civ. Proc. 12a",),
    text={"en": "if a period ends with the next working day"},
    roll="next_working_day",
)
KNOW = ClockRule(
    n=45, unit="calendar_day", extension=45, target=STRICT, options={"ccp_12a": CCP_12A}
)
CONFIRM = ClockRule(n=10, unit="business_day")
HIPAA_ACCESS = ClockRule(n=30, unit="calendar_day", extension=30, calendar="none")
HIPAA_ACCOUNTING = ClockRule(n=60, unit="calendar_day", extension=30, calendar="none")
MONTH = ClockRule(n=1, unit="month", roll="next_working_day", extension=2)


def of(rules, clock, confirm=None):
    return replace(rules.rules["gdpr.access"], clock=clock, confirm=confirm)


def noon(day, zone=ZONE):
    return dt.datetime.combine(dt.date.fromisoformat(day), dt.time(12), zone)


def in_california(rules, received, clock=KNOW, confirm=CONFIRM, **more):
    return due(
        of(rules, clock, confirm),
        noon(received, LOS_ANGELES),
        zone=LOS_ANGELES,
        calendar=CALIFORNIA,
        **more,
    )


def dates(held, zone):
    names = (
        "legal_due",
        "internal_target",
        "extended_due",
        "extension_notice_by",
        "confirm_due",
        "confirm_target",
    )
    return {n: day(getattr(held, n), zone) for n in names if getattr(held, n) is not None}


def readings(held, zone):
    return [
        (one.about, one.name, day(one.due, zone), day(one.instead_of, zone))
        for one in held.readings
    ]


def test_d01_easter_moves_the_last_day(rules):
    held = due(of(rules, MONTH), noon("2026-03-05"), zone=ZONE, calendar=calendar_for(rules, "FI"))
    assert dates(held, ZONE) == {
        "legal_due": "2026-04-07",
        "internal_target": "2026-04-02",
        "extended_due": "2026-06-05",
        "extension_notice_by": "2026-04-07",
    }


def test_d02_the_day_is_clamped_and_then_rolled(rules):
    held = due(of(rules, MONTH), noon("2026-01-31"), zone=ZONE, calendar=calendar_for(rules, "FI"))
    assert dates(held, ZONE) == {
        "legal_due": "2026-03-02",
        "internal_target": "2026-02-27",
        "extended_due": "2026-04-30",
        "extension_notice_by": "2026-03-02",
    }


def test_d09_72_hours_over_a_weekend_and_a_holiday(rules):
    start = dt.datetime(2026, 12, 4, 16, 30, tzinfo=ZONE)
    clock = ClockRule(n=72, unit="hour")
    held = due(of(rules, clock), start, zone=ZONE, calendar=calendar_for(rules, "XX"))
    assert held.legal_due == dt.datetime(2026, 12, 7, 16, 30, tzinfo=ZONE)
    assert held.findings == ()  # an unknown place cannot move an hour


def test_a_clock_in_hours_is_told_by_when_and_is_extended_only_where_it_can_be(rules):
    hours = ClockRule(n=72, unit="hour", extension=24)
    held = due(of(rules, hours), noon("2026-06-01"), zone=ZONE, calendar=no_holidays())
    assert held.extension_notice_by == held.legal_due == held.internal_target
    fixed = replace(hours, extension=0)
    held = due(of(rules, fixed), noon("2026-06-01"), zone=ZONE, calendar=no_holidays())
    assert held.extended_due is None
    assert held.extension_notice_by is None


def test_d11_ccpa_over_thanksgiving(rules):
    held = in_california(rules, "2026-11-20")
    assert dates(held, LOS_ANGELES) == {
        "legal_due": "2027-01-04",
        "internal_target": "2027-01-03",
        "extended_due": "2027-02-18",
        "extension_notice_by": "2027-01-04",
        "confirm_due": "2026-12-07",
        "confirm_target": "2026-12-04",
    }
    assert readings(held, LOS_ANGELES) == [
        ("confirm_due", "Day After Thanksgiving", "2026-12-08", "2026-12-07")
    ]
    assert held.readings[0].text == "if Day After Thanksgiving is a public holiday"


def test_d12_ccpa_plain(rules):
    held = in_california(rules, "2026-03-02")
    assert dates(held, LOS_ANGELES) == {
        "legal_due": "2026-04-16",
        "internal_target": "2026-04-15",
        "extended_due": "2026-05-31",
        "extension_notice_by": "2026-04-16",
        "confirm_due": "2026-03-16",
        "confirm_target": "2026-03-16",
    }
    assert readings(held, LOS_ANGELES) == [("extended_due", "ccp_12a", "2026-06-01", "2026-05-31")]
    opt_out = in_california(rules, "2026-03-02", ClockRule(n=15, unit="business_day"), None)
    assert day(opt_out.legal_due, LOS_ANGELES) == "2026-03-23"
    again = in_california(rules, "2026-03-02", ClockRule(n=12, unit="month"), None)
    assert day(again.legal_due, LOS_ANGELES) == "2027-03-02"


def test_d14_hipaa_access_does_not_roll(rules):
    held = due(of(rules, HIPAA_ACCESS), noon("2026-01-30"), zone=ZONE, calendar=CALIFORNIA)
    assert dates(held, ZONE) == {
        "legal_due": "2026-03-01",
        "internal_target": "2026-02-27",
        "extended_due": "2026-03-31",
        "extension_notice_by": "2026-03-01",
    }
    assert held.readings == ()


def test_d16_hipaa_accounting(rules):
    held = due(of(rules, HIPAA_ACCOUNTING), noon("2026-07-01"), zone=ZONE, calendar=CALIFORNIA)
    assert (day(held.legal_due), day(held.extended_due)) == ("2026-08-30", "2026-09-29")


def test_an_option_that_is_taken_leaves_the_packs_own_count_beside_it(rules):
    """2026-05-09 is a Saturday, 45 days after the receipt."""
    held = in_california(rules, "2026-03-25", confirm=None, options=["ccp_12a"])
    assert day(held.legal_due, LOS_ANGELES) == "2026-05-11"
    assert day(held.internal_target, LOS_ANGELES) == "2026-05-08"
    assert ("legal_due", "default", "2026-05-09", "2026-05-11") in readings(held, LOS_ANGELES)


def test_every_reading_has_its_words_and_citations(rules):
    plain = in_california(rules, "2026-03-25", confirm=None).readings[0]
    assert (plain.name, plain.text) == ("ccp_12a", "if a period ends with the next working day")
    assert plain.citations == ("Code Civ. Proc. 12a",)
    taken = in_california(rules, "2026-03-25", confirm=None, options=["ccp_12a"]).readings[0]
    assert (taken.name, taken.text) == ("default", "as the pack counts by itself")
    assert taken.citations == ()
    bare = replace(KNOW, options={"ccp_12a": replace(CCP_12A, text={"fi": "jos"})})
    assert in_california(rules, "2026-03-25", bare, confirm=None).readings[0].text == "ccp_12a"


def test_the_default_stands_beside_an_option_for_the_extension_too(rules):
    """2026-05-31, 90 days after the receipt, is a Sunday; 45 days after it is a Thursday."""
    held = in_california(rules, "2026-03-02", confirm=None, options=["ccp_12a"])
    assert readings(held, LOS_ANGELES) == [("extended_due", "default", "2026-05-31", "2026-06-01")]


def test_an_option_may_count_the_first_day_and_leaves_the_roll_as_it_is(rules):
    counts = OptionRule(name="first", citation=("-",), text={}, count_start="include")
    clock = replace(MONTH, options={"first": counts})
    held = due(of(rules, clock), noon("2026-03-10"), zone=ZONE, calendar=no_holidays())
    assert readings(held, ZONE) == [
        ("legal_due", "first", "2026-04-09", "2026-04-10"),
        ("extended_due", "first", "2026-06-09", "2026-06-10"),
    ]
    taken = due(
        of(rules, clock), noon("2026-05-07"), zone=ZONE, calendar=no_holidays(), options=["first"]
    )
    assert day(taken.legal_due) == "2026-06-08"  # from Saturday the 6th


def test_a_period_that_cannot_be_extended_has_no_readings_of_an_extension(rules):
    held = in_california(rules, "2026-03-25", replace(KNOW, extension=0), confirm=None)
    assert [one.about for one in held.readings] == ["legal_due"]


def test_a_confirmation_is_read_as_it_is_counted(rules):
    longer = replace(CONFIRM, extension=5)
    held = in_california(rules, "2026-11-20", confirm=longer)
    assert [one.instead_of for one in held.readings] == [held.confirm_due]


def test_an_option_that_is_none_names_those_that_are(rules):
    with pytest.raises(UsageProblem) as caught:
        in_california(rules, "2026-03-25", options=["roll"])
    assert str(caught.value) == (
        "rule `gdpr.access` has no other reading `roll`\n  it has: `ccp_12a`"
    )
    two = replace(KNOW, options={"a": CCP_12A, "b": CCP_12A})
    with pytest.raises(UsageProblem, match=r"it has: `a`, `b`$"):
        in_california(rules, "2026-03-25", two, options=["a", "roll"])
    with pytest.raises(UsageProblem, match=r"it has: none$"):
        in_california(rules, "2026-03-25", MONTH, options=["roll"])


def test_a_day_that_is_no_holiday_by_default_names_the_date_of_the_other_reading(rules):
    eve = HolidayChange(
        name="Christmas Eve", public=False, arguable=True, cite="Act 150/1930 s. 5"
    )
    calendar = Calendar(place="FI", changes=(eve,))
    held = due(of(rules, MONTH), noon("2026-11-24"), zone=ZONE, calendar=calendar)
    assert day(held.legal_due) == "2026-12-24"
    assert readings(held, ZONE) == [("legal_due", "Christmas Eve", "2026-12-28", "2026-12-24")]
    assert held.readings[0].citations == ("Act 150/1930 s. 5",)


def test_days_that_move_a_date_only_together_are_named_together(rules):
    """Both 23 and 24 December: 23 alone ends on the 24th, both end after Christmas."""
    changes = tuple(
        HolidayChange(
            name=name,
            public=False,
            arguable=True,
            cite=f"{name} 1",
            on=FixedDay(month=month, day=number),
        )
        for name, month, number in (("A", 12, 23), ("B", 12, 24), ("C", 6, 1))
    )
    # A place whose list has Christmas Day and no Christmas Eve
    calendar = Calendar(place="US", changes=changes)
    held = due(of(rules, MONTH), noon("2026-11-23"), zone=ZONE, calendar=calendar)
    assert readings(held, ZONE) == [
        ("legal_due", "A", "2026-12-24", "2026-12-23"),
        ("legal_due", "A and B", "2026-12-28", "2026-12-23"),
    ]
    assert [one.citations for one in held.readings] == [("A 1",), ("A 1", "B 1")]
    assert held.readings[1].text == "if each of these days is read the other way"


def test_an_arguable_holiday_may_be_one_by_default(rules):
    kept = HolidayChange(name="Good Friday", public=True, arguable=True, cite="-")
    held = due(
        of(rules, MONTH),
        noon("2026-03-03"),
        zone=ZONE,
        calendar=Calendar(place="FI", changes=(kept,)),
    )
    assert readings(held, ZONE) == [("legal_due", "Good Friday", "2026-04-03", "2026-04-07")]
    assert held.readings[0].text == "if Good Friday is no public holiday"


def test_a_clock_may_count_from_the_end_of_the_calendar_year(rules):
    """HIPAA breaches below 500 people: within 60 days after the year of discovery."""
    clock = ClockRule(n=60, unit="calendar_day", anchor="end_of_calendar_year", calendar="none")
    held = due(of(rules, clock), noon("2026-07-01"), zone=ZONE, calendar=no_holidays())
    assert day(held.legal_due) == "2027-03-01"


def test_the_place_is_said_where_it_was_taken_for_granted(rules):
    assert "holidays of `FI`" in said_of_place(of(rules, MONTH), "FI")[0]
    assert said_of_place(of(rules, HIPAA_ACCESS), "FI") == ()


def test_a_moment_needs_its_zone(rules):
    with pytest.raises(UsageProblem, match="needs its time zone"):
        due(
            of(rules, MONTH),
            dt.datetime(2026, 3, 5, 12),
            zone=ZONE,
            calendar=no_holidays(),
        )


def test_a_rule_that_is_not_in_force_says_so(rules):
    held = due(of(rules, MONTH), noon("2018-05-24"), zone=ZONE, calendar=no_holidays())
    assert held.findings == ("rule `gdpr.access` is not in force on 2018-05-24",)
    late = dt.datetime(2018, 5, 24, 22, tzinfo=dt.UTC)  # already the 25th in Helsinki
    held = due(of(rules, MONTH), late, zone=ZONE, calendar=no_holidays())
    assert held.findings == ()


def test_a_deadline_says_its_citations_and_whether_the_duty_is_at_once(rules):
    for at_once in (True, False):
        rule = of(rules, replace(MONTH, as_soon_as_possible=at_once))
        held = due(rule, noon("2026-03-05"), zone=ZONE, calendar=no_holidays())
        assert held.as_soon_as_possible is at_once
        assert held.citations == rules.rules["gdpr.access"].citation
        assert held.citations


TARGETS = st.builds(
    TargetRule,
    count_start=st.sampled_from([None, "include"]),
    roll=st.sampled_from(["none", "working_day_before"]),
)
CLOCKS = st.builds(
    ClockRule,
    n=st.integers(1, 100),
    unit=st.sampled_from(["month", "calendar_day", "business_day", "hour"]),
    count_start=st.sampled_from(["exclude", "include"]),
    roll=st.sampled_from(["none", "next_working_day"]),
    extension=st.integers(0, 50),
    target=TARGETS,
    anchor=st.sampled_from(["event", "end_of_month", "end_of_calendar_year"]),
)
DAYS = st.dates(dt.date(2020, 1, 1), dt.date(2040, 1, 1))
ZONES = st.sampled_from(
    [ZoneInfo(name) for name in ("Europe/Helsinki", "America/Los_Angeles", "Asia/Kolkata", "UTC")]
)


@given(clock=CLOCKS, date=DAYS, hour=st.integers(0, 23), zone=ZONES)
def test_it_is_never_due_before_its_target_nor_extended_to_an_earlier_day(
    rules, clock, date, hour, zone
):
    moment = dt.datetime.combine(date, dt.time(hour), zone)
    held = due(of(rules, clock), moment, zone=zone, calendar=CALIFORNIA)
    assert held.internal_target <= held.legal_due
    assert held.extended_due is None or held.legal_due <= held.extended_due


@given(clock=CLOCKS, date=DAYS)
def test_a_roll_is_never_earlier_and_ends_on_a_working_day(rules, clock, date):
    def ends(roll):
        rule = of(rules, replace(clock, roll=roll))
        return due(rule, noon(str(date)), zone=ZONE, calendar=CALIFORNIA).legal_due

    assert ends("none") <= ends("next_working_day")
    if clock.unit != "hour":
        last = ends("next_working_day").astimezone(ZONE).date()
        assert last.weekday() < 5
        assert not CALIFORNIA(last)


@given(clock=CLOCKS, date=DAYS, later=st.integers(1, 400))
def test_what_comes_later_is_not_due_earlier(rules, clock, date, later):
    ends = [
        due(of(rules, clock), noon(str(one)), zone=ZONE, calendar=CALIFORNIA).legal_due
        for one in (date, date + dt.timedelta(days=later))
    ]
    assert ends == sorted(ends)


@given(
    n=st.integers(1, 200),
    moment=st.datetimes(
        dt.datetime(2020, 1, 1), dt.datetime(2040, 1, 1), timezones=st.just(dt.UTC)
    ),
    zones=st.tuples(ZONES, ZONES),
)
def test_hours_do_not_depend_on_the_zone(rules, n, moment, zones):
    rule = of(rules, ClockRule(n=n, unit="hour"))
    ends = {
        due(rule, moment.astimezone(zone), zone=zone, calendar=CALIFORNIA).legal_due
        for zone in zones
    }
    assert ends == {moment + dt.timedelta(hours=n)}
