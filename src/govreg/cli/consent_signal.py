"""`govreg consent signal`."""

from __future__ import annotations

import datetime as dt
import sys
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

import click

from govreg.cli.invocation import Invocation, parsed_pairs, pass_invocation
from govreg.errors import UsageProblem

if TYPE_CHECKING:
    from govreg.choices.signalled import Received

_READ = 1 << 21
_KINDS = {
    "--tcf": ("C", "a TC string"),
    "--gpp": ("D", "a GPP string"),
    "--usp": ("1", "a US Privacy string"),
}
"""How a string of an option begins, and what it is called."""


@click.command()
@click.argument("strings", nargs=-1)
@click.option("--subject", help="The person's id, such as sub_7t0m3k9x2c4v8q1z.")
@click.option("--identifier", "identifiers", multiple=True, help="KIND=VALUE; may be repeated.")
@click.option("--tcf", multiple=True, help="A TC string, and no other.")
@click.option("--gpp", multiple=True, help="A GPP string, and no other.")
@click.option("--gpp-sid", type=int, multiple=True, help="A section that applies, as it came.")
@click.option("--usp", multiple=True, help="A US Privacy string, and no other.")
@click.option("--gpc", is_flag=True, help="The request carried Sec-GPC: 1.")
@click.option("--at", help="When it came, such as 2026-03-05T09:30:00Z; names it for retries.")
@click.option("--dry-run", is_flag=True, help="Only say what they mean; record nothing.")
@pass_invocation
def signal(
    invocation: Invocation,
    /,
    *,
    strings: tuple[str, ...],
    subject: str | None,
    identifiers: tuple[str, ...],
    tcf: tuple[str, ...],
    gpp: tuple[str, ...],
    gpp_sid: tuple[int, ...],
    usp: tuple[str, ...],
    gpc: bool,
    at: str | None,
    dry_run: bool,
) -> int:
    """Record what signals say of a person, by the workspace's signals.yaml.

    STRINGS are TC, GPP or US Privacy strings, told apart by how they begin; `-` reads one from
    standard input, which keeps it out of the shell's history. Exit code 1 when one may not be
    relied upon; what the others say is recorded.

    \b
    Example: govreg consent signal DBABTA~1YYN --gpc \\
        --identifier device_id=8c1f
    """  # noqa: D301 - click reads `\b`: these lines are not wrapped
    texts = list(_read(strings))
    for option, values in (("--tcf", tcf), ("--gpp", gpp), ("--usp", usp)):
        texts += _of_kind(option, list(_read(values)))
    moment = _moment(at)
    with invocation.engine() as engine:
        made = engine.consent.receive(
            texts,
            gpc=gpc,
            applicable=gpp_sid,
            at=moment,
            subject=subject,
            identifiers=parsed_pairs(identifiers),
            dry_run=dry_run,
            actor=invocation.actor,
        )
    invocation.answer(
        {
            "subject": made.subject,
            "meant": [
                {"activity": one.activity, "kind": str(one.kind), "reason": one.reason}
                for one in made.meant
            ],
            "recorded": _recorded(made),
            "findings": [
                {"code": one.code, "text": one.text, "invalid": one.invalid}
                for one in made.findings
            ],
        },
        lambda: _words(made, dry_run=dry_run),
    )
    return 1 if any(one.invalid for one in made.findings) else 0


def _read(texts: Sequence[str]) -> Iterator[str]:
    for text in texts:
        if text == "-":
            yield sys.stdin.buffer.read(_READ).decode("utf-8", "replace").strip()
        else:
            yield text


def _of_kind(option: str, texts: list[str]) -> list[str]:
    start, called = _KINDS[option]
    if any(text[:1] not in {"", start} for text in texts):
        raise UsageProblem(
            f"`{option}` takes {called}, which begins with `{start}`",
            "without an option a string is told apart by how it begins",
        )
    return texts


def _moment(at: str | None) -> dt.datetime | None:
    if at is None:
        return None
    try:
        moment = dt.datetime.fromisoformat(at)
    except ValueError:
        moment = None
    if moment is None or moment.tzinfo is None:
        raise UsageProblem("`--at` is a moment with its zone, such as 2026-03-05T09:30:00Z")
    return moment


def _recorded(made: Received) -> list[int]:
    return [one.number for one in made.outcomes if one.number is not None]


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
    elif made.meant:
        numbers = ", ".join(map(str, _recorded(made)))
        yield f"recorded of {made.subject}: {numbers or 'nothing, it was there already'}"
