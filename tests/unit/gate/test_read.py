"""Every cell comes out with its value or with a reason."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import pytest
from tests.unit.gate.test_cells import REGISTER, TICKETS, row

from govreg.gate.read import Disclosing, disclose, free_texts
from govreg.gate.scope import Relation, Scope
from govreg.plugins import announced
from govreg.policy.adopt import Adopted, Adoption
from govreg.policy.files import load_books
from govreg.register.model import Field
from govreg.subjects.identifier import CORE_KINDS, Identifier, Kinds

ON = dt.date(2026, 11, 25)
KINDS = Kinds(known=CORE_KINDS, country="FI")
RULES = load_books([folder / "pack.yaml" for folder in announced().packs.values()])
ADOPTED = Adopted(
    adoptions={
        rule.id: Adoption(rule=rule.id, content_hash=rule.content_hash, by="dpo", on=ON)
        for rule in RULES.rules.values()
    }
)


def told(field, value, *, reviewed=None, rules=RULES, adopted=ADOPTED, **changed):
    collection = replace(TICKETS, fields={"f": replace(field, name="f")})
    source = replace(REGISTER.sources["shop"], collections={"tickets": collection})
    register = replace(REGISTER, sources={"shop": source})
    found = row(Relation.OWN)._replace(values={"f": value}, **changed)
    scope = Scope(
        rows={"shop.tickets": {(1,): found}},
        identifiers=(Identifier(kind="email", value="one@a.example"),),
    )
    under = Disclosing(
        rules=rules,
        adopted=adopted,
        on=ON,
        facts={"request.law": "gdpr", "request.right": "access"},
        reviewed=lambda _row, _field: reviewed,
    )
    ((one,),) = disclose(register, scope, KINDS, under).values()
    texts = len(list(free_texts(register, scope)))
    return one.values.get("f"), one.withheld.get("f"), texts


NAME = Field(name="f", category="user.name")
TEXT = Field(name="f", category="user.content", free_text=True)
SECRET = Field(name="f", category="user.authorization.password")
MAIL = Field(name="f", category="user.contact.email", identifier="email")


def test_what_is_the_persons_goes_out():
    assert told(NAME, "One")[:2] == ("One", None)


@pytest.mark.parametrize("left_out", [None, "secret", "*"])
def test_a_credential_never_goes_out_whatever_rules_are_there(left_out):
    rules = RULES
    if left_out:
        kept = {
            name: rule
            for name, rule in RULES.rules.items()
            if left_out != "*" and "secret" not in name and "credential" not in name
        }
        rules = replace(RULES, rules=kept)
    value, why, _ = told(SECRET, "hunter2", rules=rules)
    assert value is None
    assert why is not None


def test_without_an_adopted_rule_nothing_goes_out():
    value, why, _ = told(NAME, "One", adopted=Adopted(adoptions={}))
    assert value is None
    assert why is not None


@pytest.mark.parametrize(
    ("reviewed", "value", "code"), [(True, "words", None), (False, None, "reviewed_out")]
)
def test_a_text_goes_out_when_a_person_said_so(reviewed, value, code):
    seen, why, texts = told(TEXT, "words", reviewed=reviewed)
    assert seen == value
    assert (why.code if why else None) == code
    assert texts == 1


def test_a_text_that_nobody_read_waits():
    value, why, _ = told(TEXT, "words")
    assert value is None
    assert why.pending


def test_an_empty_text_waits_for_nobody():
    assert told(TEXT, None)[1:] == (None, 0)
    assert told(TEXT, "")[2] == 0


@pytest.mark.parametrize(
    ("value", "others", "out"),
    [
        (" ONE@a.example", 1, True),
        ("two@a.example", 1, False),
        ("two@a.example", 0, True),
        (None, 1, True),
    ],
)
def test_in_a_shared_row_anothers_identifier_is_withheld(value, others, out):
    _, why, _ = told(MAIL, value, relation=Relation.SHARED, others=others)
    assert (why is None) is out
