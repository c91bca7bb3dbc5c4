"""Lines for a terminal: what came in from outside cannot steer it, and does not flood it.

Titles, labels, reviewed texts and arguments may hold control characters, which move the cursor or
turn the reading direction. They are written out, never sent.
"""

from __future__ import annotations

import re
import shutil
import textwrap
from collections.abc import Sequence

import click

from govreg.errors import UsageProblem

_WIDEST = 100
LONGEST = 2_000
"""Characters of one line of an error."""

_STEERING = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u2028-\u202e\u2066-\u2069]")
_BROKEN = re.compile("[\ud800-\udfff]")


def shown(text: str) -> str:
    """The text with everything that would steer a terminal written out."""
    text = _STEERING.sub(lambda held: ascii(held[0])[1:-1], text)
    return _BROKEN.sub("\N{REPLACEMENT CHARACTER}", text)


def say(line: str, *, err: bool = False) -> None:
    """Print a line."""
    click.echo(shown(line), err=err)


def complain(lines: Sequence[str]) -> None:
    """Print an error."""
    for line in lines:
        say(line if len(line) <= LONGEST else f"{line[:LONGEST]}…", err=True)


def refuse_broken(arguments: Sequence[str]) -> None:
    """Refuse arguments that are no text: nothing can be looked up or written down by them.

    Raises:
        UsageProblem: names the place, never the argument.
    """
    for at, argument in enumerate(arguments, 1):
        if _BROKEN.search(argument) or "\0" in argument:
            raise UsageProblem(f"argument {at} is not UTF-8 text", "write it in UTF-8")


def folded(text: str, *, lead: str = "", under: str = "") -> list[str]:
    """A text over as many lines as the terminal's width asks for, at most a hundred columns.

    Args:
        text: The text.
        lead: What stands before its first line.
        under: What stands before the others.
    """
    width = min(shutil.get_terminal_size().columns, _WIDEST) - 1
    return textwrap.wrap(
        text,
        width,
        initial_indent=lead,
        subsequent_indent=under,
        break_long_words=False,
        break_on_hyphens=False,
    ) or [lead.rstrip()]
