"""`govreg consent record | withdraw | show | history`."""

from __future__ import annotations

import datetime as dt
import sys
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

import click

from govreg.cli.consent_words import (
    history_rows,
    impact_data,
    impact_words,
    status_data,
    status_words,
)
from govreg.cli.invocation import Invocation, moment_of, parsed_pairs, pass_invocation, table
from govreg.consent.model import Act, Channel, Chooser, EventKind
from govreg.errors import UsageProblem

if TYPE_CHECKING:
    from govreg.choices.model import Choice, Outcome
    from govreg.engine import Engine

_SIGNAL = 1 << 21


def _options(command: Callable[..., Any]) -> Callable[..., Any]:
    """The options that name a person."""
    command = click.option("--subject", help="The person's id, such as sub_7t0m3k9x2c4v8q1z.")(
        command
    )
    return click.option(
        "--identifier", "identifiers", multiple=True, help="KIND=VALUE; may be repeated."
    )(command)


def _of(kind: type[Act | Channel | Chooser | EventKind]) -> click.Choice[str]:
    return click.Choice([str(one) for one in kind])


@click.command()
@_options
@click.option("--activity", required=True, help="A processing activity, or `*` for everything.")
@click.option("--kind", required=True, type=_of(EventKind), help="What was chosen.")
@click.option("--notice", help="The notice that was shown: NAME or NAME@VERSION.")
@click.option("--language", help="The language it was shown in, such as fi.")
@click.option("--method", help="The form, with its version: checkout-form@4.")
@click.option("--act", type=_of(Act), help="What the person did.")
@click.option("--channel", type=_of(Channel), help="Where.")
@click.option("--steps", type=int, help="Steps that it took.")
@click.option("--explicit/--not-explicit", default=None, help="Whether it was explicit.")
@click.option("--age", type=click.IntRange(0, 130), help="The person's age in whole years.")
@click.option("--country", help="Where the person lives, such as FI.")
@click.option("--by", type=_of(Chooser), default="person", help="Who chose.")
@click.option("--until", help="The last day on which it counts, YYYY-MM-DD.")
@click.option("--law", help="Under which it is judged. Default: the activity's.")
@click.option("--attest", multiple=True, help="NAME=yes|no, such as free=yes.")
@click.option("--element", multiple=True, help="Of an authorisation: NAME=yes|no.")
@click.option("--evidence", help="Where proof lies; sealed. Never a copy of it.")
@click.option("--guardian-evidence", help="Where proof of the guardian's authority lies; sealed.")
@click.option("--age-evidence", help="Where proof of the age lies; sealed.")
@click.option("--signal", help="The signal as received, or `-` from standard input; sealed.")
@click.option("--key", help="Names the choice for retries.")
@pass_invocation
def record(
    invocation: Invocation,
    /,
    subject: str | None,
    identifiers: tuple[str, ...],
    until: str | None,
    attest: tuple[str, ...],
    element: tuple[str, ...],
    **said: Any,
) -> int:
    """Record a choice that is made now. Older ones are imported.

    It is recorded also where it does not count; exit code 1 says that it does not.

    \b
    Example: govreg consent record --identifier email=anna@example.org \\
        --activity newsletter --kind given --notice newsletter --language fi \\
        --method checkout-form@4 --act ticked --channel web --steps 1
    """  # noqa: D301 - click reads `\b`: these lines are not wrapped
    with invocation.engine() as engine:
        choice = _choice(engine, said, until=until, attest=attest, element=element)
        made = engine.consent.record(
            choice,
            subject=subject,
            identifiers=parsed_pairs(identifiers),
            actor=invocation.actor,
        )
        _answer(invocation, engine, made)
    return 1 if _falls_short(choice.kind, made) else 0


def _falls_short(kind: EventKind, made: Outcome) -> bool:
    from govreg.condition.truth import Truth

    giving = {EventKind.GIVEN, EventKind.RENEWED, EventKind.AUTHORISED}
    return kind in giving and made.status.counts is not Truth.TRUE


