"""What the database's catalogue says of tables, read in bulk and kept until `forget`."""

from __future__ import annotations

import re
import warnings
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa

_SYSTEM = {"information_schema", "pg_catalog", "pg_toast", "mysql", "performance_schema", "sys"}
_MARIADB_ENGINE = """
SELECT engine, table_type FROM information_schema.tables
WHERE table_schema = coalesce(:schema, DATABASE()) AND table_name = :name
"""
_COLLATED = re.compile(r"\bCOLLATE\s+[\"'`\[]?(\w+)", re.IGNORECASE)
_FIRST_NAME = re.compile(r"^\s*(?:\"([^\"]+)\"|`([^`]+)`|\[([^\]]+)\]|(\w+))")


@dataclass(slots=True)
class Reflected:
    """One table as the database describes it."""

    columns: Sequence[Mapping[str, Any]]
    primary: tuple[str, ...] = ()
    unique: Sequence[tuple[str, ...]] = ()
    indexes: Sequence[Mapping[str, Any]] = ()
    foreign_keys: Sequence[Mapping[str, Any]] = ()
    comment: str | None = None
    engine: str = ""
    """MariaDB: the storage engine."""
    versioned: bool = False
    """MariaDB: the table keeps every old version of its rows."""
    declared: Mapping[str, str] = field(default_factory=dict)
    """SQLite: the declared type of each column, in its own words."""
    collations: Mapping[str, str] = field(default_factory=dict)
    """SQLite: the collation of each column that has another one than the default."""
    expressions: Sequence[str] = ()
    """SQLite: what stands between the brackets of each index without a condition."""


