import datetime as dt
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from govreg.errors import ConfigurationProblem
from govreg.policy.minimum import (
    add_months,
    anchor_date,
    dates_of,
    financial_year_of,
    keep_until,
    later_by,
    length,
)
from govreg.policy.term import ANCHORS, Branch, Case, FirstOf, LastOf, Term, terms


def test_d20_the_worked_example_of_the_finnish_act(rules):
    end = (3, 31)
    event = dt.date(2023, 6, 1)  # in the financial year that ended on 2024-03-31
    assert keep_until(
        rules.rules["fi.accounting.voucher"], event, financial_year_end=end
    ) == dt.date(2030, 12, 31)
    assert keep_until(
        rules.rules["fi.accounting.books"], event, financial_year_end=end
    ) == dt.date(2034, 3, 31)


@pytest.mark.parametrize(
    ("start", "months", "end"),
    [
        ("2024-01-31", 1, "2024-02-29"),
        ("2023-01-31", 1, "2023-02-28"),
        ("2024-02-29", 12, "2025-02-28"),
        ("2024-12-31", 2, "2025-02-28"),
        ("2026-03-05", 1, "2026-04-05"),
    ],
)
def test_months_end_on_the_same_day_or_the_last(start, months, end):
    assert add_months(dt.date.fromisoformat(start), months) == dt.date.fromisoformat(end)


@given(
    event=st.dates(dt.date(1990, 1, 1), dt.date(2090, 1, 1)),
    month=st.integers(1, 12),
    day=st.integers(1, 31),
)
def test_a_day_lies_in_the_year_that_ends_next(event, month, day):
    end = financial_year_of(event, (month, day))
    assert event <= end
    assert (end - event).days < 366 + 1
    assert anchor_date("end_of_calendar_year_of_fy_end", event, (month, day)).year == end.year


def test_a_rule_without_a_period_keeps_nothing(rules):
    with pytest.raises(ConfigurationProblem):
        keep_until(rules.rules["gdpr.access"], dt.date(2026, 1, 1), financial_year_end=(12, 31))


def kept(rules, keep, dates, end=(12, 31)):
    rule = replace(rules.rules["fi.accounting.voucher"], keep=keep)
    return keep_until(rule, dates, financial_year_end=end)


def on(text):
    return dt.date.fromisoformat(text)


DEATH = Term(anchor="event", period="P12Y", date="death")
BIRTH = Term(anchor="event", period="P120Y", date="birth")
PATIENT = Case(
    branches=(Branch(known="death", then=DEATH), Branch(known=None, then=BIRTH)),
)


@pytest.mark.parametrize(
    ("anchor", "period", "until"),
    [
        ("event", "P6Y", "2030-02-15"),
        ("event", "P24M", "2026-02-15"),
        ("event", "P30D", "2024-03-16"),
        ("end_of_month", "P1M", "2024-03-31"),
        ("end_of_month", "P30D", "2024-03-30"),
        ("end_of_calendar_year", "P8Y", "2032-12-31"),
        ("end_of_financial_year", "P10Y", "2034-03-31"),
        ("end_of_calendar_year_of_fy_end", "P6Y", "2030-12-31"),
        ("end_of_relationship", "P5Y", "2029-02-15"),
        ("last_use", "P1Y", "2025-02-15"),
        ("last_effective_date", "P6Y", "2030-02-15"),
    ],
)
def test_each_anchor_of_a_single_date(rules, anchor, period, until):
    held = kept(rules, Term(anchor=anchor, period=period), on("2024-02-15"), (3, 31))
    assert held == on(until)
    assert anchor in ANCHORS


def test_the_calendar_year_of_a_financial_year_ends_with_december(rules):
    term = Term(anchor="end_of_calendar_year_of_fy_end", period="P6Y")
    assert kept(rules, term, on("2024-02-15"), (6, 30)) == on("2030-12-31")
    assert kept(rules, term, on("2024-07-15"), (6, 30)) == on("2031-12-31")


def test_a_year_that_begins_in_march_ends_with_february(rules):
    """The year after the one that ended on 28 February 2023 ends on the 29th."""
    term = Term(anchor="end_of_financial_year", period="P1Y")
    assert kept(rules, term, on("2022-06-01"), (2, 29)) == on("2024-02-29")


def test_the_later_of_created_and_last_effective(rules):
    term = Term(anchor="last_effective_date", period="P6Y")
    first, last = on("2020-01-01"), on("2024-06-30")
    assert kept(rules, term, {"created": first, "last_effective": last}) == on("2030-06-30")
    assert kept(rules, term, {"created": last, "last_effective": first}) == on("2030-06-30")
    assert kept(rules, term, {"created": first, "last_effective": None}) is None  # still in effect
    assert kept(rules, term, {"created": first}) is None


