"""Envelope v1: a typed value, sealed for one place under one key.

    version 1 B | suite 1 B | key id (varint) | nonce 12 B | ciphertext | tag 16 B

- The plaintext is a type byte and a canonical value: what comes back is what went in.
- The authenticated data name version, suite, key, workspace, source, collection, field, record and
  subject key: a value that is moved to another place does not open.
- None is never sealed: a missing value stays missing. An empty text is a value.
- A key is chosen by the id in the envelope and nothing else; keys are never tried in turn.

The layout and its failure classes are in `docs/spec/sealed-value.md`.
"""

from __future__ import annotations

import datetime as dt
import decimal
import json
import struct
from dataclasses import dataclass
from typing import Any

from govreg.errors import IntegrityProblem
from govreg.protection.aead import (
    NONCE_BYTES,
    SEALING,
    TAG_BYTES,
    Suite,
    decrypt,
    encrypt,
    random_nonce,
)

VERSION = 1
OVERHEAD_BYTES = 2 + 9 + NONCE_BYTES + 1 + TAG_BYTES
"""The most that an envelope adds to a value's own bytes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Key:
    """A key in memory. Its repr hides the bytes."""

    id: int
    suite: Suite
    secret: bytes

    def __repr__(self) -> str:
        return f"Key(id={self.id}, suite={self.suite.name})"


@dataclass(frozen=True, slots=True, kw_only=True)
class Context:
    """The place that a value is sealed for."""

    workspace: str
    source: str
    collection: str
    field: str
    record: str = ""
    subject_key: int = 0

    def aad(self, version: int, suite: Suite, key_id: int) -> bytes:
        """The authenticated data: each part with its length before it."""
        parts = (
            bytes([version, suite]),
            str(key_id).encode(),
            utf8(self.workspace),
            utf8(self.source),
            utf8(self.collection),
            utf8(self.field),
            utf8(self.record),
            str(self.subject_key).encode(),
        )
        return b"".join(struct.pack(">I", len(part)) + part for part in parts)


def seal(key: Key, value: Any, context: Context) -> bytes:
    """Seal a value for its place.

    Raises:
        TypeError: for None, a kind that the envelope does not know, or JSON that would come back
            as something else (keys that are no text, tuples, numbers that are none).
        IntegrityProblem: code `suite_mismatch`: the key is for something else than sealing.
    """
    nonce = random_nonce()
    aad = context.aad(VERSION, key.suite, key.id)
    return head(key) + nonce + encrypt(key.suite, key.secret, nonce, typed(value), aad)


def head(key: Key) -> bytes:
    """What stands in front of the nonce: version, suite, key id.

    Raises:
        IntegrityProblem: code `suite_mismatch`: the key is for something else than sealing.
    """
    if key.suite not in SEALING:
        raise IntegrityProblem("suite_mismatch", f"a key for suite {key.suite} seals nothing")
    return bytes([VERSION, key.suite]) + varint(key.id)


def open_sealed(key: Key, blob: bytes, context: Context) -> Any:
    """The value that was sealed for this place.

    Raises:
        IntegrityProblem: codes `newer_version`, `unknown_suite`, `truncated`, `wrong_key`,
            `suite_mismatch`, `not_authentic`.
    """
    suite, key_id, at = head_of(blob)
    if key_id != key.id:
        raise IntegrityProblem("wrong_key", f"sealed under key {key_id}, not under key {key.id}")
    if suite is not key.suite:
        raise IntegrityProblem("suite_mismatch", f"key {key.id} is not for suite {suite.value}")
    nonce, sealed = blob[at : at + NONCE_BYTES], blob[at + NONCE_BYTES :]
    if len(sealed) < TAG_BYTES + 1:
        raise IntegrityProblem("truncated", "the sealed value is cut off")
    return untyped(decrypt(suite, key.secret, nonce, sealed, context.aad(VERSION, suite, key_id)))


def key_id_of(blob: bytes) -> int:
    """The id of the key that a value is sealed under."""
    return head_of(blob)[1]


def head_of(blob: bytes) -> tuple[Suite, int, int]:
    """Suite, key id, and where the nonce begins.

    Raises:
        IntegrityProblem: codes `newer_version`, `unknown_suite`, `truncated`, `not_authentic`.
    """
    if len(blob) < 2:  # noqa: PLR2004 - version and suite
        raise IntegrityProblem("truncated", "the sealed value is cut off")
    if blob[0] != VERSION:
        raise IntegrityProblem(
            "newer_version", f"sealed in version {blob[0]}; this program reads version {VERSION}"
        )
    if blob[1] not in SEALING:
        raise IntegrityProblem("unknown_suite", f"sealed with unknown suite {blob[1]}")
    suite = Suite(blob[1])
    key_id, at = _varint_at(blob, 2)
    return suite, key_id, at


def varint(number: int) -> bytes:
    """A number in 7-bit groups, low first, the high bit set on all but the last."""
    out = bytearray()
    while True:
        number, group = number >> 7, number & 0x7F
        if not number:
            out.append(group)
            return bytes(out)
        out.append(group | 0x80)


def _varint_at(blob: bytes, at: int) -> tuple[int, int]:
    number = shift = 0
    while at < len(blob) and shift < 63:  # noqa: PLR2004 - key ids have 63 bits
        number |= (blob[at] & 0x7F) << shift
        at += 1
        if not blob[at - 1] & 0x80:
            if (
                shift and not blob[at - 1]
            ):  # the same number has a shorter form, and only one opens
                raise IntegrityProblem("not_authentic", "the key id was written longer")
            return number, at
        shift += 7
    raise IntegrityProblem("truncated", "the sealed value is cut off")


def utf8(text: str) -> bytes:
    """A text in UTF-8; half a character, as broken JSON holds it, becomes three bytes."""
    return text.encode("utf-8", "surrogatepass")


def typed(value: Any) -> bytes:  # noqa: PLR0911 - one line for each kind
    """Type byte and canonical value."""
    match value:
        case bool():
            return b"o" + (b"1" if value else b"0")
        case str():
            return b"s" + utf8(value)
        case bytes():
            return b"b" + value
        case int():
            return b"i" + str(value).encode()
        case decimal.Decimal():
            return b"n" + str(value).encode()
        case dt.datetime():
            return b"t" + value.isoformat().encode()
        case dt.date():
            return b"d" + value.isoformat().encode()
        case dict() | list():
            return b"j" + utf8(_json(value))
    raise TypeError(f"a value of kind {type(value).__name__} is not sealed")


def _json(value: dict[Any, Any] | list[Any]) -> str:
    try:
        text = json.dumps(
            value, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False
        )
        if json.loads(text) == value:
            return text
    except ValueError:  # its message holds the number
        pass
    raise TypeError("a value that JSON would give back as another is not sealed")


def untyped(plain: bytes) -> Any:
    """The value behind a type byte.

    Raises:
        IntegrityProblem: code `unknown_type`.
    """
    kind, body = plain[:1], plain[1:]
    if kind == b"b":
        return body
    readers = {
        b"o": lambda text: text == "1",
        b"s": str,
        b"i": int,
        b"n": decimal.Decimal,
        b"t": dt.datetime.fromisoformat,
        b"d": dt.date.fromisoformat,
        b"j": json.loads,
    }
    if kind not in readers:
        raise IntegrityProblem("unknown_type", "the sealed value is of an unknown type")
    return readers[kind](body.decode("utf-8", "surrogatepass"))  # type: ignore[operator]
