"""Pages by key: where a page begins, and how that is written down."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.sql.elements import ColumnElement

from govreg.connectors.record import RowKey
from govreg.connectors.values import NotComparable, canonical, coerced, from_canonical
from govreg_sql.lookup import Conditions
from govreg_sql.shape import Shape
from govreg_sql.types import Kind, Raw


def keyset(
    shape: Shape, conditions: Conditions, columns: Sequence[str], after: RowKey | None
) -> sa.Select[Any]:
    """Rows in key order, after one key; those without a key are asked for by `keyless`."""
    as_stored = conditions.dialect == "sqlite"
    keys = [shape.table.c[n] if as_stored else conditions.comparable(n) for n in shape.key]
    query = sa.select(*(shape.table.c[name] for name in columns)).order_by(*keys)
    if shape.gaps:
        query = query.where(*(shape.table.c[name].is_not(None) for name in shape.gaps))
    if after is None:
        return query
    values = [
        sa.literal(part if as_stored else conditions.value(name, part), Raw())
        for name, part in zip(shape.key, after, strict=True)
    ]
    beyond: ColumnElement[bool] = keys[-1] > values[-1]
    for key, value in reversed(list(zip(keys[:-1], values[:-1], strict=True))):
        # the first part is also said alone, which is what an index is searched by
        beyond = sa.and_(key >= value, sa.or_(key > value, beyond))
    return query.where(beyond)


def keyless(shape: Shape, columns: Sequence[str]) -> sa.Select[Any] | None:
    """SQLite: the rows of which a part of the key is null, where that can be."""
    if not shape.gaps:
        return None
    gaps = sa.or_(*(shape.table.c[name].is_(None) for name in shape.gaps))
    return sa.select(*(shape.table.c[name] for name in columns)).where(gaps)


def place(
    shape: Shape, conditions: Conditions, row: sa.Row[Any], read: Mapping[str, Any]
) -> RowKey:
    """The key of a page's last row, from which the next page goes on.

    SQLite may hold bytes or a fraction where a text or a whole number is declared; only the value
    as it is stored has its place in the order.

    Args:
        shape: The table.
        conditions: How the table is compared.
        row: The row as the driver gave it, which SQLite is asked with.
        read: The same row as it crosses the border.
    """
    names = list(read)
    if conditions.dialect == "sqlite":
        return tuple(row[names.index(name)] for name in shape.key)
    return tuple(read[name] for name in shape.key)


def mark(after: RowKey) -> str:
    """A key as the text of a cursor."""
    return json.dumps([canonical(part) for part in after])


def from_mark(cursor: str | None) -> RowKey | None:
    """The key in a cursor."""
    return tuple(from_canonical(part) for part in json.loads(cursor)) if cursor else None


def written(row: RowKey, kinds: Sequence[Kind]) -> set[RowKey]:
    """A key as it is given, and as its columns write it."""
    try:
        converted = tuple(coerced(part, kind.arrow) for part, kind in zip(row, kinds, strict=True))
    except NotComparable:
        return {row}
    return {row, converted}