class Reflection:
    """The catalogue of one connection. A table that is not there is None."""

    def __init__(self, connection: sa.Connection, schemas: tuple[str, ...]) -> None:
        self.connection = connection
        self.dialect = connection.dialect.name.replace("mariadb", "mysql")
        self._asked = schemas
        self._tables: dict[str, Reflected | None] = {}
        self._inspector: sa.Inspector | None = None

    @property
    def inspector(self) -> sa.Inspector:
        """SQLAlchemy's inspector on this connection."""
        if self._inspector is None:
            self._inspector = sa.inspect(self.connection)
        return self._inspector

    @property
    def wanted(self) -> tuple[str | None, ...]:
        """The schemas whose tables are collections; None is the default one."""
        default = self.inspector.default_schema_name
        named = (None if schema == default else schema for schema in self._asked)
        return tuple(dict.fromkeys(named)) if self._asked else (None,)

    @property
    def visible(self) -> tuple[str | None, ...]:
        """The wanted schemas, and on PostgreSQL all others of the database."""
        if self.dialect != "postgresql":
            return self.wanted
        default = self.inspector.default_schema_name
        others = (s for s in self.inspector.get_schema_names() if s not in _SYSTEM)
        return tuple(dict.fromkeys([*self.wanted, *(None if s == default else s for s in others)]))

    def forget(self) -> None:
        """Read everything anew from now on."""
        self._tables.clear()
        self._inspector = None

    def name(self, schema: str | None, table: str) -> str:
        """The collection name of a table."""
        default = self.inspector.default_schema_name
        return table if schema is None or schema == default else f"{schema}.{table}"

    def split(self, collection: str) -> tuple[str | None, str]:
        """A collection's schema, None for the default one, and table."""
        schema, dot, table = collection.partition(".")
        if dot and schema in self.inspector.get_schema_names():
            return (None if schema == self.inspector.default_schema_name else schema), table
        return None, collection

    def table(self, collection: str) -> Reflected | None:
        """A table, read when it is first asked for."""
        if collection not in self._tables:
            schema, table = self.split(collection)
            self.read(schema, [table])
        return self._tables.setdefault(collection, None)

    def read(self, schema: str | None, names: Sequence[str]) -> None:
        """Read tables of one schema, all of them with a few questions."""
        ask = self.inspector
        only: dict[str, Any] = {"schema": schema, "filter_names": list(names)}
        with warnings.catch_warnings():
            # an index over an expression is read in another way; an unknown type is read as text
            warnings.simplefilter("ignore", sa.exc.SAWarning)
            columns = ask.get_multi_columns(**only)
            primary, unique = (
                ask.get_multi_pk_constraint(**only),
                ask.get_multi_unique_constraints(**only),
            )
            indexes, links = ask.get_multi_indexes(**only), ask.get_multi_foreign_keys(**only)
            comments: Mapping[Any, Any] = (
                {} if self.dialect == "sqlite" else ask.get_multi_table_comment(**only)
            )
        for place, listed in columns.items():
            if not listed:
                continue
            self._tables[self.name(*place)] = Reflected(
                columns=listed,
                primary=tuple(primary[place]["constrained_columns"]),
                unique=_unique(unique.get(place, ()), indexes.get(place, ())),
                indexes=[index for index in indexes.get(place, ()) if not _partial(index)],
                foreign_keys=self._links(place[1], links.get(place, ())),
                comment=(comments.get(place) or {}).get("text"),
                **self._more(*place),
            )

    def _links(
        self, table: str, links: Sequence[Mapping[str, Any]]
    ) -> Sequence[Mapping[str, Any]]:
        """SQLite is asked itself what becomes of the rows that point at a deleted one."""
        if self.dialect != "sqlite":
            return links
        names = {tuple(link["constrained_columns"]): link.get("name") for link in links}
        grouped: dict[int, list[Any]] = {}
        for row in self._pragma("foreign_key_list", table):
            grouped.setdefault(row["id"], []).append(row)
        made = []
        for _, rows in sorted(grouped.items()):
            fields = [row["from"] for row in rows]
            referred, columns = self._written(rows[0]["table"])
            made.append(
                {
                    "name": names.get(tuple(fields)),
                    "constrained_columns": fields,
                    "referred_schema": None,
                    "referred_table": referred,
                    "referred_columns": [
                        columns.get(row["to"].lower(), row["to"])
                        for row in rows
                        if row["to"] is not None
                    ],
                    "options": {"ondelete": rows[0]["on_delete"]},
                }
            )
        return made

    def _written(self, table: str) -> tuple[str, Mapping[str, str]]:
        """A table and its columns as they were created; a link may write them in another case."""
        names = {name.lower(): name for name in self.inspector.get_table_names()}
        found = names.get(table.lower(), table)
        return found, {
            row["name"].lower(): row["name"] for row in self._pragma("table_info", found)
        }

    def _pragma(self, name: str, table: str) -> Sequence[Mapping[Any, Any]]:
        quoted = self.connection.dialect.identifier_preparer.quote_identifier(table)
        return self.connection.exec_driver_sql(f"PRAGMA {name}({quoted})").mappings().fetchall()

    def _more(self, schema: str | None, table: str) -> dict[str, Any]:
        """What SQLAlchemy does not keep."""
        if self.dialect == "sqlite":
            return self._sqlite(table)
        if self.dialect == "mysql":
            place = {"schema": schema, "name": table}
            engine, kind = self.connection.execute(sa.text(_MARIADB_ENGINE), place).one()
            return {"engine": engine or "", "versioned": kind == "SYSTEM VERSIONED"}
        return {}

    def _sqlite(self, table: str) -> dict[str, Any]:
        """Declared types, collations, expressions of indexes."""
        query = sa.text("SELECT type, sql FROM sqlite_master WHERE tbl_name = :name AND sql <> ''")
        found = self.connection.execute(query, {"name": table}).fetchall()
        collations, expressions = {}, []
        for kind, words in found:
            head, _, body = words.partition("(")
            if kind == "table":
                collations = dict(_collations(body))
            elif kind == "index" and not re.search(r"\)\s*WHERE\b", body, re.IGNORECASE):
                expressions.append(body.rpartition(")")[0].strip() if head else "")
        return {
            "declared": {row["name"]: row["type"] for row in self._pragma("table_xinfo", table)},
            "collations": collations,
            "expressions": expressions,
        }


def _unique(
    constraints: Iterable[Mapping[str, Any]], indexes: Iterable[Mapping[str, Any]]
) -> list[tuple[str, ...]]:
    """Sets of columns that no two rows share, the smallest first."""
    found = {tuple(one["column_names"]) for one in constraints}
    found |= {
        tuple(one["column_names"])
        for one in indexes
        if one.get("unique") and None not in one["column_names"] and not _partial(one)
    }
    return sorted(found, key=lambda names: (len(names), names))


def _partial(index: Mapping[str, Any]) -> bool:
    """Whether an index covers some rows only, or cannot look a value up."""
    options = index.get("dialect_options") or {}
    using = str(options.get("postgresql_using") or "btree")
    searching = any(options.get(f"{name}_prefix") for name in ("mysql", "mariadb"))
    return (
        searching
        or using not in {"btree", "hash"}
        or any(options.get(f"{dialect}_where") is not None for dialect in ("postgresql", "sqlite"))
    )


def _collations(body: str) -> Iterable[tuple[str, str]]:
    """The collations in the column definitions of a SQLite table."""
    depth, start = 0, 0
    for at, sign in enumerate([*body, ","]):
        depth += (sign == "(") - (sign == ")")
        if sign == "," and depth <= 0:
            part, start = body[start:at], at + 1
            name, collated = _FIRST_NAME.match(part), _COLLATED.search(part)
            if name and collated:
                yield next(group for group in name.groups() if group), collated[1].upper()
