"""`govreg register check | diff | apply | show`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import click

from govreg.cli.group import Commands
from govreg.cli.invocation import Invocation, pass_invocation, table
from govreg.errors import Blocked, Refused

if TYPE_CHECKING:
    from govreg.gate.border import Border
    from govreg.register.finding import RegisterFinding


@click.group(cls=Commands)
def register() -> None:
    """The register: what is held, where and why."""


@register.command()
@click.option("--offline", is_flag=True, help="Check the files alone; reach no source.")
@pass_invocation
def check(invocation: Invocation, offline: bool) -> int:
    """Find what is unclassified, unreachable or no longer true. Exit code 1 on errors.

    Example: govreg register check
    """
    from govreg.cli.findings import shown

    border = invocation.border()
    return shown(invocation, _judged(border, offline=offline))


def _judged(border: Border, *, offline: bool) -> tuple[RegisterFinding, ...]:
    """What `check` shows and what keeps `apply` from putting a register in force."""
    from govreg.engine import known_kinds
    from govreg.gate.survey import survey
    from govreg.plugins import announced
    from govreg.settings import load

    kinds = known_kinds(load(border.workspace), announced()).known
    return survey(border, {name: kind.fold for name, kind in kinds.items()}, offline=offline)


@register.command()
@pass_invocation
def diff(invocation: Invocation) -> int:
    """Show what the files change of the register in force. Exit code 1 when they differ.

    Example: govreg register diff
    """
    from govreg.register.canonical import register_document
    from govreg.register.files import load_register
    from govreg.register.store import diff as changes

    with invocation.engine() as engine:
        new = register_document(load_register(engine.workspace))
        old = engine.version.document if engine.version else {"sources": {}, "activities": {}}
        lines = changes(old, new)
    invocation.answer(list(lines), lambda: lines or ["the files are the register in force"])
    return 1 if lines else 0


@register.command("apply")
@click.option("--offline", is_flag=True, help="Judge the files alone; reach no source.")
@pass_invocation
def apply_(invocation: Invocation, offline: bool) -> None:
    """Put the register of the files in force. Errors of `register check` keep it from that.

    Example: govreg --actor dpo register apply
    """
    from govreg.register.canonical import register_document
    from govreg.register.store import apply as put_in_force

    with invocation.engine() as engine:
        if not engine.settings.roles_of(invocation.actor):
            raise Refused(
                f"`{invocation.actor}` is nobody in `[people]` of `govreg.toml`",
                "say who acts: `govreg --actor NAME register apply`",
            )
        border = invocation.border()
        _refuse_errors(_judged(border, offline=offline))
        document = register_document(border.register)
        with engine.store.write() as connection:
            version, is_new = put_in_force(
                connection, document, by=invocation.actor, at=engine.parts.clock()
            )
            if is_new:
                engine.parts.log(
                    connection,
                    "register.applied",
                    invocation.actor,
                    hashes={"register": version.content_hash},
                )
    words = "is in force" if is_new else "was in force already"
    invocation.answer(
        {"version": version.number, "hash": version.content_hash, "new": is_new},
        lambda: [f"version {version.number} {words}, hash {version.content_hash[:16]}…"],
    )


def _refuse_errors(findings: Sequence[RegisterFinding]) -> None:
    from govreg.register.finding import errors_of

    errors = errors_of(findings)
    if errors:
        raise Blocked(
            f"the register has {len(errors)} errors and was not put in force",
            [line for error in errors for line in error.words()],
        )


@register.command()
@pass_invocation
def show(invocation: Invocation) -> None:
    """Show the register in force, field by field.

    Example: govreg register show
    """
    with invocation.engine() as engine:
        rows = [
            (
                c.ref,
                f.name,
                f.category or "unclassified",
                f.identifier or "",
                ", ".join(f.activities),
            )
            for c in engine.register.collections()
            for f in c.fields.values()
        ]
    head = ("collection", "field", "category", "identifier", "activities")
    invocation.answer(
        [dict(zip(head, row, strict=True)) for row in rows], lambda: table(rows, head)
    )
