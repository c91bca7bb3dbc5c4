"""The web shop's database: one SQLite file, filled in one go.

- Foreign keys are declared and not enforced while it is filled, so that references which lead
  nowhere can be in it, as they are in old shops.
- The same rows in the same order make the same bytes.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Any, Final

from govreg.demo.desk import Employee, Ticket
from govreg.demo.dice import dice
from govreg.demo.people import Person
from govreg.demo.trade import Order, Product

_SCHEMA: Final = """
CREATE TABLE addresses (
    id INTEGER PRIMARY KEY,
    street TEXT,
    postal_code TEXT,
    city TEXT
);
CREATE TABLE customers (
    id INTEGER PRIMARY KEY,
    email TEXT,
    phone TEXT,
    first_name TEXT,
    last_name TEXT,
    birthdate DATE,
    national_id TEXT,
    address_id INTEGER REFERENCES addresses (id),
    segment TEXT,
    password_hash TEXT,
    notes TEXT,
    created DATE
);
CREATE TABLE products (
    id INTEGER PRIMARY KEY,
    name TEXT NOT NULL,
    price INTEGER NOT NULL
);
CREATE TABLE orders (
    id INTEGER PRIMARY KEY,
    customer_id INTEGER NOT NULL REFERENCES customers (id),
    placed_at DATE NOT NULL,
    paid_at DATE,
    total INTEGER NOT NULL,
    status TEXT NOT NULL
);
CREATE TABLE order_lines (
    id INTEGER PRIMARY KEY,
    order_id INTEGER NOT NULL REFERENCES orders (id),
    product_id INTEGER NOT NULL REFERENCES products (id),
    quantity INTEGER NOT NULL,
    price INTEGER NOT NULL
);
CREATE TABLE employees (
    id INTEGER PRIMARY KEY,
    first_name TEXT,
    last_name TEXT,
    email TEXT NOT NULL UNIQUE,
    phone TEXT,
    title TEXT,
    manager_id INTEGER REFERENCES employees (id),
    hired DATE
);
CREATE TABLE tickets (
    id INTEGER PRIMARY KEY,
    customer_id INTEGER NOT NULL REFERENCES customers (id),
    agent_id INTEGER REFERENCES employees (id),
    subject TEXT,
    body TEXT,
    created DATETIME NOT NULL
);
CREATE TABLE logins (
    id INTEGER PRIMARY KEY,
    customer_id INTEGER NOT NULL REFERENCES customers (id),
    ip TEXT,
    user_agent TEXT,
    at DATETIME NOT NULL
);
"""

_INDEXES: Final = """
CREATE INDEX customers_email ON customers (lower(email));
CREATE INDEX customers_address ON customers (address_id);
CREATE INDEX orders_customer ON orders (customer_id);
CREATE INDEX order_lines_order ON order_lines (order_id);
CREATE INDEX order_lines_product ON order_lines (product_id);
CREATE INDEX employees_manager ON employees (manager_id);
CREATE INDEX tickets_customer ON tickets (customer_id);
CREATE INDEX tickets_agent ON tickets (agent_id);
CREATE INDEX logins_customer ON logins (customer_id);
"""

_HASH_BITS: Final = 192


@dataclass(frozen=True, slots=True, kw_only=True)
class Stock:
    """Everything that the shop's database holds."""

    people: Sequence[Person]
    products: Sequence[Product]
    orders: Sequence[Order]
    employees: Sequence[Employee]
    tickets: Sequence[Ticket]
    logins: Iterable[tuple[int, str, str, str]]


def write_shop(path: Path, stock: Stock) -> dict[str, int]:
    """Write a new database file.

    Returns:
        The number of rows by table.
    """
    with closing(sqlite3.connect(path, isolation_level=None)) as database:
        database.executescript("PRAGMA foreign_keys=OFF; PRAGMA synchronous=OFF;" + _SCHEMA)
        database.execute("BEGIN")
        counts = {name: _insert(database, name, rows) for name, rows in _tables(stock)}
        database.execute("COMMIT")
        database.executescript(_INDEXES)
    return counts


def _insert(database: sqlite3.Connection, table: str, rows: Iterable[tuple[Any, ...]]) -> int:
    """Insert rows as wide as the table, in their order."""
    width = len(database.execute(f"PRAGMA table_info({table})").fetchall())
    marks = ", ".join("?" * width)
    return database.executemany(f"INSERT INTO {table} VALUES ({marks})", rows).rowcount  # noqa: S608 - the schema's own names


def _tables(stock: Stock) -> Iterator[tuple[str, Iterable[tuple[Any, ...]]]]:
    yield "addresses", _addresses(stock.people)
    yield "customers", _customers(stock.people)
    yield "products", ((p.id, p.name, p.price) for p in stock.products)
    yield "orders", _orders(stock.orders)
    yield "order_lines", _order_lines(stock.orders)
    yield "employees", _employees(stock.employees)
    yield "tickets", _tickets(stock.tickets)
    yield "logins", ((number, *login) for number, login in enumerate(stock.logins, start=1))


def _addresses(people: Iterable[Person]) -> Iterator[tuple[Any, ...]]:
    """Each address once, however many live there."""
    held = {p.address.id: p.address for p in people if p.address}
    for number in sorted(held):
        address = held[number]
        yield address.id, address.street, address.postal_code, address.city


def _customers(people: Iterable[Person]) -> Iterator[tuple[Any, ...]]:
    chance = dice("passwords")
    for p in people:
        yield (
            p.id,
            p.email,
            p.phone,
            p.first_name,
            p.last_name,
            p.birthdate and p.birthdate.isoformat(),
            p.national_id,
            p.address and p.address.id,
            p.segment,
            _password_hash(chance) if p.email else None,
            p.notes,
            p.created and p.created.isoformat(),
        )


def _password_hash(chance: Random) -> str:
    """What looks like a password hash and is the hash of nothing."""
    salt, digest = chance.getrandbits(64), chance.getrandbits(_HASH_BITS)
    return f"$argon2id$v=19$m=65536,t=3,p=4${salt:016x}${digest:048x}"


def _orders(orders: Iterable[Order]) -> Iterator[tuple[Any, ...]]:
    for o in orders:
        paid = o.paid and o.paid.isoformat()
        yield o.id, o.customer, o.placed.isoformat(), paid, o.total, o.status


def _order_lines(orders: Iterable[Order]) -> Iterator[tuple[Any, ...]]:
    lines = ((o.id, line) for o in orders for line in o.lines)
    for number, (order, line) in enumerate(lines, start=1):
        yield number, order, line.product, line.quantity, line.price


def _employees(employees: Iterable[Employee]) -> Iterator[tuple[Any, ...]]:
    for e in employees:
        hired = e.hired.isoformat()
        yield e.id, e.first_name, e.last_name, e.email, e.phone, e.title, e.superior, hired


def _tickets(tickets: Iterable[Ticket]) -> Iterator[tuple[Any, ...]]:
    for number, t in enumerate(tickets, start=1):
        yield number, t.customer, t.agent, t.subject, t.body, t.at.isoformat(" ")
