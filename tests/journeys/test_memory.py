"""The whole journey over the contract alone: no database, no file, only the connector."""

from __future__ import annotations

import pyarrow as pa
import pytest
from tests.journeys.workspace import (
    GONE,
    confirmed_plan,
    erased,
    make,
    opened,
    rows_found,
    verified,
)

from govreg.register.catalogue import ForeignKey
from govreg.testing.memory_connector import MemoryConnector, Table

SOURCE = """\
govreg_source: 1
source: m
title: Memory
connector: memory
config: {}
owner: O
collections:
  people:
    key: [id]
    subject: customer
    fields:
      id: {category: user.unique_id, identifier: customer_id, activities: [orders]}
      email: {category: user.contact.email, identifier: email, activities: [orders]}
  orders:
    key: [id]
    links: [{fields: [person], to: people, role: owns}]
    fields:
      id: {category: none}
      person: {category: user.unique_id, activities: [orders]}
      note: {category: user.content, activities: [orders]}
"""


@pytest.fixture
def memory():
    return MemoryConnector(
        {
            "people": Table(
                columns={"id": pa.int64(), "email": pa.string()},
                key=("id",),
                rows=[{"id": 1, "email": "One@a.example"}, {"id": 2, "email": "two@a.example"}],
            ),
            "orders": Table(
                columns={"id": pa.int64(), "person": pa.int64(), "note": pa.string()},
                key=("id",),
                rows=[{"id": n, "person": 1 + n % 2, "note": f"note {n}"} for n in range(1, 7)],
            ),
        },
        foreign_keys=[
            ForeignKey(
                name=None,
                collection="orders",
                fields=("person",),
                to_collection="people",
                to_fields=("id",),
            )
        ],
    )


@pytest.fixture
def engine(tmp_path, memory):
    make(tmp_path, {"m": SOURCE})
    with opened(tmp_path, connectors={"memory": memory}) as made:
        yield made


def test_access_and_erasure(engine, memory):
    access = verified(engine, "access", {"email": "one@a.example"})
    assert rows_found(engine.requests.plan(access, actor="dpo")) == {"m.people": 1, "m.orders": 3}
    list(engine.requests.run(access, actor="dpo"))
    assert engine.requests.get(access).outcome == "complete"
    engine.requests.deliver(access, channel="mail", actor="dpo")
    request = erased(engine, {"email": "one@a.example"})
    assert engine.requests.get(request).outcome == "complete"
    assert memory.tables["people"].rows == [{"id": 2, "email": "two@a.example"}]
    assert [row["id"] for row in memory.tables["orders"].rows] == [1, 3, 5]


@pytest.mark.parametrize(("truth", "outcome"), [("committed", "complete"), ("lost", "failed")])
def test_an_answer_that_was_lost_is_told_by_reading_again(engine, memory, truth, outcome):
    request = verified(engine, "erasure", {"email": "one@a.example"}, GONE)
    confirmed_plan(engine, request)
    engine.requests.approve(request, actor="second")
    memory.faults.lose_answer = truth
    list(engine.requests.run(request, actor="dpo"))
    assert engine.requests.get(request).outcome == outcome
    memory.faults.lose_answer = None
    if outcome == "failed":
        list(engine.requests.run(request, actor="dpo"))
    assert engine.requests.get(request).outcome == "complete"
    assert len(memory.tables["people"].rows) == 1


@pytest.mark.parametrize("at", [0, 1])
def test_a_refusal_at_any_change_leaves_everything_and_can_be_resumed(engine, memory, at):
    request = verified(engine, "erasure", {"email": "one@a.example"}, GONE)
    confirmed_plan(engine, request)
    engine.requests.approve(request, actor="second")
    memory.faults.fail_at = at
    list(engine.requests.run(request, actor="dpo"))
    assert engine.requests.get(request).outcome == "failed"
    assert (len(memory.tables["people"].rows), len(memory.tables["orders"].rows)) == (2, 6)
    memory.faults.fail_at = None
    list(engine.requests.run(request, actor="dpo"))
    assert engine.requests.get(request).outcome == "complete"


def test_a_source_that_goes_away_before_the_reread_leaves_it_unverifiable(engine, memory):
    request = verified(engine, "erasure", {"email": "one@a.example"}, GONE)
    confirmed_plan(engine, request)
    engine.requests.approve(request, actor="second")
    for step in engine.requests.run(request, actor="dpo"):
        if step.name == "settle":
            memory.faults.unreachable = True
    assert engine.requests.get(request).outcome == "unverifiable"
    memory.faults.unreachable = False
    list(engine.requests.run(request, actor="dpo"))
    assert engine.requests.get(request).outcome == "complete"


def test_an_unreadable_collection_is_named_and_nothing_is_called_complete(engine, memory):
    memory.faults.unreadable = frozenset({"orders"})
    request = verified(engine, "access", {"email": "one@a.example"})
    plan = engine.requests.plan(request, actor="dpo")
    assert plan["not_searched"] == [{"place": "m.orders", "code": "unreadable"}]
    list(engine.requests.run(request, actor="dpo"))
    assert engine.requests.get(request).outcome == "partial"


def test_an_update_that_is_undone_is_failed(tmp_path, memory):
    memory.tables["people"].undo = lambda old, _new: old
    source = SOURCE.replace(
        "    subject: customer\n",
        "    subject: customer\n    on_erase: blank\n    triggers_reviewed: [undo_people]\n",
    )
    make(tmp_path, {"m": source})
    with opened(tmp_path, connectors={"memory": memory}) as engine:
        request = erased(engine, {"email": "one@a.example"})
        assert engine.requests.get(request).outcome == "failed"
