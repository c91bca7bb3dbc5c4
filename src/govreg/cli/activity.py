"""`govreg activity add | list | check`."""

from __future__ import annotations

import click

from govreg.cli.group import Commands
from govreg.cli.invocation import Invocation, pass_invocation, table
from govreg.errors import UsageProblem


@click.group(cls=Commands)
def activity() -> None:
    """Processing activities: why data is used, on what basis, for how long."""


@activity.command()
@click.argument("name")
@click.option("--title", required=True, help="What people call it.")
@click.option("--purpose", required=True, help="What the data is used for, in a sentence.")
@click.option("--basis", required=True, help="A lawful basis such as gdpr.6.1.b.")
@click.option("--retention", help="The period or the criteria, in words.")
@click.option("--origin", help="Where the data come from, in words.")
@click.option(
    "--recipient",
    "recipients",
    multiple=True,
    help="NAME=COUNTRY of a processor; `none` when nobody gets the data.",
)
@pass_invocation
def add(
    invocation: Invocation,
    name: str,
    title: str,
    purpose: str,
    basis: str,
    retention: str | None,
    origin: str | None,
    recipients: tuple[str, ...],
) -> None:
    """Write a file for the activity NAME.

    \b
    Example: govreg activity add orders --title Orders --basis gdpr.6.1.b \\
        --purpose "Delivering what was ordered"
    """  # noqa: D301 - click reads `\b`: these lines are not wrapped
    from govreg.register.files import activity_of
    from govreg.settings import find_workspace, load
    from govreg.yaml12 import new, write

    folder = find_workspace(invocation.workspace)
    language = load(folder).languages[0]
    target = folder / "activities" / f"{name}.yaml"
    words = {"retention": retention, "source_of_data": origin}
    document = new(
        target,
        {
            "govreg_activity": 1,
            "activity": name,
            "title": {language: title},
            "purpose": {language: purpose},
            "basis": basis,
            **{key: {language: text} for key, text in words.items() if text},
            **_recipients(recipients),
        },
    )
    activity_of(document)  # refused before anything is written
    if target.exists():
        raise UsageProblem(f"`{target}` is there already")
    write(document)
    invocation.answer({"file": str(target)}, lambda: [f"wrote {target}"])


def _recipients(texts: tuple[str, ...]) -> dict[str, object]:
    if texts == ("none",):
        return {"no_recipients": True}
    return {"recipients": [_recipient(text) for text in texts]}


def _recipient(text: str) -> dict[str, str]:
    name, sign, country = text.partition("=")
    if not sign or not name:
        raise UsageProblem("write a recipient as `NAME=COUNTRY`, such as `Hosting Oy=FI`")
    return {"name": name, "role": "processor", "country": country}


@activity.command("list")
@pass_invocation
def list_(invocation: Invocation) -> None:
    """List the activities with basis and recipients.

    Example: govreg activity list
    """
    from govreg.register.files import load_register
    from govreg.settings import find_workspace

    register = load_register(find_workspace(invocation.workspace))
    rows = [
        (
            a.name,
            a.basis,
            next(iter(a.title.values()), a.name),
            ", ".join(r.name for r in a.recipients) or "none",
        )
        for a in register.activities.values()
    ]
    head = ("activity", "basis", "title", "recipients")
    invocation.answer(
        [dict(zip(head, row, strict=True)) for row in rows], lambda: table(rows, head)
    )


@activity.command()
@pass_invocation
def check(invocation: Invocation) -> int:
    """Find what activities leave unsaid that Art. 13-15 and 30 GDPR ask for.

    Example: govreg activity check
    """
    from govreg.cli.findings import shown
    from govreg.register.check import check_activities

    register = invocation.border().register
    return shown(invocation, check_activities(register))
