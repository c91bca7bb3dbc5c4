"""Rows that belong to whom the row belongs that they link to: by joins over mapped rows."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import TYPE_CHECKING

import pyarrow as pa

from govreg.bulk.duck import fed, quoted
from govreg.subjects.row_map import NOBODY_SURE

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

_ROWS = 100_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Parent:
    """A mapped collection that rows link to."""

    key: Sequence[str]
    """The key of the rows that link."""
    fields: Sequence[str]
    """Their fields that link."""
    to_fields: Sequence[str]
    """The key fields of the rows that they link to, in the order of `fields`."""
    rows: Iterator[pa.RecordBatch]
    """What is mapped there: the key's columns, and `subject`."""


def linked(
    db: DuckDBPyConnection, parents: Sequence[Parent], batches: Iterator[pa.RecordBatch]
) -> Iterator[pa.RecordBatch]:
    """The linked rows, by their key, with the subject; two links that disagree leave nobody sure.

    Rows that link to nobody are left out.
    """
    first = next(batches, None)
    if first is None:
        return
    schemas = [_take(db, number, parent) for number, parent in enumerate(parents)]
    whose = ", ".join(f"parent_{number}.subject" for number in range(len(parents)))
    joins = " ".join(
        f"LEFT JOIN parent_{number} ON {_same(number, parent, first.schema, schemas[number])}"
        for number, parent in enumerate(parents)
    )
    keys = ", ".join(f"child.{quoted(name)}" for name in parents[0].key)
    names = ", ".join(quoted(name) for name in parents[0].key)
    query = (
        f"WITH found AS (SELECT {keys}, list_distinct([{whose}]) AS whose FROM child {joins}) "  # noqa: S608
        f"SELECT {names}, CASE WHEN len(whose) > 1 THEN '{NOBODY_SURE}' ELSE whose[1] END "
        "AS subject FROM found WHERE len(whose) > 0"
    )
    with fed(db, "child", first.schema, chain([first], batches)):
        yield from db.sql(query).to_arrow_reader(_ROWS)


def _take(db: DuckDBPyConnection, number: int, parent: Parent) -> pa.Schema:
    """Keep what is mapped of a parent, for the join; answers its columns."""
    first = next(parent.rows, None)
    rows = parent.rows if first is None else chain([first], parent.rows)
    text = [(name, pa.string()) for name in (*parent.to_fields, "subject")]
    schema = pa.schema(text) if first is None else first.schema
    with fed(db, "mapped", schema, rows):
        db.execute(f"CREATE TEMP TABLE parent_{number} AS FROM mapped")
    return schema


def _same(number: int, parent: Parent, child: pa.Schema, held: pa.Schema) -> str:
    """The columns that link; compared as text where the two sides have different types."""
    pairs = []
    for one, other in zip(parent.fields, parent.to_fields, strict=True):
        left, right = f"child.{quoted(one)}", f"parent_{number}.{quoted(other)}"
        whole = pa.types.is_integer(child.field(one).type) and pa.types.is_integer(
            held.field(other).type
        )
        alike = whole or child.field(one).type == held.field(other).type
        pairs.append(f"{left} = {right}" if alike else f"{left}::VARCHAR = {right}::VARCHAR")
    return " AND ".join(pairs)
