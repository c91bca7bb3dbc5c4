"""An open database: discover, look up, count, change, verify."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, Self

import pyarrow as pa
import sqlalchemy as sa
from sqlalchemy.sql.elements import ColumnElement

from govreg.connectors.plan import Journal, Rendered, SourcePlan
from govreg.connectors.record import (
    Capabilities,
    Cleaning,
    Count,
    Health,
    Op,
    Outcome,
    Page,
    RowKey,
    VerdictKind,
)
from govreg.errors import SourceProblem
from govreg.register.catalogue import Catalogue, Fold
from govreg_sql.catalogue import Reader
from govreg_sql.change import Transaction, rendered
from govreg_sql.clean import clean
from govreg_sql.faults import asked, fault
from govreg_sql.lookup import Conditions
from govreg_sql.paging import from_mark, keyless, keyset, mark, place, written
from govreg_sql.shape import Shape
from govreg_sql.system import borrowed_letters
from govreg_sql.types import Kind, batches, one_batch

_PAGE_ROWS = 10_000


class SqlSession:
    """One connection for reading and changing; a question inside another one gets a second."""

    def __init__(
        self,
        *,
        engine: sa.Engine,
        connection: sa.Connection,
        source: str,
        schemas: tuple[str, ...],
    ) -> None:
        self.engine, self.connection, self.source = engine, connection, source
        self.schemas = schemas
        self.reader = Reader(connection, schemas)
        self.dialect = self.reader.dialect
        self._catalogue: Catalogue | None = None
        self._shapes: dict[str, Shape] = {}
        self._letters: tuple[str | None] | None = None
        self._reading = False

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exc: object) -> None:
        self.connection.close()
        self.engine.dispose()

    def check(self) -> Health:
        """Name the product and version."""
        dialect = self.connection.dialect
        product = "mariadb" if getattr(dialect, "is_mariadb", False) else dialect.name
        version = ".".join(str(part) for part in dialect.server_version_info or ())
        with self._free() as connection:
            asked(lambda: connection.execute(sa.select(1)).scalar_one(), self.source)
        return Health(product=product, version=version)

    def discover(self) -> Catalogue:
        """Read the live schema, once for the session."""
        if self._catalogue is None:
            with self._free_reader() as reader:
                self._catalogue = asked(reader.catalogue, self.source)
        return self._catalogue

    def capabilities(self, collection: str) -> Capabilities:
        """Everything; changes only where there is a key and a way back."""
        shape = self._shape(collection)
        ops = {Op.SAMPLE, Op.SCAN, Op.COUNT, Op.FIND, Op.FOLLOW}
        if shape.key and shape.transactional:
            ops |= {Op.UPDATE, Op.DELETE}
        return Capabilities(ops=frozenset(ops), dispositions=(shape.disposition,))

    def sample(self, collection: str, rows: int) -> pa.RecordBatch:
        """The first rows in key order."""
        shape, conditions = self._asked(collection, ())
        query = sa.select(*shape.table.c).limit(rows)
        query = query.order_by(*(conditions.comparable(name) for name in shape.key))
        return one_batch(self._fetched(collection, query), shape.kinds)

    def scan(
        self,
        collection: str,
        columns: Sequence[str],
        *,
        cursor: str | None = None,
        batch_rows: int = _PAGE_ROWS,
    ) -> Iterator[Page]:
        """Every row by keyset pages; rows without a key in one pass that cannot be resumed."""
        shape, conditions = self._asked(collection, columns)
        if not shape.key:
            query = sa.select(*(shape.table.c[name] for name in columns))
            yield from self._pages(collection, query, _kinds(shape, columns), batch_rows)
            return
        read = list(dict.fromkeys((*columns, *shape.key)))
        after, unkeyed = from_mark(cursor), keyless(shape, columns)
        while True:
            query = keyset(shape, conditions, read, after).limit(batch_rows + 1)
            found = self._fetched(collection, query)
            more = len(found) > batch_rows
            if (
                not more
                and unkeyed is not None
                and not self._fetched(collection, unkeyed.limit(1))
            ):
                unkeyed = None
            parts = batches(found[:batch_rows], _kinds(shape, read)) if found else []
            end = 0
            for part in parts:
                end += part.num_rows
                last = part.slice(part.num_rows - 1).to_pylist()[0]
                after = place(shape, conditions, found[end - 1], last)
                resumable = more or unkeyed is not None or part is not parts[-1]
                yield Page(
                    batch=part.select(list(columns)), cursor=mark(after) if resumable else None
                )
            if not more:
                break
        if unkeyed is not None:
            yield from self._pages(collection, unkeyed, _kinds(shape, columns), batch_rows)

    def count(self, collection: str) -> Count:
        """Counted, not estimated."""
        shape, _ = self._asked(collection, ())
        return Count(value=self._counted(collection, shape, sa.true()), exact=True)

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
        shape, conditions = self._asked(collection, [field, *columns])
        for condition in conditions.matching(field, wanted, fold):
            query = sa.select(*(shape.table.c[name] for name in columns)).where(condition)
            yield from self._pages(collection, query, _kinds(shape, columns))

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
        shape, conditions = self._asked(collection, [*fields, *columns])
        left = limit
        for condition in conditions.among(fields, keys):
            query = sa.select(*(shape.table.c[name] for name in columns)).where(condition)
            limited = query if left is None else query.limit(left)
            for page in self._pages(collection, limited, _kinds(shape, columns)):
                left = None if left is None else left - page.batch.num_rows
                yield page
            if left is not None and left <= 0:
                return

    def tally(self, collection: str, fields: Sequence[str], keys: Sequence[RowKey]) -> int:
        """How many rows `follow` would give."""
        shape, conditions = self._asked(collection, fields)
        return sum(
            self._counted(collection, shape, condition)
            for condition in conditions.among(fields, keys)
        )

    def render(self, plan: SourcePlan) -> tuple[Rendered, ...]:
        """The statements, with placeholders."""
        return rendered(plan)

    def apply(self, plan: SourcePlan, journal: Journal) -> tuple[Outcome, ...]:
        """All of the plan in one transaction, or nothing of it."""
        self._end()
        self.reader.forget()
        self._shapes.clear()
        self._catalogue = None
        return Transaction(self.connection, self.reader, plan, journal).carry_out()

    def verify(
        self, collection: str, key: Sequence[str], rows: Sequence[RowKey]
    ) -> tuple[VerdictKind, ...]:
        """For each row, whether it is still there."""
        shape, _ = self._asked(collection, key)
        live = {
            tuple(row[name] for name in key)
            for page in self.follow(collection, key, rows, columns=key)
            for row in page.batch.to_pylist()
        }
        kinds = [shape.kinds[name] for name in key]
        unseen = VerdictKind.UNKNOWN if any(kind.fleeting for kind in kinds) else VerdictKind.GONE
        return tuple(VerdictKind.PRESENT if live & written(row, kinds) else unseen for row in rows)

    def clean(self, collections: Sequence[str]) -> Cleaning:
        """Clear old row versions from the database's own files, as far as allowed."""
        self._end()
        reflection = self.reader.reflection
        return asked(
            lambda: clean(self.engine, self.connection, reflection, collections), self.source
        )

    def _asked(self, collection: str, columns: Sequence[str]) -> tuple[Shape, Conditions]:
        """A table that has the columns."""
        shape = self._shape(collection)
        for name in columns:
            if name not in shape.kinds:
                raise SourceProblem(
                    "no_column",
                    f"there is no column `{name}`",
                    source=self.source,
                    collection=collection,
                )
        return shape, Conditions(shape, self.dialect, letters=self._collation())

    def _shape(self, collection: str) -> Shape:
        if collection not in self._shapes:
            with self._free_reader() as reader:
                shape = asked(lambda: reader.shape(collection), self.source, collection)
            if shape is not None:
                self._shapes[collection] = shape
        shape = self._shapes.get(collection)
        if shape is None:
            raise SourceProblem(
                "no_table", "the table is not there", source=self.source, collection=collection
            )
        return shape

    def _collation(self) -> str | None:
        if self._letters is None:
            with self._free() as connection:
                found = asked(lambda: borrowed_letters(connection, self.dialect), self.source)
            self._letters = (found,)
        return self._letters[0]

    def _pages(
        self,
        collection: str,
        query: sa.Select[Any],
        kinds: Mapping[str, Kind],
        rows: int = _PAGE_ROWS,
    ) -> Iterator[Page]:
        with self._free() as connection:
            said: SourceProblem | None = None
            try:
                with connection.execute(query.execution_options(yield_per=rows)) as result:
                    for part in result.partitions(rows):
                        yield from (Page(batch=made) for made in batches(part, kinds))
            except sa.exc.DBAPIError as problem:
                said = fault(problem, self.source, collection=collection)
            if said is not None:
                raise said

    def _counted(self, collection: str, shape: Shape, condition: ColumnElement[bool]) -> int:
        query = sa.select(sa.func.count()).select_from(shape.table).where(condition)
        return int(self._fetched(collection, query)[0][0])

    def _fetched(self, collection: str, query: sa.Select[Any]) -> Sequence[sa.Row[Any]]:
        with self._free() as connection:
            return asked(lambda: connection.execute(query).fetchall(), self.source, collection)

    @contextmanager
    def _free(self) -> Iterator[sa.Connection]:
        """The session's connection, or a second one while the first is still being read from."""
        if self._reading:
            with asked(self.engine.connect, self.source) as second:
                yield second
            return
        self._reading = True
        try:
            yield self.connection
        finally:
            self._reading = False
            self._end()

    @contextmanager
    def _free_reader(self) -> Iterator[Reader]:
        """The session's reader, or another one while the connection is still being read from."""
        with self._free() as connection:
            own = connection is self.connection
            yield self.reader if own else Reader(connection, self.schemas)

    def _end(self) -> None:
        """End the reading transaction, so that nothing is held between questions."""
        if self.connection.in_transaction():
            asked(self.connection.rollback, self.source)


def _kinds(shape: Shape, columns: Sequence[str]) -> Mapping[str, Kind]:
    return {name: shape.kinds[name] for name in columns}
