"""Many rows into the store and out of it at once, where one after another is too slow.

- `among` reads the rows whose column is one of many values: a list of placeholders on SQLite, an
  array on PostgreSQL.
- `load` adds rows given as columns, and passes over those whose key is there already: one prepared
  statement on SQLite, COPY on PostgreSQL.
- Names of tables and columns come from table definitions, values go as parameters only.
- Functions take an open connection and never commit.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import sqlalchemy as sa

_AT_ONCE = 20_000
"""Values in one question to SQLite, which takes 32,766 parameters."""

Values = Sequence[Any]


def among(
    connection: sa.Connection,
    column: sa.Column[Any],
    values: Values,
    columns: Sequence[sa.Column[Any]],
    *,
    given: Mapping[sa.Column[Any], object] | None = None,
) -> Iterator[Sequence[Any]]:
    """The rows of the column's table in which it is one of the values, as plain tuples.

    Args:
        connection: An open one.
        column: The column that is asked.
        values: Its values; each once is enough.
        columns: What is read of each row.
        given: Columns that must equal a value besides, such as the first ones of an index.
    """
    names = ", ".join(one.name for one in columns)
    fixed = given or {}
    same = "".join(f"{one.name} = ? AND " for one in fixed)
    asked = f"SELECT {names} FROM {column.table.name} WHERE {same}{column.name} {{among}}"  # noqa: S608 - our names
    return rows_among(connection, asked, values, *fixed.values())


def rows_among(
    connection: sa.Connection, statement: str, values: Values, *first: object
) -> Iterator[Sequence[Any]]:
    """The rows of a statement of the caller's own, with `{among}` where a column is one of many.

    Args:
        connection: An open one.
        statement: In SQL, a `?` for each of the first values, all of them before `{among}`.
        values: The many.
        first: The others.
    """
    if connection.dialect.name == "postgresql":
        if values:
            asked = statement.format(among="= ANY(?)").replace("?", "%s")
            yield from _raw(connection).cursor().execute(asked, (*first, list(values)))
        return
    for at in range(0, len(values), _AT_ONCE):
        some = tuple(values[at : at + _AT_ONCE])
        asked = statement.format(among=f"IN ({','.join('?' * len(some))})")
        yield from _raw(connection).execute(asked, (*first, *some)).fetchall()


def load(connection: sa.Connection, table: sa.Table, columns: dict[str, Values]) -> int:
    """Add rows, in their order; a row whose key is there already is passed over.

    Args:
        connection: A writing one.
        table: Where they go.
        columns: Every column that is filled, with its value in each row.

    Returns:
        How many were added.
    """
    names = ", ".join(columns)
    rows = zip(*columns.values(), strict=True)
    if connection.dialect.name == "postgresql":
        return _copied(connection, table, names, list(rows))
    marks = ",".join("?" * len(columns))
    into = f"INSERT INTO {table.name} ({names}) VALUES ({marks}) ON CONFLICT DO NOTHING"  # noqa: S608
    return int(_raw(connection).executemany(into, rows).rowcount)


_STAGE = "govreg_stage"


def _copied(
    connection: sa.Connection, table: sa.Table, names: str, rows: Sequence[tuple[Any, ...]]
) -> int:
    """Straight into the table, as nearly always none is there; else by a table beside it."""
    failed: type[Exception] = connection.dialect.loaded_dbapi.IntegrityError
    try:
        with connection.begin_nested():
            return _stream(connection, f"{table.name} ({names})", rows)
    except failed:
        pass  # some are there
    raw = _raw(connection).cursor()
    raw.execute(
        f"CREATE TEMPORARY TABLE {_STAGE} AS SELECT 0::bigint AS place, {names} "  # noqa: S608
        f"FROM {table.name} WITH NO DATA"
    )
    _stream(connection, f"{_STAGE} (place, {names})", [(n, *row) for n, row in enumerate(rows)])
    raw.execute(
        f"INSERT INTO {table.name} ({names}) SELECT {names} FROM {_STAGE} ORDER BY place "  # noqa: S608
        "ON CONFLICT DO NOTHING"
    )
    added = int(raw.rowcount)
    raw.execute(f"DROP TABLE {_STAGE}")
    return added


def _stream(connection: sa.Connection, into: str, rows: Sequence[tuple[Any, ...]]) -> int:
    with _raw(connection).cursor().copy(f"COPY {into} FROM STDIN") as copy:
        for row in rows:
            copy.write_row(row)
    return len(rows)


def _raw(connection: sa.Connection) -> Any:
    """The driver's own connection, inside the transaction that is open."""
    return connection.connection.driver_connection
