"""Which fields of a collection are to be sealed, in which columns, and what speaks against it."""

from __future__ import annotations

from collections.abc import Callable, Container, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pyarrow as pa

from govreg.errors import IntegrityProblem, NotFound, UsageProblem
from govreg.gate.sealed_cells import place_of
from govreg.protection.aead import Suite
from govreg.protection.cells import CellCodec, FieldPlace, key_id_of
from govreg.protection.field_index import plain_form
from govreg.register.catalogue import Catalogue, ColumnFacts
from govreg.register.model import Collection, Field, KeyOf, Protect, Register
from govreg.requests.parts import Parts
from govreg.validation import suggestion


@dataclass(frozen=True, slots=True, kw_only=True)
class Guarded:
    """A field that is to be sealed."""

    collection: Collection
    field: Field
    protect: Protect
    codec: CellCodec
    normal: Callable[[str], str | None]
    """The form in which a value is looked up; None where it is no value of its kind."""

    @property
    def name(self) -> str:
        """The field's name."""
        return self.field.name

    @property
    def place(self) -> FieldPlace:
        """What its cells are sealed for."""
        return self.codec.place

    @property
    def by_person(self) -> bool:
        """Whether each person's values are under the person's own key."""
        return self.protect.key is KeyOf.SUBJECT

    def is_in_place(self, cell: Any, own: int | None, newest: Container[int]) -> bool:
        """Whether a cell is sealed under the key that it should be under.

        One that is under a person's key stays so, also where nothing says any more whose the row
        is: it may be what an erasure kept.

        Args:
            cell: As it lies there.
            own: The key's id of the person whose row it is, 0 where they have none yet; None where
                the row is nobody's for sure, or the field is under its own key.
            newest: The version of the field's key that seals now.
        """
        try:
            suite, key_id = key_id_of(cell)
        except IntegrityProblem:
            return False
        if own is not None:
            return key_id == own
        return key_id in newest or (self.by_person and suite is Suite.GCM)

    def own_key(self, owner: str | None, known: Mapping[str, int]) -> int | None:
        """The key's id that a row's cells should be under, as `is_in_place` takes it."""
        return known.get(owner, 0) if owner is not None and self.by_person else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Obstacle:
    """What speaks against sealing a field, and the way out."""

    place: str
    text: str
    way_out: str
    stops: bool = True
    """Whether it cannot be done; else it is a warning."""
    leak: bool = False
    """Whether what stops it is what look-up values would tell, which may be accepted."""


def guarded_in(parts: Parts, collection: Collection) -> list[Guarded]:
    """The fields of a collection that its register says are to be sealed."""
    found = []
    for field in collection.fields.values():
        if field.protect is not None:
            place = place_of(parts.workspace_id, collection, field)
            found.append(
                Guarded(
                    collection=collection,
                    field=field,
                    protect=field.protect,
                    codec=CellCodec(place),
                    normal=_normal(parts, field),
                )
            )
    return found


def _normal(parts: Parts, field: Field) -> Callable[[str], str | None]:
    kinds = parts.kinds
    if field.identifier is None or field.identifier not in kinds.known:
        return plain_form
    normalise, country = kinds.kind(field.identifier).normalise, kinds.country
    return lambda text: normalise(text, country)


def chosen(parts: Parts, wanted: Sequence[str]) -> list[tuple[Collection, list[Guarded]]]:
    """The collections with fields to be sealed: those that are named, or all.

    Raises:
        NotFound: no such collection.
        UsageProblem: nothing in it is to be sealed.
    """
    register = parts.border.register
    known = {held.ref: held for held in register.collections()}
    for ref in wanted:
        if ref not in known:
            raise NotFound(f"there is no collection `{ref}`", suggestion(ref, sorted(known)))
    found = [
        (known[ref], guarded_in(parts, known[ref])) for ref in (wanted or _protected(register))
    ]
    for collection, fields in found:
        if not fields:
            raise UsageProblem(
                f"no field of `{collection.ref}` is to be sealed",
                "write `protect: encrypt` at the field in the source's file, and apply it",
            )
    return found


