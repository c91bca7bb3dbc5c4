"""One customer of a trading company that nobody here wrote: Northwind, in PostgreSQL and MariaDB."""

from __future__ import annotations

import json
from contextlib import contextmanager
from pathlib import Path

import pytest
import sqlalchemy as sa
from sqlalchemy.pool import NullPool
from tests.journeys.workspace import erased, make, opened, rows_found, verified

from govreg.testing.servers import own_database

SCRIPT = Path(__file__).parents[3] / "shared" / "data" / "northwind" / "northwind.sql"
WHO = "ALFKI"

pytestmark = pytest.mark.skipif(not SCRIPT.exists(), reason="the sample database is not here")

SOURCE = """\
govreg_source: 1
source: trade
title: Trade
connector: sql
config: {url: "env:NORTHWIND_URL"}
owner: Sales
collections:
  customers:
    key: [customer_id]
    subject: customer
    fields:
      customer_id: {category: user.unique_id, identifier: customer_id, activities: [orders]}
      company_name: {category: user.contact.organization, activities: [orders]}
      contact_name: {category: user.name, activities: [orders]}
      contact_title: {category: user.job_title, activities: [orders]}
      address: {category: user.contact.address.street, activities: [orders]}
      city: {category: user.contact.address.city, activities: [orders]}
      phone: {category: user.contact.phone_number, identifier: phone, activities: [orders]}
      fax: {category: user.contact.fax_number, activities: [orders]}
  orders:
    key: [order_id]
    links:
      - {fields: [customer_id], to: customers, role: owns}
      - {fields: [employee_id], to: employees, role: mentions}
    fields:
      order_id: {category: user.behavior.purchase_history, activities: [orders]}
      customer_id: {category: user.unique_id, activities: [orders]}
      employee_id: {category: user.workplace, activities: [orders], about_other: true}
      order_date: {category: user.behavior.purchase_history, activities: [orders]}
      ship_name: {category: user.name, activities: [orders]}
      ship_address: {category: user.contact.address.street, activities: [orders]}
  order_details:
    key: [order_id, product_id]
    links:
      - {fields: [order_id], to: orders, role: owns}
      - {fields: [product_id], to: products, role: lookup}
    fields:
      order_id: {category: user.behavior.purchase_history, activities: [orders]}
      product_id: {category: user.behavior.purchase_history, activities: [orders]}
      unit_price: {category: user.behavior.purchase_history, activities: [orders]}
      quantity: {category: user.behavior.purchase_history, activities: [orders]}
  employees:
    key: [employee_id]
    subject: employee
    on_erase: blank
    links:
      - {fields: [reports_to], to: employees, role: mentions}
    fields:
      employee_id: {category: user.unique_id, activities: [orders]}
      last_name: {category: user.name.last, activities: [orders], on_erase: {constant: "-"}}
      first_name: {category: user.name.first, activities: [orders], on_erase: {constant: "-"}}
      home_phone: {category: user.contact.phone_number, identifier: phone, activities: [orders]}
      reports_to: {category: user.workplace, activities: [orders], about_other: true}
  products:
    key: [product_id]
    fields:
      product_id: {category: none}
      product_name: {category: none}
"""

OWNED = {
    "customers": f"customer_id = '{WHO}'",
    "orders": f"customer_id = '{WHO}'",
    "order_details": f"order_id IN (SELECT order_id FROM orders WHERE customer_id = '{WHO}')",
}


@contextmanager
def engine_for(url):
    engine = sa.create_engine(url, poolclass=NullPool)
    try:
        yield engine
    finally:
        engine.dispose()


def load_postgresql(url):
    with engine_for(url) as engine, engine.connect() as connection:
        raw = connection.connection.driver_connection
        raw.execute(SCRIPT.read_text())
        raw.commit()


def copy_to(url, origin):
    """Every table of the PostgreSQL database, with its keys, in another product."""
    held = sa.MetaData()
    with engine_for(origin) as engine, engine.connect() as source:
        held.reflect(bind=source)
        rows = {
            table.name: [dict(row._mapping) for row in source.execute(sa.select(table))]
            for table in held.sorted_tables
        }
    for table in held.tables.values():
        for column in table.columns:
            column.type = column.type.as_generic()
            column.server_default = None
            column.autoincrement = False
    with engine_for(url) as engine, engine.begin() as target:
        held.create_all(bind=target)
        target.execute(sa.text("SET FOREIGN_KEY_CHECKS = 0"))
        for table in held.sorted_tables:
            if rows[table.name]:
                target.execute(table.insert(), rows[table.name])
        target.execute(sa.text("SET FOREIGN_KEY_CHECKS = 1"))


@pytest.fixture(
    params=[
        pytest.param("postgresql", marks=pytest.mark.postgresql),
        pytest.param("mariadb", marks=[pytest.mark.mariadb, pytest.mark.postgresql]),
    ]
)
def trade(request, tmp_path, monkeypatch):
    with own_database("postgresql") as origin:
        load_postgresql(origin)
        if request.param == "postgresql":
            url = origin
            monkeypatch.setenv("NORTHWIND_URL", url.render_as_string(hide_password=False))
            yield make(tmp_path, {"trade": SOURCE}), url
            return
        with own_database("mariadb") as url:
            copy_to(url, origin)
            monkeypatch.setenv("NORTHWIND_URL", url.render_as_string(hide_password=False))
            yield make(tmp_path, {"trade": SOURCE}), url


def whole(url):
    """Every row of every table that is not the customer's, as the database shows it."""
    with engine_for(url) as engine, engine.connect() as connection:
        return {
            table: sorted(
                str(tuple(row))
                for row in connection.execute(
                    sa.text(
                        f"SELECT * FROM {table} WHERE NOT COALESCE({OWNED.get(table, '1 = 0')}, 1 = 0)"
                    )
                )
            )
            for table in sa.inspect(connection).get_table_names()
        }


def owned(url):
    with engine_for(url) as engine, engine.connect() as connection:
        return {
            f"trade.{table}": connection.execute(
                sa.text(f"SELECT count(*) FROM {table} WHERE {where}")
            ).scalar_one()
            for table, where in OWNED.items()
        }


def test_access_has_exactly_the_oracles_rows_and_no_staff(trade):
    folder, url = trade
    with opened(folder) as engine:
        request = verified(engine, "access", {"customer_id": WHO})
        plan = engine.requests.plan(request, actor="dpo")
        assert rows_found(plan) == owned(url)
        list(engine.requests.run(request, actor="dpo"))
        answer = engine.requests.export(request, folder / "answer", actor="dpo")
    held = json.loads((answer / "data.json").read_text())
    assert {s["ref"]: len(s["rows"]) for s in held["sections"]} == owned(url)


def test_erasure_leaves_every_other_row_as_it_was(trade):
    folder, url = trade
    before = whole(url)
    with opened(folder) as engine:
        request = erased(engine, {"customer_id": WHO})
        assert engine.requests.get(request).outcome == "complete"
    assert whole(url) == before
    assert set(owned(url).values()) == {0}
