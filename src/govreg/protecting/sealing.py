"""One page of rows brought to what the register says of its fields.

(1) what each cell is: clear, sealed as it should be, sealed as it should not be any more
(2) the keys that are needed are made and their uses taken, and committed, before anything is
    sealed under them
(3) cells are sealed or opened; look-up values are made
(4) the source takes the new cells where the old ones are still there, or none of the page
(5) where somebody changed a row meanwhile, the rows are read again, and (1) begins anew

A killed program leaves clear cells and sealed ones; both are readable, and the next run goes on.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

import sqlalchemy as sa

from govreg.connectors.plan import (
    SETTLED,
    Change,
    ChangeKind,
    SourcePlan,
    fingerprint,
    schema_hash,
)
from govreg.errors import IntegrityProblem, SourceProblem
from govreg.gate.border import Visit
from govreg.gate.erase import carry_out
from govreg.protecting.guarded import Guarded
from govreg.protecting.pages import PageOfRows, columns_of
from govreg.protection.cells import is_sealed, record_of, sealed_ids
from govreg.protection.envelope import Key
from govreg.protection.field_index import FieldIndex
from govreg.protection.field_keys import FieldKeys
from govreg.protection.purpose import Purpose
from govreg.register.model import Collection
from govreg.requests.journal import Notes
from govreg.requests.parts import Parts

_TRIES = 6


class Towards(StrEnum):
    """Where cells are brought."""

    SEALED = "sealed"
    CLEAR = "clear"


@dataclass(slots=True)
class Tally:
    """What became of the cells of a collection."""

    rows: int = 0
    changed: Counter[str] = field(default_factory=Counter)
    """Cells that were sealed, sealed anew or given back, by field."""
    left: Counter[tuple[str, str]] = field(default_factory=Counter)
    """Cells that could not be, by field and code."""
    busy: int = 0
    """Rows that somebody went on changing; the next run does them."""

    def counts(self) -> dict[str, int]:
        """Rows, changed and left cells, for the log."""
        return {
            "rows": self.rows,
            "changed": self.changed.total(),
            "left": self.left.total(),
            "busy": self.busy,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """One collection that is worked on."""

    parts: Parts
    visit: Visit
    collection: Collection
    fields: Sequence[Guarded]
    indexes: Mapping[str, FieldIndex]
    """By field."""
    towards: Towards
    notes: Notes
    tally: Tally


@dataclass(slots=True)
class _New:
    """The new cells of a page: by field, by place; and those that could not be opened."""

    cells: dict[str, dict[int, Any]] = field(default_factory=dict)
    left: dict[tuple[str, int], str] = field(default_factory=dict)

    def put(self, name: str, place: int, value: object) -> None:
        self.cells.setdefault(name, {})[place] = value

    @property
    def places(self) -> list[int]:
        return sorted({place for held in self.cells.values() for place in held})


def work_on(task: Task, page: PageOfRows) -> None:
    """Bring a page's cells to where they belong.

    Raises:
        SourceProblem: the source refuses the change for another reason than a changed row.
        IntegrityProblem: a key's row was altered.
    """
    task.tally.rows += len(page.keys)
    for _ in range(_TRIES):
        new = _made(task, page)
        places = new.places
        if not places or _written(task, page, new, places):
            task.tally.changed.update({name: len(held) for name, held in new.cells.items()})
            task.tally.left.update((name, code) for (name, _), code in new.left.items())
            return
        page = _again(task, page, places)
        if not page.keys:
            return
    if len(page.keys) > 1:
        half = len(page.keys) // 2
        task.tally.rows -= len(page.keys)
        for part in (slice(None, half), slice(half, None)):
            work_on(task, _part(page, part))
        return
    task.tally.busy += len(page.keys)


def _made(task: Task, page: PageOfRows) -> _New:
    """Steps (1) to (3)."""
    parts, sealing = task.parts, task.towards is Towards.SEALED
    by_person = sealing and any(one.by_person for one in task.fields)
    owners = {who for who in page.owners if who is not None} if by_person else set()
    common, new = FieldKeys(parts.keys), _New()
    with parts.store.write() as connection:
        known = parts.keys.ids_of(connection, Purpose.SUBJECT, owners)
        todo: dict[str, list[int]] = {}
        for one in task.fields:
            newest = {key.key_id for key in common.versions(connection, one.place.ref)[-1:]}
            todo[one.name] = _todo(task, page, one, known, newest)
        ids = sealed_ids(page.cells[name][place] for name, at in todo.items() for place in at)
        held = parts.keys.by_ids(connection, ids)
        for one in task.fields:
            places = todo[one.name]
            values = {
                place: value
                for place in places
                if (value := _value(one, page, place, held, new)) is not None
            }
            if sealing:
                _seal(task, page, one, values, connection, new)
                _forget_emptied(page, one, places, new)
            else:
                _give_back(page, one, values, new)
    return new


def _todo(
    task: Task, page: PageOfRows, one: Guarded, known: Mapping[str, int], newest: set[int]
) -> list[int]:
    """(1): the places whose cells are not as they should be, or not to be found."""
    cells, index = page.cells[one.name], task.indexes.get(one.name)
    beside = page.cells[one.protect.index] if one.protect.index else None
    prefix = f"x{index.version}." if index else ""
    found = []
    for place, (cell, who) in enumerate(zip(cells, page.owners, strict=True)):
        if cell is None:
            if beside is not None and beside[place] is not None:
                found.append(place)
            continue
        if task.towards is Towards.CLEAR:
            if is_sealed(cell) or (beside is not None and beside[place] is not None):
                found.append(place)
            continue
        own = one.own_key(who, known)
        indexed = index is None or beside is None or str(beside[place]).startswith(prefix)
        if not (is_sealed(cell) and indexed and one.is_in_place(cell, own, newest)):
            found.append(place)
    return found


def _value(one: Guarded, page: PageOfRows, place: int, held: Mapping[int, Key], new: _New) -> Any:
    """What a cell holds; None where it holds nothing, and, noted, where it does not open."""
    cell = page.cells[one.name][place]
    if not is_sealed(cell):
        return cell
    try:
        return one.codec.open(cell, record_of(page.keys[place]), held)
    except IntegrityProblem as problem:
        new.left[one.name, place] = problem.code
        return None


def _seal(
    task: Task,
    page: PageOfRows,
    one: Guarded,
    values: Mapping[int, Any],
    connection: sa.Connection,
    new: _New,
) -> None:
    """(2) and (3): the keys of a page's values, the values sealed, their look-up values."""
    if not values:
        return
    parts, places = task.parts, list(values)
    of = {place: page.owners[place] if one.by_person else None for place in places}
    owners = {who for who in of.values() if who is not None}
    now = parts.clock()
    people = parts.keys.many(connection, Purpose.SUBJECT, owners, create=True, now=now)
    nobody = sum(who is None for who in of.values())
    common: Key | None = None
    if nobody:
        common = FieldKeys(parts.keys).sealing(connection, one.place.ref, nobody, now)
    keys = [people[who] if who is not None else common for who in of.values()]
    sealed = one.codec.seal(
        list(values.values()),
        [record_of(page.keys[place]) for place in places],
        [key for key in keys if key is not None],
        text=all(isinstance(cell, str) for cell in page.cells[one.name] if cell is not None),
    )
    for place, cell in zip(places, sealed, strict=True):
        new.put(one.name, place, cell)
    index = task.indexes.get(one.name)
    if one.protect.index is not None and index is not None:
        for place, value in values.items():
            normal = one.normal(value if isinstance(value, str) else str(value))
            new.put(one.protect.index, place, index.of(normal))


