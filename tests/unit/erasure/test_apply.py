"""After a crash a plan goes on with what is left, whatever type the source keeps a value in."""

from __future__ import annotations

import sqlite3

import pytest
from tests.journeys.test_traps import build
from tests.journeys.workspace import opened

from govreg.connectors.plan import Change, ChangeKind, SourcePlan
from govreg.connectors.record import Outcome, OutcomeKind
from govreg.erasure.apply import SourceResult, remaining, result_note, unsettled


def change(kind, *rows, assign=None, collection="visits"):
    return Change(
        collection=collection,
        key=("id",),
        kind=kind,
        rows=rows,
        fingerprints=tuple(f"f{row[0]}" for row in rows),
        guard=("id",),
        assign=assign or {},
    )


@pytest.fixture
def left(tmp_path):
    build(tmp_path)

    def rest(*changes):
        plan = SourcePlan(source="shop", schema_hash="h", changes=changes)
        with opened(tmp_path) as engine, engine.parts.border.visit() as visit:
            return remaining(visit, engine.register, plan).changes

    return rest


def test_rows_that_are_gone_are_left_out_with_their_fingerprints(left):
    (one,) = left(change(ChangeKind.DELETE, (1,), (77,)))
    assert one.rows == ((1,),)
    assert one.fingerprints == ("f1",)
    assert left(change(ChangeKind.DELETE, (77,))) == ()


def test_rows_that_hold_their_new_value_are_left_out(left, tmp_path):
    update = change(ChangeKind.UPDATE, (1,), (2,), assign={"person_id": "2"})
    (one,) = left(update)
    assert one.rows == ((1,),)
    with sqlite3.connect(tmp_path / "shop.db") as database:
        database.execute("UPDATE visits SET person_id = 2")
    database.close()
    assert left(update) == ()


def test_a_row_that_was_nulled_and_then_deleted_is_done(left):
    nulled = change(ChangeKind.UPDATE, (77,), assign={"person_id": None})
    assert left(nulled, change(ChangeKind.DELETE, (77,))) == ()
    assert len(left(nulled)) == 1


def test_a_result_names_the_cause_and_not_its_consequences():
    result = SourceResult(
        source="shop",
        done=False,
        outcomes=(
            Outcome(position=0, kind=OutcomeKind.REFUSED, code="rolled_back"),
            Outcome(position=1, kind=OutcomeKind.CONFLICT, code="changed"),
        ),
    )
    assert result.code == "changed"
    note = result_note(result)
    assert unsettled({"shop": note, "crm": {"done": True}}) == {"shop": "changed"}
