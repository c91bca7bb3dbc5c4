"""`govreg consent signal`."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from typing import TYPE_CHECKING

import click

from govreg.cli.invocation import Invocation, parsed_pairs, pass_invocation

if TYPE_CHECKING:
    from govreg.choices.signalled import Received

_READ = 1 << 21


@click.command()
@click.argument("strings", nargs=-1)
@click.option("--subject", help="The person's id, such as sub_7t0m3k9x2c4v8q1z.")
@click.option("--identifier", "identifiers", multiple=True, help="KIND=VALUE; may be repeated.")
@click.option("--gpc", is_flag=True, help="The request carried Sec-GPC: 1.")
@click.option("--dry-run", is_flag=True, help="Only say what they mean; record nothing.")
@pass_invocation
def signal(
    invocation: Invocation,
    /,
    strings: tuple[str, ...],
    subject: str | None,
    identifiers: tuple[str, ...],
    gpc: bool,
    dry_run: bool,
) -> int:
    """Record what signals say of a person, by the workspace's signals.yaml.

    STRINGS are TC, GPP or US Privacy strings; `-` reads one from standard input, which keeps it
    out of the shell's history. Exit code 1 when one may not be relied upon.

    \b
    Example: govreg consent signal DBABTA~1YYN --gpc \\
        --identifier device_id=8c1f
    """  # noqa: D301 - click reads `\b`: these lines are not wrapped
    texts = [_from_stdin() if text == "-" else text for text in strings]
    with invocation.engine() as engine:
        made = engine.consent.receive(
            texts,
            gpc=gpc,
            subject=subject,
            identifiers=parsed_pairs(identifiers),
            dry_run=dry_run,
            actor=invocation.actor,
        )
    invocation.answer(
        {
            "meant": [
                {"activity": one.activity, "kind": str(one.kind), "reason": one.reason}
                for one in made.meant
            ],
            "recorded": [one.number for one in made.outcomes],
            "findings": [
                {"code": one.code, "text": one.text, "invalid": one.invalid}
                for one in made.findings
            ],
        },
        lambda: _words(made, dry_run=dry_run),
    )
    return 1 if any(one.invalid for one in made.findings) else 0


def _from_stdin() -> str:
    return sys.stdin.buffer.read(_READ).decode("utf-8", "replace").strip()


def _words(made: Received, *, dry_run: bool) -> Iterator[str]:
    for one in made.meant:
        yield f"{one.activity}: {one.kind.replace('_', ' ')}: {one.reason}"
    if not made.meant:
        yield "the signals say nothing beyond what stands"
    for found in made.findings:
        weight = "not relied upon" if found.invalid else "note"
        yield f"{weight}: {found.text} ({found.code})"
    if dry_run:
        yield "nothing is recorded"
