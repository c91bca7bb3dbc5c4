"""The nouns of an erasure: what becomes of each cell and row, and why."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from govreg.connectors.plan import SourcePlan
from govreg.connectors.record import RowKey

NO_GROUND = "no_ground"
"""The code of a cause: a purpose goes on, or the law lets the data stay."""


class Fate(StrEnum):
    """What becomes of a cell."""

    ERASE = "erase"
    """Deleted, nulled, overwritten, or generalised."""
    RESTRICT = "restrict"
    """Replaced by a linkable pseudonym: kept, locked."""
    WITHHOLD = "withhold"
    """Kept as it is, with a reason."""
    UNDECIDED = "undecided"
    """A fact is missing, or no person has adopted the rule: a person must say."""


class RowAction(StrEnum):
    """What becomes of a row."""

    DELETE = "delete"
    UPDATE = "update"
    KEEP = "keep"


@dataclass(frozen=True, slots=True, kw_only=True)
class Cause:
    """Why a cell has its fate; equal causes are reported together."""

    fate: Fate
    code: str
    """`ground`, `no_ground`, `statutory_minimum`, `shared`, `key_of_kept_row`, `unclear` …"""
    rules: tuple[str, ...] = ()
    cites: tuple[str, ...] = ()
    text: str = ""
    until: dt.date | None = None
    confidence: str | None = None
    adopted_by: str | None = None
    purpose: str | None = None
    """For a kept cell: the only purpose that it may still be used for."""
    missing: tuple[str, ...] = ()
    """Facts that are not known."""
    overrides: tuple[str, ...] = ()
    """Rules of the organisation's own that spoke in place of a pack's."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RowPlan:
    """What becomes of one row."""

    collection: str
    key: RowKey
    action: RowAction
    causes: Mapping[str, Cause]
    """For each cell of the person's scope in this row."""
    assign: Mapping[str, Any] = field(default_factory=dict)
    """For an update: new values."""

    def __repr__(self) -> str:
        return f"RowPlan({self.collection}, {self.action})"


@dataclass(frozen=True, slots=True, kw_only=True)
class Blocker:
    """Why a plan cannot be carried out, and what would help."""

    code: str
    place: str
    text: str
    way_out: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ErasurePlan:
    """Everything that will be done and everything that will not; holds row keys."""

    rows: tuple[RowPlan, ...]
    sources: tuple[SourcePlan, ...]
    blockers: tuple[Blocker, ...] = ()
    notes: tuple[str, ...] = ()

    def counted(self) -> Mapping[tuple[str, Cause], int]:
        """Cells by collection and cause."""
        counts: dict[tuple[str, Cause], int] = {}
        for row in self.rows:
            for cause in row.causes.values():
                counts[row.collection, cause] = counts.get((row.collection, cause), 0) + 1
        return counts

    def actions(self) -> Mapping[tuple[str, RowAction], int]:
        """Rows by collection and action."""
        counts: dict[tuple[str, RowAction], int] = {}
        for row in self.rows:
            counts[row.collection, row.action] = counts.get((row.collection, row.action), 0) + 1
        return counts


class State(StrEnum):
    """How an erasure ended."""

    COMPLETE = "complete"
    COMPLETE_WITH_WITHHELD = "complete_with_withheld"
    PARTIAL = "partial"
    UNVERIFIABLE = "unverifiable"
    REFUSED = "refused"
    FAILED = "failed"
