"""Seal the fields of a collection in its source, seal them anew, or give them back.

(1) what speaks against it is looked for; anything that does stops it before a cell is changed
(2) look-up values get their key, cut as planned
(3) the intent goes into the audit log
(4) page by page the cells are brought to where they belong, while the source is being used
(5) what became of them goes into the audit log; versions that nothing is under any more go
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from govreg.errors import Conflict
from govreg.gate.border import Visit
from govreg.gate.erase import clean
from govreg.ids import new_id
from govreg.progress import working
from govreg.protecting.guarded import Guarded
from govreg.protecting.pages import ROWS, owners_of, pages
from govreg.protecting.plan import CollectionPlan, plan_for
from govreg.protecting.sealing import Tally, Task, Towards, work_on
from govreg.protecting.status import state_of
from govreg.protection.field_index import FieldIndex
from govreg.protection.field_keys import FieldKeys
from govreg.register.model import Collection
from govreg.requests.journal import Notes
from govreg.requests.parts import Parts
from govreg.runner.claim import claimed


@dataclass(frozen=True, slots=True, kw_only=True)
class Done:
    """What became of a collection."""

    collection: str
    tally: Tally
    cleaned: tuple[str, ...] = ()
    remains: tuple[str, ...] = ()
    """What may still hold clear values at the source, in words."""


def sealed(
    parts: Parts,
    collection: Collection,
    fields: Sequence[Guarded],
    *,
    actor: str,
    expected: int | None = None,
    accept_leak: bool = False,
    renew: bool = False,
) -> Done:
    """Bring every cell to where the register says, under the keys that seal now.

    Args:
        parts: The engine's parts.
        collection: Which.
        fields: Its fields that are to be sealed.
        actor: Who asks.
        expected: Rows that it will have once.
        accept_leak: Whether look-up values are made whatever they tell.
        renew: Whether new versions of the field's keys are made first, and the old ones go after.

    Raises:
        Conflict: another process works on the collection.
        SourceProblem: the source cannot be read, or refuses a change.
    """
    with (
        claimed(parts.store, f"protect:{collection.ref}"),
        parts.border.visit(as_stored=True) as visit,
    ):
        plan = plan_for(parts, visit, collection, fields, expected=expected)
        _refuse_obstacles(plan, accept_leak=accept_leak)
        if renew:
            _renewed(parts, plan)
        indexes = _indexes(parts, plan)
        _log(parts, "protect.begun", collection, actor, {"rows": plan.rows})
        tally = _worked(parts, visit, collection, plan.rows, fields, indexes, Towards.SEALED)
        done = _cleaned(visit, collection, tally)
        if renew and _nothing_old(parts, visit, collection, fields):
            _retired(parts, fields)
        _log(parts, "protect.done", collection, actor, tally.counts())
        return done


def given_back(
    parts: Parts,
    collection: Collection,
    fields: Sequence[Guarded],
    *,
    actor: str,
) -> Done:
    """Open every cell that opens, and take the look-up values away.

    Raises:
        Conflict, SourceProblem: as `sealed`.
    """
    with (
        claimed(parts.store, f"protect:{collection.ref}"),
        parts.border.visit(as_stored=True) as visit,
    ):
        rows = visit.count(collection)
        _log(parts, "protect.giving_back", collection, actor, {"rows": rows})
        tally = _worked(parts, visit, collection, rows, fields, {}, Towards.CLEAR)
        _log(parts, "protect.given_back", collection, actor, tally.counts())
        return Done(collection=collection.ref, tally=tally)


def _refuse_obstacles(plan: CollectionPlan, *, accept_leak: bool) -> None:
    """Refuse to carry a plan out that something speaks against.

    Raises:
        Conflict: with every obstacle and its way out.
    """
    stopping = [o for o in plan.obstacles if o.stops and not (o.leak and accept_leak)]
    if stopping:
        raise Conflict(
            f"`{plan.collection.ref}` cannot be sealed as it stands",
            *(f"{one.place}: {one.text}; {one.way_out}" for one in stopping),
        )


def _worked(
    parts: Parts,
    visit: Visit,
    collection: Collection,
    rows: int,
    fields: Sequence[Guarded],
    indexes: dict[str, FieldIndex],
    towards: Towards,
) -> Tally:
    """Step (4)."""
    tally = Tally()
    notes = Notes(parts.store, new_id("job"), collection.source, parts.clock)
    needed = fields if towards is Towards.SEALED else ()
    words = "sealing" if towards is Towards.SEALED else "opening"
    with (
        owners_of(parts, collection, needed) as owners,
        parts.border.visit(as_stored=True) as writing,
        working(parts.border.progress, f"{words} {collection.ref}", rows // ROWS + 1),
    ):
        task = Task(
            parts=parts,
            visit=writing,
            collection=collection,
            fields=fields,
            indexes=indexes,
            towards=towards,
            notes=notes,
            tally=tally,
        )
        for page in pages(visit, collection, fields, owners):
            work_on(task, page)
            parts.border.progress.reached(f"row {tally.rows:,}")
    return tally


def _indexes(parts: Parts, plan: CollectionPlan) -> dict[str, FieldIndex]:
    """Step (2)."""
    common, made = FieldKeys(parts.keys), {}
    with parts.store.write() as connection:
        for one in plan.fields:
            place = one.field.place.ref
            if one.field.protect.index is None:
                continue
            held = common.indexes(connection, place)
            if not held and one.index is not None:
                held = [common.make_index(connection, place, one.index.bits, parts.clock())]
            made[one.field.name] = FieldIndex(place, held)
    return made


def _renewed(parts: Parts, plan: CollectionPlan) -> None:
    common = FieldKeys(parts.keys)
    with parts.store.write() as connection:
        for one in plan.fields:
            place = one.field.place.ref
            if common.versions(connection, place):
                common.renew(connection, place, parts.clock())
            held = common.indexes(connection, place)
            if held:
                common.make_index(connection, place, held[-1].bits, parts.clock())


def _nothing_old(
    parts: Parts, visit: Visit, collection: Collection, fields: Sequence[Guarded]
) -> bool:
    """(5): whether a second reading finds nothing under an older version.

    A row may have moved past the first one, and a key that is destroyed does not come back.
    """
    held = state_of(parts, visit, collection, fields)
    return not any(one.stale or one.shut or one.not_indexed for one in held.fields)


def _retired(parts: Parts, fields: Sequence[Guarded]) -> None:
    """(5): nothing is under the older versions any more; a restored copy opens nothing of them."""
    common = FieldKeys(parts.keys)
    with parts.store.write() as connection:
        for one in fields:
            place = one.place.ref
            versions = common.versions(connection, place)
            if versions:
                common.retire(connection, place, "seal", versions[-1].version, parts.clock())
            held = common.indexes(connection, place)
            if held:
                common.retire(connection, place, "index", held[-1].version, parts.clock())


def _cleaned(visit: Visit, collection: Collection, tally: Tally) -> Done:
    """Clear values that the source's own files may still hold are cleared, as far as it may."""
    if not tally.changed:
        return Done(collection=collection.ref, tally=tally)
    found = clean(visit, collection.source, [collection.name])
    return Done(
        collection=collection.ref,
        tally=tally,
        cleaned=found.done,
        remains=tuple(one.text for one in found.remains),
    )


def _log(
    parts: Parts, action: str, collection: Collection, actor: str, counts: dict[str, int]
) -> None:
    with parts.store.write() as connection:
        parts.log(
            connection,
            action,
            actor,
            source=collection.source,
            collection=collection.name,
            counts=counts,
        )
