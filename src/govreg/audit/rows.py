"""Reading the store's log back row by row, and what is stored beside the entries with it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import zip_longest

import sqlalchemy as sa

from govreg.audit.checkpoint import Checkpoint
from govreg.audit.entry import time_mark
from govreg.audit.fault import refuse_entries, truncated
from govreg.audit.tables import audit_checkpoint, audit_entry, audit_node, stored_nodes
from govreg.audit.tree import Coordinate, Tree, leaf_hash
from govreg.clock import from_millis
from govreg.errors import IntegrityProblem

_CHUNK = 2_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Rows:
    """The store's entries, hashed again, with what stood beside them."""

    computed: Tree
    unlike: dict[int, bytes]
    """Stored leaf hashes that are not the entry's."""
    undated: int | None
    """The first entry whose stored time is not its own."""


def stored_notes(connection: sa.Connection) -> list[str]:
    """Every stored checkpoint's note, smallest first by the stored size, which nobody signed.

    Raises:
        IntegrityProblem: `checkpoint_missing`.
    """
    notes = connection.scalars(
        sa.select(audit_checkpoint.c.note).order_by(audit_checkpoint.c.size)
    ).all()
    if not notes:
        raise IntegrityProblem(
            "checkpoint_missing", "the store holds no checkpoint", "sign one before verifying"
        )
    return list(notes)


def read_rows(connection: sa.Connection, signed: int) -> Rows:
    """Hash every entry again.

    Raises:
        IntegrityProblem: `entry_missing`, `malformed`, or `log_truncated` if fewer than `signed`
        are there.
    """
    computed, unlike, undated = Tree(), dict[int, bytes](), None
    query = sa.select(audit_entry).order_by(audit_entry.c.index)
    reached = 0
    for chunk in connection.execute(query.execution_options(yield_per=_CHUNK)).partitions():
        leaves = []
        for index, at, body, stored in chunk:
            if index < 0:
                raise IntegrityProblem("malformed", f"an entry stands at `{index}`")
            if index != reached:
                raise IntegrityProblem("entry_missing", f"entry `{reached}` is missing")
            leaves.append(leaf_hash(body))
            if leaves[-1] != stored:
                unlike[index] = stored
            if undated is None and not _is_at(at, body):
                undated = index
            reached += 1
        computed.extend(leaves)
    if reached < signed:
        raise truncated(reached, signed)
    return Rows(computed=computed, unlike=unlike, undated=undated)


def _is_at(millis: int, body: bytes) -> bool:
    """Whether the stored time is the entry's own."""
    try:
        return time_mark(from_millis(millis)) in body
    except (OverflowError, ValueError):  # no moment that a calendar has
        return False


def check_roots(connection: sa.Connection, rows: Rows, checkpoints: Sequence[Checkpoint]) -> None:
    """Hold the entries against every signed root; the smallest that fails narrows the search.

    Raises:
        IntegrityProblem: `forked` if an older checkpoint fails and the latest holds, else
            `entries_reordered` or `entry_changed`.
    """
    failing = [each for each in checkpoints if rows.computed.root(each.size) != each.root]
    if not failing:
        return
    first = failing[0]
    if checkpoints[-1] not in failing:
        raise IntegrityProblem(
            "forked", f"the log does not lead to its own checkpoint of `{first.size}` entries"
        )
    sound = [each.size for each in checkpoints if each.size < first.size]
    refuse_entries(
        rows.computed,
        first,
        leaves=[
            rows.unlike.get(index, rows.computed.node(0, index)) for index in range(first.size)
        ],
        node=lambda level, index: stored_nodes(connection, [(level, index)])(level, index),
        sound=max(sound, default=0),
    )


def check_columns(rows: Rows, signed: int) -> None:
    """Hold stored leaf hashes and times against entries whose root is known to be good.

    Raises:
        IntegrityProblem: `tile_mismatch`, `entry_changed`.
    """
    if rows.unlike:
        first = min(rows.unlike)
        if first < signed:
            raise IntegrityProblem(
                "tile_mismatch", f"the stored hash of entry `{first}` is not its own"
            )
        raise IntegrityProblem("entry_changed", f"entry `{first}` is not what was logged")
    if rows.undated is not None:
        raise IntegrityProblem(
            "entry_changed", f"the stored time of entry `{rows.undated}` is not the one logged"
        )


def compare_nodes(connection: sa.Connection, computed: Tree) -> None:
    """Hold every stored subtree hash against the tree over the entries.

    Raises:
        IntegrityProblem: `tile_mismatch`.
    """
    query = sa.select(audit_node).order_by(audit_node.c.level, audit_node.c.index)
    rows = connection.execute(query.execution_options(yield_per=_CHUNK))
    found = (((level, index), value) for level, index, value in rows)
    for stored, place in zip_longest(found, _places(computed.size)):
        at, value = (None, b"") if stored is None else stored
        if at is None or at != place or value != computed.node(*at):
            level, index = min(each for each in (at, place) if each is not None)
            raise IntegrityProblem(
                "tile_mismatch",
                f"the stored hash at level `{level}`, index `{index}` is not the entries'",
            )


def _places(size: int) -> Iterator[Coordinate]:
    level = 1
    while size >> level:
        yield from ((level, index) for index in range(size >> level))
        level += 1
