"""Checking a certificate file: what it says was signed, by whom, and that it stands in the log.

Each fault has its own code; a certificate is never "probably fine". Whether what it states is true
is not shown by a signature: it shows who stated it, and that nobody has changed it since.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from govreg.audit.checkpoint import Checkpoint, open_checkpoint
from govreg.audit.signature import VerifyKey, read_keys
from govreg.errors import IntegrityProblem, NotFound
from govreg.reports.certificate_file import (
    CERTIFICATE_HASH,
    SignedCertificate,
    decode_entry,
    read_certificate,
)

KEY_NOT_PINNED = "key_not_pinned"
"""Checked only against the key inside the file: anybody could have made it."""

NOT_LOGGED = "no_proof"
"""The file brings no proof that it is in a log."""

UNWITNESSED = "unwitnessed"
"""No checkpoint from outside was given: the operator could rewrite the log."""

NOT_COMPARED = "checkpoint_not_compared"
"""The checkpoint given has another size than the proof's, so the two say nothing of each other."""

_SAID = {
    KEY_NOT_PINNED: "checked only with the key inside the file: anybody could have made it; "
    "give the public key that you got another way",
    NOT_LOGGED: "no proof came with it that it is in the audit log",
    UNWITNESSED: "unwitnessed: the operator could rewrite the log",
    NOT_COMPARED: "the checkpoint given covers another number of entries than the proof's: "
    "they cannot be compared without the log",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class CertificateReport:
    """What was found of a certificate in which nothing is wrong."""

    certificate_id: str
    request_id: str
    state: str
    issued_at: str
    hash: str
    """SHA-256 of the signed bytes."""
    key_text: str
    """The key that signed."""
    key_pinned: bool
    """Whether that key was given from outside."""
    origin: str | None
    """The log that holds the certificate's hash."""
    index: int | None
    size: int | None
    witnessed: bool
    """Whether a checkpoint from outside agrees with the proof's."""
    warnings: tuple[str, ...]
    """Codes of what could not be shown."""
    statement: dict[str, Any]
    """What the certificate says."""

    @property
    def text(self) -> str:
        """What may be said of the certificate, and what may not."""
        lines = [
            f"certificate `{self.certificate_id}` of request `{self.request_id}`: {self.state}",
            f"signed by {self.key_text}",
        ]
        if self.index is not None:
            lines.append(f"entry {self.index} of `{self.origin}`, under {self.size} entries")
        return "\n".join([*lines, *(_SAID[code] for code in self.warnings)])


def verify_certificate(
    path: Path, *, key_text: str | None, checkpoint: str | None = None
) -> CertificateReport:
    """Check a certificate file.

    `key_text` holds public keys from outside, one a line; `checkpoint` is a signed note of the log
    that somebody kept elsewhere. Steps: (1) read (2) the signer is a key that was given (3)
    nothing was altered (4) the signature (5) the log entry names it and is in the log (6) the
    checkpoint.

    Raises:
        NotFound: if there is no such file.
        IntegrityProblem: `truncated`, `malformed`, `newer_version`, `wrong_key`, `altered`,
            `bad_signature` or `not_in_log`.
    """
    # (1): read
    try:
        encoded = path.read_bytes()
    except (FileNotFoundError, IsADirectoryError):
        raise NotFound(f"there is no certificate at `{path}`") from None
    held = read_certificate(encoded)
    # (2): by a key that was given
    keys = _known_keys(held, key_text)
    # (3): unaltered
    if held.hash != held.stated_hash:
        raise IntegrityProblem(
            "altered", "the certificate was changed: it does not have the hash that was signed"
        )
    # (4): signed
    held.key.verify(held.signed, held.signature)
    # (5): in the log
    logged = _check_logged(held, keys)
    # (6): agreed with from outside
    witnessed, warnings = _check_witness(logged, keys, checkpoint)
    if key_text is None:
        warnings = [KEY_NOT_PINNED, *warnings]
    return _report(held, logged, pinned=key_text is not None, witness=(witnessed, warnings))


def _known_keys(held: SignedCertificate, key_text: str | None) -> Sequence[VerifyKey]:
    if key_text is None:
        return (held.key,)
    keys = read_keys(key_text)
    if held.key not in keys:
        raise IntegrityProblem(
            "wrong_key",
            "the certificate is not signed by the key given",
            f"it names `{held.key.to_text()}`",
        )
    return keys


def _check_logged(held: SignedCertificate, keys: Sequence[VerifyKey]) -> Checkpoint | None:
    if held.proof is None and held.entry is None:
        return None
    if held.proof is None or held.entry is None:
        raise _not_in_log("only one of the audit entry and its proof is in the file")
    entry = decode_entry(held.entry)
    if entry.hashes.get(CERTIFICATE_HASH) != held.hash:
        raise _not_in_log("the audit entry is about another certificate")
    try:
        return held.proof.verify(held.entry, *keys, origin=held.key.name)
    except IntegrityProblem as problem:
        if problem.code in ("malformed", "newer_version"):
            raise
        raise _not_in_log("the proof does not place the entry in a log of this key") from None


def _check_witness(
    logged: Checkpoint | None, keys: Sequence[VerifyKey], note: str | None
) -> tuple[bool, list[str]]:
    if logged is None:
        return False, [NOT_LOGGED]
    if note is None:
        return False, [UNWITNESSED]
    try:
        outside = open_checkpoint(note, keys)
    except IntegrityProblem as problem:
        if problem.code == "unknown_key":
            raise IntegrityProblem(
                "wrong_key", "the checkpoint given is not signed by the key given"
            ) from None
        raise
    if (outside.origin, outside.size) != (logged.origin, logged.size):
        return False, [UNWITNESSED, NOT_COMPARED]
    if outside.root != logged.root:
        raise _not_in_log(
            "the checkpoint given has another root: two logs were signed as one; keep both"
        )
    return True, []


def _report(
    held: SignedCertificate,
    logged: Checkpoint | None,
    *,
    pinned: bool,
    witness: tuple[bool, list[str]],
) -> CertificateReport:
    try:
        head = held.statement["head"]
        named = {
            "certificate_id": str(head["certificate_id"]),
            "request_id": str(head["request_id"]),
            "issued_at": str(head["issued_at"]),
            "state": str(held.statement["state"]),
        }
    except (KeyError, TypeError):
        raise IntegrityProblem("malformed", "the certificate lacks its head") from None
    return CertificateReport(
        **named,
        hash=held.hash,
        key_text=held.key.to_text(),
        key_pinned=pinned,
        origin=None if logged is None else logged.origin,
        index=None if held.proof is None else held.proof.index,
        size=None if logged is None else logged.size,
        witnessed=witness[0],
        warnings=tuple(witness[1]),
        statement=held.statement,
    )


def _not_in_log(why: str) -> IntegrityProblem:
    return IntegrityProblem("not_in_log", "the certificate is not shown to be in the log", why)
