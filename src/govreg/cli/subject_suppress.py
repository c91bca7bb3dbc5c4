"""`govreg subject suppress | unsuppress | suppressed | suppression`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from govreg.cli.consent_words import refused_words
from govreg.cli.invocation import Invocation, parsed_pairs, pass_invocation, table
from govreg.errors import UsageProblem
from govreg.subjects.suppression import Why

if TYPE_CHECKING:
    from govreg.engine import Engine
    from govreg.subjects.identifier import Identifier

_subject = click.option("--subject", help="The person's id, such as sub_7t0m3k9x2c4v8q1z.")
_identifiers = click.option(
    "--identifier", "identifiers", multiple=True, help="KIND=VALUE; may be repeated."
)


def _named(engine: Engine, texts: tuple[str, ...]) -> list[Identifier]:
    return [engine.parts.kinds.identifier(kind, value) for kind, value in parsed_pairs(texts)]


@click.command()
@_subject
@_identifiers
@click.option("--scope", help="An activity, `channel:email` or the like, or `*`.")
@click.option("--reason", type=click.Choice([str(one) for one in Why]), default="request")
@click.option(
    "--until", type=click.DateTime(["%Y-%m-%d"]), help="The day on which it ends, YYYY-MM-DD."
)
@click.option("--file", type=click.Path(path_type=Path), help="A list of people: a table.")
@click.option("--column", "columns", multiple=True, help="NAME=COLUMN of the list.")
@click.option("--dry-run", is_flag=True, help="Only count what a list would enter.")
@pass_invocation
def suppress(
    invocation: Invocation,
    /,
    subject: str | None,
    identifiers: tuple[str, ...],
    scope: str | None,
    file: Path | None,
    **said: Any,
) -> int:
    """Keep a person from being contacted or taken in again, also after an erasure.

    A list has a column for each identifier kind, and where its rows differ `scope`, `reason`,
    `since` and `ends`. Exit code 1 when rows of it were refused.

    \b
    Example: govreg subject suppress --identifier email=anna@example.org \\
        --scope newsletter
    """  # noqa: D301 - click reads `\b`: these lines are not wrapped
    with invocation.engine() as engine:
        if file is not None:
            return _list(invocation, engine, file, scope, said)
        if scope is None:
            raise UsageProblem("`--scope` says what from: an activity, a channel, or `*`")
        from govreg.choices.suppressing import suppress_person

        until = said["until"]
        new = suppress_person(
            engine.parts,
            subject=subject,
            identifiers=_named(engine, identifiers),
            scope=scope,
            reason=Why(said["reason"]),
            until=until.replace(tzinfo=engine.parts.zone) if until else None,
            actor=invocation.actor,
        )
    invocation.answer({"scope": scope, "new": new}, lambda: [f"{new} new under {scope}"])
    return 0


def _list(
    invocation: Invocation, engine: Engine, file: Path, scope: str | None, said: dict[str, Any]
) -> int:
    from govreg.choices.listing import suppress_file

    made = suppress_file(
        engine.parts,
        file,
        scope=scope,
        reason=Why(said["reason"]),
        renamed=dict(parsed_pairs(said["columns"])),
        dry_run=said["dry_run"],
        actor=invocation.actor,
    )
    would = "would be " if said["dry_run"] else ""
    invocation.answer(
        {
            "rows": made.rows,
            "entered": made.entered,
            "already": made.already,
            "refused": {str(why): rows.count for why, rows in sorted(made.refused.items())},
        },
        lambda: [
            (
                f"{made.rows:,} rows: {made.entered:,} look-up values {would}new on the list, "
                f"{made.already:,} there already, {made.refusals:,} rows refused"
            ),
            *refused_words(made.refused),
        ],
    )
    return 1 if made.refusals else 0


@click.command()
@_subject
@_identifiers
@click.option("--scope", required=True, help="As it was suppressed under.")
@pass_invocation
def unsuppress(
    invocation: Invocation, subject: str | None, identifiers: tuple[str, ...], scope: str
) -> None:
    """Take a person off the suppression list again, for one scope.

    \b
    Example: govreg subject unsuppress --subject sub_7t0m3k9x2c4v8q1z \\
        --scope newsletter
    """  # noqa: D301 - click reads `\b`: these lines are not wrapped
    from govreg.choices.suppressing import lift_suppression

    with invocation.engine() as engine:
        gone = lift_suppression(
            engine.parts,
            subject=subject,
            identifiers=_named(engine, identifiers),
            scope=scope,
            actor=invocation.actor,
        )
    invocation.answer({"scope": scope, "lifted": gone}, lambda: [f"{gone} lifted from {scope}"])


@click.command()
@_subject
@_identifiers
@click.option("--scope", "scopes", multiple=True, help="Only these, and entries for everything.")
@pass_invocation
def suppressed(
    invocation: Invocation,
    subject: str | None,
    identifiers: tuple[str, ...],
    scopes: tuple[str, ...],
) -> int:
    """Ask whether a person is on the suppression list. Exit code 1 when they are.

    Example: govreg subject suppressed --identifier email=anna@example.org
    """
    from govreg.choices.suppressing import suppressions_of

    with invocation.engine() as engine:
        found = suppressions_of(
            engine.parts,
            subject=subject,
            identifiers=_named(engine, identifiers),
            scopes=scopes,
        )
        zone = engine.parts.zone
    head = ("by", "scope", "reason", "since", "until")
    rows = [
        (
            one.kind,
            one.scope,
            str(one.reason),
            one.since.astimezone(zone).date(),
            one.ends_at.astimezone(zone).date() if one.ends_at else "-",
        )
        for one in found
    ]
    invocation.answer(
        [dict(zip(head, row, strict=True)) for row in rows],
        lambda: table(rows, head) if rows else ["not suppressed"],
    )
    return 1 if rows else 0


@click.command()
@pass_invocation
def suppression(invocation: Invocation) -> None:
    """Count who is on the suppression list, by scope and reason.

    Example: govreg subject suppression
    """
    from govreg.choices.suppressing import suppression_counts

    with invocation.engine() as engine:
        held = suppression_counts(engine.parts)
    head = ("scope", "reason", "values")
    rows = [(scope, str(reason), count) for (scope, reason), count in held.items()]
    invocation.answer(
        [dict(zip(head, row, strict=True)) for row in rows],
        lambda: table(rows, head) if rows else ["nobody is suppressed"],
    )
