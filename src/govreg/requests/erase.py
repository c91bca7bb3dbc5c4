"""Plan and approve an erasure. Nothing is written to a source here.

(1) the identity is confirmed; the person's own access request has been answered
(2) search every source for the person
(3) a ground for each row, field and purpose first, then what the law keeps
(4) preflight: whatever would stop the plan, or make it do more than it says
(5) seal the plan; its hash covers what people read and what will be carried out
(6) approve: a second person, for exactly this hash
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from functools import partial
from typing import Any

from govreg.connectors.values import canonical
from govreg.erasure.ground import Law
from govreg.erasure.model import Blocker, ErasurePlan, Fate, RowAction
from govreg.erasure.plan import plan_rows, source_plans
from govreg.erasure.preflight import preflight
from govreg.errors import Blocked, Conflict, Refused, SourceProblem
from govreg.gate.border import Visit
from govreg.gate.erase import rendered
from govreg.gate.scope import Scope
from govreg.protection.blind_index import reference
from govreg.requests import store as rows
from govreg.requests.access import undelivered_access
from govreg.requests.chosen import chosen, chosen_words
from govreg.requests.facts import lapsed_since, request_facts
from govreg.requests.first_use import first_uses, require_approval_of_first_use
from govreg.requests.intake import require_identity
from govreg.requests.model import RequestKind, RequestState, SubjectRequest
from govreg.requests.overrides import override_data, overrides_in
from govreg.requests.papers import plan_paper, read, write
from govreg.requests.parts import Parts
from govreg.requests.people import DECIDING, INTAKE, require, require_second_person
from govreg.requests.seek import remember, seek
from govreg.requests.summary import plan_summary, scope_summary
from govreg.requests.way_out import ways_to_state
from govreg.runner.claim import claimed

PLANNABLE = frozenset(
    {
        RequestState.VERIFIED,
        RequestState.PLANNED,
        RequestState.APPROVED,
        RequestState.NEEDS_ATTENTION,
    }
)


def plan_erasure(parts: Parts, request_id: str, *, actor: str) -> Mapping[str, Any]:
    """Make the plan that a second person will read: steps (1) to (5).

    Raises:
        Refused: the identity is not confirmed, an access answer is still owed, or the request is
            past planning.
    """
    require(parts.settings, actor, INTAKE, "plan an erasure")
    with claimed(parts.store, request_id):
        with parts.store.read() as connection:
            request = rows.get(connection, request_id)
        require_identity(parts, request)
        _may_be_planned(parts, request)
        with parts.border.visit() as visit:
            scope = seek(parts, visit, request)
            plan = make_plan(parts, visit, request, scope)
            statements = _statements(visit, plan)
        with parts.store.read() as connection:
            uses = list(first_uses(parts, connection, plan))
            choices = chosen_words(parts, connection, request.subject_id, parts.clock())
        summary = {
            **scope_summary(parts, request, scope),
            **plan_summary(plan),
            "statements": statements,
            "overrides": [
                override_data(one)
                for one in overrides_in(parts, request, scope, _overriding(plan))
            ],
            "first_uses": uses,
            "choices": choices,
            "planned_by": actor,
            "register": parts.register_hash,
            "packs": dict(parts.rules.packs),
            "judged_by": parts.judged_by(request.law),
            "residue": _residue(parts, plan),
        }
        return _keep(parts, request, scope, plan, summary, actor)


def _overriding(plan: ErasurePlan) -> Iterator[str]:
    for row in plan.rows:
        for cause in row.causes.values():
            yield from cause.overrides


def make_plan(parts: Parts, visit: Visit, request: SubjectRequest, scope: Scope) -> ErasurePlan:
    """Steps (3) and (4) for a scope."""
    register = parts.border.register
    with parts.store.read() as connection:
        key = parts.reference_key(connection, request.id)
        choices = chosen(parts, connection, request.subject_id, parts.clock())
    law = Law(
        rules=parts.rules,
        adopted=parts.adopted,
        on=parts.today(),
        facts=request_facts(parts, request, "erase"),
        chosen=choices,
    )

    def pseudonym(collection: str, field: str, value: Any) -> str:
        return f"p_{reference(key, collection, field, json.dumps(canonical(value)))[:20]}"

    planned = plan_rows(register, scope, law, year_end=parts.year_end, pseudonym=pseudonym)
    touched = {
        row.collection.partition(".")[0] for row in planned if row.action is not RowAction.KEEP
    }
    catalogues = {source: visit.catalogue(source) for source in touched}
    sources = source_plans(register, scope, planned, catalogues)
    return ErasurePlan(
        rows=planned,
        sources=sources,
        blockers=(*preflight(visit, register, scope, sources), *_undecided(planned)),
    )


def _undecided(planned: Any) -> list[Blocker]:
    """Cells for which a fact or an adoption is missing: a person must say first."""
    found: dict[tuple[str, str, tuple[str, ...]], set[str]] = {}
    for row in planned:
        for name, cause in row.causes.items():
            if cause.fate is Fate.UNDECIDED:
                found.setdefault((row.collection, cause.text, cause.missing), set()).add(name)
    return [
        Blocker(
            code="undecided",
            place=f"{ref}: {', '.join(sorted(fields))}",
            text=text,
            way_out=ways_to_state(missing),
        )
        for (ref, text, missing), fields in found.items()
    ]


def _may_be_planned(parts: Parts, request: SubjectRequest) -> None:
    if request.kind is not RequestKind.ERASURE or request.state not in PLANNABLE:
        raise Refused(f"request `{request.id}` is {request.state} and cannot be planned")
    require_no_access_owed(parts, request)


def require_no_access_owed(parts: Parts, request: SubjectRequest) -> None:
    """Refuse to erase what the same person has asked to see.

    Raises:
        Refused: an access request of theirs has not been answered.
    """
    owed = undelivered_access(parts, request.subject_id)
    if owed is not None:
        raise Refused(
            f"the same person's access request `{owed.id}` has not been answered",
            "answer it first: an erasure would leave nothing to answer with",
        )


def _residue(parts: Parts, plan: ErasurePlan) -> list[dict[str, Any]]:
    touched = [parts.border.register.sources[source.source] for source in plan.sources]
    return [
        {"source": source.title, "what": dict(held.what), "days": held.days}
        for source in touched
        for held in source.residue
    ]


def _statements(visit: Visit, plan: ErasurePlan) -> list[dict[str, Any]]:
    lines: list[dict[str, Any]] = []
    for source in plan.sources:
        try:
            shown = rendered(visit, source)
        except SourceProblem as problem:
            lines.append({"source": source.source, "code": problem.code})
            continue
        lines += [
            {"source": source.source, "statement": r.statement, "rows": r.rows} for r in shown
        ]
    return lines


def _keep(
    parts: Parts,
    request: SubjectRequest,
    scope: Scope,
    plan: ErasurePlan,
    summary: Mapping[str, Any],
    actor: str,
) -> Mapping[str, Any]:
    unconfirmed = (*scope.candidates, *scope.rejected)
    staying = [(c.collection, key) for c in unconfirmed for key in c.rows]
    now = parts.clock()
    with parts.store.write() as connection:
        with_key = partial(
            write,
            connection,
            parts.request_key(connection, request.id),
            workspace=parts.workspace_id,
            request_id=request.id,
            at=now,
        )
        remember(parts, connection, request, scope)
        sealed = with_key(name="plan", paper=plan_paper(plan, scope.identifiers, staying))
        shown = with_key(name="summary", paper=dict(summary))
        digest = plan_hash(sealed, shown)
        rows.change(
            connection,
            request.id,
            state=RequestState.PLANNED,
            planned_by=actor,
            planned_at=now,
            plan_hash=digest,
            approved_by=None,
            approved_at=None,
        )
        parts.log(
            connection,
            "request.planned",
            actor,
            request=request.id,
            subject_ref=parts.subject_ref(connection, request.subject_id),
            hashes={"plan": digest},
            counts={
                "rows": scope.count(),
                "candidates": len(scope.candidates),
                "blockers": len(plan.blockers),
            },
        )
    return {**summary, "plan_hash": digest}


def plan_hash(sealed: str, shown: str) -> str:
    """One hash over what will be carried out and what people read."""
    return hashlib.sha256(f"govreg plan v1\n{sealed}\n{shown}\n".encode()).hexdigest()


def approve(
    parts: Parts, request_id: str, *, actor: str, wanted: str | None = None
) -> SubjectRequest:
    """A second person approves exactly this plan: step (6).

    Args:
        parts: The engine's parts.
        request_id: The request.
        actor: Who approves.
        wanted: The hash that the approver read, when they name it.

    Raises:
        Refused: the actor may not approve, or made the plan. Where four eyes are switched off, who
            made it may approve it, but not the first use of a rule's wording.
        Blocked: the plan cannot be carried out as it stands.
        Conflict: the plan is another one by now.
    """
    require(parts.settings, actor, DECIDING, "approve a plan")
    with parts.store.write() as connection:
        request = rows.get(connection, request_id)
        if request.state is not RequestState.PLANNED or request.plan_hash is None:
            raise Refused(
                f"request `{request_id}` is {request.state}; there is no plan to approve"
            )
        require_second_person(parts.settings, planner=request.planned_by, approver=actor)
        if wanted is not None and wanted != request.plan_hash:
            raise Conflict("the plan is another one by now; read it again")
        summary = read(
            connection,
            parts.request_key(connection, request_id),
            workspace=parts.workspace_id,
            request_id=request_id,
            name="summary",
        )
        _require_carryable(parts, request, summary, approver=actor)
        rows.change(
            connection,
            request_id,
            state=RequestState.APPROVED,
            approved_by=actor,
            approved_at=parts.clock(),
        )
        parts.log(
            connection,
            "request.approved",
            actor,
            request=request_id,
            subject_ref=parts.subject_ref(connection, request.subject_id),
            hashes={"plan": request.plan_hash},
            counts={"links_confirmed": len(summary.get("confirmed", ()))},
        )
        return rows.get(connection, request_id)


def _require_carryable(
    parts: Parts, request: SubjectRequest, summary: Mapping[str, Any], *, approver: str
) -> None:
    """Refuse a plan that cannot be carried out as it stands, or not by this approver."""
    require_approval_of_first_use(request, summary.get("first_uses", ()), approver=approver)
    blockers = [f"{b['place']}: {b['text']}; {b['way_out']}" for b in summary.get("blockers", ())]
    if blockers:
        raise Blocked("the plan cannot be carried out as it stands", blockers)
    if lapsed := lapsed_since(parts, request):
        raise Refused(
            f"`{lapsed[0]}` holds no more, and the plan rests on it",
            f"judge anew and plan again: `govreg request review {request.id} --fact …`",
        )
