"""Give rows values of their own: as few statements as the database can do it in.

- PostgreSQL: the rows are joined with a list in JSON, a page in one statement.
- MariaDB: the same with a temporary table, whose columns are the table's own.
- SQLite: one prepared statement, row by row, inside the process.

The rows are locked and compared before; here they are only written, by their keys.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
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
    to = _Target(connection, shape, change, assign)
    write = {"postgresql": to.joined, "mysql": to.staged}.get(conditions.dialect, to.one_by_one)
    return sum(write(rows[at : at + _AT_ONCE]) for at in range(0, len(rows), _AT_ONCE))


Rows = Sequence[tuple[Any, ...]]
"""Key and new values of each row."""


@dataclass(frozen=True, slots=True)
class _Target:
    """Where rows are written, and what all of them get besides."""

    connection: sa.Connection
    shape: Shape
    change: Change
    assign: Mapping[str, Any]

    @property
    def names(self) -> tuple[str, ...]:
        """The columns of each row."""
        return (*self.change.key, *self.change.each)

    def updated(self, given: Mapping[str, Any]) -> sa.Update:
        """The statement, with where each column's value comes from."""
        table, change = self.shape.table, self.change
        return (
            sa.update(table)
            .where(*(table.c[name] == given[name] for name in change.key))
            .values({table.c[name]: value for name, value in self.assign.items()})
            .values({table.c[name]: given[name] for name in change.each})
        )

    def one_by_one(self, rows: Rows) -> int:
        letters = {name: f"p{at}" for at, name in enumerate(self.names)}
        statement = self.updated({name: sa.bindparam(one) for name, one in letters.items()})
        made = [dict(zip(letters.values(), row, strict=True)) for row in rows]
        return int(self.connection.execute(statement, made).rowcount)

    def joined(self, rows: Rows) -> int:
        letters = {name: f"p{at}" for at, name in enumerate(self.names)}
        records = [
            {one: in_json(part) for one, part in zip(letters.values(), row, strict=True)}
            for row in rows
        ]
        listed = sa.cast(sa.literal(json.dumps(records), sa.Text()), postgresql.JSONB())
        typed = [
            sa.column(one, record_type(self.shape.kinds[name])) for name, one in letters.items()
        ]
        made = sa.func.jsonb_to_recordset(listed).table_valued(*typed, name="wanted")
        wanted = made.render_derived(with_types=True)
        statement = self.updated({name: wanted.c[one] for name, one in letters.items()})
        return int(self.connection.execute(statement).rowcount)

    def staged(self, rows: Rows) -> int:
        table, said = self.shape.table, self.connection.dialect.identifier_preparer
        stage = sa.table("govreg_stage", *(sa.column(n, table.c[n].type) for n in self.names))
        columns = ", ".join(said.quote(name) for name in self.names)
        held = said.format_table(sa.Table(table.name, sa.MetaData(), schema=table.schema))
        self._say("DROP TEMPORARY TABLE IF EXISTS govreg_stage")
        self._say(
            f"CREATE TEMPORARY TABLE govreg_stage AS SELECT {columns} FROM {held} LIMIT 0"  # noqa: S608 - the table's own names
        )
        made = [dict(zip(self.names, row, strict=True)) for row in rows]
        self.connection.execute(sa.insert(stage), made)
        done = self.connection.execute(self.updated(dict(stage.c.items()))).rowcount
        self._say("DROP TEMPORARY TABLE govreg_stage")
        return int(done)

    def _say(self, statement: str) -> None:
        self.connection.exec_driver_sql(statement)
