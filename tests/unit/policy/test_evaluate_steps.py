"""Each step of a decision by itself, over a handful of rules: what comes out, in full."""

import datetime as dt
from dataclasses import replace

import pytest

from govreg.condition.expression import All, Compare, Op
from govreg.policy.adopt import NOTHING_ADOPTED, Adopted, Adoption
from govreg.policy.assessment import Assessment
from govreg.policy.evaluate import decide, decide_each
from govreg.policy.outcome import Decision, Outcome, Reason
from govreg.policy.rule import Effect, Exempt, Gate, Override, Rule, RuleBook, RuleKind

ON = dt.date(2026, 11, 25)
EFFECTS = {
    RuleKind.PROHIBITION: Effect.DENY,
    RuleKind.SCOPE: Effect.NOT_APPLICABLE,
    RuleKind.DUTY: Effect.OBLIGE,
}


def true(name):
    return Compare(fact=name, op=Op.IS, value=True)


def rule(name, kind, when=None, **more):
    return Rule(
        id=name,
        pack="p",
        kind=kind,
        law=more.pop("law", "law"),
        effect=more.pop("effect", EFFECTS.get(kind, Effect.ALLOW)),
        citation=(f"cite {name}",),
        title={},
        text=more.pop("text", {"en": f"text {name}"}),
        acts=more.pop("acts", () if kind is RuleKind.SCOPE else ("process", "erase")),
        when=true(when) if when else None,
        content_hash=f"hash {name}",
        confidence="high",
        **more,
    )


def gate(name="g", when=None, **more):
    return Gate(
        id=name,
        law=more.pop("law", "law"),
        acts=("process",),
        citation=(f"cite {name}",),
        text={"en": f"text {name}"},
        when=true(when) if when else None,
        **more,
    )


def permits(name, when=None, to="g", **more):
    return rule(name, RuleKind.PERMISSION, when, gate=to, **more)


def forbids(name, when=None, **more):
    return rule(name, RuleKind.PROHIBITION, when, **more)


def exempt(name, when):
    return Exempt(id=name, citation=(), text={}, when=true(when))


def duty(name, when=None, **more):
    return rule(name, RuleKind.DUTY, when, obligations=(f"do {name}",), **more)


def book(*said, replaced=None):
    return RuleBook(
        rules={one.id: one for one in said if isinstance(one, Rule)},
        gates={one.id: one for one in said if isinstance(one, Gate)},
        replaced=replaced or {},
    )


def adopted(rules, *without):
    return Adopted(
        adoptions={
            name: Adoption(rule=name, content_hash=one.content_hash, by="dpo", on=ON)
            for name, one in rules.rules.items()
            if name not in without
        }
    )


def asked(rules, *, act="process", law="law", without=(), on=ON, **facts):
    question = {"request.act": act, "request.law": law, **facts}
    return decide(question, rules, on=on, adopted=adopted(rules, *without))


def says(name, *, held=True, text=None):
    return Reason(
        rule=name,
        cite=(f"cite {name}",),
        text=text or f"text {name}",
        confidence="high",
        adopted=held,
    )


def closed(name="g"):
    return Reason(rule=None, cite=(f"cite {name}",), text=f"text {name}")


def bare(text):
    return Reason(rule=None, cite=(), text=text)


def made(outcome, *reasons, **more):
    return Decision(outcome=outcome, reasons=reasons, law=more.pop("law", "law"), **more)


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


def two_laws(*said):
    return book(gate("g"), gate("h", law="two"), permits("p", "a"), *said)


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
