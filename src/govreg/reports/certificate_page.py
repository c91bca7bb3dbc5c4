"""The certificate as a page: one sheet for a lay reader in each language, the details after it.

The page repeats what the signed file says and shows how to check that file. It is not evidence by
itself.
"""

from __future__ import annotations

import shlex
from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256

from govreg.audit.checkpoint import read_unchecked
from govreg.errors import UsageProblem
from govreg.reports.certificate_document import CertificateDocument
from govreg.reports.certificate_file import certificate_hash, read_certificate
from govreg.reports.page import environment
from govreg.reports.words import Words

VERIFY_COMMAND = "govreg erasure verify certificate.json --key"
"""What the page tells its reader to run; the key's text follows."""

_STATE_TONES = {
    "complete": "good",
    "complete_with_withheld": "some",
    "partial": "bad",
    "unverifiable": "bad",
    "refused": "bad",
    "failed": "bad",
}
_FINGERPRINT_GROUP = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Seal:
    """How the page's certificate is signed and logged."""

    hash: str
    key_text: str
    fingerprint: str
    """SHA-256 of the public key, in groups."""
    command: str
    proof: str | None
    origin: str | None
    index: int | None
    size: int | None


def render_certificate(
    document: CertificateDocument, languages: Sequence[str], *, signed: bytes | None = None
) -> str:
    """The page in every language named, the first one first.

    `signed` is the certificate file that the page stands beside; its key, hash and proof are
    shown.

    Raises:
        UsageProblem: if no language is named, or the file is about another certificate.
        ConfigurationProblem: if a language has no word table, or the time zone is unknown.
        IntegrityProblem: if the file cannot be read.
    """
    if not languages:
        raise UsageProblem("a certificate page needs a language", "set `languages`")
    tongues = [Words(tag, time_zone=document.head.time_zone) for tag in dict.fromkeys(languages)]
    return (
        environment()
        .get_template("certificate.html")
        .render(
            d=document,
            w=tongues[0],
            tongues=tongues,
            tone=_STATE_TONES[document.state],
            seal=None if signed is None else _seal(document, signed),
        )
    )


def _seal(document: CertificateDocument, signed: bytes) -> Seal:
    held = read_certificate(signed)
    if held.hash != certificate_hash(document):
        raise UsageProblem("the signed file is about another certificate than the page")
    logged = None if held.proof is None else read_unchecked(held.proof.checkpoint)
    key_text = held.key.to_text()
    digits = sha256(held.key.public).hexdigest()
    return Seal(
        hash=held.hash,
        key_text=key_text,
        fingerprint=" ".join(
            digits[at : at + _FINGERPRINT_GROUP]
            for at in range(0, len(digits), _FINGERPRINT_GROUP)
        ),
        command=f"{VERIFY_COMMAND} {shlex.quote(key_text)}",
        proof=None if held.proof is None else held.proof.to_text(),
        origin=None if logged is None else logged.origin,
        index=None if held.proof is None else held.proof.index,
        size=None if logged is None else logged.size,
    )
