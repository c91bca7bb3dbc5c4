"""Whose each row of a source is: the map from rows to subjects, in columns.

    .govreg/copies/rows/COLLECTION/FOLDER/B.sealed   bucket B

- Each subject stands once in a bucket's dictionary, and in the rows by number. One who leaves goes
  out of the dictionary too.
- A row is there by its key, in the types that the source gave, with the subject whose it is.
- A row that may be of several people has no subject: nothing is permitted for it.
- A row that is not there belongs to nobody who was known when the map was filled.
- The store says how fresh it is, and under which register it was filled.
- A person is taken out by writing anew the bucket that they are in.

The format is in `docs/spec/copies.md`.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import shutil
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING

import pyarrow as pa
import pyarrow.compute as pc
import sqlalchemy as sa

from govreg.bulk.duck import fed
from govreg.clock import from_millis, to_millis
from govreg.errors import IntegrityProblem
from govreg.protection.envelope import Context, Key
from govreg.protection.sealed_rows import (
    bucket_context,
    bucket_of,
    bucket_path,
    read_rows,
    write_rows,
)
from govreg.subjects.tables import row_map

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

NOBODY_SURE = "_"
"""The bucket, and instead of an id, of rows that may be of several people."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MapPlace:
    """Where a workspace's maps are, and what opens them."""

    folder: Path
    key: Key
    context: Context

    def of(self, collection: str) -> Path:
        """The folder of a collection, whose name may hold what no folder's can."""
        return self.folder / hashlib.sha256(collection.encode()).hexdigest()[:16]

    def context_of(self, collection: str) -> Context:
        """The place that a collection's rows are sealed for."""
        return replace(self.context, collection=collection, field="row_map")


@dataclass(frozen=True, slots=True, kw_only=True)
class Freshness:
    """How fresh the map of a collection is."""

    collection: str
    rows: int
    """Rows that the collection had."""
    mapped: int
    subjects: int
    """People whom they belong to."""
    ambiguous: int
    """Rows that may be of several people."""
    filled_at: dt.datetime
    register_hash: str
    set_name: str
    """The folder of its files."""

    @property
    def unmatched(self) -> int:
        """Rows that nothing says whose they are."""
        return self.rows - self.mapped - self.ambiguous


def freshness(connection: sa.Connection) -> dict[str, Freshness]:
    """Every map that there is, by collection."""
    rows = connection.execute(sa.select(row_map).order_by(row_map.c.collection))
    return {
        row.collection: Freshness(
            collection=row.collection,
            rows=row.rows,
            mapped=row.rows - row.unmatched - row.ambiguous,
            subjects=row.subjects,
            ambiguous=row.ambiguous,
            filled_at=from_millis(row.filled_at),
            register_hash=row.register_hash,
            set_name=row.content_hash,
        )
        for row in rows
    }


def put_in_force(connection: sa.Connection, made: Freshness) -> None:
    """Make a filled map the one that is read."""
    connection.execute(row_map.delete().where(row_map.c.collection == made.collection))
    connection.execute(
        row_map.insert().values(
            collection=made.collection,
            rows=made.rows,
            unmatched=made.unmatched,
            ambiguous=made.ambiguous,
            subjects=made.subjects,
            filled_at=to_millis(made.filled_at),
            register_hash=made.register_hash,
            content_hash=made.set_name,
        )
    )


def mapped_rows(place: MapPlace, held: Freshness) -> Iterator[pa.RecordBatch]:
    """Rows and their subjects: the key's columns, and `subject`.

    Raises:
        IntegrityProblem: a file was altered, or the files are gone.
    """
    for _, batches in mapped_buckets(place, held):
        yield from batches


def mapped_into(db: DuckDBPyConnection, place: MapPlace, held: Freshness) -> bool:
    """Make the table `mapped`: rows and their subjects; False, and no table, where it has no rows.

    Raises:
        IntegrityProblem: as `mapped_rows`.
    """
    rows = mapped_rows(place, held)
    start = next(rows, None)
    if start is None:
        return False
    with fed(db, "map_rows", start.schema, chain([start], rows)):
        db.execute("CREATE TEMP TABLE mapped AS FROM map_rows")
    return True


def mapped_buckets(
    place: MapPlace, held: Freshness
) -> Iterator[tuple[str, Iterator[pa.RecordBatch]]]:
    """The same, bucket by bucket.

    Raises:
        IntegrityProblem: as `mapped_rows`.
    """
    folder = place.of(held.collection) / held.set_name
    if not folder.is_dir():
        raise IntegrityProblem(
            "row_map_missing",
            f"the row map of `{held.collection}` is not where the store says",
            f"fill it anew: `govreg subject sync {held.collection}`",
        )
    context = place.context_of(held.collection)
    for path in sorted(folder.glob("*.sealed")):
        yield path.stem, read_rows(place.key, path, bucket_context(context, path.stem))


def forget_rows(place: MapPlace, held: Freshness, subjects: Sequence[str]) -> int:
    """Take people's rows out of a map; answers how many went."""
    folder, context = place.of(held.collection) / held.set_name, place.context_of(held.collection)
    gone = 0
    leaving = pa.array(sorted(subjects), pa.string())
    for bucket in sorted({bucket_of(one) for one in subjects}):
        path = bucket_path(folder, bucket)
        if not path.exists():
            continue
        place_of = bucket_context(context, bucket)
        rows = list(read_rows(place.key, path, place_of))
        keep = [one.filter(_others(one.column("subject"), leaving)) for one in rows]
        left: int = sum(one.num_rows for one in keep)
        went = sum(one.num_rows for one in rows) - left
        if went:
            table = pa.Table.from_batches(keep, rows[0].schema)
            plain = table.column("subject").cast(pa.string()).combine_chunks()
            at = table.schema.get_field_index("subject")
            anew = table.set_column(at, "subject", plain.dictionary_encode())
            write_rows(place.key, path, anew.schema, anew.to_batches(), place_of)
        gone += went
    return gone


def _others(column: pa.DictionaryArray, leaving: pa.Array) -> pa.Array:
    """Which rows are of none of those who leave."""
    stays = pc.invert(pc.is_in(column.dictionary, leaving))
    return stays.take(column.indices)


def sweep(place: MapPlace, collection: str, *, keep: str) -> None:
    """Remove the sets of a collection that are not in force."""
    folder = place.of(collection)
    for path in folder.iterdir() if folder.is_dir() else ():
        if path.name != keep:
            shutil.rmtree(path)
