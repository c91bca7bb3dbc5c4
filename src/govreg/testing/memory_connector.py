"""A source in memory that keeps the whole contract: for journeys, and to learn the contract from.

Faults are asked for by name: `unreachable`, `unreadable` collections, `fail_at` a change,
`lose_answer` of a commit, and triggers that undo an update behind everybody's back.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass, field
from typing import Any, ClassVar, Self

import pyarrow as pa

from govreg.connectors.interface import ConnectorConfig, Context
from govreg.connectors.plan import (
    Change,
    ChangeKind,
    Journal,
    Rendered,
    SourcePlan,
    fingerprint,
    schema_hash,
)
from govreg.connectors.record import (
    Capabilities,
    Cleaning,
    Count,
    Disposition,
    Health,
    Op,
    Outcome,
    OutcomeKind,
    Page,
    RowKey,
    VerdictKind,
)
from govreg.connectors.values import NotComparable, coerced
from govreg.errors import SourceProblem
from govreg.register.catalogue import (
    Catalogue,
    CollectionFacts,
    ColumnFacts,
    Fold,
    ForeignKey,
    Trigger,
)
from govreg.subjects.identifier import folded

Row = dict[str, Any]


@dataclass(slots=True, kw_only=True)
class Table:
    """A collection: columns with types, a key, rows."""

    columns: Mapping[str, pa.DataType]
    key: tuple[str, ...] = ()
    rows: list[Row] = field(default_factory=list)
    required: frozenset[str] = frozenset()
    """Columns that must not be null."""
    unique: frozenset[str] = frozenset()
    undo: Callable[[Row, Row], Row] | None = None
    """A trigger: from the old and the new row to the row that is kept."""


@dataclass(slots=True, kw_only=True)
class Faults:
    """What is to go wrong."""

    unreachable: bool = False
    unreadable: frozenset[str] = frozenset()
    fail_at: int | None = None
    """The change at which the source refuses; everything rolls back."""
    lose_answer: str | None = None
    """`committed` or `lost`: the answer to the commit does not come, and what was true."""


class MemoryConfig(ConnectorConfig):
    """Settings of a source with this connector."""

    note: str | None = None
    """For people; it changes nothing."""


class MemoryConnector:
    """A source whose tables live as long as the connector."""

    Config: ClassVar[type[ConnectorConfig]] = MemoryConfig
    api_version: ClassVar[int] = 1

    def __init__(
        self, tables: Mapping[str, Table], *, foreign_keys: Sequence[ForeignKey] = ()
    ) -> None:
        self.tables = dict(tables)
        self.foreign_keys = tuple(foreign_keys)
        self.faults = Faults()

    def open(self, config: ConnectorConfig, context: Context) -> MemorySession:
        """Open the source; see the connector contract."""
        del config
        if self.faults.unreachable:
            raise SourceProblem("unreachable", "it cannot be reached", source=context.source)
        return MemorySession(self, context.source)


class MemorySession:
    """One look at the tables."""

    def __init__(self, connector: MemoryConnector, source: str) -> None:
        self.connector, self.source = connector, source

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exc: object) -> None:
        """Nothing is held."""

    def check(self) -> Health:
        """Name itself."""
        return Health(product="memory", version="1")

    def discover(self) -> Catalogue:
        """Every table; unreadable ones with their code."""
        readable = {
            name: table
            for name, table in self.connector.tables.items()
            if name not in self.connector.faults.unreadable
        }
        return Catalogue(
            collections={name: _facts(name, table) for name, table in readable.items()},
            foreign_keys=self.connector.foreign_keys,
            triggers=tuple(
                Trigger(name=f"undo_{name}", collection=name, event="update")
                for name, table in readable.items()
                if table.undo is not None
            ),
            unreadable=dict.fromkeys(sorted(self.connector.faults.unreadable), "unreadable"),
        )

    def capabilities(self, collection: str) -> Capabilities:
        """Everything; changes only where there is a key."""
        ops = set(Op)
        if not self._table(collection).key:
            ops -= {Op.UPDATE, Op.DELETE}
        return Capabilities(ops=frozenset(ops))

    def sample(self, collection: str, rows: int) -> pa.RecordBatch:
        """The first rows."""
        table = self._table(collection)
        return _batch(table, list(table.columns), table.rows[:rows])

    def scan(
        self,
        collection: str,
        columns: Sequence[str],
        *,
        cursor: str | None = None,
        batch_rows: int = 10_000,
    ) -> Iterator[Page]:
        """Every row; a cursor is the number of rows read."""
        table = self._table(collection, columns)
        for start in range(int(cursor or 0), len(table.rows), batch_rows):
            end = start + batch_rows
            yield Page(
                batch=_batch(table, columns, table.rows[start:end]),
                cursor=str(end) if end < len(table.rows) else None,
            )

    def count(self, collection: str) -> Count:
        """Counted."""
        return Count(value=len(self._table(collection).rows), exact=True)

    def find(
        self,
        collection: str,
        field: str,
        wanted: Sequence[str],
        *,
        fold: Fold,
        columns: Sequence[str],
    ) -> Iterator[Page]:
        """Rows whose field equals one of the wanted texts under the fold."""
        table, texts = self._table(collection, [field, *columns]), set(wanted)
        found = [
            row
            for row in table.rows
            if row[field] is not None and folded(str(row[field]), fold) in texts
        ]
        if found:
            yield Page(batch=_batch(table, columns, found))

    def follow(
        self,
        collection: str,
        fields: Sequence[str],
        keys: Sequence[RowKey],
        *,
        columns: Sequence[str],
        limit: int | None = None,
    ) -> Iterator[Page]:
        """Rows whose fields equal one of the keys, after type conversion."""
        table = self._table(collection, [*fields, *columns])
        wanted = _converted(table, fields, keys)
        found = [row for row in table.rows if tuple(row[name] for name in fields) in wanted]
        if found:
            yield Page(batch=_batch(table, columns, found[:limit]))

    def tally(self, collection: str, fields: Sequence[str], keys: Sequence[RowKey]) -> int:
        """How many rows `follow` would give."""
        pages = self.follow(collection, fields, keys, columns=list(fields))
        return sum(page.batch.num_rows for page in pages)

    def render(self, plan: SourcePlan) -> tuple[Rendered, ...]:
        """What will be done, without values."""
        return tuple(
            Rendered(
                position=position,
                statement=f"{change.kind} {change.collection} {', '.join(change.assign)}".strip(),
                rows=len(change.rows),
            )
            for position, change in enumerate(plan.changes)
        )

    def apply(self, plan: SourcePlan, journal: Journal) -> tuple[Outcome, ...]:
        """All of the plan, or nothing of it."""
        faults = self.connector.faults
        before = deepcopy({name: t.rows for name, t in self.connector.tables.items()})
        outcomes = self._applied(plan, journal)
        failed = [o for o in outcomes if o.kind not in {OutcomeKind.DONE, OutcomeKind.ALREADY}]
        if failed or faults.lose_answer == "lost":
            for name, rows in before.items():
                self.connector.tables[name].rows[:] = rows
        if not failed and faults.lose_answer is not None:
            return _all(plan, OutcomeKind.UNKNOWN, "connection_lost")
        return outcomes

    def _applied(self, plan: SourcePlan, journal: Journal) -> tuple[Outcome, ...]:
        if schema_hash(self.discover(), plan.collections) != plan.schema_hash:
            return _all(plan, OutcomeKind.REFUSED, "schema_moved")
        if all(self._final(change) for change in plan.changes):
            return _all(plan, OutcomeKind.ALREADY, None)
        for position, change in enumerate(plan.changes):
            cause = self._compared(change)
            if cause is not None:
                return _stopped(plan, position, *cause)
        for position, change in enumerate(plan.changes):
            journal.note(position=position, collection=change.collection, state="sent")
            if self.connector.faults.fail_at == position:
                return _stopped(plan, position, OutcomeKind.REFUSED, "fault")
            cause = self._execute(change)
            if cause is not None:
                return _stopped(plan, position, *cause)
        return tuple(
            Outcome(
                position=position,
                kind=OutcomeKind.DONE,
                affected=len(change.rows),
                disposition=Disposition.PERMANENT if change.kind is ChangeKind.DELETE else None,
            )
            for position, change in enumerate(plan.changes)
        )

    def _compared(self, change: Change) -> tuple[OutcomeKind, str] | None:
        table = self._table(change.collection)
        if not table.key and not change.key:
            return OutcomeKind.REFUSED, "no_key"
        live = self._live(change)
        for row, mark in zip(change.rows, change.fingerprints, strict=True):
            if row not in live:
                return OutcomeKind.CONFLICT, "row_gone"
            if fingerprint([live[row][name] for name in change.guard]) != mark:
                return OutcomeKind.CONFLICT, "row_changed"
        return None

    def _execute(self, change: Change) -> tuple[OutcomeKind, str] | None:
        table, rows = self._table(change.collection), set(change.rows)
        if change.kind is ChangeKind.DELETE:
            table.rows[:] = [r for r in table.rows if tuple(r[n] for n in change.key) not in rows]
            return None
        new_values: dict[RowKey, Row] = {}
        for key, values in change.new_values():
            for name, value in values.items():
                if value is None and name in table.required:
                    return OutcomeKind.REFUSED, f"constraint:{name}"
                try:
                    new_values.setdefault(key, {})[name] = coerced(value, table.columns[name])
                except NotComparable:
                    return OutcomeKind.REFUSED, "bad_value"
        for at, row in enumerate(table.rows):
            key = tuple(row[name] for name in change.key)
            if key in rows:
                new = {**row, **new_values.get(key, {})}
                table.rows[at] = table.undo(row, new) if table.undo else new
        return None

    def _live(self, change: Change) -> dict[RowKey, Row]:
        return {
            tuple(row[name] for name in change.key): row
            for row in self._table(change.collection).rows
        }

    def _final(self, change: Change) -> bool:
        live = self._live(change)
        if change.kind is ChangeKind.DELETE:
            return not any(row in live for row in change.rows)
        kinds = self._table(change.collection).columns
        return all(
            row not in live or all(_is_same(live[row][n], v, kinds[n]) for n, v in values.items())
            for row, values in change.new_values()
        )

    def verify(
        self, collection: str, key: Sequence[str], rows: Sequence[RowKey]
    ) -> tuple[VerdictKind, ...]:
        """For each row, whether it is still there."""
        table = self._table(collection)
        live = {tuple(row[name] for name in key) for row in table.rows}
        return tuple(
            VerdictKind.PRESENT if _converted(table, key, [row]) & live else VerdictKind.GONE
            for row in rows
        )

    def clean(self, collections: Sequence[str]) -> Cleaning:
        """Memory keeps nothing."""
        return Cleaning(done=tuple(f"forgot {name}" for name in collections))

    def _table(self, collection: str, columns: Sequence[str] = ()) -> Table:
        at, of = self.source, collection
        table = self.connector.tables.get(collection)
        if table is None:
            raise SourceProblem("no_table", "it is not there", source=at, collection=of)
        if collection in self.connector.faults.unreadable:
            raise SourceProblem("unreadable", "it cannot be read", source=at, collection=of)
        for name in columns:
            if name not in table.columns:
                words = f"there is no column `{name}`"
                raise SourceProblem("no_column", words, source=at, collection=of)
        return table


def _facts(name: str, table: Table) -> CollectionFacts:
    return CollectionFacts(
        name=name,
        columns={
            column: ColumnFacts(
                name=column,
                type=kind,
                source_type=str(kind),
                nullable=column not in table.required | set(table.key),
                unique=column in table.unique or table.key == (column,),
                indexed=frozenset(Fold),
            )
            for column, kind in table.columns.items()
        },
        key=table.key,
    )


def _batch(table: Table, columns: Sequence[str], rows: Sequence[Row]) -> pa.RecordBatch:
    arrays = [pa.array([row[n] for row in rows], type=table.columns[n]) for n in columns]
    return pa.RecordBatch.from_arrays(arrays, names=list(columns))


def _converted(table: Table, fields: Sequence[str], keys: Sequence[RowKey]) -> set[RowKey]:
    kinds = [table.columns[name] for name in fields]
    done: set[RowKey] = set()
    for key in keys:
        try:
            made = tuple(coerced(part, kind) for part, kind in zip(key, kinds, strict=True))
        except NotComparable:
            continue
        if None not in made:
            done.add(made)
    return done


def _is_same(held: Any, wanted: Any, kind: pa.DataType) -> bool:
    """Whether a column holds a new value, which it may write in another form."""
    try:
        return bool(held == coerced(wanted, kind))
    except NotComparable:
        return False


def _stopped(plan: SourcePlan, at: int, kind: OutcomeKind, code: str) -> tuple[Outcome, ...]:
    return tuple(
        Outcome(position=position, kind=kind, code=code)
        if position == at
        else Outcome(position=position, kind=OutcomeKind.REFUSED, code="rolled_back")
        for position in range(len(plan.changes))
    )


def _all(plan: SourcePlan, kind: OutcomeKind, code: str | None) -> tuple[Outcome, ...]:
    return tuple(Outcome(position=at, kind=kind, code=code) for at in range(len(plan.changes)))
