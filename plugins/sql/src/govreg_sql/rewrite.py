"""Give rows values of their own: as few statements as the database can do it in.

- PostgreSQL: the rows are joined with a list in JSON, a page in one statement.
- MariaDB: the same with a temporary table, whose columns are the table's own.
- SQLite: one prepared statement, row by row, inside the process.

The rows are locked and compared before; here they are only written, by their keys.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql

from govreg.connectors.plan import Change
from govreg_sql.lookup import Conditions, in_json
from govreg_sql.shape import Shape
from govreg_sql.types import record_type

_AT_ONCE = 2_000


def rewrite(
    connection: sa.Connection,
    shape: Shape,
    conditions: Conditions,
    change: Change,
    assign: Mapping[str, Any],
) -> int:
    """Write a change whose rows have values of their own; answers how many rows were written.

    Raises:
        NotComparable: a column cannot hold a value, or a key.
    """
    names = tuple(change.each)
    rows = [
        tuple(conditions.value(name, part) for name, part in zip(change.key, row, strict=True))
        + tuple(
            conditions.value(name, value, written=True)
            for name, value in zip(names, values, strict=True)
        )
        for row, *values in zip(change.rows, *change.each.values(), strict=True)
    ]
    write = {"postgresql": _joined, "mysql": _staged}.get(conditions.dialect, _one_by_one)
    return sum(
        write(connection, shape, change, assign, rows[at : at + _AT_ONCE])
        for at in range(0, len(rows), _AT_ONCE)
    )


Rows = Sequence[tuple[Any, ...]]


def _one_by_one(
    connection: sa.Connection,
    shape: Shape,
    change: Change,
    assign: Mapping[str, Any],
    rows: Rows,
) -> int:
    table, names = shape.table, (*change.key, *change.each)
    same = [table.c[name] == sa.bindparam(f"p{at}") for at, name in enumerate(change.key)]
    places = [(at, name) for at, name in enumerate(names) if name in change.each]
    new: dict[str, Any] = {name: sa.bindparam(f"p{at}") for at, name in places}
    statement = sa.update(table).where(*same).values({**assign, **new})
    made = [{f"p{at}": part for at, part in enumerate(row)} for row in rows]
    return int(connection.execute(statement, made).rowcount)


def _joined(
    connection: sa.Connection,
    shape: Shape,
    change: Change,
    assign: Mapping[str, Any],
    rows: Rows,
) -> int:
    table, names = shape.table, (*change.key, *change.each)
    letters = [f"p{at}" for at in range(len(names))]
    records = [
        {letter: in_json(part) for letter, part in zip(letters, row, strict=True)} for row in rows
    ]
    listed = sa.cast(sa.literal(json.dumps(records), sa.Text()), postgresql.JSONB())
    typed = (
        sa.column(letter, record_type(shape.kinds[name]))
        for letter, name in zip(letters, names, strict=True)
    )
    made = sa.func.jsonb_to_recordset(listed).table_valued(*typed, name="wanted")
    wanted = made.render_derived(with_types=True)
    at = dict(zip(names, letters, strict=True))
    statement = (
        sa.update(table)
        .where(*(table.c[name] == wanted.c[at[name]] for name in change.key))
        .values({**assign, **{name: wanted.c[at[name]] for name in change.each}})
    )
    return int(connection.execute(statement).rowcount)


def _staged(
    connection: sa.Connection,
    shape: Shape,
    change: Change,
    assign: Mapping[str, Any],
    rows: Rows,
) -> int:
    table, names = shape.table, (*change.key, *change.each)
    quoted = connection.dialect.identifier_preparer
    stage = sa.table("govreg_stage", *(sa.column(name, table.c[name].type) for name in names))
    columns = ", ".join(quoted.quote(name) for name in names)
    held = quoted.format_table(sa.Table(table.name, sa.MetaData(), schema=table.schema))
    connection.exec_driver_sql("DROP TEMPORARY TABLE IF EXISTS govreg_stage")
    connection.exec_driver_sql(
        f"CREATE TEMPORARY TABLE govreg_stage AS SELECT {columns} FROM {held} LIMIT 0"  # noqa: S608 - the table's own names
    )
    connection.execute(sa.insert(stage), [dict(zip(names, row, strict=True)) for row in rows])
    statement = (
        sa.update(table)
        .where(*(table.c[name] == stage.c[name] for name in change.key))
        .values({**{table.c[name]: value for name, value in assign.items()}})
        .values({table.c[name]: stage.c[name] for name in change.each})
    )
    done = int(connection.execute(statement).rowcount)
    connection.exec_driver_sql("DROP TEMPORARY TABLE govreg_stage")
    return done
