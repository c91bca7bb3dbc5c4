"""A plan is made by one, approved by another, for exactly what both read."""

from __future__ import annotations

import pytest
from tests.journeys.test_traps import build, rows
from tests.journeys.workspace import GONE, confirmed_plan, opened, verified

from govreg.errors import Blocked, Conflict, Refused
from govreg.requests.erase import plan_hash


@pytest.fixture
def engine(tmp_path):
    build(tmp_path)
    with opened(tmp_path) as made:
        yield made


def test_nobody_approves_their_own_plan(engine):
    request = verified(engine, "erasure", {"email": "one@a.example"}, GONE)
    confirmed_plan(engine, request)
    for actor in ("dpo", "engineer", "nobody"):
        with pytest.raises(Refused):
            engine.requests.approve(request, actor=actor)
    engine.requests.approve(request, actor="second")


def test_an_approval_is_for_the_plan_that_was_read(engine):
    request = verified(engine, "erasure", {"email": "one@a.example"}, GONE)
    plan = confirmed_plan(engine, request)
    with pytest.raises(Conflict):
        engine.requests.approve(request, actor="second", wanted="0" * 64)
    engine.requests.approve(request, actor="second", wanted=plan["plan_hash"])


def test_a_fact_stated_later_voids_plan_and_approval(engine):
    request = verified(engine, "erasure", {"email": "one@a.example"}, GONE)
    confirmed_plan(engine, request)
    engine.requests.approve(request, actor="second")
    engine.requests.state_facts(request, {"person.relationship_ended": False}, actor="dpo")
    with pytest.raises(Refused):
        list(engine.requests.run(request, actor="dpo"))


def test_what_is_not_known_blocks_and_is_asked_for(engine):
    request = verified(engine, "erasure", {"email": "one@a.example"})
    plan = confirmed_plan(engine, request)
    assert {b["code"] for b in plan["blockers"]} == {"undecided"}
    assert any("--fact" in b["way_out"] for b in plan["blockers"])
    with pytest.raises(Blocked):
        engine.requests.approve(request, actor="second")


def test_planning_writes_nothing_and_shows_no_value(engine, tmp_path):
    before = rows(tmp_path, "SELECT * FROM people")
    request = verified(engine, "erasure", {"email": "one@a.example"}, GONE)
    plan = confirmed_plan(engine, request)
    assert rows(tmp_path, "SELECT * FROM people") == before
    assert "one@a.example" not in str(plan)
    assert plan["statements"]


def test_an_access_answer_that_is_owed_comes_first(engine):
    verified(engine, "access", {"email": "one@a.example"})
    request = verified(engine, "erasure", {"email": "one@a.example"}, GONE)
    with pytest.raises(Refused, match="has not been answered"):
        engine.requests.plan(request, actor="dpo")


def test_the_hash_covers_both_papers():
    assert plan_hash("a", "b") != plan_hash("a", "c")
    assert plan_hash("a", "b") != plan_hash("b", "a")


def test_an_access_answer_that_comes_to_be_owed_after_approval_comes_first(engine, tmp_path):
    before = rows(tmp_path, "SELECT * FROM people")
    request = verified(engine, "erasure", {"email": "one@a.example"}, GONE)
    confirmed_plan(engine, request)
    engine.requests.approve(request, actor="second")
    verified(engine, "access", {"email": "one@a.example"})
    with pytest.raises(Refused, match="has not been answered"):
        list(engine.requests.run(request, actor="dpo"))
    assert engine.requests.get(request).state == "approved"
    assert rows(tmp_path, "SELECT * FROM people") == before
