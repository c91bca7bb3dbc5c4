"""The line on the terminal: late, with what is done and what is to do, and gone afterwards."""

from __future__ import annotations

import io
import re
import sys

import pytest
from rich.console import Console

from govreg.cli.progress import DrawnProgress, terminal_progress
from govreg.progress import SILENT


class Clock:
    """Time that passes when it is told to."""

    def __init__(self):
        self.now = 0.0

    def __call__(self):
        return self.now


@pytest.fixture
def drawn():
    """Draws into a text; `seen()` answers what stands there."""
    clock, file = Clock(), io.StringIO()
    console = Console(file=file, force_terminal=True, width=120, _environ={"TERM": "xterm"})
    progress = DrawnProgress(console, clock=clock, by_itself=False)

    def seen():
        progress._bars.refresh()
        text = re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", file.getvalue())
        file.truncate(0)
        file.seek(0)
        return text

    return progress, clock, seen


def test_it_appears_after_a_second_with_what_is_done_and_the_time_left(drawn):
    progress, clock, seen = drawn
    progress.begin("searching", 4)
    clock.now = 0.5
    progress.reached("shop.people")
    assert "searching" not in seen()
    clock.now = 10.0
    progress.reached("shop.orders")
    progress.rows(1200)
    text = seen()
    assert "searching" in text
    assert "2/4 collections, 1,200 rows" in text
    assert "0:00:10" in text
    assert "0:00:19" in text  # two more, at one in 9.5 seconds
    progress.end()


def test_a_collection_that_is_reached_again_counts_once(drawn):
    progress, clock, seen = drawn
    progress.begin("searching", 2)
    for _ in range(3):
        progress.reached("shop.people")
    clock.now = 3.0
    assert "1/2 collections" in seen()


def test_work_of_unknown_length(drawn):
    progress, clock, seen = drawn
    progress.begin("building [the] company", None)
    clock.now = 3.0
    text = seen()
    assert "building [the] company" in text
    assert "0/?" in text


def test_each_piece_of_work_begins_anew(drawn):
    progress, clock, seen = drawn
    progress.begin("searching", 2)
    progress.reached("shop.people")
    progress.end()
    progress.rows(5)
    progress.begin("reading again", 3)
    clock.now = 2.0
    text = seen()
    assert "0/3" in text
    assert "5 rows" not in text
    assert "searching" not in text


def test_where_nobody_watches_nothing_is_drawn(monkeypatch):
    monkeypatch.setattr(sys, "stderr", io.StringIO())
    assert terminal_progress() is SILENT
