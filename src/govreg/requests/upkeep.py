"""What govreg itself keeps of people, and when it goes.

- An erasure takes the person's keys along, and earlier answers: their bundles, papers and keys;
  unless a purpose goes on that needs the person.
- A delivered bundle goes after the days that the settings give it.
- A closed request's papers and keys go when its retention ends; what stays is the row and the log.
- Choices go with an erasure; what proves them stays until its end.
- Ledger entries go on their end date; clear text that a killed program left goes after a day.
"""

from __future__ import annotations

import datetime as dt
import shutil
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import sqlalchemy as sa

from govreg.consent.preference import forget
from govreg.consent.proof import drop_ended, reduce_to_proof
from govreg.erasure.model import NO_GROUND, ErasurePlan, RowAction
from govreg.files import sweep
from govreg.policy.minimum import add_months
from govreg.protection.purpose import Purpose
from govreg.requests import store as rows
from govreg.requests.bundle import SCRATCH
from govreg.requests.clock import forget_notes
from govreg.requests.model import RequestState, SubjectRequest
from govreg.requests.parts import Parts
from govreg.requests.tables import request_paper
from govreg.subjects.index import forget_identifiers, kin, references_of
from govreg.subjects.leaving import let_leave, nobody_leaves, try_to_see_off
from govreg.subjects.ledger import expire_entries
from govreg.subjects.suppression import expire_suppressions, suppressed

_SCRATCH_AGE = dt.timedelta(days=1)
_CLOSED = frozenset({RequestState.ANSWERED, RequestState.REFUSED})


@dataclass(frozen=True, slots=True, kw_only=True)
class Forgotten:
    """What the store has let go of a person, and what it keeps."""

    lookup_values: int = 0
    earlier_answers: int = 0
    """Requests of which something was destroyed."""
    choices: int = 0
    proofs: int = 0
    suppressions: int = 0
    """Entries that keep the person from being contacted again: an erasure leaves them."""


def forget_person(
    parts: Parts, connection: sa.Connection, erasing: SubjectRequest, plan: ErasurePlan
) -> Forgotten:
    """Let go of what the store knows of a person, as far as an erasure let go of the person.

    - Where data stay because a purpose goes on, so does the person: their choices count for it,
      and they must be found again. Keys, look-up values and choices stay.
    - Where data stay for a law's minimum, or as other people's, the person goes.
    - Earlier answers repeat what was erased: they go wherever something did.
    """
    names = kin(connection, erasing.subject_id)
    references = references_of(connection, names)
    suppressions = len(suppressed(connection, references, now=parts.clock()))
    goes_on = purpose_goes_on(plan)
    changed = any(row.action is not RowAction.KEEP for row in plan.rows)
    earlier = _forget_earlier(parts, connection, erasing, names) if changed or not goes_on else 0
    if goes_on:
        return Forgotten(earlier_answers=earlier, suppressions=suppressions)
    _shred(parts, connection, erasing, names)
    let_leave(connection, names, parts.clock())
    forget(connection, names)
    day = add_months(parts.today(), parts.settings.consent.proof_months)
    left = reduce_to_proof(
        connection,
        names,
        references=references,
        request_id=erasing.id,
        ends_at=dt.datetime.combine(day, dt.time(), parts.zone),
    )
    return Forgotten(
        lookup_values=forget_identifiers(connection, erasing.subject_id),
        earlier_answers=earlier,
        choices=left.events,
        proofs=left.proofs,
        suppressions=suppressions,
    )


def purpose_goes_on(plan: ErasurePlan) -> bool:
    """Whether data of the person stay because a purpose goes on."""
    return any(cause.code == NO_GROUND for row in plan.rows for cause in row.causes.values())


def _forget_earlier(
    parts: Parts, connection: sa.Connection, erasing: SubjectRequest, names: Sequence[str]
) -> int:
    """Destroy what earlier requests of the same person left; returns how many had something.

    The bundle files are removed after the key is gone from the transaction: without it they are
    noise.
    """
    earlier = [r for r in rows.of_subject(connection, names) if r.id != erasing.id]
    return sum(
        _forget(parts, connection, request, erasing=erasing.id)
        for request in earlier
        if _is_closed(request)
    )


def _shred(
    parts: Parts, connection: sa.Connection, erasing: SubjectRequest, names: Sequence[str]
) -> None:
    """Destroy the keys of a person and of every alias: what they sealed and named is noise."""
    for name in names:
        for purpose in (Purpose.SUBJECT, Purpose.AUDIT_REF):
            parts.keys.shred(connection, purpose, name, parts.clock(), request_id=erasing.id)


def clear_copies(parts: Parts) -> bool:
    """Take whoever left out of the copies too; False where another process will do it."""
    with parts.store.read() as connection:
        copies = parts.copies(connection)
    if copies is None:  # nobody is in any
        with parts.store.write() as connection:
            nobody_leaves(connection)
        return True
    return try_to_see_off(parts.store, copies)


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
    clear_copies(parts)
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
