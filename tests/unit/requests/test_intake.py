"""A request is taken in by who may, with a clock, and goes on for a confirmed identity only."""

from __future__ import annotations

import datetime as dt
from typing import ClassVar

import pytest
from tests.journeys.test_traps import build
from tests.journeys.workspace import opened, verified

from govreg.clock import fixed_clock
from govreg.errors import Refused, UsageProblem
from govreg.requests.intake import request_identifiers
from govreg.subjects.index import merge

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


def confirmed(engine, identifiers, **choice):
    """A request whose identity is confirmed; answers the subject."""
    request = taken(engine, identifiers=identifiers)
    held = engine.requests.verify_identity(
        request.id, level="account", how="x", actor="dpo", **choice
    )
    return held.subject_id


class TestSeveralKnownPeople:
    """Two people are known, and the request's identifiers name both."""

    @pytest.fixture
    def pair(self, engine):
        one = confirmed(engine, {"email": "one@a.example"})
        two = confirmed(engine, {"customer_id": "2"})
        assert one != two
        return one, two

    BOTH: ClassVar = {"email": "one@a.example", "customer_id": "2"}

    def test_a_person_must_say_who_asks(self, engine, pair):
        request = taken(engine, identifiers=self.BOTH)
        assert request.subject_id not in pair
        with pytest.raises(Refused, match="several known people") as caught:
            engine.requests.verify_identity(request.id, level="account", how="x", actor="dpo")
        said = str(caught.value)
        merges = {f"govreg subject merge {a} {b}`" for a, b in (pair, pair[::-1])}
        assert any(words in said for words in merges)
        assert f"verify-identity {request.id} --how MEANS --subject sub_" in said
        assert "--subject new" in said
        with pytest.raises(Refused, match="is confirmed to `none`"):
            engine.requests.plan(request.id, actor="dpo")

    def test_one_of_them_is_chosen(self, engine, pair):
        assert confirmed(engine, self.BOTH, subject=pair[1]) == pair[1]

    def test_it_is_somebody_else(self, engine, pair):
        assert confirmed(engine, self.BOTH, subject="new") not in pair

    def test_they_are_merged_and_the_request_goes_on(self, engine, pair):
        request = taken(engine, identifiers=self.BOTH)
        with engine.store.write() as connection:
            merge(connection, *pair, actor="dpo", now=NOW)
        held = engine.requests.verify_identity(request.id, level="account", how="x", actor="dpo")
        assert held.subject_id == pair[0]  # the other one is its alias now

    def test_a_third_person_is_no_choice(self, engine, pair):
        third = confirmed(engine, {"customer_id": "9"})
        with pytest.raises(Refused, match="has none of the identifiers"):
            confirmed(engine, self.BOTH, subject=third)


def test_a_household_with_one_address_is_not_one_person(engine):
    """The address is known as somebody's who has another customer number."""
    one = confirmed(engine, {"email": "home@a.example", "customer_id": "1"})
    with pytest.raises(Refused, match="another number") as caught:
        confirmed(engine, {"email": "home@a.example", "customer_id": "2"})
    assert f"govreg subject show {one}" in str(caught.value)
    two = confirmed(engine, {"email": "home@a.example", "customer_id": "2"}, subject="new")
    assert two != one
    assert confirmed(engine, {"customer_id": "2"}) == two


def test_two_requests_that_were_open_together_are_one_persons(engine):
    """Both came before the person was known: the second joins the first on its confirmation."""
    requests = [taken(engine, kind=kind) for kind in ("access", "erasure")]
    people = {
        engine.requests.verify_identity(r.id, level="account", how="x", actor="dpo").subject_id
        for r in requests
    }
    assert len(people) == 1
    with pytest.raises(Refused, match="has not been answered"):
        engine.requests.plan(requests[1].id, actor="dpo")


def test_nothing_is_taken_in_from_before_the_law_was_there(tmp_path):
    build(tmp_path)
    with opened(tmp_path) as engine, pytest.raises(UsageProblem, match="hold on 2018-05-24"):
        engine.requests.open(
            kind="access",
            law="gdpr",
            identifiers={"email": "one@a.example"},
            actor="dpo",
            received_at=dt.datetime(2018, 5, 24, 12, tzinfo=dt.UTC),
        )
