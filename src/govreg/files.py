"""Files that appear whole or not at all, and last through a power cut.

The content goes into `.part-…` beside the target, mode 0600, is flushed to the disk and renamed
over the target. A program that is killed before leaves the target as it was, and perhaps the
`.part-…`; `sweep` removes those.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

_PART = ".part-"


@contextmanager
def whole(target: Path) -> Iterator[BinaryIO]:
    """A file to write, which takes its name when the block ends well and is gone otherwise."""
    handle, name = tempfile.mkstemp(dir=target.parent, prefix=_PART)
    part = Path(name)
    try:
        with os.fdopen(handle, "wb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        part.replace(target)
    finally:
        part.unlink(missing_ok=True)  # it may hold plain values
    sync_folder(target.parent)


def sync_folder(folder: Path) -> None:
    """Make new, renamed and removed names in a folder last, where the system can."""
    if os.name == "nt":  # folders cannot be opened there
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def sweep(folder: Path, *, older_than: float) -> int:
    """Remove parts that a killed program left before that second of the epoch; how many."""
    left = [
        part
        for part in folder.glob(f"{_PART}*")
        if part.is_file() and part.lstat().st_mtime < older_than
    ]
    for part in left:
        part.unlink(missing_ok=True)
    return len(left)
