"""Carry an approved erasure out, prove it, certify it.

    (1) the approved plan is the sealed plan, by hash
    (2) one step for each source: intent, the source's own transaction, outcome
    (3) settle: keys and look-up values shredded, ledger and audit entry, in one transaction
    (4) verify: new connections, every planned cell, the look-ups again, a planted leftover
    (5) name the recipients to be told
    (6) certificate: signed, logged, written beside its page; the log is published
    (7) the request is ready to be answered

- Each step is a row: a crash is resumed at the row it happened in, and only forward.
- A source that fails stops nothing else; while one has failed, no key is shredded.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Container, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from govreg.connectors.plan import fingerprint
from govreg.erasure.apply import carry, result_note, unsettled
from govreg.erasure.certificate import Evidence, state_of
from govreg.erasure.model import ErasurePlan, RowAction, State
from govreg.erasure.verify import Checked, Expected, SelfTest, Verification, verify
from govreg.errors import IntegrityProblem, Refused
from govreg.protection.blind_index import reference
from govreg.protection.keystore import Purpose
from govreg.requests import store as rows
from govreg.requests.certify import certify
from govreg.requests.erase import plan_hash
from govreg.requests.journal import Notes
from govreg.requests.model import RequestState, SubjectRequest
from govreg.requests.papers import identifiers_of, plan_of, read, staying_of
from govreg.requests.parts import Parts
from govreg.requests.people import INTAKE, require
from govreg.requests.tables import request_paper
from govreg.requests.upkeep import forget_earlier
from govreg.runner.claim import claimed
from govreg.runner.steps import Step, StepRecord, StepState, records, reopen, run
from govreg.subjects.index import forget_identifiers
from govreg.subjects.ledger import enter, has_entries

_LEDGER_DAYS = 400
_RUNNABLE = frozenset({RequestState.APPROVED, RequestState.RUNNING, RequestState.NEEDS_ATTENTION})


@dataclass(frozen=True, slots=True, kw_only=True)
class Approved:
    """An approved plan, unsealed for the length of a run."""

    request: SubjectRequest
    plan: ErasurePlan
    paper: Mapping[str, Any]
    summary: Mapping[str, Any]
    subject_ref: str
    work_id: str


def run_erasure(parts: Parts, request_id: str, *, actor: str) -> Iterator[StepRecord]:
    """Carry an approved erasure out, or go on where it stopped.

    Raises:
        Refused: it is not approved.
        Conflict: another process is at work on the request.
        IntegrityProblem: the sealed plan is not the approved one.
    """
    require(parts.settings, actor, INTAKE, "run an erasure")
    with claimed(parts.store, request_id):
        approved = open_approved(parts, request_id)
        with parts.store.write() as connection:
            rows.change(connection, request_id, state=RequestState.RUNNING)
            _reopen_unfinished(connection, approved)
        steps = _steps(parts, approved, actor)
        yield from run(parts.store, approved.work_id, steps, clock=parts.clock)


def open_approved(parts: Parts, request_id: str) -> Approved:
    """Step (1): the plan that was approved, and no other."""
    with parts.store.write() as connection:
        request = rows.get(connection, request_id)
        if request.state not in _RUNNABLE or request.plan_hash is None or not request.approved_by:
            raise Refused(
                f"request `{request_id}` is {request.state}",
                f"plan and approve it first: `govreg request approve {request_id}`",
            )
        papers = {
            row.name: row.content_hash
            for row in connection.execute(
                sa.select(request_paper).where(request_paper.c.request_id == request_id)
            )
        }
        if plan_hash(papers.get("plan", ""), papers.get("summary", "")) != request.plan_hash:
            raise IntegrityProblem(
                "not_the_approved_plan", "the sealed plan is not the one that was approved"
            )
        paper, summary = (
            read(
                connection,
                parts.request_key(connection, request_id),
                workspace=parts.workspace_id,
                request_id=request_id,
                name=name,
            )
            for name in ("plan", "summary")
        )
        return Approved(
            request=request,
            plan=plan_of(paper),
            paper=paper,
            summary=summary,
            subject_ref=parts.subject_ref(connection, request.subject_id),
            work_id=f"{request_id}/{request.plan_hash[:12]}",
        )


def _reopen_unfinished(connection: sa.Connection, approved: Approved) -> None:
    """A source that was not done is tried again, and everything that depends on it."""
    held = records(connection, approved.work_id)
    undone = [r.name for r in held if r.name.startswith("apply:") and not r.note.get("done")]
    later = [r.name for r in held if not r.name.startswith("apply:")]
    if any(r.state is StepState.DONE and r.name in undone for r in held) or later:
        reopen(connection, approved.work_id, [*undone, *later])


def _steps(parts: Parts, approved: Approved, actor: str) -> list[Step]:
    def apply_to(at: int) -> Step:
        plan = approved.plan.sources[at]
        return Step(
            name=f"apply:{plan.source}", act=lambda again: _apply(parts, approved, at, again=again)
        )

    return [
        *(apply_to(at) for at in range(len(approved.plan.sources))),
        Step(name="settle", act=lambda _again: _settle(parts, approved, actor)),
        Step(name="verify", act=lambda _again: _verify(parts, approved)),
        Step(name="recipients", act=lambda _again: _recipients(parts, approved)),
        Step(name="certificate", act=lambda _again: _certify(parts, approved, actor)),
    ]


def _apply(parts: Parts, approved: Approved, at: int, *, again: bool) -> Mapping[str, object]:
    """Step (2) for one source."""
    plan = approved.plan.sources[at]
    journal = Notes(parts.store, approved.work_id, plan.source, parts.clock)
    with parts.border.visit() as visit:
        result = carry(visit, parts.border.register, plan, journal, again=again)
    return {**result_note(result), "journal": journal.read()}


def results_of(parts: Parts, approved: Approved) -> dict[str, Mapping[str, Any]]:
    """Each source's note."""
    with parts.store.read() as connection:
        held = records(connection, approved.work_id)
    return {
        record.name.removeprefix("apply:"): record.note
        for record in held
        if record.name.startswith("apply:")
    }


