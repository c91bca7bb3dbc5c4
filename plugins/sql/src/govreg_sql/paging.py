"""Pages by key: where a page begins, and how that is written down."""

from __future__ import annotations

import json
from collections.abc import Sequence
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
    """Rows in key order, after one key."""
    keys = [conditions.comparable(name) for name in shape.key]
    query = sa.select(*(shape.table.c[name] for name in columns)).order_by(*keys)
    if after is None:
        return query
    values = [
        sa.literal(conditions.value(name, part), Raw())
        for name, part in zip(shape.key, after, strict=True)
    ]
    beyond: ColumnElement[bool] = keys[-1] > values[-1]
    for key, value in reversed(list(zip(keys[:-1], values[:-1], strict=True))):
        # the first part is also said alone, which is what an index is searched by
        beyond = sa.and_(key >= value, sa.or_(key > value, beyond))
    return query.where(beyond)


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
