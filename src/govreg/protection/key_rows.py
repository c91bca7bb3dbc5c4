"""Rows of keys, many at once: read by owner or id with their tombstones, and ids for new ones."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import Any, NamedTuple

import sqlalchemy as sa

from govreg.loading import rows_among


class KeyRow(NamedTuple):
    """A stored key, and whether a tombstone says that it was shredded."""

    id: int
    purpose: str
    owner: str
    suite: int
    epoch: int
    wrapped: bytes
    kcv: bytes
    tombstone: int | None


_READ = (
    "SELECT k.id, k.purpose, k.owner, k.suite, k.epoch, k.wrapped, k.kcv, s.key_id "
    "FROM key_row k LEFT JOIN key_shredded s ON s.key_id = k.id WHERE "
)


def rows_of(
    connection: sa.Connection,
    column: sa.Column[Any],
    values: Collection[Any],
    purpose: str | None,
) -> Iterator[KeyRow]:
    """The rows in which a column, `id` or `owner`, is one of some values.

    Args:
        connection: An open one.
        column: Which.
        values: Each once is enough.
        purpose: Of this purpose alone, where one is named.
    """
    fixed = "" if purpose is None else "k.purpose = ? AND "
    asked = f"{_READ}{fixed}k.{column.name} {{among}}"
    first = () if purpose is None else (purpose,)
    for row in rows_among(connection, asked, list(dict.fromkeys(values)), *first):
        held = KeyRow(*row)
        yield held._replace(wrapped=bytes(held.wrapped), kcv=bytes(held.kcv))


def reserved_ids(connection: sa.Connection, count: int) -> list[int]:
    """Ids that no key has or had, inside a writing transaction."""
    if connection.dialect.name == "postgresql":
        drawn = connection.exec_driver_sql(
            "SELECT nextval(pg_get_serial_sequence('key_row', 'id')) FROM generate_series(1, %s)",
            (count,),
        )
        return [int(number) for (number,) in drawn]
    last = connection.exec_driver_sql("SELECT seq FROM sqlite_sequence WHERE name = 'key_row'")
    begin = int(last.scalar() or 0) + 1
    return list(range(begin, begin + count))
