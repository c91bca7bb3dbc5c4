"""The answers of several laws and for several items, out of a handful of rules."""

import datetime as dt
from dataclasses import replace

import pytest
from tests.unit.policy.rulebook import (
    ON,
    adopted,
    asked,
    bare,
    book,
    closed,
    duty,
    forbids,
    gate,
    made,
    permits,
    rule,
    says,
    two_laws,
)

from govreg.condition.expression import Compare, Op
from govreg.policy.adopt import NOTHING_ADOPTED
from govreg.policy.assessment import Assessment
from govreg.policy.evaluate import decide, decide_each
from govreg.policy.outcome import Outcome
from govreg.policy.rule import Effect, Override, Rule, RuleKind


def test_without_a_law_the_narrowest_answer_counts_with_the_duties_of_all():
    rules = two_laws(
        permits("q", "b", to="h", law="two", obligations=("both",)),
        duty("d"),
        duty("d2", law="two"),
    )
    held = asked(rules, law=None, a=True, b=True)
    assert held.outcome is Outcome.ALLOW
    assert held.reasons == (says("p"), says("q"))
    assert held.obligations == ("do d", "both", "do d2")
    assert [(one.law, one.outcome) for one in held.regimes] == [
        ("law", Outcome.ALLOW),
        ("two", Outcome.ALLOW),
    ]
    assert held.law is None
    denied = asked(rules, law=None, a=True, b=False)
    assert (denied.outcome, denied.reasons) == (Outcome.DENY, (closed("h"),))
    unclear = asked(rules, law=None, b=True)
    assert (unclear.outcome, unclear.unknown_facts) == (Outcome.NEEDS_HUMAN, ("a",))
    worst = asked(rules, law=None, b=False)
    assert (worst.outcome, worst.unknown_facts) == (Outcome.DENY, ("a",))


def test_a_law_that_does_not_apply_does_not_narrow_another():
    rules = two_laws(
        permits("q", "b", to="h", law="two"),
        rule("s", RuleKind.SCOPE, "c", law="two"),
        rule("t", RuleKind.SCOPE, "d"),
    )
    held = asked(rules, law=None, a=True, c=True, d=False)
    assert (held.outcome, held.reasons) == (Outcome.ALLOW, (says("p"),))
    neither = asked(rules, law=None, c=True, d=True)
    assert (neither.outcome, neither.reasons) == (
        Outcome.NOT_APPLICABLE,
        (says("t"), says("s")),
    )


@pytest.mark.parametrize(
    ("one", "other", "narrower"),
    [
        (Effect.DENY, Effect.NEEDS_HUMAN, Outcome.DENY),
        (Effect.NEEDS_HUMAN, Effect.RESTRICT, Outcome.NEEDS_HUMAN),
        (Effect.RESTRICT, None, Outcome.RESTRICT),
        (Effect.DENY, None, Outcome.DENY),
    ],
)
def test_which_of_two_answers_is_the_narrower(one, other, narrower):
    closing = [forbids("f", effect=one)]
    closing += [forbids("e", effect=other, law="two")] if other else []
    rules = two_laws(permits("q", to="h", law="two"), *closing)
    assert asked(rules, law=None, a=True).outcome is narrower


def test_an_act_that_a_person_asks_for_is_answered_by_each_law_that_speaks_of_it():
    rules = book(
        rule("one", RuleKind.GROUND, "a"),
        rule("two", RuleKind.GROUND, "b", law="two"),
        gate("h", law="three"),
        permits("three", to="h", law="three", acts=("process",)),
    )
    held = asked(rules, act="erase", law=None, a=True, b=False)
    assert held.outcome is Outcome.NEEDS_HUMAN
    assert held.unknown_facts == ("request.law",)
    assert [(one.law, one.outcome) for one in held.regimes] == [
        ("law", Outcome.ALLOW),
        ("two", Outcome.DENY),
    ]


def test_the_law_that_is_asked_is_a_fact():
    rules = book(rule("one", RuleKind.GROUND, "x"), rule("two", RuleKind.GROUND, law="two"))
    of_law = Compare(fact="request.law", op=Op.IS, value="law")
    of_day = Compare(fact="decision.date", op=Op.GE, value=ON)
    for when in (of_law, of_day):
        said = Rule(
            id="one",
            pack="p",
            kind=RuleKind.GROUND,
            law="law",
            effect=Effect.ALLOW,
            citation=(),
            title={},
            text={},
            acts=("erase",),
            when=when,
        )
        held = book(said, rules.rules["two"])
        assert asked(held, act="erase").outcome is Outcome.ALLOW
        assert asked(held, act="erase", law=None).regimes[0].outcome is Outcome.ALLOW
        assert asked(held, act="erase").reasons[0].text == "one"  # without words, by its name
    assert asked(held, act="erase", on=dt.date(2026, 11, 24)).outcome is Outcome.DENY


def each(rules, *items):
    question = {"request.act": "process", "request.law": "law", "b": True}
    return decide_each(question, items, rules, on=ON, adopted=adopted(rules))


def test_several_items_are_answered_each():
    rules = book(gate(), permits("p", "a", obligations=("log",)), duty("d", "b"))
    yes, no, asks = {"a": True}, {"a": False}, {"a": None}
    assert each(rules, yes, yes).outcome is Outcome.ALLOW
    assert each(rules, no, no).outcome is Outcome.DENY
    held = each(rules, yes, no)
    assert held.outcome is Outcome.PARTIAL
    assert [one.outcome for one in held.items] == [Outcome.ALLOW, Outcome.DENY]
    assert held.obligations == ("log", "do d")
    assert held.reasons == ()
    mixed = each(rules, yes, asks)
    assert (mixed.outcome, mixed.unknown_facts) == (Outcome.NEEDS_HUMAN, ("a",))
    assert each(rules, no, asks).outcome is Outcome.NEEDS_HUMAN


