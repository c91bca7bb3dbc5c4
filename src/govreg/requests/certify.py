"""The erasure certificate as a document, from what was seen; then it is issued."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from typing import Any

from govreg.consent.proof import left_by
from govreg.erasure.certificate import (
    Evidence,
    residue,
    rule_words,
    state_of,
    withheld_classes,
)
from govreg.erasure.tally import cell_tally, collection_outcomes, row_tally
from govreg.ids import new_id
from govreg.policy.house import CONSENT_PROOF, RECORDS, SUPPRESSION, cites_of
from govreg.protection.keystore import Shredded
from govreg.register.model import Register
from govreg.reports.certificate_document import (
    CertificateDocument,
    CertificateHead,
    CertificateTimes,
    ConfirmedLink,
    Ground,
    KeptRecord,
    PlanNote,
    Reread,
    ShreddedKey,
)
from govreg.reports.document import NotSearched
from govreg.reports.ways import cap_of
from govreg.requests.answer_rows import not_searched
from govreg.requests.first_use import certified_uses
from govreg.requests.issue import issue, latest, replaced_by_next
from govreg.requests.letterhead import authority, controller, dpo, versions
from govreg.requests.model import SubjectRequest
from govreg.requests.overrides import override_of
from govreg.requests.parts import Parts
from govreg.requests.reissue import told_recipients


def certify(
    parts: Parts,
    request: SubjectRequest,
    evidence: Evidence,
    *,
    summary: Mapping[str, Any],
    subject_ref: str,
    actor: str,
    suppressions: int = 0,
) -> Mapping[str, str]:
    """Certify what was seen of an erasure; answers the certificate's id, hash and folder."""
    document = _document(
        parts,
        request,
        evidence,
        summary=summary,
        subject_ref=subject_ref,
        actor=actor,
        suppressions=suppressions,
    )
    return issue(parts, document, actor=actor)


def _document(
    parts: Parts,
    request: SubjectRequest,
    evidence: Evidence,
    *,
    summary: Mapping[str, Any],
    subject_ref: str,
    actor: str,
    suppressions: int,
) -> CertificateDocument:
    register = parts.border.register
    executed = request.executed_at or parts.clock()
    with parts.store.read() as connection:
        told = told_recipients(connection, request.id)
        gone = parts.keys.shredded_for(connection, request.id)
        proofs, proof_ends = left_by(connection, request.id)
        uses = certified_uses(connection, summary.get("first_uses", ()), request)
    return CertificateDocument(
        head=_head(parts, request, evidence, subject_ref=subject_ref, actor=actor),
        controller=controller(parts),
        dpo=dpo(parts),
        authority=authority(parts),
        state=str(state_of(evidence)),
        times=_times(parts, request, executed, evidence.reread_at),
        plan=PlanNote(
            id=str(request.plan_hash)[:12],
            hash=str(request.plan_hash),
            planner=str(request.planned_by),
            approvers=(str(request.approved_by),),
            four_eyes_off=parts.settings.four_eyes_reason,
            first_uses=uses,
        ),
        cells=cell_tally(evidence),
        rows=row_tally(evidence),
        collections=tuple(collection_outcomes(register, evidence, parts.border.connectors.label)),
        not_searched=tuple(_gaps(register, summary)),
        caps=tuple(cap_of(held) for held in summary["limits"]),
        withheld=tuple(
            withheld_classes(register, evidence.plan, parts.rules, decided_by=request.approved_by)
        ),
        residue=tuple(residue(register, evidence, executed.astimezone(parts.zone).date())),
        recipients=told,
        keys=tuple(map(_key, gone)),
        reread=_reread(evidence),
        confirmed_links=tuple(_confirmed(summary, request.approved_at or executed)),
        consent_closed=proofs,
        kept_records=(
            *_kept(parts, request.law, executed),
            *(_proof(parts, request.law, ends) for ends in [proof_ends] if ends),
            *([_suppression(request.law)] if suppressions else []),
        ),
        overrides=tuple(override_of(held) for held in summary.get("overrides", ())),
    )


