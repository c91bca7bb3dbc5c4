"""Are imported batches what they were? Each root is made again out of the events that are there.

- A batch of which an erasure took events cannot be made again: it is counted, and what is left of
  it is no more than it was.
- Every event's own digest is in the root, so that one that was changed, added or exchanged shows.
- The audit log holds the same roots: `govreg audit verify` says whether it is what it was.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import groupby

import sqlalchemy as sa

from govreg.audit.tree import leaf_hash, root
from govreg.consent.tables import consent_batch, consent_event
from govreg.progress import working
from govreg.requests.parts import Parts

_ROWS = 50_000


@dataclass(slots=True)
class BatchCheck:
    """What was found."""

    whole: int = 0
    """Batches whose root came out again."""
    reduced: int = 0
    """Batches of which erasures took events."""
    wrong: list[str] = field(default_factory=list)
    """Batches that are not what they were."""


def check_batches(parts: Parts) -> BatchCheck:
    """Check every batch that was imported; memory holds one batch."""
    found = BatchCheck()
    with (
        parts.store.read() as connection,
        working(parts.border.progress, "checking batches", None),
    ):
        known = {
            row.id: (row.events, row.root) for row in connection.execute(sa.select(consent_batch))
        }
        seen: set[str] = set()
        for batch, held in groupby(_digests(parts, connection), key=lambda one: one[0]):
            digests = [digest for _, digest in held]
            count, recorded = known.get(batch, (0, ""))
            if batch in seen or len(digests) > count:
                found.wrong.append(batch)
            elif len(digests) < count:
                found.reduced += 1
            elif root(map(leaf_hash, digests)).hex() == recorded:
                found.whole += 1
            else:
                found.wrong.append(batch)
            seen.add(batch)
        found.reduced += len(known.keys() - seen)
    return found


def _digests(parts: Parts, connection: sa.Connection) -> Iterator[tuple[str, bytes]]:
    """Batch and digest of every imported event, batch by batch and in the ledger's order."""
    table = consent_event.c
    query = (
        sa.select(table.batch_id, table.digest)
        .where(table.batch_id.is_not(None))
        .order_by(table.batch_id, table.id)
        .execution_options(yield_per=_ROWS)
    )
    for rows in connection.execute(query).partitions():
        parts.border.progress.rows(len(rows))
        for row in rows:
            yield row.batch_id, bytes(row.digest)
