import datetime as dt
from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from govreg.policy.diff_ends import End, KeptField, ends_that_differ
from govreg.policy.rule import Effect, Override, Rule, RuleBook, RuleKind
from govreg.policy.term import Term

ON = dt.date(2026, 11, 25)


def minimum(name, period, anchor="event", date=None):
    return Rule(
        id=name,
        pack="ours",
        kind=RuleKind.MINIMUM,
        law="ours",
        effect=Effect.RETAIN,
        citation=("Art 1",),
        title={},
        text={},
        keep=Term(period=period, anchor=anchor, date=date),
        content_hash=f"{period} {anchor} {date}",
    )


def book(*rules):
    return RuleBook(rules={rule.id: rule for rule in rules})


def field(*rules):
    return KeptField(
        field="shop.orders.total", activities=("orders",), rules=rules, anchors=("x",) * len(rules)
    )


def changes(old, new, *fields, on=ON, year_end=(12, 31)):
    return list(ends_that_differ(fields, old, new, on=on, financial_year_end=year_end))


def test_a_longer_period_is_shown_for_the_day_of_asking():
    (found,) = changes(book(minimum("a", "P6Y")), book(minimum("a", "P8Y")), field("a"))
    assert (found.counted_from, found.missing, found.kept) == (ON, (), field("a"))
    assert found.before == End(dt.date(2032, 11, 25), ("a",))
    assert found.after == End(dt.date(2034, 11, 25), ("a",))


def test_where_the_day_of_asking_does_not_tell_the_nearest_one_before_it_does():
    old, new = minimum("a", "P1Y", "end_of_month"), minimum("a", "P1Y", "event")
    (found,) = changes(book(old), book(new), field("a"), on=dt.date(2026, 11, 30))
    assert found.counted_from == dt.date(2026, 11, 29)


def test_an_anchor_that_means_the_same_here_changes_nothing():
    old = minimum("a", "P6Y", "end_of_calendar_year")
    new = minimum("a", "P6Y", "end_of_calendar_year_of_fy_end")
    assert changes(book(old), book(new), field("a")) == []
    assert changes(book(old), book(new), field("a"), year_end=(3, 31))


def test_of_several_minimums_the_latest_counts():
    longer = minimum("b", "P10Y")
    old, new = book(minimum("a", "P6Y"), longer), book(minimum("a", "P8Y"), longer)
    assert changes(old, new, field("a", "b")) == []
    (found,) = changes(old, book(minimum("a", "P12Y"), longer), field("a", "b"))
    assert (found.before.rules, found.after.rules) == (("b",), ("a",))


def test_a_minimum_that_goes_is_named_and_nothing_keeps_the_field():
    (found,) = changes(book(minimum("a", "P6Y")), book(), field("a"))
    assert (found.missing, found.after) == (("a",), End(None, ()))


def test_an_override_that_counts_speaks_in_the_place_of_what_is_named():
    override = Override(own="z", rule="a", kind=RuleKind.MINIMUM, because="so", by="dpo", on=ON)
    rules = book(minimum("a", "P6Y"), replace(minimum("z", "P9Y"), own=True, overrides=override))
    counts = replace(rules, replaced={"a": override})
    assert changes(rules, rules, field("a")) == []
    (found,) = changes(rules, counts, field("a"))
    assert (found.before.rules, found.after.rules, found.missing) == (("a",), ("z",), ())
    assert found.after.until == dt.date(2035, 11, 25)


def test_an_end_that_is_not_known_is_later_than_any_other():
    new = book(minimum("a", "P6Y", date="birth"), minimum("b", "P6Y"))
    old = book(minimum("a", "P6Y"), minimum("b", "P6Y"))
    (found,) = changes(old, new, field("a", "b"))
    assert found.after == End(None, ("a",))


periods = st.integers(1, 40).map("P{}Y".format)
anchors = st.sampled_from(["event", "end_of_month", "end_of_calendar_year"])


@given(periods, anchors, periods, anchors, st.dates(dt.date(2000, 1, 1), dt.date(2050, 1, 1)))
def test_what_is_shown_is_what_the_rules_say_of_that_day_and_going_back_undoes_it(
    one, counted, other, otherwise, on
):
    old, new = book(minimum("a", one, counted)), book(minimum("a", other, otherwise))
    there, back = changes(old, new, field("a"), on=on), changes(new, old, field("a"), on=on)
    assert [(c.counted_from, c.before, c.after) for c in there] == [
        (c.counted_from, c.after, c.before) for c in back
    ]
    assert bool(there) == ((one, counted) != (other, otherwise))


def maximum(name, period):
    return replace(minimum(name, period), kind=RuleKind.MAXIMUM, effect=Effect.END)


def test_a_maximum_ends_on_another_day_and_the_earliest_counts():
    old = book(maximum("a", "P2Y"), maximum("b", "P5Y"), minimum("m", "P1Y"))
    new = book(maximum("a", "P1Y"), maximum("b", "P5Y"), minimum("m", "P1Y"))
    (found,) = changes(old, new, field("a", "m", "b"))
    assert (found.kind, found.kept) == (RuleKind.MAXIMUM, field("a", "b"))
    assert found.before == End(dt.date(2028, 11, 25), ("a",))
    assert found.after == End(dt.date(2027, 11, 25), ("a",))
    assert changes(old, book(*old.rules.values(), maximum("c", "P1Y")), field("b", "m")) == []


def test_a_rule_that_turns_from_keeping_to_ending_changes_both():
    found = changes(book(minimum("a", "P2Y")), book(maximum("a", "P2Y")), field("a"))
    end = End(dt.date(2028, 11, 25), ("a",))
    assert [(one.kind, one.before, one.after, one.missing) for one in found] == [
        (RuleKind.MINIMUM, end, End(None, ()), ("a",)),
        (RuleKind.MAXIMUM, End(None, ()), end, ()),
    ]
