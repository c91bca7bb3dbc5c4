"""A plan comes back out of its paper as it went in."""

from __future__ import annotations

import datetime as dt
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.journeys.test_traps import build
from tests.journeys.workspace import opened, verified
from tests.unit.connectors.test_values import VALUES

from govreg.connectors.plan import Change, ChangeKind, SourcePlan
from govreg.erasure.model import Cause, ErasurePlan, Fate, RowAction, RowPlan
from govreg.errors import IntegrityProblem, NotFound
from govreg.gate.scope import Memory, Relation, Remembered, Scope
from govreg.requests.papers import (
    identifiers_of,
    identifiers_paper,
    learned_paper,
    memory_of,
    plan_of,
    plan_paper,
    read,
    staying_of,
    write,
)
from govreg.requests.tables import request_paper
from govreg.subjects.identifier import Identifier

WORDS = st.text(max_size=8)
KEYS = st.lists(VALUES, min_size=1, max_size=2).map(tuple)
CAUSES = st.builds(
    Cause,
    fate=st.sampled_from(Fate),
    code=WORDS,
    rules=st.lists(WORDS, max_size=2).map(tuple),
    text=WORDS,
    until=st.none() | st.dates(),
    confidence=st.none() | WORDS,
    adopted_by=st.none() | WORDS,
    purpose=st.none() | WORDS,
    missing=st.lists(WORDS, max_size=2).map(tuple),
)
ROWS = st.builds(
    RowPlan,
    collection=WORDS,
    key=KEYS,
    action=st.sampled_from(RowAction),
    causes=st.dictionaries(WORDS, CAUSES, max_size=2),
    assign=st.dictionaries(WORDS, VALUES, max_size=2),
)
CHANGES = st.builds(
    Change,
    collection=WORDS,
    key=st.just(("id",)),
    kind=st.sampled_from(ChangeKind),
    rows=st.lists(KEYS, max_size=2).map(tuple),
    fingerprints=st.lists(WORDS, max_size=2).map(tuple),
    guard=st.lists(WORDS, max_size=2).map(tuple),
    assign=st.dictionaries(WORDS, VALUES, max_size=2),
)
SOURCES = st.builds(
    SourcePlan, source=WORDS, schema_hash=WORDS, changes=st.lists(CHANGES, max_size=2).map(tuple)
)
PLANS = st.builds(
    ErasurePlan,
    rows=st.lists(ROWS, max_size=3).map(tuple),
    sources=st.lists(SOURCES, max_size=2).map(tuple),
    notes=st.lists(WORDS, max_size=2).map(tuple),
)


@given(plan=PLANS, key=KEYS)
def test_a_plan_comes_back(plan, key):
    mine = Identifier(kind="email", value="one@a.example")
    paper = json.loads(json.dumps(plan_paper(plan, [mine], [("shop.people", key)])))
    assert plan_of(paper) == plan
    assert identifiers_of(paper) == (mine,)
    assert staying_of(paper) == {("shop.people", key)}


@given(st.lists(KEYS, max_size=4, unique=True))
def test_what_was_learned_comes_back_once(keys):
    rows = [
        Remembered(
            collection="s.c",
            key=key,
            relation=Relation.OWN,
            own_fields=("f",),
            rests_on=frozenset({"c1", "c2"}),
            mark="held",
        )
        for key in keys
    ]
    mine = Identifier(kind="email", value="one@a.example")
    before = Memory(rows=(*rows, *rows), identifiers={mine: frozenset({"c1"})})
    memory = memory_of(json.loads(json.dumps(learned_paper(before, Scope(rows={})))))
    assert len(memory.rows) == len(dict.fromkeys(keys))
    assert set(memory.rows) == set(rows)
    assert memory.identifiers == before.identifiers


def test_what_an_earlier_version_learned_is_read():
    paper = {
        "v": 1,
        "identifiers": [["email", "one@a.example"]],
        "rows": [["s.c", [["int", "1"]], "own", []]],
    }
    memory = memory_of(paper)
    assert memory.rows == (Remembered(collection="s.c", key=(1,), relation=Relation.OWN),)
    assert list(memory.identifiers.values()) == [frozenset()]


def test_a_paper_opens_under_its_own_name_and_request_only(tmp_path):
    build(tmp_path)
    with opened(tmp_path) as engine:
        parts = engine.parts
        one, two = (
            verified(engine, "access", {"email": f"{n}@a.example"}) for n in ("one", "two")
        )
        paper = identifiers_paper([Identifier(kind="email", value="new@a.example")])
        with engine.store.write() as connection:
            key = parts.request_key(connection, one)
            place = {"workspace": parts.workspace_id, "request_id": one}
            at = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)
            first = write(connection, key, **place, name="x", paper=paper, at=at)
            assert write(connection, key, **place, name="x", paper=paper, at=at) == first
            assert read(connection, key, **place, name="x") == paper
            with pytest.raises(NotFound, match="no y yet"):
                read(connection, key, **place, name="y")
            other = parts.request_key(connection, two)
            with pytest.raises(IntegrityProblem):
                read(connection, other, **place, name="x")


def test_an_earlier_paper_put_back_from_a_copy_is_refused(tmp_path):
    build(tmp_path)
    with opened(tmp_path) as engine:
        request = verified(engine, "access", {"email": "one@a.example"})
        place = {"workspace": engine.parts.workspace_id, "request_id": request, "name": "x"}
        at = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)
        with engine.store.write() as connection:
            key = engine.parts.request_key(connection, request)
            write(connection, key, **place, paper={"v": 1}, at=at)
            mine = (request_paper.c.request_id == request) & (request_paper.c.name == "x")
            old = connection.execute(request_paper.select().where(mine)).one().sealed
            write(connection, key, **place, paper={"v": 2}, at=at)
            connection.execute(request_paper.update().where(mine).values(sealed=old))
            with pytest.raises(IntegrityProblem) as caught:
                read(connection, key, **place)
    assert caught.value.code == "paper_changed"


def test_half_a_character_as_broken_sources_hold_it_is_kept(tmp_path):
    build(tmp_path)
    with opened(tmp_path) as engine:
        request = verified(engine, "access", {"email": "one@a.example"})
        place = {"workspace": engine.parts.workspace_id, "request_id": request, "name": "x"}
        paper = {"v": 1, "words": ["a\ud83d"]}
        with engine.store.write() as connection:
            key = engine.parts.request_key(connection, request)
            write(connection, key, **place, paper=paper, at=dt.datetime(2026, 1, 1, tzinfo=dt.UTC))
            assert read(connection, key, **place) == paper