def _choice(
    engine: Engine,
    said: dict[str, Any],
    *,
    until: str | None,
    attest: Sequence[str],
    element: Sequence[str],
) -> Choice:
    from govreg.choices.model import Choice

    particulars = {
        name: said.pop(name)
        for name in ("evidence", "guardian_evidence", "age_evidence", "signal")
    }
    if particulars["signal"] == "-":
        particulars["signal"] = sys.stdin.buffer.read(_SIGNAL).decode("utf-8", "replace").strip()
    kinds = {"kind": EventKind, "act": Act, "channel": Channel, "by": Chooser}
    made: dict[str, Any] = {
        name: kinds[name](value) if name in kinds and value else value
        for name, value in said.items()
    }
    return Choice(
        **made,
        until=_end(engine, until),
        attested=_flags("--attest", attest),
        elements=_flags("--element", element),
        particulars={name: value for name, value in particulars.items() if value},
    )


def _end(engine: Engine, until: str | None) -> dt.datetime | None:
    """The end of the last day on which it counts."""
    if until is None:
        return None
    try:
        after = dt.date.fromisoformat(until) + dt.timedelta(days=1)
    except (ValueError, OverflowError):
        raise UsageProblem("`--until` is a day such as 2027-03-05") from None
    return dt.datetime.combine(after, dt.time(), engine.parts.zone)


def _flags(option: str, texts: Sequence[str]) -> dict[str, bool]:
    flags = {}
    for text in texts:
        name, sign, value = text.partition("=")
        if not sign or value not in {"yes", "no"}:
            raise UsageProblem(f"`{option}` is `NAME=yes` or `NAME=no`")
        flags[name] = value == "yes"
    return flags


def _answer(invocation: Invocation, engine: Engine, made: Outcome) -> None:
    zone = engine.parts.zone
    invocation.answer(
        {
            "subject": made.subject,
            "number": made.number,
            "status": status_data(made.status),
            "impact": impact_data(made.impact) if made.impact else None,
        },
        lambda: [
            f"recorded for {made.subject}, event {made.number}"
            if made.number is not None
            else f"this choice of {made.subject} was recorded before: nothing is added",
            *status_words(made.status, zone),
            *(impact_words(made.impact) if made.impact else ()),
            f"proof for the person: govreg consent receipt --subject {made.subject} -o DIR",
        ],
    )


@click.command()
@_options
@click.option("--activity", required=True, help="A processing activity, or `*` for everything.")
@click.option("--channel", type=_of(Channel), help="Where the person said so.")
@click.option("--steps", type=int, help="Steps that it took.")
@click.option("--by", type=_of(Chooser), default="person", help="Who withdraws.")
@click.option("--evidence", help="Where proof lies; sealed. Never a copy of it.")
@click.option("--key", help="Names the withdrawal for retries.")
@click.option("--dry-run", is_flag=True, help="Only say what it changes; record nothing.")
@pass_invocation
def withdraw(
    invocation: Invocation,
    /,
    subject: str | None,
    identifiers: tuple[str, ...],
    activity: str,
    dry_run: bool,
    **said: Any,
) -> None:
    """Withdraw consent, and see what loses its basis, who must be told, what is due to go.

    \b
    Example: govreg consent withdraw --subject sub_7t0m3k9x2c4v8q1z \\
        --activity newsletter
    """  # noqa: D301 - click reads `\b`: these lines are not wrapped
    with invocation.engine() as engine:
        if dry_run:
            impact = engine.consent.impact(activity)
            invocation.answer(
                {"impact": impact_data(impact)},
                lambda: ["nothing is recorded", *impact_words(impact)],
            )
            return
        given = {"activity": activity, "kind": "withdrawn", "signal": None}
        given |= {"guardian_evidence": None, "age_evidence": None}
        made = engine.consent.record(
            _choice(engine, {**given, **said}, until=None, attest=(), element=()),
            subject=subject,
            identifiers=parsed_pairs(identifiers),
            actor=invocation.actor,
        )
        _answer(invocation, engine, made)


