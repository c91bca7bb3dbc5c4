"""A request is taken in by who may, with a clock, and goes on for a confirmed identity only."""

from __future__ import annotations

import datetime as dt

import pytest
from tests.journeys.test_traps import build
from tests.journeys.workspace import opened, verified

from govreg.clock import fixed_clock
from govreg.errors import Refused, UsageProblem
from govreg.requests.intake import request_identifiers

NOW = dt.datetime(2026, 11, 25, 12, tzinfo=dt.UTC)
MINE = {"email": " ONE@a.example "}


@pytest.fixture
def engine(tmp_path):
    build(tmp_path)
    with opened(tmp_path, clock=fixed_clock(NOW)) as made:
        yield made


def taken(engine, **changed):
    return engine.requests.open(
        **{"kind": "access", "law": "gdpr", "identifiers": MINE, "actor": "dpo", **changed}
    )


def test_a_request_has_a_due_date_and_sealed_identifiers(engine):
    request = taken(engine)
    assert request.received_at < request.due_at <= NOW + dt.timedelta(days=35)
    assert request.target_at <= request.due_at
    with engine.store.read() as connection:
        (held,) = request_identifiers(engine.parts, connection, request.id)
    assert held.value == "one@a.example"
    assert "a.example" not in repr(request)


@pytest.mark.parametrize(
    "changed",
    [
        {"identifiers": {}},
        {"identifiers": {"email": "no address"}},
        {"identifiers": {"email": ""}},
        {"identifiers": {"customer_id": "0"}},
        {"law": "nowhere"},
        {"kind": "portrait"},
        {"facts": {"organisation.country": True}},
        {"received_at": NOW + dt.timedelta(days=1)},
    ],
)
def test_what_cannot_be_taken_in(engine, changed):
    with pytest.raises(UsageProblem):
        taken(engine, **changed)


@pytest.mark.parametrize("actor", ["engineer", "nobody"])
def test_who_may_not(engine, actor):
    with pytest.raises(Refused):
        taken(engine, actor=actor)
    request = taken(engine)
    with pytest.raises(Refused):
        engine.requests.verify_identity(request.id, level="account", how="x", actor=actor)


def test_a_weak_proof_is_not_enough(engine):
    request = taken(engine, kind="erasure")
    engine.requests.verify_identity(request.id, level="none", how="said_so", actor="dpo")
    with pytest.raises(Refused, match="is confirmed to `none`"):
        engine.requests.plan(request.id, actor="dpo")


def test_what_nobody_confirmed_joins_nobody(engine):
    """A stranger who names my address is not taken for me before the proof."""
    first = taken(engine)
    second = taken(engine)
    assert first.subject_id != second.subject_id
    confirmed = engine.requests.get(verified(engine, "access", MINE))
    assert taken(engine).subject_id == confirmed.subject_id


def test_identity_is_settled_once_planned(engine):
    request = verified(engine, "access", MINE)
    engine.requests.plan(request, actor="dpo")
    with pytest.raises(Refused, match="identity is settled"):
        engine.requests.verify_identity(request, level="account", how="x", actor="dpo")
    with pytest.raises(UsageProblem):
        engine.requests.verify_identity(request, level="sure", how="x", actor="dpo")


@pytest.mark.parametrize("how", ["", "  ", "two\nlines", "a\x1b[31m", "x" * 201])
def test_the_means_of_an_identity_check_are_one_short_line(engine, how):
    request = taken(engine)
    with pytest.raises(UsageProblem, match="one line of at most 200") as caught:
        engine.requests.verify_identity(request.id, level="account", how=how, actor="dpo")
    assert not how.strip() or how not in str(caught.value)
    assert engine.requests.get(request.id).state == "received"
