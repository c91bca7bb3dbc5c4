"""What discovery or an import proposes for a source file; a person reads it before it counts.

- A proposal is never in force by itself: `merge` writes it into a file, people correct the file.
- Reasons are words about names, types and counts; they never repeat a value.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from govreg.register.model import NOT_PERSONAL, LinkRole, Origin


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldProposal:
    """A field and what it seems to hold."""

    name: str
    category: str | None
    """A data category, `none` for not personal, or None where nothing can be said."""
    reason: str
    identifier: str | None = None
    origin: Origin = Origin.PROVIDED
    free_text: bool = False
    about_other: bool = False
    """It names somebody else than the row's person."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkProposal:
    """A link and the role it seems to play."""

    fields: tuple[str, ...]
    to: str
    """A collection of the same source, or `source.collection`."""
    to_fields: tuple[str, ...]
    role: LinkRole
    reason: str
    inferred: bool = False
    """Guessed from names and values; the source does not declare it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CollectionProposal:
    """A collection, its key and whom its rows are about."""

    name: str
    reason: str
    """Why the subject is proposed, or that none is."""
    fields: tuple[FieldProposal, ...]
    key: tuple[str, ...] = ()
    subject: str | None = None
    links: tuple[LinkProposal, ...] = ()
    activities: tuple[str, ...] = ()
    """For every field that names none of its own."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceProposal:
    """A source, and what could not be looked at or mapped."""

    name: str
    reason: str
    collections: tuple[CollectionProposal, ...]
    title: str | None = None
    connector: str | None = None
    """None where an import cannot tell; a person fills it in."""
    config: Mapping[str, object] = field(default_factory=dict)
    owner: str | None = None
    notes: tuple[str, ...] = ()


def used_for(proposal: SourceProposal, activities: tuple[str, ...]) -> SourceProposal:
    """The proposal with activities for every collection that holds personal data."""
    return replace(
        proposal,
        collections=tuple(
            replace(held, activities=activities)
            if any(each.category != NOT_PERSONAL for each in held.fields)
            else held
            for held in proposal.collections
        ),
    )
