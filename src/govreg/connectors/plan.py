"""Changes to a source: said first, then carried out exactly as said.

- A plan is bound to the live schema by `schema_hash` and to each row by a fingerprint.
- Changes are carried out in the order given, in as few transactions as the source offers.
- A row that is not as it was when planned is a conflict: the whole transaction rolls back.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Container, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Any, Protocol

from govreg.connectors.record import OutcomeKind, RowKey
from govreg.connectors.values import canonical
from govreg.register.catalogue import Catalogue


class ChangeKind(StrEnum):
    """What a change does with its rows."""

    DELETE = "delete"
    UPDATE = "update"


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One set-based change of one collection: the same for all its rows, but for `each`."""

    collection: str
    key: tuple[str, ...]
    """The collection's key fields."""
    kind: ChangeKind
    rows: tuple[RowKey, ...]
    fingerprints: tuple[str, ...]
    """For each row, `fingerprint` over `guard` when it was planned."""
    guard: tuple[str, ...]
    """The fields that the fingerprints cover."""
    assign: Mapping[str, Any]
    """For an update: the new value of each field."""
    each: Mapping[str, tuple[Any, ...]] = field(default_factory=dict)
    """For an update: fields whose new value differs from row to row, in the order of `rows`."""

    @property
    def written(self) -> tuple[str, ...]:
        """The fields that an update writes."""
        return (*self.assign, *self.each)

    def new_values(self) -> Iterator[tuple[RowKey, Mapping[str, Any]]]:
        """Each row with what an update writes to it."""
        if not self.each:
            yield from ((row, self.assign) for row in self.rows)
            return
        for row, *values in zip(self.rows, *self.each.values(), strict=True):
            yield row, {**self.assign, **dict(zip(self.each, values, strict=True))}

    def without(self, rows: Container[RowKey]) -> Change:
        """The change of the other rows."""
        keep = [at for at, row in enumerate(self.rows) if row not in rows]
        return replace(
            self,
            rows=tuple(self.rows[at] for at in keep),
            fingerprints=tuple(self.fingerprints[at] for at in keep),
            each={name: tuple(held[at] for at in keep) for name, held in self.each.items()},
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class SourcePlan:
    """What will be done at one source."""

    source: str
    schema_hash: str
    changes: tuple[Change, ...]

    @property
    def collections(self) -> tuple[str, ...]:
        """The collections that it touches, in order, each once."""
        return tuple(dict.fromkeys(change.collection for change in self.changes))


@dataclass(frozen=True, slots=True, kw_only=True)
class Rendered:
    """A change as the source will carry it out, with placeholders for values: safe to show."""

    position: int
    statement: str
    rows: int


class Journal(Protocol):
    """Where a connector writes down how far it has come. Committed apart from the source."""

    def note(self, *, position: int, collection: str, state: str, code: str | None = None) -> None:
        """Record that a change reached `state`: `sent`, `replaced`, `committed`."""


def fingerprint(values: Sequence[Any]) -> str:
    """A hash over a row's guarded values: any change of any of them changes it."""
    text = json.dumps([canonical(value) for value in values], ensure_ascii=True)
    return hashlib.sha256(text.encode()).hexdigest()[:32]


def schema_hash(catalogue: Catalogue, collections: Sequence[str]) -> str:
    """A hash over names, types and nullability of some collections' live schema."""
    lines = []
    for name in sorted(collections):
        facts = catalogue.collections.get(name)
        columns = sorted(facts.columns.values(), key=lambda c: c.name) if facts else []
        lines.append(
            [
                name,
                list(facts.key) if facts else None,
                [[c.name, c.source_type, c.nullable, c.generated] for c in columns],
            ]
        )
    return hashlib.sha256(json.dumps(lines).encode()).hexdigest()


SETTLED = frozenset({OutcomeKind.DONE, OutcomeKind.ALREADY})
"""Outcomes after which nothing more is to be done."""
