"""Progress on a terminal: what is done, what is to do, how long it will take.

It is drawn on standard error, and only where that is a terminal; it appears after a second and is
gone when the work is done, so that the answer on standard output stands alone.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

from govreg.progress import SILENT, Progress

if TYPE_CHECKING:
    from rich.console import Console, RenderableType
    from rich.progress import Progress as Bars
    from rich.progress import TaskID

APPEARS_AFTER = 1.0
"""Seconds; work that is done sooner draws nothing."""


def terminal_progress() -> Progress:
    """Drawn progress where a person watches, silence otherwise."""
    if not sys.stderr.isatty():
        return SILENT
    from rich.console import Console

    return DrawnProgress(Console(stderr=True))


class DrawnProgress:
    """Progress as one line that is drawn again and again."""

    def __init__(
        self,
        console: Console,
        *,
        clock: Callable[[], float] = time.monotonic,
        by_itself: bool = True,
    ) -> None:
        self._console, self._clock, self._by_itself = console, clock, by_itself
        self._bars: Bars | None = None
        self._task: TaskID | None = None
        self._seen: set[str] = set()
        self._rows = 0

    def begin(self, work: str, collections: int | None) -> None:
        """Draw a line for a piece of work, as soon as it has taken its time."""
        self.end()
        self._seen, self._rows = set(), 0
        self._bars = _bars(self._console, self._clock, by_itself=self._by_itself)
        self._task = self._bars.add_task(work, total=collections, rows="")
        self._bars.start()

    def reached(self, ref: str) -> None:
        """Count a collection."""
        self._seen.add(ref)
        self._told()

    def rows(self, count: int) -> None:
        """Count rows."""
        self._rows += count
        self._told()

    def end(self) -> None:
        """Take the line away."""
        if self._bars is not None:
            self._bars.stop()
        self._bars = self._task = None

    def _told(self) -> None:
        if self._bars is not None and self._task is not None:
            rows = f"{self._rows:,} rows"
            self._bars.update(self._task, completed=len(self._seen), rows=rows)


def _bars(console: Console, clock: Callable[[], float], *, by_itself: bool) -> Bars:
    from rich.progress import (
        BarColumn,
        MofNCompleteColumn,
        Progress,
        SpinnerColumn,
        TextColumn,
        TimeElapsedColumn,
        TimeRemainingColumn,
    )

    class Late(Progress):
        """Draws nothing of work that has just begun."""

        def get_renderables(self) -> Iterable[RenderableType]:
            if any((task.elapsed or 0.0) >= APPEARS_AFTER for task in self.tasks):
                yield from super().get_renderables()

    return Late(
        SpinnerColumn(),
        TextColumn("{task.description}", markup=False),
        BarColumn(bar_width=20),
        MofNCompleteColumn(),
        TextColumn("collections, {task.fields[rows]}", markup=False),
        TimeElapsedColumn(),
        TimeRemainingColumn(),
        console=console,
        transient=True,
        get_time=clock,
        auto_refresh=by_itself,
        redirect_stdout=False,  # the answer goes to standard output, never through the console
        redirect_stderr=False,
    )
