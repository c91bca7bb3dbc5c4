import pytest

from govreg.policy.clock_rule import ClockRule, OptionRule
from govreg.policy.term import Branch, Case, FirstOf, LastOf, Term
from govreg.reports.clock_words import clock_lead, clock_words, keep_words


@pytest.mark.parametrize(
    ("clock", "said"),
    [
        ({"n": 1, "unit": "month"}, "1 month from receipt"),
        ({"n": 15, "unit": "business_day"}, "15 business days from receipt"),
        ({"n": 72, "unit": "hour", "start": "known"}, "72 hours from when it is known"),
        (
            {"n": 60, "unit": "calendar_day", "start": "first_known", "as_soon_as_possible": True},
            "at once, and at the latest within 60 calendar days from when it is known or should "
            "have been, whichever is earlier",
        ),
        (
            {"n": 60, "unit": "calendar_day", "anchor": "end_of_calendar_year"},
            "60 calendar days from receipt, counted from the end of that calendar year",
        ),
    ],
)
def test_a_clock_begins_with_its_length_and_start(clock, said):
    assert clock_lead(ClockRule(**clock)) == said


@pytest.mark.parametrize(
    ("clock", "said", "unsaid"),
    [
        (
            {"n": 1, "unit": "month", "roll": "next_working_day"},
            "a last day on a weekend or public holiday moves to the next working day",
            "extended",
        ),
        ({"n": 1, "unit": "month"}, "a last day on a weekend or public holiday stays", "moves"),
        (
            {"n": 1, "unit": "month", "count_start": "include"},
            "the first day counts",
            "not counted",
        ),
        (
            {"n": 1, "unit": "month", "calendar": "none"},
            "a last day on a weekend stays",
            "holiday",
        ),
        (
            {"n": 1, "unit": "month", "extension": 2},
            "may be extended by 2 months; the person is told of it within the first period",
            "moves",
        ),
        ({"n": 72, "unit": "hour"}, "hours run through weekends and holidays", "first day"),
        ({"n": 5, "unit": "business_day"}, "the first day is not counted", "weekend"),
        (
            {"n": 5, "unit": "business_day", "calendar": "none"},
            "public holidays are not looked at",
            "weekend",
        ),
        (
            {"n": 1, "unit": "month", "suspend_for": ("identity_in_doubt",)},
            "may stand still while it is in doubt who asks",
            "broad",
        ),
    ],
)
def test_everything_that_moves_a_date_is_said_and_nothing_else(clock, said, unsaid):
    found = list(clock_words(ClockRule(**clock)))
    assert said in found
    assert not any(unsaid in one for one in found)


def test_another_reading_is_said_with_its_source():
    option = OptionRule(name="x", citation=("CCP 12a",), text={"en": "it moves on"}, roll="none")
    found = list(clock_words(ClockRule(n=1, unit="month", options={"x": option})))
    assert found[-1] == "can also be read so: it moves on (CCP 12a)"


SIX = Term(anchor="end_of_calendar_year", period="P6Y")


@pytest.mark.parametrize(
    ("keep", "said"),
    [
        (SIX, "6 years from the end of the calendar year"),
        (Term(anchor="event", period="P1M"), "1 month from the date itself"),
        (Term(anchor="event", period="P12Y", date="death"), "12 years from the date `death`"),
        (
            Term(anchor="end_of_month", period="P30D", date="paid"),
            "30 days from the date `paid`, from the end of the month",
        ),
        (FirstOf(parts=(SIX, SIX)), "the earliest of: 6 years from the end of the calendar year; "
         "6 years from the end of the calendar year"),
        (LastOf(parts=(SIX,)), "the latest of: 6 years from the end of the calendar year"),
        (
            Case(branches=(Branch(known="death", then=SIX), Branch(known=None, then=SIX))),
            "where `death` is known, 6 years from the end of the calendar year; otherwise, "
            "6 years from the end of the calendar year",
        ),
    ],
)  # fmt: skip
def test_a_period_is_said_with_what_it_is_counted_from(keep, said):
    assert keep_words(keep) == said
