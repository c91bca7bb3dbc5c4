"""The answer of one law, step by step, out of a handful of rules."""

import datetime as dt
from dataclasses import replace

import pytest
from tests.unit.policy.rulebook import (
    ON,
    asked,
    bare,
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
    two_laws,
)

from govreg.condition.expression import All
from govreg.policy.adopt import Adopted, Adoption
from govreg.policy.evaluate import decide
from govreg.policy.outcome import Decision, Outcome, Reason
from govreg.policy.rule import Effect, RuleKind


def test_a_gate_is_opened_by_a_rule_that_is_true_and_adopted():
    rules = book(gate(), permits("p", "a", obligations=("tell", "log")))
    assert asked(rules, a=True) == made(Outcome.ALLOW, says("p"), obligations=("tell", "log"))
    assert asked(rules, a=False) == made(Outcome.DENY, closed())
    assert asked(rules) == made(
        Outcome.NEEDS_HUMAN, says("p"), unknown_facts=("a",), obligations=("tell", "log")
    )
    assert asked(rules, a=True, without=["p"]) == made(
        Outcome.NEEDS_HUMAN,
        says(
            "p",
            held=False,
            text="text p, but nobody has adopted this rule (`govreg policy adopt --rule p`)",
        ),
    )
    assert asked(rules, without=["p"]) == made(
        Outcome.NEEDS_HUMAN,
        says("p", held=False),
        unknown_facts=("a",),
        obligations=("tell", "log"),
    )


def test_an_earlier_wording_that_was_adopted_is_said():
    rules = book(gate(), permits("p"))
    held = Adopted(adoptions={"p": Adoption(rule="p", content_hash="another", by="dpo", on=ON)})
    question = {"request.act": "process", "request.law": "law"}
    assert decide(question, rules, on=ON, adopted=held).reasons == (
        says(
            "p",
            held=False,
            text="text p, but this wording is new: adopted by dpo on 2026-11-25 in an earlier "
            "wording (`govreg policy adopt --rule p`)",
        ),
    )


def test_every_gate_that_stands_must_open_and_each_that_opens_is_a_reason():
    rules = book(gate("g"), gate("h", "b"), permits("p"), permits("q", "a", to="h"), permits("r"))
    both = made(Outcome.ALLOW, says("p"), says("r"))
    assert asked(rules, b=False) == both
    assert asked(rules, b=True, a=True) == made(Outcome.ALLOW, says("p"), says("r"), says("q"))
    assert asked(rules, b=True, a=False) == made(Outcome.DENY, closed("h"))
    assert asked(rules, a=False) == made(Outcome.NEEDS_HUMAN, closed("h"), unknown_facts=("b",))
    assert asked(rules, b=True) == made(Outcome.NEEDS_HUMAN, says("q"), unknown_facts=("a",))
    assert asked(rules, a=True) == made(Outcome.ALLOW, says("p"), says("r"), says("q"))


def test_one_rule_that_opens_is_enough_whatever_is_not_known_of_others():
    rules = book(gate(), permits("p", "a"), permits("q", "b"), permits("r", "c"))
    assert asked(rules, b=True) == made(Outcome.ALLOW, says("q"))
    assert asked(rules, b=True, c=True, without=["b"]) == made(Outcome.ALLOW, says("q"), says("r"))
    assert [one.rule for one in asked(rules, b=True, without=["q"]).reasons] == ["q"]
    assert asked(rules, b=False) == made(
        Outcome.NEEDS_HUMAN, says("p"), says("r"), unknown_facts=("a", "c")
    )


def test_a_gate_that_stands_open_needs_no_rule():
    rules = book(gate(open=True), permits("p", "a"))
    assert asked(rules) == made(Outcome.ALLOW, closed())
    assert asked(rules, a=True) == made(Outcome.ALLOW, says("p"))


def test_where_no_gate_stands_nothing_decides():
    rules = book(gate(when="b"), permits("p"))
    assert asked(rules, b=False) == made(
        Outcome.NEEDS_HUMAN, bare("nothing that is loaded decides this")
    )


def test_a_prohibition_that_is_true_closes():
    rules = book(gate(), permits("p"), forbids("f", "a", obligations=("say",)), forbids("e", "b"))
    assert asked(rules, a=True, b=False) == made(Outcome.DENY, says("f"), obligations=("say",))
    assert asked(rules, a=True) == made(Outcome.DENY, says("f"), obligations=("say",))
    assert asked(rules, a=True, b=True) == made(
        Outcome.DENY, says("f"), says("e"), obligations=("say",)
    )
    assert asked(rules, a=False) == made(Outcome.NEEDS_HUMAN, says("e"), unknown_facts=("b",))
    assert asked(rules, a=False, b=False) == made(Outcome.ALLOW, says("p"))
    assert asked(rules, a=True, b=False, without=["f"]) == made(
        Outcome.DENY, says("f", held=False), obligations=("say",)
    )


