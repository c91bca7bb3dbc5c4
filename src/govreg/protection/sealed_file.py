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
    file_id = secrets.token_bytes(_ID_BYTES)
    with source.open("rb") as plain, whole(target) as out:
        out.write(_MARK + _VERSION + file_id)
        number, chunk = 0, plain.read(_CHUNK)
        while True:
            following = plain.read(_CHUNK)
            blob = seal(key, chunk, _part(context, file_id, number, last=not following))
            out.write(struct.pack(">I", len(blob)) + blob)
            if not following:
                return
            number, chunk = number + 1, following


def open_file(key: Key, source: Path, target: Path, context: Context) -> None:
    """Open a sealed file.

    Raises:
        IntegrityProblem: `not_sealed_file`, `newer_version`, `truncated`, and those of
            `open_sealed`.
    """
    with source.open("rb") as sealed, whole(target) as out:
        file_id = _head(sealed)
        number, blob = 0, _next(sealed)
        while True:
            if blob is None:
                raise IntegrityProblem("truncated", "the sealed file is cut off")
            following = _next(sealed)
            part = _part(context, file_id, number, last=following is None)
            out.write(open_sealed(key, blob, part))
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