@pytest.mark.parametrize(
    ("anchor", "name"), [("end_of_relationship", "relationship_ended"), ("last_use", "last_use")]
)
def test_an_anchor_means_a_date_of_that_name(rules, anchor, name):
    term = Term(anchor=anchor, period="P5Y")
    dates = {name: on("2024-02-15"), "event": on("2020-01-01")}
    assert kept(rules, term, dates) == on("2029-02-15")
    assert kept(rules, term, {name: None}) is None
    assert kept(rules, term, {}) is None


def test_a_case_takes_the_first_date_that_is_known(rules):
    birth, death = on("1950-05-01"), on("2024-02-29")
    assert kept(rules, PATIENT, {"birth": birth, "death": death}) == on("2036-02-29")
    assert kept(rules, PATIENT, {"birth": birth, "death": None}) == on("2070-05-01")
    assert kept(rules, PATIENT, {"death": None}) is None
    only = Case(branches=(Branch(known="death", then=DEATH),))
    assert kept(rules, only, {"birth": birth}) is None


def test_the_first_and_the_last_of_several(rules):
    birth, death = on("1950-05-01"), on("2024-02-29")
    both = {"birth": birth, "death": death}
    assert kept(rules, FirstOf(parts=(DEATH, BIRTH)), both) == on("2036-02-29")
    assert kept(rules, LastOf(parts=(DEATH, BIRTH)), both) == on("2070-05-01")
    for kind in (FirstOf, LastOf):
        assert kept(rules, kind(parts=(DEATH, BIRTH)), {"birth": birth}) is None


@pytest.mark.parametrize("kind", [FirstOf, LastOf])
def test_the_financial_year_ends_when_it_ends_within_an_expression_too(rules, kind):
    term = Term(anchor="end_of_financial_year", period="P1Y")
    both = kind(parts=(term, term))
    case = Case(branches=(Branch(known=None, then=both),))
    assert kept(rules, case, {"event": on("2024-02-15")}, (3, 31)) == on("2025-03-31")


def test_every_period_of_an_expression():
    assert list(terms(LastOf(parts=(PATIENT, FirstOf(parts=(BIRTH, DEATH)))))) == [
        DEATH,
        BIRTH,
        BIRTH,
        DEATH,
    ]


@pytest.mark.parametrize("period", ["6Y", "P0Y", "P1W", "P-1Y", "", "P1Y6M"])
def test_what_is_no_period(period):
    with pytest.raises(ConfigurationProblem) as caught:
        later_by(period, on("2024-01-01"), whole=False)
    assert str(caught.value) == f"`{period}` is no period\n  write it as `P6Y`, `P24M`, `P30D`"


@pytest.mark.parametrize(
    ("start", "period", "whole", "until"),
    [
        ("2023-02-28", "P1Y", False, "2024-02-28"),
        ("2023-02-28", "P1Y", True, "2024-02-29"),
        ("2024-04-30", "P1M", False, "2024-05-30"),
        ("2024-04-30", "P1M", True, "2024-05-31"),
        ("2024-04-30", "P1D", True, "2024-05-01"),
        ("2024-04-30", "P9999D", False, "2051-09-15"),
    ],
)
def test_the_end_of_a_month_leads_to_the_end_of_one_only_where_it_is_meant(
    start, period, whole, until
):
    assert later_by(period, on(start), whole=whole) == on(until)


def test_a_day_at_the_end_of_february_is_counted_as_a_day(rules):
    term = Term(anchor="event", period="P1Y")
    assert kept(rules, term, on("2023-02-28")) == on("2024-02-28")


def test_how_long_a_period_is():
    assert [length(one) for one in ("P2Y", "P24M", "P30D")] == [
        ("month", 24),
        ("month", 24),
        ("day", 30),
    ]


@given(
    event=st.dates(dt.date(1990, 1, 1), dt.date(2090, 1, 1)),
    anchor=st.sampled_from(ANCHORS),
    n=st.integers(1, 40),
    unit=st.sampled_from("YMD"),
)
def test_a_later_event_is_never_kept_shorter(rules, event, anchor, n, unit):
    term = Term(anchor=anchor, period=f"P{n}{unit}")
    ends = [
        kept(rules, term, event + dt.timedelta(days=days), (3, 31)) for days in (0, 1, 31, 366)
    ]
    assert ends == sorted(ends)
    assert ends[0] > event


def test_the_dates_that_a_period_counts_from_are_named_once():
    def term(anchor, date=None):
        return Term(anchor=anchor, period="P1Y", date=date)

    assert dates_of(term("event")) == ("event",)
    assert dates_of(term("end_of_month")) == ("event",)
    assert dates_of(term("end_of_relationship")) == ("relationship_ended",)
    assert dates_of(term("last_effective_date", "signed")) == ("signed",)
    both = LastOf(parts=(term("last_effective_date"), term("event", "created"), term("event")))
    assert dates_of(both) == ("created", "last_effective", "event")
