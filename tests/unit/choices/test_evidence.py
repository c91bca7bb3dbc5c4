"""What is sealed of a choice is read back by who decides, and the reading is logged."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from govreg.audit.log import read_entries, size
from govreg.errors import IntegrityProblem, NotFound, Refused
from govreg.protection.purpose import Purpose

from .world import NOW, WHO, given, shop

SEALED = {"evidence": "call 17, recorded", "age_evidence": "box 7"}


@pytest.fixture
def engine(tmp_path):
    with shop(tmp_path) as made:
        yield made


@pytest.fixture
def made(engine):
    return engine.consent.record(given(particulars=SEALED), identifiers=WHO, actor="dpo")


def test_the_dpo_reads_what_was_sealed_and_the_log_says_so(engine, made):
    with engine.store.read() as connection:
        before = size(connection)
    assert engine.consent.evidence(made.subject, made.number, actor="dpo") == SEALED
    with engine.store.read() as connection:
        (entry,) = read_entries(connection, before, size(connection))
    assert (entry.action, entry.counts) == ("consent.evidence_read", {"event": made.number})
    assert "box 7" not in str(entry)


def test_nobody_else_reads_it(engine, made):
    with pytest.raises(Refused, match="may not read"):
        engine.consent.evidence(made.subject, made.number, actor="engineer")


def test_what_is_not_there(engine, made):
    with pytest.raises(NotFound, match="has no event 99"):
        engine.consent.evidence(made.subject, 99, actor="dpo")
    other = engine.consent.record(given(), identifiers={"email": "b@a.example"}, actor="dpo")
    with pytest.raises(NotFound, match="nothing is sealed"):
        engine.consent.evidence(other.subject, other.number, actor="dpo")
    with pytest.raises(NotFound, match="has no event"):
        engine.consent.evidence(other.subject, made.number, actor="dpo")


def test_a_key_that_is_gone_opens_nothing(engine, made):
    with engine.store.write() as connection:
        engine.parts.keys.shred(connection, Purpose.SUBJECT, made.subject, NOW)
    with pytest.raises(NotFound, match="shredded or never made"):
        engine.consent.evidence(made.subject, made.number, actor="dpo")


def test_what_was_moved_from_another_event_does_not_open(engine, made):
    other = engine.consent.record(
        given(activity="newsletter", particulars={"evidence": "x"}, key="b"),
        subject=made.subject,
        actor="dpo",
    )
    with engine.store.write() as connection:
        move = "UPDATE consent_event SET sealed = (SELECT sealed FROM consent_event WHERE id = :a) WHERE id = :b"
        connection.execute(sa.text(move), {"a": other.number, "b": made.number})
    with pytest.raises(IntegrityProblem):
        engine.consent.evidence(made.subject, made.number, actor="dpo")
