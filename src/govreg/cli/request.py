"""`govreg request …`: what people ask, from the first letter to the answer."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from govreg.cli.invocation import (
    Invocation,
    day,
    parsed_facts,
    parsed_pairs,
    pass_invocation,
    table,
)
from govreg.errors import UsageProblem

if TYPE_CHECKING:
    from govreg.engine import Engine
    from govreg.requests.model import SubjectRequest


@click.group()
def request() -> None:
    """What people ask: access and erasure."""


@request.command("open")
@click.option("--type", "kind", required=True, help="`access` or `erasure`.")
@click.option("--law", required=True, help="A law of an installed pack, such as gdpr.")
@click.option("--identifier", "identifiers", multiple=True, help="KIND=VALUE; may be repeated.")
@click.option("--fact", "facts", multiple=True, help="NAME=yes|no, such as person.objects=yes.")
@click.option("--received", help="The day it came, YYYY-MM-DD. Default: now.")
@pass_invocation
def open_(
    invocation: Invocation,
    kind: str,
    law: str,
    identifiers: tuple[str, ...],
    facts: tuple[str, ...],
    received: str | None,
) -> None:
    """Take a request in; its clock starts.

    Example: govreg request open --type access --law gdpr --identifier email=anna@example.org
    """
    with invocation.engine() as engine:
        made = engine.requests.open(
            kind=kind,
            law=law,
            identifiers=parsed_pairs(identifiers),
            facts=parsed_facts(facts),
            actor=invocation.actor,
            received_at=_received(received, engine),
        )
        _answer(
            invocation,
            engine,
            made,
            f"next: govreg request verify-identity {made.id} --level reasonable --how MEANS",
        )


def _received(text: str | None, engine: Engine) -> dt.datetime | None:
    if text is None:
        return None
    try:
        date = dt.date.fromisoformat(text)
    except ValueError:
        raise UsageProblem("`--received` is a day such as 2026-03-05") from None
    noon = dt.datetime.combine(date, dt.time(12), engine.parts.zone)
    return min(noon, engine.parts.clock()) if date == engine.parts.today() else noon


@request.command("list")
@click.option("--all", "closed", is_flag=True, help="Answered and refused ones too.")
@pass_invocation
def list_(invocation: Invocation, closed: bool) -> None:
    """List requests, the earliest deadline first.

    Example: govreg request list
    """
    with invocation.engine() as engine:
        found = engine.requests.list(closed=closed)
        zone = engine.parts.zone
        rows = [(r.id, r.kind, r.law, r.state, day(r.due_at, zone), r.subject_id) for r in found]
    head = ("request", "kind", "law", "state", "due", "subject")
    invocation.answer(
        [dict(zip(head, row, strict=True)) for row in rows],
        lambda: table(rows, head) if rows else ["no open requests"],
    )


@request.command()
@click.argument("request_id")
@pass_invocation
def show(invocation: Invocation, request_id: str) -> None:
    """Show a request, its steps and its latest plan.

    Example: govreg request show req_7t0m3k9x2c4v8q1z
    """
    from govreg.errors import NotFound

    with invocation.engine() as engine:
        held = engine.requests.get(request_id)
        steps = engine.requests.steps(request_id)
        try:
            summary: Any = engine.requests.summary(request_id)
        except NotFound:
            summary = None
        zone = engine.parts.zone
        invocation.answer(
            {
                **_data(held, zone),
                "steps": [{"name": s.name, "state": s.state, "note": s.note} for s in steps],
                "plan": summary,
            },
            lambda: [
                *_words(held, zone),
                *engine.requests.ways_out(request_id),
                *(f"step {s.name}: {s.state}" for s in steps),
                *(list(plan_words(summary)) if summary else []),
            ],
        )


@request.command("verify-identity")
@click.argument("request_id")
@click.option("--level", default="reasonable", help="reasonable, reasonably_high or account.")
@click.option("--how", required=True, help="By what means, such as account_login.")
@click.option("--subject", help="Which known person asks, or `new`, where several may be meant.")
@pass_invocation
def verify_identity(
    invocation: Invocation, request_id: str, level: str, how: str, subject: str | None
) -> None:
    """Confirm who asks. Never copy a proof of identity into the register.

    Example: govreg request verify-identity req_7t0m3k9x2c4v8q1z --how account_login
    """
    with invocation.engine() as engine:
        held = engine.requests.verify_identity(
            request_id, level=level, how=how, actor=invocation.actor, subject=subject
        )
        _answer(invocation, engine, held, f"next: govreg request plan {request_id}")


@request.command()
@click.argument("request_id")
@pass_invocation
def plan(invocation: Invocation, request_id: str) -> int:
    """Search every source and say what would be done. Exit code 1 when something blocks it.

    Example: govreg request plan req_7t0m3k9x2c4v8q1z
    """
    with invocation.engine() as engine:
        summary = engine.requests.plan(request_id, actor=invocation.actor)
        invocation.answer(summary, lambda: plan_words(summary))
    return 1 if summary.get("blockers") else 0


@request.command()
@click.argument("request_id")
@click.option("--confirm", multiple=True, help="A candidate that is this person.")
@click.option("--reject", multiple=True, help="A candidate that is not.")
@click.option("--release", multiple=True, help="A text that may go out; `all` for every one.")
@click.option("--withhold", multiple=True, help="A text that may not.")
@click.option("--fact", "facts", multiple=True, help="NAME=yes|no: state a fact.")
@click.option("--show-texts", is_flag=True, help="Print the texts to be reviewed.")
@pass_invocation
def review(
    invocation: Invocation,
    request_id: str,
    confirm: tuple[str, ...],
    reject: tuple[str, ...],
    release: tuple[str, ...],
    withhold: tuple[str, ...],
    facts: tuple[str, ...],
    show_texts: bool,
) -> None:
    """Settle what the machine must not: doubtful links, free texts, facts.

    A plan made before is void afterwards.

    Example: govreg request review req_7t0m3k9x2c4v8q1z --confirm e33dd1997b
    """
    actor = invocation.actor
    with invocation.engine() as engine:
        desk = engine.requests
        links = dict.fromkeys(confirm, True) | dict.fromkeys(reject, False)
        if links:
            desk.decide_links(request_id, links, actor=actor)
        if release or withhold:
            names = [name for name, _, _ in desk.texts(request_id, actor=actor)]
            out = names if "all" in release else list(release)
            choices = dict.fromkeys(out, True) | dict.fromkeys(withhold, False)
            desk.decide_texts(request_id, choices, actor=actor)
        if facts:
            desk.state_facts(request_id, parsed_facts(facts), actor=actor)
        texts = desk.texts(request_id, actor=actor) if show_texts else []
        held = desk.get(request_id)
        invocation.answer(
            {"state": held.state, "texts": [list(text) for text in texts]},
            lambda: [
                *(f"{name}  ({label})\n    {text}" for name, label, text in texts),
                f"request {request_id} is {held.state}; next: govreg request plan {request_id}",
            ],
        )


@request.command()
@click.argument("request_id")
@click.option("--plan", "wanted", help="The hash of the plan that you read.")
@pass_invocation
def approve(invocation: Invocation, request_id: str, wanted: str | None) -> None:
    """Approve exactly the present plan, as a second person.

    Example: govreg --actor second request approve req_7t0m3k9x2c4v8q1z
    """
    with invocation.engine() as engine:
        held = engine.requests.approve(request_id, actor=invocation.actor, wanted=wanted)
        _answer(invocation, engine, held, f"next: govreg request run {request_id}")


def _run(invocation: Invocation, request_id: str) -> int:
    with invocation.engine() as engine:
        notes = []
        for step in engine.requests.run(request_id, actor=invocation.actor):
            notes.append({"name": step.name, "state": step.state, "note": step.note})
            if not invocation.as_json:
                click.echo(f"{step.name}: {_step_words(step.note) or step.state}")
        held = engine.requests.get(request_id)
        zone = engine.parts.zone
        ways = engine.requests.ways_out(request_id)
        invocation.answer(
            {**_data(held, zone), "steps": notes, "ways_out": list(ways)},
            lambda: [*_words(held, zone), *ways],
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


@request.command()
@click.argument("request_id")
@pass_invocation
def run(invocation: Invocation, request_id: str) -> int:
    """Do the work: write the answer, or carry the approved erasure out and prove it.

    Exit code 1 when the result is not complete.

    Example: govreg request run req_7t0m3k9x2c4v8q1z
    """
    return _run(invocation, request_id)


@request.command()
@click.argument("request_id")
@pass_invocation
def resume(invocation: Invocation, request_id: str) -> int:
    """Go on where the work stopped; what is done is not done again.

    Example: govreg request resume req_7t0m3k9x2c4v8q1z
    """
    return _run(invocation, request_id)


@request.command()
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


@request.command()
@click.argument("request_id")
@click.option("--channel", help="How the answer went, such as secure_mail.")
@click.option("--override", is_flag=True, help="Take on that an incomplete answer goes out.")
@click.option(
    "--told", multiple=True, help="RECIPIENT=ANSWER: told of the erasure; ANSWER may be empty."
)
@pass_invocation
def deliver(
    invocation: Invocation,
    request_id: str,
    channel: str | None,
    override: bool,
    told: tuple[str, ...],
) -> None:
    """Say that the person has the answer, or that a recipient was told.

    Example: govreg request deliver req_7t0m3k9x2c4v8q1z --channel secure_mail
    """
    with invocation.engine() as engine:
        for text in told:
            recipient, _, reply = text.partition("=")
            engine.requests.tell_recipient(
                request_id, recipient, answer=reply or None, actor=invocation.actor
            )
        if channel is not None:
            engine.requests.deliver(
                request_id, channel=channel, override=override, actor=invocation.actor
            )
        elif not told:
            raise UsageProblem(
                "say how the answer went with `--channel`, or who was told: `--told`"
            )
        _answer(invocation, engine, engine.requests.get(request_id), None)


def _answer(
    invocation: Invocation, engine: Engine, held: SubjectRequest, following: str | None
) -> None:
    zone = engine.parts.zone
    findings = engine.requests.clock_findings()
    invocation.answer(
        {**_data(held, zone), "findings": list(findings)},
        lambda: [
            *_words(held, zone),
            *(f"FINDING: {text}" for text in findings),
            *([following] if following else []),
        ],
    )


def _data(held: SubjectRequest, zone: dt.tzinfo) -> dict[str, Any]:
    return {
        "id": held.id,
        "kind": held.kind,
        "law": held.law,
        "state": held.state,
        "outcome": held.outcome,
        "subject": held.subject_id,
        "received": day(held.received_at, zone),
        "due": day(held.due_at, zone),
        "target": day(held.target_at, zone),
        "verification": held.verification,
        "planned_by": held.planned_by,
        "approved_by": held.approved_by,
        "plan_hash": held.plan_hash,
    }


def _words(held: SubjectRequest, zone: dt.tzinfo) -> Iterator[str]:
    outcome = f", {held.outcome}" if held.outcome else ""
    yield f"request {held.id}: {held.kind} under {held.law}, {held.state}{outcome}"
    yield (
        f"received {day(held.received_at, zone)}, due {day(held.due_at, zone)} "
        f"(aim for {day(held.target_at, zone)})"
    )


def plan_words(summary: Any) -> Iterator[str]:
    """A plan in plain words."""
    yield "found:"
    for line in table(
        [(f["collection"], f["rows"], ", ".join(f["reached"])) for f in summary["found"]],
        ("collection", "rows", "how"),
    ):
        yield f"  {line}"
    for candidate in summary["candidates"]:
        yield (
            f"candidate {candidate['id']}: {candidate['rows']} rows of {candidate['collection']}, "
            f"{candidate['doubt']} ({'; '.join(candidate['path'])})"
        )
    for gap in summary["not_searched"]:
        yield f"NOT SEARCHED: {gap['place']} ({gap['code']})"
    yield from (f"LIMIT HIT: {cap}" for cap in summary["caps"])
    if summary["kind"] == "access":
        for held in summary["withheld"]:
            place = f"{held['collection']}.{held['field']}"
            yield f"withheld: {held['count']} of {place}: {held['code']}"
        return
    yield "will be done:"
    for action in summary["actions"]:
        yield f"  {action['action']:6}  {action['rows']:>6} rows  {action['collection']}"
    yield "why:"
    for cell in summary["cells"]:
        until = f" until {cell['until']}" if cell["until"] else ""
        rules = ", ".join(cell["rules"]) or cell["code"]
        yield (
            f"  {cell['fate']:9} {cell['collection']}: {', '.join(cell['fields'])}{until} "
            f"[{rules}{'; confidence ' + cell['confidence'] if cell['confidence'] else ''}]"
        )
    for statement in summary["statements"]:
        yield f"  {statement['source']}: {statement.get('statement', statement.get('code'))}"
    for blocker in summary["blockers"]:
        yield f"BLOCKED: {blocker['place']}: {blocker['text']}"
        yield f"    {blocker['way_out']}"
    yield f"plan hash: {summary.get('plan_hash', '-')}"
