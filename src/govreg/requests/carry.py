"""Carry an approved erasure out, prove it, certify it.

    (1) the approved plan is the sealed plan, by hash, and what it was judged by is in force still:
        the register and the rules; else what is left to do must be planned anew
    (2) one step for each source: intent, the source's own transaction, outcome
    (3) settle: what stays is sealed anew where it was under the person's key; then keys and
        look-up values shredded, ledger and audit entry, in one transaction
    (4) verify: new connections, every planned cell, the look-ups again, a planted leftover
    (5) name the recipients to be told
    (6) certificate: signed, logged, written beside its page; the log is published
    (7) the request is ready to be answered

- Each step is a row: a crash is resumed at the row it happened in, and only forward.
- A source that fails stops nothing else; while one has failed, no key is shredded.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from typing import Any

import sqlalchemy as sa

from govreg.erasure.apply import carry, result_note, unsettled
from govreg.erasure.certificate import Evidence, state_of
from govreg.erasure.model import Fate, RowAction, State
from govreg.erasure.verify import Checked, Expected, SelfTest, Verification, verify
from govreg.progress import working
from govreg.requests import store as rows
from govreg.requests.approved import (
    Approved,
    done_of,
    enter_done,
    open_approved,
    require_same_grounds,
    results_of,
)
from govreg.requests.certify import certify
from govreg.requests.erase import require_no_access_owed
from govreg.requests.first_use import remember_uses
from govreg.requests.journal import Notes
from govreg.requests.model import RequestState
from govreg.requests.papers import identifiers_of, staying_of
from govreg.requests.parts import Parts
from govreg.requests.people import INTAKE, require
from govreg.requests.reseal import reseal
from govreg.requests.upkeep import clear_copies, forget_person, purpose_goes_on
from govreg.runner.claim import claimed
from govreg.runner.steps import Step, StepRecord, StepState, records, reopen, run
from govreg.subjects.index import kin
from govreg.subjects.ledger import has_entries


def run_erasure(parts: Parts, request_id: str, *, actor: str) -> Iterator[StepRecord]:
    """Carry an approved erasure out, or go on where it stopped.

    Raises:
        Refused: it is not approved, was approved under another register or other rules, or an
            access answer came to be owed before anything was done.
        Conflict: another process is at work on the request.
        IntegrityProblem: the sealed plan is not the approved one.
    """
    require(parts.settings, actor, INTAKE, "run an erasure")
    with claimed(parts.store, request_id):
        approved = open_approved(parts, request_id)
        if not results_of(parts, approved):
            require_no_access_owed(parts, approved.request)
        require_same_grounds(parts, approved, actor)
        with parts.store.write() as connection:
            rows.change(
                connection, request_id, state=RequestState.RUNNING, executed_at=parts.clock()
            )
            _reopen_unfinished(connection, approved)
        steps = _steps(parts, approved, actor)
        yield from run(parts.store, approved.work_id, steps, clock=parts.clock)
        parts.store.drop_deleted()


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
    work = working(parts.border.progress, f"changing {plan.source}", len(plan.collections))
    with parts.border.visit() as visit, work:
        result = carry(visit, parts.border.register, plan, journal, again=again)
    return {**result_note(result), "journal": journal.read()}


def _settle(parts: Parts, approved: Approved, actor: str) -> Mapping[str, object]:
    """Step (3): what the store knows of the person goes with the person's data, if that goes."""
    failed = unsettled(results_of(parts, approved))
    now = parts.clock()
    request = approved.request
    if not failed and not purpose_goes_on(approved.plan):
        notes = Notes(parts.store, approved.work_id, "sealed anew", parts.clock)
        with parts.store.read() as connection:
            names = kin(connection, request.subject_id)
        failed = reseal(parts, approved.plan, names, request.id, notes)
    with parts.store.write() as connection:
        rows.change(connection, request.id, executed_at=now)
        entered = enter_done(parts, connection, approved, done_of(results_of(parts, approved)))
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
        left = forget_person(parts, connection, request, approved.plan)
        remember_uses(parts, connection, approved.plan, request)
        keys = len(parts.keys.shredded_for(connection, request.id))
        parts.log(
            connection,
            "erasure.applied",
            actor,
            request=request.id,
            subject_ref=approved.subject_ref,
            hashes={"plan": str(request.plan_hash)},
            counts={
                "ledger": entered,
                "lookup_values": left.lookup_values,
                "earlier_answers": left.earlier_answers,
                "keys": keys,
                "choices": left.choices,
                "proofs": left.proofs,
            },
        )
    copies = clear_copies(parts)
    cleared = parts.store.drop_deleted()
    return {
        "settled": True,
        "ledger": entered,
        "lookup_values": left.lookup_values,
        "keys": keys,
        "cleared": cleared and copies,
        "suppressions": left.suppressions,
    }


def _verify(parts: Parts, approved: Approved) -> Mapping[str, object]:
    """Step (4)."""
    expected = Expected(
        rows=approved.plan.rows,
        identifiers=identifiers_of(approved.paper),
        staying=staying_of(approved.paper),
    )
    total = sum(1 for _ in parts.border.register.collections())
    with working(parts.border.progress, "reading again", total):
        seen = verify(parts.border, parts.kinds, parts.limits, expected)
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
        for field, cause in row.causes.items():
            held = collection.fields[field]
            told = cause.fate is not Fate.WITHHOLD and not held.about_other
            for name in held.activities if told else ():
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
        store_cleared=bool(held["settle"].note.get("cleared", True)),
    )
    state = state_of(evidence)
    written = certify(
        parts,
        request,
        evidence,
        summary=approved.summary,
        subject_ref=approved.subject_ref,
        actor=actor,
        suppressions=int(str(held["settle"].note.get("suppressions", 0))),
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
