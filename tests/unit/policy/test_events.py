import datetime as dt
from dataclasses import replace
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from govreg.errors import UsageProblem
from govreg.policy.calendars import Calendar, no_holidays
from govreg.policy.clock_rule import ClockRule, OptionRule
from govreg.policy.events import Extension, Suspension, standing
from govreg.policy.holiday import FixedDay, HolidayChange

ZONE = ZoneInfo("Europe/Helsinki")
CLOCK = ClockRule(
    n=1,
    unit="month",
    roll="next_working_day",
    extension=2,
    suspend_for=("identity_in_doubt", "broad_request"),
)
RECEIVED = dt.datetime(2026, 3, 5, 12, tzinfo=ZONE)


def at(day, hour=12):
    return dt.datetime.combine(dt.date.fromisoformat(f"2026-{day}"), dt.time(hour), ZONE)


def still(start, end, reason="identity_in_doubt"):
    return Suspension(
        reason=reason,
        start=at(start) if isinstance(start, str) else start,
        end=at(end) if isinstance(end, str) else end,
        evidence="message 17",
    )


def stands(rules, *suspensions, clock=CLOCK, extension=None, received=RECEIVED, **more):
    return standing(
        replace(rules.rules["gdpr.access"], clock=clock),
        received,
        zone=ZONE,
        calendar=more.pop("calendar", no_holidays()),
        suspensions=suspensions,
        extension=extension,
        **more,
    )


def day(moment):
    return moment.astimezone(ZONE).date().isoformat()


def unsuspended(held):
    return [
        (one.about, day(one.due), day(one.instead_of))
        for one in held.deadline.readings
        if one.name == "no_suspension"
    ]


def test_without_events_it_is_the_deadline(rules):
    held = stands(rules)
    assert day(held.due) == "2026-04-06"  # the 5th is a Sunday
    assert (held.extended, held.findings) == (False, ())


def test_while_it_stands_still_no_day_counts(rules):
    held = stands(rules, still("03-10", "03-15"))
    assert day(held.due) == "2026-04-10"
    assert day(held.deadline.extended_due) == "2026-06-10"
    assert unsuspended(held) == [
        ("legal_due", "2026-04-06", "2026-04-10"),
        ("extended_due", "2026-06-05", "2026-06-10"),
    ]
    last = held.deadline.readings[-1]
    assert (last.text, last.citations) == ("if it is not accepted that the clock stood still", ())


def test_overlapping_ones_count_once(rules):
    both = stands(rules, still("03-10", "03-15"), still("03-12", "03-18", "broad_request"))
    inside = stands(rules, still("03-10", "03-18"), still("03-12", "03-13"))
    assert both.due == inside.due == stands(rules, still("03-10", "03-18")).due
    assert day(both.due) == "2026-04-13"


def test_an_open_one_means_that_the_due_date_is_not_known(rules):
    held = stands(rules, still("03-10", "03-15"), still("03-20", None))
    assert held.due is None
    assert held.deadline is None
    assert held.findings == (
        "the clock has stood still since 2026-03-20: the due date is not known until the person "
        "has answered; without the suspension it is 2026-04-10",
    )


def test_an_open_one_swallows_one_that_ended(rules):
    assert stands(rules, still("03-10", None), still("03-12", "03-13")).due is None


def test_what_is_said_of_the_deadline_is_said_while_it_stands_still_too(rules):
    early = dt.datetime(2018, 3, 5, 12, tzinfo=ZONE)
    for ends in (early + dt.timedelta(days=9), None):
        span = still(early + dt.timedelta(days=5), ends)
        held = stands(rules, span, received=early, extension=Extension(reason="x", told_at=early))
        assert held.findings[0] == "rule `gdpr.access` is not in force on 2018-03-05"
        assert held.extended


def test_an_open_one_may_begin_within_another(rules):
    assert stands(rules, still("03-10", "03-15"), still("03-12", None)).due is None
    assert (
        "since 2026-03-10"
        in stands(rules, still("03-10", "03-15"), still("03-12", None)).findings[0]
    )


def test_every_one_that_comes_too_late_is_said(rules):
    held = stands(rules, still("04-07", "04-08"), still("04-09", "04-10"))
    assert held.findings == tuple(
        f"the suspension from 2026-04-{late} began when the period had ended on 2026-04-06; it "
        "does not count"
        for late in ("07", "09")
    )


def test_one_that_begins_with_the_last_moment_counts(rules):
    last = stands(rules).due
    assert day(stands(rules, still(last, at("04-08"))).due) == "2026-04-07"
    late = last + dt.timedelta(seconds=1)
    assert day(stands(rules, still(late, at("04-08"))).due) == "2026-04-06"


def test_one_that_begins_when_the_period_is_over_does_not_count(rules):
    held = stands(rules, still("04-07", "04-20"))
    assert day(held.due) == "2026-04-06"
    assert "began when the period had ended on 2026-04-06" in held.findings[0]
    assert stands(rules, still("04-07", None)).due == held.due


