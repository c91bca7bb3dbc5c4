"""The list of a bundle's files with sizes and hashes, and the check of a folder against it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import file_digest, sha256
from pathlib import Path, PurePosixPath
from typing import Any

from govreg.errors import IntegrityProblem, NotFound
from govreg.reports.canonical import plain, read_once

MANIFEST_NAME = "manifest.json"
"""The file that lists all others."""

MANIFEST_VERSION = 1
"""The version of the list written here."""

_MARK = "govreg_bundle_manifest"
_HASH_DIGITS = 64


@dataclass(frozen=True, slots=True, kw_only=True)
class FileHash:
    """One file of a bundle."""

    path: str
    """Below the folder, with `/` between names."""
    media_type: str
    bytes: int
    sha256: str
    rows: int | None = None
    """Rows of a table."""
    quoted: int | None = None
    """Cells of a table that got a single quote in front."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Manifest:
    """What a bundle consists of."""

    request_id: str
    state: str
    generated_at: str
    """RFC 3339 in UTC."""
    languages: tuple[str, ...]
    notes: tuple[str, ...]
    """What was changed in the files, and how to read them."""
    files: tuple[FileHash, ...]

    def encode(self) -> bytes:
        """The file's bytes: the version first, the list of hashes last."""
        body = {_MARK: MANIFEST_VERSION, **plain(self)}
        body["files"] = [
            {name: value for name, value in each.items() if value is not None}
            for each in body["files"]
        ]
        return (json.dumps(body, ensure_ascii=False, indent=1) + "\n").encode()

    @property
    def hash(self) -> str:
        """SHA-256 of the manifest file, which stands for the whole bundle."""
        return sha256(self.encode()).hexdigest()


def hash_file(
    folder: Path, path: str, media_type: str, *, rows: int | None = None, quoted: int | None = None
) -> FileHash:
    """Read a file back and describe it."""
    with (folder / path).open("rb") as file:
        digest = file_digest(file, "sha256").hexdigest()
        size = file.tell()
    return FileHash(
        path=path, media_type=media_type, bytes=size, sha256=digest, rows=rows, quoted=quoted
    )


def check_bundle(folder: Path) -> Manifest:
    """Check every file of a bundle against its manifest.

    Raises:
        NotFound: if there is no bundle in the folder.
        IntegrityProblem: `altered` or `missing` with the file's name, `unlisted` for a file that
            the manifest does not know, `truncated`, `malformed` or `newer_version` for the
            manifest.
    """
    listing = folder / MANIFEST_NAME
    if not listing.is_file():
        raise NotFound(f"there is no `{MANIFEST_NAME}` in `{folder}`")
    manifest = _read(listing.read_bytes())
    for each in manifest.files:
        if not (folder / each.path).is_file():
            raise IntegrityProblem("missing", f"`{each.path}` is missing from the bundle")
        found = hash_file(folder, each.path, each.media_type)
        if (found.bytes, found.sha256) != (each.bytes, each.sha256):
            raise IntegrityProblem("altered", f"`{each.path}` is not what the manifest lists")
    listed = {each.path for each in manifest.files} | {MANIFEST_NAME}
    for file in sorted(folder.rglob("*")):
        path = file.relative_to(folder).as_posix()
        if not file.is_dir() and path not in listed:
            raise IntegrityProblem("unlisted", f"`{path}` is not in the manifest")
    return manifest


def _read(encoded: bytes) -> Manifest:
    body = read_once(encoded, f"`{MANIFEST_NAME}`")
    version = body.pop(_MARK, None)
    if type(version) is int and version > MANIFEST_VERSION:
        raise IntegrityProblem(
            "newer_version",
            f"the manifest has version `{version}`, this govreg reads up to `{MANIFEST_VERSION}`",
            "read it with a newer govreg",
        )
    if type(version) is not int or version != MANIFEST_VERSION:
        raise _malformed()
    try:
        return Manifest(
            files=tuple(_file(each) for each in body.pop("files")),
            languages=tuple(body.pop("languages")),
            notes=tuple(body.pop("notes")),
            **body,
        )
    except (TypeError, ValueError, KeyError, AttributeError):
        raise _malformed() from None


def _malformed() -> IntegrityProblem:
    return IntegrityProblem("malformed", f"`{MANIFEST_NAME}` is not a manifest")


def _file(body: Mapping[str, Any]) -> FileHash:
    each = FileHash(**body)
    path = PurePosixPath(each.path)
    if path.is_absolute() or ".." in path.parts or len(each.sha256) != _HASH_DIGITS:
        raise ValueError
    return each
