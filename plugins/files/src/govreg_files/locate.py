"""Where the planned rows of a collection are now, and whether they are as they were planned."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow.compute as pc

from govreg.connectors.plan import Change, ChangeKind, fingerprint
from govreg.connectors.record import RowKey
from govreg.connectors.values import canonical
from govreg_files.format import Folder
from govreg_files.match import KeyMatch


class NotUnique(Exception):
    """Two rows have one planned key."""


@dataclass(frozen=True, slots=True)
class Row:
    """A planned row: its file, its number in it from 0, what it holds now."""

    path: Path
    number: int
    held: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Live:
    """The planned rows of a collection, and how many rows each of its files has."""

    rows: Mapping[RowKey, Row]
    counts: Mapping[Path, int]


def located(session: Folder, collection: str, changes: Sequence[Change]) -> Live:
    """Find the rows of a collection's changes.

    Raises:
        NotUnique: two rows have one planned key.
    """
    key = changes[0].key
    held = session.sets[collection]
    kinds = session.columns(held)
    columns = list(dict.fromkeys((*key, *(n for c in changes for n in (*c.guard, *c.written)))))
    match = KeyMatch([row for c in changes for row in c.rows], [kinds[name] for name in key])
    rows: dict[RowKey, Row] = {}
    counts = dict.fromkeys(held.paths, 0)
    for path in held.paths:
        for batch in session.batches(held, columns, path):
            mask = match.mask([batch.column(name) for name in key])
            numbers = pc.indices_nonzero(pc.fill_null(mask, fill_value=False))
            found = zip(numbers.to_pylist(), batch.take(numbers).to_pylist(), strict=True)
            for number, row in found:
                at = tuple(row[name] for name in key)
                if at in rows:
                    raise NotUnique
                rows[at] = Row(path, counts[path] + number, row)
            counts[path] += batch.num_rows
    return Live(rows, counts)


def is_final(change: Change, live: Live) -> bool:
    """Whether a change has nothing left to do. Its new values are in their columns' types."""
    if change.kind is ChangeKind.DELETE:
        return not any(row in live.rows for row in change.rows)
    return all(
        canonical(live.rows[row].held[name]) == canonical(value)
        for row, values in change.new_values()
        if row in live.rows
        for name, value in values.items()
    )


def moved(change: Change, live: Live) -> str | None:
    """A code when a row is gone or no longer as it was planned."""
    for row, planned in zip(change.rows, change.fingerprints, strict=True):
        if row not in live.rows:
            return "row_gone"
        if fingerprint([live.rows[row].held[name] for name in change.guard]) != planned:
            return "row_changed"
    return None
