"""A hold, then a minimum, then what is asked for, then a maximum; what is not known stays."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from govreg.condition.truth import Truth
from govreg.policy.adopt import NOTHING_ADOPTED
from govreg.policy.cases import everything_adopted
from govreg.policy.precedence import (
    NOT_ASKED,
    Asked,
    Decides,
    Ended,
    Hold,
    Period,
    Precedence,
    either,
    ended,
    keeps,
    longer,
    of_class,
    period_of,
    what_decides,
)
from govreg.policy.rule import Effect, Override, Rule, RuleBook, RuleKind
from govreg.policy.term import FirstOf, LastOf, Term

ON = dt.date(2026, 11, 25)
EVENT = dt.date(2020, 11, 25)
"""Six years before the day of asking: a period of seven years runs, one of five has run out."""

DAY = dt.timedelta(days=1)
GROUNDED = Hold(case="C 1", ground="a claim", review_on=ON)
UNGROUNDED = Hold(case="C 2", ground=None, review_on=ON)
OPENS = Asked(opens=Truth.TRUE, rules=("g",))
UNCLEAR = Asked(opens=Truth.UNKNOWN, rules=("g",), missing=("person.age",))


def rule(name, kind, period="P7Y", *, date=None, anchor="event", **more):
    return Rule(
        **{
            "id": name,
            "pack": "ours",
            "kind": kind,
            "law": "ours",
            "effect": Effect.RETAIN if kind is RuleKind.MINIMUM else Effect.END,
            "citation": ("Art 1",),
            "title": {},
            "text": {},
            "keep": Term(period=period, anchor=anchor, date=date),
            "record_class": "letters",
            "content_hash": name,
            **more,
        }
    )


def minimum(name, period="P7Y", **more):
    return rule(name, RuleKind.MINIMUM, period, **more)


def maximum(name, period="P7Y", **more):
    return rule(name, RuleKind.MAXIMUM, period, **more)


def adopted(*rules):
    return everything_adopted(RuleBook(rules={one.id: one for one in rules}), ON)


def decided(*rules, dates=EVENT, on=ON, adopt=True, asked=NOT_ASKED, holds=()):
    return what_decides(
        rules,
        dates,
        on=on,
        adopted=adopted(*rules) if adopt else NOTHING_ADOPTED,
        financial_year_end=(12, 31),
        asked=asked,
        holds=holds,
    )


def test_where_nothing_speaks_the_record_stays():
    assert decided() == Precedence(decides=Decides.NOTHING, goes=Truth.FALSE)
    passed = decided(minimum("m", "P5Y"))
    assert passed == Precedence(decides=Decides.NOTHING, goes=Truth.FALSE)


def test_a_hold_with_a_ground_goes_before_everything():
    found = decided(minimum("m"), maximum("x", "P5Y"), asked=OPENS, holds=[UNGROUNDED, GROUNDED])
    assert found == Precedence(decides=Decides.HOLD, goes=Truth.FALSE, holds=("C 1",))


def test_a_hold_that_nobody_reviewed_in_time_holds_still():
    late = replace(GROUNDED, review_on=ON - 400 * DAY)
    assert decided(asked=OPENS, holds=[late]).goes is Truth.FALSE


def test_a_hold_without_a_ground_asks_a_person_and_nothing_goes():
    found = decided(maximum("x", "P5Y"), asked=OPENS, holds=[UNGROUNDED])
    assert found == Precedence(
        decides=Decides.HOLD,
        goes=Truth.UNKNOWN,
        holds=("C 2",),
        missing=("ground of the hold",),
    )


def test_a_minimum_that_is_known_to_run_needs_no_ground_of_a_hold():
    assert decided(minimum("m"), holds=[UNGROUNDED]).decides is Decides.MINIMUM
    unknown = decided(minimum("m", date="signed"), holds=[UNGROUNDED])
    assert (unknown.decides, unknown.goes) == (Decides.HOLD, Truth.UNKNOWN)


def test_a_minimum_goes_before_what_is_asked_for_and_a_maximum():
    found = decided(minimum("m"), maximum("x", "P5Y"), asked=OPENS)
    assert found == Precedence(
        decides=Decides.MINIMUM, goes=Truth.FALSE, rules=("m",), until=dt.date(2027, 11, 25)
    )


def test_the_last_day_of_a_minimum_is_kept_and_the_next_one_is_not():
    last = dt.date(2027, 11, 25)
    assert decided(minimum("m"), on=last, asked=OPENS).decides is Decides.MINIMUM
    assert decided(minimum("m"), on=last + DAY, asked=OPENS).decides is Decides.REQUEST


def test_of_several_minimums_the_latest_counts():
    found = decided(minimum("a"), minimum("b", "P9Y"), minimum("c", "P108M"), minimum("d", "P1Y"))
    assert (found.rules, found.until) == (("b", "c"), dt.date(2029, 11, 25))


def test_a_minimum_whose_date_is_not_known_waits_for_a_person():
    found = decided(minimum("m", date="signed"), maximum("x", "P5Y"), asked=OPENS)
    assert found == Precedence(
        decides=Decides.MINIMUM, goes=Truth.UNKNOWN, rules=("m",), missing=("signed",)
    )


def test_beside_one_that_runs_a_minimum_without_a_date_leaves_the_end_unknown():
    found = decided(minimum("a"), minimum("m", date="signed"))
    assert (found.goes, found.rules, found.until) == (Truth.FALSE, ("m",), None)
    assert found.missing == ("signed",)


def test_a_minimum_that_is_no_longer_in_force_keeps_still():
    old = minimum("m", in_force_to=ON - DAY)
    assert decided(old, asked=OPENS).decides is Decides.MINIMUM


def test_what_is_asked_for_goes_before_a_maximum():
    for period in ("P5Y", "P7Y"):
        found = decided(maximum("x", period), asked=OPENS)
        assert found == Precedence(decides=Decides.REQUEST, goes=Truth.TRUE, rules=("g",))


def test_an_unclear_request_asks_a_person_unless_a_maximum_has_run_out():
    found = decided(maximum("x"), asked=UNCLEAR)
    assert found == Precedence(
        decides=Decides.REQUEST, goes=Truth.UNKNOWN, rules=("g",), missing=("person.age",)
    )
    assert decided(asked=UNCLEAR).decides is Decides.REQUEST
    assert decided(maximum("x", date="signed"), asked=UNCLEAR).decides is Decides.REQUEST
    found = decided(maximum("x", "P5Y"), asked=UNCLEAR)
    assert (found.decides, found.goes, found.rules) == (Decides.MAXIMUM, Truth.TRUE, ("x",))


def test_a_maximum_lets_stay_on_its_last_day_and_ends_with_the_next():
    last = dt.date(2027, 11, 25)
    found = decided(maximum("x"), on=last)
    assert found == Precedence(decides=Decides.MAXIMUM, goes=Truth.FALSE, rules=("x",), until=last)
    found = decided(maximum("x"), on=last + DAY)
    assert found == Precedence(decides=Decides.MAXIMUM, goes=Truth.TRUE, rules=("x",), until=last)


def test_a_maximum_that_nobody_has_adopted_asks_a_person():
    found = decided(maximum("x", "P5Y"), adopt=False)
    assert (found.goes, found.missing) == (Truth.UNKNOWN, ("adoption",))
    assert found.until == dt.date(2025, 11, 25)
    assert decided(maximum("x"), adopt=False).goes is Truth.FALSE


def test_a_maximum_whose_date_is_not_known_asks_a_person():
    found = decided(maximum("x"), dates={})
    assert found == Precedence(
        decides=Decides.MAXIMUM, goes=Truth.UNKNOWN, rules=("x",), missing=("event",)
    )


@pytest.mark.parametrize("days", [{"in_force_to": ON - DAY}, {"in_force_from": ON + DAY}])
def test_a_maximum_that_is_not_in_force_ends_nothing(days):
    assert decided(maximum("x", "P5Y", **days)).decides is Decides.NOTHING


def test_a_maximum_is_in_force_on_its_first_and_last_day():
    whole = maximum("x", "P5Y", in_force_from=ON, in_force_to=ON)
    assert decided(whole).goes is Truth.TRUE


def test_other_kinds_say_nothing_of_how_long():
    ground = rule("g", RuleKind.GROUND, keep=None)
    assert decided(ground).decides is Decides.NOTHING


def test_the_dates_that_are_missing_are_named_and_no_other():
    both = LastOf(
        parts=(
            Term(anchor="last_effective_date", period="P1Y"),
            Term(anchor="event", period="P1Y", date="signed"),
        )
    )
    dates = {"created": ON, "last_effective": None, "signed": None}
    found = period_of(minimum("m", keep=both), dates, financial_year_end=(12, 31))
    assert found == Period(rule="m", until=None, missing=("last_effective", "signed"))
    whole = period_of(minimum("m"), EVENT, financial_year_end=(12, 31))
    assert whole == Period(rule="m", until=dt.date(2027, 11, 25))
    none = period_of(minimum("m"), None, financial_year_end=(12, 31))
    assert none == Period(rule="m", until=None, missing=("event",))
    first = FirstOf(parts=(Term(anchor="event", period="P1Y"), *both.parts))
    held = period_of(minimum("m", keep=first), EVENT, financial_year_end=(12, 31))
    assert held.missing == ("event", "created", "last_effective", "signed")


def test_of_a_class_those_speak_that_are_in_force_an_override_in_place_of_its_rule():
    override = Override(own="z", rule="a", kind=RuleKind.MINIMUM, because="so", by="dpo", on=ON)
    rules = (
        minimum("a"),
        maximum("b"),
        minimum("c", record_class="other"),
        maximum("d", in_force_to=ON - DAY),
        minimum("z", overrides=override),
        rule("g", RuleKind.GROUND),
    )
    book = RuleBook(rules={one.id: one for one in rules})
    assert [one.id for one in of_class(book, "letters", ON)] == ["a", "b"]
    counting = replace(book, replaced={"a": override})
    assert [one.id for one in of_class(counting, "letters", ON)] == ["z", "b"]


days = st.none() | st.integers(-3, 3).map(lambda n: ON + n * DAY)
periods = st.builds(Period, rule=st.sampled_from("abc"), until=days)


@given(periods, periods, periods)
def test_several_minimums_keep_whatever_their_order(a, b, c):
    keeping = any(keeps(one, on=ON) for one in (a, b, c))
    for left in (longer(longer(a, b), c), longer(a, longer(c, b))):
        assert keeps(left, on=ON) is keeping
    assert longer(longer(a, b), c).until == longer(longer(c, a), b).until


ends = st.builds(lambda period, holds: ended(period, on=ON, holds=holds), periods, st.booleans())


@given(ends, ends, ends)
def test_several_maximums_end_whatever_their_order(a, b, c):
    """One that has run out is enough, and one that is not known never lets a record go."""
    left, right = either(either(a, b), c), either(c, either(b, a))
    assert (left.passed, left.until) == (right.passed, right.until)
    assert (left.passed is Truth.TRUE) is any(one.passed is Truth.TRUE for one in (a, b, c))
    assert (left.passed is Truth.FALSE) is all(one.passed is Truth.FALSE for one in (a, b, c))


def test_of_several_maximums_the_earliest_end_is_told():
    running = [
        Ended(passed=Truth.FALSE, rules=(name,), until=ON + n * DAY)
        for name, n in (("late", 9), ("soon", 2))
    ]
    assert either(*running).rules == ("soon",)
    assert either(*reversed(running)).rules == ("soon",)
    over = [
        Ended(passed=Truth.TRUE, rules=(name,), until=ON - n * DAY)
        for name, n in (("a", 2), ("b", 9))
    ]
    assert either(*over) == Ended(passed=Truth.TRUE, rules=("a", "b"), until=ON - 9 * DAY)


ANSWERS = {
    "hold": ([], [GROUNDED], [UNGROUNDED]),
    "least": ((), (minimum("m"),), (minimum("m", "P5Y"),), (minimum("m", date="signed"),)),
    "asked": (NOT_ASKED, OPENS, UNCLEAR),
    "most": ((), (maximum("x"),), (maximum("x", "P5Y"),), (maximum("x", date="signed"),)),
    "adopt": (True, False),
}


@pytest.mark.parametrize(
    ("holds", "least", "asked", "most", "adopt"), list(product(*ANSWERS.values()))
)
def test_in_every_case_the_first_that_speaks_decides_and_the_unknown_never_erases(
    holds, least, asked, most, adopt
):
    found = decided(*least, *most, asked=asked, holds=holds, adopt=adopt)
    grounded = holds == [GROUNDED]
    keeping = bool(least) and least[0].keep.period == "P7Y"
    unknown_minimum = keeping and least[0].keep.date is not None
    over = bool(most) and most[0].keep.period == "P5Y" and adopt
    if found.goes is Truth.TRUE:
        assert not holds
        assert not keeping
        assert asked is OPENS or over
    if grounded or (keeping and not unknown_minimum):
        assert found.goes is Truth.FALSE
    if not holds and not keeping and (asked is OPENS or over):
        assert found.goes is Truth.TRUE
    order = [
        (Decides.HOLD, bool(holds)),
        (Decides.MINIMUM, keeping),
        (Decides.REQUEST, asked is OPENS or (asked is UNCLEAR and not over)),
        (Decides.MAXIMUM, bool(most)),
        (Decides.NOTHING, True),
    ]
    first = next(what for what, speaks in order if speaks)
    if holds == [UNGROUNDED] and keeping and not unknown_minimum:
        first = Decides.MINIMUM
    assert found.decides is first
