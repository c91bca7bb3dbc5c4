"""What a search for one person found: rows, candidates, and what was not searched.

A `Scope` holds personal values. It lives in memory for the length of one step.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, NamedTuple

from govreg.connectors.plan import fingerprint
from govreg.connectors.record import RowKey
from govreg.subjects.identifier import Identifier


class Relation(StrEnum):
    """What a found row is to the person."""

    OWN = "own"
    """The row is the person's."""
    SHARED = "shared"
    """The row belongs to the person and perhaps to others."""
    MENTION = "mention"
    """The row is somebody else's and names the person: only the linking fields are theirs."""


class StepCode(StrEnum):
    """What one step of a search did."""

    BY = "by"
    """Looked a collection up by an identifier of the kind `through`."""
    OVER = "over"
    """Followed the link `through` to a collection."""
    FOUND_IN = "found_in"
    """Took an identifier of the kind `through` out of a collection's row."""
    BELONGS_TO = "belongs_to"
    """A row says that it belongs to a row of the collection `through`."""
    ONCE_FOUND = "once_found"
    """An earlier search for the same request had found it."""
    ONCE_FOUND_CHANGED = "once_found_changed"
    """An earlier search had found it, and it has changed since."""
    ONCE_FOUND_REJECTED = "once_found_rejected"
    """An earlier search had found it over a candidate that is rejected now."""
    LEARNED_REJECTED = "learned_rejected"
    """An identifier of the kind `through` was learned over a candidate that is rejected now."""
    CONFIRMED = "confirmed"
    """A named person said that it is this person's."""
    HELD_BY_OTHERS = "held_by_others"
    """Asked who else holds a value that a link goes by."""
    CONTEXT = "context"
    """Asked for rows that explain values."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One step of a search: a code and names out of the register, never a value."""

    code: StepCode
    collection: str = ""
    through: str = ""
    """An identifier kind, a link or a collection; see the codes."""


class CapCode(StrEnum):
    """Which limit of a search was hit."""

    ROUNDS = "rounds"
    ROWS = "rows"
    FAN_OUT = "fan_out"
    IDENTIFIERS = "identifiers"


@dataclass(frozen=True, slots=True, kw_only=True)
class Cap:
    """A limit that was hit: there may be more than was found."""

    code: CapCode
    number: int
    """The limit."""
    collection: str = ""
    kind: str = ""
    """For `identifiers`: their kind."""
    step: Step | None = None
    """For `fan_out`: the step that was cut short."""


class Doubt(StrEnum):
    """Why rows are only candidates."""

    AMBIGUOUS = "ambiguous"
    """The identifier, or the value a link runs over, is held by more than one person's row."""
    UNVERIFIED = "unverified"
    """The identifier was found in a row; nobody has shown that it is this person's."""
    INFERRED = "inferred"
    """The link was guessed."""
    UPWARD = "upward"
    """A row that was found by an identifier says that it belongs to this row."""


class FoundRow(NamedTuple):
    """One row of the person, how it was reached and what it holds.

    A tuple, as one is made for each of many rows and a frozen dataclass takes four times as long.
    """

    collection: str
    key: RowKey
    values: Mapping[str, Any]
    relation: Relation
    path: tuple[Step, ...]
    """How it was reached."""
    own_fields: tuple[str, ...] = ()
    """For a mention: the linking fields, which alone are the person's."""
    rests_on: frozenset[str] = frozenset()
    """Confirmed candidates without which it would not have been found."""
    others: int = 0
    """For a shared row: how many rows of other people point at it."""

    def __repr__(self) -> str:
        return f"FoundRow({self.collection}, {self.relation})"


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """Rows that may be the person's; the approver says."""

    id: str
    doubt: Doubt
    collection: str
    via: str
    """The identifier kind or link, without a value."""
    rows: tuple[RowKey, ...]
    path: tuple[Step, ...]
    relation: Relation = Relation.OWN
    """What the rows are to the person, should they be confirmed."""
    own_fields: tuple[str, ...] = ()
    """For a mention: the linking fields."""
    rests_on: frozenset[str] = frozenset()
    """Confirmed candidates without which it would not have been offered."""

    def __repr__(self) -> str:
        return f"Candidate({self.id}, {self.doubt}, {self.collection}, {len(self.rows)} rows)"


@dataclass(frozen=True, slots=True, kw_only=True)
class NotSearched:
    """A place that was not searched, or not fully."""

    place: str
    code: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Settled:
    """What named persons have said about candidates."""

    confirmed: frozenset[str] = frozenset()
    rejected: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class Remembered:
    """A row that an earlier search for the same request found; it may be there still."""

    collection: str
    key: RowKey
    relation: Relation
    own_fields: tuple[str, ...] = ()
    rests_on: frozenset[str] = frozenset()
    mark: str = ""
    """A hash of what it held."""

    def __repr__(self) -> str:
        return f"Remembered({self.collection}, {self.relation})"


def mark_of(row: Mapping[str, Any]) -> str:
    """A hash of what a row holds."""
    return fingerprint([row[name] for name in sorted(row)])


@dataclass(frozen=True, slots=True, kw_only=True)
class Memory:
    """What earlier searches for the same request learned; an erasure may have cut it off."""

    rows: tuple[Remembered, ...] = ()
    identifiers: Mapping[Identifier, frozenset[str]] = field(default_factory=dict)
    """Each with the confirmed candidates that it rests on."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """Where a search stops and says so."""

    rounds: int = 6
    rows_per_collection: int = 50_000
    fan_out: int = 20_000
    identifiers_per_kind: int = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Scope:
    """Everything that a search found."""

    rows: Mapping[str, Mapping[RowKey, FoundRow]]
    context: Mapping[str, tuple[Mapping[str, Any], ...]] = field(default_factory=dict)
    """Rows that explain values, by collection; outside the person's scope."""
    candidates: tuple[Candidate, ...] = ()
    confirmed: tuple[Candidate, ...] = ()
    rejected: tuple[Candidate, ...] = ()
    """Candidates of which a person said that they are somebody else."""
    not_searched: tuple[NotSearched, ...] = ()
    caps: tuple[Cap, ...] = ()
    """Limits that were hit; the result is incomplete."""
    searched: Mapping[str, tuple[Step, ...]] = field(default_factory=dict)
    """Collections that were asked, and how."""
    identifiers: tuple[Identifier, ...] = ()
    """Every identifier known to be the person's."""
    rests_on: Mapping[Identifier, frozenset[str]] = field(default_factory=dict)
    """The confirmed candidates that each identifier rests on."""

    @property
    def incomplete(self) -> bool:
        """Whether something was not searched, or a limit was hit."""
        return bool(self.not_searched or self.caps)

    def all_rows(self) -> Iterator[FoundRow]:
        """Every row, collections in order."""
        for rows in self.rows.values():
            yield from rows.values()

    def count(self) -> int:
        """The number of rows."""
        return sum(len(rows) for rows in self.rows.values())
