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
import os
import struct
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from govreg.errors import IntegrityProblem
from govreg.protection.aead import (
    NONCE_BYTES,
    TAG_BYTES,
    Suite,
    decrypt,
    encrypt,
    random_nonce,
)

VERSION = 1
_CHUNK = 1 << 20
_CHUNK_SEALED = _CHUNK + 1 + 2 + 9 + NONCE_BYTES + TAG_BYTES
_FILE_MARK = b"govreg-sealed-file\x01"


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
    """
    nonce = random_nonce()
    aad = context.aad(VERSION, key.suite, key.id)
    head = bytes([VERSION, key.suite]) + varint(key.id)
    return head + nonce + encrypt(key.suite, key.secret, nonce, typed(value), aad)


def open_sealed(key: Key, blob: bytes, context: Context) -> Any:
    """The value that was sealed for this place.

    Raises:
        IntegrityProblem: codes `newer_version`, `unknown_suite`, `truncated`, `wrong_key`,
            `suite_mismatch`, `not_authentic`.
    """
    suite, key_id, at = _head(blob)
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
    return _head(blob)[1]


def _head(blob: bytes) -> tuple[Suite, int, int]:
    if len(blob) < 2:  # noqa: PLR2004 - version and suite
        raise IntegrityProblem("truncated", "the sealed value is cut off")
    if blob[0] != VERSION:
        raise IntegrityProblem(
            "newer_version", f"sealed in version {blob[0]}; this program reads version {VERSION}"
        )
    try:
        suite = Suite(blob[1])
    except ValueError:
        raise IntegrityProblem("unknown_suite", f"sealed with unknown suite {blob[1]}") from None
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
            text = json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
            if json.loads(text) != value:
                raise TypeError("a value that JSON would give back as another is not sealed")
            return b"j" + utf8(text)
    raise TypeError(f"a value of kind {type(value).__name__} is not sealed")


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


def seal_file(key: Key, source: Path, target: Path, context: Context) -> None:
    """Seal a file in chunks; `target` appears whole or not at all, mode 0600.

    Each chunk's place names its number and whether it is the last, so that a file that was cut
    off, reordered or lengthened does not open.
    """
    with source.open("rb") as plain, _whole(target) as out:
        out.write(_FILE_MARK)
        number, chunk = 0, plain.read(_CHUNK)
        while True:
            following = plain.read(_CHUNK)
            blob = seal(key, chunk, _part(context, number, last=not following))
            out.write(struct.pack(">I", len(blob)) + blob)
            if not following:
                return
            number, chunk = number + 1, following


def open_file(key: Key, source: Path, target: Path, context: Context) -> None:
    """Open a sealed file; `target` appears whole or not at all, mode 0600.

    Raises:
        IntegrityProblem: `not_sealed_file`, `truncated`, and those of `open_sealed`.
    """
    with source.open("rb") as sealed, _whole(target) as out:
        if sealed.read(len(_FILE_MARK)) != _FILE_MARK:
            raise IntegrityProblem("not_sealed_file", f"`{source.name}` is not a sealed file")
        number, blob = 0, _next(sealed)
        while True:
            if blob is None:
                raise IntegrityProblem("truncated", f"`{source.name}` is cut off")
            following = _next(sealed)
            part = _part(context, number, last=following is None)
            out.write(open_sealed(key, blob, part))
            if following is None:
                return
            number, blob = number + 1, following


def _part(context: Context, number: int, *, last: bool) -> Context:
    return Context(
        workspace=context.workspace,
        source=context.source,
        collection=context.collection,
        field=f"{context.field}#{number}{'.' if last else ''}",
        record=context.record,
        subject_key=context.subject_key,
    )


def _next(sealed: Any) -> bytes | None:
    size = sealed.read(4)
    if not size:
        return None
    if len(size) < 4:  # noqa: PLR2004 - a length has four bytes
        raise IntegrityProblem("truncated", "the sealed file is cut off")
    (length,) = struct.unpack(">I", size)
    if length > _CHUNK_SEALED:  # before memory is asked for
        raise IntegrityProblem("not_authentic", "the sealed file names a length that no chunk has")
    blob: bytes = sealed.read(length)
    if len(blob) < length:
        raise IntegrityProblem("truncated", "the sealed file is cut off")
    return blob


class _whole:  # noqa: N801 - reads as a statement where it is used
    """A file that appears under its name only when it is complete."""

    def __init__(self, target: Path) -> None:
        self.target = target

    def __enter__(self) -> Any:
        handle, name = tempfile.mkstemp(dir=self.target.parent, prefix=".part-")
        self.part = Path(name)
        self.file = os.fdopen(handle, "wb")
        return self.file

    def __exit__(self, kind: object, *_: object) -> None:
        try:
            with self.file:
                if kind is None:
                    self.file.flush()
                    os.fsync(self.file.fileno())
            if kind is None:
                self.part.replace(self.target)
        finally:
            self.part.unlink(missing_ok=True)  # it may hold plain values