def test_an_earlier_one_keeps_the_period_open_for_a_later_one(rules):
    held = stands(rules, still("03-10", "03-20"), still("04-10", "04-12"))
    assert held.findings == ()
    assert day(held.due) == "2026-04-17"


def test_it_counts_from_the_receipt(rules):
    held = stands(rules, still("03-01", "03-08"), still("03-02", "03-04"))
    assert day(held.due) == "2026-04-08"
    assert (
        held.findings
        == ("a suspension begins before the receipt; it counts from the receipt",) * 2
    )


def test_one_that_is_over_at_the_receipt_changes_nothing(rules):
    held = stands(rules, still("03-01", RECEIVED), still("03-10", "03-15"))
    assert held.due == stands(rules, still("03-10", "03-15")).due
    alone = stands(rules, still("03-01", RECEIVED))
    assert (day(alone.due), unsuspended(alone)) == ("2026-04-06", [])
    assert stands(rules, still("03-01", "03-03"), still("03-10", "03-15")).due == held.due
    assert day(stands(rules, still("02-01", "03-03")).due) == "2026-04-06"
    assert stands(rules, still(RECEIVED, "03-08")).findings == ()


def test_the_reading_and_the_place_are_those_that_were_asked_for(rules):
    monday = HolidayChange(name="Ours", public=True, cite="-", on=FixedDay(month=4, day=6))
    held = stands(
        rules,
        clock=replace(
            CLOCK,
            options={
                "first": OptionRule(name="first", citation=(), text={}, count_start="include")
            },
        ),
        calendar=Calendar(place="XX", listed=False, changes=(monday,)),
        options=["first"],
    )
    assert day(held.due) == "2026-04-07"  # from Saturday the 4th
    assert {one.name for one in held.deadline.readings} == {"default"}


def test_a_rule_that_does_not_know_the_reason_does_not_stop(rules):
    """11 CCR 7021(b): the time for verifying counts."""
    held = stands(rules, still("03-10", "03-15"), clock=ClockRule(n=45, unit="calendar_day"))
    assert day(held.due) == "2026-04-19"
    assert held.findings == (
        "rule `gdpr.access` does not stop its clock for `identity_in_doubt`; the suspension does "
        "not count",
    )


def test_business_days_and_hours_stand_still_too(rules):
    days = replace(CLOCK, unit="business_day", n=10, extension=0, roll="none")
    assert day(stands(rules, clock=days).due) == "2026-03-19"
    held = stands(rules, still("03-06", "03-10"), clock=days)  # Mon 9 and Tue 10 do not count
    assert day(held.due) == "2026-03-23"
    hours = replace(CLOCK, unit="hour", n=72, extension=0)
    held = stands(rules, still(at("03-06", 9), at("03-06", 14)), clock=hours)
    assert held.due == RECEIVED + dt.timedelta(hours=77)


def test_hours_that_stood_still_are_elapsed_ones(rules):
    """In the night to 29 March 2026 an hour is missing: 3 o'clock follows 2 by the wall."""
    hours = replace(CLOCK, unit="hour", n=720, extension=0)
    held = stands(rules, still(at("03-29", 1), at("03-29", 6)), clock=hours)
    assert held.due == RECEIVED.astimezone(dt.UTC) + dt.timedelta(hours=720 + 4)


def test_what_stops_the_answer_does_not_stop_its_confirmation(rules):
    rule = replace(
        rules.rules["gdpr.access"], clock=CLOCK, confirm=ClockRule(n=10, unit="calendar_day")
    )
    plain = standing(rule, RECEIVED, zone=ZONE, calendar=no_holidays())
    held = standing(
        rule,
        RECEIVED,
        zone=ZONE,
        calendar=no_holidays(),
        suspensions=[still("03-06", "03-20")],
    )
    assert day(held.deadline.confirm_due) == day(plain.deadline.confirm_due) == "2026-03-15"
    assert held.deadline.confirm_target == plain.deadline.confirm_target
    assert held.due > plain.due


def test_an_extension_counts_once_the_person_is_told(rules):
    held = stands(rules, extension=Extension(reason="complex", told_at=at("04-06", 23)))
    assert (day(held.due), held.extended, held.findings) == ("2026-06-05", True, ())


def test_a_notice_may_come_with_the_last_moment(rules):
    last = stands(rules).due
    held = stands(rules, extension=Extension(reason="complex", told_at=last))
    assert (day(held.due), held.extended, held.findings) == ("2026-06-05", True, ())
    late = last + dt.timedelta(seconds=1)
    held = stands(rules, extension=Extension(reason="complex", told_at=late))
    assert held.findings == (
        "the extension was told on 2026-04-07, after 2026-04-06; it does not count",
    )


def test_days_are_told_as_they_are_in_the_zone(rules):
    """22 o'clock in UTC is already the next day in Helsinki."""
    late = dt.datetime(2026, 3, 20, 22, 30, tzinfo=dt.UTC)
    assert "since 2026-03-21" in stands(rules, still(late, None)).findings[0]


