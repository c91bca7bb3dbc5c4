"""The roles that links seem to play, from who is people, who does the work and what is a place.

- Rows that are people are seen first; rows that link to people belong to them, and so do rows that
  link to those, however long the chain.
- A column whose words speak of staff names somebody else. Where such a link is the only one to
  people, and the word is as plain as `employee`, the rows are the employee's own.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from govreg.register.column import Target
from govreg.register.model import LinkRole
from govreg.register.words import says_staff, words_of

_PLAIN_STAFF = frozenset(
    {
        *("employee", "employees", "staff", "worker", "tyontekija", "mitarbeiter", "anstalld"),
        *("personal", "henkilo"),
    }
)
_RELATIVES = frozenset(
    {
        *("parent", "spouse", "guardian", "partner", "emergency", "referrer", "referred"),
        *("invited", "sponsor", "huoltaja", "puoliso", "vormund", "vardnadshavare"),
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Way:
    """A link before it has a role."""

    child: str
    fields: tuple[str, ...]
    to: str
    to_fields: tuple[str, ...]
    why: str
    """How the link is known."""
    inferred: bool = False
    single: bool = False
    """No two rows of the child link to the same row."""

    @property
    def words(self) -> frozenset[str]:
        """The words of its columns."""
        return frozenset(word for name in self.fields for word in words_of(name))


@dataclass(frozen=True, slots=True, kw_only=True)
class Kinds:
    """What the collections of a source are."""

    people: frozenset[str]
    places: frozenset[str]
    """Collections of addresses, or others with personal columns that are not people."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Roles:
    """The role of each link, in the order given, and what belongs to people."""

    given: tuple[tuple[Way, LinkRole, str], ...]
    records: frozenset[str]
    """Collections whose rows belong to people."""


def roles_of(ways: Sequence[Way], kinds: Kinds) -> Roles:
    """Give every link a role, with the reason."""
    to_people = {
        (way.child, way.fields): _to_people(way, ways, kinds)
        for way in ways
        if way.to in kinds.people
    }
    records = {
        child for (child, _), (role, _) in to_people.items() if role is LinkRole.OWNS
    } - kinds.people
    while True:
        more = {
            way.child for way in ways if way.to in records and way.child not in kinds.people
        } - records
        if not more:
            break
        records |= more
    given = tuple(
        (way, *(to_people.get((way.child, way.fields)) or _to_other(way, kinds, records)))
        if way.to in kinds.people
        else (way, *_to_other(way, kinds, records))
        for way in ways
    )
    return Roles(given=given, records=frozenset(records))


def target_of(way: Way, kinds: Kinds, records: frozenset[str]) -> Target:
    """What a link leads to, as the classification of its columns needs it."""
    if way.to in kinds.people:
        return Target.PEOPLE
    if way.to in records:
        return Target.RECORD
    return Target.PLACE if way.to in kinds.places else Target.THING


def _to_people(way: Way, ways: Sequence[Way], kinds: Kinds) -> tuple[LinkRole, str]:
    if way.child == way.to:
        return LinkRole.MENTIONS, "a person's row names another person"
    if says_staff(sorted(way.words)):
        others = [
            w
            for w in ways
            if w.child == way.child and w.to in kinds.people and w.fields != way.fields
        ]
        plain = bool(_PLAIN_STAFF & way.words) and not others and way.child not in kinds.people
        if plain:
            return LinkRole.OWNS, "the only people that these rows link to"
        return LinkRole.MENTIONS, "its name says somebody who does the work"
    if _RELATIVES & way.words:
        return LinkRole.MENTIONS, "its name says another person"
    if way.child in kinds.people and not way.single:
        return LinkRole.MENTIONS, "several people link to the same person"
    return LinkRole.OWNS, "it links to people"


def _to_other(way: Way, kinds: Kinds, records: set[str]) -> tuple[LinkRole, str]:
    if way.to in records and way.child not in kinds.people:
        return LinkRole.OWNS, "it links to rows that belong to people"
    of_people = way.child in kinds.people or way.child in records
    if of_people and way.to in kinds.places:
        return LinkRole.SHARED, "it links to an address, which others may have, too"
    return LinkRole.LOOKUP, "nothing where it leads speaks of a person"


def fields_of_others(given: Sequence[tuple[Way, LinkRole, str]]) -> Mapping[str, frozenset[str]]:
    """The columns that name somebody else, by collection."""
    found: dict[str, frozenset[str]] = {}
    for way, role, _ in given:
        if role is LinkRole.MENTIONS:
            found[way.child] = found.get(way.child, frozenset()) | set(way.fields)
    return found
