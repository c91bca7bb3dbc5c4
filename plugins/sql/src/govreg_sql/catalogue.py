"""What a database says of itself: every table of the wanted schemas, registered or not.

- Foreign keys and triggers come from every visible schema, as an unregistered table may point in.
- A table that the login may not read is named as unreadable, never left out.
- Views hold nothing of their own, and parts of a partitioned table are read with the whole.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

import sqlalchemy as sa

from govreg.register.catalogue import (
    Catalogue,
    CollectionFacts,
    ColumnFacts,
    Fold,
    ForeignKey,
    Trigger,
)
from govreg_sql.reflect import Reflected, Reflection
from govreg_sql.shape import Shape, shape_of
from govreg_sql.system import Listed, inbound, listed, triggers


class Reader:
    """Reads the catalogue, each table once, and says what is there."""

    def __init__(self, connection: sa.Connection, schemas: tuple[str, ...]) -> None:
        self.reflection = Reflection(connection, schemas)
        self.connection, self.dialect = connection, self.reflection.dialect
        self._shapes: dict[str, Shape] = {}

    def forget(self) -> None:
        """Read everything anew from now on."""
        self._shapes.clear()
        self.reflection.forget()

    def shape(self, collection: str) -> Shape | None:
        """A table as statements need it; None when it is not there."""
        if collection not in self._shapes:
            held = self.reflection.table(collection)
            if held is None:
                return None
            self._shapes[collection] = shape_of(self.reflection, collection, held)
        return self._shapes[collection]

    def part(self, collections: Sequence[str]) -> Catalogue:
        """Some collections only, without foreign keys and triggers."""
        found = {name: self.reflection.table(name) for name in collections}
        facts = {
            name: self._facts(name, held, None) for name, held in found.items() if held is not None
        }
        return Catalogue(collections=facts)

    def catalogue(self) -> Catalogue:
        """Everything that the login can see."""
        facts: dict[str, CollectionFacts] = {}
        links: list[ForeignKey] = []
        unreadable: dict[str, str] = {}
        for schema in self.reflection.visible:
            tables = listed(self.connection, self.dialect, schema)
            readable = [name for name, table in tables.items() if table.readable]
            unreadable |= self._read(schema, list(tables))
            if schema in self.reflection.wanted:
                unreadable |= {
                    self.reflection.name(schema, name): "not_permitted"
                    for name in tables.keys() - readable
                }
            for name, table in tables.items():
                collection = self.reflection.name(schema, name)
                held = self.reflection.table(collection) if collection not in unreadable else None
                if held is None:
                    continue
                links.extend(self._links(collection, held))
                if schema in self.reflection.wanted:
                    facts[collection] = self._facts(collection, held, table)
        return Catalogue(
            collections=facts,
            foreign_keys=(*links, *self._inbound()),
            triggers=tuple(self._triggers()),
            unreadable=unreadable,
        )

    def _read(self, schema: str | None, names: Sequence[str]) -> dict[str, str]:
        """Read tables in bulk; when that fails, one by one, to miss the culprit only."""
        if not names:
            return {}
        try:
            self.reflection.read(schema, names)
        except sa.exc.SQLAlchemyError:
            self.connection.rollback()
        else:
            return {}
        failed = {}
        for name in names:
            try:
                self.reflection.read(schema, [name])
            except sa.exc.SQLAlchemyError:
                self.connection.rollback()
                failed[self.reflection.name(schema, name)] = "not_reflected"
        return failed

    def _facts(self, collection: str, held: Reflected, table: Listed | None) -> CollectionFacts:
        shape = self._shapes.get(collection) or shape_of(self.reflection, collection, held)
        self._shapes[collection] = shape
        single = {names[0] for names in (*held.unique, shape.key) if len(names) == 1}
        columns = {
            column["name"]: _column(column, held, shape, single, self.connection.dialect)
            for column in held.columns
        }
        lossy = [name for name, kind in shape.kinds.items() if kind.lossy]
        return CollectionFacts(
            name=collection,
            columns=columns,
            key=shape.key,
            unique_sets=tuple(held.unique),
            estimated_rows=table.rows if table else None,
            comment=held.comment,
            notes=(
                *(table.notes if table else ()),
                *(() if shape.transactional else (f"engine {held.engine} has no transactions",)),
                *(f"{name}: type {columns[name].source_type} is read as text" for name in lossy),
            ),
        )

    def _links(self, collection: str, held: Reflected) -> Iterator[ForeignKey]:
        for link in held.foreign_keys:
            options: Mapping[str, Any] = link.get("options") or {}
            on_delete = (options.get("ondelete") or "NO ACTION").lower().replace(" ", "_")
            target = self.reflection.name(link["referred_schema"], link["referred_table"])
            to_fields = tuple(link["referred_columns"])
            if not to_fields:
                referred = self.reflection.table(target)
                to_fields = referred.primary if referred else ()
            # SQLite's own transactions put every check off, except those of RESTRICT
            late = self.dialect == "sqlite" and on_delete != "restrict"
            yield ForeignKey(
                name=link.get("name"),
                collection=collection,
                fields=tuple(link["constrained_columns"]),
                to_collection=target,
                to_fields=to_fields,
                on_delete=on_delete,
                deferrable=late or bool(options.get("deferrable")),
            )

    def _inbound(self) -> Iterator[ForeignKey]:
        """MariaDB: foreign keys of other databases on the server that point into ours."""
        if self.dialect == "mysql":
            default = self.reflection.inspector.default_schema_name
            ours = [schema or default or "" for schema in self.reflection.wanted]
            for link in inbound(self.connection, ours):
                yield ForeignKey(
                    name=link.name,
                    collection=self.reflection.name(link.schema, link.table),
                    fields=link.fields,
                    to_collection=self.reflection.name(link.to_schema, link.to_table),
                    to_fields=link.to_fields,
                    on_delete=link.on_delete,
                )

    def _triggers(self) -> Iterable[Trigger]:
        visible = self.reflection.visible
        for schema, table, name, event in triggers(self.connection, self.dialect, visible):
            collection = self.reflection.name(schema, table)
            yield Trigger(name=name, collection=collection, event=event)


def _column(
    column: Mapping[str, Any],
    held: Reflected,
    shape: Shape,
    single: set[str],
    dialect: sa.Dialect,
) -> ColumnFacts:
    name, kind = column["name"], column["type"]
    folds = {Fold.EXACT} if name in shape.leading else set()
    if name in shape.forms:
        folds.add(Fold.CASE)
    enforced = dialect.name != "sqlite"
    rowid = not enforced and held.primary == (name,) and held.declared[name].upper() == "INTEGER"
    return ColumnFacts(
        name=name,
        type=shape.kinds[name].arrow,
        source_type=held.declared[name] if name in held.declared else _words(kind, dialect),
        nullable=bool(column["nullable"]) and not rowid,
        unique=name in single,
        generated=bool(column.get("computed"))
        or bool((column.get("identity") or {}).get("always")),
        max_length=kind.length if enforced and isinstance(kind, sa.String) else None,
        allowed=tuple(kind.enums) if isinstance(kind, sa.Enum) else None,
        indexed=frozenset(folds),
        comment=column.get("comment"),
    )


def _words(kind: Any, dialect: sa.Dialect) -> str:
    """A type in the database's own words, without its collation."""
    try:
        written = str(kind.compile(dialect=dialect))
    except sa.exc.CompileError:
        return "unknown"
    return re.sub(r"\s+(CHARACTER SET|COLLATE)\s+\S+", "", written)