def _settle(parts: Parts, approved: Approved, actor: str) -> Mapping[str, object]:
    """Step (3): what the store knows of the person goes with the person's data."""
    failed = unsettled(results_of(parts, approved))
    now = parts.clock()
    request = approved.request
    with parts.store.write() as connection:
        rows.change(connection, request.id, executed_at=now)
        entered = _enter_done(parts, connection, approved, failed)
        if failed:
            parts.log(
                connection,
                "erasure.stopped",
                actor,
                request=request.id,
                subject_ref=approved.subject_ref,
                counts={"sources_failed": len(failed), "ledger": entered},
            )
            return {"settled": False, "failed": failed, "ledger": entered}
        receipt = parts.keys.shred(connection, Purpose.SUBJECT, request.subject_id, now)
        forgotten = forget_identifiers(connection, request.subject_id)
        earlier = forget_earlier(parts, connection, request)
        parts.log(
            connection,
            "erasure.applied",
            actor,
            request=request.id,
            subject_ref=approved.subject_ref,
            hashes={"plan": str(request.plan_hash)},
            counts={"ledger": entered, "lookup_values": forgotten, "earlier_answers": earlier},
        )
    return {
        "settled": True,
        "ledger": entered,
        "lookup_values": forgotten,
        "shredded": [receipt.key_id, receipt.kcv, receipt.epoch, receipt.provider]
        if receipt
        else None,
    }


def _enter_done(
    parts: Parts, connection: sa.Connection, approved: Approved, failed: Container[str]
) -> int:
    """Enter into the ledger what sources did, also when another one failed.

    A later plan does not find it any more.
    """
    now = parts.clock()
    key = parts.keys.key(connection, Purpose.LEDGER, "erasure", create=True, now=now)
    return enter(
        connection,
        approved.request.id,
        (
            (
                row.collection.partition(".")[0],
                row.collection.partition(".")[2],
                reference(key, row.collection, fingerprint(row.key)),
                str(row.action),
            )
            for row in approved.plan.rows
            if row.action is not RowAction.KEEP and row.collection.partition(".")[0] not in failed
        ),
        at=now,
        ends=now + dt.timedelta(days=_LEDGER_DAYS),
    )


def _verify(parts: Parts, approved: Approved) -> Mapping[str, object]:
    """Step (4)."""
    seen = verify(
        parts.border,
        parts.kinds,
        parts.limits,
        Expected(
            rows=approved.plan.rows,
            identifiers=identifiers_of(approved.paper),
            staying=staying_of(approved.paper),
        ),
    )
    return {
        "at": parts.clock().isoformat(),
        "failed": list(seen.failed),
        "unread": list(seen.unread),
        "collections": {ref: _checked_note(checked) for ref, checked in seen.collections.items()},
    }


def _checked_note(checked: Checked) -> dict[str, object]:
    return {
        "rows": checked.rows,
        "gone": checked.gone,
        "cells_written": checked.cells_written,
        "still_there": checked.still_there,
        "unchanged": checked.unchanged,
        "leftovers": checked.leftovers,
        "self_test": str(checked.self_test),
        "code": checked.code,
    }


def verification_of(note: Mapping[str, Any]) -> Verification:
    """A re-read out of its step's note."""
    return Verification(
        collections={
            ref: Checked(collection=ref, **{**held, "self_test": SelfTest(held["self_test"])})
            for ref, held in note["collections"].items()
        }
    )


def _recipients(parts: Parts, approved: Approved) -> Mapping[str, object]:
    """Step (5): whom Art. 19 GDPR wants told, by the activities that used what was erased."""
    register = parts.border.register
    names: dict[str, None] = {}
    for row in approved.plan.rows:
        collection = register.collection(row.collection)
        if collection is None or row.action is RowAction.KEEP:
            continue
        for field in row.causes:
            for name in collection.fields[field].activities:
                activity = register.activities.get(name)
                names |= dict.fromkeys(r.name for r in activity.recipients) if activity else {}
    with parts.store.write() as connection:
        rows.name_recipients(connection, approved.request.id, sorted(names))
    return {"recipients": len(names)}


def _certify(parts: Parts, approved: Approved, actor: str) -> Mapping[str, object]:
    """Steps (6) and (7)."""
    with parts.store.read() as connection:
        held = {record.name: record for record in records(connection, approved.work_id)}
        request = rows.get(connection, approved.request.id)
        begun = has_entries(connection, request.id)
    note = held["verify"].note
    evidence = Evidence(
        plan=approved.plan,
        results=results_of(parts, approved),
        verification=verification_of(note),
        incomplete=bool(
            approved.summary["not_searched"]
            or approved.summary["caps"]
            or approved.summary["candidates"]
        ),
        reread_at=dt.datetime.fromisoformat(str(note["at"])),
        begun=begun,
    )
    state = state_of(evidence)
    written = certify(
        parts,
        request,
        evidence,
        summary=approved.summary,
        subject_ref=approved.subject_ref,
        settled=held["settle"].note,
        actor=actor,
    )
    attention = state in {State.FAILED, State.UNVERIFIABLE} or not held["settle"].note["settled"]
    with parts.store.write() as connection:
        rows.change(
            connection,
            request.id,
            state=RequestState.NEEDS_ATTENTION if attention else RequestState.READY,
            outcome=state,
        )
    return {"state": str(state), **written}
