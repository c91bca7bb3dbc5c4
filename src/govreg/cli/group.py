"""Groups of commands: help that cuts no sentence, and `--json` before a command or behind it."""

from __future__ import annotations

from dataclasses import is_dataclass, replace
from typing import Any

import click


def with_json(command: click.Command) -> click.Command:
    """The command with the option `--json`, which means the same before it and behind it."""
    if not any("--json" in option.opts for option in command.params):
        command.params.append(
            click.Option(
                ["--json"],
                is_flag=True,
                expose_value=False,
                is_eager=True,
                callback=_in_json,
                help="Answer in JSON.",
            )
        )
    return command


def _in_json(context: click.Context, _option: click.Parameter, given: bool) -> None:
    held: Any = context.obj
    if given and is_dataclass(held) and not isinstance(held, type):
        context.obj = replace(held, as_json=True)


class Commands(click.Group):
    """Lists its commands in the order in which they are written, and cuts no sentence."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Every command, as written."""
        del ctx
        return list(self.commands)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """A command, or a group within."""
        held = super().get_command(ctx, cmd_name)
        return held if held is None or isinstance(held, click.Group) else with_json(held)

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