def _head(
    parts: Parts, request: SubjectRequest, evidence: Evidence, *, subject_ref: str, actor: str
) -> CertificateHead:
    earlier = latest(parts, request.id)
    return CertificateHead(
        certificate_id=new_id("cert"),
        request_id=request.id,
        stage="executed",
        laws=(request.law,),
        grounds=_grounds(parts, evidence),
        subject_reference=subject_ref,
        issued_at=parts.clock(),
        issued_by=actor,
        versions=versions(parts, parts.register_number, parts.register_hash),
        time_zone=parts.settings.time_zone,
        replaces=replaced_by_next(earlier[1], "run_again") if earlier else None,
    )


def _times(
    parts: Parts, request: SubjectRequest, executed: dt.datetime, reread: dt.datetime | None
) -> CertificateTimes:
    return CertificateTimes(
        received=request.received_at,
        due=request.due_at.astimezone(parts.zone).date(),
        identity_verified=request.verified_at,
        identity_level=str(request.verification),
        decided=request.planned_at,
        approved=request.approved_at,
        executed=executed,
        reread=reread,
    )


def _gaps(register: Register, summary: Mapping[str, Any]) -> Iterator[NotSearched]:
    """Places that were not searched, and rows of which nobody said whose they are."""
    for gap in summary["not_searched"]:
        yield not_searched(register, gap["place"], gap["code"])
    for candidate in summary["candidates"]:
        yield not_searched(register, candidate["collection"], f"unsettled:{candidate['doubt']}")


def _confirmed(summary: Mapping[str, Any], at: dt.datetime) -> Iterator[ConfirmedLink]:
    for held in summary["confirmed"]:
        yield ConfirmedLink(
            candidate=held["id"],
            doubt=held["doubt"],
            collection=held["collection"],
            rows=held["rows"],
            by=held["by"],
            at=at,
        )


def _grounds(parts: Parts, evidence: Evidence) -> tuple[Ground, ...]:
    """Each rule that opened the erasure of something, once."""
    names = {
        name: None
        for row in evidence.plan.rows
        for cause in row.causes.values()
        if cause.code == "ground"
        for name in cause.rules
    }
    rules = [rule for rule in map(parts.rules.get, names) if rule is not None]
    return tuple(
        Ground(
            code=rule.id,
            citation=", ".join(rule.citation),
            words=rule_words(parts.rules, [rule.id]),
        )
        for rule in rules
    )


def _key(gone: Shredded) -> ShreddedKey:
    return ShreddedKey(
        key_id=str(gone.key_id),
        scope=gone.purpose,
        shredded_at=gone.at,
        check_value=gone.kcv,
        provider=gone.provider,
    )


def _reread(evidence: Evidence) -> Reread | None:
    seen = evidence.verification
    if seen is None:
        return None
    return Reread(
        method="every_cell",
        cells=sum(c.gone + c.cells_written for c in seen.collections.values()),
        leftover_found=seen.proven,
        lookups_repeated=len(seen.collections),
        found_again=sum(c.leftovers for c in seen.collections.values()),
    )


def _proof(parts: Parts, law: str, ends: dt.datetime) -> KeptRecord:
    """What proves the person's choices: nothing else is kept of them."""
    last = ends.astimezone(parts.zone).date() - dt.timedelta(days=1)
    basis = ", ".join(cites_of(CONSENT_PROOF, law)) or law
    return KeptRecord(what="consent_proof", basis=basis, until=last)


def _suppression(law: str) -> KeptRecord:
    """The person stays on the list of those who are not contacted again."""
    return KeptRecord(what="suppression", basis=", ".join(cites_of(SUPPRESSION, law)) or law)


def _kept(parts: Parts, law: str, executed: dt.datetime) -> tuple[KeptRecord, ...]:
    basis = ", ".join(cites_of(RECORDS, law)) or law
    days = 31 * parts.settings.retention_of_requests.months
    until = (executed + dt.timedelta(days=days)).astimezone(parts.zone).date()
    return (
        KeptRecord(what="request_log", basis=basis, until=until),
        KeptRecord(what="certificate", basis=basis),
    )
