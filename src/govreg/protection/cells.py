"""Sealed cells: values inside sources, each in the form that its column can hold.

    text column     g1. and the sealed value in base64url, without =
    binary column   g1. and the sealed value

- A cell is sealed under its person's key or its field's, and bound to field and, as the register
  says, to its row: moved elsewhere it does not open.
- Whoever reads it learns from its first bytes that it is sealed, and under which key.
- None stays None; an empty text is a value.

The layout is in `docs/spec/sealed-cell.md`.
"""

from __future__ import annotations

import base64
import binascii
import json
import re
import struct
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from govreg.errors import IntegrityProblem
from govreg.protection.aead import NONCE_BYTES, TAG_BYTES, Opener, Suite, random_nonce
from govreg.protection.envelope import VERSION, Key, head, head_of, typed, untyped, utf8

MARK = "g1."
_BYTES_MARK = MARK.encode()
TEXT_SIGN = r"^g1\.[A-D][A-Za-z0-9_-]"
BYTES_SIGN = rb"^g1\.[\x01-\x0f]"
"""How a sealed cell begins: the mark and a version up to 15.

A text of people that only begins with the mark is none.
"""
_TEXT_SIGN, _BYTES_SIGN = re.compile(TEXT_SIGN), re.compile(BYTES_SIGN)
_PAD_TO = 16
_PADDED = b"p"
"""The type byte of a filled-up value: its own length as four bytes, type byte, value, zeros."""

_HEAD = 3 + 16
"""Characters in which mark, version, suite and key id stand, with some to spare."""

Cell = str | bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldPlace:
    """The field that cells are sealed for."""

    workspace: str
    source: str
    collection: str
    field: str
    bound_to_record: bool = True
    pad: bool = False

    @property
    def ref(self) -> str:
        """`source.collection.field`."""
        return f"{self.source}.{self.collection}.{self.field}"


def is_sealed(value: object) -> bool:
    """Whether a value of a source says of itself that it is sealed."""
    if isinstance(value, str):
        return value.startswith(MARK) and _TEXT_SIGN.match(value) is not None
    return isinstance(value, bytes) and _BYTES_SIGN.match(value) is not None


def record_of(key: Sequence[Any]) -> str:
    """A row's key as sealed cells are bound to it: JSON of each part's kind and text."""
    return json.dumps([_plain(part) for part in key], ensure_ascii=False, separators=(",", ":"))


def _plain(part: Any) -> Any:
    if part is None or isinstance(part, str | int):
        return part
    if isinstance(part, bytes):
        return {"bytes": part.hex()}
    return {type(part).__name__.lower(): str(part)}


def key_id_of(cell: Cell) -> tuple[Suite, int]:
    """The suite and the id of the key that a cell says it is sealed under.

    Raises:
        IntegrityProblem: it is no sealed cell, or cut off.
    """
    suite, key_id, _ = head_of(_blob(cell[:_HEAD]))
    return suite, key_id


