import datetime as dt
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from govreg.policy.adopt import NOTHING_ADOPTED
from govreg.policy.evaluate import decide, decide_each
from govreg.policy.fact import BASES, FactKind
from govreg.policy.facts import FACTS
from govreg.policy.outcome import Outcome
from govreg.policy.rule import RuleBook, RuleKind

ON = dt.date(2026, 11, 25)


def value_of(fact):
    if fact.kind is FactKind.FLAG:
        return st.booleans()
    return st.sampled_from(fact.values) if fact.values else st.just("x")


QUESTIONS = st.fixed_dictionaries(
    {
        "request.law": st.just("gdpr"),
        "request.act": st.sampled_from(
            ["erase", "disclose", "port", "process", "send", "contact"]
        ),
    },
    optional={
        name: value_of(fact)
        for name, fact in FACTS.items()
        if name.partition(".")[0] in {"person", "activity", "item"}
    },
)


@pytest.mark.slow
@settings(max_examples=300)
@given(question=QUESTIONS, gone=st.sets(st.sampled_from(sorted(FACTS))))
def test_knowing_less_never_allows_what_was_not_allowed(rules, adopted, question, gone):
    """What is gone is given as unknown: a fact that is left out may be presumed."""
    less = {
        k: None if k in gone - {"request.law", "request.act"} else v for k, v in question.items()
    }
    before = decide(question, rules, on=ON, adopted=adopted).outcome
    after = decide(less, rules, on=ON, adopted=adopted).outcome
    if before is not Outcome.ALLOW:
        assert after is not Outcome.ALLOW


ITEMS = st.lists(
    st.fixed_dictionaries(
        {},
        optional={
            **{
                name: st.none() | value_of(FACTS[name])
                for name in ("item.reveals_special", "person.restricted", "activity.basis")
            },
            "item.category": st.sampled_from(["user.contact", "user.health", "none", "x"]),
            "request.act": st.sampled_from(["process", "erase"]),
            "request.law": st.none() | st.just("hipaa"),
            "decision.date": st.just(dt.date(2001, 1, 1)),
        },
    ),
    min_size=1,
    max_size=3,
)


@given(question=QUESTIONS, items=ITEMS, own=st.booleans())
def test_several_items_are_decided_as_each_alone(rules, adopted, question, items, own):
    if own:
        question = {**question, "request.law": None}
    each = [decide({**question, **item}, rules, on=ON, adopted=adopted) for item in items]
    assert decide_each(question, items, rules, on=ON, adopted=adopted).items == tuple(each)


@given(question=QUESTIONS)
def test_nothing_is_allowed_that_nobody_adopted(rules, question):
    assert decide(question, rules, on=ON, adopted=NOTHING_ADOPTED).outcome is not Outcome.ALLOW


@given(question=QUESTIONS)
def test_every_outcome_has_its_reasons(rules, adopted, question):
    decision = decide(question, rules, on=ON, adopted=adopted)
    assert decision.reasons
    for reason in decision.reasons:
        assert reason.cite
        assert reason.text
    if decision.unknown_facts:
        assert decision.outcome is Outcome.NEEDS_HUMAN
        assert all(question.get(name) is None for name in decision.unknown_facts)


@given(basis=st.sampled_from(sorted(BASES)))
def test_credentials_never_go_out_whatever_else_is_true(rules, adopted, basis):
    question = {"request.law": "gdpr", "request.act": "disclose", "item.secret": True}
    question["activity.basis"] = basis
    assert decide(question, rules, on=ON, adopted=adopted).outcome is Outcome.DENY


def test_a_rule_counts_only_while_it_is_in_force(rules, adopted):
    question = {
        "request.law": "gdpr",
        "request.act": "disclose",
        "item.secret": False,
        "item.about_other": False,
        "item.privileged": False,
        "item.free_text": False,
    }
    assert decide(question, rules, on=ON, adopted=adopted).outcome is Outcome.ALLOW
    before = dt.date(2018, 5, 24)
    decision = decide(question, rules, on=before, adopted=adopted)
    assert decision.outcome is Outcome.NEEDS_HUMAN
    assert "in force on 2018-05-24" in decision.reasons[0].text


def test_a_changed_rule_must_be_adopted_again(rules, adopted):
    rule = rules.rules["gdpr.access.copy"]
    changed = RuleBook(
        rules={**rules.rules, rule.id: replace(rule, content_hash="0" * 64)}, packs=rules.packs
    )
    question = dict.fromkeys(
        ("item.secret", "item.about_other", "item.privileged", "item.free_text"), False
    )
    question |= {"request.law": "gdpr", "request.act": "disclose"}
    decision = decide(question, changed, on=ON, adopted=adopted)
    assert decision.outcome is Outcome.NEEDS_HUMAN
    assert not decision.reasons[0].adopted
    assert (
        "adopted by dpo on 2026-11-25 in an earlier wording (`govreg policy adopt --rule gdpr.access.copy"
        in decision.reasons[0].text
    )


