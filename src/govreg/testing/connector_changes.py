# ruff: noqa: S101, ARG002 - the laws are tests: they assert, and ask for fixtures by name
"""The laws of changing a source; part of `ConnectorConformance`, which has the fixtures."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import pytest

from govreg.connectors.interface import Session
from govreg.connectors.plan import Change, ChangeKind, SourcePlan, fingerprint, schema_hash
from govreg.connectors.record import (
    Op,
    Outcome,
    OutcomeKind,
    RemainderKind,
    RowKey,
    VerdictKind,
)
from govreg.errors import GovregError
from govreg.testing.connector_world import (
    CANARY,
    Lack,
    TableSpec,
    World,
    multiset,
    opened,
    rows_of,
    said,
)

Tables = Mapping[str, TableSpec]


@dataclass(slots=True)
class Notes:
    """A journal in memory."""

    written: list[tuple[int, str, str]] = field(default_factory=list)

    def note(self, *, position: int, collection: str, state: str, code: str | None = None) -> None:
        """Keep a note; see `Journal`."""
        assert code is None or CANARY not in code
        self.written.append((position, collection, state))


def planned(session: Session, *changes: Change) -> SourcePlan:
    """A plan bound to the live schema."""
    names = list(dict.fromkeys(change.collection for change in changes))
    return SourcePlan(
        source="tested", schema_hash=schema_hash(session.discover(), names), changes=changes
    )


def change(
    session: Session,
    collection: str,
    keys: Sequence[RowKey],
    assign: Mapping[str, Any] | None = None,
    *,
    each: Mapping[str, Sequence[Any]] | None = None,
) -> Change:
    """A change of some rows as they are now: an update, or without new values a deletion."""
    facts = session.discover().collections[collection]
    guard = tuple(facts.columns)
    rows = rows_of(session.follow(collection, facts.key, keys, columns=guard))
    return Change(
        collection=collection,
        key=facts.key,
        kind=ChangeKind.DELETE if assign is None and each is None else ChangeKind.UPDATE,
        rows=tuple(tuple(row[name] for name in facts.key) for row in rows),
        fingerprints=tuple(fingerprint([row[name] for name in guard]) for row in rows),
        guard=guard,
        assign=assign or {},
        each={name: tuple(held) for name, held in (each or {}).items()},
    )


class ChangeLaws:
    """Exactly the planned rows change, or none."""

    def test_rendering_writes_nothing_and_shows_no_value(
        self, world: World, session: Session, tables: Tables
    ) -> None:
        """A plan can be read by people before it is carried out."""
        plan = planned(
            session,
            change(session, "people", [(1,), (2,)], {"name": CANARY}),
            change(session, "orders", [(3,)]),
        )
        shown = session.render(plan)
        assert [(one.position, one.rows) for one in shown] == [(0, 2), (1, 1)]
        text = "\n".join(one.statement for one in shown)
        assert CANARY not in text
        assert "ada@example.org" not in text.lower()
        assert "people" in text
        _unchanged(world, tables)

    def test_deletion_removes_the_planned_rows_only(
        self, world: World, session: Session, tables: Tables
    ) -> None:
        """Every other row of every collection is as it was."""
        outcomes, notes = _applied(session, change(session, "people", [(1,), (4,)]))
        assert _kinds(outcomes) == ["done"]
        assert outcomes[0].affected == 2  # noqa: PLR2004 - the two planned rows
        assert outcomes[0].disposition in session.capabilities("people").dispositions
        assert {position for position, _, _ in notes.written} == {0}
        left = [r for r in tables["people"].rows if str(r["id"]) not in {"1", "4"}]
        _unchanged(world, {**tables, "people": replace(tables["people"], rows=left)})

    def test_rows_are_given_values_of_their_own(
        self, world: World, session: Session, tables: Tables
    ) -> None:
        """Each row its own: what a field is sealed with differs from row to row."""
        plan = change(session, "people", [(2,), (5,)], {"phone": "0"}, each={"name": ["ä'1", "b"]})
        own = dict(zip((str(row[0]) for row in plan.rows), ["ä'1", "b"], strict=True))
        outcomes, _ = _applied(session, plan)
        assert _kinds(outcomes) == ["done"]
        assert outcomes[0].affected == len(own)
        rows = [
            {**r, "name": own[str(r["id"])], "phone": "0"} if str(r["id"]) in own else r
            for r in tables["people"].rows
        ]
        _unchanged(world, {**tables, "people": replace(tables["people"], rows=rows)})
        again, _ = _applied(session, plan)
        assert _kinds(again) == ["already"]

    def test_update_changes_the_planned_cells_only(
        self, world: World, session: Session, tables: Tables, lacks: frozenset[Lack]
    ) -> None:
        """Every other cell is as it was."""
        assign = {"name": "erased", "phone": "" if Lack.MISSING in lacks else None}
        outcomes, _ = _applied(session, change(session, "people", [(2,), (5,)], assign))
        assert _kinds(outcomes) == ["done"]
        wanted = {**assign, "phone": None}
        rows = [
            {**r, **wanted} if str(r["id"]) in {"2", "5"} else r for r in tables["people"].rows
        ]
        _unchanged(world, {**tables, "people": replace(tables["people"], rows=rows)})

    def test_update_and_deletion_of_the_same_row(
        self, world: World, session: Session, tables: Tables
    ) -> None:
        """A plan is compared with the rows before any of its own changes."""
        outcomes, _ = _applied(
            session,
            change(session, "people", [(1,), (2,)], {"name": "erased"}),
            change(session, "people", [(2,), (3,)]),
        )
        assert _kinds(outcomes) == ["done", "done"]
        rows = [
            {**row, "name": "erased"} if str(row["id"]) == "1" else row
            for row in tables["people"].rows
            if str(row["id"]) not in {"2", "3"}
        ]
        _unchanged(world, {**tables, "people": replace(tables["people"], rows=rows)})

    def test_key_of_two_fields(self, world: World, session: Session, tables: Tables) -> None:
        """Parts of a key that other rows share touch no other row."""
        outcomes, _ = _applied(session, change(session, "lines", [(1, "11"), (11, "1")]))
        assert _kinds(outcomes) == ["done"]
        gone = {("1", "11"), ("11", "1")}
        left = [r for r in tables["lines"].rows if (str(r["order_no"]), r["line"]) not in gone]
        _unchanged(world, {**tables, "lines": replace(tables["lines"], rows=left)})

    def test_a_second_run_is_already_done(
        self, world: World, session: Session, tables: Tables
    ) -> None:
        """Carrying the same plan out again changes nothing and is no conflict."""
        plan = planned(
            session,
            change(session, "people", [(1,)], {"name": "erased"}),
            change(session, "orders", [(3,), (4,)]),
        )
        assert _kinds(session.apply(plan, Notes())) == ["done", "done"]
        after = [multiset(world.read_raw(name)) for name in tables]
        with opened(world) as other:
            assert _kinds(other.apply(plan, Notes())) == ["already", "already"]
        assert [multiset(world.read_raw(name)) for name in tables] == after

    def test_a_value_of_another_kind_is_already_done_too(
        self, world: World, session: Session
    ) -> None:
        """A number for a column of texts becomes its text, and is known again."""
        plan = planned(session, change(session, "people", [(1,)], {"name": 1907}))
        assert _kinds(session.apply(plan, Notes())) == ["done"]
        names = {str(row["id"]): row["name"] for row in world.read_raw("people")}
        assert names["1"] == "1907"
        with opened(world) as other:
            assert _kinds(other.apply(plan, Notes())) == ["already"]

    @pytest.mark.parametrize("meanwhile", ["changed", "gone"])
    def test_a_row_that_moved_is_a_conflict(
        self, world: World, session: Session, tables: Tables, meanwhile: str
    ) -> None:
        """When a planned row is not as it was, nothing of the plan is carried out."""
        plan = planned(
            session,
            change(session, "people", [(1,), (2,)], {"name": "erased"}),
            change(session, "people", [(4,), (5,)]),
        )
        with opened(world) as other:
            step = {"name": "another"} if meanwhile == "changed" else None
            assert _kinds(_applied(other, change(other, "people", [(4,)], step))[0]) == ["done"]
        before = [multiset(world.read_raw(name)) for name in tables]
        outcomes = session.apply(plan, Notes())
        assert OutcomeKind.CONFLICT in {outcome.kind for outcome in outcomes}
        assert not {OutcomeKind.DONE, OutcomeKind.ALREADY} & {o.kind for o in outcomes}
        assert [multiset(world.read_raw(name)) for name in tables] == before

    def test_a_conflict_in_one_collection_undoes_the_other(
        self, world: World, session: Session, tables: Tables, lacks: frozenset[Lack]
    ) -> None:
        """Collections of a source change together, where the source can."""
        plan = planned(
            session,
            change(session, "orders", [(1,), (2,)]),
            change(session, "people", [(1,)], {"name": "erased"}),
        )
        with opened(world) as other:
            _applied(other, change(other, "people", [(1,)], {"name": "another"}))
        before = multiset(world.read_raw("orders"))
        outcomes = session.apply(plan, Notes())
        assert outcomes[1].kind is OutcomeKind.CONFLICT
        if Lack.ALL_OR_NOTHING not in lacks:
            assert outcomes[0].kind is OutcomeKind.REFUSED
            assert outcomes[0].code == "rolled_back"
            assert multiset(world.read_raw("orders")) == before

    def test_another_schema_is_refused(
        self, world: World, session: Session, tables: Tables
    ) -> None:
        """A plan for a schema that is not the live one is not carried out."""
        plan = planned(session, change(session, "people", [(1,)]))
        outcomes = session.apply(replace(plan, schema_hash="0" * 64), Notes())
        assert [(o.kind, o.code) for o in outcomes] == [(OutcomeKind.REFUSED, "schema_moved")]
        columns = {**tables["people"].columns, "added": tables["people"].columns["email"]}
        rows = [{**row, "added": None} for row in tables["people"].rows]
        world.load({"people": replace(tables["people"], columns=columns, rows=rows)})
        with opened(world) as other:
            outcomes = other.apply(plan, Notes())
        assert [(o.kind, o.code) for o in outcomes] == [(OutcomeKind.REFUSED, "schema_moved")]
        assert len(world.read_raw("people")) == len(rows)

    def test_without_a_key_nothing_changes(
        self, world: World, session: Session, tables: Tables
    ) -> None:
        """A collection whose rows cannot be told apart is never changed."""
        if not session.discover().collections["loose"].key:
            delete = Change(
                collection="loose",
                key=(),
                kind=ChangeKind.DELETE,
                rows=((),),
                fingerprints=(fingerprint(["twice"]),),
                guard=("word",),
                assign={},
            )
            outcomes, _ = _applied(session, delete)
            assert _kinds(outcomes) == ["refused"]
        _unchanged(world, tables)

    def test_verify_tells_present_from_gone(
        self, world: World, session: Session, tables: Tables
    ) -> None:
        """A verdict for each asked row, in order, true to the source."""
        asked: list[RowKey] = [(4,), (1,), (9999,), (CANARY,), (1,)]
        verdicts = session.verify("people", ["id"], asked)
        here, gone = VerdictKind.PRESENT, VerdictKind.GONE
        assert verdicts == (here, here, gone, gone, here)
        outcomes, _ = _applied(session, change(session, "people", [(1,)]))
        assert outcomes[0].affected == 1
        with opened(world) as other:
            verdicts = other.verify("people", ["id"], asked)
        assert verdicts[0] is here
        assert here not in verdicts[1:]

    def test_cleaning_keeps_every_row(
        self, world: World, session: Session, tables: Tables
    ) -> None:
        """Clearing old bytes is said by kind and in words, and changes nothing that is there."""
        cleaning = session.clean(["people", "orders"])
        assert all(isinstance(word, str) for word in cleaning.done)
        for left in cleaning.remains:
            assert isinstance(left.kind, RemainderKind)
            assert left.text
            assert left.collection in {None, "people", "orders"}
        _unchanged(world, tables)
        assert session.count("people").value == len(tables["people"].rows)

    def test_a_refused_value_is_in_no_error(
        self, world: World, session: Session, tables: Tables, lacks: frozenset[Lack]
    ) -> None:
        """A value that the source cannot take is refused without being repeated."""
        if Lack.INTEGER in lacks:
            return
        plan = planned(session, change(session, "people", [(1,)], {"age": CANARY}))
        try:
            outcomes: Sequence[Outcome] = session.apply(plan, Notes())
        except GovregError as problem:
            assert CANARY not in said(problem)  # noqa: PT017 - an outcome is allowed, too
        else:
            assert CANARY not in repr(outcomes)
            assert _kinds(outcomes) == ["refused"]
        _unchanged(world, tables)

    def test_changes_are_declared(self, session: Session) -> None:
        """What the laws change is declared."""
        assert {Op.UPDATE, Op.DELETE} <= session.capabilities("people").ops


def _applied(session: Session, *changes: Change) -> tuple[Sequence[Outcome], Notes]:
    notes = Notes()
    outcomes = session.apply(planned(session, *changes), notes)
    assert [outcome.position for outcome in outcomes] == list(range(len(changes)))
    return outcomes, notes


def _kinds(outcomes: Sequence[Outcome]) -> list[str]:
    return [str(outcome.kind) for outcome in outcomes]


def _unchanged(world: World, tables: Tables) -> None:
    for name, table in tables.items():
        assert multiset(world.read_raw(name)) == multiset(table.rows), name
