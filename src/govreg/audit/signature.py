"""Ed25519 keys and signed notes: the only place of the log that touches the cipher library.

A signed note is text ending in a newline, an empty line, and signature lines: em dash, space, key
name, space, base64 of a 4-byte key id and the signature. The key id is the start of a SHA-256 over
name, newline, type byte and public key. A key as text is `name+hex(key id)+base64(type byte and
key)`.

- Text and signatures part at the last empty line.
- Signatures by keys that the reader does not know are ignored; one by a key it knows (name *and*
  id) that fails condemns the note; a note without one good signature is refused.
- The library verifies in constant time and signs deterministically; no nonce is chosen here.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Iterable
from dataclasses import dataclass
from hashlib import sha256

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import (
    Ed25519PrivateKey,
    Ed25519PublicKey,
)

from govreg.errors import ConfigurationProblem, IntegrityProblem

SEED_SIZE = 32
"""Bytes of secret from which a signing key is made."""

MAX_NOTE_CHARACTERS = 1_000_000
"""A longer note is refused unread."""

MAX_SIGNATURES = 100
"""A note with more signature lines is refused; readers of this format must take at least 16."""

_ED25519 = b"\x01"
_KEY_ID_SIZE = 4
_PUBLIC_SIZE = 32
_DASH = "\N{EM DASH} "


@dataclass(frozen=True, slots=True, kw_only=True)
class VerifyKey:
    """A log's public key under the name by which notes call it."""

    name: str
    """The key's name; a log's own key bears the log's origin."""
    public: bytes
    """32 bytes."""

    def __post_init__(self) -> None:
        check_name(self.name)
        if len(self.public) != _PUBLIC_SIZE:
            raise IntegrityProblem("malformed", f"a public key has `{_PUBLIC_SIZE}` bytes")

    @property
    def key_id(self) -> bytes:
        """Four bytes that tell keys of one name apart; an identifier, not a safeguard."""
        return sha256(self.name.encode() + b"\n" + _ED25519 + self.public).digest()[:_KEY_ID_SIZE]

    def to_text(self) -> str:
        """The form that people hand around: `name+hex+base64`."""
        return f"{self.name}+{self.key_id.hex()}+{_base64(_ED25519 + self.public)}"

    @classmethod
    def from_text(cls, text: str) -> VerifyKey:
        """Read `name+hex+base64`.

        Raises:
            IntegrityProblem: `malformed`, also if the id does not belong to the key.
        """
        name, _, rest = text.strip().partition("+")
        key_id, _, encoded = rest.partition("+")
        raw = _unbase64(encoded)
        if raw[:1] != _ED25519:
            raise IntegrityProblem("malformed", "the public key is not an Ed25519 key")
        key = cls(name=name, public=raw[1:])
        if key.key_id.hex() != key_id:
            raise IntegrityProblem("malformed", "the public key's id does not belong to the key")
        return key

    def verify(self, message: bytes, signature: bytes) -> None:
        """Check a signature over `message`.

        Raises:
            IntegrityProblem: `bad_signature`.
        """
        try:
            Ed25519PublicKey.from_public_bytes(self.public).verify(signature, message)
        except (InvalidSignature, ValueError):
            raise IntegrityProblem(
                "bad_signature", f"the signature by `{self.name}` does not belong to this text"
            ) from None


class SigningKey:
    """A log's secret key. Its seed is kept sealed elsewhere and passed in."""

    __slots__ = ("_private", "_seed")

    def __init__(self, seed: bytes) -> None:
        if len(seed) != SEED_SIZE:
            raise ConfigurationProblem(f"an audit signing key is made from {SEED_SIZE} bytes")
        self._seed = bytes(seed)
        self._private = Ed25519PrivateKey.from_private_bytes(self._seed)

    def __repr__(self) -> str:
        return "SigningKey(...)"

    @classmethod
    def generate(cls) -> SigningKey:
        """A fresh key from the system's randomness."""
        return cls(Ed25519PrivateKey.generate().private_bytes_raw())

    @property
    def seed(self) -> bytes:
        """The 32 secret bytes, for sealing them; never for a log or a message."""
        return self._seed

    def verify_key(self, name: str) -> VerifyKey:
        """The public half under a name."""
        return VerifyKey(name=name, public=self._private.public_key().public_bytes_raw())

    def sign(self, message: bytes) -> bytes:
        """64 bytes over `message`."""
        return self._private.sign(message)