@pytest.mark.parametrize(
    ("question", "missing"),
    [
        ({"request.law": "gdpr"}, ("request.act",)),
        ({"request.act": "erase"}, ("request.law",)),
        ({"request.law": "gdpr", "request.act": None}, ("request.act",)),
        ({}, ("request.law", "request.act")),
    ],
)
def test_a_question_without_law_or_act_asks_a_person(rules, adopted, question, missing):
    decision = decide(question, rules, on=ON, adopted=adopted)
    assert decision.outcome is Outcome.NEEDS_HUMAN
    assert decision.unknown_facts == missing
    assert decision.reasons


def test_an_act_that_no_rule_knows_is_never_allowed(rules, adopted):
    question = {"request.law": "gdpr", "request.act": "sell"}
    assert decide(question, rules, on=ON, adopted=adopted).outcome is Outcome.NEEDS_HUMAN


def test_a_flag_that_came_as_text_does_not_open_a_disclosure(rules, adopted):
    question = dict.fromkeys(("item.about_other", "item.privileged", "item.free_text"), False)
    question |= {"request.law": "gdpr", "request.act": "disclose", "item.secret": "true"}
    decision = decide(question, rules, on=ON, adopted=adopted)
    assert decision.outcome is Outcome.NEEDS_HUMAN
    assert [reason.rule for reason in decision.reasons] == ["gdpr.access.credentials"]


def test_a_reason_says_whether_its_rule_was_adopted(rules, adopted):
    question = {"request.law": "gdpr", "request.act": "disclose", "item.secret": True}
    for held, wanted in ((adopted, True), (NOTHING_ADOPTED, False)):
        decision = decide(question, rules, on=ON, adopted=held)
        assert decision.outcome is Outcome.DENY
        assert [reason.adopted for reason in decision.reasons] == [wanted]


def other_law(rules, law, *, kinds):
    """The same rules as those of another law, those of some kinds alone."""
    moved = {
        f"other.{rule.id}": replace(
            rule, id=f"other.{rule.id}", law=law, citation=("Civ. Code 1798.105",)
        )
        for rule in rules.rules.values()
        if rule.kind in kinds
    }
    return RuleBook(rules={**rules.rules, **moved}, packs=rules.packs)


@pytest.mark.parametrize("act", ["erase", "disclose"])
def test_a_law_is_not_cited_for_another(rules, adopted, act):
    both = other_law(rules, "lgpd", kinds={RuleKind.RIGHT})
    question = {"request.law": "lgpd", "request.act": act, "item.secret": False}
    decision = decide(question, both, on=ON, adopted=adopted)
    assert decision.outcome is Outcome.DENY
    (reason,) = decision.reasons
    assert reason.cite == ("Civ. Code 1798.105",)
    assert "`lgpd`" in reason.text


def test_a_law_that_nobody_loaded_asks_a_person(rules, adopted):
    question = {"request.law": "lgpd", "request.act": "erase", "activity.ended": True}
    decision = decide(question, rules, on=ON, adopted=adopted)
    assert decision.outcome is Outcome.NEEDS_HUMAN
    assert "`lgpd`" in decision.reasons[0].text
    assert not any("GDPR" in cite for reason in decision.reasons for cite in reason.cite)


@pytest.mark.parametrize("letter", "abcdefghij")
def test_no_basis_of_special_data_alone_opens_an_erasure(rules, adopted, letter):
    """What rests on Art. 9(2) needs a ground like everything else; only consent can be taken back."""
    facts = dict.fromkeys(
        ("activity.ended", "activity.direct_marketing", "activity.unlawful"), False
    )
    facts |= {"activity.erasure_duty": False, "person.consent_withdrawn": True}
    facts |= {"person.relationship_ended": True, "person.objection_upheld": True}
    question = {"request.law": "gdpr", "request.act": "erase", **facts}
    question["activity.basis"] = f"gdpr.9.2.{letter}"
    wanted = Outcome.ALLOW if letter == "a" else Outcome.DENY
    assert decide(question, rules, on=ON, adopted=adopted).outcome is wanted


@pytest.mark.parametrize(
    ("role", "outcome"),
    [({}, "allow"), ({"organisation.role": None}, "needs_human")],
    ids=["not mentioned", "given as unknown"],
)
def test_a_text_is_presumed_only_while_a_question_does_not_mention_it(
    rules, adopted, role, outcome
):
    flags = ("item.secret", "item.about_other", "item.privileged", "item.free_text")
    question = {"request.law": "gdpr", "request.act": "disclose", **dict.fromkeys(flags, False)}
    assert str(decide({**question, **role}, rules, on=ON, adopted=adopted).outcome) == outcome
