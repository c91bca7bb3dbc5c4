"""What a database says of itself: every table of every visible schema, registered or not."""

from __future__ import annotations

import re
import warnings
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import pyarrow as pa
import sqlalchemy as sa

from govreg.register.catalogue import (
    Catalogue,
    CollectionFacts,
    ColumnFacts,
    Fold,
    ForeignKey,
    Trigger,
)
from govreg_sql.types import arrow_type, by_affinity

_SYSTEM = {"information_schema", "pg_catalog", "mysql", "performance_schema", "sys", "pg_toast"}
_LOWER = re.compile(r"^\(*lower\(\(*[\"`]?(\w+)[\"`]?\)*(?:::text)?\)+$", re.IGNORECASE)
_LOWER_TRIM = re.compile(
    r"^\(*lower\(+(?:trim|btrim|trim\(both from)\(*[\"`]?(\w+)[\"`]?\)*(?:::text)?\)+$",
    re.IGNORECASE,
)


@dataclass(slots=True)
class Shape:
    """A table as statements need it."""

    table: sa.Table
    kinds: Mapping[str, pa.DataType]
    key: tuple[str, ...]
    forms: dict[str, str] = field(default_factory=dict)
    """The indexed form that serves a case-blind look-up, by column."""


class Reader:
    """Reflects tables, each once, and says what they are."""

    def __init__(self, connection: sa.Connection, schemas: tuple[str, ...]) -> None:
        self.connection, self.schemas = connection, schemas
        self.dialect = connection.dialect.name.replace("mariadb", "mysql")
        self._shapes: dict[str, Shape] = {}
        self._inspector: Any = None

    @property
    def inspector(self) -> Any:
        """SQLAlchemy's inspector on this connection."""
        if self._inspector is None:
            self._inspector = sa.inspect(self.connection)
        return self._inspector

    def forget(self) -> None:
        """Read everything anew from now on."""
        self._shapes.clear()
        self._inspector = None

    def split(self, collection: str) -> tuple[str | None, str]:
        """A collection's schema, where it is not the default one, and table."""
        schema, _, table = collection.partition(".")
        return (schema, table) if table and schema in self.schemas else (None, collection)

    def shape(self, collection: str) -> Shape:
        """A table, reflected.

        Raises:
            sqlalchemy.exc.NoSuchTableError: it is not there.
        """
        if collection not in self._shapes:
            schema, name = self.split(collection)
            self._shapes[collection] = self._reflected(schema, name)
        return self._shapes[collection]

    def _reflected(self, schema: str | None, name: str) -> Shape:
        columns = self._columns(schema, name)
        if not columns:
            raise sa.exc.NoSuchTableError(name)
        made = []
        for column in columns:
            kind = column["type"]
            if self.dialect == "sqlite":
                kind = by_affinity(str(kind))
            made.append(sa.Column(column["name"], kind))
        table = sa.Table(name, sa.MetaData(), *made, schema=schema)
        kinds = {column.name: arrow_type(column.type) for column in made}
        return Shape(
            table=table,
            kinds=kinds,
            key=self._key(schema, name, columns),
            forms=self._forms(schema, name, columns),
        )

    def _columns(self, schema: str | None, name: str) -> list[dict[str, Any]]:
        try:
            return list(self.inspector.get_columns(name, schema=schema))
        except sa.exc.NoSuchTableError:
            return []

    def _key(
        self, schema: str | None, name: str, columns: Iterable[Mapping[str, Any]]
    ) -> tuple[str, ...]:
        primary = self.inspector.get_pk_constraint(name, schema=schema)
        if primary and primary["constrained_columns"]:
            return tuple(primary["constrained_columns"])
        required = {column["name"] for column in columns if not column["nullable"]}
        for names in self._unique_sets(schema, name):
            if set(names) <= required:
                return names
        return ()

    def _unique_sets(self, schema: str | None, name: str) -> list[tuple[str, ...]]:
        with _quiet():
            constraints = self.inspector.get_unique_constraints(name, schema=schema)
        found = [tuple(constraint["column_names"]) for constraint in constraints]
        found += [
            tuple(i["column_names"])
            for i in self._indexes(schema, name)
            if i.get("unique") and None not in i["column_names"]
        ]
        return sorted(set(found), key=lambda names: (len(names), names))

    def _indexes(self, schema: str | None, name: str) -> list[dict[str, Any]]:
        with _quiet():
            return list(self.inspector.get_indexes(name, schema=schema))

    def _expressions(self, schema: str | None, name: str) -> list[str]:
        if self.dialect == "sqlite":
            rows = self.connection.execute(
                sa.text("SELECT sql FROM sqlite_master WHERE type='index' AND tbl_name=:name"),
                {"name": name},
            )
            return [row[0].partition("(")[2].rpartition(")")[0].strip() for row in rows if row[0]]
        return [
            str(expression)
            for index in self._indexes(schema, name)
            for expression in (index.get("expressions") or [])[:1]
        ]

    def _forms(
        self, schema: str | None, name: str, columns: Iterable[Mapping[str, Any]]
    ) -> dict[str, str]:
        forms: dict[str, str] = {}
        for expression in self._expressions(schema, name):
            flat = expression.replace(" ", "")
            trimmed = _LOWER_TRIM.match(flat)
            lowered = _LOWER.match(flat)
            if trimmed:
                forms[trimmed[1]] = "lower_trim"
            elif lowered:
                forms.setdefault(lowered[1], "lower")
        leading = self._leading(schema, name)
        for column in columns:
            collation = str(getattr(column["type"], "collation", None) or "").lower()
            blind = self.dialect == "mysql" and _is_text(column["type"])
            blind = blind and not collation.endswith(("_bin", "_cs"))
            if column["name"] in leading and (blind or _is_blind(column["type"])):
                forms[column["name"]] = "plain"
        return forms

    def _leading(self, schema: str | None, name: str) -> set[str]:
        indexes = self._indexes(schema, name)
        first = {index["column_names"][0] for index in indexes if index["column_names"]}
        primary = self.inspector.get_pk_constraint(name, schema=schema)["constrained_columns"]
        unique = {names[0] for names in self._unique_sets(schema, name) if names}
        return (first | set(primary[:1]) | unique) - {None}

    def catalogue(self) -> Catalogue:
        """Everything that the login can see."""
        facts: dict[str, CollectionFacts] = {}
        keys: list[ForeignKey] = []
        unreadable: dict[str, str] = {}
        for schema in self._visible():
            for name in self.inspector.get_table_names(schema=schema):
                collection = self._name(schema, name)
                if schema is None or schema in self.schemas:
                    try:
                        facts[collection] = self._facts(schema, name, collection)
                    except sa.exc.SQLAlchemyError:
                        unreadable[collection] = "not_reflected"
                        continue
                keys.extend(self._foreign_keys(schema, name, collection))
        return Catalogue(
            collections=facts,
            foreign_keys=tuple(keys),
            triggers=tuple(self._triggers()),
            unreadable=unreadable,
        )

    def _visible(self) -> list[str | None]:
        default = self.inspector.default_schema_name
        others: list[str | None] = list(self.schemas)
        if self.dialect == "postgresql":
            others = [
                schema
                for schema in self.inspector.get_schema_names()
                if schema != default and schema not in _SYSTEM
            ]
        return [None, *others]

    def _name(self, schema: str | None, table: str) -> str:
        default = self.inspector.default_schema_name
        return table if schema is None or schema == default else f"{schema}.{table}"

    def _facts(self, schema: str | None, name: str, collection: str) -> CollectionFacts:
        shape = self.shape(collection)
        columns = self._columns(schema, name)
        unique = self._unique_sets(schema, name)
        single = {names[0] for names in [*unique, shape.key] if len(names) == 1}
        leading = self._leading(schema, name)
        return CollectionFacts(
            name=collection,
            columns={
                column["name"]: _column(column, shape, single, leading) for column in columns
            },
            key=shape.key,
            unique_sets=tuple(unique),
            notes=tuple(
                f"{column['name']}: type {column['type']} is read as text"
                for column in columns
                if isinstance(column["type"], sa.types.NullType) and self.dialect != "sqlite"
            ),
        )

    def _foreign_keys(
        self, schema: str | None, name: str, collection: str
    ) -> Iterable[ForeignKey]:
        for key in self.inspector.get_foreign_keys(name, schema=schema):
            options = key.get("options") or {}
            target = self._name(key["referred_schema"] or schema, key["referred_table"])
            to_fields = key["referred_columns"]
            if not to_fields and target in self._shapes:
                to_fields = list(self._shapes[target].key)
            yield ForeignKey(
                name=key.get("name"),
                collection=collection,
                fields=tuple(key["constrained_columns"]),
                to_collection=target,
                to_fields=tuple(to_fields),
                on_delete=(options.get("ondelete") or "NO ACTION").lower().replace(" ", "_"),
                deferrable=bool(options.get("deferrable")),
            )

    def _triggers(self) -> Iterable[Trigger]:
        queries = {
            "sqlite": "SELECT name, tbl_name, sql FROM sqlite_master WHERE type = 'trigger'",
            "postgresql": "SELECT trigger_name, event_object_table, event_manipulation "
            "FROM information_schema.triggers",
            "mysql": "SELECT trigger_name, event_object_table, event_manipulation "
            "FROM information_schema.triggers WHERE trigger_schema = DATABASE()",
        }
        for name, table, event in self.connection.execute(sa.text(queries[self.dialect])):
            words = str(event).lower()
            if self.dialect == "sqlite":
                words = ",".join(e for e in ("insert", "update", "delete") if _fires(words, e))
            yield Trigger(name=name, collection=table, event=words)


