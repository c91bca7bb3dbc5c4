"""Sealed files, version 1: a random file id, then chunks that open only at their own place.

    govreg-sealed-file 0x01 | file id 16 B | length 4 B, envelope | length 4 B, envelope | …

- Each chunk is bound to the file's id, to its own number and to whether it is the last. A file
  that was cut off, lengthened, reordered, or mixed from two files of one place and key does not
  open.
- A target appears whole or not at all, mode 0600.

The layout and its failure classes are in `docs/spec/sealed-value.md`.
"""

from __future__ import annotations

import dataclasses
import secrets
import struct
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from govreg.errors import IntegrityProblem
from govreg.files import whole
from govreg.protection.envelope import OVERHEAD_BYTES, Context, Key, open_sealed, seal

_MARK = b"govreg-sealed-file"
_VERSION = b"\x01"
_ID_BYTES = 16
_CHUNK = 1 << 20


def seal_file(key: Key, source: Path, target: Path, context: Context) -> None:
    """Seal a file in chunks, under a file id of its own."""
    with source.open("rb") as plain, sealing(key, target, context) as out:
        while chunk := plain.read(_CHUNK):
            out.write(chunk)


def open_file(key: Key, source: Path, target: Path, context: Context) -> None:
    """Open a sealed file.

    Raises:
        IntegrityProblem: as `opened` does.
    """
    with whole(target) as out:
        for chunk in opened(key, source, context):
            out.write(chunk)


class Sealing:
    """A sealed file that is being written: takes bytes as a file does."""

    def __init__(self, key: Key, out: BinaryIO, context: Context) -> None:
        self._key, self._out, self._context = key, out, context
        self._id = secrets.token_bytes(_ID_BYTES)
        self._number = 0
        self._held = bytearray()
        out.write(_MARK + _VERSION + self._id)

    def write(self, data: bytes) -> int:
        """Take some bytes; a chunk is sealed once it is full and more comes."""
        self._held += data
        while len(self._held) > _CHUNK:
            self._seal(bytes(self._held[:_CHUNK]), last=False)
            del self._held[:_CHUNK]
        return len(data)

    def finish(self) -> None:
        """Seal what is left as the last chunk."""
        self._seal(bytes(self._held), last=True)
        self._held.clear()

    def _seal(self, chunk: bytes, *, last: bool) -> None:
        part = _part(self._context, self._id, self._number, last=last)
        blob = seal(self._key, chunk, part)
        self._out.write(struct.pack(">I", len(blob)) + blob)
        self._number += 1


@contextmanager
def sealing(key: Key, target: Path, context: Context) -> Iterator[Sealing]:
    """A sealed file to write, which takes its name when the block ends well."""
    with whole(target) as out:
        to = Sealing(key, out, context)
        yield to
        to.finish()


def opened(key: Key, source: Path, context: Context) -> Iterator[bytes]:
    """The chunks of a sealed file, each released once it is proven to be in its place.

    A file that was cut off shows only with its last chunk: what was read before must not be kept
    where this raises.

    Raises:
        IntegrityProblem: `not_sealed_file`, `newer_version`, `truncated`, and those of
            `open_sealed`.
    """
    with source.open("rb") as sealed:
        file_id = _head(sealed)
        number, blob = 0, _next(sealed)
        while True:
            if blob is None:
                raise IntegrityProblem("truncated", "the sealed file is cut off")
            following = _next(sealed)
            part = _part(context, file_id, number, last=following is None)
            chunk = open_sealed(key, blob, part)
            if not isinstance(chunk, bytes):
                raise IntegrityProblem("not_authentic", "the sealed file holds no bytes")
            yield chunk
            if following is None:
                return
            number, blob = number + 1, following


def _part(context: Context, file_id: bytes, number: int, *, last: bool) -> Context:
    place = f"{context.field}#{file_id.hex()}#{number}{'.' if last else ''}"
    return dataclasses.replace(context, field=place)


def _head(sealed: BinaryIO) -> bytes:
    """The file's id."""
    if sealed.read(len(_MARK)) != _MARK:
        raise IntegrityProblem("not_sealed_file", "the file is not a sealed file")
    version = sealed.read(1)
    file_id = sealed.read(_ID_BYTES)
    if version and version != _VERSION:
        raise IntegrityProblem(
            "newer_version",
            f"the file is sealed in version {version[0]}; this program reads version 1",
        )
    if len(file_id) < _ID_BYTES:
        raise IntegrityProblem("truncated", "the sealed file is cut off")
    return file_id


def _next(sealed: BinaryIO) -> bytes | None:
    size = sealed.read(4)
    if not size:
        return None
    if len(size) < 4:  # noqa: PLR2004 - a length has four bytes
        raise IntegrityProblem("truncated", "the sealed file is cut off")
    (length,) = struct.unpack(">I", size)
    if length > _CHUNK + OVERHEAD_BYTES:  # before memory is asked for
        raise IntegrityProblem("not_authentic", "the sealed file names a length that no chunk has")
    blob = sealed.read(length)
    if len(blob) < length:
        raise IntegrityProblem("truncated", "the sealed file is cut off")
    return blob
