"""How far a piece of work is: told by the work, shown by whoever wants to.

- A piece of work begins, reaches collections, reads rows and ends; pieces do not overlap.
- What is told are counts and names of collections, never a value.
- Nothing depends on it: `SILENT` shows nothing.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final, Protocol


class Progress(Protocol):
    """Whom the work tells how far it is."""

    def begin(self, work: str, collections: int | None) -> None:
        """A piece of work begins; `collections` are to do, None where nobody can tell."""

    def reached(self, ref: str) -> None:
        """The work is at a collection; one that is reached twice counts once."""

    def rows(self, count: int) -> None:
        """So many rows more were read."""

    def end(self) -> None:
        """The piece of work has ended, done or not."""


class Silent:
    """Shows nothing."""

    def begin(self, work: str, collections: int | None) -> None:
        """Nothing is shown."""

    def reached(self, ref: str) -> None:
        """Nothing is shown."""

    def rows(self, count: int) -> None:
        """Nothing is shown."""

    def end(self) -> None:
        """Nothing is shown."""


SILENT: Final[Progress] = Silent()


@contextmanager
def working(progress: Progress, work: str, collections: int | None) -> Iterator[None]:
    """A piece of work, from its beginning to its end, however it ends."""
    progress.begin(work, collections)
    try:
        yield
    finally:
        progress.end()
