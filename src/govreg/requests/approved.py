"""An approved erasure plan: opened, held against what is in force now, and what of it is done.

- The plan that is carried out is the one that was approved, by hash.
- A plan is bound to the register and the rules that it was judged by. Where either has changed and
  something is left to do, that is planned anew; what is done stays done and is in the ledger.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Container, Mapping
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from govreg.connectors.plan import fingerprint
from govreg.erasure.apply import remaining
from govreg.erasure.model import ErasurePlan, RowAction
from govreg.errors import IntegrityProblem, NotFound, Refused, SourceProblem
from govreg.protection.blind_index import reference
from govreg.protection.purpose import Purpose
from govreg.requests import store as rows
from govreg.requests.chosen import chosen_words
from govreg.requests.erase import plan_hash
from govreg.requests.facts import lapsed_since
from govreg.requests.intake import request_reference
from govreg.requests.model import RequestState, SubjectRequest
from govreg.requests.papers import plan_of, read
from govreg.requests.parts import Parts
from govreg.requests.tables import request_paper
from govreg.runner.steps import records
from govreg.subjects.ledger import any_entry, enter

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
            subject_ref=request_reference(parts, connection, request.id),
            work_id=f"{request_id}/{request.plan_hash[:12]}",
        )


def results_of(parts: Parts, approved: Approved) -> dict[str, Mapping[str, Any]]:
    """Each source's note."""
    with parts.store.read() as connection:
        held = records(connection, approved.work_id)
    return {
        record.name.removeprefix("apply:"): record.note
        for record in held
        if record.name.startswith("apply:")
    }


def done_of(results: Mapping[str, Mapping[str, Any]]) -> frozenset[str]:
    """The sources that are done."""
    return frozenset(source for source, note in results.items() if note.get("done"))


def require_same_grounds(parts: Parts, approved: Approved, actor: str) -> None:
    """Refuse what was approved under another register, other rules or judgements that held then.

    Only where some is left to do.

    What is done already is kept in mind for the plan that must be made anew.
    """
    results = results_of(parts, approved)
    moved = _moved(parts, approved, begun=bool(results))
    done = done_of(results) | _found_done(parts, approved, results) if moved else frozenset()
    if not moved or {plan.source for plan in approved.plan.sources} <= done:
        return
    request_id = approved.request.id
    if results:
        with parts.store.write() as connection:
            entered = enter_done(parts, connection, approved, done)
            rows.change(
                connection,
                request_id,
                state=RequestState.NEEDS_ATTENTION,
                executed_at=approved.request.executed_at or parts.clock(),
            )
            parts.log(
                connection,
                "erasure.stopped",
                actor,
                request=request_id,
                subject_ref=approved.subject_ref,
                counts={"ledger": entered},
            )
    raise Refused(
        f"the {' and the '.join(moved)} changed after the plan for request `{request_id}` was "
        "made",
        f"plan and approve it anew: `govreg request plan {request_id}`",
    )


def _moved(parts: Parts, approved: Approved, *, begun: bool) -> list[str]:
    """What is not any more as it was when the plan was made."""
    summary = approved.summary
    with parts.store.read() as connection:
        choices = chosen_words(parts, connection, approved.request.subject_id, parts.clock())
    settled = begun and not choices  # a settled erasure has taken the choices with it
    planned_choices = choices if settled else summary.get("choices", choices)
    return [
        what
        for what, planned, present in (
            ("register", summary["register"], parts.register_hash),
            ("rules", summary.get("judged_by"), parts.judged_by(approved.request.law)),
            ("validity of judgements", (), lapsed_since(parts, approved.request)),
            ("person's choices", planned_choices, choices),
        )
        if planned != present
    ]


def _found_done(
    parts: Parts, approved: Approved, results: Mapping[str, Mapping[str, Any]]
) -> frozenset[str]:
    """Sources whose step was cut off, and that turn out to have done everything."""
    found = set()
    for plan in approved.plan.sources:
        if plan.source not in results:
            continue
        try:
            with parts.border.visit() as visit:
                if not remaining(visit, parts.border.register, plan).changes:
                    found.add(plan.source)
        except (SourceProblem, NotFound):
            continue
    return frozenset(found)


def enter_done(
    parts: Parts, connection: sa.Connection, approved: Approved, done: Container[str]
) -> int:
    """Enter into the ledger what sources have done, also when another one failed.

    A later plan does not find it any more.
    """
    now = parts.clock()
    # entries of another key than the rest could not be replayed: a lost one is not replaced
    new = not any_entry(connection)
    key = parts.keys.key(connection, Purpose.LEDGER, "erasure", create=new, now=now)
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
            if row.action is not RowAction.KEEP and row.collection.partition(".")[0] in done
        ),
        at=now,
        ends=now + dt.timedelta(days=_LEDGER_DAYS),
    )
