"""What sealing a collection would mean: rows, widths, indexes, look-up values, time.

Nothing is changed, and no value leaves the reading of it.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass

from govreg.choices.copies import copies_of
from govreg.gate.border import Visit
from govreg.protecting.guarded import Guarded, Obstacle, obstacles
from govreg.protecting.measure import Measured, Reading, measured
from govreg.protection.aead import Suite, random_key
from govreg.protection.cells import width
from govreg.protection.envelope import Key
from govreg.protection.field_index import IndexPlan, plan_index
from govreg.protection.field_keys import FieldKeys
from govreg.register.model import Collection
from govreg.requests.parts import Parts
from govreg.subjects.row_map import Freshness, freshness

_KEY_ID = 1 << 34
"""A key's number that no store reaches soon: widths are reckoned with it."""
_TRIED = 400
_WRITE_SHARE = 3.0
"""How much longer writing rows takes than reading them, about."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldPlan:
    """What sealing a field would mean."""

    field: Guarded
    held: Measured
    width: int
    """Characters or bytes of the widest sealed value."""
    index: IndexPlan | None
    """How its look-up values would be cut, where it gets any and has none yet."""
    index_version: int | None
    """The version of the look-up values that are made by now."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CollectionPlan:
    """What sealing a collection's fields would mean."""

    collection: Collection
    rows: int
    fields: tuple[FieldPlan, ...]
    obstacles: tuple[Obstacle, ...]
    mapped: Freshness | None
    """The row map by which values are under people's own keys, where any are to be."""
    seconds: float
    """How long it would take, about."""

    @property
    def stopped(self) -> bool:
        """Whether something speaks against it that must be put right first."""
        return any(one.stops for one in self.obstacles)


def plan_for(
    parts: Parts,
    visit: Visit,
    collection: Collection,
    fields: Sequence[Guarded],
    *,
    expected: int | None = None,
) -> CollectionPlan:
    """Read a collection and say what sealing it would mean.

    Args:
        parts: The engine's parts.
        visit: The open sources, whose cells are given as they lie.
        collection: Which.
        fields: Its fields that are to be sealed.
        expected: Rows that it will have once, for how look-up values are cut.

    Raises:
        SourceProblem: it cannot be read.
    """
    catalogue = visit.catalogue(collection.source)
    found = list(obstacles(fields, catalogue, {}))
    if any(one.stops for one in found):  # what cannot be read is not read
        return _stopped(collection, found)
    copies = copies_of(parts)
    read = measured(visit, collection, fields, copies.rows.folder.parent / "scratch")
    with parts.store.read() as connection:
        mapped = freshness(connection).get(collection.ref)
        common = FieldKeys(parts.keys)
        versions = {
            one.name: [held.version for held in common.indexes(connection, one.place.ref)]
            for one in fields
        }
    plans = tuple(_field(one, read, versions[one.name], expected) for one in fields)
    widths = {one.field.name: one.width for one in plans}
    found = list(obstacles(fields, catalogue, widths))
    by_person = any(one.by_person for one in fields)
    if by_person and mapped is None:
        found.append(
            Obstacle(
                place=collection.ref,
                text="nothing says whose its rows are",
                way_out=f"`govreg subject sync {collection.ref}`, or `protect: {{key: field}}`",
            )
        )
    return CollectionPlan(
        collection=collection,
        rows=read.rows,
        fields=plans,
        obstacles=(*found, *_refused(plans)),
        mapped=mapped if by_person else None,
        seconds=_seconds(read, plans),
    )


def _stopped(collection: Collection, found: Sequence[Obstacle]) -> CollectionPlan:
    return CollectionPlan(
        collection=collection, rows=0, fields=(), obstacles=tuple(found), mapped=None, seconds=0
    )


def _field(
    one: Guarded, read: Reading, versions: Sequence[int], expected: int | None
) -> FieldPlan:
    held = read.fields[one.name]
    index = None
    if one.protect.index is not None and not versions:
        index = plan_index(
            rows=held.filled,
            distinct=held.distinct,
            most_frequent=held.most_frequent,
            expected=expected or 0,
        )
    return FieldPlan(
        field=one,
        held=held,
        width=width(held.widest, key_id=_KEY_ID, text=True, pad=one.protect.pad),
        index=index,
        index_version=versions[-1] if versions else None,
    )


def _refused(plans: Sequence[FieldPlan]) -> list[Obstacle]:
    return [
        Obstacle(
            place=f"{one.field.collection.ref}.{one.field.name}",
            text=one.index.refused,
            way_out="`--expect ROWS` where the table will grow, `--accept-leak` where that is "
            "known and wanted, or no `index:`",
            leak=True,
        )
        for one in plans
        if one.index is not None and one.index.refused is not None
    ]


def _seconds(read: Reading, plans: Sequence[FieldPlan]) -> float:
    """Reading and writing, by how long reading took, and sealing, by how long some took here."""
    cells = sum(one.held.clear for one in plans)
    if not cells:
        return read.seconds
    codec = plans[0].field.codec
    key = Key(id=_KEY_ID, suite=Suite.GCM, secret=random_key())
    began = time.perf_counter()
    codec.seal(["tried value"] * _TRIED, ["[1]"] * _TRIED, [key] * _TRIED, text=True)
    each = (time.perf_counter() - began) / _TRIED
    return read.seconds * (1 + _WRITE_SHARE) + 3 * each * cells
