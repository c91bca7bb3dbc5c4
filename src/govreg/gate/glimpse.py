"""A glimpse of candidates, for the named person who says whether they are the one who asks.

Only what tells people apart is read: identifiers, names, ways to reach them, a date of birth; and
only of the first rows. No credential, no free text, nothing privileged.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from govreg.errors import SourceProblem
from govreg.gate.border import Visit
from govreg.gate.scope import Candidate
from govreg.register.model import Collection, Field
from govreg.register.taxonomy import matches

_ROWS = 3
_TELLING = (
    "user.name",
    "user.contact",
    "user.unique_id",
    "user.government_id",
    "user.account.username",
    "user.demographic.date_of_birth",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Glimpse:
    """What tells the first rows of a candidate apart."""

    candidate: Candidate
    rows: tuple[Mapping[str, Any], ...]
    """Values by field, empty ones left out."""
    unread: str | None = None
    """Why they cannot be read."""


def glimpse(visit: Visit, candidate: Candidate) -> Glimpse:
    """The telling fields of a candidate's first rows."""
    collection = visit.border.register.collection(candidate.collection)
    if collection is None or not collection.key:
        return Glimpse(candidate=candidate, rows=(), unread="no_key")
    names = [field.name for field in collection.fields.values() if _tells(field)]
    if not names:
        return Glimpse(candidate=candidate, rows=(), unread="nothing_telling")
    try:
        rows = _read(visit, collection, candidate, names)
    except SourceProblem as problem:
        return Glimpse(candidate=candidate, rows=(), unread=problem.code)
    return Glimpse(candidate=candidate, rows=rows)


def _read(
    visit: Visit, collection: Collection, candidate: Candidate, names: list[str]
) -> tuple[Mapping[str, Any], ...]:
    found = visit.follow(collection, collection.key, candidate.rows[:_ROWS], names)
    return tuple({name: row[name] for name in names if row[name] is not None} for row in found)


def _tells(field: Field) -> bool:
    if field.secret or field.free_text or field.privileged or field.about_other:
        return False
    telling = any(matches(field.category, prefix) for prefix in _TELLING)
    return field.identifier is not None or telling
