"""The access bundle: the folder that the person gets, with a hash of every file in it.

- The folder must be new or empty: nothing that was there before may look like part of the answer.
- Files are readable by their owner alone.
- The manifest is written last. What is not in it is not part of the bundle.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from govreg.clock import to_text
from govreg.errors import UsageProblem
from govreg.reports.access_document import AccessDocument
from govreg.reports.access_files import check_rows, csv_names, write_csv, write_json
from govreg.reports.access_page import access_page
from govreg.reports.manifest import MANIFEST_NAME, FileHash, Manifest, hash_file
from govreg.reports.words import Words

_HTML = "text/html; charset=utf-8"
_JSON = "application/json"
_CSV = "text/csv; charset=utf-8; header=present"
_TEXT = "text/plain; charset=utf-8"

_NOTES = (
    "csv: UTF-8, comma, lines end in CR LF, first line holds the field names",
    "csv: text that begins with = + - @, a tab or a line break has a single quote in front",
    "csv: without the quote a spreadsheet could run it; data.json holds the text unchanged",
    "csv: [withheld: CODE] stands for a value that is not shown; data.json lists why",
    "data.json: decimals as text, days and moments in ISO 8601, bytes in base64",
)


def write_bundle(document: AccessDocument, folder: Path) -> Manifest:
    """Write the bundle's files and answer their list.

    Steps: (1) the rows agree with what the document says (2) a new folder (3) pages by language
    (4) JSON (5) a table per collection (6) the note to the reader (7) the manifest.

    Raises:
        UsageProblem: if the folder holds something, or a row has a field that is not
            listed or a value not shown without a reason told.
        ConfigurationProblem: if a language has no word table, or the time zone is unknown.
    """
    # (1): nothing is lost in the tables, nothing held back in silence
    check_rows(document)
    tongues = _tongues(document)
    # (2): nothing else in the folder
    _make(folder)
    # (3): pages
    files = _write_pages(document, tongues, folder)
    # (4): JSON
    with _private(folder / "data.json") as file:
        write_json(document, file)
    files.append(hash_file(folder, "data.json", _JSON))
    # (5): tables
    files.extend(_write_tables(document, folder))
    # (6): the note to the reader
    with _private(folder / "README.txt") as file:
        file.write(_readme(document, tongues))
    files.append(hash_file(folder, "README.txt", _TEXT))
    # (7): the manifest
    manifest = Manifest(
        request_id=document.head.request_id,
        state=document.state,
        generated_at=to_text(document.head.generated_at),
        languages=document.head.languages,
        notes=_NOTES,
        files=tuple(files),
    )
    with _private(folder / MANIFEST_NAME) as file:
        file.write(manifest.encode().decode())
    return manifest


def _tongues(document: AccessDocument) -> list[Words]:
    head = document.head
    return [Words(tag, time_zone=head.time_zone) for tag in dict.fromkeys(head.languages)]


def _write_pages(
    document: AccessDocument, tongues: Sequence[Words], folder: Path
) -> list[FileHash]:
    """`index.html` in the first language; with more than one, also a page for each."""
    first, *more = tongues
    names = [f"index.{each.tag}.html" for each in tongues] if more else ["index.html"]
    for name, words in zip(names, tongues, strict=True):
        others = [each for each in tongues if each.tag != words.tag]
        with _private(folder / name) as file:
            file.writelines(access_page(document, words, others))
    if more:
        shutil.copy(folder / f"index.{first.tag}.html", folder / "index.html")
        names.insert(0, "index.html")
    return [hash_file(folder, name, _HTML) for name in names]


def _write_tables(document: AccessDocument, folder: Path) -> Iterator[FileHash]:
    if document.sections:
        (folder / "csv").mkdir(mode=0o700)
    for section, name in zip(document.sections, csv_names(document.sections), strict=True):
        path = f"csv/{name}"
        with _private(folder / path, newline="") as file:
            quoted = write_csv(section, file)
        yield hash_file(folder, path, _CSV, rows=len(section.rows), quoted=quoted)


def _readme(document: AccessDocument, tongues: Sequence[Words]) -> str:
    files = ", ".join(f"index.{each.tag}.html" for each in tongues)
    parts = []
    for words in tongues:
        title = words("readme.title", request=document.head.request_id)
        lines = [title, "=" * len(title), "", words("readme.open")]
        if len(tongues) > 1:
            lines.append(words("readme.languages", files=files))
        keys = ("json", "csv", "formulas", "manifest", "private")
        lines.extend(words(f"readme.{key}") for key in keys)
        parts.append("\n".join(lines))
    return "\n\n\n".join(parts) + "\n"


def _make(folder: Path) -> None:
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise UsageProblem(f"`{folder}` is not empty", "name a new folder for the bundle")
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    folder.chmod(0o700)


@contextmanager
def _private(path: Path, *, newline: str = "\n") -> Iterator[IO[str]]:
    """A new text file that only its owner may read.

    A half of a surrogate pair, which no UTF-8 text can hold, is written as its escape.
    """
    made = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(
        made, "w", encoding="utf-8", errors="backslashreplace", newline=newline
    ) as file:
        yield file
