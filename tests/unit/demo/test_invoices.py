from __future__ import annotations

import json
from decimal import Decimal

import pyarrow.parquet as pq
import pytest

from govreg.demo.cast import ANNA, ANNA_OLD_EMAIL, GONE_CUSTOMERS, annas_wedding
from govreg.demo.invoices import SCHEMA
from govreg.demo.trade import MINIMUM_YEARS


@pytest.fixture
def invoices(company):
    return [row for path in company.invoices for row in pq.read_table(path).to_pylist()]


def test_one_part_for_each_year_holding_that_year_only(company):
    year = company.today.year
    assert [path.name for path in company.invoices] == [
        f"invoices-{year - back}.parquet" for back in range(8, -1, -1)
    ]
    for path in company.invoices:
        table = pq.read_table(path)
        assert table.schema.equals(SCHEMA)
        years = {day.year for day in table["paid_at"].to_pylist()}
        assert {f"invoices-{held}.parquet" for held in years} == {path.name}


def test_every_paid_order_has_one_invoice_of_its_sum(company, invoices, shop):
    assert len(invoices) == company.counts["invoices.invoices"]
    assert len({row["invoice_no"] for row in invoices}) == len(invoices)
    paid = shop.execute("SELECT customer_id, paid_at, total FROM orders WHERE paid_at IS NOT NULL")
    assert sorted((row[0], row[1], Decimal(row[2]) / 100) for row in paid) == sorted(
        (row["customer_no"], row["paid_at"].isoformat(), row["total"]) for row in invoices
    )


def test_lines_are_json_and_come_to_the_total(invoices):
    for row in invoices:
        lines = json.loads(row["lines"])
        assert row["total"] == sum(Decimal(line["price"]) * line["quantity"] for line in lines)


def test_annas_invoices(company, invoices):
    mine = [row for row in invoices if row["customer_no"] == ANNA]
    last_free = company.today.year - MINIMUM_YEARS - 1
    assert [row["paid_at"].year <= last_free for row in mine] == [True] * 2 + [False] * 4
    for row in mine:
        before = row["paid_at"] < annas_wedding(company.today)
        assert (row["email"] == ANNA_OLD_EMAIL) == before
        assert row["name"] == ("Anna Korhonen" if before else "Anna Virtanen")


def test_only_vouchers_still_name_the_gone(invoices):
    theirs = [row for row in invoices if row["customer_no"] in GONE_CUSTOMERS]
    assert {row["customer_no"] for row in theirs} == set(GONE_CUSTOMERS)
    assert all(row["name"] and row["email"] is None for row in theirs)
