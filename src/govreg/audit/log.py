"""The log in the store: appending, reading, proving, and signing checkpoints.

- Entries are numbered from 0 without a gap. They are only ever added; nothing here changes or
  removes one.
- There is one sequencer: a writing transaction on SQLite holds the file's write lock; on
  PostgreSQL an advisory lock is taken that lasts until the caller's transaction ends.
- Hashes of complete subtrees are stored as they become complete, so that a proof reads a few dozen
  rows.
- A checkpoint is signed only over entries that were read and hashed again since the last
  checkpoint, and only if the tree still leads to that last checkpoint's root. A log that has been
  tampered with gets no signature.
- Functions take an open connection and never commit: entries and checkpoint stand or fall with the
  caller's transaction.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence

import sqlalchemy as sa

from govreg.audit.checkpoint import (
    Checkpoint,
    open_checkpoint,
    read_unchecked,
    seal_checkpoint,
)
from govreg.audit.entry import Entry, decode
from govreg.audit.proof import Proof
from govreg.audit.signature import SigningKey, VerifyKey, parse_note
from govreg.audit.tables import audit_checkpoint, audit_entry, audit_node, stored_nodes
from govreg.audit.tree import (
    Range,
    consistency_ranges,
    cover,
    grow,
    inclusion_ranges,
    leaf_hash,
    range_hash,
    siblings,
)
from govreg.clock import to_millis
from govreg.errors import IntegrityProblem, NotFound, Refused

_LOCK = 0x676F7672_61756474
_CHUNK = 2_000


def append(connection: sa.Connection, entries: Sequence[Entry]) -> range:
    """Add entries at the end; answers their indices.

    Raises:
        UsageProblem: if an entry is longer than the log can carry; none is added then.
        IntegrityProblem: `log_truncated` or `tile_mismatch` if entries were cut off before.
    """
    bodies = [entry.encode() for entry in entries]
    _take_turn(connection)
    first = size(connection)
    added = range(first, first + len(bodies))
    if not bodies:
        return added
    leaves = [leaf_hash(body) for body in bodies]
    grown = grow(first, leaves, stored_nodes(connection, siblings(first, len(leaves))))
    connection.execute(
        sa.insert(audit_entry),
        [
            {"index": index, "at": to_millis(entry.at), "body": body, "leaf": leaf}
            for index, entry, body, leaf in zip(added, entries, bodies, leaves, strict=True)
        ],
    )
    if grown:
        rows = [{"level": level, "index": index, "hash": value} for level, index, value in grown]
        try:
            connection.execute(sa.insert(audit_node), rows)
        except sa.exc.IntegrityError:  # the turn is ours: nobody else can have added them
            raise IntegrityProblem(
                "log_truncated", f"stored hashes reach further than the log of `{first}` entries"
            ) from None
    return added


def size(connection: sa.Connection) -> int:
    """How many entries the log has."""
    last = connection.scalar(sa.select(sa.func.max(audit_entry.c.index)))
    return 0 if last is None else int(last) + 1


def read_bodies(connection: sa.Connection, start: int, stop: int) -> list[bytes]:
    """The canonical bytes of entries `start` to `stop`, each hashed again on the way.

    Raises:
        NotFound: if the log does not reach that far.
        IntegrityProblem: `entry_missing` or `entry_changed`, with the index.
    """
    rows = connection.execute(
        sa.select(audit_entry.c.index, audit_entry.c.body, audit_entry.c.leaf)
        .where(audit_entry.c.index >= start, audit_entry.c.index < stop)
        .order_by(audit_entry.c.index)
    ).all()
    if len(rows) != max(0, stop - start) or start < 0:
        _refuse_gap(connection, start, stop, {index for index, _, _ in rows})
    for index, body, leaf in rows:
        if leaf_hash(body) != leaf:
            raise IntegrityProblem("entry_changed", f"entry `{index}` is not what was logged")
    return [row.body for row in rows]


def read_entries(connection: sa.Connection, start: int, stop: int) -> list[Entry]:
    """Entries `start` to `stop`, stop excluded.

    Raises:
        NotFound: if the log does not reach that far.
        IntegrityProblem: `entry_missing`, `entry_changed`, or why an entry cannot be read.
    """
    return [decode(body) for body in read_bodies(connection, start, stop)]


def root_at(connection: sa.Connection, at_size: int) -> bytes:
    """The root of the log when it had `at_size` entries."""
    _within(connection, at_size)
    return _hashes(connection, [(0, at_size)])[0]


def inclusion_proof(connection: sa.Connection, index: int, size: int) -> list[bytes]:
    """The hashes that lead from entry `index` to the root at `size`.

    Raises:
        NotFound: if the log does not reach that far.
    """
    _within(connection, size)
    return _hashes(connection, inclusion_ranges(index, size))


def consistency_proof(connection: sa.Connection, old: int, new: int) -> list[bytes]:
    """The hashes that show the log of `new` entries to extend the log of `old`.

    Raises:
        IntegrityProblem: `proves_nothing` if `old` is 0.
        NotFound: if the log does not reach that far.
    """
    _within(connection, new)
    return _hashes(connection, consistency_ranges(old, new))


def latest_checkpoint(connection: sa.Connection) -> str | None:
    """The note of the largest checkpoint signed so far."""
    note = connection.scalar(
        sa.select(audit_checkpoint.c.note).order_by(audit_checkpoint.c.size.desc()).limit(1)
    )
    return None if note is None else str(note)


def sign_checkpoint(
    connection: sa.Connection,
    key: SigningKey,
    origin: str,
    at: dt.datetime,
    *,
    retired: Iterable[VerifyKey] = (),
) -> str:
    """Sign the log as it stands and keep the note; answers it.

    `retired` are the keys that earlier checkpoints may bear. Nothing new is signed while nothing
    new has been logged. Steps: (1) wait for the turn (2) open the last checkpoint (3) find its
    root in the tree (4) hash the entries since then again (5) sign and keep.

    Raises:
        Refused: if the log is empty, or has not grown since a retired key signed it.
        IntegrityProblem: `bad_signature`, `unknown_key` or `wrong_origin` for the last checkpoint;
            `log_truncated`, `forked`, `entry_missing`, `entry_changed` or `tile_mismatch` for what
            is stored.
    """
    # (1): one at a time
    _take_turn(connection)
    reached = size(connection)
    # (2): what was signed before
    own = key.verify_key(origin)
    note = latest_checkpoint(connection)
    last = None if note is None else open_checkpoint(note, (own, *retired), origin=origin)
    if last is None and not reached:
        raise Refused("an empty log is not signed", "log an entry first")
    # (3): still led to by what is stored
    if last is not None:
        if last.size > reached:
            raise IntegrityProblem(
                "log_truncated",
                f"the log has `{reached}` entries, its last checkpoint had `{last.size}`",
            )
        if root_at(connection, last.size) != last.root:
            raise IntegrityProblem(
                "forked", f"the log no longer leads to its checkpoint of `{last.size}` entries"
            )
    if note is not None and last is not None and last.size == reached:
        if all(each.key_id != own.key_id for each in parse_note(note).signatures):
            raise Refused("nothing was logged since a retired key signed", "log the change of key")
        return note
    # (4): the entries since
    root = _rehash(connection, 0 if last is None else last.size, reached)
    # (5): sign and keep
    sealed = seal_checkpoint(Checkpoint(origin=origin, size=reached, root=root), key)
    connection.execute(
        sa.insert(audit_checkpoint), {"size": reached, "note": sealed, "at": to_millis(at)}
    )
    return sealed


def prove(connection: sa.Connection, index: int) -> Proof:
    """A proof for one entry under the latest checkpoint, to be checked without this store.

    Raises:
        NotFound: if there is no such entry.
        Refused: if no checkpoint covers the entry yet.
    """
    reached = size(connection)
    if not 0 <= index < reached:
        raise NotFound(f"entry `{index}` is not in a log of `{reached}` entries")
    note = latest_checkpoint(connection)
    covered = 0 if note is None else read_unchecked(note).size
    if note is None or index >= covered:
        raise Refused(f"no checkpoint covers entry `{index}` yet", "sign a checkpoint first")
    hashes = inclusion_proof(connection, index, covered)
    return Proof(index=index, hashes=tuple(hashes), checkpoint=note)


def _take_turn(connection: sa.Connection) -> None:
    if connection.dialect.name == "postgresql":
        connection.execute(sa.select(sa.func.pg_advisory_xact_lock(_LOCK)))


def _hashes(connection: sa.Connection, ranges: Sequence[Range]) -> list[bytes]:
    node = stored_nodes(connection, [each for part in ranges for each in cover(*part)])
    return [range_hash(*part, node) for part in ranges]


def _rehash(connection: sa.Connection, start: int, stop: int) -> bytes:
    """The root at `stop`: subtrees that stood at `start`, and the entries since, read again."""
    standing = cover(0, start)
    node = stored_nodes(connection, standing)
    edge = {coordinate: node(*coordinate) for coordinate in standing}

    def known(level: int, index: int) -> bytes:
        return edge[level, index]

    for at in range(start, stop, _CHUNK):
        bodies = read_bodies(connection, at, min(at + _CHUNK, stop))
        leaves = [leaf_hash(body) for body in bodies]
        edge.update({(0, at + offset): leaf for offset, leaf in enumerate(leaves)})
        edge.update({(level, index): value for level, index, value in grow(at, leaves, known)})
        passed = edge.keys() - set(cover(0, at + len(leaves)))
        for coordinate in passed:
            del edge[coordinate]
    root = range_hash(0, stop, known)
    if root_at(connection, stop) != root:
        raise IntegrityProblem("tile_mismatch", "the stored hashes do not belong to the entries")
    return root


def _within(connection: sa.Connection, asked: int) -> None:
    reached = size(connection)
    if not 0 <= asked <= reached:
        raise NotFound(f"a log of `{reached}` entries has never held `{asked}`")


def _refuse_gap(connection: sa.Connection, start: int, stop: int, found: set[int]) -> None:
    reached = size(connection)
    if start < 0 or stop > reached:
        raise NotFound(f"the log has `{reached}` entries, `{start}` to `{stop}` were asked for")
    missing = min(set(range(start, stop)) - found)
    raise IntegrityProblem("entry_missing", f"entry `{missing}` is missing")