def overridden():
    own = forbids("own", "b", own=True)
    override = Override(
        own="own", rule="f", kind=RuleKind.PROHIBITION, because="we must", by="dpo", on=ON
    )
    return override, book(gate(), permits("p"), forbids("f", "a"), own, replaced={"f": override})


def test_an_override_speaks_in_place_of_a_rule_and_is_said_where_it_may_matter():
    override, rules = overridden()
    assert asked(rules, a=True, b=False) == made(Outcome.ALLOW, says("p"), overrides=(override,))
    assert asked(rules, a=False, b=True) == made(Outcome.DENY, says("own"), overrides=(override,))
    assert asked(rules, a=False, b=False) == made(Outcome.ALLOW, says("p"))
    assert asked(rules, b=False).overrides == (override,)
    question = {"request.act": "process", "request.law": "law", "b": False}
    held = decide_each(question, [{"a": True}], rules, on=ON, adopted=NOTHING_ADOPTED)
    assert held.overrides == (override,)
    assert asked(rules, law=None, a=True, b=False).overrides == (override,)


def test_a_judgement_counts_while_it_holds():
    yes = Compare(fact="assessment.x", op=Op.IS, value="yes")
    said = Rule(
        id="p",
        pack="p",
        kind=RuleKind.PERMISSION,
        law="law",
        effect=Effect.ALLOW,
        citation=("cite p",),
        title={},
        text={"en": "text p"},
        acts=("process",),
        gate="g",
        when=yes,
        content_hash="hash p",
    )
    rules = book(gate(), said)
    judged = Assessment(outcome="yes", by="dpo", on=ON, until=ON)
    assert asked(rules, **{"assessment.x": judged}).outcome is Outcome.ALLOW
    late = asked(rules, on=ON + dt.timedelta(days=1), **{"assessment.x": judged})
    assert late.outcome is Outcome.NEEDS_HUMAN
    assert late.unknown_facts == ("assessment.x",)
    assert late.reasons[-1] == bare(
        "`assessment.x`, judged by dpo on 2026-11-25, holds until 2026-11-25 only: it counts as "
        "not known until somebody judges anew"
    )


def test_several_items_are_answered_on_the_day():
    late = permits("p", in_force_from=ON)
    assert each(book(gate(), late), {"a": True}).outcome is Outcome.ALLOW
    of_day = Compare(fact="decision.date", op=Op.IS, value=ON)
    on_the_day = replace(permits("p"), when=of_day)
    assert each(book(gate(), on_the_day), {"a": True}).outcome is Outcome.ALLOW


JUDGED = {
    name: Assessment(outcome="yes", by="dpo", on=ON, until=until)
    for name, until in (("holds", ON), ("lapsed", ON - dt.timedelta(days=1)))
}
NOTHING_CLOSES = {"s": False, "d": False, "c": False, "b": False}
ITEMS = [
    {},
    {"a": True},
    {"a": False},
    {"a": None},
    {"b": True},
    {"b": False, "c": True},
    {"a": True, "b": True, "c": False},
    {"s": True},
    {"assessment.x": "yes"},
    {"assessment.x": JUDGED["holds"]},
    {"assessment.x": JUDGED["lapsed"]},
    {"request.act": "erase"},
    {"request.law": "two"},
]


@pytest.mark.parametrize(
    "question",
    [
        {},
        {"a": True},
        {"b": False},
        {"c": True, "s": False},
        {"a": True, "b": True, "c": True, "s": False, "d": True},
        {"assessment.x": "no"},
        {**NOTHING_CLOSES},
        {**NOTHING_CLOSES, "assessment.x": JUDGED["holds"]},
        {**NOTHING_CLOSES, "assessment.x": JUDGED["lapsed"]},
        {"request.law": None},
        {"request.act": "erase"},
        {"request.act": "fly"},
    ],
)
def test_of_several_items_each_is_answered_as_if_it_had_been_asked_alone(question):
    judged = Compare(fact="assessment.x", op=Op.IS, value="yes")
    rules = book(
        gate("g"),
        gate("h", "b"),
        gate("o", open=True),
        gate("t", law="two"),
        permits("p", "a"),
        replace(permits("j"), when=judged),
        permits("q", "c", to="h"),
        permits("r", "c", to="o"),
        permits("two", "a", to="t", law="two"),
        forbids("f", "d"),
        forbids("l", "c", effect=Effect.RESTRICT),
        rule("s", RuleKind.SCOPE, "s"),
        rule("ground", RuleKind.GROUND, "a"),
        duty("e", "c"),
    )
    said = {"request.act": "process", "request.law": "law", **question}
    held = adopted(rules, "q")
    for items in (ITEMS, ITEMS[:8], ITEMS[1:4], ITEMS[8:11]):
        answer = decide_each(said, items, rules, on=ON, adopted=held)
        assert answer.items == tuple(
            decide({**said, **item}, rules, on=ON, adopted=held) for item in items
        )


def test_what_was_asked_before_does_not_change_the_answer():
    """Compiled rules are kept by law, act and day."""
    later = ON + dt.timedelta(days=1)
    late = rule("late", RuleKind.GROUND, in_force_from=later, acts=("port",))
    rules = book(gate(), permits("p", acts=("process",)), rule("e", RuleKind.GROUND), late)
    for _ in range(2):
        assert asked(rules, law=None).reasons == (says("p"),)
        assert asked(rules, law=None, act="send").regimes == ()
        assert [one.law for one in asked(rules, law=None, act="erase").regimes] == ["law"]
        assert asked(rules, law=None, act="port").regimes == ()
        assert len(asked(rules, law=None, act="port", on=later).regimes) == 1
