"""What stays of an erased person's choices: what proves them, found again by keyed look-up alone.

- An erasure takes every event of the person out of the ledger. Of those that prove something, the
  kind, moment and circumstance stay under a random id that nothing else points at.
- What was the person's alone (evidence, signals) is not kept; its key is destroyed besides.
- A proof is found when the person comes back with the identifier that they had.
- Each has its end, and goes on it.

Art. 7(1) and 17(3)(e) GDPR; 11 CCR 7101; 45 CFR 164.508(b)(6).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import sqlalchemy as sa

from govreg.clock import from_millis, to_millis
from govreg.consent.ledger import circumstances
from govreg.consent.model import Circumstance, EventKind
from govreg.consent.tables import consent_event, consent_proof, consent_proof_reference
from govreg.ids import new_id

PROVES_NOTHING = frozenset({EventKind.REQUESTED})
"""Kinds of events of which nothing stays."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Proof:
    """One choice that is kept as proof."""

    proof_id: str
    activity: str
    kind: EventKind
    at: dt.datetime
    until: dt.datetime | None
    circumstance: Circumstance
    ends_at: dt.datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Left:
    """What an erasure took, and left as proof."""

    events: int
    proofs: int
    ends_at: dt.datetime | None


def reduce_to_proof(
    connection: sa.Connection,
    subjects: Sequence[str],
    *,
    references: Iterable[tuple[str, bytes]],
    request_id: str,
    ends_at: dt.datetime,
) -> Left:
    """Take a person's events out of the ledger and leave proofs.

    Args:
        connection: A writing one.
        subjects: The person's id and those of aliases.
        references: Identifier kinds and keyed look-up values of the person; without any, a proof
            could be found by nobody, and none is left.
        request_id: The erasure.
        ends_at: When the proofs go.
    """
    theirs = consent_event.c.subject_id.in_(list(subjects))
    found = sorted(set(references))
    proofs = 0
    if found:
        proof_id = new_id("prf")
        kept = [
            consent_event.c[name]
            for name in ("activity", "kind", "at", "until", "received_at", "circumstance_id")
        ] + [consent_event.c.digest, consent_event.c.batch_id]
        query = sa.select(
            sa.literal(proof_id),
            *kept,
            sa.literal(request_id),
            sa.literal(to_millis(ends_at), sa.BigInteger),
        ).where(theirs, consent_event.c.kind.not_in([str(kind) for kind in PROVES_NOTHING]))
        names = ["proof_id", *(column.name for column in kept), "request_id", "ends_at"]
        proofs = connection.scalar(sa.select(sa.func.count()).select_from(query.subquery())) or 0
        if proofs:
            connection.execute(consent_proof.insert().from_select(names, query))
            connection.execute(
                consent_proof_reference.insert(),
                [{"proof_id": proof_id, "kind": kind, "blind": blind} for kind, blind in found],
            )
    events = connection.execute(consent_event.delete().where(theirs)).rowcount
    return Left(events=events, proofs=proofs, ends_at=ends_at if proofs else None)


def left_by(connection: sa.Connection, request_id: str) -> tuple[int, dt.datetime | None]:
    """How many proofs an erasure left, and until when they stay."""
    row = connection.execute(
        sa.select(sa.func.count(), sa.func.max(consent_proof.c.ends_at)).where(
            consent_proof.c.request_id == request_id
        )
    ).one()
    return int(row[0]), from_millis(row[1]) if row[1] is not None else None


def proofs_of(
    connection: sa.Connection, references: Iterable[tuple[str, bytes]]
) -> tuple[Proof, ...]:
    """The proofs that keyed look-up values lead to, oldest first."""
    asked = [
        sa.and_(consent_proof_reference.c.kind == kind, consent_proof_reference.c.blind == blind)
        for kind, blind in references
    ]
    if not asked:
        return ()
    led_to = sa.select(consent_proof_reference.c.proof_id).where(sa.or_(*asked))
    rows = connection.execute(
        sa.select(consent_proof)
        .where(consent_proof.c.proof_id.in_(led_to))
        .order_by(consent_proof.c.at, consent_proof.c.id)
    ).all()
    held = circumstances(connection, {row.circumstance_id for row in rows}) if rows else {}
    return tuple(
        Proof(
            proof_id=row.proof_id,
            activity=row.activity,
            kind=EventKind(row.kind),
            at=from_millis(row.at),
            until=from_millis(row.until) if row.until is not None else None,
            circumstance=held[row.circumstance_id],
            ends_at=from_millis(row.ends_at),
        )
        for row in rows
    )


def drop_ended(connection: sa.Connection, now: dt.datetime) -> int:
    """Remove the proofs whose end has come, and what led to them; returns how many."""
    gone = connection.execute(
        consent_proof.delete().where(consent_proof.c.ends_at <= to_millis(now))
    ).rowcount
    if gone:
        left = sa.select(consent_proof.c.proof_id)
        connection.execute(
            consent_proof_reference.delete().where(consent_proof_reference.c.proof_id.not_in(left))
        )
    return gone
