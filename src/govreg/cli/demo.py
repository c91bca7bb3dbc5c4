"""`govreg demo`."""

from __future__ import annotations

from pathlib import Path

import click

from govreg.cli.invocation import Invocation, pass_invocation
from govreg.cli.terminal import say as show


@click.command()
@click.argument("directory", type=click.Path(path_type=Path), default=Path("govreg-demo"))
@pass_invocation
def demo(invocation: Invocation, directory: Path) -> int:
    """Build a small company in DIRECTORY and answer one person, start to end.

    Example: govreg demo
    """
    from govreg.clock import system_clock
    from govreg.demo.story import tell

    def say(line: str) -> None:
        show(line, err=invocation.as_json)

    told = tell(directory, say, clock=system_clock, progress=invocation.progress())
    if invocation.as_json:
        invocation.answer(
            {
                "folder": told.folder,
                "answer": told.answer,
                "certificate": told.certificate,
                "seconds": round(told.seconds, 2),
                "state": told.state,
            },
            list,
        )
    return 0 if told.state == "complete_with_withheld" else 1
