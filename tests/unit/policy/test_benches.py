"""The rules of one law about one act, out of a handful of rules."""

import datetime as dt
from dataclasses import replace

import pytest
from tests.unit.policy.rulebook import (
    asked,
    book,
    closed,
    duty,
    exempt,
    forbids,
    gate,
    made,
    permits,
    rule,
    says,
    true,
)

from govreg.condition.expression import All, Compare, Op
from govreg.condition.truth import Truth
from govreg.policy.benches import bench, laws, rule_holds
from govreg.policy.outcome import Outcome
from govreg.policy.rule import REQUIRED, Override, RuleKind

ON = dt.date(2026, 11, 25)


def test_a_bench_holds_the_rules_of_one_law_about_one_act_on_one_day():
    rules = book(
        gate(),
        gate("far", law="two"),
        permits("p"),
        permits("other", law="two", to="far"),
        permits("early", in_force_to=dt.date(2026, 11, 24)),
        forbids("f"),
        forbids("e", acts=("erase",)),
        duty("d"),
        rule("s", RuleKind.SCOPE),
        rule("ground", RuleKind.GROUND, acts=("erase",)),
    )
    held = bench(rules, "law", "process", ON)
    assert held.law == "law"
    assert [one.rule.id for one in held.closing] == ["f"]
    assert [one.rule.id for one in held.duties[Outcome.ALLOW]] == ["d"]
    assert [one.rule.id for one in held.scopes] == ["s"]
    assert [(one.gate.id, [a.rule.id for a in one.opening]) for one in held.gates] == [
        ("g", ["p"])
    ]
    assert held.replaced == ()
    asking = bench(rules, "law", "erase", ON)
    assert [one.rule.id for one in asking.closing] == ["f", "e"]
    assert [(one.gate, [a.rule.id for a in one.opening]) for one in asking.gates] == [
        (None, ["ground"])
    ]
    assert bench(rules, "law", "process", ON) is held
    assert bench(rules, "law", "process", dt.date(2026, 11, 24)) is not held
    assert bench(rules, "two", "process", ON) is not held
    assert laws(rules) == ("law", "two")
    assert laws(rules) is laws(rules)


def test_what_a_law_speaks_of():
    assert bench(book(gate()), "law", "process", ON).speaks
    assert bench(book(forbids("f")), "law", "process", ON).speaks
    assert bench(book(rule("q", RuleKind.GROUND)), "law", "erase", ON).speaks
    assert not bench(book(rule("r", RuleKind.RIGHT)), "law", "erase", ON).speaks
    assert not bench(book(permits("p")), "law", "send", ON).speaks


def test_every_fact_that_a_rule_asks_about_is_known_once():
    held = forbids("f", "a", unless=())
    both = replace(held, when=All(parts=(true("a"), true("b"), true("a"))))
    (one,) = bench(book(both), "law", "process", ON).closing
    assert one.facts == ("a", "b")
    assert one.missing({"a": False}) == ["b"]
    assert one.missing({"a": False, "b": None}) == ["b"]


def own(said):
    return replace(said, own=True)


MUST = {"obligations": (REQUIRED,), "acts": ("process",)}


@pytest.mark.parametrize("when", ["a", None])
def test_what_a_pack_says_must_be_given_an_own_prohibition_does_not_close(when):
    facts = {"a": True, "b": True}
    rules = book(gate(), permits("p", when, **MUST), own(forbids("f", "b")))
    assert asked(rules, **facts) == made(Outcome.ALLOW, says("p"), obligations=(REQUIRED,))
    of_pack = book(gate(), permits("p", when, **MUST), forbids("f", "b"))
    assert asked(of_pack, **facts).outcome is Outcome.DENY
    may = book(gate(), permits("p", when, acts=("process",)), own(forbids("f", "b")))
    assert asked(may, **facts).outcome is Outcome.DENY
    mine = book(gate(), own(permits("p", when, **MUST)), own(forbids("f", "b")))
    assert asked(mine, **facts).outcome is Outcome.DENY
    elsewhere = book(
        gate(),
        permits("p", when),
        permits("q", when, obligations=(REQUIRED,), acts=("send",)),
        own(forbids("f", "b")),
    )
    assert asked(elsewhere, **facts).outcome is Outcome.DENY


def test_a_duty_to_disclose_opens_nothing_that_would_have_to_be_given():
    rules = book(gate(), permits("p"), duty("d", "a"), own(forbids("f", "b")))
    owed = replace(rules.rules["d"], obligations=(REQUIRED,))
    assert asked(
        book(gate(), permits("p"), owed, own(forbids("f", "b"))), a=True, b=True
    ).outcome is (Outcome.DENY)


def test_where_what_must_be_given_is_not_asked_for_an_own_prohibition_closes():
    rules = book(gate(), permits("p", "a", **MUST), permits("q", "c"), own(forbids("f", "b")))
    assert asked(rules, a=False, b=True, c=True) == made(Outcome.DENY, says("f"))
    assert asked(rules, b=True, c=True).outcome is Outcome.NEEDS_HUMAN


@pytest.mark.parametrize("when", ["a", None])
def test_before_what_must_be_given_an_own_gate_does_not_stand(when):
    mine = replace(gate("h", "d"), own=True)
    rules = book(gate(), mine, permits("p", when, **MUST), permits("q", "c", to="h"))
    facts = {"a": True, "c": False, "d": True}
    assert asked(rules, **facts) == made(Outcome.ALLOW, says("p"), obligations=(REQUIRED,))
    of_pack = book(gate(), gate("h", "d"), *rules.rules.values())
    assert asked(of_pack, **facts) == made(Outcome.DENY, closed("h"))
    if when:
        others = book(
            gate(), mine, permits("p", when, **MUST), permits("r"), permits("q", "c", to="h")
        )
        assert asked(others, **{**facts, "a": False}) == made(Outcome.DENY, closed("h"))
        always = replace(mine, when=None)
        wide = book(gate(), always, *others.rules.values())
        assert asked(wide, **facts).outcome is Outcome.ALLOW
        assert asked(wide, **{**facts, "a": False}) == made(Outcome.DENY, closed("h"))


