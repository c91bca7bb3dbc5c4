"""The erasure ledger: what was erased, as keyed references, so that a restored backup stays clean.

- An entry names a record by a reference under the ledger's key; the person's keys do not open it.
- References stay personal data while that key lives, so each entry has an end date and goes on it.
- Replaying it against a restored source is not offered yet; the entries are complete for it.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

import sqlalchemy as sa

from govreg.clock import to_millis
from govreg.database import BigId, metadata

ledger_entry = sa.Table(
    "ledger_entry",
    metadata,
    sa.Column("id", BigId, primary_key=True),
    sa.Column("request_id", sa.String(40), nullable=False),
    sa.Column("source", sa.String(80), nullable=False),
    sa.Column("collection", sa.String(120), nullable=False),
    sa.Column("reference", sa.String(64), nullable=False),
    sa.Column("action", sa.String(10), nullable=False),
    sa.Column("erased_at", sa.BigInteger, nullable=False),
    sa.Column("ends_at", sa.BigInteger, nullable=False),
    sa.Index("ix_ledger_entry_reference", "reference"),
    sa.UniqueConstraint("request_id", "reference"),
    sqlite_strict=True,
)


def has_entries(connection: sa.Connection, request_id: str) -> bool:
    """Whether something was erased for a request."""
    query = sa.select(ledger_entry.c.id).where(ledger_entry.c.request_id == request_id).limit(1)
    return connection.execute(query).first() is not None


def enter(
    connection: sa.Connection,
    request_id: str,
    records: Iterable[tuple[str, str, str, str]],
    *,
    at: dt.datetime,
    ends: dt.datetime,
) -> int:
    """Enter records as (source, collection, reference, action); returns how many are new."""
    held = {
        reference
        for (reference,) in connection.execute(
            sa.select(ledger_entry.c.reference).where(ledger_entry.c.request_id == request_id)
        )
    }
    rows = [
        {
            "request_id": request_id,
            "source": source,
            "collection": collection,
            "reference": reference,
            "action": action,
            "erased_at": to_millis(at),
            "ends_at": to_millis(ends),
        }
        for source, collection, reference, action in records
        if reference not in held
    ]
    if rows:
        connection.execute(ledger_entry.insert(), rows)
    return len(rows)


def any_entry(connection: sa.Connection) -> bool:
    """Whether the ledger holds anything."""
    return connection.execute(sa.select(ledger_entry.c.id).limit(1)).first() is not None


def expire_entries(connection: sa.Connection, now: dt.datetime) -> int:
    """Remove the entries whose end has come; returns how many."""
    ended = ledger_entry.c.ends_at < to_millis(now)
    return connection.execute(ledger_entry.delete().where(ended)).rowcount
