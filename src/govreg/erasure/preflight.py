"""Look before writing: everything that would stop a plan, or make it do more than it says.

    (1) every changed collection has a key and is there
    (2) every new value fits its column: nullable, writable, type, length, uniqueness, enumeration
    (3) triggers of changed collections were read by a person
    (4) rows that point at deleted rows are in the plan, also those of unregistered collections;
        a cascade would take rows that nobody planned
    (5) rings of foreign keys can be broken

A blocker stops the plan before anything is written, and says what would help.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from govreg.connectors.plan import Change, ChangeKind, SourcePlan
from govreg.connectors.record import RowKey
from govreg.connectors.values import NotComparable, coerced
from govreg.erasure.model import Blocker
from govreg.erasure.order import stuck_rings
from govreg.erasure.strategy import makes_unique, strategy_of
from govreg.gate.border import Visit
from govreg.gate.scope import Scope
from govreg.register.catalogue import Catalogue, ColumnFacts, ForeignKey
from govreg.register.model import Collection, Register, Strategy


def preflight(
    visit: Visit, register: Register, scope: Scope, plans: Sequence[SourcePlan]
) -> tuple[Blocker, ...]:
    """Every reason why the plans cannot be carried out as they stand; empty when they can."""
    blockers: list[Blocker] = []
    for plan in plans:
        catalogue = visit.catalogue(plan.source)
        for change in plan.changes:
            collection = register.collection(f"{plan.source}.{change.collection}")
            if collection is not None:
                blockers += _collection(collection, change, catalogue)
                blockers += _triggers(collection, change, catalogue)
        blockers += _inbound(visit, register, scope, plan, catalogue)
        for ring in stuck_rings(plan.changes, catalogue):
            names = ", ".join(ring)
            blockers.append(
                Blocker(
                    code="ring",
                    place=plan.source,
                    text=f"foreign keys form a ring that cannot be broken: {names}",
                    way_out="make one of its foreign keys nullable or deferrable",
                )
            )
    return tuple(dict.fromkeys(blockers))


def _collection(collection: Collection, change: Change, catalogue: Catalogue) -> Iterator[Blocker]:
    facts = catalogue.collections.get(collection.name)
    if facts is None:
        yield Blocker(
            code="missing_collection",
            place=collection.ref,
            text="it is not there any more",
            way_out="run `govreg register check` and bring the source file up to date",
        )
        return
    if not collection.key:
        yield Blocker(
            code="no_key",
            place=collection.ref,
            text="without a key no row can be told apart, so none is changed",
            way_out="declare `key:` for the collection, or give the source a unique key",
        )
    for name, value in change.assign.items():
        column = facts.columns.get(name)
        place = f"{collection.ref}.{name}"
        if column is None:
            yield Blocker(
                code="no_column",
                place=place,
                text="the column is not there any more",
                way_out="run `govreg register check` and bring the source file up to date",
            )
            continue
        yield from _fits(collection, column, value, place, rows=len(change.rows))


def _fits(
    collection: Collection, column: ColumnFacts, value: Any, place: str, *, rows: int
) -> Iterator[Blocker]:
    field = collection.fields.get(column.name)
    chosen = strategy_of(field) if field else None
    if column.generated:
        yield Blocker(
            code="generated",
            place=place,
            text="the source computes this column, so it cannot be written",
            way_out="erase what it is computed from; declare `category: none` if that is enough",
        )
    if value is None:
        if not column.nullable:
            undated = chosen and chosen.strategy is Strategy.GENERALISE_DATE
            yield Blocker(
                code="not_null",
                place=place,
                text="the value is no date and cannot be generalised"
                if undated
                else "it must not be null",
                way_out="give the field `on_erase: {constant: ...}`",
            )
        return
    try:
        coerced(value, column.type)
    except NotComparable:
        yield Blocker(
            code="type",
            place=place,
            text=f"the value of its `on_erase` does not fit the type {column.source_type}",
            way_out="choose a constant of the column's type, or `set_null`",
        )
    text = str(value)
    if column.max_length is not None and len(text) > column.max_length:
        yield Blocker(
            code="too_long",
            place=place,
            text=f"the column holds {column.max_length} characters, not {len(text)}",
            way_out="choose a shorter constant",
        )
    if column.allowed is not None and text not in column.allowed:
        yield Blocker(
            code="not_allowed",
            place=place,
            text="the column allows only listed values and the new value is none of them",
            way_out="choose a constant that the column allows",
        )
    if column.unique and chosen is not None and not makes_unique(chosen):
        yield Blocker(
            code="unique",
            place=place,
            text=f"it is unique, and {rows} rows or a later erasure would get one value",
            way_out="put `{unique}` into the constant",
        )


def _triggers(collection: Collection, change: Change, catalogue: Catalogue) -> Iterator[Blocker]:
    for trigger in catalogue.triggers:
        if trigger.collection != collection.name or trigger.name in collection.triggers_reviewed:
            continue
        if change.kind.value in trigger.event.lower():
            yield Blocker(
                code="trigger",
                place=collection.ref,
                text=f"trigger `{trigger.name}` runs on {trigger.event} and is not reviewed",
                way_out=f"read it, then add `triggers_reviewed: [{trigger.name}]`",
            )


def _inbound(
    visit: Visit, register: Register, scope: Scope, plan: SourcePlan, catalogue: Catalogue
) -> Iterator[Blocker]:
    going: dict[str, set[RowKey]] = {}
    for change in plan.changes:
        if change.kind is ChangeKind.DELETE:
            going.setdefault(change.collection, set()).update(change.rows)
    for key in catalogue.foreign_keys:
        if key.to_collection not in going or not key.enforced or _let_go(key, catalogue):
            continue
        outside = _outside(visit, register, scope, plan, catalogue, key, going)
        if not outside:
            continue
        registered = register.collection(f"{plan.source}.{key.collection}") is not None
        where = (
            f"`{key.collection}`"
            if registered
            else f"`{key.collection}`, which nobody registered,"
        )
        if key.on_delete == "cascade":
            text = f"{outside} rows of {where} would vanish by a cascade and are not in the plan"
        else:
            text = f"{outside} rows of {where} point at rows to be deleted"
        yield Blocker(
            code="cascade" if key.on_delete == "cascade" else "inbound_key",
            place=f"{plan.source}.{key.to_collection}",
            text=text,
            way_out=f"register `{key.collection}` with a link over {', '.join(key.fields)}, "
            "or keep the rows by `on_erase: blank`",
        )


def _outside(
    visit: Visit,
    register: Register,
    scope: Scope,
    plan: SourcePlan,
    catalogue: Catalogue,
    key: ForeignKey,
    going: Mapping[str, set[RowKey]],
) -> int:
    """How many rows point at deleted rows and are neither deleted nor detached by the plan."""
    parent = register.collection(f"{plan.source}.{key.to_collection}")
    found = scope.rows.get(f"{plan.source}.{key.to_collection}", {})
    gone = [row for row in going[key.to_collection] if row in found]
    targets: Sequence[RowKey]
    if parent is None or all(name in parent.fields for name in key.to_fields):
        targets = [tuple(found[row].values.get(name) for name in key.to_fields) for row in gone]
    else:  # the source's own link runs over columns that nobody registered
        targets = visit.referencing(
            plan.source, key.to_collection, parent.key, gone, key.to_fields
        )
    facts = catalogue.collections.get(key.collection)
    if parent is None or facts is None or not targets:
        return 0
    safe = set(going.get(key.collection, ())) | _detached(plan, key)
    if not safe:
        return visit.tally(plan.source, key.collection, key.fields, targets)
    child = register.collection(f"{plan.source}.{key.collection}")
    names = child.key if child else facts.key
    pointing = visit.referencing(plan.source, key.collection, key.fields, targets, names)
    return sum(1 for row in pointing if row not in safe)


def _let_go(key: ForeignKey, catalogue: Catalogue) -> bool:
    """Whether the source itself sets the pointers to null, and can."""
    facts = catalogue.collections.get(key.collection)
    columns = [facts.columns.get(name) for name in key.fields] if facts else []
    return key.on_delete == "set_null" and all(held and held.nullable for held in columns)


def _detached(plan: SourcePlan, key: ForeignKey) -> set[RowKey]:
    """Rows whose foreign key the plan sets to null."""
    return {
        row
        for change in plan.changes
        if change.collection == key.collection and change.kind is ChangeKind.UPDATE
        if any(name in change.assign and change.assign[name] is None for name in key.fields)
        for row in change.rows
    }
