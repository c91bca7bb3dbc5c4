"""What a live source says of itself: the other half of the register, read and never declared.

A catalogue names everything the source holds, registered or not, so that drift, cascades from
unregistered tables and unsearched collections can be seen.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

import pyarrow as pa


class Fold(StrEnum):
    """How a source compares a stored value with a wanted one. Each hit is re-checked later."""

    EXACT = "exact"
    CASE = "case"
    """Leading and trailing blanks and letter case do not count."""
    COMPACT = "compact"
    """Nor do blanks, hyphens, dots, slashes and brackets inside."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ColumnFacts:
    """What a source says of one column."""

    name: str
    type: pa.DataType
    source_type: str
    nullable: bool
    unique: bool = False
    """Unique by itself; a column of a composite key alone is not."""
    generated: bool = False
    """Computed or read-only: cannot be written."""
    max_length: int | None = None
    """In characters, for text."""
    allowed: tuple[str, ...] | None = None
    """The only values allowed, for an enumerated type."""
    indexed: frozenset[Fold] = frozenset()
    """Look-ups with these folds do not read the whole collection."""
    comment: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ForeignKey:
    """A foreign key of the live schema, also from collections that nobody registered."""

    name: str | None
    collection: str
    fields: tuple[str, ...]
    to_collection: str
    to_fields: tuple[str, ...]
    on_delete: str = "no_action"
    """`no_action`, `restrict`, `cascade`, `set_null` or `set_default`."""
    deferrable: bool = False
    enforced: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Trigger:
    """Code of the source that runs when rows change."""

    name: str
    collection: str
    event: str
    """`update`, `delete`, `insert`, several joined by `,`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CollectionFacts:
    """What a source says of one collection."""

    name: str
    columns: Mapping[str, ColumnFacts]
    key: tuple[str, ...]
    """The primary key, or else a unique not-null key; empty where there is none."""
    unique_sets: tuple[tuple[str, ...], ...] = ()
    estimated_rows: int | None = None
    comment: str | None = None
    notes: tuple[str, ...] = ()
    """What was detected about it: encoding, dialect, a lossy type."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Catalogue:
    """A source's own account of itself, registered or not."""

    collections: Mapping[str, CollectionFacts]
    foreign_keys: tuple[ForeignKey, ...] = ()
    triggers: tuple[Trigger, ...] = ()
    unreadable: Mapping[str, str] = field(default_factory=dict)
    """Collections that exist and could not be read, with a code."""