@dataclass(frozen=True, slots=True, kw_only=True)
class Signature:
    """One signature line of a note, not yet believed."""

    name: str
    key_id: bytes
    signature: bytes

    def to_line(self) -> str:
        """The line without its newline."""
        return f"{_DASH}{self.name} {_base64(self.key_id + self.signature)}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Note:
    """A text with its signature lines, not yet believed."""

    text: str
    """Ends in a newline; what is signed."""
    signatures: tuple[Signature, ...]

    def to_text(self) -> str:
        """The note as written."""
        return f"{self.text}\n" + "".join(f"{each.to_line()}\n" for each in self.signatures)


def sign_note(text: str, *, name: str, key: SigningKey) -> str:
    """A note of `text` with one signature by `key` under `name`.

    Raises:
        IntegrityProblem: `malformed` if the text does not end in a newline or holds control
        characters.
    """
    check_name(name)
    _check_text(text)
    signature = Signature(
        name=name, key_id=key.verify_key(name).key_id, signature=key.sign(text.encode())
    )
    return Note(text=text, signatures=(signature,)).to_text()


def parse_note(note: str) -> Note:
    """Take a note apart without believing it; `open_note` is what checks signatures.

    Raises:
        IntegrityProblem: `malformed`.
    """
    if len(note) > MAX_NOTE_CHARACTERS:
        raise IntegrityProblem("malformed", "the note is too long to be one")
    _check_text(note)
    body, gap, tail = note.rpartition("\n\n")
    lines = tail.removesuffix("\n").split("\n")
    if not gap or not tail or len(lines) > MAX_SIGNATURES:
        raise IntegrityProblem("malformed", "the note has no signatures, or too many")
    return Note(text=f"{body}\n", signatures=tuple(_signature(line) for line in lines))


def open_note(note: str, keys: Iterable[VerifyKey]) -> tuple[str, tuple[VerifyKey, ...]]:
    """The text of a note, and the keys whose signatures over it are good.

    Raises:
        IntegrityProblem: `malformed`; `bad_signature` if one by a known key fails; `unknown_key`
            if none is by a known key.
    """
    known = {(key.name, key.key_id): key for key in keys}
    parsed = parse_note(note)
    message = parsed.text.encode()
    good: dict[VerifyKey, None] = {}
    for each in parsed.signatures:
        key = known.get((each.name, each.key_id))
        if key is not None:
            key.verify(message, each.signature)
            good[key] = None
    if not good:
        raise IntegrityProblem(
            "unknown_key",
            "none of the note's signatures is by a key that was given",
            "the keys given: "
            + (", ".join(f"`{key.to_text()}`" for key in known.values()) or "none"),
        )
    return parsed.text, tuple(good)


def read_keys(text: str) -> tuple[VerifyKey, ...]:
    """Public keys as text, one a line: the present one and, after a change, the retired ones.

    Raises:
        IntegrityProblem: `malformed`, also if there is none.
    """
    keys = tuple(VerifyKey.from_text(line) for line in text.splitlines() if line.strip())
    if not keys:
        raise IntegrityProblem("malformed", "there is no public key in the text given")
    return keys


def check_name(name: str) -> None:
    """Refuse what cannot be a key's name.

    Raises:
        IntegrityProblem: `malformed`.
    """
    if not name or "+" in name or not name.isprintable() or any(map(str.isspace, name)):
        raise IntegrityProblem("malformed", "a key's name has no spaces, no `+` and is not empty")


def _signature(line: str) -> Signature:
    if not line.startswith(_DASH):
        raise IntegrityProblem("malformed", "a signature line of the note is not one")
    name, _, encoded = line.removeprefix(_DASH).partition(" ")
    check_name(name)
    raw = _unbase64(encoded)
    if len(raw) <= _KEY_ID_SIZE:
        raise IntegrityProblem("malformed", "a signature of the note is too short to be one")
    return Signature(name=name, key_id=raw[:_KEY_ID_SIZE], signature=raw[_KEY_ID_SIZE:])


def _check_text(text: str) -> None:
    """One newline at the end, no other control characters, and encodable as UTF-8."""
    if not text.endswith("\n") or any(sign < " " and sign != "\n" for sign in text):
        raise IntegrityProblem(
            "malformed", "a note ends in a newline and holds no other control characters"
        )
    try:
        text.encode()
    except UnicodeEncodeError:
        raise IntegrityProblem("malformed", "the note is not valid UTF-8") from None


def _base64(raw: bytes) -> str:
    return base64.b64encode(raw).decode("ascii")


def _unbase64(text: str) -> bytes:
    """Strict: each byte string has one spelling, so a signed note cannot be re-spelled."""
    try:
        raw = base64.b64decode(text.encode("ascii"), validate=True)
    except (binascii.Error, UnicodeEncodeError):
        raw = b""
    if not raw or _base64(raw) != text:
        raise IntegrityProblem("malformed", "a part of the note or key is not in base64")
    return raw
