"""The certificate as one signed file, and its check without a store, an engine or a connection.

The file is one line of canonical JSON with four members: `certificate` (what is signed), `entry`
(the audit entry's bytes in base64, or null), `proof` (a tlog-proof as text, or null) and
`signature`. The signature covers the canonical bytes of `certificate`, which begin with the
version. The audit entry names their SHA-256, and the proof places that entry in the log.

- One certificate has one spelling: a file that is spelled otherwise is refused.
- The key inside the file shows only that the file was not changed since. Who signed it is shown by
  a key from elsewhere; without one the report says so.
"""

from __future__ import annotations

import base64
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from govreg.audit.entry import Entry, decode
from govreg.audit.proof import Proof, parse_proof
from govreg.audit.signature import SigningKey, VerifyKey
from govreg.errors import IntegrityProblem, UsageProblem
from govreg.reports.canonical import canonical, plain, read_once
from govreg.reports.certificate_document import CERTIFICATE_VERSION, CertificateDocument

ALGORITHM = "Ed25519"
"""The only signature scheme of this version."""

CERTIFICATE_HASH = "certificate"
"""The name under which the audit entry holds the certificate's hash."""

_VERSION = "govreg_certificate"
_MEMBERS = frozenset({"certificate", "entry", "proof", "signature"})
_SIGNATURE_MEMBERS = frozenset({"algorithm", "key", "sha256", "value"})


@dataclass(frozen=True, slots=True, kw_only=True)
class SignedCertificate:
    """The parts of a certificate file, read but not yet believed."""

    statement: dict[str, Any]
    """What the certificate says."""
    signed: bytes
    """The canonical bytes that the signature covers."""
    stated_hash: str
    """The SHA-256 that the file gives for them."""
    key: VerifyKey
    """The key that the file names as its signer."""
    signature: bytes
    entry: bytes | None
    """The audit entry that names this certificate."""
    proof: Proof | None

    @property
    def hash(self) -> str:
        """SHA-256 of the signed bytes, in hex."""
        return sha256(self.signed).hexdigest()


def certificate_bytes(document: CertificateDocument) -> bytes:
    """The canonical bytes that are signed; they begin with the version."""
    return canonical({_VERSION: CERTIFICATE_VERSION, "statement": plain(document)})


def certificate_hash(document: CertificateDocument) -> str:
    """SHA-256 of the canonical bytes: what the audit entry holds as `certificate`."""
    return sha256(certificate_bytes(document)).hexdigest()


def sign_certificate(
    document: CertificateDocument,
    signing_key: SigningKey,
    proof: Proof | None = None,
    *,
    origin: str,
    entry: Entry | None = None,
) -> bytes:
    """The file's bytes, signed under the log's `origin` as the key's name.

    Log an entry with `certificate_hash` first, then pass that entry and its proof. Without them
    the file says that it is not placed in a log; signing it again later gives the same signature.

    Raises:
        UsageProblem: if only one of entry and proof is given, or the entry is about something
            else.
    """
    if (proof is None) is not (entry is None):
        raise UsageProblem("a certificate takes the audit entry and its proof together")
    signed = certificate_bytes(document)
    digest = sha256(signed).hexdigest()
    if entry is not None and entry.hashes.get(CERTIFICATE_HASH) != digest:
        raise UsageProblem(
            "the audit entry does not name this certificate",
            f"log the certificate's hash as `{CERTIFICATE_HASH}`",
        )
    body = {
        "certificate": {_VERSION: CERTIFICATE_VERSION, "statement": plain(document)},
        "entry": None if entry is None else _base64(entry.encode()),
        "proof": None if proof is None else proof.to_text(),
        "signature": {
            "algorithm": ALGORITHM,
            "key": signing_key.verify_key(origin).to_text(),
            "sha256": digest,
            "value": _base64(signing_key.sign(signed)),
        },
    }
    return canonical(body) + b"\n"


def read_certificate(encoded: bytes) -> SignedCertificate:
    """Take a certificate file apart without believing it.

    Raises:
        IntegrityProblem: `truncated`, `malformed` or `newer_version`.
    """
    body = read_once(encoded, "the certificate")
    inner = body.get("certificate")
    version = inner.get(_VERSION) if isinstance(inner, dict) else None
    if type(version) is int and version > CERTIFICATE_VERSION:
        raise IntegrityProblem(
            "newer_version",
            f"the certificate has version `{version}`, "
            f"this govreg reads up to `{CERTIFICATE_VERSION}`",
            "read it with a newer govreg",
        )
    try:
        return _parts(body, encoded)
    except (KeyError, TypeError, ValueError, AttributeError, RecursionError):
        raise _malformed("lacks a part, or a part is not of its form") from None


def decode_entry(encoded: bytes) -> Entry:
    """The audit entry of a certificate.

    Raises:
        IntegrityProblem: `malformed` or `newer_version`.
    """
    return decode(encoded)


def _parts(body: dict[str, Any], encoded: bytes) -> SignedCertificate:
    inner, seal = body["certificate"], body["signature"]
    if (
        body.keys() != _MEMBERS
        or seal.keys() != _SIGNATURE_MEMBERS
        or inner.keys() != {_VERSION, "statement"}
        or type(inner[_VERSION]) is not int
        or inner[_VERSION] != CERTIFICATE_VERSION
        or not isinstance(inner["statement"], dict)
    ):
        raise ValueError
    if seal["algorithm"] != ALGORITHM:
        raise _malformed("is signed by a scheme that this version does not know")
    if canonical(body) + b"\n" != encoded:
        raise _malformed("is not in its canonical form")
    proof = body["proof"]
    return SignedCertificate(
        statement=inner["statement"],
        signed=canonical(inner),
        stated_hash=str(seal["sha256"]),
        key=VerifyKey.from_text(seal["key"]),
        signature=_unbase64(seal["value"]),
        entry=None if body["entry"] is None else _unbase64(body["entry"]),
        proof=None if proof is None else parse_proof(proof),
    )


def _malformed(what: str) -> IntegrityProblem:
    return IntegrityProblem("malformed", f"the certificate {what}")


def _base64(raw: bytes) -> str:
    return base64.b64encode(raw).decode("ascii")


def _unbase64(text: str) -> bytes:
    raw = base64.b64decode(text.encode("ascii"), validate=True)
    if not raw or _base64(raw) != text:
        raise ValueError
    return raw
