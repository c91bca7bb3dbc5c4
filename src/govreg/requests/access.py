"""Answer an access request.

    (1) the identity is confirmed to the level that the right needs; refused otherwise
    (2) search every source for the person
    (3) decide field by field what is handed out, and why not
    (4) write the bundle, seal it, date it
    (5) export: open the seal for whoever may hand it over
    (6) deliver: say that the person has it; an incomplete answer needs a named person's word

A plan shows (1) to (3) as counts; nothing of it leaves the workspace.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from govreg.errors import NotFound, Refused, UsageProblem
from govreg.gate.read import Disclosing, Told, disclose, overriding
from govreg.gate.scope import Scope
from govreg.reports.access_bundle import write_bundle
from govreg.reports.access_document import AccessDocument
from govreg.requests import store as rows
from govreg.requests.access_summary import pending_count, undecided, withheld_counts
from govreg.requests.answer import Answer, access_document, answer_dates
from govreg.requests.answer_choices import chosen_by
from govreg.requests.bundle import locks, pack, scratch, unpack
from govreg.requests.facts import request_facts
from govreg.requests.intake import request_identifiers, request_reference, require_identity
from govreg.requests.model import RequestKind, RequestState, SubjectRequest
from govreg.requests.overrides import override_data, overrides_in
from govreg.requests.papers import write
from govreg.requests.parts import Parts
from govreg.requests.people import DECIDING, INTAKE, require
from govreg.requests.seek import reviewed, seek, withholders
from govreg.requests.summary import scope_summary
from govreg.runner.claim import claimed
from govreg.runner.steps import Step, StepRecord, reopen, run
from govreg.subjects.index import family, resolve

COMPLETE_ENOUGH = frozenset({"complete", "complete_with_withheld"})


def plan_access(parts: Parts, request_id: str, *, actor: str) -> Mapping[str, Any]:
    """What the answer would hold, as counts: steps (1) to (3).

    Raises:
        Refused: the identity is not confirmed, or the actor may not plan.
    """
    require(parts.settings, actor, INTAKE, "plan an answer")
    with claimed(parts.store, request_id):
        request = _request(parts, request_id)
        require_identity(parts, request)
        scope, told = _found(parts, request)
        register = parts.border.register
        summary = {
            **scope_summary(parts, request, scope),
            "withheld": withheld_counts(register, told),
            "pending_review": pending_count(register, told),
            "undecided": undecided(register, told),
            "overrides": [
                override_data(one) for one in overrides_in(parts, request, scope, overriding(told))
            ],
        }
        with parts.store.write() as connection:
            digest = write(
                connection,
                parts.request_key(connection, request_id),
                workspace=parts.workspace_id,
                request_id=request_id,
                name="summary",
                paper=summary,
                at=parts.clock(),
            )
            rows.change(
                connection,
                request_id,
                state=RequestState.PLANNED,
                planned_by=actor,
                planned_at=parts.clock(),
                plan_hash=digest,
            )
            parts.log(
                connection,
                "request.planned",
                actor,
                request=request_id,
                subject_ref=parts.subject_ref(connection, request.subject_id),
                hashes={"plan": digest},
                counts={"rows": scope.count(), "candidates": len(scope.candidates)},
            )
    return summary


def run_access(parts: Parts, request_id: str, *, actor: str) -> Iterator[StepRecord]:
    """Search, decide and write the sealed bundle: steps (2) to (4).

    Raises:
        Refused: the identity is not confirmed, or there is no plan.
        Conflict: another process is at work on the request.
    """
    require(parts.settings, actor, INTAKE, "answer a request")
    with claimed(parts.store, request_id):
        request = _request(parts, request_id)
        require_identity(parts, request)
        if request.state not in {
            RequestState.PLANNED,
            RequestState.APPROVED,
            RequestState.RUNNING,
            RequestState.READY,
            RequestState.NEEDS_ATTENTION,
        }:
            raise Refused(
                f"request `{request_id}` is {request.state}",
                f"plan it first: `govreg request plan {request_id}`",
            )
        with parts.store.write() as connection:
            rows.change(connection, request_id, state=RequestState.RUNNING)
            reopen(connection, f"{request_id}/access", ["bundle"])
        step = Step(name="bundle", act=lambda _again: _bundle(parts, request, actor))
        yield from run(parts.store, f"{request_id}/access", [step], clock=parts.clock)


def _bundle(parts: Parts, request: SubjectRequest, actor: str) -> Mapping[str, object]:
    scope, told = _found(parts, request)
    with parts.store.write() as connection:
        identifiers = request_identifiers(parts, connection, request.id)
        answer = Answer(
            request=request,
            subject_ref=request_reference(parts, connection, request.id),
            identifiers=identifiers,
            chosen=chosen_by(
                parts, connection, request.subject_id, tuple(identifiers), parts.clock()
            ),
            scope=scope,
            told=told,
            register_number=parts.register_number,
            register_hash=parts.register_hash,
            actor=actor,
            now=parts.clock(),
            reviewers=withholders(connection, request),
            dates=answer_dates(parts, connection, request),
        )
        keys = locks(parts, connection, request, create=True)
    document = access_document(parts, answer)
    with scratch(parts) as place:
        manifest = write_bundle(document, place / "bundle")
        pack(parts, request.id, keys, place / "bundle")
    return _finished(parts, request, document, manifest.hash, actor)


def _finished(
    parts: Parts, request: SubjectRequest, document: AccessDocument, digest: str, actor: str
) -> Mapping[str, object]:
    with parts.store.write() as connection:
        rows.change(
            connection,
            request.id,
            state=RequestState.READY,
            outcome=document.state,
            executed_at=parts.clock(),
        )
        parts.log(
            connection,
            "access.bundle_written",
            actor,
            request=request.id,
            subject_ref=parts.subject_ref(connection, request.subject_id),
            hashes={"bundle": digest},
            outcome=document.state,
        )
    return {
        "state": document.state,
        "rows": sum(len(section.rows) for section in document.sections),
        "withheld": len(document.withheld),
        "shortfalls": list(document.shortfalls),
    }


def export_access(parts: Parts, request_id: str, folder: Path, *, actor: str) -> Path:
    """Open the sealed bundle into a new folder: step (5).

    Raises:
        Refused: the identity is not confirmed, or the actor may not hand answers over.
        NotFound: there is no bundle yet.
        UsageProblem: the folder holds something.
    """
    require(parts.settings, actor, INTAKE, "export an answer")
    request = _request(parts, request_id)
    require_identity(parts, request)
    sealed = parts.bundle_path(request_id)
    if request.state not in {RequestState.READY, RequestState.ANSWERED} or not sealed.exists():
        raise NotFound(
            f"request `{request_id}` has no answer yet", f"`govreg request run {request_id}`"
        )
    if folder.exists() and any(folder.iterdir()):
        raise UsageProblem(f"`{folder}` is not empty", "name a folder that does not exist yet")
    with parts.store.read() as connection:
        keys = locks(parts, connection, request)
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    unpack(parts, request_id, keys, folder)
    for path in (folder, *folder.rglob("*")):
        path.chmod(0o700 if path.is_dir() else 0o600)
    with parts.store.write() as connection:
        parts.log(connection, "access.exported", actor, request=request_id)
    return folder


def deliver(
    parts: Parts, request_id: str, *, channel: str, override: bool, actor: str
) -> SubjectRequest:
    """Say that the person has the answer: step (6).

    Args:
        parts: The engine's parts.
        request_id: The request.
        channel: How it went, as a short name such as `secure_mail`.
        override: A named person's word that an incomplete answer goes out as it is.
        actor: Who says so.

    Raises:
        Refused: there is no answer, or it is incomplete and nobody took that on.
    """
    require(parts.settings, actor, DECIDING, "deliver an answer")
    with parts.store.write() as connection:
        request = rows.get(connection, request_id)
        if request.state is not RequestState.READY:
            raise Refused(
                f"request `{request_id}` is {request.state}; there is nothing to deliver"
            )
        if request.outcome not in COMPLETE_ENOUGH and not override:
            raise Refused(
                f"the answer to request `{request_id}` is {request.outcome}",
                "review what is pending and run it again, or take it on: `--override`",
            )
        rows.change(connection, request_id, state=RequestState.ANSWERED, answered_at=parts.clock())
        parts.log(
            connection,
            "request.delivered",
            actor,
            request=request_id,
            subject_ref=parts.subject_ref(connection, request.subject_id),
            rule=channel,
            outcome="override" if request.outcome not in COMPLETE_ENOUGH else request.outcome,
        )
        return rows.get(connection, request_id)


def undelivered_access(parts: Parts, subject_id: str) -> SubjectRequest | None:
    """An access request of the same person that has not been answered yet."""
    with parts.store.read() as connection:
        names = family(connection, resolve(connection, subject_id))
        for request in rows.of_subject(connection, names):
            closed = {RequestState.ANSWERED, RequestState.REFUSED}
            if request.kind is RequestKind.ACCESS and request.state not in closed:
                return request
    return None


def _request(parts: Parts, request_id: str) -> SubjectRequest:
    with parts.store.read() as connection:
        return rows.get(connection, request_id)


def _found(parts: Parts, request: SubjectRequest) -> tuple[Scope, Mapping[str, tuple[Told, ...]]]:
    with parts.border.visit() as visit:
        scope = seek(parts, visit, request)
    under = Disclosing(
        rules=parts.rules,
        adopted=parts.adopted,
        on=parts.today(),
        facts=request_facts(parts, request, "access"),
        reviewed=reviewed(parts, request),
    )
    return scope, disclose(parts.border.register, scope, parts.kinds, under)
