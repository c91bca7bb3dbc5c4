"""Look at a live source and propose how to register it; writes nothing.

1. Read the catalogue and some rows of every collection; one that fails is noted, the rest go on.
2. See which collections are people and which are places.
3. Take the links that the source declares; guess others from names, and keep a guess only when the
   values are found where they should lead.
4. Give each link a role; what links to people belongs to people.
5. Classify every column in the company of its neighbours and links.

Rows are looked at and dropped; a proposal holds names, counts and forms only.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from govreg.errors import NotFound, SourceProblem
from govreg.gate.border import Border, Visit
from govreg.passes.roles import Kinds, Roles, Way, fields_of_others, roles_of, target_of
from govreg.progress import working
from govreg.register.catalogue import Catalogue, CollectionFacts
from govreg.register.classify import classify, is_people, is_place, speaks_of_people
from govreg.register.column import Column
from govreg.register.proposal import (
    CollectionProposal,
    FieldProposal,
    LinkProposal,
    SourceProposal,
)
from govreg.register.words import (
    CUSTOMERS,
    NAME,
    NUMBERS,
    PEOPLE,
    says_staff,
    singular,
    words_of,
)

_ROWS = 200
_PROBED = 50
_FOUND = 0.8
_TELLING = 10
_CANDIDATE = "candidate key: "


@dataclass(frozen=True, slots=True, kw_only=True)
class _Seen:
    """A collection as it was seen."""

    facts: CollectionFacts
    key: tuple[str, ...]
    columns: Mapping[str, Column]


def discover(border: Border, source_name: str) -> SourceProposal:
    """Propose collections, keys, links and fields for a source.

    Raises:
        NotFound: no such source.
        ConfigurationProblem, SourceProblem: the source cannot be reached at all.
    """
    if source_name not in border.register.sources:
        raise NotFound(f"there is no source `{source_name}`")
    notes: list[str] = []
    with border.visit() as visit:
        # (1): the catalogue, and some rows of each
        catalogue = visit.catalogue(source_name)
        with working(border.progress, f"looking at {source_name}", len(catalogue.collections)):
            seen = {
                name: _look(visit, source_name, facts, notes)
                for name, facts in catalogue.collections.items()
            }
        # (2): people and places
        kinds = _kinds(seen)
        # (3): links
        ways = tuple(_declared(catalogue, seen))
        ways += tuple(_guessed(visit, source_name, seen, ways, notes))
    notes += [
        f"`{name}` is there and cannot be read ({code})"
        for name, code in catalogue.unreadable.items()
    ]
    # (4): their roles
    roles = roles_of(ways, kinds)
    held = border.register.sources[source_name]
    return SourceProposal(
        name=source_name,
        title=held.title,
        connector=held.connector,
        config=held.config,
        owner=held.owner,
        reason="seen in the live source",
        # (5): every column in company
        collections=tuple(_proposal(name, one, kinds, roles) for name, one in seen.items()),
        notes=tuple(notes),
    )


def _look(visit: Visit, source: str, facts: CollectionFacts, notes: list[str]) -> _Seen:
    rows: Mapping[str, Sequence[Any]] = {}
    try:
        rows = visit.sample_any(source, facts.name, _ROWS).to_pydict()
    except SourceProblem as problem:
        notes.append(f"`{facts.name}` could not be sampled ({problem.code}); seen by names alone")
    candidates = [note.removeprefix(_CANDIDATE) for note in facts.notes if _CANDIDATE in note]
    key = facts.key or tuple(name for name in candidates[:1] if name in facts.columns)
    columns = {
        name: Column(
            name=name,
            type=column.type,
            values=rows.get(name, ()),
            unique=column.unique or key == (name,) or _distinct(rows.get(name, ())),
            key=key == (name,),
        )
        for name, column in facts.columns.items()
    }
    return _Seen(facts=facts, key=key, columns=columns)


def _distinct(values: Sequence[Any]) -> bool:
    """Whether no value came twice, in enough rows to tell."""
    held = [repr(value) for value in values if value is not None]
    return len(held) >= _TELLING and len(set(held)) == len(held)


def _kinds(seen: Mapping[str, _Seen]) -> Kinds:
    columns = {name: tuple(one.columns.values()) for name, one in seen.items()}
    people = frozenset(name for name, held in columns.items() if is_people(name, held))
    places = frozenset(
        name
        for name, held in columns.items()
        if name not in people and (is_place(held) or speaks_of_people(held))
    )
    return Kinds(people=people, places=places)


def _declared(catalogue: Catalogue, seen: Mapping[str, _Seen]) -> Iterator[Way]:
    for key in catalogue.foreign_keys:
        child, target = seen.get(key.collection), seen.get(key.to_collection)
        if child is not None and target is not None:
            yield Way(
                child=key.collection,
                fields=key.fields,
                to=key.to_collection,
                to_fields=key.to_fields,
                why="a foreign key of the source",
                single=_single(child, key.fields),
            )


def _single(child: _Seen, fields: tuple[str, ...]) -> bool:
    if set(fields) == set(child.key) or any(
        set(fields) == set(names) for names in child.facts.unique_sets
    ):
        return True
    return len(fields) == 1 and child.columns[fields[0]].unique


def _guessed(
    visit: Visit,
    source: str,
    seen: Mapping[str, _Seen],
    declared: Sequence[Way],
    notes: list[str],
) -> Iterator[Way]:
    """Links by name whose values are found at the other end."""
    linked = {(way.child, name) for way in declared for name in way.fields}
    for name, child in seen.items():
        for column in child.columns.values():
            if (name, column.name) in linked:
                continue
            for to in _namesakes(name, column, seen):
                target = seen[to]
                share = _found(visit, source, column, to, target.key, notes)
                if share is not None and share >= _FOUND:
                    yield Way(
                        child=name,
                        fields=(column.name,),
                        to=to,
                        to_fields=target.key,
                        why=f"names agree, {share:.0%} of the values looked up are there",
                        inferred=True,
                        single=column.unique,
                    )
                    break


def _namesakes(child: str, column: Column, seen: Mapping[str, _Seen]) -> Iterator[str]:
    """Collections whose key a column seems to hold, by its words."""
    words = words_of(column.name)
    about = frozenset(map(singular, words)) - NUMBERS - NAME
    for name, target in seen.items():
        if name == child or len(target.key) != 1 or not about:
            continue
        key = words_of(target.key[0])
        same = words == key and not NUMBERS.issuperset(key)
        kind = frozenset(map(singular, words_of(name)))
        named = bool(NUMBERS.intersection(words)) and about == kind
        if (same or named) and not column.key:
            yield name


def _found(
    visit: Visit,
    source: str,
    column: Column,
    to: str,
    key: tuple[str, ...],
    notes: list[str],
) -> float | None:
    """The part of some values that the other collection has; None where it cannot be told."""
    probes = list(dict.fromkeys(v for v in column.values if _is_plain(v)))[:_PROBED]
    if not probes:
        return None
    try:
        count = visit.tally(source, to, key, [(probe,) for probe in probes])
    except SourceProblem as problem:
        notes.append(f"`{to}` could not be asked for values of `{column.name}` ({problem.code})")
        return None
    return min(count / len(probes), 1.0)


def _is_plain(value: object) -> bool:
    return isinstance(value, int | str) and not isinstance(value, bool) and value != ""


def _proposal(name: str, one: _Seen, kinds: Kinds, roles: Roles) -> CollectionProposal:
    given = [(way, role, why) for way, role, why in roles.given if way.child == name]
    targets = {
        field: target_of(way, kinds, roles.records) for way, _, _ in given for field in way.fields
    }
    columns = [replace(column, link=targets.get(column.name)) for column in one.columns.values()]
    verdicts = classify(name, columns, about_people=name in roles.records)
    others = fields_of_others(given).get(name, frozenset())
    people = name in kinds.people
    return CollectionProposal(
        name=name,
        key=one.key,
        subject=_subject(name) if people else None,
        reason=_about(name, kinds, roles),
        fields=tuple(
            FieldProposal(
                name=field,
                category=found.category,
                identifier=found.identifier,
                origin=found.origin,
                free_text=found.free_text,
                about_other=field in others,
                reason=found.reason,
            )
            for field, found in verdicts.items()
        ),
        links=tuple(
            LinkProposal(
                fields=way.fields,
                to=way.to,
                to_fields=way.to_fields,
                role=role,
                inferred=way.inferred,
                reason=f"{way.why}; {why}",
            )
            for way, role, why in given
        ),
    )


def _about(name: str, kinds: Kinds, roles: Roles) -> str:
    if name in kinds.people:
        return "each row seems to be a person"
    if name in roles.records:
        return "rows seem to belong to people"
    return "personal columns, and no row is a person" if name in kinds.places else "no people seen"


def _subject(name: str) -> str:
    words = words_of(name)
    if says_staff(words):
        return "employee"
    if CUSTOMERS.intersection(words):
        return "customer"
    return next((singular(word) for word in words if word in PEOPLE), "person")
