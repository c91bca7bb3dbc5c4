"""Write the erasure certificate: signed, logged, with its page, and the log published.

(1) the document, from what was seen
(2) its hash goes into the audit log; a checkpoint is signed over it
(3) the file: statement, signature, log entry, proof
(4) the page, for people
(5) the log's tiles and checkpoint, for anybody
"""

from __future__ import annotations

import datetime as dt
import os
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from govreg.audit.entry import Entry
from govreg.audit.log import append, prove, sign_checkpoint
from govreg.audit.signature import SigningKey
from govreg.audit.tiles import publish
from govreg.erasure.certificate import (
    Evidence,
    residue,
    rule_words,
    state_of,
    withheld_classes,
)
from govreg.erasure.tally import cell_tally, collection_outcomes, row_tally
from govreg.ids import new_id
from govreg.protection.keystore import Purpose
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
    ToldRecipient,
)
from govreg.reports.certificate_file import certificate_hash, sign_certificate
from govreg.reports.certificate_page import render_certificate
from govreg.reports.ways import cap_of
from govreg.requests import store as rows
from govreg.requests.answer import authority, controller, dpo, not_searched, versions
from govreg.requests.model import SubjectRequest
from govreg.requests.parts import Parts


def certify(
    parts: Parts,
    request: SubjectRequest,
    evidence: Evidence,
    *,
    summary: Mapping[str, Any],
    subject_ref: str,
    settled: Mapping[str, Any],
    actor: str,
) -> Mapping[str, str]:
    """Certify what was seen of an erasure; answers the certificate's id, hash and folder."""
    document = _document(
        parts,
        request,
        evidence,
        summary=summary,
        subject_ref=subject_ref,
        settled=settled,
        actor=actor,
    )
    digest = certificate_hash(document)
    folder = certificate_folder(parts, request.id) / document.head.certificate_id
    with parts.store.write() as connection:
        entry = Entry(
            at=parts.clock(),
            action="erasure.certified",
            actor=actor,
            request=request.id,
            subject_ref=subject_ref,
            hashes={"certificate": digest},
            outcome=document.state,
        )
        index = append(connection, [entry]).start
        signing = signing_key(parts, connection)
        sign_checkpoint(connection, signing, parts.workspace_id, parts.clock())
        signed = sign_certificate(
            document, signing, prove(connection, index), origin=parts.workspace_id, entry=entry
        )
    page = render_certificate(document, parts.settings.languages, signed=signed)
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    _whole(folder / "certificate.json", signed)
    _whole(folder / "certificate.html", page.encode())
    key_text = signing.verify_key(parts.workspace_id).to_text()
    _whole(folder / "public-key.txt", f"{key_text}\n".encode())
    publish_log(parts)
    return {
        "certificate": document.head.certificate_id,
        "hash": digest,
        "folder": str(folder.relative_to(parts.workspace)),
    }


def signing_key(parts: Parts, connection: Any) -> SigningKey:
    """The key that signs checkpoints and certificates."""
    key = parts.keys.key(connection, Purpose.SIGNING, "log", create=True, now=parts.clock())
    return SigningKey(key.secret)


def publish_log(parts: Parts) -> None:
    """Write the log's static files, and its public key beside them."""
    folder = parts.workspace / ".govreg" / "audit"
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    with parts.store.write() as connection:
        signing = signing_key(parts, connection)
        sign_checkpoint(connection, signing, parts.workspace_id, parts.clock())
        publish(connection, folder)
    text = signing.verify_key(parts.workspace_id).to_text()
    _whole(folder / "public-key.txt", f"{text}\n".encode())


def certificate_folder(parts: Parts, request_id: str) -> Path:
    """Where the certificates of a request lie."""
    return parts.workspace / ".govreg" / "certificates" / request_id


def _document(
    parts: Parts,
    request: SubjectRequest,
    evidence: Evidence,
    *,
    summary: Mapping[str, Any],
    subject_ref: str,
    settled: Mapping[str, Any],
    actor: str,
) -> CertificateDocument:
    register = parts.border.register
    executed = request.executed_at or parts.clock()
    with parts.store.read() as connection:
        told = rows.recipients(connection, request.id)
    return CertificateDocument(
        head=CertificateHead(
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
        ),
        controller=controller(parts),
        dpo=dpo(parts),
        authority=authority(parts),
        state=str(state_of(evidence)),
        times=CertificateTimes(
            received=request.received_at,
            due=request.due_at.astimezone(parts.zone).date(),
            identity_level=str(request.verification),
            decided=request.planned_at,
            approved=request.approved_at,
            executed=executed,
            reread=evidence.reread_at,
        ),
        plan=PlanNote(
            id=str(request.plan_hash)[:12],
            hash=str(request.plan_hash),
            planner=str(request.planned_by),
            approvers=(str(request.approved_by),),
            four_eyes_off=parts.settings.four_eyes_reason,
        ),
        cells=cell_tally(evidence),
        rows=row_tally(evidence),
        collections=tuple(collection_outcomes(register, evidence)),
        not_searched=(
            *(not_searched(register, n["place"], n["code"]) for n in summary["not_searched"]),
            *(
                not_searched(register, c["collection"], f"unsettled:{c['doubt']}")
                for c in summary["candidates"]
            ),
        ),
        caps=tuple(cap_of(held) for held in summary["limits"]),
        withheld=tuple(
            withheld_classes(register, evidence.plan, parts.rules, decided_by=request.approved_by)
        ),
        residue=tuple(residue(register, evidence, executed.astimezone(parts.zone).date())),
        recipients=tuple(
            ToldRecipient(
                name=name,
                sent_at=at,
                answer=answer or ("pending" if at else None),
                not_told=None if at else "not_yet",
            )
            for name, at, answer in told
        ),
        keys=_keys(settled),
        reread=_reread(evidence),
        confirmed_links=tuple(
            ConfirmedLink(
                candidate=c["id"],
                doubt=c["doubt"],
                collection=c["collection"],
                rows=c["rows"],
                by=c["by"],
                at=request.approved_at or executed,
            )
            for c in summary["confirmed"]
        ),
        kept_records=_kept(parts, executed),
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


def _keys(settled: Mapping[str, Any]) -> tuple[ShreddedKey, ...]:
    held = settled.get("shredded")
    if not held:
        return ()
    key_id, kcv, _epoch, provider = held
    return (ShreddedKey(key_id=str(key_id), scope="subject", check_value=kcv, provider=provider),)


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


def _kept(parts: Parts, executed: dt.datetime) -> tuple[KeptRecord, ...]:
    days = 31 * parts.settings.retention_of_requests.months
    until = (executed + dt.timedelta(days=days)).astimezone(parts.zone).date()
    return (
        KeptRecord(what="request_log", basis="GDPR Art 5(2)", until=until),
        KeptRecord(what="certificate", basis="GDPR Art 5(2)"),
    )


def _whole(path: Path, content: bytes) -> None:
    """A file that appears complete or not at all, readable by its owner."""
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=".part-")
    with os.fdopen(handle, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    Path(name).replace(path)
