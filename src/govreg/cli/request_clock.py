"""`govreg request pause | extend`: what happens to a deadline on the way."""

from __future__ import annotations

import click

from govreg.cli.invocation import Invocation, moment_of, pass_invocation
from govreg.cli.request_words import answered
from govreg.errors import UsageProblem


@click.command()
@click.argument("request_id")
@click.option("--reason", help="identity_in_doubt or broad_request.")
@click.option("--asked", help="The day the person was asked, YYYY-MM-DD. Default: now.")
@click.option("--evidence", help="Where the question is kept, such as its message number.")
@click.option("--answered", "answer", help="The day the answer came: the clock goes on.")
@pass_invocation
def pause(
    invocation: Invocation,
    request_id: str,
    reason: str | None,
    asked: str | None,
    evidence: str | None,
    answer: str | None,
) -> None:
    """Record that the clock stands still while the person is asked, or that it goes on.

    It goes on with `--answered DAY` alone.

    \b
    Example: govreg request pause req_7t0m3k9x2c4v8q1z \\
        --reason identity_in_doubt --evidence message-112
    """  # noqa: D301 - click reads `\b`: these lines are not wrapped
    with invocation.engine() as engine:
        desk, zone, now = engine.requests, engine.parts.zone, engine.parts.clock()
        if answer is not None:
            if reason or asked or evidence:
                raise UsageProblem("`--answered` ends a suspension and stands alone")
            moment = moment_of("--answered", answer, zone=zone, now=now)
            held = desk.go_on(request_id, answered_at=moment, actor=invocation.actor)
        elif reason is None or evidence is None:
            raise UsageProblem(
                "a suspension needs `--reason` and `--evidence`",
                "its end needs `--answered DAY` alone",
            )
        else:
            held = desk.pause(
                request_id,
                reason=reason,
                asked_at=moment_of("--asked", asked, zone=zone, now=now),
                evidence=evidence,
                actor=invocation.actor,
            )
        answered(invocation, engine, held)


@click.command()
@click.argument("request_id")
@click.option("--reason", required=True, help="Why, as the person was told; no personal data.")
@click.option("--told", help="The day the person was told, YYYY-MM-DD. Default: now.")
@pass_invocation
def extend(invocation: Invocation, request_id: str, reason: str, told: str | None) -> None:
    """Record that the person was told that the answer takes longer.

    \b
    Example: govreg request extend req_7t0m3k9x2c4v8q1z \\
        --reason "many systems to search"
    """  # noqa: D301 - click reads `\b`: these lines are not wrapped
    with invocation.engine() as engine:
        moment = moment_of("--told", told, zone=engine.parts.zone, now=engine.parts.clock())
        held = engine.requests.extend(
            request_id, reason=reason, told_at=moment, actor=invocation.actor
        )
        answered(invocation, engine, held)
