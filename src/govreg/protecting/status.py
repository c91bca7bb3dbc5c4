"""What the fields of a collection are now, by reading and opening every cell."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from govreg.errors import IntegrityProblem
from govreg.gate.border import Visit
from govreg.progress import working
from govreg.protecting.guarded import Guarded
from govreg.protecting.pages import PageOfRows, owners_of, pages
from govreg.protection.cells import is_sealed, sealed_ids
from govreg.protection.envelope import Key
from govreg.protection.field_index import FieldIndex
from govreg.protection.field_keys import FieldKeys
from govreg.protection.purpose import Purpose
from govreg.register.model import Collection
from govreg.requests.parts import Parts


@dataclass(slots=True)
class FieldState:
    """What the cells of a field are."""

    name: str
    empty: int = 0
    clear: int = 0
    sealed: int = 0
    """Under the key that they should be under, and they open."""
    stale: int = 0
    """They open, and should be under another key by now."""
    shut: Counter[str] = field(default_factory=Counter)
    """They do not open, by code: `no_key` where the key was shredded."""
    not_indexed: int = 0
    """Their look-up value is missing or wrong: nobody finds them."""

    @property
    def well(self) -> bool:
        """Whether every cell is as the register says."""
        return not (self.clear or self.stale or self.shut or self.not_indexed)


@dataclass(frozen=True, slots=True, kw_only=True)
class CollectionState:
    """What a collection's fields are."""

    collection: str
    rows: int
    fields: tuple[FieldState, ...]


def state_of(
    parts: Parts, visit: Visit, collection: Collection, fields: Sequence[Guarded]
) -> CollectionState:
    """Read every cell.

    Raises:
        SourceProblem: the source cannot be read.
    """
    states = {one.name: FieldState(one.name) for one in fields}
    common, rows = FieldKeys(parts.keys), 0
    with parts.store.read() as connection:
        newest = {
            one.name: {held.key_id for held in common.versions(connection, one.place.ref)[-1:]}
            for one in fields
        }
        indexes = {
            one.name: FieldIndex(one.place.ref, made)
            for one in fields
            if one.protect.index is not None
            and (made := common.indexes(connection, one.place.ref))
        }
    with (
        owners_of(parts, collection, fields) as owners,
        working(parts.border.progress, f"reading {collection.ref}", 1),
    ):
        for page in pages(visit, collection, fields, owners):
            rows += len(page.keys)
            held, people = _keys(parts, page, fields)
            for one in fields:
                own = [one.own_key(who, people) for who in page.owners]
                cells = _Cells(one, states[one.name], newest[one.name], indexes.get(one.name))
                cells.count(page, own, held)
    return CollectionState(collection=collection.ref, rows=rows, fields=tuple(states.values()))


def _keys(
    parts: Parts, page: PageOfRows, fields: Sequence[Guarded]
) -> tuple[Mapping[int, Key], Mapping[str, int]]:
    """The keys that a page's cells are under, and the key's id of each person."""
    ids = sealed_ids(value for one in fields for value in page.cells[one.name])
    owners = {who for who in page.owners if who is not None}
    with parts.store.read() as connection:
        held = parts.keys.by_ids(connection, ids)
        return held, parts.keys.ids_of(connection, Purpose.SUBJECT, owners)


@dataclass(frozen=True, slots=True)
class _Cells:
    """The cells of one field."""

    one: Guarded
    state: FieldState
    newest: set[int]
    index: FieldIndex | None

    def count(self, page: PageOfRows, own: Sequence[int | None], held: Mapping[int, Key]) -> None:
        name, beside = self.one.name, self.one.protect.index
        for place, (cell, record) in enumerate(zip(page.cells[name], page.records, strict=True)):
            if cell is None:
                self.state.empty += 1
                continue
            value = self._value(cell, record, own[place], held)
            if value is not None and beside is not None and is_sealed(cell):
                self._indexed(value, page.cells[beside][place])

    def _value(self, cell: Any, record: str, own: int | None, held: Mapping[int, Key]) -> Any:
        if not is_sealed(cell):
            self.state.clear += 1
            return cell
        try:
            value = self.one.codec.open(cell, record, held)
        except IntegrityProblem as problem:
            self.state.shut[problem.code] += 1
            return None
        if self.one.is_in_place(cell, own, self.newest):
            self.state.sealed += 1
        else:
            self.state.stale += 1
        return value

    def _indexed(self, value: Any, beside: Any) -> None:
        normal = self.one.normal(value if isinstance(value, str) else str(value))
        wanted = self.index.of(normal) if self.index else None
        if wanted != beside:
            self.state.not_indexed += 1


def findings(state: CollectionState) -> Iterator[str]:
    """What is not as the register says, in words."""
    for one in state.fields:
        place = f"{state.collection}.{one.name}"
        if one.clear:
            yield f"{place}: {one.clear:,} values are clear: `govreg protect run`"
        if one.stale:
            yield f"{place}: {one.stale:,} are sealed under another key: `govreg protect run`"
        if one.not_indexed:
            yield f"{place}: {one.not_indexed:,} are not found by their look-up value"
        for code, count in sorted(one.shut.items()):
            words = "their key was shredded" if code == "no_key" else f"they do not open ({code})"
            yield f"{place}: {count:,} are unreadable: {words}"