def test_a_prohibition_may_ask_or_restrict():
    asks = forbids("f", "a", effect=Effect.NEEDS_HUMAN, obligations=("ask",))
    locks = forbids("l", "b", effect=Effect.RESTRICT, obligations=("lock",))
    rules = book(gate(), permits("p", "c"), asks, locks)
    assert asked(rules, a=True, b=False) == made(
        Outcome.NEEDS_HUMAN, says("f"), obligations=("ask",)
    )
    assert asked(rules, a=True) == made(
        Outcome.NEEDS_HUMAN,
        says("f"),
        says("l"),
        obligations=("ask", "lock"),
        unknown_facts=("b",),
    )
    assert asked(rules, a=False, b=True, c=True) == made(
        Outcome.RESTRICT, says("l"), obligations=("lock",)
    )
    assert asked(rules, a=False, b=True, c=False) == made(Outcome.DENY, closed())
    assert asked(rules, a=False, b=True).outcome is Outcome.NEEDS_HUMAN
    assert asked(rules, a=True, b=True).outcome is Outcome.NEEDS_HUMAN


def test_an_exception_that_is_true_lets_through():
    held = forbids("f", "a", unless=(exempt("f.x", "b"), exempt("f.y", "c")))
    rules = book(gate(), permits("p"), held)
    assert asked(rules, a=True, b=True) == made(Outcome.ALLOW, says("p"))
    assert asked(rules, a=True, c=True, b=False) == made(Outcome.ALLOW, says("p"))
    assert asked(rules, a=True, b=False, c=False) == made(Outcome.DENY, says("f"))
    assert asked(rules, a=True, b=False) == made(
        Outcome.NEEDS_HUMAN, says("f"), unknown_facts=("c",)
    )
    always = book(gate(), permits("p"), forbids("f", unless=(exempt("f.x", "b"),)))
    assert asked(always, b=True).outcome is Outcome.ALLOW
    assert asked(always, b=False).outcome is Outcome.DENY


def test_outside_of_its_scope_a_law_says_nothing():
    rules = book(
        gate(), permits("p"), forbids("f", "b"), rule("s", RuleKind.SCOPE, "a"), duty("d")
    )
    assert asked(rules, a=True, b=True) == made(
        Outcome.NOT_APPLICABLE, says("s"), obligations=("do d",)
    )
    assert asked(rules, a=False, b=True).outcome is Outcome.DENY
    assert asked(rules, b=True).outcome is Outcome.DENY
    assert asked(rules, b=False) == made(
        Outcome.NEEDS_HUMAN, says("s"), obligations=("do d",), unknown_facts=("a",)
    )
    other = book(gate(), permits("p"), rule("s", RuleKind.SCOPE, "a", acts=("erase",)))
    assert asked(other, a=True).outcome is Outcome.ALLOW
    same = book(gate(), permits("p"), rule("s", RuleKind.SCOPE, "a", acts=("process",)))
    assert asked(same, a=True).outcome is Outcome.NOT_APPLICABLE


@pytest.mark.parametrize(
    ("outcomes", "facts", "owed"),
    [
        ((), {"a": True}, True),
        ((), {"a": False}, False),
        (("deny",), {"a": True}, False),
        (("deny",), {"a": False}, True),
        (("allow", "deny"), {"a": True}, True),
    ],
)
def test_a_duty_is_added_to_the_outcomes_that_it_names_or_to_all_but_a_denial(
    outcomes, facts, owed
):
    rules = book(gate(), permits("p", "a"), duty("d", outcomes=outcomes))
    assert asked(rules, **facts).obligations == (("do d",) if owed else ())


def test_a_duty_that_is_not_known_to_be_owed_is_done_and_each_is_named_once():
    rules = book(gate(), permits("p", obligations=("do d", "log")), duty("d", "a"), duty("e"))
    assert asked(rules).obligations == ("do d", "log", "do e")
    assert asked(rules, a=False).obligations == ("do d", "log", "do e")
    alone = book(gate(), permits("p"), duty("d", "a"))
    assert asked(alone).obligations == ("do d",)
    assert asked(alone, a=False).obligations == ()


def test_what_a_person_asks_for_is_opened_by_a_ground_of_the_law():
    right = rule("r", RuleKind.RIGHT)
    rules = book(right, rule("ground", RuleKind.GROUND, "a"), rule("o", RuleKind.GROUND, law="x"))
    assert asked(rules, act="erase", a=True) == made(Outcome.ALLOW, says("ground"))
    assert asked(rules, act="erase", a=False) == made(
        Outcome.DENY,
        Reason(rule=None, cite=("cite r",), text="no ground for erasure applies under `law`"),
    )
    others = book(right, rule("ground", RuleKind.GROUND, "a", acts=("correct",)))
    assert asked(others, act="correct", a=False).reasons == (
        Reason(rule=None, cite=("cite r",), text="no ground to `correct` applies under `law`"),
    )
    disclosure = book(right, rule("q", RuleKind.DISCLOSURE, "a", acts=("disclose",)))
    assert asked(disclosure, act="disclose", a=True).outcome is Outcome.ALLOW
    assert asked(disclosure, act="disclose", a=False).reasons == (
        Reason(rule=None, cite=("cite r",), text="no rule opens a disclosure under `law`"),
    )


