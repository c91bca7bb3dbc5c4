"""Going to the sources: one visit opens each source once, counts the calls and closes them all.

A source that cannot be opened or read is remembered with its code; whoever asked decides what that
means, but it is never forgotten: `Visit.failed` ends up in "not searched".
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import pyarrow as pa

from govreg.connectors.interface import Context, Session
from govreg.connectors.record import Page, RowKey
from govreg.connectors.registry import Connectors
from govreg.errors import NotFound, SourceProblem
from govreg.gate.sealed_cells import (
    SealedCells,
    Unreadable,
    only,
    protected,
    with_key,
)
from govreg.progress import SILENT, Progress
from govreg.register.catalogue import Catalogue, Fold
from govreg.register.model import Collection, Field, Register


@dataclass(frozen=True, slots=True, kw_only=True)
class Border:
    """How to reach the sources of a register."""

    register: Register
    connectors: Connectors
    workspace: Path
    secret: Callable[[str], str]
    progress: Progress = SILENT
    """Whom visits tell which collections they ask and how many rows come."""
    cells: SealedCells | None = None
    """What opens sealed cells; without it they are given as they lie in the source."""

    def visit(self, *, as_stored: bool = False) -> Visit:
        """A new visit: fresh connections to every source that it opens.

        Args:
            as_stored: Whether sealed cells are given as they lie in the source.
        """
        return Visit(border=self, cells=None if as_stored else self.cells)

    def open(self, name: str) -> Session:
        """Open one source.

        Raises:
            NotFound: no such source.
            ConfigurationProblem, SourceProblem: it cannot be opened.
        """
        source = self.register.sources.get(name)
        if source is None:
            raise NotFound(f"there is no source `{name}`")
        context = Context(source=name, workspace=self.workspace, secret=self.secret)
        return self.connectors.open(source, context)


@dataclass(slots=True)
class Calls:
    """What a visit cost."""

    statements: dict[str, int] = field(default_factory=dict)
    """Calls for rows, by `source.collection`."""
    seconds: float = 0.0
    """Time spent inside connectors."""


Rows = list[dict[str, Any]]
"""Rows of one answer; a person's rows are few enough to hold."""


