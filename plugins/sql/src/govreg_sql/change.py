"""Carry a plan out: one transaction, every row locked and compared first.

    (1) the live schema must be the planned one
    (2) lock and read every planned row; compare fingerprints; a difference is a conflict
    (3) execute the changes in order; each must affect exactly its rows
    (4) commit; when the answer to the commit is lost, the outcome is unknown

A plan whose rows are all in their final state is `already`, so that a second run is harmless.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa

from govreg.connectors.plan import (
    Change,
    ChangeKind,
    Journal,
    Rendered,
    SourcePlan,
    fingerprint,
    schema_hash,
)
from govreg.connectors.record import Disposition, Outcome, OutcomeKind, RowKey
from govreg.connectors.values import canonical
from govreg_sql.catalogue import Reader, Shape
from govreg_sql.faults import code_of
from govreg_sql.lookup import among, chunks, converted_keys
from govreg_sql.types import batch


class _Refusal(Exception):
    """Carries an outcome out of a transaction."""

    def __init__(self, position: int, kind: OutcomeKind, code: str) -> None:
        super().__init__(code)
        self.position, self.kind, self.code = position, kind, code


def rendered(plan: SourcePlan) -> tuple[Rendered, ...]:
    """The statements of a plan, values as placeholders."""
    lines = []
    for position, change in enumerate(plan.changes):
        where = f"WHERE ({', '.join(change.key)}) IN ({len(change.rows)} keys)"
        if change.kind is ChangeKind.DELETE:
            statement = f"DELETE FROM {change.collection} {where}"  # noqa: S608 - only shown
        else:
            parts = ", ".join(
                f"{name} = {'NULL' if value is None else '?'}"
                for name, value in change.assign.items()
            )
            statement = f"UPDATE {change.collection} SET {parts} {where}"  # noqa: S608 - only shown
        lines.append(Rendered(position=position, statement=statement, rows=len(change.rows)))
    return tuple(lines)


def apply(
    connection: sa.Connection, reader: Reader, plan: SourcePlan, journal: Journal
) -> tuple[Outcome, ...]:
    """Carry a plan out, all of it or nothing of it; one outcome for each change."""
    committing = False
    try:
        if schema_hash(reader.catalogue(), plan.collections) != plan.schema_hash:
            return _all(plan, OutcomeKind.REFUSED, "schema_moved")
        connection.rollback()
        _begin(connection, reader.dialect)
        done = _changed(connection, reader, plan, journal)
        committing = True
        connection.commit()
    except _Refusal as refusal:
        _rollback(connection)
        return _rolled_back(plan, refusal)
    except sa.exc.DBAPIError as problem:
        code = code_of(problem)
        _rollback(connection)
        if committing and not code.startswith("constraint"):
            return _all(plan, OutcomeKind.UNKNOWN, code)
        return _all(plan, OutcomeKind.REFUSED, code)
    finally:
        connection.execution_options(govreg_begin="BEGIN")
    for position, change in enumerate(plan.changes):
        journal.note(position=position, collection=change.collection, state="committed")
    return done


def _changed(
    connection: sa.Connection, reader: Reader, plan: SourcePlan, journal: Journal
) -> tuple[Outcome, ...]:
    live = {name: _locked(connection, reader, plan, name) for name in plan.collections}
    if all(_final(change, live[change.collection]) for change in plan.changes):
        return _all(plan, OutcomeKind.ALREADY, None)
    for position, change in enumerate(plan.changes):
        _compare(position, change, live[change.collection])
    outcomes = []
    for position, change in enumerate(plan.changes):
        journal.note(position=position, collection=change.collection, state="sent")
        affected = _execute(connection, reader.shape(change.collection), change, reader.dialect)
        if affected != len(change.rows):
            raise _Refusal(position, OutcomeKind.CONFLICT, "other_count")
        deleted = change.kind is ChangeKind.DELETE
        outcomes.append(
            Outcome(
                position=position,
                kind=OutcomeKind.DONE,
                affected=affected,
                disposition=Disposition.PERMANENT if deleted else None,
            )
        )
    return tuple(outcomes)


def _locked(
    connection: sa.Connection, reader: Reader, plan: SourcePlan, collection: str
) -> Mapping[RowKey, Mapping[str, Any]]:
    """The planned rows of a collection as they are now, locked, by key."""
    changes = [change for change in plan.changes if change.collection == collection]
    key = changes[0].key
    if not key:
        raise _Refusal(plan.changes.index(changes[0]), OutcomeKind.REFUSED, "no_key")
    shape = reader.shape(collection)
    read = list(dict.fromkeys((*key, *(n for c in changes for n in (*c.guard, *c.assign)))))
    missing = [name for name in read if name not in shape.kinds]
    if missing:
        raise _Refusal(plan.changes.index(changes[0]), OutcomeKind.REFUSED, "no_column")
    keys = list(dict.fromkeys(row for change in changes for row in change.rows))
    kinds = {name: shape.kinds[name] for name in read}
    live: dict[RowKey, Mapping[str, Any]] = {}
    columns = [shape.table.c[name] for name in key]
    wanted = converted_keys(keys, [shape.kinds[name] for name in key])
    for part in chunks(wanted, len(key), reader.dialect):
        query = sa.select(*(shape.table.c[name] for name in read)).where(among(columns, part))
        rows = connection.execute(query.with_for_update()).fetchall()
        for row in batch(rows, kinds).to_pylist():
            live[tuple(row[name] for name in key)] = row
    return live


def _final(change: Change, live: Mapping[RowKey, Mapping[str, Any]]) -> bool:
    """Whether every row of a change is in its final state already."""
    if change.kind is ChangeKind.DELETE:
        return not any(row in live for row in change.rows)
    return all(
        row not in live
        or all(
            canonical(live[row][name]) == canonical(value) for name, value in change.assign.items()
        )
        for row in change.rows
    )


def _compare(position: int, change: Change, live: Mapping[RowKey, Mapping[str, Any]]) -> None:
    for row, planned in zip(change.rows, change.fingerprints, strict=True):
        held = live.get(row)
        if held is None:
            raise _Refusal(position, OutcomeKind.CONFLICT, "row_gone")
        if fingerprint([held[name] for name in change.guard]) != planned:
            raise _Refusal(position, OutcomeKind.CONFLICT, "row_changed")


def _execute(connection: sa.Connection, shape: Shape, change: Change, dialect: str) -> int:
    columns = [shape.table.c[name] for name in change.key]
    wanted = converted_keys(change.rows, [shape.kinds[name] for name in change.key])
    affected = 0
    for part in chunks(wanted, len(change.key), dialect):
        statement: sa.Delete | sa.Update = sa.delete(shape.table)
        if change.kind is ChangeKind.UPDATE:
            statement = sa.update(shape.table).values(dict(change.assign))
        affected += connection.execute(statement.where(among(columns, part))).rowcount
    return affected


def _begin(connection: sa.Connection, dialect: str) -> None:
    connection.execution_options(govreg_begin="BEGIN IMMEDIATE").begin()
    if dialect == "sqlite":
        connection.execute(sa.text("PRAGMA defer_foreign_keys=ON"))
    elif dialect == "postgresql":
        connection.execute(sa.text("SET CONSTRAINTS ALL DEFERRED"))


def _rollback(connection: sa.Connection) -> None:
    if connection.in_transaction() and not connection.invalidated:
        connection.rollback()


def _rolled_back(plan: SourcePlan, refusal: _Refusal) -> tuple[Outcome, ...]:
    return tuple(
        Outcome(position=position, kind=refusal.kind, code=refusal.code)
        if position == refusal.position
        else Outcome(position=position, kind=OutcomeKind.REFUSED, code="rolled_back")
        for position in range(len(plan.changes))
    )


def _all(plan: SourcePlan, kind: OutcomeKind, code: str | None) -> tuple[Outcome, ...]:
    return tuple(
        Outcome(position=position, kind=kind, code=code) for position in range(len(plan.changes))
    )
