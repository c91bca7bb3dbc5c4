"""A group of commands whose help says each command's first sentences whole."""

from __future__ import annotations

import click


class Commands(click.Group):
    """Lists its commands in the order in which they are written, and cuts no sentence."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Every command, as written."""
        del ctx
        return list(self.commands)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Each command with the first line of its help; the formatter wraps it."""
        del ctx
        with formatter.section("Commands"):
            formatter.write_dl(
                [
                    (name, (command.help or "").partition("\n")[0])
                    for name, command in self.commands.items()
                ]
            )