@pytest.mark.parametrize(
    ("act", "cite"),
    [
        ("erase", ("GDPR Art 17(1)", "GDPR Art 12(4)")),
        ("disclose", ("GDPR Art 5(1)(b)",)),
        ("correct", ("GDPR Art 16", "GDPR Art 12(4)")),
        ("restrict", ("GDPR Art 18(1)", "GDPR Art 12(4)")),
        ("port", ("GDPR Art 20(1)", "GDPR Art 12(4)")),
        ("object", ("GDPR Art 21(1)", "GDPR Art 12(4)")),
        ("limit", ("cite r",)),
    ],
)
def test_where_a_law_itself_says_that_what_nothing_opens_stays_closed(act, cite):
    grounds = rule("ground", RuleKind.GROUND, "a", law="gdpr", acts=(act,))
    rules = book(rule("r", RuleKind.RIGHT, law="gdpr"), grounds)
    (reason,) = asked(rules, act=act, law="gdpr", a=False).reasons
    assert reason.cite == cite
    assert "under `gdpr`" in reason.text


def test_what_nobody_loaded_asks_a_person():
    rules = book(gate(), permits("p"), rule("r", RuleKind.RIGHT))

    def answer(*reasons, **more):
        return Decision(outcome=Outcome.NEEDS_HUMAN, reasons=reasons, **more)

    assert asked(rules, law="other") == answer(bare("no rule that is loaded speaks for `other`"))
    assert asked(rules, act="send") == answer(
        bare("no rule that is loaded speaks of `send` under `law`")
    )
    assert asked(rules, act="send", law=None) == answer(
        bare("no rule that is loaded speaks of this under any law"),
        unknown_facts=("request.law",),
    )
    unsaid = "the question does not say under which law, or what is about to be done"
    assert asked(rules, act="fly") == answer(bare(unsaid), unknown_facts=("request.act",))
    assert asked(rules, act=None, law=None) == answer(
        bare(unsaid), unknown_facts=("request.law", "request.act")
    )


def test_a_law_that_speaks_on_another_day_only_asks_a_person():
    late = permits("p", in_force_from=dt.date(2027, 1, 1))
    ground = rule("e", RuleKind.GROUND, in_force_from=dt.date(2027, 1, 1))
    rules = book(late, ground)
    assert asked(rules, act="erase") == Decision(
        outcome=Outcome.NEEDS_HUMAN,
        reasons=(bare("no rule about `erase` under `law` is in force on 2026-11-25"),),
    )
    assert asked(rules, act="erase", on=dt.date(2027, 1, 1)).outcome is Outcome.ALLOW


def test_of_several_gates_each_says_what_it_wants_and_what_is_not_known():
    rules = book(
        gate("g"),
        gate("h"),
        permits("p", "a", obligations=("log",)),
        permits("q", "b", to="h", obligations=("tell",)),
    )
    assert asked(rules, a=True, b=True) == made(
        Outcome.ALLOW, says("p"), says("q"), obligations=("log", "tell")
    )
    unknown = asked(rules)
    assert (unknown.reasons, unknown.unknown_facts) == ((says("p"), says("q")), ("a", "b"))
    wanting = asked(rules, a=True, b=True, without=["p", "q"])
    assert [one.rule for one in wanting.reasons] == ["p", "q"]
    assert [one.rule for one in asked(rules, b=True, without=["q"]).reasons] == ["p", "q"]


def test_a_gate_of_which_it_is_not_known_whether_it_stands_says_what_is_missing():
    both = All(parts=(true("a"), true("b")))
    doubtful = [replace(gate(name), when=both) for name in ("g", "h")]
    rules = book(*doubtful, permits("p", "c"), permits("q", "c", to="h"))
    held = asked(rules, a=True, c=False)
    assert held == made(Outcome.NEEDS_HUMAN, closed("g"), closed("h"), unknown_facts=("b",))
    other = book(doubtful[0], gate("h", "d"), permits("p", "c"), permits("q", "c", to="h"))
    assert asked(other, a=True, c=False).unknown_facts == ("b", "d")


def test_a_law_that_does_not_apply_adds_no_duty():
    rules = two_laws(
        permits("q", to="h", law="two"),
        rule("s", RuleKind.SCOPE, "c", law="two"),
        duty("d", law="two"),
    )
    assert asked(rules, law=None, a=True, c=True).obligations == ()
    assert asked(rules, law=None, a=True, c=False).obligations == ("do d",)
