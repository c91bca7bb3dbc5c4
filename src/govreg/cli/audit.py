"""`govreg audit show | verify | checkpoint`."""

from __future__ import annotations

from pathlib import Path

import click

from govreg.cli.group import Commands
from govreg.cli.invocation import Invocation, pass_invocation, table


@click.group(cls=Commands)
def audit() -> None:
    """The log of what happened: no personal data, provable to outsiders."""


@audit.command()
@click.option(
    "--last", type=click.IntRange(min=1), default=20, show_default=True, help="How many entries."
)
@pass_invocation
def show(invocation: Invocation, last: int) -> None:
    """Show the latest entries.

    Example: govreg audit show --last 5
    """
    from govreg.audit.log import read_entries, size

    with invocation.engine() as engine, engine.store.read() as connection:
        total = size(connection)
        start = max(0, total - last)
        rows = [
            (start + at, e.at.isoformat(), e.action, e.actor, e.request or "", e.outcome or "")
            for at, e in enumerate(read_entries(connection, start, total))
        ]
    head = ("index", "at", "action", "actor", "request", "outcome")
    invocation.answer(
        [dict(zip(head, row, strict=True)) for row in rows], lambda: table(rows, head)
    )


@audit.command()
@click.option("--folder", type=click.Path(path_type=Path), help="Published files; needs no store.")
@click.option("--key", help="The public key you got another way: the text, or a file.")
@click.option("--checkpoint", type=click.Path(path_type=Path), help="A checkpoint kept elsewhere.")
@pass_invocation
def verify(
    invocation: Invocation, folder: Path | None, key: str | None, checkpoint: Path | None
) -> None:
    """Rehash the whole log and check its signature. Exit code 5 when something was tampered with.

    Example: govreg audit verify --folder published --key public-key.txt
    """
    from govreg.audit.verify import verify_folder
    from govreg.cli.files import checkpoint_text, key_text, published_key
    from govreg.settings import find_workspace

    place = folder or find_workspace(invocation.workspace) / ".govreg" / "audit"
    report = verify_folder(
        place,
        key_text(key) if key else published_key(place),
        earlier=checkpoint_text(checkpoint) if checkpoint else None,
    )
    invocation.answer(
        {
            "origin": report.origin,
            "size": report.size,
            "root": report.root_hex,
            "key": report.key_id,
            "witnessed": report.witnessed,
            "checked": report.checked,
        },
        report.statement.splitlines,
    )


@audit.command()
@pass_invocation
def checkpoint(invocation: Invocation) -> None:
    """Sign the log as it is now and publish its files; keep the checkpoint somewhere else.

    Example: govreg audit checkpoint > somewhere-else/checkpoint.txt
    """
    from govreg.requests.issue import publish_log

    with invocation.engine() as engine:
        publish_log(engine.parts)
        text = (engine.workspace / ".govreg" / "audit" / "checkpoint").read_text(encoding="utf-8")
    invocation.answer({"checkpoint": text}, lambda: [text.rstrip("\n")])
