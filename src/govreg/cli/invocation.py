"""What every command is called with, and how it answers."""

from __future__ import annotations

import datetime as dt
import getpass
import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from govreg.cli.progress import terminal_progress
from govreg.cli.terminal import say
from govreg.errors import UsageProblem
from govreg.progress import Progress

if TYPE_CHECKING:
    from govreg.engine import Engine
    from govreg.gate.border import Border


@dataclass(frozen=True, slots=True, kw_only=True)
class Invocation:
    """The options that stand before the command."""

    workspace: Path
    given_actor: str | None
    as_json: bool

    @property
    def actor(self) -> str:
        """Who acts."""
        return self.given_actor or getpass.getuser()

    def engine(self) -> Engine:
        """The workspace, open."""
        from govreg.engine import open_engine

        return open_engine(self.workspace, progress=self.progress())

    def border(self) -> Border:
        """The sources as the workspace's files declare them."""
        from govreg.engine import open_border

        return open_border(self.workspace, progress=self.progress())

    def progress(self) -> Progress:
        """Drawn on a terminal, silent otherwise."""
        return terminal_progress()

    def answer(self, data: Any, words: Callable[[], Iterable[str]]) -> None:
        """Answer in JSON or in words."""
        if self.as_json:
            click.echo(json.dumps(data, ensure_ascii=False, indent=2, default=_plain))
        else:
            for line in words():
                say(line)


def _plain(value: Any) -> Any:
    if isinstance(value, dt.datetime | dt.date):
        return value.isoformat()
    if isinstance(value, Path):
        return str(value)
    return str(value)


def table(rows: Sequence[Sequence[object]], head: Sequence[str]) -> list[str]:
    """Rows as aligned text, the head first."""
    texts = [list(head), *([str(cell) for cell in row] for row in rows)]
    widths = [max(len(row[at]) for row in texts) for at in range(len(head))]
    return [
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
        for row in texts
    ]


def moment_of(option: str, text: str | None, *, zone: dt.tzinfo, now: dt.datetime) -> dt.datetime:
    """Noon of a given day, or now: when no day is given, and at noon of today at the latest.

    Raises:
        UsageProblem: it is no day.
    """
    if text is None:
        return now
    try:
        noon = dt.datetime.combine(dt.date.fromisoformat(text), dt.time(12), zone)
    except ValueError:
        raise UsageProblem(f"`{option}` is a day such as 2026-03-05") from None
    return min(noon, now) if noon.date() == now.astimezone(zone).date() else noon


def day(moment: dt.datetime | None, zone: dt.tzinfo) -> str:
    """A moment as a day in a time zone."""
    return moment.astimezone(zone).date().isoformat() if moment else "-"


def parsed_facts(texts: Sequence[str]) -> dict[str, bool | str]:
    """`NAME=yes|no` and `NAME=WORD` options as facts."""
    facts: dict[str, bool | str] = {}
    for text in texts:
        name, sign, value = text.partition("=")
        if not sign or not value:
            raise click.BadParameter(f"`{name}`: write `{name or 'person.objects'}=yes` or `=no`")
        judged = name.startswith("assessment.")  # a judgement's outcome is a word, `yes` too
        facts[name] = value if judged or value not in {"yes", "no"} else value == "yes"
    return facts


def parsed_pairs(texts: Sequence[str]) -> list[tuple[str, str]]:
    """`KIND=VALUE` options as pairs; a value is never repeated in an error."""
    pairs = []
    for text in texts:
        kind, sign, value = text.partition("=")
        if not sign or not kind or not value:
            raise click.BadParameter("write `KIND=VALUE`, such as `email=anna@example.org`")
        pairs.append((kind, value))
    return pairs


valid_until_option = click.option(
    "--valid-until",
    type=click.DateTime(["%Y-%m-%d"]),
    help="The last day on which a stated judgement (`assessment.…`) holds, YYYY-MM-DD.",
)


pass_invocation = click.make_pass_decorator(Invocation)
