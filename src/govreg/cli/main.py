"""The command line's entry: names every command, imports one only when it is called."""

from __future__ import annotations

import gc
import importlib
import os
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import click

from govreg import __version__
from govreg.cli.group import with_json
from govreg.cli.invocation import Invocation
from govreg.cli.terminal import complain, refuse_broken
from govreg.errors import ConfigurationProblem, GovregError

_COMMANDS: Mapping[str, tuple[str, str]] = {
    "init": ("workspace:init", "Make a workspace."),
    "demo": ("demo:demo", "Build a small company and answer one person, start to end."),
    "status": ("workspace:status", "Show what is open and what is due."),
    "upgrade": ("workspace:upgrade", "Bring the store forward to this program."),
    "doctor": ("workspace:doctor", "Check the workspace, plugins, keys and sources."),
    "source": ("source:source", "Connected systems: add, check, discover, list, import."),
    "activity": ("activity:activity", "Processing activities: add, list, check."),
    "register": ("register:register", "The register: check it, compare it, put it in force."),
    "subject": ("subject:subject", "People: show, merge, split, suppress."),
    "consent": ("consent:consent", "What people choose: record, withdraw, show, prove; signals."),
    "protect": ("protect:protect", "Fields sealed in their sources: plan, run, status, rotate."),
    "policy": ("policy:policy", "Rules: read, print, adopt, try, compare, deadlines."),
    "request": ("request:request", "What people ask: open, plan, approve, run, answer."),
    "erasure": ("erasure:erasure", "Certificates: fetch and verify."),
    "audit": ("audit:audit", "The log: show, verify, publish."),
    "connector": ("connector:connector", "Connectors that are installed."),
}


COLLECT_AFTER = 50_000
"""New objects between two looks for garbage: a command lives shortly and makes few cycles."""


class LazyGroup(click.Group):
    """A group whose commands are imported when they are called."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Every command, in the order of the table."""
        del ctx
        return list(_COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import a command."""
        del ctx
        if cmd_name not in _COMMANDS:
            return None
        module, _, attribute = _COMMANDS[cmd_name][0].partition(":")
        command: click.Command = getattr(
            importlib.import_module(f"govreg.cli.{module}"), attribute
        )
        return command if isinstance(command, click.Group) else with_json(command)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """List the commands without importing them."""
        del ctx
        with formatter.section("Commands"):
            formatter.write_dl([(name, words) for name, (_, words) in _COMMANDS.items()])


@click.group(cls=LazyGroup, context_settings={"auto_envvar_prefix": "GOVREG"})
@click.version_option(__version__, prog_name="govreg")
@click.option(
    "--workspace",
    type=click.Path(path_type=Path),
    default=Path(),
    help="The workspace, or a folder inside it. Default: here.",
)
@click.option("--actor", help="Who acts, a key of [people]. Default: the system's user.")
@click.option("--json", "as_json", is_flag=True, help="Answer in JSON.")
@click.pass_context
def cli(context: click.Context, workspace: Path, actor: str | None, as_json: bool) -> None:
    """A register of personal data, and the machinery that makes it true.

    Example: govreg --workspace acme request list
    """
    context.obj = Invocation(workspace=workspace, given_actor=actor, as_json=as_json)


def _usage(problem: click.ClickException) -> list[str]:
    context = problem.ctx if isinstance(problem, click.UsageError) else None
    return context.get_usage().splitlines() if context else []


def main(arguments: list[str] | None = None) -> None:
    """Run a command; every error that a person can act on becomes a sentence and an exit code."""
    gc.set_threshold(COLLECT_AFTER)
    try:
        refuse_broken(sys.argv[1:] if arguments is None else arguments)
        result: Any = cli.main(args=arguments, prog_name="govreg", standalone_mode=False)
        code = result if isinstance(result, int) else 0
    except click.exceptions.Exit as problem:
        code = problem.exit_code
    except click.Abort:
        click.echo("govreg: interrupted", err=True)
        code = 130
    except click.ClickException as problem:
        complain([*_usage(problem), f"govreg: {problem.format_message()}"])
        code = problem.exit_code
    except GovregError as problem:
        complain([f"govreg: {problem.message}", *(f"  {detail}" for detail in problem.details)])
        code = problem.exit_code
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        code = 0
    except OSError as problem:  # a full disk, a closed folder, a name that is too long
        named = f"`{problem.filename}`: " if problem.filename else ""
        complain([f"govreg: {named}{(problem.strerror or 'the system refused').lower()}"])
        code = ConfigurationProblem.exit_code
    sys.exit(code)