def test_each_day_is_told_as_it_is_in_the_zone(rules):
    """A day in Los Angeles ends at 7 or 8 o'clock of the next day in UTC."""
    zone = ZoneInfo("America/Los_Angeles")
    received = dt.datetime(2026, 3, 5, 12, tzinfo=zone)
    late = dt.datetime(2026, 4, 7, 22, tzinfo=zone)

    def said(*suspensions, told_at=None):
        return standing(
            replace(rules.rules["gdpr.access"], clock=CLOCK),
            received,
            zone=zone,
            calendar=no_holidays(),
            suspensions=suspensions,
            extension=Extension(reason="complex", told_at=told_at),
        ).findings

    assert said() == ("the extension counts once the person is told, by 2026-04-06",)
    assert said(told_at=late) == (
        "the extension was told on 2026-04-07, after 2026-04-06; it does not count",
    )
    assert said(still(late, late))[0] == (
        "the suspension from 2026-04-07 began when the period had ended on 2026-04-06; it does "
        "not count"
    )
    assert said(still(received, None))[0] == (
        "the clock has stood still since 2026-03-05: the due date is not known until the person "
        "has answered; without the suspension it is 2026-04-06"
    )


def test_a_late_notice_is_a_finding_and_changes_no_date(rules):
    held = stands(rules, extension=Extension(reason="complex", told_at=at("04-07")))
    assert (day(held.due), held.extended) == ("2026-04-06", False)
    assert held.findings == (
        "the extension was told on 2026-04-07, after 2026-04-06; it does not count",
    )


def test_an_extension_that_nobody_was_told_of_does_not_count_yet(rules):
    held = stands(rules, extension=Extension(reason="complex", told_at=None))
    assert day(held.due) == "2026-04-06"
    assert held.findings == ("the extension counts once the person is told, by 2026-04-06",)


def test_a_period_without_an_extension_has_none(rules):
    held = stands(
        rules,
        clock=replace(CLOCK, extension=0),
        extension=Extension(reason="complex", told_at=at("03-10")),
    )
    assert held.findings == ("this period cannot be extended",)
    assert not held.extended


def test_the_notice_has_until_the_suspended_end(rules):
    held = stands(
        rules,
        still("03-10", "03-15"),
        extension=Extension(reason="complex", told_at=at("04-09")),
    )
    assert (day(held.due), held.extended) == ("2026-06-10", True)


def test_a_suspension_in_the_extended_period_moves_its_end_only(rules):
    held = stands(
        rules,
        still("05-04", "05-09"),
        extension=Extension(reason="complex", told_at=at("04-01")),
    )
    assert day(held.deadline.legal_due) == "2026-04-06"
    assert day(held.due) == "2026-06-10"
    assert held.findings == ()
    assert unsuspended(held) == [("extended_due", "2026-06-05", "2026-06-10")]


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"evidence": " "}, "needs evidence"),
        ({"reason": "busy"}, "no reason to suspend"),
        ({"reason": "busy"}, "reasons: identity_in_doubt, broad_request"),
        ({"end": at("03-10", 11)}, "before it begins"),
        ({"end": dt.datetime(2026, 3, 20)}, "time zone"),
        ({"end": at("03-01")}, "before it begins"),
        ({"start": dt.datetime(2026, 3, 10)}, "time zone"),
    ],
)
def test_what_is_no_suspension(changes, words):
    with pytest.raises(UsageProblem, match=words):
        replace(still("03-10", "03-15"), **changes)


def test_one_may_end_when_it_begins_and_be_in_the_hour_that_comes_twice(rules):
    """In the night to 25 October 2026 it is 3 o'clock twice."""
    assert stands(rules, still("03-10", "03-10")).due == stands(rules).due
    first = dt.datetime(2026, 10, 25, 3, 50, tzinfo=ZONE)
    span = still(first, first.replace(minute=10, fold=1))
    hours = replace(CLOCK, unit="hour", n=24, extension=0)
    held = stands(rules, span, clock=hours, received=first)
    assert held.due == first.astimezone(dt.UTC) + dt.timedelta(hours=24, minutes=20)


def test_an_extension_has_a_reason():
    with pytest.raises(UsageProblem, match="needs a reason"):
        Extension(reason="", told_at=None)
    with pytest.raises(UsageProblem, match="time zone"):
        Extension(reason="complex", told_at=dt.datetime(2026, 3, 10))


SPANS = st.lists(
    st.tuples(st.integers(0, 60 * 24), st.integers(0, 20 * 24)).map(
        lambda span: still(
            RECEIVED + dt.timedelta(hours=span[0]),
            RECEIVED + dt.timedelta(hours=span[0] + span[1]),
        )
    ),
    max_size=4,
)


@given(spans=SPANS, order=st.randoms())
def test_suspensions_only_give_time_and_their_order_does_not_matter(rules, spans, order):
    held = stands(rules, *spans)
    assert held.due >= stands(rules).due
    assert held.deadline.internal_target <= held.due
    shuffled = list(spans)
    order.shuffle(shuffled)
    assert stands(rules, *shuffled).due == held.due
    assert stands(rules, *spans, *spans).due == held.due