def _forget_emptied(page: PageOfRows, one: Guarded, places: Sequence[int], new: _New) -> None:
    """Where the value is gone, its look-up value goes too."""
    if one.protect.index is not None:
        for place in places:
            if page.cells[one.name][place] is None:
                new.put(one.protect.index, place, None)


def _give_back(page: PageOfRows, one: Guarded, values: Mapping[int, Any], new: _New) -> None:
    for place, value in values.items():
        new.put(one.name, place, value)
    if one.protect.index is not None:
        shut = {place for name, place in new.left if name == one.name}
        for place, beside in enumerate(page.cells[one.protect.index]):
            if beside is not None and place not in shut:
                new.put(one.protect.index, place, None)


def _written(task: Task, page: PageOfRows, new: _New, places: Sequence[int]) -> bool:
    """Step (4): False where a row was not as it was read."""
    collection = task.collection
    catalogue = task.visit.catalogue(collection.source)
    names = list(new.cells)
    guard = tuple(columns_of(collection, task.fields)[len(collection.key) :])
    change = Change(
        collection=collection.name,
        key=collection.key,
        kind=ChangeKind.UPDATE,
        rows=tuple(page.keys[place] for place in places),
        fingerprints=tuple(
            fingerprint([page.cells[name][place] for name in guard]) for place in places
        ),
        guard=guard,
        assign={},
        each={
            name: tuple(new.cells[name].get(place, page.cells[name][place]) for place in places)
            for name in names
        },
    )
    plan = SourcePlan(
        source=collection.source,
        schema_hash=schema_hash(catalogue, [collection.name]),
        changes=(change,),
    )
    (outcome,) = carry_out(task.visit, plan, task.notes)
    if outcome.kind in SETTLED:
        return True
    if outcome.code in {"row_changed", "row_gone", "other_count", "locked", "file_changed"}:
        return False
    raise SourceProblem(
        outcome.code or str(outcome.kind),
        "the source does not take the new values",
        source=collection.source,
        collection=collection.name,
    )


def _again(task: Task, page: PageOfRows, places: Sequence[int]) -> PageOfRows:
    """Step (5): the rows as they are now; whoever's they were, they still are."""
    collection = task.collection
    wanted = {page.keys[place]: page.owners[place] for place in places}
    rows = task.visit.follow(
        collection, collection.key, list(wanted), columns_of(collection, task.fields)
    )
    keys = [tuple(row[name] for name in collection.key) for row in rows]
    return PageOfRows(
        keys=keys,
        cells={name: [row[name] for row in rows] for name in columns_of(collection, task.fields)},
        owners=[wanted.get(key) for key in keys],
    )


def _part(page: PageOfRows, part: slice) -> PageOfRows:
    return PageOfRows(
        keys=page.keys[part],
        cells={name: held[part] for name, held in page.cells.items()},
        owners=page.owners[part],
    )
