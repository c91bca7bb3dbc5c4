"""What was read of files and is kept while they stay as they are: layouts, and small files' rows.

A search puts many questions to the same files. Without this each would read them from the start.

- A file is known by its inode, its size, and the times of its last writing and change.
- Files changed a moment ago are not kept: a second change within the same tick of the file
  system's clock would not show.
- Rows are kept for one visit and up to a limit; larger files are read anew for each question, so
  that memory does not grow with a source. Layouts hold no value and are kept for every visit.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from pathlib import Path

import pyarrow as pa

from govreg_files.format import Layout

_MOST = 64 << 20
"""Bytes of rows that are kept at a time."""
_TICK = 20_000_000
_COARSE_TICK = 2_000_000_000
"""Nanoseconds within which two changes may bear the same time; some systems keep whole seconds."""

Rows = tuple[pa.RecordBatch, ...]
State = tuple[int, int, int, int]


class KeptLayouts:
    """Layouts by file and by what the settings say of it."""

    def __init__(self) -> None:
        self._held: dict[tuple[object, ...], tuple[State, Layout]] = {}

    def get(self, path: Path, about: object, read: Callable[[], Layout]) -> Layout:
        """The file's layout, read again when the file has changed.

        Raises:
            OSError: the file is gone or closed to us.
        """
        state = _state(path)
        held = self._held.get((path, about))
        if held is not None and held[0] == state:
            return held[1]
        layout = read()
        if _settled(state):
            self._held[path, about] = (state, layout)
        return layout


class KeptRows:
    """The rows of small files, for one visit."""

    def __init__(self, most: int = _MOST) -> None:
        self._left = most
        self._held: dict[Path, tuple[State, Rows | None, int]] = {}

    def get(self, path: Path, read: Callable[[], Iterable[pa.RecordBatch]]) -> Rows | None:
        """The file's rows with all its columns, or None where they are too many to be kept.

        Raises:
            OSError: the file is gone or closed to us.
        """
        state = _state(path)
        held = self._held.get(path)
        if held is not None and held[0] == state:
            return held[1]
        self._left += held[2] if held else 0
        rows, size = _within(self._left, read) if state[2] <= self._left else (None, 0)
        self._held.pop(path, None)
        if _settled(state) and _state(path) == state:
            self._held[path] = (state, rows, size)
            self._left -= size
        return rows

    def clear(self) -> None:
        """Let go of everything."""
        self._held.clear()


def _within(most: int, read: Callable[[], Iterable[pa.RecordBatch]]) -> tuple[Rows | None, int]:
    """All rows and their bytes in memory, or nothing as soon as they are more than that."""
    rows, size = [], 0
    for batch in read():
        size += batch.nbytes
        if size > most:
            return None, 0
        rows.append(batch)
    return tuple(rows), size


def _state(path: Path) -> State:
    """What tells one state of a file from another; some tools set the time of writing back."""
    stat = path.stat()
    return (stat.st_ino, stat.st_mtime_ns, stat.st_size, stat.st_ctime_ns)


def _settled(state: State) -> bool:
    changed = max(state[1], state[3])
    tick = _TICK if changed % 1_000_000_000 else _COARSE_TICK
    return time.time_ns() - changed > tick
