"""What the law keeps is kept, exactly that, until its date; a gap never destroys a record."""

from __future__ import annotations

import datetime as dt
import sqlite3
from zoneinfo import ZoneInfo

import pytest
from tests.journeys.workspace import GONE, confirmed_plan, erased, make, opened, verified

from govreg.clock import fixed_clock
from govreg.erasure.keep import as_date

SOURCE = """\
govreg_source: 1
source: shop
title: Shop
connector: sql
config: {url: "sqlite:///shop.db"}
owner: Shop
collections:
  people:
    key: [id]
    subject: customer
    fields:
      id: {category: user.unique_id, identifier: customer_id, activities: [orders]}
      code: {category: user.unique_id, activities: [orders]}
      email: {category: user.contact.email, identifier: email, activities: [orders]}
      name: {category: user.name, activities: [orders]}
  invoices:
    key: [id]
    links:
      - {fields: [customer], to: people, to_fields: [CODE], role: owns}
    retention:
      - {rule: fi.accounting.accounting_material, anchor: financial_year_of(day), fields: [day, total, people.name]}
    fields:
      id: {category: none}
      customer: {category: user.unique_id, activities: [orders]}
      day: {category: user.financial, activities: [orders]}
      total: {category: user.financial, activities: [orders]}
      note: {category: user.content, activities: [orders]}
"""

SCHEMA = """
CREATE TABLE people (id INTEGER PRIMARY KEY, code TEXT, email TEXT, name TEXT);
CREATE TABLE invoices (id INTEGER PRIMARY KEY, customer TEXT, day TEXT, total TEXT, note TEXT);
INSERT INTO people VALUES (1, 'A1', 'one@a.example', 'One'), (2, 'B2', 'two@a.example', 'Two');
INSERT INTO invoices VALUES (9, '2', '2024-01-01', '9', 'n');
"""
NOW = fixed_clock(dt.datetime(2026, 11, 25, 12, tzinfo=dt.UTC))


def erase(folder, sql, rule, *, link="id"):
    database = sqlite3.connect(folder / "shop.db")
    database.executescript(SCHEMA + sql)
    database.close()
    text = SOURCE.replace("fi.accounting.accounting_material", rule).replace("CODE", link)
    make(folder, {"shop": text})
    with opened(folder) as engine:
        request = erased(engine, {"email": "one@a.example"})
        return engine.requests.get(request).outcome


def table(folder, query):
    with sqlite3.connect(folder / "shop.db") as database:
        return database.execute(query).fetchall()


@pytest.fixture(scope="module")
def rule(tmp_path_factory):
    """A rule with a period of years, out of the installed packs."""
    folder = make(tmp_path_factory.mktemp("rules"), {})
    with opened(folder) as engine:
        return next(
            r.id for r in engine.rules.rules.values() if str(r.kind) == "minimum" and r.keep
        )


def test_a_linked_field_is_kept_though_the_pointer_is_text(tmp_path, rule):
    erase(tmp_path, "INSERT INTO invoices VALUES (1, '1', '2025-03-01', '10', 'n');", rule)
    assert table(tmp_path, "SELECT name, email FROM people WHERE id = 1") == [("One", None)]
    assert table(tmp_path, "SELECT customer, day, total, note FROM invoices WHERE id = 1") == [
        ("1", "2025-03-01", "10", None)
    ]


def test_what_the_pointer_points_at_is_kept_with_the_linked_field(tmp_path, rule):
    erase(
        tmp_path,
        "INSERT INTO invoices VALUES (1, 'A1', '2025-03-01', '10', 'n');",
        rule,
        link="code",
    )
    assert table(tmp_path, "SELECT name, code FROM people WHERE id = 1") == [("One", "A1")]


def test_records_inside_and_outside_the_period(tmp_path, rule):
    erase(
        tmp_path,
        "INSERT INTO invoices VALUES (1, '1', '2025-03-01', '10', 'n'),"
        " (2, '1', '1990-03-01', '10', 'n');",
        rule,
    )
    assert table(tmp_path, "SELECT id FROM invoices WHERE customer = '1'") == [(1,)]
    assert table(tmp_path, "SELECT name FROM people WHERE id = 1") == [("One",)]


def test_records_outside_the_period_keep_nothing(tmp_path, rule):
    erase(tmp_path, "INSERT INTO invoices VALUES (2, '1', '1990-03-01', '10', 'n');", rule)
    assert table(tmp_path, "SELECT count(*) FROM people WHERE id = 1") == [(0,)]
    assert table(tmp_path, "SELECT id FROM invoices") == [(9,)]


@pytest.mark.parametrize("day", ["NULL", "''", "'soon'", "'31.2.2020'"])
def test_a_record_without_a_readable_date_is_kept(tmp_path, rule, day):
    erase(tmp_path, f"INSERT INTO invoices VALUES (2, '1', {day}, '10', 'n');", rule)
    assert table(tmp_path, "SELECT total FROM invoices WHERE id = 2") == [("10",)]
    assert table(tmp_path, "SELECT name FROM people WHERE id = 1") == [("One",)]


@pytest.mark.parametrize(
    ("text", "date"),
    [
        ("24.12.2020", dt.date(2020, 12, 24)),
        (" 1.2.2020 ", dt.date(2020, 2, 1)),
        ("2020-12-24T10:00:00Z", dt.date(2020, 12, 24)),
        (dt.datetime(2020, 12, 24, 10), dt.date(2020, 12, 24)),
        (dt.date(2020, 12, 24), dt.date(2020, 12, 24)),
        ("24.13.2020", None),
        ("", None),
        (20201224, None),
        (None, None),
    ],
)
def test_dates_in_many_writings(text, date):
    assert as_date(text) == date


@pytest.mark.parametrize(
    "moment",
    [
        dt.datetime(2019, 12, 31, 23, tzinfo=dt.UTC),
        "2019-12-31T23:00:00Z",
        "2019-12-31 23:00:00+00:00",
    ],
)
def test_a_record_of_the_new_year_counts_from_the_new_year(moment):
    """In UTC it is December: counted so, it would go a year before the law allows."""
    assert as_date(moment, ZoneInfo("Europe/Helsinki")) == dt.date(2020, 1, 1)
    assert as_date(moment) == dt.date(2019, 12, 31)


def test_a_kept_row_that_must_point_at_the_row_to_go_stops_the_plan(tmp_path, rule):
    """The name is not kept here, so the customer's row would go from under the invoice."""
    database = sqlite3.connect(tmp_path / "shop.db")
    database.executescript(
        SCHEMA.replace("customer TEXT", "customer INTEGER NOT NULL REFERENCES people (id)")
        + "INSERT INTO invoices VALUES (1, 1, '2025-03-01', '10', 'n');"
    )
    database.close()
    source = SOURCE.replace(", people.name]", ", customer]").replace("CODE", "id")
    make(tmp_path, {"shop": source.replace("fi.accounting.accounting_material", rule)})
    with opened(tmp_path) as engine:
        request = verified(engine, "erasure", {"email": "one@a.example"}, GONE)
        codes = {b["code"] for b in confirmed_plan(engine, request)["blockers"]}
    assert codes == {"inbound_key"}
