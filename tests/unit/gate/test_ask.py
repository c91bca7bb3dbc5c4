"""Questions to the sources: each hit is checked again, every gap is named."""

from __future__ import annotations

import sqlite3

import pytest
from tests.journeys.test_traps import build
from tests.journeys.workspace import opened, rows_found, verified

from govreg.gate.ask import Asker
from govreg.gate.scope import Cap, CapCode, Limits, Step, StepCode


@pytest.fixture
def ask(tmp_path):
    build(tmp_path)
    with opened(tmp_path) as engine, engine.parts.border.visit() as visit:
        yield Asker(visit, engine.parts.kinds, Limits(fan_out=1))


def test_a_look_up_answers_by_identifier_and_collection(ask):
    wanted = ask.kinds.identifier("email", "ONE@A.example")
    (hits,) = ask.look_up([wanted]).items()
    assert hits[0] == wanted
    assert [row["id"] for row in hits[1]["shop.people"]] == [1]
    assert ask.searched["shop.people"] == {
        Step(code=StepCode.BY, collection="shop.people", through="email"): None
    }


def test_a_fan_out_that_is_hit_is_named(ask):
    tickets = ask.register.collection("shop.tickets")
    step = Step(code=StepCode.OVER, collection="shop.tickets", through="agent")
    found = ask.rows(tickets, ("agent_id",), [(9,)], step)
    assert len(found) == 1
    assert list(ask.caps) == [
        Cap(code=CapCode.FAN_OUT, number=1, collection="shop.tickets", step=step)
    ]


def test_rows_without_key_are_told_apart_by_their_values(ask):
    assert ask.key("shop.gone", {"a": 1}) != ask.key("shop.gone", {"a": 2})
    assert ask.key("shop.gone", {"a": 1}) == ask.key("shop.gone", {"a": 1})
    assert ask.key("shop.people", {"id": 1, "email": "x"}) == (1,)
    assert not ask.is_person("shop.visits")


def test_a_column_that_is_gone_is_named_and_the_rest_is_found(tmp_path):
    build(tmp_path)
    with sqlite3.connect(tmp_path / "shop.db") as database:
        database.execute("ALTER TABLE people DROP COLUMN name")
    database.close()
    with opened(tmp_path) as engine:
        request = verified(engine, "access", {"email": "one@a.example"})
        plan = engine.requests.plan(request, actor="dpo")
    assert rows_found(plan)["shop.people"] == 1
    assert plan["not_searched"]


def test_a_table_that_is_gone_is_named(tmp_path):
    build(tmp_path)
    with sqlite3.connect(tmp_path / "shop.db") as database:
        database.execute("DROP TABLE visits")
    database.close()
    with opened(tmp_path) as engine:
        request = verified(engine, "access", {"email": "one@a.example"})
        plan = engine.requests.plan(request, actor="dpo")
    assert "shop.visits" in {n["place"] for n in plan["not_searched"]}
