"""Who withdraws from marketing is not contacted again, erased or not, until they want it anew."""

import json

import pytest
from tests.journeys.workspace import GONE, erased
from tests.unit.choices.world import WHO, Ticking, given, shop, withdrawn

from govreg.choices.model import Choice
from govreg.choices.suppressing import (
    lift_suppression,
    suppress_person,
    suppression_counts,
    suppressions_of,
)
from govreg.consent.model import Act, EventKind
from govreg.errors import NotFound, Refused, UsageProblem
from govreg.subjects.suppression import Why


@pytest.fixture
def clock():
    return Ticking()


@pytest.fixture
def engine(tmp_path, clock):
    with shop(tmp_path, clock) as made:
        yield made


def named(engine, who=WHO):
    return [engine.parts.kinds.identifier(kind, value) for kind, value in who.items()]


def of(engine, who=WHO, **more):
    found = suppressions_of(engine.parts, identifiers=named(engine, who), **more)
    return [(one.scope, str(one.reason)) for one in found]


def test_a_withdrawal_puts_on_the_list_and_consent_takes_off(engine, clock):
    engine.consent.record(given(), identifiers=WHO, actor="dpo")
    assert of(engine) == []
    clock.later(minutes=1)
    made = engine.consent.record(withdrawn(), identifiers=WHO, actor="dpo")
    assert made.suppressed == 1
    assert of(engine) == [("newsletter", "withdrawn")]
    assert of(engine, scopes=["orders"]) == []
    clock.later(minutes=1)
    engine.consent.record(given(), identifiers=WHO, actor="dpo")
    assert of(engine) == []


def test_an_objection_counts_for_marketing_only(engine):
    who = engine.consent.record(given(), identifiers=WHO, actor="dpo").subject
    orders = Choice(activity="orders", kind=EventKind.OBJECTED)
    assert engine.consent.record(orders, subject=who, actor="dpo").suppressed == 0
    news = Choice(activity="newsletter", kind=EventKind.OBJECTED)
    assert engine.consent.record(news, subject=who, actor="dpo").suppressed == 1
    assert of(engine) == [("newsletter", "objected")]


def test_consent_that_does_not_count_takes_nobody_off(engine, clock):
    engine.consent.record(given(), identifiers=WHO, actor="dpo")
    clock.later(minutes=1)
    engine.consent.record(withdrawn(), identifiers=WHO, actor="dpo")
    for way in ({"act": Act.PRE_TICKED}, {"notice": None}):
        clock.later(minutes=1)
        engine.consent.record(given(**way), identifiers=WHO, actor="dpo")
        assert of(engine) == [("newsletter", "withdrawn")]


def test_while_an_objection_stands_consent_takes_nobody_off(engine, clock):
    who = engine.consent.record(given(), identifiers=WHO, actor="dpo").subject

    def chose(kind):
        clock.later(minutes=1)
        choice = Choice(activity="newsletter", kind=kind)
        return engine.consent.record(choice, subject=who, actor="dpo")

    chose(EventKind.OBJECTED)
    clock.later(minutes=1)
    engine.consent.record(given(), subject=who, actor="dpo")
    assert of(engine) == [("newsletter", "objected")]
    chose(EventKind.OBJECTION_ENDED)
    assert of(engine) == []


def test_an_objection_that_ends_leaves_a_withdrawal_as_it_was(engine, clock):
    who = engine.consent.record(given(), identifiers=WHO, actor="dpo").subject
    clock.later(minutes=1)
    engine.consent.record(withdrawn(), subject=who, actor="dpo")
    for kind in (EventKind.OBJECTED, EventKind.OBJECTION_ENDED):
        clock.later(minutes=1)
        choice = Choice(activity="newsletter", kind=kind)
        engine.consent.record(choice, subject=who, actor="dpo")
    assert of(engine) == [("newsletter", "withdrawn")]


def test_what_a_person_asked_for_by_hand_is_not_undone_by_consent(engine, clock):
    suppress_person(
        engine.parts,
        identifiers=named(engine),
        scope="newsletter",
        reason=Why.REQUEST,
        actor="dpo",
    )
    engine.consent.record(given(), identifiers=WHO, actor="dpo")
    assert of(engine) == [("newsletter", "request")]
    lifted = {"identifiers": named(engine), "scope": "newsletter"}
    with pytest.raises(Refused):
        lift_suppression(engine.parts, **lifted, actor="engineer")
    assert lift_suppression(engine.parts, **lifted, actor="dpo") == 1
    assert suppression_counts(engine.parts) == {}


def test_it_outlives_an_erasure_and_the_certificate_says_so(engine, clock):
    engine.consent.record(given(), identifiers=WHO, actor="dpo")
    clock.later(minutes=1)
    engine.consent.record(withdrawn(), identifiers=WHO, actor="dpo")
    request = erased(engine, WHO, GONE)
    assert of(engine) == [("newsletter", "withdrawn")]
    path = engine.requests.certificate(request) / "certificate.json"
    statement = json.loads(path.read_text())["certificate"]["statement"]
    (kept,) = [one for one in statement["kept_records"] if one["what"] == "suppression"]
    assert kept["basis"] == "GDPR Art 21(3), GDPR Art 6(1)(c)"


@pytest.mark.parametrize(
    ("more", "problem"),
    [
        ({"scope": "newsleter"}, UsageProblem),
        ({"scope": "channel:pigeon"}, UsageProblem),
        ({"identifiers": []}, UsageProblem),
        ({"identifiers": [], "subject": "sub_nobody"}, NotFound),
        ({"actor": "engineer"}, Refused),
    ],
)
def test_what_cannot_be_is_refused(engine, more, problem):
    asked = {
        "identifiers": named(engine),
        "scope": "channel:email",
        "reason": Why.REQUEST,
        "actor": "dpo",
    }
    with pytest.raises(problem):
        suppress_person(engine.parts, **{**asked, **more})
    assert suppression_counts(engine.parts) == {}
