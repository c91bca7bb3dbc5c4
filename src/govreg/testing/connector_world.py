"""What the connector suite asks of a plugin's author, and the tables that it loads.

An author writes one `World`: how to open the connector, how to fill the source, and how to read it
without the connector. What the source cannot hold is declared in the fixture `lacks`, as names of
`Lack`; nothing is skipped in silence.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from enum import StrEnum
from typing import Any, Protocol

import pyarrow as pa

from govreg.connectors.interface import Connector, Context, Session
from govreg.connectors.record import Page
from govreg.connectors.values import canonical
from govreg.register.catalogue import Catalogue

CANARY = "canary-5d1f-person"
"""A made-up value that must never be in an error, an outcome or a rendered plan."""


class Lack(StrEnum):
    """What a source has no type or no means for."""

    INTEGER = "integer"
    """Whole numbers are read as text."""
    DECIMAL = "decimal"
    DATE = "date"
    TIMESTAMP = "timestamp"
    BOOLEAN = "boolean"
    MISSING = "missing"
    """A missing value and an empty text are the same."""
    ALL_OR_NOTHING = "all_or_nothing"
    """Changes of two collections are not one transaction."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TableSpec:
    """A collection to be loaded."""

    columns: Mapping[str, pa.DataType]
    rows: Sequence[Mapping[str, Any]]
    key: tuple[str, ...] = ()


class World(Protocol):
    """A source under the author's control."""

    connector: Connector

    def config(self) -> Mapping[str, Any]:
        """The settings that open the source as it is loaded now."""

    def context(self) -> Context:
        """What the core would lend."""

    def unreachable(self, secret: str) -> tuple[Mapping[str, Any], Context]:
        """Settings that open nothing, with the secret in them or behind a reference in them."""

    def load(self, tables: Mapping[str, TableSpec]) -> None:
        """Make the source hold exactly these collections and rows."""

    def read_raw(self, collection: str) -> Sequence[Mapping[str, Any]]:
        """Every row in plain values, read without the connector under test."""


def opened(world: World) -> Session:
    """The world's source, opened."""
    config = world.connector.Config.model_validate(dict(world.config()))
    return world.connector.open(config, world.context())


INT, TEXT, DATE, BOOL = pa.int64(), pa.string(), pa.date32(), pa.bool_()
DECIMAL, MOMENT = pa.decimal128(12, 2), pa.timestamp("us")

_LEAP = dt.datetime(2024, 2, 29, 23, 59)  # noqa: DTZ001 - a moment as databases hold it

HOSTILE = ("' OR 1=1 --", "%_", "\\", "{}", "a%", "_da@example.org", '"; DROP', "\r\nx", "*", "$1")
"""Texts that mean something to somebody, and are only texts here."""

EMAILS = (
    "ada@example.org",
    "Ada@Example.ORG",
    "  ada@example.org ",
    "ada@example.org.evil",
    "xada@example.org",
    "ada@example.or",
    "adaxexample.org",
    *HOSTILE,
)
PHONES = ("+358 40 123-4567", "+358401234567", "(+358) 40.123/4567", "+3584012345670", None)
NAMES = ("Ada", "Åke Öström", "李雷", "🦊 Fox", "O'Brien", "", None, "line\nbreak", 'say "hi", ok')


def people() -> TableSpec:
    """One row for each e-mail of the corpus, with every kind of value."""
    rows = [
        {
            "id": number + 1,
            "email": email,
            "phone": PHONES[number % len(PHONES)],
            "name": NAMES[number % len(NAMES)],
            "age": None if number % 4 == 0 else 20 + number,
            "balance": None if number % 5 == 0 else Decimal(number * 1010 + 5).scaleb(-2),
            "born": None if number % 3 == 0 else dt.date(1992, 2, 28) + dt.timedelta(days=number),
            "seen": None
            if number % 6 == 0
            else _LEAP + dt.timedelta(seconds=number, microseconds=number),
            "active": (None, True, False)[number % 3],
        }
        for number, email in enumerate(EMAILS)
    ]
    columns = {"id": INT, "email": TEXT, "phone": TEXT, "name": TEXT, "age": INT}
    more = {"balance": DECIMAL, "born": DATE, "seen": MOMENT, "active": BOOL}
    return TableSpec(columns=columns | more, rows=rows, key=("id",))


def orders() -> TableSpec:
    """Rows that point at people: several, none, by number and by number as text."""
    rows = [
        {
            "id": number,
            "person": None if number % 7 == 0 else number % 5,
            "code": None if number % 9 == 0 else str(number % 6),
        }
        for number in range(1, 41)
    ]
    return TableSpec(columns={"id": INT, "person": INT, "code": TEXT}, rows=rows, key=("id",))


def lines() -> TableSpec:
    """Rows with a key of two fields, whose parts repeat."""
    rows = [
        {"order_no": order, "line": line, "note": f"{order}{line}"}
        for order in (1, 2, 11)
        for line in ("1", "11", "2", "12")
    ]
    columns = {"order_no": INT, "line": TEXT, "note": TEXT}
    return TableSpec(columns=columns, rows=rows, key=("order_no", "line"))


def loose() -> TableSpec:
    """Rows without a key, some of them twice."""
    rows = [{"word": word} for word in ("twice", "twice", "once", "other")]
    return TableSpec(columns={"word": TEXT}, rows=rows)


def fitted(table: TableSpec, lacks: frozenset[Lack]) -> TableSpec:
    """A table without what the source lacks: numbers become text, other columns are left out."""
    absent = {
        kind
        for lack, kind in (
            (Lack.DECIMAL, DECIMAL),
            (Lack.DATE, DATE),
            (Lack.TIMESTAMP, MOMENT),
            (Lack.BOOLEAN, BOOL),
        )
        if lack in lacks
    }
    columns = {
        name: TEXT if kind == INT and Lack.INTEGER in lacks else kind
        for name, kind in table.columns.items()
        if kind not in absent
    }

    def value(row: Mapping[str, Any], name: str) -> Any:
        held = row[name]
        if Lack.MISSING in lacks and held == "":
            return None
        return str(held) if isinstance(held, int) and columns[name] == TEXT else held

    return replace(
        table,
        columns=columns,
        rows=[{name: value(r, name) for name in columns} for r in table.rows],
    )


def rows_of(pages: Iterable[Page]) -> list[dict[str, Any]]:
    """The rows of an answer."""
    return [row for page in pages for row in page.batch.to_pylist()]


def without_estimates(catalogue: Catalogue) -> Catalogue:
    """A catalogue without the numbers that a source guesses, and may guess anew at any time."""
    collections = {
        name: replace(facts, estimated_rows=None) for name, facts in catalogue.collections.items()
    }
    return replace(catalogue, collections=collections)


def multiset(rows: Sequence[Mapping[str, Any]]) -> list[str]:
    """Rows as sorted texts, so that two readings can be compared whatever their order."""
    return sorted(repr([(name, canonical(row[name])) for name in sorted(row)]) for row in rows)


def said(problem: BaseException) -> str:
    """Everything that an exception and those behind it say, for a search."""
    parts, seen, waiting = [], set(), [problem]
    while waiting:
        one = waiting.pop()
        if id(one) in seen:
            continue
        seen.add(id(one))
        parts += [str(one), repr(one), repr(one.args), *getattr(one, "__notes__", ())]
        parts.append(repr(vars(one)))
        waiting += [behind for behind in (one.__cause__, one.__context__) if behind is not None]
    return "\n".join(parts)
