"""What an erasure leaves in the sources is sealed anew before the person's key is destroyed.

(1) the rows of the plan that stay, in collections with sealed fields, are read as they lie
(2) what is under the person's key is opened, and sealed under a key of this erasure's own
(3) the source takes the new cells where the old ones are still there
(4) they are read back, and must open without the person's key

Where one of them cannot be, the key is not destroyed.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from typing import Any

from govreg.connectors.plan import (
    SETTLED,
    Change,
    ChangeKind,
    SourcePlan,
    fingerprint,
    schema_hash,
)
from govreg.connectors.record import RowKey
from govreg.erasure.model import ErasurePlan, RowAction
from govreg.errors import IntegrityProblem
from govreg.gate.border import Visit
from govreg.gate.erase import carry_out
from govreg.gate.sealed_cells import protected
from govreg.protection.cells import CellCodec, is_sealed, record_of, sealed_ids
from govreg.protection.envelope import Key
from govreg.protection.purpose import Purpose
from govreg.register.model import Collection
from govreg.requests.journal import Notes
from govreg.requests.parts import Parts

_TRIES = 3


def reseal(
    parts: Parts, plan: ErasurePlan, names: Sequence[str], request_id: str, notes: Notes
) -> dict[str, str]:
    """Seal anew what stays; answers the collections in which something could not be, and why.

    Rows that stay may be other people's: what is under their keys is left.

    Args:
        parts: The engine's parts.
        plan: The plan that was carried out.
        names: The person and every alias, whose keys are to be destroyed.
        request_id: The erasure, whose own key it is sealed under.
        notes: Where the source's progress is written down.

    Raises:
        SourceProblem: a source cannot be read.
    """
    staying: dict[str, list[RowKey]] = defaultdict(list)
    for row in plan.rows:
        if row.action is not RowAction.DELETE:
            staying[row.collection].append(row.key)
    failed: dict[str, str] = {}
    with parts.border.visit(as_stored=True) as visit:
        for ref, keys in staying.items():
            collection = parts.border.register.collection(ref)
            if collection is not None and protected(collection):
                code = _collection(parts, visit, collection, keys, names, request_id, notes)
                if code is not None:
                    failed[ref] = code
    return failed


def _collection(
    parts: Parts,
    visit: Visit,
    collection: Collection,
    keys: Sequence[RowKey],
    names: Sequence[str],
    request_id: str,
    notes: Notes,
) -> str | None:
    codecs = _codecs(parts, collection)
    anew: dict[RowKey, list[str]] = {}
    for _ in range(_TRIES):
        live = _live(visit, collection, keys, codecs)
        with parts.store.write() as connection:
            going = set(parts.keys.ids_of(connection, Purpose.SUBJECT, names).values())
            under = _under(live, list(codecs), going)
            if not under and not anew:
                return None
            kept = parts.keys.key(
                connection, Purpose.KEPT, request_id, create=True, now=parts.clock()
            )
            held = parts.keys.by_ids(connection, going)
        try:
            if not under:
                _require_open(live, anew, codecs, kept)
                return None
            change = _change(collection, live, under, codecs, held, kept)
        except IntegrityProblem as problem:
            return problem.code
        catalogue = visit.catalogue(collection.source)
        made = SourcePlan(
            source=collection.source,
            schema_hash=schema_hash(catalogue, [collection.name]),
            changes=(change,),
        )
        (outcome,) = carry_out(visit, made, notes)
        if outcome.kind in SETTLED:
            anew |= under
        elif outcome.code not in {"row_changed", "row_gone"}:
            return outcome.code or str(outcome.kind)
    return "row_changed"


def _codecs(parts: Parts, collection: Collection) -> Mapping[str, CellCodec]:
    assert parts.border.cells is not None, "an engine's border opens cells"  # noqa: S101 - types
    return parts.border.cells.codecs(collection)


def _live(
    visit: Visit, collection: Collection, keys: Sequence[RowKey], names: Iterable[str]
) -> dict[RowKey, Mapping[str, Any]]:
    columns = list(dict.fromkeys((*collection.key, *names)))
    rows = visit.follow(collection, collection.key, keys, columns)
    return {tuple(row[name] for name in collection.key): row for row in rows}


def _require_open(
    live: Mapping[RowKey, Mapping[str, Any]],
    anew: Mapping[RowKey, Sequence[str]],
    codecs: Mapping[str, CellCodec],
    kept: Key,
) -> None:
    """Step (4).

    Raises:
        IntegrityProblem: a cell that was sealed anew does not open as it lies there.
    """
    for key, names in anew.items():
        for name in names:
            cell = live.get(key, {}).get(name)
            if isinstance(cell, str | bytes) and is_sealed(cell):
                codecs[name].open(cell, record_of(key), {kept.id: kept})


def _under(
    live: Mapping[RowKey, Mapping[str, Any]], names: Sequence[str], going: AbstractSet[int]
) -> dict[RowKey, list[str]]:
    """The cells that are under keys that go, by row."""
    found = {
        key: [name for name in names if sealed_ids([row[name]]) & going]
        for key, row in live.items()
    }
    return {key: cells for key, cells in found.items() if cells}


def _change(
    collection: Collection,
    live: Mapping[RowKey, Mapping[str, Any]],
    under: Mapping[RowKey, Sequence[str]],
    codecs: Mapping[str, CellCodec],
    held: Mapping[int, Key],
    kept: Key,
) -> Change:
    """Steps (2) and (3): each row's cells under the erasure's own key."""
    each: dict[str, list[Any]] = {name: [] for name in codecs}
    for key in under:
        record = record_of(key)
        for name, codec in codecs.items():
            cell = live[key][name]
            if name in under[key]:
                value = codec.open(cell, record, held)
                (cell,) = codec.seal([value], [record], [kept], text=isinstance(cell, str))
            each[name].append(cell)
    return Change(
        collection=collection.name,
        key=collection.key,
        kind=ChangeKind.UPDATE,
        rows=tuple(under),
        fingerprints=tuple(fingerprint([live[key][name] for name in codecs]) for key in under),
        guard=tuple(codecs),
        assign={},
        each={name: tuple(cells) for name, cells in each.items()},
    )
