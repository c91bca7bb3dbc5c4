"""`govreg request run | resume | export | deliver`: the work, and how it reaches the person."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from govreg.cli.invocation import Invocation, pass_invocation
from govreg.cli.request_next import next_commands, next_words
from govreg.cli.request_words import answered, request_data, request_words
from govreg.cli.terminal import say
from govreg.errors import UsageProblem


def _run(invocation: Invocation, request_id: str) -> int:
    with invocation.engine() as engine:
        notes = []
        for step in engine.requests.run(request_id, actor=invocation.actor):
            notes.append({"name": step.name, "state": step.state, "note": step.note})
            if not invocation.as_json:
                say(f"{step.name}: {_step_words(step.note) or step.state}")
        held = engine.requests.get(request_id)
        following = next_commands(engine, held)
        invocation.answer(
            {**request_data(engine, held), "steps": notes, "next": following},
            lambda: [*request_words(engine, held), *next_words(following)],
        )
    bad = {"failed", "unverifiable", "partial", "refused"}
    return 1 if held.outcome in bad else 0


def _step_words(note: Any) -> str:
    if "code" in note and note.get("code"):
        return f"not done: {note['code']}"
    told = ("affected", "ledger", "recipients", "rows", "state", "certificate")
    parts = [f"{name} {note[name]}" for name in told if name in note]
    if note.get("failed"):
        parts.append(f"FAILED: {', '.join(note['failed'])}")
    if note.get("shortfalls"):
        parts.append("; ".join(note["shortfalls"]))
    return ", ".join(parts)


@click.command()
@click.argument("request_id")
@pass_invocation
def run(invocation: Invocation, request_id: str) -> int:
    """Do the work: write the answer, or carry the approved erasure out and prove it.

    Exit code 1 when the result is not complete.

    Example: govreg request run req_7t0m3k9x2c4v8q1z
    """
    return _run(invocation, request_id)


@click.command()
@click.argument("request_id")
@pass_invocation
def resume(invocation: Invocation, request_id: str) -> int:
    """Go on where the work stopped; what is done is not done again.

    Example: govreg request resume req_7t0m3k9x2c4v8q1z
    """
    return _run(invocation, request_id)


@click.command()
@click.argument("request_id")
@click.option(
    "-o", "--output", required=True, type=click.Path(path_type=Path), help="A new folder."
)
@pass_invocation
def export(invocation: Invocation, request_id: str, output: Path) -> None:
    """Open the sealed answer into a folder, to be handed to the person.

    Example: govreg request export req_7t0m3k9x2c4v8q1z -o answer
    """
    with invocation.engine() as engine:
        folder = engine.requests.export(request_id, output, actor=invocation.actor)
    invocation.answer(
        {"folder": str(folder)},
        lambda: [
            f"wrote {folder}: open {folder / 'index.html'}",
            "it holds personal data in the clear; delete it once the person has it",
            f"then: govreg request deliver {request_id} --channel MEANS",
        ],
    )


@click.command()
@click.argument("request_id")
@click.option("--channel", help="How the answer went, such as secure_mail.")
@click.option("--override", is_flag=True, help="Take on that an incomplete answer goes out.")
@click.option(
    "--told", multiple=True, help="RECIPIENT=ANSWER: told of the erasure; ANSWER may be empty."
)
@click.option("--by", help="How those recipients were told, such as letter.")
@click.option(
    "--not-told", multiple=True, help="RECIPIENT=impossible or RECIPIENT=disproportionate."
)
@pass_invocation
def deliver(
    invocation: Invocation,
    request_id: str,
    channel: str | None,
    override: bool,
    told: tuple[str, ...],
    by: str | None,
    not_told: tuple[str, ...],
) -> None:
    """Say that the person has the answer, or that a recipient was told.

    Example: govreg request deliver req_7t0m3k9x2c4v8q1z --channel secure_mail
    """
    with invocation.engine() as engine:
        desk, actor = engine.requests, invocation.actor
        for text in told:
            recipient, _, reply = text.partition("=")
            desk.tell_recipient(
                request_id, recipient, answer=reply or None, channel=by, actor=actor
            )
        for text in not_told:
            recipient, _, reason = text.partition("=")
            desk.tell_recipient(request_id, recipient, not_told=reason, actor=actor)
        if channel is not None:
            engine.requests.deliver(
                request_id, channel=channel, override=override, actor=invocation.actor
            )
        elif not (told or not_told):
            raise UsageProblem(
                "say how the answer went with `--channel`, or who was told: `--told`"
            )
        answered(invocation, engine, engine.requests.get(request_id))
