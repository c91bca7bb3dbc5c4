"""One customer of a music shop that nobody here wrote: Chinook, in SQLite."""

from __future__ import annotations

import json
import shutil
import sqlite3
from pathlib import Path

import pytest
from tests.journeys.workspace import confirmed_plan, erased, make, opened, rows_found, verified

CHINOOK = Path(__file__).parents[3] / "shared" / "data" / "chinook" / "chinook.sqlite"
EMAIL = "luisg@embraer.com.br"

pytestmark = pytest.mark.skipif(not CHINOOK.exists(), reason="the sample database is not here")

SOURCE = """\
govreg_source: 1
source: music
title: Music shop
connector: sql
config: {url: "sqlite:///chinook.sqlite"}
owner: Shop
collections:
  Customer:
    key: [CustomerId]
    subject: customer
    links:
      - {fields: [SupportRepId], to: Employee, role: mentions}
    fields:
      CustomerId: {category: user.unique_id, identifier: customer_id, activities: [orders]}
      FirstName: {category: user.name.first, activities: [orders]}
      LastName: {category: user.name.last, activities: [orders]}
      Company: {category: user.contact.organization, activities: [orders]}
      Address: {category: user.contact.address.street, activities: [orders]}
      City: {category: user.contact.address.city, activities: [orders]}
      State: {category: user.contact.address.state, activities: [orders]}
      Country: {category: user.contact.address.country, activities: [orders]}
      PostalCode: {category: user.contact.address.postal_code, activities: [orders]}
      Phone: {category: user.contact.phone_number, activities: [orders]}
      Fax: {category: user.contact.fax_number, activities: [orders]}
      Email: {category: user.contact.email, identifier: email, activities: [orders, newsletter]}
      SupportRepId: {category: user.workplace, activities: [orders], about_other: true}
  Employee:
    key: [EmployeeId]
    subject: employee
    on_erase: blank
    links:
      - {fields: [ReportsTo], to: Employee, role: mentions}
    fields:
      EmployeeId: {category: user.unique_id, activities: [orders]}
      LastName: {category: user.name.last, activities: [orders], on_erase: {constant: "-"}}
      FirstName: {category: user.name.first, activities: [orders], on_erase: {constant: "-"}}
      Email: {category: user.contact.email, identifier: email, activities: [orders]}
      ReportsTo: {category: user.workplace, activities: [orders], about_other: true}
  Invoice:
    key: [InvoiceId]
    links:
      - {fields: [CustomerId], to: Customer, role: owns}
    fields:
      InvoiceId: {category: user.behavior.purchase_history, activities: [orders]}
      CustomerId: {category: user.unique_id, activities: [orders]}
      InvoiceDate: {category: user.behavior.purchase_history, activities: [orders]}
      BillingAddress: {category: user.contact.address.street, activities: [orders]}
      BillingCity: {category: user.contact.address.city, activities: [orders]}
      Total: {category: user.financial, activities: [orders]}
  InvoiceLine:
    key: [InvoiceLineId]
    links:
      - {fields: [InvoiceId], to: Invoice, role: owns}
      - {fields: [TrackId], to: Track, role: lookup}
    fields:
      InvoiceLineId: {category: user.behavior.purchase_history, activities: [orders]}
      InvoiceId: {category: user.behavior.purchase_history, activities: [orders]}
      TrackId: {category: user.behavior.purchase_history, activities: [orders]}
      UnitPrice: {category: user.behavior.purchase_history, activities: [orders]}
      Quantity: {category: user.behavior.purchase_history, activities: [orders]}
  Track:
    key: [TrackId]
    fields:
      TrackId: {category: none}
      Name: {category: none}
"""


@pytest.fixture
def shop(tmp_path):
    shutil.copy(CHINOOK, tmp_path / "chinook.sqlite")
    (tmp_path / "chinook.sqlite").chmod(0o600)
    return make(tmp_path, {"music": SOURCE})


def everybody_else(path: Path) -> dict[str, list[tuple]]:
    """Every row of every table that is not the customer's, straight from SQLite."""
    with sqlite3.connect(path) as database:
        tables = [
            r[0] for r in database.execute("SELECT name FROM sqlite_master WHERE type='table'")
        ]
        mine = f"(SELECT CustomerId FROM Customer WHERE Email = '{EMAIL}')"
        not_mine = {
            "Customer": f"Email <> '{EMAIL}'",
            "Invoice": f"CustomerId NOT IN {mine}",
            "InvoiceLine": f"InvoiceId NOT IN (SELECT InvoiceId FROM Invoice WHERE CustomerId IN {mine})",
        }
        return {
            table: database.execute(
                f'SELECT * FROM "{table}" WHERE {not_mine.get(table, "1")} ORDER BY 1, 2'
            ).fetchall()
            for table in tables
        }


def oracle(path: Path) -> dict[str, int]:
    """How many rows are the customer's, by hand."""
    with sqlite3.connect(path) as database:
        (customer,) = database.execute(
            "SELECT CustomerId FROM Customer WHERE Email = ?", [EMAIL]
        ).fetchone()
        lines = (
            "SELECT count(*) FROM InvoiceLine JOIN Invoice USING (InvoiceId) WHERE CustomerId = ?"
        )
        return {
            "music.Customer": 1,
            "music.Invoice": database.execute(
                "SELECT count(*) FROM Invoice WHERE CustomerId = ?", [customer]
            ).fetchone()[0],
            "music.InvoiceLine": database.execute(lines, [customer]).fetchone()[0],
        }


def test_access_finds_exactly_the_customers_rows(shop):
    with opened(shop) as engine:
        request = verified(engine, "access", {"email": EMAIL.upper()})
        plan = engine.requests.plan(request, actor="dpo")
        assert rows_found(plan) == oracle(shop / "chinook.sqlite")
        assert not plan["not_searched"]
        list(engine.requests.run(request, actor="dpo"))
        folder = engine.requests.export(request, shop / "answer", actor="dpo")
    answer = json.loads((folder / "data.json").read_text())
    refs = {section["ref"]: len(section["rows"]) for section in answer["sections"]}
    assert refs == oracle(shop / "chinook.sqlite")
    assert "music.Employee" not in refs, "staff are not dragged in"


def test_erasure_leaves_every_other_row_byte_identical(shop):
    path = shop / "chinook.sqlite"
    before = everybody_else(path)
    with opened(shop) as engine:
        request = erased(engine, {"email": EMAIL})
        assert engine.requests.get(request).outcome == "complete"
        again = verified(engine, "access", {"email": EMAIL})
        assert rows_found(engine.requests.plan(again, actor="dpo")) == {}
    after = everybody_else(path)
    assert after == before
    assert EMAIL.encode() not in path.read_bytes()


def test_an_employee_is_found_without_other_peoples_data(shop):
    with opened(shop) as engine:
        request = verified(engine, "access", {"email": "jane@chinookcorp.com"})
        plan = confirmed_plan(engine, request)
        found = rows_found(plan)
        assert found["music.Employee"] == 1
        list(engine.requests.run(request, actor="dpo"))
        folder = engine.requests.export(request, shop / "answer", actor="dpo")
    text = (folder / "data.json").read_text()
    assert EMAIL not in text
    assert "@embraer" not in text
