"""What holds of the pack `hipaa` whatever is asked."""

import datetime as dt

from hypothesis import given, settings
from hypothesis import strategies as st

from govreg.plugins import announced
from govreg.policy.adopt import Adopted, Adoption
from govreg.policy.evaluate import decide
from govreg.policy.fact import OWN_ACTS, FactKind
from govreg.policy.facts import FACTS
from govreg.policy.files import load_pack
from govreg.policy.outcome import Outcome

ON = dt.date(2026, 11, 25)
RULES = load_pack(announced().packs["hipaa"] / "pack.yaml")
ADOPTED = Adopted(
    adoptions={
        rule.id: Adoption(rule=rule.id, content_hash=rule.content_hash, by="dpo", on=ON)
        for rule in RULES.rules.values()
    }
)
PURPOSES = ["treatment", "payment", "judicial", "marketing", "underwriting", "curiosity"]
GUARDED = {"item.deidentified", "item.record_class"}
"""Where nothing was said the law applies; what is said may take a record out of it."""


def value_of(fact):
    if fact.name == "activity.purpose":
        return st.sampled_from(PURPOSES)
    if fact.kind is FactKind.FLAG:
        return st.booleans()
    if fact.kind is FactKind.NUMBER:
        return st.integers(0, 100)
    return st.sampled_from(fact.values) if fact.values else st.just("user.health.genetic")


QUESTIONS = st.fixed_dictionaries(
    {
        "request.law": st.just("hipaa"),
        "request.act": st.sampled_from([act for act in OWN_ACTS if act != "collect"]),
        "organisation.hipaa_role": st.sampled_from(["covered_entity", "business_associate"]),
        "item.phi": st.just(True),
    },
    optional={
        name: value_of(fact)
        for name, fact in FACTS.items()
        if name.partition(".")[0]
        in {"person", "activity", "item", "authorisation", "recipient", "assessment"}
        and name not in GUARDED
        and fact.kind not in {FactKind.SET, FactKind.DATE}
        and name != "item.phi"
    },
)
HIDDEN = sorted(name for name, fact in FACTS.items() if fact.presumed is None)


@settings(max_examples=400)
@given(question=QUESTIONS, gone=st.sets(st.sampled_from(HIDDEN)))
def test_knowing_less_never_opens_a_use_or_a_disclosure(question, gone):
    less = {k: v for k, v in question.items() if k not in gone or k.startswith("request.")}
    if decide(question, RULES, on=ON, adopted=ADOPTED).outcome is not Outcome.ALLOW:
        assert decide(less, RULES, on=ON, adopted=ADOPTED).outcome is not Outcome.ALLOW


@settings(max_examples=400)
@given(question=QUESTIONS)
def test_nothing_unlawful_is_allowed(question):
    if decide(question, RULES, on=ON, adopted=ADOPTED).outcome is not Outcome.ALLOW:
        return
    assert question["request.act"] != "sell" or question["authorisation.states_remuneration"]
    assert question.get("recipient.role") != "business_associate" or (
        question["request.act"] in {"process", "contact", "decide_automatically"}
        or question["recipient.contract"]
    )
    assert question["item.psychotherapy_notes"] in {True, False}
    if question["organisation.hipaa_role"] == "business_associate":
        assert question["activity.within_contract"]
    if question.get("activity.purpose") == "curiosity":
        role = question.get("recipient.role")
        assert role in {"individual", "hhs"} or question["authorisation.signed"]


def test_nobody_is_promised_an_erasure():
    question = {"request.act": "erase", "request.law": "hipaa"}
    decision = decide(question, RULES, on=ON, adopted=ADOPTED)
    assert decision.outcome is Outcome.NOT_APPLICABLE
    assert "no right" in decision.reasons[0].text
