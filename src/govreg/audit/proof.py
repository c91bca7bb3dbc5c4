"""A proof that one entry is in the log, in one file that is checked offline with a public key.

The text: `c2sp.org/tlog-proof@v1`, an `extra` line if there is one, `index N`, the inclusion
hashes one a line in base64, an empty line, and the signed checkpoint as it was issued. `extra` is
not covered by any signature: it may carry a hint, never a fact.
"""

from __future__ import annotations

import base64
import binascii
import re
from dataclasses import dataclass

from govreg.audit.checkpoint import Checkpoint, open_checkpoint
from govreg.audit.signature import VerifyKey
from govreg.audit.tree import HASH_SIZE, leaf_hash, verify_inclusion
from govreg.errors import IntegrityProblem

_FAMILY = "c2sp.org/tlog-proof@v"
_HEADER = f"{_FAMILY}1"
_INDEX = re.compile(r"index (0|[1-9][0-9]{0,18})")
_MAX_HASHES = 64


@dataclass(frozen=True, slots=True, kw_only=True)
class Proof:
    """What places one entry under a signed checkpoint; believed only after `verify`."""

    index: int
    hashes: tuple[bytes, ...]
    """From the entry's neighbour upward."""
    checkpoint: str
    """The signed note."""
    extra: bytes = b""
    """Not covered by any signature."""

    def to_text(self) -> str:
        """The file's text; its usual suffix is `.tlog-proof`."""
        lines = [_HEADER]
        if self.extra:
            lines.append(f"extra {_base64(self.extra)}")
        lines.append(f"index {self.index}")
        lines.extend(_base64(each) for each in self.hashes)
        return "\n".join([*lines, "", self.checkpoint])

    def verify(
        self, entry: bytes, key: VerifyKey, *retired: VerifyKey, origin: str | None = None
    ) -> Checkpoint:
        """Check that `entry`, in its canonical bytes, is in the log that `key` signs.

        Raises:
            IntegrityProblem: `malformed`, `unknown_key`, `bad_signature`, `wrong_origin`,
                `not_included`.
        """
        checkpoint = open_checkpoint(self.checkpoint, (key, *retired), origin=origin)
        verify_inclusion(
            index=self.index,
            size=checkpoint.size,
            leaf=leaf_hash(entry),
            proof=self.hashes,
            root=checkpoint.root,
        )
        return checkpoint


def parse_proof(text: str) -> Proof:
    """Take the text apart without believing it.

    Raises:
        IntegrityProblem: `malformed`, or `newer_version` if the first line names a later format.
    """
    head, gap, checkpoint = text.partition("\n\n")
    first, *lines = head.split("\n")
    if first != _HEADER:
        version = first.removeprefix(_FAMILY)
        if version != first and version.isdecimal() and version.isascii() and int(version) > 1:
            raise IntegrityProblem(
                "newer_version", "the proof is of a later format", "read it with a newer govreg"
            )
        raise IntegrityProblem("malformed", f"a proof begins with `{_HEADER}`")
    extra = b""
    if lines and lines[0].startswith("extra "):
        extra = _unbase64(lines.pop(0).removeprefix("extra "))
    index = _INDEX.fullmatch(lines[0]) if lines else None
    if index is None or not gap or not checkpoint or len(lines) - 1 > _MAX_HASHES:
        raise IntegrityProblem(
            "malformed", "the proof lacks its index, its hashes or its checkpoint"
        )
    hashes = tuple(_unbase64(line) for line in lines[1:])
    if any(len(each) != HASH_SIZE for each in hashes):
        raise IntegrityProblem("malformed", f"a hash of a proof has `{HASH_SIZE}` bytes")
    return Proof(index=int(index[1]), hashes=hashes, checkpoint=checkpoint, extra=extra)


def _base64(raw: bytes) -> str:
    return base64.b64encode(raw).decode("ascii")


def _unbase64(text: str) -> bytes:
    try:
        raw = base64.b64decode(text.encode("ascii"), validate=True)
    except (binascii.Error, UnicodeEncodeError):
        raw = b""
    if not raw or _base64(raw) != text:
        raise IntegrityProblem("malformed", "a line of the proof is not in base64")
    return raw
