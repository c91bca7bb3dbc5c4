"""An open folder: discover, look up, count, change, verify."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Self

import pyarrow as pa

from govreg.connectors.plan import Journal, Rendered, SourcePlan
from govreg.connectors.record import (
    Capabilities,
    Cleaning,
    Count,
    Health,
    Op,
    Outcome,
    Page,
    Remainder,
    RemainderKind,
    RowKey,
    Transactions,
    VerdictKind,
)
from govreg.errors import SourceProblem
from govreg.register.catalogue import Catalogue, CollectionFacts, ColumnFacts, Fold
from govreg_files.format import BadFile, FileSet, Layout
from govreg_files.match import KeyMatch, folded_mask
from govreg_files.rewrite import apply, rendered

_UNIQUE_SOUGHT = 5_000_000


class FilesSession:
    """One look at a folder. Layouts are read once, and again when a file has changed."""

    def __init__(self, *, source: str, root: Path, sets: Mapping[str, FileSet]) -> None:
        self.source, self.root, self.sets = source, root, sets
        self._layouts: dict[Path, tuple[tuple[int, int], Layout]] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exc: object) -> None:
        self._layouts.clear()

    def check(self) -> Health:
        """How many files are there."""
        files = sum(len(held.paths) for held in self.sets.values())
        return Health(product="files", version="1", notes=(f"{files} files",))

    def discover(self) -> Catalogue:
        """Every collection; one that cannot be read is named with its code."""
        facts: dict[str, CollectionFacts] = {}
        unreadable: dict[str, str] = {}
        for name, held in self.sets.items():
            try:
                columns = self.columns(held)
                facts[name] = CollectionFacts(
                    name=name,
                    columns={
                        column: ColumnFacts(
                            name=column, type=kind, source_type=str(kind), nullable=True
                        )
                        for column, kind in columns.items()
                    },
                    key=held.key,
                    estimated_rows=None,
                    notes=self._notes(held, columns),
                )
            except SourceProblem as problem:
                unreadable[name] = problem.code
        return Catalogue(collections=facts, unreadable=unreadable)

    def _notes(self, held: FileSet, columns: Mapping[str, pa.DataType]) -> tuple[str, ...]:
        notes = dict.fromkeys(n for path in held.paths for n in self.layout(held, path).notes)
        if not held.key and columns:
            first = next(iter(columns))
            if self._is_unique(held, first):
                notes[f"candidate key: {first}"] = None
        return tuple(notes)

    def _is_unique(self, held: FileSet, column: str) -> bool:
        seen: set[object] = set()
        for batch in self.batches(held, [column]):
            values = batch.column(0).to_pylist()
            seen.update(values)
            if None in seen or len(seen) > _UNIQUE_SOUGHT:
                return False
        return len(seen) == self.count(held.name).value and bool(seen)

    def capabilities(self, collection: str) -> Capabilities:
        """Everything; whether rows can be changed depends on the key that the register gives."""
        self._set(collection)
        return Capabilities(ops=frozenset(Op), transactions=Transactions.PER_COLLECTION)

    def sample(self, collection: str, rows: int) -> pa.RecordBatch:
        """The first rows."""
        held = self._set(collection)
        for batch in self.batches(held, list(self.columns(held))):
            if batch.num_rows:
                return batch.slice(0, rows)
        return _empty(self.columns(held))

    def scan(
        self,
        collection: str,
        columns: Sequence[str],
        *,
        cursor: str | None = None,
        batch_rows: int = 10_000,
    ) -> Iterator[Page]:
        """Every row in file order; a cursor is the number of rows read."""
        held = self._set(collection)
        self._known(held, columns)
        skip, read = int(cursor or 0), 0
        last: Page | None = None
        for batch in self.batches(held, columns):
            for start in range(0, batch.num_rows, batch_rows):
                part = batch.slice(start, batch_rows)
                read += part.num_rows
                if read <= skip:
                    continue
                if read - part.num_rows < skip:
                    part = part.slice(skip - (read - part.num_rows))
                if last is not None:
                    yield last
                last = Page(batch=part, cursor=str(read))
        if last is not None:
            yield Page(batch=last.batch)

    def count(self, collection: str) -> Count:
        """Counted by reading."""
        held = self._set(collection)
        first = list(self.columns(held))[:1]
        rows = sum(batch.num_rows for batch in self.batches(held, first)) if first else 0
        return Count(value=rows, exact=True)

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
        held = self._set(collection)
        self._known(held, [field, *columns])
        values = pa.array(list(wanted), type=pa.string())
        for batch in self.batches(held, list(dict.fromkeys([field, *columns]))):
            found = batch.filter(folded_mask(batch.column(field), values, fold))
            if found.num_rows:
                yield Page(batch=found.select(list(columns)))

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
        held = self._set(collection)
        self._known(held, [*fields, *columns])
        kinds = self.columns(held)
        match = KeyMatch(keys, [kinds[name] for name in fields])
        if not match.keys:
            return
        left = limit
        for batch in self.batches(held, list(dict.fromkeys([*fields, *columns]))):
            found = batch.filter(match.mask([batch.column(name) for name in fields]))
            if left is not None:
                found = found.slice(0, left)
                left -= found.num_rows
            if found.num_rows:
                yield Page(batch=found.select(list(columns)))
            if left is not None and left <= 0:
                return

    def tally(self, collection: str, fields: Sequence[str], keys: Sequence[RowKey]) -> int:
        """How many rows `follow` would give."""
        pages = self.follow(collection, fields, keys, columns=list(fields))
        return sum(page.batch.num_rows for page in pages)

    def render(self, plan: SourcePlan) -> tuple[Rendered, ...]:
        """Which files will be rewritten, and how."""
        return rendered(plan)

    def apply(self, plan: SourcePlan, journal: Journal) -> tuple[Outcome, ...]:
        """Rewrite the files that hold planned rows."""
        return apply(self, plan, journal)

    def verify(
        self, collection: str, key: Sequence[str], rows: Sequence[RowKey]
    ) -> tuple[VerdictKind, ...]:
        """For each row, whether it is still there."""
        kinds = self.columns(self._set(collection))
        live = {
            tuple(row[name] for name in key)
            for page in self.follow(collection, key, rows, columns=list(key))
            for row in page.batch.to_pylist()
        }
        matches = (KeyMatch([row], [kinds[name] for name in key]).keys for row in rows)
        return tuple(VerdictKind.PRESENT if keys & live else VerdictKind.GONE for keys in matches)

    def clean(self, collections: Sequence[str]) -> Cleaning:
        """Files were rewritten whole; what is below the file system is out of reach."""
        return Cleaning(
            done=tuple(f"rewrote the files of {name}" for name in collections),
            remains=(
                Remainder(
                    kind=RemainderKind.FREED_BLOCKS,
                    text="freed blocks of the file system, and snapshots of it",
                ),
            ),
        )

    # for `rewrite`

    def layout(self, held: FileSet, path: Path) -> Layout:
        """A file's layout, read again when the file has changed.

        Raises:
            SourceProblem: the file cannot be read, with its line where it has one.
        """
        try:
            stat = path.stat()
            mark = (stat.st_mtime_ns, stat.st_size)
            cached = self._layouts.get(path)
            if cached is None or cached[0] != mark:
                self._layouts[path] = (mark, held.format.layout(path, held.given))
        except BadFile as problem:
            raise self._problem(held, path, problem) from None
        except OSError as problem:
            raise SourceProblem(
                "unreadable",
                f"`{path.name}` cannot be read ({os.strerror(problem.errno or 0)})",
                source=self.source,
                collection=held.name,
            ) from None
        return self._layouts[path][1]

    def columns(self, held: FileSet) -> dict[str, pa.DataType]:
        """The columns of all parts together; a type that differs between parts is text."""
        columns: dict[str, pa.DataType] = {}
        for path in held.paths:
            for name, kind in self.layout(held, path).columns.items():
                same = columns.get(name, kind) == kind
                columns[name] = kind if same else pa.string()
        return columns

    def batches(
        self, held: FileSet, columns: Sequence[str], path: Path | None = None
    ) -> Iterator[pa.RecordBatch]:
        """The rows of all parts, or of one, in the columns' common types."""
        kinds = self.columns(held)
        for part in held.paths if path is None else (path,):
            layout = self.layout(held, part)
            try:
                here = [name for name in columns if name in layout.columns]
                for batch in held.format.batches(part, layout, here or list(layout.columns)[:1]):
                    yield _conformed(batch, {name: kinds[name] for name in columns})
            except BadFile as problem:
                raise self._problem(held, part, problem) from None

    def _problem(self, held: FileSet, path: Path, problem: BadFile) -> SourceProblem:
        line = f" line {problem.line}:" if problem.line else ""
        return SourceProblem(
            problem.code,
            f"`{path.name}`{line} {problem.message}",
            source=self.source,
            collection=held.name,
        )

    def _set(self, collection: str) -> FileSet:
        held = self.sets.get(collection)
        if held is None or not held.paths:
            raise SourceProblem(
                "no_table",
                "there is no file of this name",
                source=self.source,
                collection=collection,
            )
        return held

    def _known(self, held: FileSet, columns: Sequence[str]) -> None:
        known = self.columns(held)
        for name in columns:
            if name not in known:
                raise SourceProblem(
                    "no_column",
                    f"there is no column `{name}`",
                    source=self.source,
                    collection=held.name,
                )


def _conformed(batch: pa.RecordBatch, kinds: Mapping[str, pa.DataType]) -> pa.RecordBatch:
    arrays = []
    for name, kind in kinds.items():
        at = batch.schema.get_field_index(name)
        if at < 0:
            arrays.append(pa.nulls(batch.num_rows, type=kind))
        else:
            column = batch.column(at)
            arrays.append(column if column.type == kind else column.cast(kind))
    return pa.RecordBatch.from_arrays(arrays, names=list(kinds))


def _empty(kinds: Mapping[str, pa.DataType]) -> pa.RecordBatch:
    return pa.RecordBatch.from_arrays(
        [pa.array([], type=kind) for kind in kinds.values()], names=list(kinds)
    )
