"""An open folder: discover, look up, count, change, verify."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
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
from govreg.register.catalogue import Catalogue, CollectionFacts, Fold
from govreg_files.facts import facts_of
from govreg_files.format import BadFile, FileSet, Layout
from govreg_files.kept import KeptLayouts, KeptRows
from govreg_files.match import KeyMatch, folded_mask, wanted_texts
from govreg_files.replace import stamp
from govreg_files.rewrite import apply, rendered

_FAULTS = {
    "no_table": "there is no file of this name",
    "outside_folder": "a link leads out of the source's folder, so it is not read",
}


class FilesSession:
    """One look at a folder. Small files are read once, and again when they have changed."""

    def __init__(
        self, *, source: str, root: Path, sets: Mapping[str, FileSet], layouts: KeptLayouts
    ) -> None:
        self.source, self.root, self.sets = source, root, sets
        self._layouts, self._rows = layouts, KeptRows()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exc: object) -> None:
        self._rows.clear()

    def check(self) -> Health:
        """How many files are there."""
        files = sum(len(held.paths) for held in self.sets.values())
        return Health(product="files", version="1", notes=(f"{files} files",))

    def discover(self) -> Catalogue:
        """Every collection; one that cannot be read is named with its code."""
        facts: dict[str, CollectionFacts] = {}
        unreadable: dict[str, str] = {}
        for name in self.sets:
            try:
                facts[name] = facts_of(self, self._set(name))
            except SourceProblem as problem:
                unreadable[name] = problem.code
        return Catalogue(collections=facts, unreadable=unreadable)

    def capabilities(self, collection: str) -> Capabilities:
        """Everything; whether rows can be changed depends on the key that the register gives."""
        self._set(collection)
        return Capabilities(ops=frozenset(Op), transactions=Transactions.PER_COLLECTION)

    def sample(self, collection: str, rows: int) -> pa.RecordBatch:
        """The first rows."""
        held = self._set(collection)
        kinds = self.columns(held)
        found: list[pa.RecordBatch] = []
        for batch in self.batches(held, list(kinds)):
            found.append(batch.slice(0, rows - sum(one.num_rows for one in found)))
            if sum(one.num_rows for one in found) == rows:
                break
        return pa.concat_batches([_empty(kinds), *found])

    def scan(
        self,
        collection: str,
        columns: Sequence[str],
        *,
        cursor: str | None = None,
        batch_rows: int = 10_000,
    ) -> Iterator[Page]:
        """Every row in file order; a cursor is the number of rows read and the files' state."""
        held = self._set(collection)
        self._known(held, columns)
        mark = self._mark(held)
        skip, read = self._start(held, cursor, mark), 0
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
                last = Page(batch=part, cursor=f"{read}:{mark}")
        if last is not None:
            yield Page(batch=last.batch)

    def _mark(self, held: FileSet) -> str:
        with self._told(held, held.paths[0]):
            state = [stamp(path) for path in held.paths]
        return hashlib.sha256(repr(state).encode()).hexdigest()[:16]

    def _start(self, held: FileSet, cursor: str | None, mark: str) -> int:
        """How many rows a cursor passes over, as long as the files are those it was made for."""
        if cursor is None:
            return 0
        rows, _, state = cursor.partition(":")
        if not (rows.isascii() and rows.isdecimal()) or state != mark:
            raise SourceProblem(
                "file_changed",
                "its files changed since the page that the cursor came with; read it again",
                source=self.source,
                collection=held.name,
                retryable=True,
            )
        return int(rows)

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
        values = wanted_texts(wanted)
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
        return apply(self, self.root, plan, journal)

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
                    text="freed blocks of the file system, on an SSD also blocks out of its reach",
                ),
                Remainder(kind=RemainderKind.BACKUP, text="snapshots and backups of the folder"),
            ),
        )

    # for `rewrite`

    def layout(self, held: FileSet, path: Path) -> Layout:
        """A file's layout, read again when the file has changed.

        Raises:
            SourceProblem: the file cannot be read, with its line where it has one.
        """
        about = (held.kind, *sorted(held.given.items()))
        with self._told(held, path):
            return self._layouts.get(path, about, lambda: held.format.layout(path, held.given))

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
            here = [name for name in columns if name in layout.columns]
            with self._told(held, part):
                for batch in self._read(held, part, layout, here or list(layout.columns)[:1]):
                    yield _conformed(batch, {name: kinds[name] for name in columns})

    def _read(
        self, held: FileSet, part: Path, layout: Layout, columns: Sequence[str]
    ) -> Iterable[pa.RecordBatch]:
        kept = self._rows.get(
            part, lambda: held.format.batches(part, layout, list(layout.columns))
        )
        return held.format.batches(part, layout, columns) if kept is None else kept

    @contextmanager
    def _told(self, held: FileSet, path: Path) -> Iterator[None]:
        """What goes wrong with a file, said with its name, its line and no value."""
        try:
            yield
        except BadFile as problem:
            problem.__context__ = None  # what led to it may quote a value
            line = f" line {problem.line}:" if problem.line else ""
            raise SourceProblem(
                problem.code,
                f"`{path.name}`{line} {problem.message}",
                source=self.source,
                collection=held.name,
            ) from None
        except OSError as problem:
            problem.filename = None  # nor is a path anybody's business
            raise SourceProblem(
                "unreadable",
                f"`{path.name}` cannot be read ({os.strerror(problem.errno or 0)})",
                source=self.source,
                collection=held.name,
            ) from None

    def _set(self, collection: str) -> FileSet:
        held = self.sets.get(collection)
        code = "no_table" if held is None else held.fault
        if held is None or code is not None:
            raise SourceProblem(
                code or "no_table",
                _FAULTS[code or "no_table"],
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