def _protected(register: Register) -> list[str]:
    return [
        held.ref
        for held in register.collections()
        if any(field.protect for field in held.fields.values())
    ]


def obstacles(
    fields: Sequence[Guarded], catalogue: Catalogue, widths: Mapping[str, int]
) -> Iterator[Obstacle]:
    """What speaks against sealing fields of one collection.

    Args:
        fields: Which.
        catalogue: What the source says of itself.
        widths: How wide the widest sealed value of each field will be, where that is known.
    """
    collection = fields[0].collection
    facts = catalogue.collections.get(collection.name)
    if facts is None:
        yield Obstacle(
            place=collection.ref,
            text="it is not there",
            way_out="run `govreg register check` and bring the source file up to date",
        )
        return
    for one in fields:
        place = f"{collection.ref}.{one.name}"
        column = facts.columns.get(one.name)
        if column is None:
            yield _absent(place)
            continue
        yield from _column(place, column, widths.get(one.name, 0))
        yield from _around(one, place, column, catalogue)
        if one.protect.index is not None:
            beside = facts.columns.get(one.protect.index)
            place = f"{collection.ref}.{one.protect.index}"
            if beside is None:
                yield _absent(place)
            elif not pa.types.is_string(beside.type):
                yield Obstacle(
                    place=place,
                    text=f"look-up values are text, and the column is {beside.source_type}",
                    way_out="make it a text column of 24 characters or more",
                )
    watching = {held.name for held in catalogue.triggers if held.collection == collection.name}
    for name in sorted(watching - set(collection.triggers_reviewed)):
        yield Obstacle(
            place=f"{collection.ref}.{name}",
            text="a trigger runs when rows change, and nobody has said what it does",
            way_out="read it; if it copies no clear value, name it under `triggers_reviewed:`",
        )


def _absent(place: str) -> Obstacle:
    return Obstacle(
        place=place,
        text="the column is not there",
        way_out="add it to the source, or take it out of the source's file",
    )


def _column(place: str, column: ColumnFacts, width: int) -> Iterator[Obstacle]:
    holds = pa.types.is_string(column.type) or pa.types.is_binary(column.type)
    if not holds or column.allowed is not None:
        yield Obstacle(
            place=place,
            text=f"a sealed value is text, and the column is {column.source_type}",
            way_out="change the column to text first; its values then are sealed as text",
        )
    if column.generated:
        yield Obstacle(
            place=place,
            text="the source computes this column, so it cannot be written",
            way_out="seal what it is computed from",
        )
    if column.max_length is not None and width > column.max_length:
        yield Obstacle(
            place=place,
            text=f"the widest value needs {width} characters, and the column holds "
            f"{column.max_length}",
            way_out=f"widen the column to {width} or more, better to unlimited text",
        )


def _around(
    one: Guarded, place: str, column: ColumnFacts, catalogue: Catalogue
) -> Iterator[Obstacle]:
    name = one.collection.name
    linked = any(
        (key.collection == name and one.name in key.fields)
        or (key.to_collection == name and one.name in key.to_fields)
        for key in catalogue.foreign_keys
    )
    if linked:
        yield Obstacle(
            place=place,
            text="a foreign key of the source leads over it",
            way_out="a value that links rows cannot be sealed",
        )
    if column.unique:
        yield Obstacle(
            place=place,
            text="it is unique, and sealed values always differ: the source notices no doubles",
            way_out="look doubles up before writing",
            stops=False,
        )
    if column.indexed:
        yield Obstacle(
            place=place,
            text="look-ups over its index find nothing once it is sealed",
            way_out="give it `protect: {index: NAME}` and look up there"
            if one.protect.index is None
            else f"look up in `{one.protect.index}`; drop the old index",
            stops=False,
        )
    if one.field.identifier is not None and one.protect.index is None:
        yield Obstacle(
            place=place,
            text="people are found by it, and without look-up values nobody is any more",
            way_out="give it `protect: {index: NAME}`, a text column beside it",
        )
