"""A checkpoint: the log's size and root at one moment, signed, small enough to leave the house.

The note's text is three lines: origin, size in decimal, root in base64. The signing key bears the
origin as its name. Extension lines are refused: nobody who watches a log could check them.
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Iterable
from dataclasses import dataclass

from govreg.audit.signature import (
    SigningKey,
    VerifyKey,
    check_name,
    open_note,
    parse_note,
    sign_note,
)
from govreg.audit.tree import EMPTY_ROOT, HASH_SIZE
from govreg.errors import IntegrityProblem

_LINES = 3
_SIZE = re.compile(r"0|[1-9][0-9]{0,18}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Checkpoint:
    """How many entries the log has, and the root over them."""

    origin: str
    """The log's own name, an address without a scheme: `acme.example/audit`."""
    size: int
    root: bytes

    def __post_init__(self) -> None:
        check_name(self.origin)
        if self.size < 0 or len(self.root) != HASH_SIZE:
            raise IntegrityProblem("malformed", "the checkpoint's size or root cannot be one")
        if self.size == 0 and self.root != EMPTY_ROOT:
            raise IntegrityProblem("malformed", "an empty log has another root")

    def to_text(self) -> str:
        """The three lines that are signed."""
        return f"{self.origin}\n{self.size}\n{base64.b64encode(self.root).decode('ascii')}\n"

    @classmethod
    def from_text(cls, text: str) -> Checkpoint:
        """Read the three lines, signed or not.

        Raises:
            IntegrityProblem: `malformed`.
        """
        lines = text.removesuffix("\n").split("\n")
        if len(lines) != _LINES or not _SIZE.fullmatch(lines[1]):
            raise IntegrityProblem(
                "malformed", "a checkpoint is three lines: origin, size in decimal, root"
            )
        try:
            root = base64.b64decode(lines[2], validate=True)
        except (binascii.Error, ValueError):
            raise IntegrityProblem("malformed", "the checkpoint's root is not in base64") from None
        checkpoint = cls(origin=lines[0], size=int(lines[1]), root=root)
        if checkpoint.to_text() != text:
            raise IntegrityProblem("malformed", "the checkpoint is not in its canonical form")
        return checkpoint


def seal_checkpoint(checkpoint: Checkpoint, key: SigningKey) -> str:
    """The signed note; whether it may be signed is for `log.sign_checkpoint` to say."""
    return sign_note(checkpoint.to_text(), name=checkpoint.origin, key=key)


def open_checkpoint(
    note: str, keys: Iterable[VerifyKey], *, origin: str | None = None
) -> Checkpoint:
    """The checkpoint of a note that one of `keys` signed.

    Without `origin` the log must bear the name of a key that signed.

    Raises:
        IntegrityProblem: `malformed`, `bad_signature`, `unknown_key`, `wrong_origin`.
    """
    return open_signed(note, keys, origin=origin)[0]


def open_signed(
    note: str, keys: Iterable[VerifyKey], *, origin: str | None = None
) -> tuple[Checkpoint, tuple[VerifyKey, ...]]:
    """As `open_checkpoint`, with the keys whose signatures are good."""
    text, signers = open_note(note, keys)
    checkpoint = Checkpoint.from_text(text)
    expected = {key.name for key in signers} if origin is None else {origin}
    if checkpoint.origin not in expected:
        raise IntegrityProblem(
            "wrong_origin",
            f"the checkpoint is of the log `{checkpoint.origin}`",
            "expected " + ", ".join(f"`{each}`" for each in sorted(expected)),
        )
    return checkpoint, signers


def read_unchecked(note: str) -> Checkpoint:
    """The checkpoint of a note whose signatures nobody has checked: no evidence, only a claim.

    Raises:
        IntegrityProblem: `malformed`.
    """
    return Checkpoint.from_text(parse_note(note).text)
