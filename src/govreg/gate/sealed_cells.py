"""Sealed cells on their way in: opened where rows are read, looked for by their look-up values.

- Rows come with their values in clear; what lay in the source is kept beside, for whoever compares
  a row with how it was read.
- A cell that does not open stays as it lies there, and is counted: it is never taken for empty.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pyarrow as pa

from govreg.database import Store
from govreg.errors import IntegrityProblem
from govreg.protection.cells import CellCodec, FieldPlace, is_sealed, record_of, sealed_ids
from govreg.protection.envelope import Key
from govreg.protection.field_index import FieldIndex
from govreg.protection.field_keys import FieldKeys
from govreg.protection.keystore import KeyStore
from govreg.register.model import Binding, Collection, Field

Unreadable = Counter[tuple[str, str]]
"""Cells that did not open, by `source.collection.field` and code."""


class Row(dict[str, Any]):
    """A row with opened cells, and what lay in the source in their place."""

    __slots__ = ("stored",)

    stored: dict[str, Any]


def as_stored(row: Mapping[str, Any], name: str) -> Any:
    """What lies in the source in a field of a row that was read."""
    return row.stored.get(name, row.get(name)) if isinstance(row, Row) else row.get(name)


def place_of(workspace: str, collection: Collection, field: Field) -> FieldPlace:
    """What the cells of a protected field are sealed for."""
    assert field.protect is not None, "only a protected field has cells"  # noqa: S101 - types
    return FieldPlace(
        workspace=workspace,
        source=collection.source,
        collection=collection.name,
        field=field.name,
        bound_to_record=field.protect.bind is Binding.RECORD,
        pad=field.protect.pad,
    )


@dataclass(frozen=True, slots=True)
class SealedCells:
    """Opens what sources hold sealed."""

    store: Store
    keys: KeyStore
    workspace: str

    def codecs(self, collection: Collection) -> dict[str, CellCodec]:
        """By name, what opens the protected fields of a collection."""
        return {
            field.name: CellCodec(place_of(self.workspace, collection, field))
            for field in collection.fields.values()
            if field.protect is not None
        }

    def opened(
        self, collection: Collection, rows: Sequence[dict[str, Any]], unreadable: Unreadable
    ) -> list[dict[str, Any]]:
        """Rows, which hold the collection's key, with their sealed cells opened."""
        codecs = self.codecs(collection)
        if not any(is_sealed(row.get(name)) for row in rows for name in codecs):
            return list(rows)
        keys = self._keys(row.get(name) for row in rows for name in codecs)
        made: list[dict[str, Any]] = []
        for row in rows:
            found = Row(row)
            found.stored = {}
            record = record_of([row[name] for name in collection.key])
            for name, codec in codecs.items():
                if is_sealed(row.get(name)):
                    found.stored[name] = row[name]
                    found[name] = _value(codec, row[name], record, keys, unreadable)
            made.append(found)
        return made

    def opened_batch(
        self, collection: Collection, batch: pa.RecordBatch, unreadable: Unreadable
    ) -> pa.RecordBatch:
        """A batch, which holds the collection's key, with its sealed columns opened."""
        codecs = self.codecs(collection)
        held = {
            name: batch.column(name).to_pylist() for name in codecs if name in batch.schema.names
        }
        if not any(is_sealed(cell) for cells in held.values() for cell in cells):
            return batch
        keys = self._keys(cell for cells in held.values() for cell in cells)
        parts = [batch.column(name).to_pylist() for name in collection.key]
        records = [record_of(key) for key in zip(*parts, strict=True)]
        for name, cells in held.items():
            values = [
                _value(codecs[name], cell, record, keys, unreadable) if is_sealed(cell) else cell
                for cell, record in zip(cells, records, strict=True)
            ]
            at = batch.schema.get_field_index(name)
            batch = batch.set_column(at, name, pa.array(values, batch.schema.field(at).type))
        return batch

    def look_ups(self, collection: Collection, field: Field, normal: Iterable[str]) -> list[str]:
        """The look-up values of values in normal form, of every version that is about."""
        with self.store.read() as connection:
            place = place_of(self.workspace, collection, field).ref
            versions = FieldKeys(self.keys).indexes(connection, place)
        if not versions:
            return []
        index = FieldIndex(place, versions)
        return list(dict.fromkeys(one for text in normal for one in index.all_of(text)))

    def _keys(self, cells: Iterable[object]) -> Mapping[int, Key]:
        ids = sealed_ids(cells)
        if not ids:
            return {}
        with self.store.read() as connection:
            return self.keys.by_ids(connection, ids)


def _value(
    codec: CellCodec, cell: Any, record: str, keys: Mapping[int, Key], unreadable: Unreadable
) -> Any:
    try:
        return codec.open(cell, record, keys)
    except IntegrityProblem as problem:
        unreadable[codec.place.ref, problem.code] += 1
        return cell


def protected(collection: Collection) -> bool:
    """Whether any field of a collection is to be sealed."""
    return any(field.protect is not None for field in collection.fields.values())


def with_key(collection: Collection, columns: Sequence[str]) -> list[str]:
    """Columns, with those of the key that cells are bound to."""
    return list(dict.fromkeys((*columns, *collection.key)))


def only(rows: Iterable[dict[str, Any]], columns: Sequence[str]) -> Iterator[dict[str, Any]]:
    """Rows with just the columns that were asked for."""
    wanted = set(columns)
    for row in rows:
        for name in row.keys() - wanted:
            del row[name]
        yield row
