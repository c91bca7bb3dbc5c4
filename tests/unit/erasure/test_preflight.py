"""Whatever would stop a plan, or make it do more than it says, is found before anything is written."""

from __future__ import annotations

import sqlite3

import pytest
from tests.journeys.workspace import GONE, confirmed_plan, make, opened, verified

SOURCE = """\
govreg_source: 1
source: shop
title: Shop
connector: sql
config: {url: "sqlite:///shop.db"}
owner: Shop
collections:
  people:
    key: [KEY]
    subject: customer
    STRATEGY
    fields:
      KEY: {category: user.unique_id, identifier: customer_id, activities: [orders]}
      email: {category: user.contact.email, identifier: email, activities: [orders]EMAIL}
"""

PEOPLE = """
CREATE TABLE people (id INTEGER PRIMARY KEY, code TEXT UNIQUE, email TEXT, boss INTEGER);
INSERT INTO people VALUES (1, 'A1', 'one@a.example', NULL), (2, 'B2', 'two@a.example', NULL);
"""


def blockers(folder, sql, *, key="id", strategy="on_erase: delete", email="", source=SOURCE):
    database = sqlite3.connect(folder / "shop.db")
    database.executescript(sql)
    database.close()
    text = source.replace("KEY", key).replace("STRATEGY", strategy).replace("EMAIL", email)
    make(folder, {"shop": text})
    with opened(folder) as engine:
        request = verified(engine, "erasure", {"email": "one@a.example"}, GONE)
        return {b["code"] for b in confirmed_plan(engine, request)["blockers"]}


def test_nothing_in_the_way(tmp_path):
    assert blockers(tmp_path, PEOPLE) == set()


@pytest.mark.parametrize("target", ["people (id)", "PEOPLE (ID)", "people"])
@pytest.mark.parametrize(("rule", "code"), [("ON DELETE CASCADE", "cascade"), ("", "inbound_key")])
def test_rows_of_an_unregistered_table_that_point_at_the_row(tmp_path, target, rule, code):
    extra = (
        f"CREATE TABLE extra (id INTEGER PRIMARY KEY, who INTEGER REFERENCES {target} {rule});"
        "INSERT INTO extra VALUES (1, 1);"
    )
    assert blockers(tmp_path, PEOPLE + extra) == {code}


def test_a_cascade_over_a_column_that_is_not_registered(tmp_path):
    """The foreign key points at `id`; the register knows rows by `code` only."""
    extra = (
        "CREATE TABLE extra (id INTEGER PRIMARY KEY,"
        " who INTEGER REFERENCES people (id) ON DELETE CASCADE); INSERT INTO extra VALUES (1, 1);"
    )
    assert blockers(tmp_path, PEOPLE + extra, key="code") == {"cascade"}


def test_rows_that_point_at_others_are_no_matter(tmp_path):
    extra = (
        "CREATE TABLE extra (id INTEGER PRIMARY KEY, who INTEGER REFERENCES people (id));"
        "INSERT INTO extra VALUES (1, 2), (2, NULL);"
    )
    assert blockers(tmp_path, PEOPLE + extra) == set()


def test_a_unique_column_and_one_constant(tmp_path):
    unique = PEOPLE + "CREATE UNIQUE INDEX one_email ON people (email);"
    assert blockers(
        tmp_path, unique, strategy="on_erase: blank", email=', on_erase: {constant: "x"}'
    ) == {"unique"}


def test_a_unique_column_and_a_constant_of_its_own(tmp_path):
    unique = PEOPLE + "CREATE UNIQUE INDEX one_email ON people (email);"
    assert (
        blockers(
            tmp_path,
            unique,
            strategy="on_erase: blank",
            email=', on_erase: {constant: "{unique}"}',
        )
        == set()
    )


@pytest.mark.parametrize(("event", "stops"), [("DELETE", True), ("UPDATE", False)])
def test_a_trigger_on_what_the_plan_does(tmp_path, event, stops):
    trigger = f"CREATE TRIGGER watch AFTER {event} ON people BEGIN SELECT 1; END;"
    assert blockers(tmp_path, PEOPLE + trigger) == ({"trigger"} if stops else set())


def test_a_collection_without_key_is_not_changed(tmp_path):
    source = SOURCE.replace("    key: [KEY]\n", "")
    assert blockers(tmp_path, PEOPLE, source=source) == {"no_key"}


def test_a_row_set_to_null_by_the_source_itself_where_it_must_not_be(tmp_path):
    extra = (
        "CREATE TABLE extra (id INTEGER PRIMARY KEY,"
        " who INTEGER NOT NULL REFERENCES people (id) ON DELETE SET NULL);"
        "INSERT INTO extra VALUES (1, 1);"
    )
    assert blockers(tmp_path, PEOPLE + extra) == {"inbound_key"}
