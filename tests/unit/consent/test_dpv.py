"""Every kind of event and every state has its term, and every term is one of the vocabulary."""

from dataclasses import astuple

import pytest
from tests.unit.consent.receipts import VECTORS

from govreg.consent.dpv import (
    BASES,
    CONTEXT,
    EXERCISES,
    RECEIPT_PROFILE,
    RECORD_PROFILE,
    RIGHTS,
    ROLES,
    STANDINGS,
    STATES,
)
from govreg.consent.model import FAMILIES, EventKind
from govreg.consent.receipt_model import CONSENTING
from govreg.consent.status import STANDS, Standing
from govreg.policy.fact import BASES as KNOWN_BASES

TERMS = frozenset(
    line
    for line in (VECTORS / "dpv-2.3.txt").read_text(encoding="utf-8").splitlines()
    if line and not line.startswith("#")
)
VALID = {"dpv:ConsentGiven", "dpv:RenewedConsentGiven"}
"""The states that the vocabulary calls valid for processing."""


def test_the_list_is_of_the_vocabulary():
    assert len(TERMS) > 150
    assert {term.partition(":")[0] for term in TERMS} == {"dpv", "eu-gdpr", "dpv-27560"}
    assert "dpv:ConsentTerminated" not in TERMS


def test_every_kind_of_event_is_a_state_or_the_exercise_of_a_right():
    assert STATES.keys() | EXERCISES.keys() == set(EventKind)
    assert {kind for kind in EventKind if FAMILIES[kind] in CONSENTING} == STATES.keys()
    assert STATES.keys().isdisjoint(EXERCISES)


def test_every_standing_has_its_term_and_only_what_stands_is_valid():
    assert STANDINGS.keys() == set(Standing)
    assert {STANDINGS[one] for one in STANDS} == VALID
    assert len(set(STANDINGS.values())) == len(Standing)


def test_every_lawful_basis_of_the_register_has_its_term():
    assert BASES.keys() == KNOWN_BASES.keys()


@pytest.mark.parametrize(
    "term",
    sorted(
        {
            *STATES.values(),
            *STANDINGS.values(),
            *BASES.values(),
            *RIGHTS.values(),
            *ROLES.values(),
            *(RECORD_PROFILE, RECEIPT_PROFILE),
            *(part for one in EXERCISES.values() for part in astuple(one) if part),
        }
    ),
)
def test_every_term_is_one_of_the_vocabulary(term):
    assert term in TERMS


def test_the_prefixes_are_those_of_the_published_vocabularies():
    assert CONTEXT["dpv"] == "https://w3id.org/dpv#"
    assert CONTEXT["eu-gdpr"] == "https://w3id.org/dpv/legal/eu/gdpr#"
    assert CONTEXT["dpv-27560"] == "https://w3id.org/dpv/schema/dpv-27560#"
