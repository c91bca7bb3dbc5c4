"""An open database: discover, look up, count, change, verify."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from typing import Any, Self

import pyarrow as pa
import sqlalchemy as sa

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
from govreg.connectors.values import canonical, from_canonical
from govreg.errors import SourceProblem
from govreg.register.catalogue import Catalogue, Fold
from govreg_sql.catalogue import Reader, Shape
from govreg_sql.change import apply, rendered
from govreg_sql.clean import clean
from govreg_sql.faults import fault
from govreg_sql.lookup import among, chunks, converted_keys, matching
from govreg_sql.types import batch

_PAGE_ROWS = 10_000


class SqlSession:
    """One connection for reading; a change takes a transaction on the same one."""

    def __init__(
        self,
        *,
        engine: sa.Engine,
        connection: sa.Connection,
        source: str,
        schemas: tuple[str, ...],
    ) -> None:
        self.engine, self.connection, self.source = engine, connection, source
        self.reader = Reader(connection, schemas)
        self.dialect = self.reader.dialect
        self._catalogue: Catalogue | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exc: object) -> None:
        self.connection.close()
        self.engine.dispose()

    def check(self) -> Health:
        """Name the product and version."""
        version = ".".join(str(part) for part in self.connection.dialect.server_version_info or ())
        return Health(product=self.connection.dialect.name, version=version)

    def discover(self) -> Catalogue:
        """Read the live schema, once for the session."""
        if self._catalogue is None:
            try:
                self._catalogue = self.reader.catalogue()
            except sa.exc.DBAPIError as problem:
                raise fault(problem, self.source) from None
            finally:
                self._end()
        return self._catalogue

    def capabilities(self, collection: str) -> Capabilities:
        """Everything; changes only where there is a key."""
        ops = {Op.SAMPLE, Op.SCAN, Op.COUNT, Op.FIND, Op.FOLLOW}
        if self._shape(collection).key:
            ops |= {Op.UPDATE, Op.DELETE}
        return Capabilities(ops=frozenset(ops))

    def sample(self, collection: str, rows: int) -> pa.RecordBatch:
        """The first rows in key order."""
        shape = self._shape(collection)
        columns = list(shape.kinds)
        query = sa.select(*(shape.table.c[name] for name in columns)).limit(rows)
        query = query.order_by(*(shape.table.c[name] for name in shape.key))
        pages = list(self._pages(collection, shape, query, columns))
        return pages[0].batch if pages else batch([], shape.kinds)

    def scan(
        self,
        collection: str,
        columns: Sequence[str],
        *,
        cursor: str | None = None,
        batch_rows: int = _PAGE_ROWS,
    ) -> Iterator[Page]:
        """Every row by keyset pages; without a key one pass that cannot be resumed."""
        shape = self._shape(collection)
        if not shape.key:
            query = sa.select(*(self._column(shape, collection, name) for name in columns))
            yield from self._pages(collection, shape, query, columns, batch_rows)
            return
        after = tuple(from_canonical(part) for part in json.loads(cursor)) if cursor else None
        read = list(dict.fromkeys((*columns, *shape.key)))
        while True:
            page = self._keyset(collection, shape, read, after, batch_rows)
            if page.num_rows == 0:
                return
            last = page.slice(page.num_rows - 1).to_pylist()[0]
            after = tuple(last[name] for name in shape.key)
            more = page.num_rows == batch_rows
            mark = json.dumps([canonical(part) for part in after])
            yield Page(batch=page.select(list(columns)), cursor=mark if more else None)
            if not more:
                return

    def _keyset(
        self,
        collection: str,
        shape: Shape,
        columns: Sequence[str],
        after: RowKey | None,
        rows: int,
    ) -> pa.RecordBatch:
        keys = [shape.table.c[name] for name in shape.key]
        query = sa.select(*(self._column(shape, collection, name) for name in columns))
        query = query.order_by(*keys).limit(rows)
        if after is not None:
            query = query.where(keys[0] > after[0] if len(keys) == 1 else sa.tuple_(*keys) > after)
        pages = list(self._pages(collection, shape, query, columns, rows))
        kinds = {name: shape.kinds[name] for name in columns}
        return pages[0].batch if pages else batch([], kinds)

    def count(self, collection: str) -> Count:
        """Counted, not estimated."""
        shape = self._shape(collection)
        query = sa.select(sa.func.count()).select_from(shape.table)
        return Count(value=self._scalar(collection, query), exact=True)

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
        shape = self._shape(collection)
        if not wanted:
            return
        condition = matching(
            self._column(shape, collection, field),
            wanted,
            fold,
            kind=shape.kinds[field],
            dialect=self.dialect,
            form=shape.forms.get(field),
        )
        query = sa.select(*(self._column(shape, collection, name) for name in columns))
        yield from self._pages(collection, shape, query.where(condition), columns)

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
        shape = self._shape(collection)
        left = limit
        for condition in self._among(collection, shape, fields, keys):
            query = sa.select(*(self._column(shape, collection, name) for name in columns))
            query = query.where(condition)
            for page in self._pages(
                collection, shape, query if left is None else query.limit(left), columns
            ):
                yield page
                if left is not None:
                    left -= page.batch.num_rows
            if left is not None and left <= 0:
                return

    def tally(self, collection: str, fields: Sequence[str], keys: Sequence[RowKey]) -> int:
        """How many rows `follow` would give."""
        shape = self._shape(collection)
        return sum(
            self._scalar(
                collection, sa.select(sa.func.count()).select_from(shape.table).where(condition)
            )
            for condition in self._among(collection, shape, fields, keys)
        )

    def _among(
        self, collection: str, shape: Shape, fields: Sequence[str], keys: Sequence[RowKey]
    ) -> Iterator[Any]:
        columns = [self._column(shape, collection, name) for name in fields]
        wanted = converted_keys(keys, [shape.kinds[name] for name in fields])
        for part in chunks(wanted, len(fields), self.dialect):
            yield among(columns, part)

    def render(self, plan: SourcePlan) -> tuple[Rendered, ...]:
        """The statements, with placeholders."""
        return rendered(plan)

    def apply(self, plan: SourcePlan, journal: Journal) -> tuple[Outcome, ...]:
        """All of the plan in one transaction, or nothing of it."""
        self._end()
        self.reader.forget()
        self._catalogue = None
        return apply(self.connection, self.reader, plan, journal)

    def verify(
        self, collection: str, key: Sequence[str], rows: Sequence[RowKey]
    ) -> tuple[VerdictKind, ...]:
        """For each row, whether it is still there."""
        shape = self._shape(collection)
        kinds = [shape.kinds[name] for name in key]
        live = {
            tuple(row[name] for name in key)
            for page in self.follow(collection, key, rows, columns=key)
            for row in page.batch.to_pylist()
        }
        return tuple(
            VerdictKind.PRESENT
            if any(one in live for one in converted_keys([row], kinds))
            else VerdictKind.GONE
            for row in rows
        )

    def clean(self, collections: Sequence[str]) -> Cleaning:
        """Clear old row versions from the database's own files, as far as allowed."""
        self._end()
        return clean(self.engine, self.connection, self.reader, collections)

    def _shape(self, collection: str) -> Shape:
        try:
            return self.reader.shape(collection)
        except sa.exc.NoSuchTableError:
            raise SourceProblem(
                "no_table", "the table is not there", source=self.source, collection=collection
            ) from None
        except sa.exc.DBAPIError as problem:
            raise fault(problem, self.source, collection=collection) from None

    def _column(self, shape: Shape, collection: str, name: str) -> sa.Column[Any]:
        if name not in shape.kinds:
            raise SourceProblem(
                "no_column",
                f"there is no column `{name}`",
                source=self.source,
                collection=collection,
            )
        return shape.table.c[name]

    def _pages(
        self,
        collection: str,
        shape: Shape,
        query: sa.Select[Any],
        columns: Sequence[str],
        rows: int = _PAGE_ROWS,
    ) -> Iterator[Page]:
        kinds = {name: shape.kinds[name] for name in columns}
        try:
            with self.connection.execution_options(yield_per=rows).execute(query) as result:
                for part in result.partitions(rows):
                    yield Page(batch=batch(part, kinds))
        except sa.exc.DBAPIError as problem:
            raise fault(problem, self.source, collection=collection) from None
        finally:
            self._end()

    def _scalar(self, collection: str, query: sa.Select[Any]) -> int:
        try:
            return int(self.connection.execute(query).scalar_one())
        except sa.exc.DBAPIError as problem:
            raise fault(problem, self.source, collection=collection) from None
        finally:
            self._end()

    def _end(self) -> None:
        """End the reading transaction, so that nothing is held between questions."""
        if self.connection.in_transaction() and not self.connection.invalidated:
            self.connection.rollback()