class CellCodec:
    """Seals and opens the cells of one field."""

    def __init__(self, place: FieldPlace) -> None:
        self.place = place
        self._middle = b"".join(
            _part(utf8(text)) for text in (place.workspace, place.source, place.collection)
        ) + _part(utf8(place.field))
        self._under: dict[int, _Under] = {}

    def seal(
        self, values: Sequence[Any], records: Sequence[str], keys: Sequence[Key], *, text: bool
    ) -> list[Cell | None]:
        """Values sealed each for its row, under its key.

        Args:
            values: As the source gave them.
            records: `record_of` of each row.
            keys: For each, the key of its person or of the field.
            text: Whether the column holds text.

        Raises:
            TypeError: a value is of a kind that is not sealed.
            IntegrityProblem: code `suite_mismatch`.
        """
        sealed: list[Cell | None] = []
        for value, record, key in zip(values, records, keys, strict=True):
            if value is None:
                sealed.append(None)
                continue
            under = self._of(key)
            nonce = random_nonce()
            plain = _padded(typed(value)) if self.place.pad else typed(value)
            blob = (
                under.head + nonce + under.opener.encrypt(nonce, plain, self._aad(under, record))
            )
            sealed.append(_text(blob) if text else _BYTES_MARK + blob)
        return sealed

    def open(self, cell: Cell, record: str, keys: Mapping[int, Key]) -> Any:
        """What was sealed in a cell.

        Args:
            cell: A sealed one.
            record: `record_of` of its row.
            keys: By id.

        Raises:
            IntegrityProblem: codes `no_key` (shredded, or never of this store), and those of
                `envelope.open_sealed`.
        """
        blob = _blob(cell)
        suite, key_id, at = head_of(blob)
        key = keys.get(key_id)
        if key is None:
            raise IntegrityProblem("no_key", f"there is no key {key_id}: it was shredded")
        if key.suite is not suite:
            raise IntegrityProblem("suite_mismatch", f"key {key.id} is not for suite {suite}")
        if len(blob) < at + NONCE_BYTES + TAG_BYTES + 1:
            raise IntegrityProblem("truncated", "the sealed cell is cut off")
        under = self._of(key)
        nonce, sealed = blob[at : at + NONCE_BYTES], blob[at + NONCE_BYTES :]
        return untyped(_unpadded(under.opener.decrypt(nonce, sealed, self._aad(under, record))))

    def _aad(self, under: _Under, record: str) -> bytes:
        bound = utf8(record) if self.place.bound_to_record else b""
        return under.before + self._middle + _part(bound) + under.after

    def _of(self, key: Key) -> _Under:
        held = self._under.get(key.id)
        if held is None:
            if len(self._under) >= _KEPT:
                self._under.clear()
            held = self._under[key.id] = _Under.of(key)
        return held


_KEPT = 4096
"""Ciphers that are kept ready: as many keys as a page has people, about."""


@dataclass(frozen=True, slots=True)
class _Under:
    """What is the same for every cell under one key."""

    opener: Opener
    head: bytes
    before: bytes
    after: bytes

    @classmethod
    def of(cls, key: Key) -> _Under:
        person = key.id if key.suite is Suite.GCM else 0
        return cls(
            opener=Opener(key.suite, key.secret),
            head=head(key),
            before=_part(bytes([VERSION, key.suite])) + _part(str(key.id).encode()),
            after=_part(str(person).encode()),
        )


def _part(text: bytes) -> bytes:
    return struct.pack(">I", len(text)) + text


def _text(blob: bytes) -> str:
    return MARK + base64.urlsafe_b64encode(blob).rstrip(b"=").decode()


def _blob(cell: Cell) -> bytes:
    if not is_sealed(cell):
        raise IntegrityProblem("not_sealed", "the cell is not sealed")
    if isinstance(cell, bytes):
        return cell[len(_BYTES_MARK) :]
    body = cell[len(MARK) :]
    try:
        return base64.b64decode(body + "=" * (-len(body) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError):
        raise IntegrityProblem("not_authentic", "the sealed cell was altered") from None


def _padded(plain: bytes) -> bytes:
    """A value with its length in front, filled up to whole sixteens."""
    made = _PADDED + struct.pack(">I", len(plain)) + plain
    return made + bytes(-len(made) % _PAD_TO)


def _unpadded(plain: bytes) -> bytes:
    if plain[:1] != _PADDED:
        return plain
    if len(plain) < 5:  # noqa: PLR2004 - the mark and a length
        raise IntegrityProblem("unknown_type", "the sealed value is of an unknown type")
    (length,) = struct.unpack(">I", plain[1:5])
    if length > len(plain) - 5:
        raise IntegrityProblem("unknown_type", "the sealed value is of an unknown type")
    return plain[5 : 5 + length]


def width(octets: int, *, key_id: int, text: bool, pad: bool) -> int:
    """How many characters or bytes a value of so many bytes takes when it is sealed."""
    plain = octets + 1
    if pad:
        plain += 5 + (-(plain + 5) % _PAD_TO)
    blob = 2 + max(1, -(-key_id.bit_length() // 7)) + NONCE_BYTES + plain + TAG_BYTES
    return len(MARK) + (-(-blob * 4 // 3) if text else blob)


def sealed_ids(cells: Iterable[object]) -> set[int]:
    """The ids of the keys that the sealed ones among some values are under.

    What says that it is sealed and cannot be read so is passed over: opening it tells why.
    """
    found = set()
    for cell in cells:
        if isinstance(cell, str | bytes) and is_sealed(cell):
            try:
                found.add(key_id_of(cell)[1])
            except IntegrityProblem:
                continue
    return found
