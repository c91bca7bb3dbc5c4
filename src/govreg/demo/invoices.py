"""Invoices as the bookkeeping keeps them: one Parquet part for each financial year."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from itertools import groupby
from pathlib import Path
from typing import Any, Final

import pyarrow as pa
import pyarrow.parquet as pq

from govreg.demo.cast import ANNA, anna_before, annas_wedding, gone
from govreg.demo.people import Person
from govreg.demo.trade import Order

SCHEMA: Final = pa.schema(
    [
        ("invoice_no", pa.string()),
        ("customer_no", pa.int64()),
        ("name", pa.string()),
        ("street", pa.string()),
        ("postal_code", pa.string()),
        ("city", pa.string()),
        ("email", pa.string()),
        ("phone", pa.string()),
        ("total", pa.decimal128(12, 2)),
        ("paid_at", pa.date32()),
        ("lines", pa.string()),
    ]
)
"""The columns of every part; `lines` is a list as JSON text."""


def write_invoices(
    folder: Path, people: Iterable[Person], orders: Sequence[Order], *, today: dt.date
) -> dict[Path, int]:
    """Write one part for each year in which something was paid.

    Returns:
        The number of invoices by file, oldest year first.
    """
    buyers = {person.id: person for person in (*people, *gone(today))}
    paid = sorted(
        ((order.paid, order) for order in orders if order.paid),
        key=lambda pair: (pair[0], pair[1].id),
    )
    written: dict[Path, int] = {}
    for year, group in groupby(paid, key=lambda pair: pair[0].year):
        rows = [
            _row(f"{year}-{nth:05d}", _buyer(buyers, order, day, today), order, day)
            for nth, (day, order) in enumerate(group, start=1)
        ]
        path = folder / f"invoices-{year}.parquet"
        pq.write_table(pa.Table.from_pylist(rows, schema=SCHEMA), path)
        written[path] = len(rows)
    return written


def _buyer(buyers: Mapping[int, Person], order: Order, day: dt.date, today: dt.date) -> Person:
    """The buyer as known on that day."""
    if order.customer == ANNA and day < annas_wedding(today):
        return anna_before(today)
    return buyers[order.customer]


def _row(number: str, buyer: Person, order: Order, paid: dt.date) -> dict[str, Any]:
    address = buyer.address
    return {
        "invoice_no": number,
        "customer_no": buyer.id,
        "name": buyer.name,
        "street": address and address.street,
        "postal_code": address and address.postal_code,
        "city": address and address.city,
        "email": buyer.email,
        "phone": buyer.phone,
        "total": Decimal(order.total).scaleb(-2),
        "paid_at": paid,
        "lines": json.dumps(
            [
                {
                    "product": line.name,
                    "quantity": line.quantity,
                    "price": str(Decimal(line.price).scaleb(-2)),
                }
                for line in order.lines
            ],
            ensure_ascii=False,
        ),
    }
