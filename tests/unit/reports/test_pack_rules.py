import datetime as dt

import pytest

from govreg.condition.expression import Compare, Op
from govreg.policy.clock_rule import ClockRule
from govreg.policy.rule import Effect, Exempt, Rule, RuleKind
from govreg.policy.term import Term
from govreg.reports.pack_rules import clock_points, needs, rule_grid, says, stands, sure

JUDGED = Compare(fact="assessment.excessive", op=Op.IS, value="yes")


def rule(kind=RuleKind.PROHIBITION, effect=Effect.DENY, **parts):
    held = {
        "id": "r.one",
        "pack": "p",
        "law": "l",
        "citation": ("Art 1", "Art 2"),
        "title": {"en": "One"},
        "text": {"en": "it is so"},
        "checked_on": dt.date(2026, 11, 22),
        "confidence": "medium",
    }
    return Rule(kind=kind, effect=effect, **{**held, **parts})


@pytest.mark.parametrize(
    ("parts", "said"),
    [
        ({}, ["It is so."]),
        ({"note": "read on."}, ["It is so.", "Note: Read on."]),
        ({"obligations": ("tell_why",)}, ["It is so.", "Then: tell why."]),
        (
            {"clock": ClockRule(n=1, unit="month", extension=2), "verification": "account"},
            ["It is so.", "Clock: 1 month from receipt; 2 more if extended.",
             "Who asks logs in to their account."],
        ),
        (
            {"keep": Term(anchor="event", period="P6Y"), "record_class": "tax_books"},
            ["It is so.", "Kept for: 6 years from the date itself.",
             "What is kept may still be used for: tax books."],
        ),
        ({"outcomes": ("needs_human",)}, ["It is so.", "Where the answer is: needs human."]),
    ],
)  # fmt: skip
def test_a_rule_says_what_it_holds(parts, said):
    assert list(says(rule(**parts))) == said


@pytest.mark.parametrize(
    ("ordered", "words"),
    [(True, "A law orders the erasure."), (False, "No law orders the erasure.")],
)
def test_a_maximum_says_after_when_what_goes_and_who_orders_it(ordered, words):
    keep = Term(anchor="event", period="P5Y")
    held = rule(RuleKind.MAXIMUM, Effect.END, keep=keep, record_class="tax_books", ordered=ordered)
    assert list(says(held)) == [
        "It is so.", "Goes after: 5 years from the date itself.", "What goes: tax books.", words,
    ]  # fmt: skip


def test_an_exception_is_cited_where_it_stands_elsewhere():
    here = Exempt(id="r.one.a", citation=("Art 1", "Art 2"), text={"en": "asked for"}, when=JUDGED)
    there = Exempt(id="r.one.b", citation=("Art 9",), text={"en": "needed"}, when=JUDGED)
    assert list(says(rule(unless=(here, there))))[1:] == [
        "Except where asked for.", "Except where needed (Art 9).",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("parts", "said"),
    [
        ({}, []),
        ({"effect": Effect.NEEDS_HUMAN}, ["the decision itself"]),
        ({"when": JUDGED}, ["to judge whether the request is manifestly unfounded or excessive"]),
        (
            {"unless": (Exempt(id="r.a", citation=("A",), text={}, when=JUDGED),), "when": JUDGED},
            ["to judge whether the request is manifestly unfounded or excessive"],
        ),
        (
            {"when": Compare(fact="item.no_actual_knowledge", op=Op.IS, value=True)},
            ["to attest that nobody knows that the rest could identify"],
        ),
        ({"clock": ClockRule(n=1, unit="hour", start="known")}, ["to attest when it was known"]),
        (
            {"clock": ClockRule(n=1, unit="month", extension=2, suspend_for=("broad_request",))},
            ["to extend it, with a reason", "to let it stand still, with evidence"],
        ),
    ],
)
def test_what_a_person_is_needed_for_is_said_once(parts, said):
    assert list(needs(rule(**parts))) == said


@pytest.mark.parametrize(
    ("first", "last", "said"),
    [
        (None, None, "no day given from which it is in force"),
        (dt.date(2018, 5, 25), None, "in force from 2018-05-25"),
        (dt.date(2018, 5, 25), dt.date(2027, 7, 9), "in force from 2018-05-25 until 2027-07-09"),
        (None, dt.date(2027, 7, 9), "in force until 2027-07-09"),
    ],
)
def test_where_it_stands_and_since_when(first, last, said):
    found = list(stands(rule(in_force_from=first, in_force_to=last)))
    assert found == ["Art 1; Art 2", said]


def test_how_sure_it_is_in_words_with_its_cases():
    assert list(sure(rule(), 1)) == [
        "medium: citation checked in a secondary source", "checked on 2026-11-22", "1 case",
    ]  # fmt: skip
    assert list(sure(rule(), 0))[-1] == "0 cases"


def test_rules_are_rows_with_their_count_of_cases():
    grid = rule_grid([rule(), rule(id="r.two")], {"r.two": 3})
    assert [row[0] for row in grid.rows] == [("One", "`r.one`"), ("One", "`r.two`")]
    assert [row[4][-1] for row in grid.rows] == ["0 cases", "3 cases"]
    assert all(len(row) == len(grid.head) for row in grid.rows)


def test_clocks_that_count_alike_are_said_once():
    month, day = ClockRule(n=1, unit="month"), ClockRule(n=10, unit="business_day")
    found = clock_points(
        [rule(clock=month, confirm=day), rule(id="r.two", clock=month), rule(id="r.x")]
    )
    assert len(found) == 2
    assert found[0].endswith("Rules: `r.one`, `r.two`.")
    assert found[1].endswith("Rules: `r.one` (confirmation).")