@click.command()
@_options
@click.option("--activity", help="Only this one.")
@click.option("--at", help="How it stood at noon of this day, YYYY-MM-DD. Default: now.")
@pass_invocation
def show(
    invocation: Invocation,
    subject: str | None,
    identifiers: tuple[str, ...],
    activity: str | None,
    at: str | None,
) -> None:
    """Show what stands for a person: for each activity whether consent counts, and why.

    Example: govreg consent show --identifier email=anna@example.org
    """
    with invocation.engine() as engine:
        who = subject or engine.consent.find(parsed_pairs(identifiers))
        zone = engine.parts.zone
        moment = moment_of("--at", at, zone=zone, now=engine.parts.clock())
        if activity is None:
            held = engine.consent.statuses(who, moment)
        else:
            held = (engine.consent.status(who, activity, moment),)
        invocation.answer(
            {"subject": who, "at": moment, "status": [status_data(one) for one in held]},
            lambda: [
                f"{who}, at {moment.astimezone(zone):%Y-%m-%d %H:%M}",
                *(line for one in held for line in status_words(one, zone)),
                *([] if held else ["no choice is recorded"]),
            ],
        )


@click.command()
@_options
@pass_invocation
def history(invocation: Invocation, subject: str | None, identifiers: tuple[str, ...]) -> None:
    """Show everything that a person chose, oldest first, and what stood after each.

    Example: govreg consent history --subject sub_7t0m3k9x2c4v8q1z
    """
    with invocation.engine() as engine:
        who = subject or engine.consent.find(parsed_pairs(identifiers))
        past = engine.consent.history(who)
        head = ("event", "at", "activity", "kind", "by", "notice", "stands", "counts", "sealed")
        rows = history_rows(past, engine.parts.zone)
        invocation.answer(
            {"subject": who, "events": [dict(zip(head, row, strict=True)) for row in rows]},
            lambda: [who, *(table(rows, head) if rows else ["no choice is recorded"])],
        )


@click.command()
@click.option("--identifier", "identifiers", multiple=True, help="KIND=VALUE; may be repeated.")
@pass_invocation
def proof(invocation: Invocation, identifiers: tuple[str, ...]) -> None:
    """Show what proves the choices of a person who was erased, when they come back.

    Example: govreg consent proof --identifier email=anna@example.org
    """
    with invocation.engine() as engine:
        found = engine.consent.proofs(parsed_pairs(identifiers))
        zone = engine.parts.zone
    head = ("proof", "at", "activity", "kind", "notice", "kept_until")
    rows = [
        (
            one.proof_id,
            f"{one.at.astimezone(zone):%Y-%m-%d %H:%M:%S}",
            one.activity,
            str(one.kind),
            f"{one.circumstance.notice}@{one.circumstance.notice_version}"
            if one.circumstance.notice
            else "-",
            one.ends_at.astimezone(zone).date(),
        )
        for one in found
    ]
    invocation.answer(
        [dict(zip(head, row, strict=True)) for row in rows],
        lambda: table(rows, head) if rows else ["nothing is kept as proof"],
    )


@click.command()
@click.argument("subject")
@click.argument("number", type=int)
@pass_invocation
def evidence(invocation: Invocation, subject: str, number: int) -> None:
    """Show what is sealed of a choice: where proof lies, the signal as it came.

    NUMBER is the event's, as the history shows it. The reading is logged.

    Example: govreg consent evidence sub_7t0m3k9x2c4v8q1z 17
    """
    with invocation.engine() as engine:
        held = engine.consent.evidence(subject, number, actor=invocation.actor)
    invocation.answer(dict(held), lambda: [f"{name}: {value}" for name, value in held.items()])