@contextmanager
def _quiet() -> Iterator[None]:
    """Without SQLAlchemy's warnings about indexes over expressions: `_expressions` reads them."""
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message=".*expression-based index.*")
        warnings.filterwarnings("ignore", message=".*unsupported reflection.*")
        yield


def _fires(definition: str, event: str) -> bool:
    head = definition.split(" begin", 1)[0]
    return re.search(rf"\b{event}\b", head) is not None


def _is_text(kind: Any) -> bool:
    return isinstance(kind, sa.String)


def _is_blind(kind: Any) -> bool:
    collation = str(getattr(kind, "collation", None) or "").upper()
    return collation == "NOCASE" or "citext" in type(kind).__name__.lower()


def _column(
    column: Mapping[str, Any], shape: Shape, single: set[str], leading: set[str]
) -> ColumnFacts:
    name, kind = column["name"], column["type"]
    folds = {Fold.EXACT} if name in leading else set()
    if name in shape.forms:
        folds.add(Fold.CASE)
    return ColumnFacts(
        name=name,
        type=shape.kinds[name],
        source_type=str(kind),
        nullable=bool(column["nullable"]),
        unique=name in single,
        generated=bool(column.get("computed"))
        or bool((column.get("identity") or {}).get("always")),
        max_length=getattr(kind, "length", None) if _is_text(kind) else None,
        allowed=tuple(kind.enums) if isinstance(kind, sa.Enum) else None,
        indexed=frozenset(folds),
        comment=column.get("comment"),
    )
