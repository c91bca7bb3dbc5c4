"""Questions to the databases' own catalogues, where SQLAlchemy does not ask them."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import sqlalchemy as sa

_SQLITE_EVENT = re.compile(
    r"\b(insert|update|delete)\s+(?:of\s+.+?\s+)?on\s", re.IGNORECASE | re.DOTALL
)
_POSTGRESQL_EVENTS = ((4, "insert"), (16, "update"), (8, "delete"), (32, "truncate"))

_LETTERS = "und-x-icu"
_LETTERS_LACKING = (
    "SELECT lower('\u00c5') <> '\u00e5' "
    "AND EXISTS (SELECT FROM pg_collation WHERE collname = :name)"
)
_POSTGRESQL_TABLES = """
SELECT c.relname, c.reltuples, has_table_privilege(c.oid, 'SELECT'), c.relrowsecurity
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE c.relkind IN ('r', 'p', 'f') AND NOT c.relispartition
  AND n.nspname = coalesce(:schema, current_schema())
ORDER BY c.relname
"""
_MARIADB_TABLES = """
SELECT table_name, table_rows, table_type FROM information_schema.tables
WHERE table_schema = coalesce(:schema, DATABASE())
  AND table_type IN ('BASE TABLE', 'SYSTEM VERSIONED') ORDER BY table_name
"""
_POSTGRESQL_TRIGGERS = """
SELECT n.nspname, c.relname, t.tgname, t.tgtype
FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid
JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE NOT t.tgisinternal AND t.tgenabled <> 'D' AND NOT c.relispartition ORDER BY 1, 2, 3
"""
_MARIADB_TRIGGERS = """
SELECT event_object_schema, event_object_table, trigger_name, lower(event_manipulation)
FROM information_schema.triggers
WHERE event_object_schema = coalesce(:schema, DATABASE()) ORDER BY 1, 2, 3
"""
_MARIADB_INBOUND = """
SELECT k.constraint_name, k.table_schema, k.table_name, k.column_name,
       k.referenced_table_schema, k.referenced_table_name, k.referenced_column_name, r.delete_rule
FROM information_schema.key_column_usage k JOIN information_schema.referential_constraints r
  ON r.constraint_schema = k.constraint_schema AND r.constraint_name = k.constraint_name
 AND r.table_name = k.table_name
WHERE k.referenced_table_schema IN :ours AND k.table_schema NOT IN :ours
ORDER BY k.table_schema, k.table_name, k.constraint_name, k.ordinal_position
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """A table that the database lists."""

    rows: int | None = None
    """The database's own estimate."""
    readable: bool = True
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Inbound:
    """A foreign key of another database of the same server."""

    name: str
    schema: str
    table: str
    fields: tuple[str, ...]
    to_schema: str
    to_table: str
    to_fields: tuple[str, ...]
    on_delete: str


def listed(connection: sa.Connection, dialect: str, schema: str | None) -> Mapping[str, Listed]:
    """The tables of a schema by name, in order; views are none."""
    if dialect == "sqlite":
        return _sqlite_tables(connection)
    query = sa.text(_POSTGRESQL_TABLES if dialect == "postgresql" else _MARIADB_TABLES)
    found = connection.execute(query, {"schema": schema}).fetchall()
    if dialect == "postgresql":
        hidden = "row security may hide rows from this login"
        return {
            name: Listed(
                rows=int(rows) if rows >= 0 else None,
                readable=readable,
                notes=(hidden,) if secured else (),
            )
            for name, rows, readable, secured in found
        }
    versions = "keeps every old version of its rows (system versioning)"
    return {
        name: Listed(rows=rows, notes=(versions,) if kind == "SYSTEM VERSIONED" else ())
        for name, rows, kind in found
    }


def _sqlite_tables(connection: sa.Connection) -> Mapping[str, Listed]:
    names = sa.inspect(connection).get_table_names()
    counted: dict[str, int] = {}
    query = "SELECT 1 FROM sqlite_master WHERE name = 'sqlite_stat1'"
    if connection.exec_driver_sql(query).first():
        rows = connection.exec_driver_sql("SELECT tbl, stat FROM sqlite_stat1").fetchall()
        counted = {name: int(str(stat).split()[0]) for name, stat in rows if stat}
    return {name: Listed(rows=counted.get(name)) for name in names}


def borrowed_letters(connection: sa.Connection, dialect: str) -> str | None:
    """PostgreSQL: a collation for letters that the database's own locale does not know."""
    if dialect != "postgresql":
        return None
    lacks = connection.execute(sa.text(_LETTERS_LACKING), {"name": _LETTERS}).scalar_one()
    return _LETTERS if lacks else None


def triggers(
    connection: sa.Connection, dialect: str, schemas: Sequence[str | None]
) -> Iterator[tuple[str | None, str, str, str]]:
    """Schema, table, name and events of each trigger that fires."""
    if dialect == "sqlite":
        query = (
            "SELECT tbl_name, name, sql FROM sqlite_master WHERE type = 'trigger' ORDER BY name"
        )
        for table, name, words in connection.exec_driver_sql(query):
            event = _SQLITE_EVENT.search(words)
            yield None, table, name, event[1].lower() if event else "update"
    elif dialect == "postgresql":
        for schema, table, name, kind in connection.exec_driver_sql(_POSTGRESQL_TRIGGERS):
            events = ",".join(word for bit, word in _POSTGRESQL_EVENTS if kind & bit)
            yield schema, table, name, events
    else:
        for wanted in schemas:
            rows = connection.execute(sa.text(_MARIADB_TRIGGERS), {"schema": wanted})
            yield from (tuple(row) for row in rows)


def inbound(connection: sa.Connection, ours: Sequence[str]) -> Iterator[Inbound]:
    """MariaDB: foreign keys that point from other databases of the server into ours."""
    query = sa.text(_MARIADB_INBOUND).bindparams(sa.bindparam("ours", list(ours), expanding=True))
    grouped: dict[tuple[str, ...], list[tuple[str, str]]] = defaultdict(list)
    for name, schema, table, column, to_schema, to_table, to_column, rule in connection.execute(
        query
    ):
        grouped[name, schema, table, to_schema, to_table, rule].append((column, to_column))
    for (name, schema, table, to_schema, to_table, rule), pairs in grouped.items():
        yield Inbound(
            name=name,
            schema=schema,
            table=table,
            fields=tuple(column for column, _ in pairs),
            to_schema=to_schema,
            to_table=to_table,
            to_fields=tuple(column for _, column in pairs),
            on_delete=str(rule).lower().replace(" ", "_"),
        )
