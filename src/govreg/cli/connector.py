"""`govreg connector list`."""

from __future__ import annotations

import click

from govreg.cli.group import Commands
from govreg.cli.invocation import Invocation, pass_invocation, table


@click.group(cls=Commands)
def connector() -> None:
    """Connectors that are installed."""


@connector.command("list")
@pass_invocation
def list_(invocation: Invocation) -> None:
    """List connectors and where they come from.

    Example: govreg connector list
    """
    from govreg.plugins import announced

    rows = sorted(announced().connectors.items())
    head = ("connector", "class")
    invocation.answer(
        [dict(zip(head, row, strict=True)) for row in rows], lambda: table(rows, head)
    )
