"""`govreg request open | list | show | verify-identity`."""

from __future__ import annotations

import datetime as dt
from typing import Any

import click

from govreg.cli.deadline_words import readings_answer, readings_words
from govreg.cli.invocation import (
    Invocation,
    moment_of,
    parsed_facts,
    parsed_pairs,
    pass_invocation,
    table,
    valid_until_option,
)
from govreg.cli.request_next import next_commands, next_words
from govreg.cli.request_words import answered, due_words, plan_words, request_data, request_words


@click.command("open")
@click.option("--type", "kind", required=True, help="`access` or `erasure`.")
@click.option("--law", required=True, help="A law of an installed pack, such as gdpr.")
@click.option("--identifier", "identifiers", multiple=True, help="KIND=VALUE; may be repeated.")
@click.option("--fact", "facts", multiple=True, help="NAME=yes|no, such as person.objects=yes.")
@valid_until_option
@click.option("--received", help="The day it came, YYYY-MM-DD. Default: now.")
@click.option("--place", help="Whose public holidays count, such as FI or DE-BY.")
@pass_invocation
def open_(
    invocation: Invocation,
    kind: str,
    law: str,
    identifiers: tuple[str, ...],
    facts: tuple[str, ...],
    valid_until: dt.datetime | None,
    received: str | None,
    place: str | None,
) -> None:
    """Take a request in; its clock starts.

    \b
    Example: govreg request open --type access --law gdpr \\
        --identifier email=anna@example.org
    """  # noqa: D301 - click reads `\b`: these lines are not wrapped
    with invocation.engine() as engine:
        made = engine.requests.open(
            kind=kind,
            law=law,
            identifiers=parsed_pairs(identifiers),
            facts=parsed_facts(facts),
            actor=invocation.actor,
            received_at=moment_of(
                "--received", received, zone=engine.parts.zone, now=engine.parts.clock()
            ),
            place=place,
            valid_until=valid_until.date() if valid_until else None,
        )
        answered(invocation, engine, made)


@click.command("list")
@click.option("--all", "closed", is_flag=True, help="Answered and refused ones too.")
@pass_invocation
def list_(invocation: Invocation, closed: bool) -> None:
    """List requests, the earliest deadline first.

    Example: govreg request list
    """
    with invocation.engine() as engine:
        found = engine.requests.list(closed=closed)
        zone = engine.parts.zone
        rows = [(r.id, r.kind, r.law, r.state, due_words(r, zone), r.subject_id) for r in found]
    head = ("request", "kind", "law", "state", "due", "subject")
    invocation.answer(
        [dict(zip(head, row, strict=True)) for row in rows],
        lambda: table(rows, head) if rows else ["no open requests"],
    )


@click.command()
@click.argument("request_id")
@pass_invocation
def show(invocation: Invocation, request_id: str) -> None:
    """Show a request, its steps and its latest plan.

    Example: govreg request show req_7t0m3k9x2c4v8q1z
    """
    from govreg.errors import NotFound
    from govreg.requests.right import right_of

    with invocation.engine() as engine:
        held = engine.requests.get(request_id)
        steps = engine.requests.steps(request_id)
        try:
            summary: Any = engine.requests.summary(request_id)
        except NotFound:
            summary = None
        following = next_commands(engine, held)
        rule, zone = right_of(engine.parts, held.law, held.kind), engine.parts.zone
        standing = engine.requests.standing(request_id)
        readings = standing.deadline.readings if standing.deadline else ()
        invocation.answer(
            {
                **request_data(engine, held),
                "findings": list(standing.findings),
                "readings": readings_answer(rule, readings, zone),
                "steps": [{"name": s.name, "state": s.state, "note": s.note} for s in steps],
                "plan": summary,
                "next": following,
            },
            lambda: [
                *request_words(engine, held),
                *readings_words(rule, readings, zone),
                *(f"step {s.name}: {s.state}" for s in steps),
                *(list(plan_words(summary)) if summary else []),
                *next_words(following),
            ],
        )


@click.command("verify-identity")
@click.argument("request_id")
@click.option("--level", default="reasonable", help="reasonable, reasonably_high or account.")
@click.option("--how", required=True, help="By what means, such as account_login.")
@click.option("--subject", help="Which known person asks, or `new`, where several may be meant.")
@pass_invocation
def verify_identity(
    invocation: Invocation, request_id: str, level: str, how: str, subject: str | None
) -> None:
    """Confirm who asks. Never copy a proof of identity into the register.

    Example: govreg request verify-identity req_7t0m3k9x2c4v8q1z --how login
    """
    with invocation.engine() as engine:
        held = engine.requests.verify_identity(
            request_id, level=level, how=how, actor=invocation.actor, subject=subject
        )
        answered(invocation, engine, held)
