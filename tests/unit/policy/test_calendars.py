import datetime as dt

import pytest

from govreg.policy.calendars import NONE, calendar_for, has_calendar, places_in
from govreg.policy.holiday import FixedDay, HolidayChange
from govreg.policy.rule import RuleBook


def book(**places):
    return RuleBook(
        rules={},
        holidays={name.replace("_", "-"): tuple(days) for name, days in places.items()},
    )


def out(name, **more):
    return HolidayChange(name=name, public=False, cite="-", **more)


def test_midsummer_eve_and_christmas_eve_are_no_public_holidays(rules):
    calendar = calendar_for(rules, "FI")
    assert not calendar(dt.date(2026, 6, 19))
    assert not calendar(dt.date(2026, 12, 24))
    assert calendar.names(dt.date(2026, 12, 25)) == {"Christmas Day"}
    assert calendar.findings == ()


def test_the_other_reading_of_a_day(rules):
    calendar = calendar_for(rules, "FI")
    assert {day.name for day in calendar.arguable} == {"Midsummer Eve", "Christmas Eve"}
    assert calendar.otherwise("Christmas Eve")(dt.date(2026, 12, 24))
    assert not calendar.otherwise("Christmas Eve")(dt.date(2026, 6, 19))


def test_a_state_has_days_of_its_own(rules):
    womens_day = dt.date(2027, 3, 8)
    assert calendar_for(rules, "DE-BE")(womens_day)
    assert not calendar_for(rules, "DE-BY")(womens_day)
    assert not calendar_for(rules, "DE")(womens_day)
    assert calendar_for(rules, "DE-BY")(dt.date(2026, 1, 6))
    assert calendar_for(rules, "US-CA")(dt.date(2026, 3, 31))
    assert not calendar_for(rules, "US")(dt.date(2026, 3, 31))


def test_what_is_said_of_a_country_holds_in_its_states_and_not_the_other_way_round():
    added = HolidayChange(name="Ours", public=True, cite="-", on=FixedDay(month=9, day=9))
    rules = book(US=[out("Columbus Day")], US_CA=[added])
    day = dt.date(2026, 9, 9)
    assert calendar_for(rules, "US-CA")(day)
    assert not calendar_for(rules, "US")(day)
    assert not calendar_for(rules, "US-NY")(dt.date(2026, 10, 12))


def test_a_day_taken_out_is_not_observed_on_another_either():
    calendar = calendar_for(book(US=[out("Independence Day")]), "US")
    assert not calendar(dt.date(2026, 7, 3))
    assert calendar_for(book(), "US")(dt.date(2026, 7, 3))


def test_a_correction_holds_from_a_day_on():
    rules = book(FI=[out("Epiphany", in_force_from=dt.date(2027, 1, 1))])
    assert calendar_for(rules, "FI")(dt.date(2026, 1, 6))
    assert not calendar_for(rules, "FI")(dt.date(2027, 1, 6))


@pytest.mark.parametrize(
    ("place", "words"),
    [
        ("XX", "none are known for `XX`"),
        ("DE-XX", "none are known for `DE-XX`"),
        (None, "nobody said where the answer is given"),
    ],
)
def test_an_unknown_place_is_said(place, words):
    calendar = calendar_for(book(), place)
    assert calendar.findings == (
        f"due without public holidays: {words}; weekends alone were looked at",
    )
    assert (calendar.place, calendar.listed) == (place, False)
    assert not calendar(dt.date(2026, 12, 25))


def test_a_place_of_which_packs_only_take_days_out_is_unknown():
    rules = book(XX=[out("Ours")])
    assert "none are known" in calendar_for(rules, "XX").findings[0]
    assert not has_calendar(rules, "XX")


def test_a_place_without_holidays_is_no_unknown_one():
    calendar = calendar_for(book(), NONE)
    assert (calendar.findings, calendar.place, calendar.listed) == ((), NONE, False)
    assert not calendar(dt.date(2026, 12, 25))


def test_a_place_that_only_packs_know_says_so():
    added = HolidayChange(name="Ours", public=True, cite="-", on=FixedDay(month=9, day=9))
    calendar = calendar_for(book(XX=[added]), "XX")
    assert calendar(dt.date(2026, 9, 9))
    assert calendar.findings == (
        "the public holidays of `XX` are those that packs add; no other list has it",
    )
    assert has_calendar(book(XX=[added]), "XX")
    assert has_calendar(book(XX=[added]), "XX-A")
    assert not has_calendar(book(XX_A=[added]), "XX")


def test_what_is_said_of_a_state_goes_before_what_is_said_of_the_country():
    kept = HolidayChange(name="Columbus Day", public=True, arguable=True, cite="ours")
    calendar = calendar_for(book(US=[out("Columbus Day")], US_CA=[kept]), "US-CA")
    assert calendar.changes == (kept,)
    assert calendar_for(book(US=[out("Columbus Day")]), "US").changes == (out("Columbus Day"),)


def test_days_that_fall_on_one_date_have_each_its_name():
    added = HolidayChange(name="Ours", public=True, cite="-", on=FixedDay(month=12, day=25))
    christmas = dt.date(2026, 12, 25)
    assert calendar_for(book(FI=[added]), "FI").names(christmas) == {"Christmas Day", "Ours"}
    calendar = calendar_for(book(FI=[added, out("Christmas Day")]), "FI")
    assert calendar.names(christmas) == {"Ours"}


def test_the_other_reading_of_a_day_leaves_others_as_they_are():
    days = [out("Epiphany", arguable=True), out("Ascension Day", arguable=True)]
    calendar = calendar_for(book(FI=days), "FI").otherwise("Epiphany")
    assert [change.public for change in calendar.changes] == [True, False]
    assert calendar.place == "FI"


def test_a_correction_that_corrects_nothing_is_said():
    calendar = calendar_for(book(FI=[out("Midsumer Eve")]), "FI")
    assert calendar.findings == (
        "a pack speaks of `Midsumer Eve` in `FI`, and no list has such a day",
    )


@pytest.mark.parametrize(
    ("place", "known"),
    [
        ("FI", True),
        ("DE-BE", True),
        ("US-CA", True),
        ("none", True),
        ("fi", False),
        ("ZZ", False),
        ("", False),
        ("US-ZZ", False),
        ("US-", False),
    ],
)
def test_whose_holidays_are_known(place, known):
    assert has_calendar(book(), place) is known


def test_a_name_that_the_list_has_in_some_years_only_is_no_mistake():
    """Juneteenth is a federal holiday since 2021."""
    assert (
        calendar_for(book(US=[out("Juneteenth National Independence Day")]), "US").findings == ()
    )
    added = HolidayChange(name="Ours", public=True, cite="-", on=FixedDay(month=9, day=9))
    assert calendar_for(book(FI=[added]), "FI").findings == ()


def test_the_states_of_a_country():
    assert "US-CA" in places_in("US")
    assert places_in("ZZ") == ()
