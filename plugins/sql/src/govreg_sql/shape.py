"""A table as statements need it: its columns, how each is compared, its key and its indexes."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import sqlalchemy as sa

from govreg.connectors.record import Disposition
from govreg_sql.reflect import Reflected, Reflection
from govreg_sql.types import Kind, Raw, kind_of, sqlite_kind

_LOWER = re.compile(r"^\(*lower\(+[\"`]?(\w+)[\"`]?\)*(?:::text)?\)+$", re.IGNORECASE)
_LOWER_TRIM = re.compile(
    r"^\(*lower\(+(?:trim|btrim)\(+(?:bothfrom)?\(*[\"`]?(\w+)[\"`]?\)*(?:::text)?\)+$",
    re.IGNORECASE,
)


class Form(StrEnum):
    """The written form of a look-up without letter case that an index serves."""

    PLAIN = "plain"
    """The column itself, whose collation does not know letter case."""
    LOWER = "lower"
    """`lower(column)`."""
    LOWER_TRIM = "lower_trim"
    """`lower(trim(column))`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Shape:
    """A table as statements need it."""

    table: sa.TableClause
    kinds: Mapping[str, Kind]
    key: tuple[str, ...]
    gaps: tuple[str, ...]
    """SQLite: columns of the key that may be null all the same; such rows cannot be told apart."""
    forms: Mapping[str, Form]
    leading: frozenset[str]
    """Columns that come first in an index."""
    linked: frozenset[tuple[str, ...]]
    """Columns that together hold a foreign key: the source's own equality is what links them."""
    transactional: bool
    """Whether a change of it can be undone until the commit."""
    disposition: Disposition
    """How gone a deleted row is."""
    allowed: Mapping[str, frozenset[str]]
    """The values of PostgreSQL's enumerated types, which takes no other text into a comparison."""


def shape_of(reflection: Reflection, collection: str, held: Reflected) -> Shape:
    """The shape of a reflected table."""
    schema, name = reflection.split(collection)
    dialect = reflection.dialect
    kinds = {column["name"]: _kind(held, column, dialect) for column in held.columns}
    table = sa.table(name, *(sa.column(column, Raw()) for column in kinds), schema=schema)
    leading = _leading(held)
    return Shape(
        table=table,
        kinds=kinds,
        key=_key(held, kinds),
        gaps=_gaps(held) if dialect == "sqlite" else (),
        forms=_forms(held, kinds, leading, dialect),
        leading=leading,
        linked=frozenset(tuple(link["constrained_columns"]) for link in held.foreign_keys),
        transactional=held.engine.upper() in {"", "INNODB", "ROCKSDB"},
        disposition=Disposition.ARCHIVED if held.versioned else Disposition.PERMANENT,
        allowed={
            column["name"]: frozenset(column["type"].enums)
            for column in held.columns
            if dialect == "postgresql" and isinstance(column["type"], sa.Enum)
        },
    )


def _kind(held: Reflected, column: Mapping[str, Any], dialect: str) -> Kind:
    name = column["name"]
    if dialect != "sqlite":
        return kind_of(column["type"], dialect=dialect)
    return sqlite_kind(held.declared.get(name, ""), held.collations.get(name, "BINARY"))


def _key(held: Reflected, kinds: Mapping[str, Kind]) -> tuple[str, ...]:
    """The primary key, or else the smallest unique set without a column that may be null.

    A set is passed over when a value that was read may not find its row again.
    """
    firm = {name for name, kind in kinds.items() if not kind.fleeting}
    if held.primary and firm.issuperset(held.primary):
        return held.primary
    firm -= {column["name"] for column in held.columns if column["nullable"]}
    return next((names for names in held.unique if firm.issuperset(names)), ())


def _gaps(held: Reflected) -> tuple[str, ...]:
    """The columns of a primary key that SQLite lets be null: all but the number of the row."""
    nullable = {column["name"] for column in held.columns if column["nullable"]}
    numbers = held.primary[0] if len(held.primary) == 1 else ""
    if held.declared.get(numbers, "").upper() == "INTEGER":
        return ()
    return tuple(name for name in held.primary if name in nullable)


def _leading(held: Reflected) -> frozenset[str]:
    first = {index["column_names"][0] for index in held.indexes if index["column_names"]}
    first |= {names[0] for names in held.unique if names} | set(held.primary[:1])
    return frozenset(name for name in first if name is not None)


def _forms(
    held: Reflected, kinds: Mapping[str, Kind], leading: frozenset[str], dialect: str
) -> Mapping[str, Form]:
    forms: dict[str, Form] = {}
    for expression in _expressions(held):
        flat = expression.replace(" ", "")
        trimmed, lowered = _LOWER_TRIM.match(flat), _LOWER.match(flat)
        if trimmed:
            forms[trimmed[1]] = Form.LOWER_TRIM
        elif lowered:
            forms.setdefault(lowered[1], Form.LOWER)
    for column in held.columns:
        name = column["name"]
        if name in leading and _is_caseless(held, column, kinds[name], dialect):
            forms[name] = Form.PLAIN
    return forms


def _expressions(held: Reflected) -> Iterable[str]:
    yield from held.expressions
    for index in held.indexes:
        yield from (index.get("expressions") or [])[:1]


def _is_caseless(held: Reflected, column: Mapping[str, Any], kind: Kind, dialect: str) -> bool:
    if not kind.wide:
        return False
    if dialect == "sqlite":
        return held.collations.get(column["name"]) == "NOCASE"
    collation = str(getattr(column["type"], "collation", None) or "").lower()
    return not collation.endswith(("_bin", "_cs"))
