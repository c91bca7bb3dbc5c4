"""What an erasure leaves in the sources is sealed anew before the person's key is destroyed.

(1) the rows of the plan that stay, in collections with sealed fields, are read as they lie
(2) what is under the person's key is opened, and sealed under a key of this erasure's own
(3) the source takes the new cells where the old ones are still there
(4) they are read back, and must open without the person's key

Where one of them cannot be, the key is not destroyed.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
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
from govreg.connectors.record import RowKey
from govreg.erasure.model import ErasurePlan, RowAction
from govreg.errors import IntegrityProblem
from govreg.gate.border import Visit
from govreg.gate.erase import carry_out
from govreg.gate.sealed_cells import protected
from govreg.protection.aead import Suite
from govreg.protection.cells import is_sealed, key_id_of, record_of, sealed_ids
from govreg.protection.envelope import Key
from govreg.protection.purpose import Purpose
from govreg.register.model import Collection
from govreg.requests.journal import Notes
from govreg.requests.parts import Parts

_TRIES = 3


def reseal(parts: Parts, plan: ErasurePlan, request_id: str, notes: Notes) -> dict[str, str]:
    """Seal anew what stays; answers the collections in which something could not be, and why.

    Args:
        parts: The engine's parts.
        plan: The plan that was carried out.
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
                code = _collection(parts, visit, collection, keys, request_id, notes)
                if code is not None:
                    failed[ref] = code
    return failed


def _collection(
    parts: Parts,
    visit: Visit,
    collection: Collection,
    keys: Sequence[RowKey],
    request_id: str,
    notes: Notes,
) -> str | None:
    for _ in range(_TRIES):
        live = _live(parts, visit, collection, keys)
        cells = sealed_ids(
            row[name] for row in live.values() for name in _fields(parts, collection)
        )
        with parts.store.write() as connection:
            under = _persons(parts, connection, live, collection)
            if not under:
                return None
            kept = parts.keys.key(
                connection, Purpose.KEPT, request_id, create=True, now=parts.clock()
            )
            held = parts.keys.by_ids(connection, cells)
        try:
            change = _change(parts, collection, live, under, held, kept)
        except IntegrityProblem as problem:
            return problem.code
        catalogue = visit.catalogue(collection.source)
        made = SourcePlan(
            source=collection.source,
            schema_hash=schema_hash(catalogue, [collection.name]),
            changes=(change,),
        )
        (outcome,) = carry_out(visit, made, notes)
        if outcome.kind not in SETTLED and outcome.code not in {"row_changed", "row_gone"}:
            return outcome.code or str(outcome.kind)
    return "row_changed"


def _fields(parts: Parts, collection: Collection) -> list[str]:
    assert parts.border.cells is not None, "an engine's border opens cells"  # noqa: S101 - types
    return list(parts.border.cells.codecs(collection))


def _live(
    parts: Parts, visit: Visit, collection: Collection, keys: Sequence[RowKey]
) -> dict[RowKey, Mapping[str, Any]]:
    columns = list(dict.fromkeys((*collection.key, *_fields(parts, collection))))
    rows = visit.follow(collection, collection.key, keys, columns)
    return {tuple(row[name] for name in collection.key): row for row in rows}


def _persons(
    parts: Parts,
    connection: sa.Connection,
    live: Mapping[RowKey, Mapping[str, Any]],
    collection: Collection,
) -> dict[RowKey, list[str]]:
    """The cells that are under a person's key, by row."""
    found: dict[RowKey, list[str]] = defaultdict(list)
    names = _fields(parts, collection)
    ids = sealed_ids(row[name] for row in live.values() for name in names)
    people = parts.keys.of_purpose(connection, Purpose.SUBJECT, ids)
    for key, row in live.items():
        for name in names:
            if is_sealed(row[name]):
                suite, key_id = key_id_of(row[name])
                if suite is Suite.GCM and key_id in people:
                    found[key].append(name)
    return found


def _change(
    parts: Parts,
    collection: Collection,
    live: Mapping[RowKey, Mapping[str, Any]],
    under: Mapping[RowKey, Sequence[str]],
    held: Mapping[int, Key],
    kept: Key,
) -> Change:
    """Steps (2) and (3): each row's cells under the erasure's own key, opened once more here."""
    assert parts.border.cells is not None, "an engine's border opens cells"  # noqa: S101 - types
    codecs = parts.border.cells.codecs(collection)
    each: dict[str, list[Any]] = {name: [] for name in codecs}
    for key in under:
        record = record_of(key)
        for name, codec in codecs.items():
            cell = live[key][name]
            if name in under[key]:
                value = codec.open(cell, record, held)
                text = isinstance(cell, str)
                (made,) = codec.seal([value], [record], [kept], text=text)
                if made is None or codec.open(made, record, {kept.id: kept}) != value:
                    raise IntegrityProblem("not_resealed", "a cell sealed anew does not open")
                cell = made
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
