"""The answer of an access request as a sealed file: two locks, so that either death closes it.

- Inside it is sealed under the request's key, which dies with the request's retention.
- Outside it is sealed under the person's key, which dies with the person's erasure.
- Clear text lies in a private scratch folder only while it is packed or unpacked.
"""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import sqlalchemy as sa

from govreg.protection.envelope import Context, Key
from govreg.protection.sealed_file import open_file, seal_file
from govreg.requests.model import SubjectRequest
from govreg.requests.parts import Parts

SCRATCH = "tmp-"
"""What the names of scratch folders begin with; a killed program may leave one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Locks:
    """The keys that a bundle needs, both of them."""

    request: Key
    subject: Key


def locks(
    parts: Parts, connection: sa.Connection, request: SubjectRequest, *, create: bool = False
) -> Locks:
    """Both keys; the person's is made when it is first needed.

    Raises:
        NotFound: one of them was shredded or never made.
    """
    return Locks(
        request=parts.request_key(connection, request.id),
        subject=parts.subject_key(connection, request.subject_id, create=create),
    )


def pack(parts: Parts, request_id: str, keys: Locks, folder: Path) -> None:
    """Seal a folder as the request's bundle; the folder lies in a scratch folder."""
    packed = Path(shutil.make_archive(str(folder), "zip", folder))
    inner = folder.with_suffix(".sealed")
    target = parts.bundle_path(request_id)
    target.parent.mkdir(mode=0o700, exist_ok=True)
    seal_file(keys.request, packed, inner, _context(parts, request_id, keys, "zip"))
    seal_file(keys.subject, inner, target, _context(parts, request_id, keys, "sealed"))


def unpack(parts: Parts, request_id: str, keys: Locks, folder: Path) -> None:
    """Open the request's bundle into a folder.

    Raises:
        IntegrityProblem: it was altered, or is not the bundle of this request and person.
    """
    with scratch(parts) as place:
        inner, packed = place / "bundle.sealed", place / "bundle.zip"
        sealed = parts.bundle_path(request_id)
        open_file(keys.subject, sealed, inner, _context(parts, request_id, keys, "sealed"))
        open_file(keys.request, inner, packed, _context(parts, request_id, keys, "zip"))
        shutil.unpack_archive(packed, folder)


@contextmanager
def scratch(parts: Parts) -> Iterator[Path]:
    """A private folder for clear text, gone when the block ends."""
    place = parts.workspace / ".govreg"
    with tempfile.TemporaryDirectory(dir=place, prefix=SCRATCH) as name:
        yield Path(name)


def _context(parts: Parts, request_id: str, keys: Locks, field: str) -> Context:
    return Context(
        workspace=parts.workspace_id,
        source="govreg",
        collection="bundle",
        field=field,
        record=request_id,
        subject_key=keys.subject.id,
    )
