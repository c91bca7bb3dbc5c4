"""The rows of a collection page by page as they lie in the source, each with whose it is."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pyarrow as pa

from govreg.bulk.duck import arrow_of, duck, quoted
from govreg.choices.copies import copies_of
from govreg.connectors.record import RowKey
from govreg.errors import NotFound
from govreg.gate.border import Visit
from govreg.protecting.guarded import Guarded
from govreg.protection.cells import record_of
from govreg.register.model import Collection
from govreg.requests.parts import Parts
from govreg.subjects.leaving import see_off
from govreg.subjects.row_map import NOBODY_SURE, freshness, mapped_into
from govreg.subjects.survivors import merged

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

ROWS = 10_000


@dataclass(frozen=True, slots=True, kw_only=True)
class PageOfRows:
    """Some rows: their keys, their cells as they lie there, and whose they are."""

    keys: Sequence[RowKey]
    cells: Mapping[str, Sequence[Any]]
    """By field, look-up values too."""
    owners: Sequence[str | None]
    """The person whose each row is, where that is sure."""

    @property
    def records(self) -> list[str]:
        """What each row's cells are bound to."""
        return [record_of(key) for key in self.keys]


def columns_of(collection: Collection, fields: Sequence[Guarded]) -> list[str]:
    """The columns that are read: the key, the sealed fields, their look-up values."""
    beside = [one.protect.index for one in fields if one.protect.index is not None]
    return list(dict.fromkeys((*collection.key, *(one.name for one in fields), *beside)))


class Owners:
    """Whose the rows of a collection are, by its row map."""

    def __init__(
        self, db: DuckDBPyConnection | None, key: Sequence[str], aliases: Mapping[str, str]
    ) -> None:
        self._db, self._key, self._aliases = db, key, aliases

    def of(self, batch: pa.RecordBatch) -> list[str | None]:
        """For each row of a batch, the person whose it is."""
        if self._db is None:
            return [None] * batch.num_rows
        page = pa.Table.from_batches([batch.select(list(dict.fromkeys(self._key)))])
        numbers = pa.array(range(batch.num_rows), pa.int64())
        self._db.register("page", page.append_column(_PLACE, numbers))
        same = " AND ".join(f"page.{one} = mapped.{one}" for one in map(quoted, self._key))
        found = arrow_of(
            self._db,
            f"SELECT page.{quoted(_PLACE)} AS place, mapped.subject::VARCHAR AS subject "  # noqa: S608 - columns of the register
            f"FROM page JOIN mapped ON {same} WHERE mapped.subject <> '{NOBODY_SURE}'",
        )
        self._db.unregister("page")
        owners: list[str | None] = [None] * batch.num_rows
        pairs = zip(
            found.column("place").to_pylist(), found.column("subject").to_pylist(), strict=True
        )
        for place, subject in pairs:
            owners[place] = self._aliases.get(subject, subject)
        return owners


_PLACE = "govreg place"


@contextmanager
def owners_of(parts: Parts, collection: Collection, fields: Sequence[Guarded]) -> Iterator[Owners]:
    """Whose the rows of a collection are; nobody's where no field is under people's own keys.

    Raises:
        NotFound: the collection has no row map.
        UsageProblem: the extra `bulk` is not installed.
    """
    if not any(one.by_person for one in fields):
        yield Owners(None, collection.key, {})
        return
    copies = copies_of(parts)
    see_off(parts.store, copies)
    with parts.store.read() as connection:
        held = freshness(connection).get(collection.ref)
        aliases = merged(connection)
    if held is None:
        raise NotFound(
            f"nothing says whose the rows of `{collection.ref}` are",
            f"map them first: `govreg subject sync {collection.ref}`; or seal the fields under "
            "their own keys: `protect: {key: field}`",
        )
    with duck(copies.rows.folder.parent / "scratch") as db:
        found = mapped_into(db, copies.rows, held)
        yield Owners(db if found else None, collection.key, aliases)


def pages(
    visit: Visit, collection: Collection, fields: Sequence[Guarded], owners: Owners
) -> Iterator[PageOfRows]:
    """Every row of a collection, as it lies there."""
    for batch in visit.scan(collection, columns_of(collection, fields), batch_rows=ROWS):
        yield page_of(batch, collection, owners.of(batch))


def page_of(
    batch: pa.RecordBatch, collection: Collection, owners: Sequence[str | None]
) -> PageOfRows:
    """A page out of a batch."""
    cells = {name: batch.column(name).to_pylist() for name in batch.schema.names}
    keys = list(zip(*(cells[name] for name in collection.key), strict=True))
    return PageOfRows(keys=keys, cells=cells, owners=owners)
