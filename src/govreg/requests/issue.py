"""Issue a certificate: signed, logged, with its page, and the log published.

(1) its hash goes into the audit log; a checkpoint is signed over it
(2) the file: statement, signature, log entry, proof
(3) the page, for people
(4) the log's tiles and checkpoint, for anybody

A later certificate names the one that it replaces by id and hash, in its statement and in its log
entry. The earlier one stays where it is and goes on to verify.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from govreg.audit.entry import Entry
from govreg.audit.log import append, prove, sign_checkpoint
from govreg.audit.signature import SigningKey
from govreg.audit.tiles import publish
from govreg.errors import IntegrityProblem
from govreg.files import whole
from govreg.protection.purpose import Purpose
from govreg.reports.certificate_document import CertificateDocument, Replaced
from govreg.reports.certificate_file import (
    SignedCertificate,
    certificate_hash,
    read_certificate,
    sign_certificate,
)
from govreg.reports.certificate_page import render_certificate
from govreg.requests.parts import Parts

_FILE = "certificate.json"


def issue(parts: Parts, document: CertificateDocument, *, actor: str) -> Mapping[str, str]:
    """Sign, log and write a certificate; answers its id, hash and folder."""
    digest = certificate_hash(document)
    head = document.head
    folder = certificate_folder(parts, head.request_id) / head.certificate_id
    replaced = {"replaces": head.replaces.hash} if head.replaces else {}
    with parts.store.write() as connection:
        entry = Entry(
            at=parts.clock(),
            action="erasure.certified"
            if head.replaces is None
            else "erasure.certificate_replaced",
            actor=actor,
            request=head.request_id,
            subject_ref=head.subject_reference,
            hashes={"certificate": digest, **replaced},
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
    _whole(folder / "certificate.html", page.encode())
    key_text = signing.verify_key(parts.workspace_id).to_text()
    _whole(folder / "public-key.txt", f"{key_text}\n".encode())
    _whole(folder / _FILE, signed)  # last: a folder with this file in it is complete
    publish_log(parts)
    return {
        "certificate": head.certificate_id,
        "hash": digest,
        "folder": str(folder.relative_to(parts.workspace)),
    }


def latest(parts: Parts, request_id: str) -> tuple[Path, SignedCertificate] | None:
    """The folder and file of a request's latest certificate: the one that the log has last."""
    found = [
        (path.parent, read_certificate(path.read_bytes()))
        for path in certificate_folder(parts, request_id).glob(f"*/{_FILE}")
    ]
    if not found:
        return None
    return max(found, key=lambda each: each[1].proof.index if each[1].proof else -1)


def replaced_by_next(held: SignedCertificate, reason: str) -> Replaced:
    """How the next certificate names this one."""
    return Replaced(
        certificate_id=str(held.statement["head"]["certificate_id"]),
        hash=held.hash,
        reason=reason,
    )


def check_own(parts: Parts, held: SignedCertificate) -> None:
    """Refuse a certificate that this workspace did not sign as it stands.

    Raises:
        IntegrityProblem: `wrong_key`, `altered` or `bad_signature`.
    """
    with parts.store.write() as connection:
        own = signing_key(parts, connection).verify_key(parts.workspace_id)
    if held.key != own:
        raise IntegrityProblem("wrong_key", "the certificate is signed by another key than ours")
    if held.hash != held.stated_hash:
        raise IntegrityProblem("altered", "the certificate was changed after it was signed")
    own.verify(held.signed, held.signature)


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


def _whole(path: Path, content: bytes) -> None:
    with whole(path) as file:
        file.write(content)
