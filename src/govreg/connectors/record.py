"""The nouns of the border: keys, pages, what a source can do, what became of a change.

Rows cross the border as Arrow record batches. A row's key is a tuple of plain values in the order
of the collection's key fields; it is never text that was glued together.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import pyarrow as pa

from govreg.register.catalogue import Fold

RowKey = tuple[Any, ...]
"""The values of a collection's key fields, in order."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """Some rows and where to go on."""

    batch: pa.RecordBatch
    cursor: str | None = None
    """Resume a scan after this page; None when it was the last."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Count:
    """A number of rows, and whether it was counted or estimated."""

    value: int
    exact: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Health:
    """The answer to "are you there?"."""

    product: str
    version: str
    notes: tuple[str, ...] = ()


class Disposition(StrEnum):
    """How gone a deleted row is."""

    ARCHIVED = "archived"
    RECYCLED = "recycled"
    PERMANENT = "permanent"
    PERMANENT_SUPPRESSED = "permanent_suppressed"
    REQUESTED = "requested"


class Transactions(StrEnum):
    """How much a source changes as one."""

    NONE = "none"
    PER_COLLECTION = "per_collection"
    PER_SOURCE = "per_source"


class Op(StrEnum):
    """What a connector can do with a collection."""

    SAMPLE = "sample"
    SCAN = "scan"
    COUNT = "count"
    FIND = "find"
    FOLLOW = "follow"
    UPDATE = "update"
    DELETE = "delete"


@dataclass(frozen=True, slots=True, kw_only=True)
class Capabilities:
    """What can be done with one collection, declared."""

    ops: frozenset[Op]
    folds: frozenset[Fold] = frozenset(Fold)
    dispositions: tuple[Disposition, ...] = (Disposition.PERMANENT,)
    transactions: Transactions = Transactions.PER_SOURCE
    gone_after: dt.timedelta | None = None
    """How long after a deletion the source itself may still hold the row."""


class OutcomeKind(StrEnum):
    """What became of a planned change."""

    DONE = "done"
    ALREADY = "already"
    NOT_FOUND = "not_found"
    REFUSED = "refused"
    CONFLICT = "conflict"
    THROTTLED = "throttled"
    UNKNOWN = "unknown"
    """The change was sent and no answer came; only a re-read can tell."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What became of one change of a plan."""

    position: int
    """The change's place in the plan."""
    kind: OutcomeKind
    affected: int = 0
    code: str | None = None
    disposition: Disposition | None = None


class VerdictKind(StrEnum):
    """Whether a row is still there."""

    GONE = "gone"
    IN_BIN = "in_bin"
    PENDING = "pending"
    PRESENT = "present"
    UNKNOWN = "unknown"


class RemainderKind(StrEnum):
    """What may still hold an old value at a source that was cleaned."""

    FREED_BLOCKS = "freed_blocks"
    """Blocks of the file system that were given back and not overwritten, and its snapshots."""
    DEAD_ROWS = "dead_rows"
    """Row versions that were replaced or deleted and not cleared from the table."""
    OLD_PAGES = "old_pages"
    """Old values inside pages of the database's files."""
    FREE_SPACE = "free_space"
    """Space inside the tables' files that is free and not overwritten."""
    LOG = "log"
    """A write-ahead, redo, undo or binary log."""
    HISTORY = "history"
    """Earlier versions of rows that the source keeps by design."""
    REPLICA = "replica"
    """A replica that lags behind."""
    BACKUP = "backup"
    CACHE = "cache"
    NOT_CLEARED = "not_cleared"
    """The source's own files were not cleared at all."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Remainder:
    """Something that may still hold old values at the source."""

    kind: RemainderKind
    text: str
    """In the connector's own words, without a value."""
    collection: str | None = None
    """Where it is about one collection only."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Cleaning:
    """What a source did about bytes that an update or deletion leaves behind."""

    done: tuple[str, ...] = ()
    """Steps taken, in words: `rewrote the file`, `vacuumed customers`."""
    remains: tuple[Remainder, ...] = ()
    """What may still hold old values at the source."""
