"""Many events at once into the ledger: the bulk form of `ledger.record`, for declared imports.

- Events that are there already are passed over, by key; the same key with another content is for
  the caller to refuse.
- Functions take an open connection and never commit.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from operator import attrgetter

import sqlalchemy as sa

from govreg.clock import to_millis
from govreg.consent.ledger import last_number
from govreg.consent.tables import consent_event
from govreg.loading import among, load


class Turn(Enum):
    """What a choice may do to the suppression list."""

    NONE = 0
    BACK = 1
    """Take the person off it."""
    AWAY = 2
    """Put them on it."""


@dataclass(frozen=True, slots=True, eq=False)
class What:
    """What many events share; two of them are never compared."""

    activity: str
    kind: str
    circumstance: int
    turn: Turn


@dataclass(slots=True)
class Row:
    """An event of an import, as the ledger takes it."""

    place: int
    """Its row in the batch, from 0."""
    subject: str
    what: What
    at: int
    """In milliseconds, as `until`."""
    until: int | None
    key: bytes
    digest: bytes
    particulars: Mapping[str, str]
    sealed: bytes | None = None


def digests_of(connection: sa.Connection, keys: Collection[bytes]) -> Mapping[bytes, bytes]:
    """The digests of the events that have these keys."""
    read = [consent_event.c.key, consent_event.c.digest]
    found = among(connection, consent_event.c.key, list(keys), read)
    return {bytes(key): bytes(digest) for key, digest in found}


def add(
    connection: sa.Connection, rows: Sequence[Row], *, batch: str, received_at: dt.datetime
) -> Sequence[Row]:
    """Add events; answers those that were not there.

    They are added person by person, each person's in their order: that order alone decides, and
    an index that is written along is written faster.
    """
    if not rows:
        return rows
    before = last_number(connection)
    rows = sorted(rows, key=attrgetter("subject"))
    count = len(rows)
    columns: dict[str, Sequence[object]] = {
        "subject_id": [row.subject for row in rows],
        "activity": [row.what.activity for row in rows],
        "kind": [row.what.kind for row in rows],
        "at": [row.at for row in rows],
        "received_at": [to_millis(received_at)] * count,
        "circumstance_id": [row.what.circumstance for row in rows],
        "key": [row.key for row in rows],
        "digest": [row.digest for row in rows],
        "batch_id": [batch] * count,
    }
    for name, of in (("until", attrgetter("until")), ("sealed", attrgetter("sealed"))):
        if any(of(row) is not None for row in rows):  # most have neither
            columns[name] = list(map(of, rows))
    if load(connection, consent_event, columns) == count:
        return rows
    table = consent_event.c
    query = sa.select(table.digest).where(table.id > before, table.batch_id == batch)
    added = {bytes(row.digest) for row in connection.execute(query)}
    new = []
    for row in rows:
        if row.digest in added:
            added.discard(row.digest)
            new.append(row)
    return new
