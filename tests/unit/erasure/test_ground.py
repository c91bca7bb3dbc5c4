"""A ground for each field and purpose; without one nothing is erased."""

from __future__ import annotations

from dataclasses import replace

from tests.unit.gate.test_cells import REGISTER, TICKETS
from tests.unit.gate.test_read import ADOPTED, ON, RULES

from govreg.erasure.ground import Law, field_cause
from govreg.erasure.model import Fate
from govreg.policy.adopt import Adopted
from govreg.register.model import Activity, Field

WORDS = {"en": "x"}
ACTIVITIES = {
    name: Activity(name=name, title=WORDS, purpose=WORDS, basis=basis, direct_marketing=marketing)
    for name, basis, marketing in (
        ("orders", "gdpr.6.1.b", False),
        ("newsletter", "gdpr.6.1.a", True),
    )
}
ENDED = {
    "person.consent_withdrawn": True,
    "person.objects": True,
    "person.objection_upheld": True,
    "person.relationship_ended": True,
}


def cause(facts, *activities, adopted=ADOPTED):
    field = Field(name="email", category="user.contact.email", activities=activities)
    law = Law(
        rules=RULES,
        adopted=adopted,
        on=ON,
        facts={
            "request.law": "gdpr",
            "request.right": "erase",
            "request.verification": "account",
            "organisation.country": "FI",
            **facts,
        },
    )
    register = replace(REGISTER, activities=ACTIVITIES)
    return field_cause(TICKETS, field, register, law)


def test_when_every_purpose_has_ended_the_field_goes():
    found = cause(ENDED, "orders", "newsletter")
    assert found.fate is Fate.ERASE
    assert found.rules


def test_one_purpose_that_still_stands_keeps_the_field_and_is_named():
    found = cause({**ENDED, "person.relationship_ended": False}, "orders", "newsletter")
    assert found.fate is Fate.WITHHOLD
    assert found.purpose == "orders"


def test_what_nobody_has_said_is_undecided():
    found = cause({}, "orders")
    assert found.fate is Fate.UNDECIDED
    assert found.missing


def test_a_rule_that_nobody_adopted_decides_nothing():
    assert cause(ENDED, "orders", adopted=Adopted(adoptions={})).fate is Fate.UNDECIDED


def test_a_field_without_a_purpose_is_not_erased_unasked():
    assert cause({}).fate is not Fate.ERASE
