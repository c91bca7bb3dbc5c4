"""A shop whose e-mail addresses and names are sealed in its database."""

import sqlite3
from contextlib import closing

from tests.journeys.test_traps import SOURCE, build
from tests.journeys.workspace import opened

SEALED = SOURCE.replace(
    "email: {category: user.contact.email, identifier: email, activities: [orders, newsletter]}",
    "email: {category: user.contact.email, identifier: email, activities: [orders, newsletter], "
    "protect: {index: email_x}}\n      email_x: {category: none}",
).replace(
    "name: {category: user.name, activities: [orders]}",
    "name: {category: user.name, activities: [orders], protect: {key: field, pad: true}}",
)
COLUMN = "ALTER TABLE people ADD COLUMN email_x TEXT; DROP INDEX people_email;"
CLEAR = [
    (1, "one@a.example", "One", None),
    (2, "two@a.example", "Two", None),
    (9, "agent@a.example", "Agent", None),
]


def shop(folder, *, source=SEALED, extra=""):
    build(folder, source=source, extra_sql=COLUMN + extra)
    engine = opened(folder)
    engine.row_maps.sync(["shop.people"], actor="dpo")
    return engine


def people(folder):
    with closing(sqlite3.connect(folder / "shop.db")) as database:
        return database.execute(
            "SELECT id, email, name, email_x FROM people ORDER BY id"
        ).fetchall()


def change(folder, statement, values=()):
    with closing(sqlite3.connect(folder / "shop.db")) as database, database:
        database.execute(statement, values)


def seal(engine):
    return engine.protection.run(expected=1000, actor="dpo")
