"""What is found out about a collection of files: columns, notes, what looks like a key."""

from __future__ import annotations

from collections.abc import Mapping

import pyarrow as pa

from govreg.register.catalogue import CollectionFacts, ColumnFacts
from govreg_files.format import FileSet, Folder

_UNIQUE_SOUGHT = 5_000_000


def facts_of(session: Folder, held: FileSet) -> CollectionFacts:
    """The live schema of one collection.

    Raises:
        SourceProblem: a file of it cannot be read.
    """
    columns = session.columns(held)
    layouts = [session.layout(held, path) for path in held.paths]
    required = {name for layout in layouts for name in layout.required}
    notes = dict.fromkeys(note for layout in layouts for note in layout.notes)
    candidate = None if held.key else _candidate(session, held, columns)
    return CollectionFacts(
        name=held.name,
        columns={
            name: ColumnFacts(
                name=name, type=kind, source_type=str(kind), nullable=name not in required
            )
            for name, kind in columns.items()
        },
        key=held.key,
        estimated_rows=None,
        notes=(*notes, *([f"candidate key: {candidate}"] if candidate is not None else [])),
    )


def _candidate(session: Folder, held: FileSet, columns: Mapping[str, pa.DataType]) -> str | None:
    """The first column, when it has a value of its own in every row."""
    first = next(iter(columns), None)
    if first is None:
        return None
    seen: set[object] = set()
    rows = 0
    for batch in session.batches(held, [first]):
        seen.update(batch.column(0).to_pylist())
        rows += batch.num_rows
        if None in seen or len(seen) < rows or rows > _UNIQUE_SOUGHT:
            return None
    return first if rows else None