class Visit:
    """Open sources for the length of one step. Use it as a context manager."""

    def __init__(self, *, border: Border, cells: SealedCells | None = None) -> None:
        self.border, self.cells = border, cells
        self.unreadable: Unreadable = Counter()
        """Sealed cells that did not open."""
        self.calls = Calls()
        self.failed: dict[str, str] = {}
        self._open: dict[str, Session] = {}
        self._catalogues: dict[str, Catalogue] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        problem: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        for session in self._open.values():
            session.__exit__(kind, problem, trace)
        self._open.clear()

    def session(self, source: str) -> Session:
        """The open session of a source.

        Raises:
            SourceProblem: it cannot be opened; the same answer for the whole visit.
        """
        if source in self.failed:
            raise SourceProblem(self.failed[source], "could not be opened", source=source)
        if source not in self._open:
            with self._clocked():
                try:
                    self._open[source] = self.border.open(source).__enter__()
                except SourceProblem as problem:
                    self.failed[source] = problem.code
                    raise
        return self._open[source]

    def catalogue(self, source: str) -> Catalogue:
        """What the live source says of itself, read once for the visit."""
        if source not in self._catalogues:
            session = self.session(source)
            with self._clocked():
                self._catalogues[source] = session.discover()
        return self._catalogues[source]

    def find(
        self,
        collection: Collection,
        field_name: str,
        wanted: Sequence[str],
        fold: Fold,
        columns: Sequence[str],
    ) -> Rows:
        """Rows whose field equals one of the wanted texts under the fold.

        Of a sealed field, rows that are still in clear; `find_sealed` finds the others.
        """
        session, asked = self.session(collection.source), self._asked(collection, columns)
        self._counted(collection.ref)
        with self._clocked():
            pages = session.find(collection.name, field_name, wanted, fold=fold, columns=asked)
            return self._opened(collection, self._taken(pages), columns)

    def find_sealed(
        self, collection: Collection, field: Field, normal: Sequence[str], columns: Sequence[str]
    ) -> Rows:
        """Rows that have the look-up values of some values in normal form; others may have too."""
        if self.cells is None or field.protect is None or field.protect.index is None:
            return []
        wanted = self.cells.look_ups(collection, field, normal)
        if not wanted:
            return []
        return self.find(collection, field.protect.index, wanted, Fold.EXACT, columns)

    def follow(
        self,
        collection: Collection,
        fields: Sequence[str],
        keys: Sequence[RowKey],
        columns: Sequence[str],
        limit: int | None = None,
    ) -> Rows:
        """Rows whose fields equal one of the keys, after type conversion."""
        session, asked = self.session(collection.source), self._asked(collection, columns)
        self._counted(collection.ref)
        with self._clocked():
            pages = session.follow(collection.name, fields, keys, columns=asked, limit=limit)
            return self._opened(collection, self._taken(pages), columns)

    def tally(
        self, source: str, collection: str, fields: Sequence[str], keys: Sequence[RowKey]
    ) -> int:
        """How many rows of any collection of a source, registered or not, point at the keys."""
        session = self.session(source)
        self._counted(f"{source}.{collection}")
        with self._clocked():
            return session.tally(collection, fields, keys)

    def scan(
        self, collection: Collection, columns: Sequence[str], *, batch_rows: int
    ) -> Iterator[pa.RecordBatch]:
        """Some columns of every row, in batches; nothing of them is kept."""
        session, asked = self.session(collection.source), self._asked(collection, columns)
        self._counted(collection.ref)
        for page in session.scan(collection.name, asked, batch_rows=batch_rows):
            self.border.progress.rows(page.batch.num_rows)
            batch = page.batch
            if self.cells is not None and protected(collection):
                batch = self.cells.opened_batch(collection, batch, self.unreadable)
            yield batch.select(list(columns)) if len(asked) > len(columns) else batch

    def count(self, collection: Collection) -> int:
        """How many rows a collection has, or about how many."""
        return self.session(collection.source).count(collection.name).value

    def sample(self, collection: Collection, rows: int) -> Rows:
        """Some rows that are there."""
        session = self.session(collection.source)
        self._counted(collection.ref)
        with self._clocked():
            found = list(session.sample(collection.name, rows).to_pylist())
        return self._opened(collection, found, list(found[0]) if found else ())

    def sample_any(self, source: str, collection: str, rows: int) -> pa.RecordBatch:
        """Some rows of any collection of a source, registered or not, with their types."""
        session = self.session(source)
        self._counted(f"{source}.{collection}")
        with self._clocked():
            batch = session.sample(collection, rows)
        self.border.progress.rows(batch.num_rows)
        return batch

    def referencing(
        self,
        source: str,
        collection: str,
        fields: Sequence[str],
        keys: Sequence[RowKey],
        key: Sequence[str],
    ) -> list[RowKey]:
        """The keys of the rows that `tally` would count."""
        session = self.session(source)
        self._counted(f"{source}.{collection}")
        with self._clocked():
            return [
                tuple(row[name] for name in key)
                for page in session.follow(collection, fields, keys, columns=key)
                for row in page.batch.to_pylist()
            ]

    def _asked(self, collection: Collection, columns: Sequence[str]) -> Sequence[str]:
        """The columns that are asked for: the key too, where cells may be bound to it."""
        if self.cells is None or not protected(collection):
            return columns
        return with_key(collection, columns)

    def _opened(self, collection: Collection, rows: Rows, columns: Sequence[str]) -> Rows:
        if self.cells is None or not protected(collection):
            return rows
        return list(only(self.cells.opened(collection, rows, self.unreadable), columns))

    def _taken(self, pages: Iterable[Page]) -> Rows:
        rows: Rows = []
        for page in pages:
            rows += page.batch.to_pylist()
            self.border.progress.rows(page.batch.num_rows)
        return rows

    @contextmanager
    def _clocked(self) -> Iterator[None]:
        began = time.perf_counter()
        try:
            yield
        finally:
            self.calls.seconds += time.perf_counter() - began

    def _counted(self, ref: str) -> None:
        self.calls.statements[ref] = self.calls.statements.get(ref, 0) + 1
        self.border.progress.reached(ref)


def titles(register: Register) -> Mapping[str, str]:
    """The title of each source, for people."""
    return {name: source.title for name, source in register.sources.items()}
