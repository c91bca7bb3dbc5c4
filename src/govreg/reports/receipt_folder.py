"""The receipt as a folder: for programs, for people, and a list with hashes.

- It is written beside, and takes its name when the block ends well; else nothing of it stays.
- Files are readable by their owner alone, the folder can be entered by nobody else.
- What is not in the manifest is not part of the receipt.
"""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from govreg.clock import to_text
from govreg.consent.gaps import Gap, record_gaps
from govreg.consent.kantara import kantara_receipts
from govreg.consent.receipt import encode_receipt
from govreg.consent.receipt_model import ReceiptFacts
from govreg.errors import UsageProblem
from govreg.files import sync_folder, whole
from govreg.reports.manifest import MANIFEST_NAME, Manifest, hash_file
from govreg.reports.receipt_page import receipt_page
from govreg.reports.words import Words

RECORD_NAME, KANTARA_NAME, PAGE_NAME = "record.jsonld", "kantara.json", "index.html"

_MEDIA = {
    RECORD_NAME: "application/ld+json",
    KANTARA_NAME: "application/json",
    PAGE_NAME: "text/html; charset=utf-8",
}
_HASHED_AS = {RECORD_NAME: "record", KANTARA_NAME: "kantara", PAGE_NAME: "page"}
_NOTES = (
    "record.jsonld: JSON-LD after ISO/IEC TS 27560:2023, terms of the Data Privacy Vocabulary 2.3",
    "kantara.json: an array of receipts after Kantara Consent Receipt 1.1.0, of consent in force",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class ReceiptFolder:
    """What was written."""

    hashes: Mapping[str, str]
    """SHA-256 of each file, and of the manifest, which stands for the whole."""
    kantara: int
    gaps: tuple[Gap, ...]


@contextmanager
def receipt_folder(
    facts: ReceiptFacts, folder: Path, *, time_zone: str = "UTC"
) -> Iterator[ReceiptFolder]:
    """A receipt that appears under its name when the block ends well.

    Raises:
        UsageProblem: the folder holds something.
        ConfigurationProblem: the language has no words, or the time zone is unknown.
    """
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise UsageProblem(f"`{folder}` is not empty", "name a new folder for the receipt")
    target = folder.absolute()
    words = Words(facts.language, time_zone=time_zone)
    target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    part = Path(tempfile.mkdtemp(dir=target.parent, prefix=".part-"))  # mode 0700
    try:
        yield _write(facts, words, part)
        if target.exists():
            target.rmdir()
        part.rename(target)
    finally:
        shutil.rmtree(part, ignore_errors=True)  # it holds what a person chose
    sync_folder(target.parent)


def _write(facts: ReceiptFacts, words: Words, folder: Path) -> ReceiptFolder:
    kantara = kantara_receipts(facts)
    files = {
        RECORD_NAME: encode_receipt(facts),
        KANTARA_NAME: kantara.encode(),
        PAGE_NAME: receipt_page(facts, words).encode(),
    }
    for name, content in files.items():
        _put(folder / name, content)
    listed = tuple(hash_file(folder, name, _MEDIA[name]) for name in files)
    manifest = Manifest(
        request_id=facts.number,
        state="issued",
        generated_at=to_text(facts.made_at),
        languages=(facts.language,),
        notes=_NOTES,
        files=listed,
    )
    _put(folder / MANIFEST_NAME, manifest.encode())
    gaps = {gap for activity in facts.ordered for gap in record_gaps(facts, activity)}
    return ReceiptFolder(
        hashes={**{_HASHED_AS[one.path]: one.sha256 for one in listed}, "manifest": manifest.hash},
        kantara=len(kantara.receipts),
        gaps=tuple(sorted(gaps | set(kantara.gaps))),
    )


def _put(path: Path, content: bytes) -> None:
    with whole(path) as file:
        file.write(content)
