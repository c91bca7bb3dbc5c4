"""`govreg subject`: people by reference, and whom nobody may contact again."""

from __future__ import annotations

import click

from govreg.cli.group import Commands
from govreg.cli.invocation import Invocation, day, pass_invocation
from govreg.cli.subject_rows import rows, sync
from govreg.cli.subject_suppress import suppress, suppressed, suppression, unsuppress
from govreg.requests.people import DECIDING, require


@click.group(cls=Commands)
def subject() -> None:
    """People as the register knows them: by reference, never by name."""


@subject.command()
@click.argument("subject_id")
@pass_invocation
def show(invocation: Invocation, subject_id: str) -> None:
    """Show what is known of a subject: kinds of identifiers, aliases, history, requests.

    Example: govreg subject show sub_7t0m3k9x2c4v8q1z
    """
    from govreg.requests.store import of_subject
    from govreg.subjects.index import family
    from govreg.subjects.index import show as known

    with invocation.engine() as engine, engine.store.read() as connection:
        held = known(connection, subject_id)
        requests = of_subject(connection, family(connection, subject_id))
        zone = engine.parts.zone
        invocation.answer(
            {
                "id": held.id,
                "created_at": held.created_at,
                "merged_into": held.merged_into,
                "identifier_kinds": held.kinds,
                "aliases": held.aliases,
                "history": [
                    {"kind": e.kind, "other": e.other, "actor": e.actor, "at": e.at}
                    for e in held.history
                ],
                "requests": [{"id": r.id, "kind": r.kind, "state": r.state} for r in requests],
            },
            lambda: [
                f"{held.id}, known since {day(held.created_at, zone)}",
                *([f"merged into {held.merged_into}"] if held.merged_into else []),
                f"identifiers: {', '.join(held.kinds) or 'none'}",
                *(f"alias: {alias}" for alias in held.aliases),
                *(f"{e.kind} {e.other} by {e.actor} on {day(e.at, zone)}" for e in held.history),
                *(f"request {r.id}: {r.kind}, {r.state}" for r in requests),
            ],
        )


@subject.command()
@click.argument("into")
@click.argument("other")
@pass_invocation
def merge(invocation: Invocation, into: str, other: str) -> None:
    """Say that OTHER is the person INTO; history is kept and can be split again.

    Example: govreg subject merge sub_7t0m3k9x2c4v8q1z sub_1a2b3c4d5e6f7g8h
    """
    from govreg.subjects.index import merge as join

    with invocation.engine() as engine:
        require(engine.settings, invocation.actor, DECIDING, "merge people")
        with engine.store.write() as connection:
            join(connection, into, other, actor=invocation.actor, now=engine.parts.clock())
            engine.parts.log(connection, "subject.merged", invocation.actor)
    invocation.answer({"into": into, "merged": other}, lambda: [f"{other} is {into} now"])


@subject.command()
@click.argument("alias")
@pass_invocation
def split(invocation: Invocation, alias: str) -> None:
    """Take a merge back.

    Example: govreg subject split sub_1a2b3c4d5e6f7g8h
    """
    from govreg.subjects.index import split as part

    with invocation.engine() as engine:
        require(engine.settings, invocation.actor, DECIDING, "split people")
        with engine.store.write() as connection:
            was = part(connection, alias, actor=invocation.actor, now=engine.parts.clock())
            engine.parts.log(connection, "subject.split", invocation.actor)
    invocation.answer({"split": alias, "from": was}, lambda: [f"{alias} is not {was} any more"])


for _command in (sync, rows, suppress, unsuppress, suppressed, suppression):
    subject.add_command(_command)
