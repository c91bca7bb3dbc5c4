"""Statements that look rows up: by a folded text, by keys, in pages.

- A look-up that an index serves is written in the index's form. `lower(column)` does not trim, so
  the wanted texts are asked for with up to two blanks on either side.
- Without an index the whole collection is read at the source; `register check` says so.
- SQLite lowers ASCII only: a wanted text with other letters is compared by a function of ours.
- Keys are converted to the column's type; one that does not convert matches nothing.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import pyarrow as pa
import sqlalchemy as sa
from sqlalchemy.sql.elements import ColumnElement

from govreg.connectors.record import RowKey
from govreg.connectors.values import NotComparable, coerced
from govreg.register.catalogue import Fold

_DROPPED = " -.()/\u00a0\u2010\u2011\u2012\u2013\t"
_TABLE = str.maketrans("", "", _DROPPED)
_BLANKS = ("", " ", "  ")
_MOST_BINDS = {"sqlite": 30_000, "postgresql": 60_000}


def folded(value: Any) -> str | None:
    """A stored value without outer blanks and letter case."""
    return None if value is None else str(value).strip().lower()


def compact(value: Any) -> str | None:
    """A stored value without the signs that people put between digits."""
    return None if value is None else str(value).translate(_TABLE).lower()


def matching(
    column: sa.Column[Any],
    wanted: Sequence[str],
    fold: Fold,
    *,
    kind: pa.DataType,
    dialect: str,
    form: str | None,
) -> ColumnElement[bool]:
    """The condition that a column equals one of the wanted texts under a fold.

    Args:
        column: The column.
        wanted: Folded texts.
        fold: How to compare.
        kind: The column's Arrow type.
        dialect: `sqlite`, `postgresql` or `mysql`.
        form: The indexed form that serves the fold: `lower`, `lower_trim`, `plain`, or None.
    """
    if fold is Fold.EXACT or not pa.types.is_string(kind):
        values = [
            value for value in (_converted(text, kind) for text in wanted) if value is not None
        ]
        return column.in_(values)
    if fold is Fold.COMPACT:
        return _compact(column, dialect).in_(list(wanted))
    plain_ascii = all(text.isascii() for text in wanted)
    if dialect == "sqlite" and (form is None or not plain_ascii):
        return sa.func.govreg_fold(column).in_(list(wanted))
    padded = [
        f"{before}{text}{after}" for text in wanted for before in _BLANKS for after in _BLANKS
    ]
    if form == "plain":
        return column.in_(padded)
    if form == "lower":
        return sa.func.lower(column).in_(padded)
    return sa.func.lower(sa.func.trim(column)).in_(list(wanted))


def _compact(column: sa.Column[Any], dialect: str) -> ColumnElement[Any]:
    if dialect == "sqlite":
        return sa.func.govreg_compact(column)
    expression: ColumnElement[Any] = sa.func.lower(column)
    if dialect == "postgresql":
        return sa.func.translate(expression, _DROPPED, "")
    for sign in _DROPPED:
        expression = sa.func.replace(expression, sign, "")
    return expression


def _converted(text: str, kind: pa.DataType) -> Any:
    try:
        return coerced(text, kind)
    except NotComparable:
        return None


def converted_keys(keys: Sequence[RowKey], kinds: Sequence[pa.DataType]) -> list[RowKey]:
    """Keys in the types of their columns; those with a gap or of another kind match nothing."""
    done = []
    for key in keys:
        try:
            values = tuple(coerced(part, kind) for part, kind in zip(key, kinds, strict=True))
        except NotComparable:
            continue
        if None not in values:
            done.append(values)
    return list(dict.fromkeys(done))


def among(columns: Sequence[ColumnElement[Any]], keys: Sequence[RowKey]) -> ColumnElement[bool]:
    """The condition that columns equal one of the keys."""
    if len(columns) == 1:
        return columns[0].in_([key[0] for key in keys])
    return sa.tuple_(*columns).in_(list(keys))


def chunks(keys: Sequence[RowKey], width: int, dialect: str) -> Iterator[Sequence[RowKey]]:
    """Keys in as few statements as the driver's limit on values allows."""
    size = max(1, _MOST_BINDS.get(dialect, 60_000) // max(1, width))
    for start in range(0, len(keys), size):
        yield keys[start : start + size]