def replaced(kind, of, by, *others):
    held = Override(own=by.id, rule=of.id, kind=kind, because="x", by="dpo", on=ON)
    mine = replace(own(by), overrides=held)
    return held, book(gate(), of, mine, *others, replaced={of.id: held})


def test_an_own_prohibition_that_overrides_one_closes_as_that_one_did():
    _, rules = replaced(
        RuleKind.PROHIBITION, forbids("f"), forbids("own", "b"), permits("p", "a", **MUST)
    )
    assert asked(rules, a=True, b=True) == made(
        Outcome.DENY, says("own"), overrides=(rules.replaced["f"],)
    )


@pytest.mark.parametrize("kind", [RuleKind.RIGHT, RuleKind.MINIMUM, RuleKind.DEADLINE])
def test_what_decides_no_question_is_not_said_to_be_overridden_in_one(kind):
    _, rules = replaced(kind, rule("r", kind), rule("own", kind), permits("p"))
    assert asked(rules).overrides == ()


def test_an_override_about_another_act_is_not_said():
    override, rules = replaced(
        RuleKind.PROHIBITION,
        forbids("f", "a", acts=("process",)),
        forbids("own", "b", acts=("process", "erase")),
        permits("p"),
        rule("ground", RuleKind.GROUND, acts=("erase",)),
    )
    assert asked(rules, a=True, b=False).overrides == (override,)
    assert asked(rules, act="erase", a=True, b=False).overrides == ()
    _, scope = replaced(
        RuleKind.SCOPE,
        rule("s", RuleKind.SCOPE, "a"),
        rule("t", RuleKind.SCOPE, "b"),
        permits("p"),
    )
    assert len(asked(scope, a=True, b=False).overrides) == 1


def test_words_are_those_in_english_or_the_first_there_are():
    rules = book(gate(), permits("p", text={"fi": "syy"}), permits("q", text={}))
    assert [one.text for one in asked(rules).reasons] == ["syy", "q"]
    both = book(gate(), permits("p", text={"fi": "syy", "en": "reason"}))
    assert [one.text for one in asked(both).reasons] == ["reason"]
    assert asked(book(replace(gate(), text={}), permits("p", "a")), a=False).reasons[0].text == ""


def test_an_override_speaks_from_the_day_on_which_it_is_in_force():
    later = dt.date(2026, 12, 1)
    own_rule = forbids("own", "b", in_force_from=later)
    override, rules = replaced(RuleKind.PROHIBITION, forbids("f", "a"), own_rule, permits("p"))
    assert asked(rules, a=True, b=False) == made(Outcome.DENY, says("f"))
    assert asked(rules, on=later, a=True, b=False) == made(
        Outcome.ALLOW, says("p"), overrides=(override,)
    )


def test_an_own_gate_stands_where_it_says_so():
    mine = replace(gate("h", "d"), own=True)
    rules = book(gate(), mine, permits("p", "a", **MUST), permits("r"), permits("q", "c", to="h"))
    assert asked(rules, a=False, c=False, d=False).outcome is Outcome.ALLOW
    assert asked(rules, a=False, c=False, d=True).outcome is Outcome.DENY


def by_basis(name, *values):
    one = permits(name)
    return replace(one, when=Compare(fact="basis", op=Op.IN, value=values))


def test_a_gate_asks_the_rules_of_the_basis_that_is_named():
    rules = book(gate(), by_basis("p", "consent"), by_basis("q", "law", "consent"))
    (opened,) = bench(rules, "law", "process", ON).gates
    assert opened.key == "basis"
    assert [one.rule.id for one in opened.asked({"basis": "consent"})] == ["p", "q"]
    assert [one.rule.id for one in opened.asked({"basis": "law"})] == ["q"]
    assert opened.asked({"basis": "else"}) == ()
    assert opened.asked({}) == opened.opening
    assert opened.asked({"basis": 3}) == opened.opening
    assert asked(rules, basis="consent") == made(Outcome.ALLOW, says("p"), says("q"))
    assert asked(rules, basis="else") == made(Outcome.DENY, closed())
    assert asked(rules).outcome is Outcome.NEEDS_HUMAN


@pytest.mark.parametrize(
    "other",
    [
        Compare(fact="basis", op=Op.IS_NOT, value="law"),
        Compare(fact="basis", op=Op.UNDER, value="law"),
        Compare(fact="basis", op=Op.IS, value=True),
        Compare(fact="purpose", op=Op.IS, value="law"),
    ],
    ids=["negated", "category", "flag", "another fact"],
)
def test_a_gate_asks_every_rule_where_they_do_not_share_a_word(other):
    rules = book(gate(), by_basis("p", "consent"), replace(permits("q"), when=other))
    (opened,) = bench(rules, "law", "process", ON).gates
    assert opened.key is None
    assert opened.asked({"basis": "consent"}) == opened.opening


def test_a_rule_holds_by_itself_where_its_condition_does_and_no_exception():
    one = forbids("f", "a", unless=(exempt("e", "b"),))
    assert rule_holds(one, {"a": True, "b": False}) is Truth.TRUE
    assert rule_holds(one, {"a": True, "b": True}) is Truth.FALSE
    assert rule_holds(one, {"a": False}) is Truth.FALSE
    assert rule_holds(one, {"a": True}) is Truth.UNKNOWN
    assert rule_holds(forbids("f"), {}) is Truth.TRUE
