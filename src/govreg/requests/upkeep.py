"""What govreg itself keeps of people, and when it goes.

- An erasure takes the person's keys along, and earlier answers: their bundles, papers and keys.
- A delivered bundle goes after the days that the settings give it.
- A closed request's papers and keys go when its retention ends; what stays is the row and the log.
- Choices go with an erasure; what proves them stays until its end.
- Ledger entries go on their end date; clear text that a killed program left goes after a day.
"""

from __future__ import annotations

import datetime as dt
import shutil
from collections.abc import Iterable

import sqlalchemy as sa

from govreg.consent.preference import forget
from govreg.consent.proof import Left, drop_ended, reduce_to_proof
from govreg.files import sweep
from govreg.policy.minimum import add_months
from govreg.protection.keystore import Purpose
from govreg.requests import store as rows
from govreg.requests.bundle import SCRATCH
from govreg.requests.clock import forget_notes
from govreg.requests.model import RequestState, SubjectRequest
from govreg.requests.parts import Parts
from govreg.requests.tables import request_paper
from govreg.subjects.index import family, references_of, resolve
from govreg.subjects.ledger import expire_entries
from govreg.subjects.suppression import expire_suppressions, suppressed

_SCRATCH_AGE = dt.timedelta(days=1)
_CLOSED = frozenset({RequestState.ANSWERED, RequestState.REFUSED})


def forget_earlier(parts: Parts, connection: sa.Connection, erasing: SubjectRequest) -> int:
    """Destroy what earlier requests of the same person left; returns how many had something.

    The bundle files are removed after the key is gone from the transaction: without it they are
    noise.
    """
    names = family(connection, resolve(connection, erasing.subject_id))
    earlier = [r for r in rows.of_subject(connection, names) if r.id != erasing.id]
    return sum(
        _forget(parts, connection, request, erasing=erasing.id)
        for request in earlier
        if _is_closed(request)
    )


def shred_person(parts: Parts, connection: sa.Connection, erasing: SubjectRequest) -> None:
    """Destroy the keys of a person and of every alias: what they sealed and named is noise."""
    for name in family(connection, resolve(connection, erasing.subject_id)):
        for purpose in (Purpose.SUBJECT, Purpose.AUDIT_REF):
            parts.keys.shred(connection, purpose, name, parts.clock(), request_id=erasing.id)


def still_suppressed(parts: Parts, connection: sa.Connection, erasing: SubjectRequest) -> int:
    """How many entries keep a person from being contacted again: an erasure leaves them."""
    names = family(connection, resolve(connection, erasing.subject_id))
    return len(suppressed(connection, references_of(connection, names), now=parts.clock()))


def leave_proof(parts: Parts, connection: sa.Connection, erasing: SubjectRequest) -> Left:
    """Take a person's choices and preferences away; what proves choices stays until its end."""
    names = family(connection, resolve(connection, erasing.subject_id))
    forget(connection, names)
    day = add_months(parts.today(), parts.settings.consent.proof_months)
    return reduce_to_proof(
        connection,
        names,
        references=references_of(connection, names),
        request_id=erasing.id,
        ends_at=dt.datetime.combine(day, dt.time(), parts.zone),
    )


def expire(parts: Parts) -> int:
    """Destroy what has run out; returns of how many requests something went."""
    now = parts.clock()
    gone = 0
    _sweep_scratch(parts, (now - _SCRATCH_AGE).timestamp())
    with parts.store.write() as connection:
        for request in rows.listed(connection, closed=True):
            if not _is_closed(request) or request.answered_at is None:
                continue
            bundle = parts.bundle_path(request.id)
            if request.answered_at + dt.timedelta(days=parts.settings.bundle.keep_days) < now:
                gone += bundle.exists()
                bundle.unlink(missing_ok=True)
            months = parts.settings.retention_of_requests.months
            if add_months(request.answered_at.date(), months) < now.date():
                gone += _forget(parts, connection, request)
        expire_entries(connection, now)
        drop_ended(connection, now)
        expire_suppressions(connection, now)
    parts.store.drop_deleted()
    return gone


def _sweep_scratch(parts: Parts, older_than: float) -> None:
    hidden = parts.workspace / ".govreg"
    for folder in (hidden / "bundles", hidden / "keys"):
        sweep(folder, older_than=older_than)
    for left in hidden.glob(f"{SCRATCH}*"):
        if left.is_dir() and left.lstat().st_mtime < older_than:
            shutil.rmtree(left, ignore_errors=True)


def _is_closed(request: SubjectRequest) -> bool:
    return request.state in _CLOSED


def _forget(
    parts: Parts, connection: sa.Connection, request: SubjectRequest, *, erasing: str | None = None
) -> int:
    now = parts.clock()
    held = parts.keys.shred(connection, Purpose.REQUEST, request.id, now, request_id=erasing)
    parts.keys.shred(connection, Purpose.REQUEST_REF, request.id, now, request_id=erasing)
    connection.execute(request_paper.delete().where(request_paper.c.request_id == request.id))
    forget_notes(connection, request.id)
    _remove(parts, [request])
    return int(held)


def _remove(parts: Parts, requests: Iterable[SubjectRequest]) -> None:
    for request in requests:
        parts.bundle_path(request.id).unlink(missing_ok=True)
