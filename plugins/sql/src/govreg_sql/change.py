"""Carry a plan out: one transaction, every row locked and compared first.

    (1) the live schema must be the planned one
    (2) lock and read every planned row; a change whose rows are all in their final state is done
        `already`; of the others every row must be as it was when planned
    (3) execute the changes in order; each must affect exactly its rows
    (4) commit; when the answer to the commit is lost, the outcome is unknown

Rows are compared before any change, so that a plan never conflicts with itself.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
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
from govreg.connectors.record import Outcome, OutcomeKind, RowKey
from govreg.connectors.values import NotComparable
from govreg_sql.catalogue import Reader
from govreg_sql.faults import code_of
from govreg_sql.lookup import Conditions
from govreg_sql.rewrite import rewrite
from govreg_sql.shape import Shape
from govreg_sql.types import batches

_LOCK_SECONDS = 10
Rows = Mapping[RowKey, Mapping[str, Any]]


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
                for name, value in {**change.assign, **dict.fromkeys(change.each, "?")}.items()
            )
            statement = f"UPDATE {change.collection} SET {parts} {where}"  # noqa: S608 - only shown
        lines.append(Rendered(position=position, statement=statement, rows=len(change.rows)))
    return tuple(lines)


class Transaction:
    """One plan on its way."""

    def __init__(
        self, connection: sa.Connection, reader: Reader, plan: SourcePlan, journal: Journal
    ) -> None:
        self.connection, self.reader = connection, reader
        self.plan, self.journal = plan, journal
        self.dialect = reader.dialect
        self._position: int | None = None
        self._committing = False

    def carry_out(self) -> tuple[Outcome, ...]:
        """All of the plan, or nothing of it; one outcome for each change."""
        try:
            done = self._transaction()
        except _Refusal as refusal:
            self._roll_back()
            return self._only(refusal.position, refusal.kind, refusal.code)
        except sa.exc.DBAPIError as problem:
            code = code_of(problem)
            self._roll_back()
            return self._failed(code)
        except BaseException:
            self._roll_back()
            raise
        for position, change in enumerate(self.plan.changes):
            if done[position].kind is OutcomeKind.DONE:
                self._note(position, change, "committed")
        return done

    def _transaction(self) -> tuple[Outcome, ...]:
        # (1): the live schema
        if self._schema_moved():
            return self._all(OutcomeKind.REFUSED, "schema_moved")
        self._begin()
        # (2): every row, before any change
        shapes = {name: self._shape(name) for name in self.plan.collections}
        live = {name: self._locked(name, shapes[name]) for name in self.plan.collections}
        final = [
            _is_final(change, live[change.collection], Conditions(shape, self.dialect))
            for change in self.plan.changes
            for shape in (shapes[change.collection],)
        ]
        for position, change in enumerate(self.plan.changes):
            if not final[position]:
                _compare(position, change, live[change.collection])
        # (3): the changes, in order
        outcomes = []
        for position, change in enumerate(self.plan.changes):
            if final[position]:
                outcomes.append(Outcome(position=position, kind=OutcomeKind.ALREADY))
                continue
            outcomes.append(self._execute(position, change, shapes[change.collection]))
        # (4): from here on a lost connection leaves it open what was done
        self._committing = True
        self.connection.commit()
        return tuple(outcomes)

    def _schema_moved(self) -> bool:
        names = self.plan.collections
        moved = schema_hash(self.reader.part(names), names) != self.plan.schema_hash
        self.connection.rollback()
        return moved

    def _begin(self) -> None:
        self.connection.execution_options(govreg_begin="BEGIN IMMEDIATE")
        try:
            self.connection.begin()
        finally:
            self.connection.execution_options(govreg_begin="BEGIN")
        if self.dialect == "sqlite":
            self._say("PRAGMA defer_foreign_keys=ON")
        elif self.dialect == "postgresql":
            self._say(f"SET LOCAL lock_timeout = '{_LOCK_SECONDS}s'")
            self._say("SET CONSTRAINTS ALL DEFERRED")
        else:
            self._say(f"SET SESSION innodb_lock_wait_timeout = {_LOCK_SECONDS}")

    def _say(self, statement: str) -> None:
        self.connection.exec_driver_sql(statement)

    def _shape(self, collection: str) -> Shape:
        """The collection's shape; refused where its rows cannot be told apart."""
        changes = [change for change in self.plan.changes if change.collection == collection]
        first = self.plan.changes.index(changes[0])
        shape = self.reader.shape(collection)
        if shape is None:
            raise _Refusal(first, OutcomeKind.REFUSED, "no_table")
        for position, change in enumerate(self.plan.changes):
            if change.collection != collection:
                continue
            if not change.key or change.key != changes[0].key:
                raise _Refusal(position, OutcomeKind.REFUSED, "no_key")
            if {*change.key, *change.guard, *change.written} - shape.kinds.keys():
                raise _Refusal(position, OutcomeKind.REFUSED, "no_column")
            if not self._can_be_told(change, shape):
                raise _Refusal(position, OutcomeKind.REFUSED, "no_key")
        if not shape.transactional:
            raise _Refusal(first, OutcomeKind.REFUSED, "no_transactions")
        return shape

    def _can_be_told(self, change: Change, shape: Shape) -> bool:
        """Whether a row that is there is sure to be found; else it would be taken for gone."""
        conditions = Conditions(shape, self.dialect)
        return not any(shape.kinds[name].fleeting for name in change.key) and all(
            conditions.converted(change.key, [row]) for row in change.rows
        )

    def _locked(self, collection: str, shape: Shape) -> Rows:
        """The planned rows of a collection as they are now, locked, by key."""
        changes = [change for change in self.plan.changes if change.collection == collection]
        key = changes[0].key
        names = (*key, *(n for change in changes for n in (*change.guard, *change.written)))
        read = list(dict.fromkeys(names))
        keys = list(dict.fromkeys(row for change in changes for row in change.rows))
        kinds = {name: shape.kinds[name] for name in read}
        live: dict[RowKey, Mapping[str, Any]] = {}
        for condition in Conditions(shape, self.dialect).among(key, keys):
            query = sa.select(*(shape.table.c[name] for name in read)).where(condition)
            found = self.connection.execute(query.with_for_update()).fetchall()
            for part in batches(found, kinds):
                for row in part.to_pylist():
                    values = tuple(row[name] for name in key)
                    if values in live:  # a declared key that does not tell rows apart
                        first = self.plan.changes.index(changes[0])
                        raise _Refusal(first, OutcomeKind.REFUSED, "no_key")
                    live[values] = row
        return live

    def _execute(self, position: int, change: Change, shape: Shape) -> Outcome:
        self._position = position
        conditions = Conditions(shape, self.dialect)
        assign = self._assigned(position, change, conditions)
        self._note(position, change, "sent")
        if change.each:
            affected = self._rewritten(position, change, shape, assign)
            if affected != len(change.rows):
                raise _Refusal(position, OutcomeKind.CONFLICT, "other_count")
            return Outcome(position=position, kind=OutcomeKind.DONE, affected=affected)
        affected, wheres = 0, list(conditions.among(change.key, change.rows))
        deletes = change.kind is ChangeKind.DELETE
        for where in wheres:
            statement: sa.Delete | sa.Update = (
                sa.delete(shape.table) if deletes else sa.update(shape.table).values(assign)
            )
            affected += self.connection.execute(statement.where(where)).rowcount
        if deletes and affected < len(change.rows) and not self._left(shape, wheres):
            # rows of the plan that fell with others of the plan, over a link within the table
            affected = len(change.rows)
        if affected != len(change.rows):
            raise _Refusal(position, OutcomeKind.CONFLICT, "other_count")
        return Outcome(
            position=position,
            kind=OutcomeKind.DONE,
            affected=affected,
            disposition=shape.disposition if deletes else None,
        )

    def _rewritten(
        self, position: int, change: Change, shape: Shape, assign: Mapping[str, Any]
    ) -> int:
        try:
            return rewrite(self.connection, shape, Conditions(shape, self.dialect), change, assign)
        except NotComparable:
            raise _Refusal(position, OutcomeKind.REFUSED, "bad_value") from None

    def _assigned(
        self, position: int, change: Change, conditions: Conditions
    ) -> Mapping[str, Any]:
        try:
            return {
                name: conditions.value(name, value, written=True)
                for name, value in change.assign.items()
            }
        except NotComparable:
            raise _Refusal(position, OutcomeKind.REFUSED, "bad_value") from None

    def _left(self, shape: Shape, wheres: Sequence[Any]) -> int:
        count = sa.select(sa.func.count()).select_from(shape.table)
        return sum(self.connection.execute(count.where(where)).scalar_one() for where in wheres)

    def _note(self, position: int, change: Change, state: str) -> None:
        self.journal.note(position=position, collection=change.collection, state=state)

    def _roll_back(self) -> None:
        """Undo; a connection that is lost has undone it already."""
        try:
            self.connection.rollback()
        except sa.exc.DBAPIError:
            self.connection.invalidate()
            self.connection.rollback()

    # outcomes

    def _failed(self, code: str) -> tuple[Outcome, ...]:
        """A driver's error: refused, unless the answer to a commit was lost."""
        if self._committing and code in {"connection_lost", "failed", "timeout"}:
            return self._all(OutcomeKind.UNKNOWN, code)
        if self._position is None or self._committing or code == "connection_lost":
            return self._all(OutcomeKind.REFUSED, code)
        return self._only(self._position, OutcomeKind.REFUSED, code)

    def _only(self, at: int, kind: OutcomeKind, code: str) -> tuple[Outcome, ...]:
        return tuple(
            Outcome(position=position, kind=kind, code=code)
            if position == at
            else Outcome(position=position, kind=OutcomeKind.REFUSED, code="rolled_back")
            for position in range(len(self.plan.changes))
        )

    def _all(self, kind: OutcomeKind, code: str | None) -> tuple[Outcome, ...]:
        return tuple(
            Outcome(position=position, kind=kind, code=code)
            for position in range(len(self.plan.changes))
        )


def _is_final(change: Change, live: Rows, conditions: Conditions) -> bool:
    """Whether every row of a change is in its final state already."""
    if change.kind is ChangeKind.DELETE:
        return not any(row in live for row in change.rows)
    return all(
        _is_same(conditions, name, live[row][name], value)
        for row, values in change.new_values()
        if row in live
        for name, value in values.items()
    )


def _is_same(conditions: Conditions, name: str, held: Any, wanted: Any) -> bool:
    """Whether a column holds a new value, which the column may write in another form."""
    try:
        made = conditions.value(name, wanted, written=True)
        return bool(conditions.value(name, held) == made)
    except NotComparable:
        return False


def _compare(position: int, change: Change, live: Rows) -> None:
    for key, planned in zip(change.rows, change.fingerprints, strict=True):
        row = live.get(key)
        if row is None:
            raise _Refusal(position, OutcomeKind.CONFLICT, "row_gone")
        if fingerprint([row[name] for name in change.guard]) != planned:
            raise _Refusal(position, OutcomeKind.CONFLICT, "row_changed")
