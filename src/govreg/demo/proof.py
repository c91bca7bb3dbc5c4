"""Hashes of everybody else's rows, taken without govreg: sqlite3, csv, json and Parquet alone.

The reader can take them again by hand; `by_hand` says how to look for the person's values.
"""

from __future__ import annotations

import csv
import hashlib
import json
import sqlite3
from collections.abc import Iterator

import pyarrow.parquet as pq

from govreg.demo.company import Company

_NOT_ANNA = {
    "customers": "id <> :id",
    "orders": "customer_id IS NOT :id",
    "order_lines": "order_id NOT IN (SELECT id FROM orders WHERE customer_id = :id)",
    "tickets": "customer_id IS NOT :id",
    "logins": "customer_id IS NOT :id",
    "addresses": "1",
    "products": "1",
    "employees": "1",
}


def orders_of(company: Company) -> tuple[int, ...]:
    """The person's orders: once they are gone, their lines can no longer be told by a join."""
    with sqlite3.connect(company.webshop) as shop:
        rows = shop.execute("SELECT id FROM orders WHERE customer_id = ?", [company.customer_id])
        return tuple(row[0] for row in rows)


def others_hash(company: Company, orders: tuple[int, ...]) -> str:
    """SHA-256 over every row of the four systems that is not the person's."""
    digest = hashlib.sha256()
    for line in (*_shop(company, orders), *_crm(company), *_events(company), *_invoices(company)):
        digest.update(line.encode() + b"\n")
    return digest.hexdigest()


def _shop(company: Company, orders: tuple[int, ...]) -> Iterator[str]:
    with sqlite3.connect(company.webshop) as shop:
        for table, others in _NOT_ANNA.items():
            rows = shop.execute(
                f"SELECT * FROM {table} WHERE {others} ORDER BY 1",  # noqa: S608 - from the table above
                {"id": company.customer_id},
            )
            for row in rows:
                if table != "order_lines" or not set(orders) & set(row[1:2]):
                    yield f"{table} {row!r}"


def _crm(company: Company) -> Iterator[str]:
    with company.crm.open(encoding="utf-8-sig", newline="") as file:
        for row in csv.DictReader(file, delimiter=";"):
            if row["customer_no"] != str(company.customer_id):
                yield f"contacts {sorted(row.items())!r}"


def _events(company: Company) -> Iterator[str]:
    mine = {company.email.lower(), company.old_email.lower()}
    with company.newsletter.open(encoding="utf-8") as file:
        for line in file:
            if str(json.loads(line)["email"]).strip().lower() not in mine:
                yield line.rstrip("\n")


def _invoices(company: Company) -> Iterator[str]:
    for part in company.invoices:
        for row in pq.read_table(part).to_pylist():
            if row["customer_no"] != company.customer_id:
                yield f"invoice {sorted(row.items())!r}"


def leave_behind(company: Company) -> str:
    """Put an event with the person's address into the newsletter's file; returns the line."""
    line = json.dumps(
        {
            "event_id": "evt-left-behind",
            "email": company.email,
            "event": "opened",
            "at": "2026-01-01T00:00:00Z",
            "client": None,
            "campaign": "left behind by an import",
        }
    )
    with company.newsletter.open("a", encoding="utf-8") as file:
        file.write(line + "\n")
    return line


def take_away(company: Company, line: str) -> None:
    """Take that event out again, as the newsletter's own people would."""
    text = company.newsletter.read_text(encoding="utf-8")
    company.newsletter.write_text(text.replace(line + "\n", ""), encoding="utf-8")


def by_hand(company: Company) -> tuple[str, ...]:
    """Commands with which the reader looks for the person without govreg."""
    shop, data = company.webshop, company.folder / "data"
    question = f"SELECT count(*) FROM customers WHERE id = {company.customer_id}"  # noqa: S608
    return (
        f'sqlite3 {shop} "{question}"',
        f"grep -a -c -i '{company.email}' {shop} {data}/crm/*.csv {data}/newsletter/*.jsonl",
    )
