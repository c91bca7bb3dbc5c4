"""`govreg consent prefer | preferences`."""

from __future__ import annotations

from pathlib import Path

import click

from govreg.cli.consent_words import refused_words
from govreg.cli.invocation import Invocation, day, parsed_pairs, pass_invocation, table
from govreg.consent.model import Channel

_subject = click.option("--subject", help="The person's id, such as sub_7t0m3k9x2c4v8q1z.")
_identifiers = click.option(
    "--identifier", "identifiers", multiple=True, help="KIND=VALUE; may be repeated."
)


@click.command()
@_subject
@_identifiers
@click.option("--channel", required=True, type=click.Choice([str(one) for one in Channel]))
@click.option("--yes/--no", "wanted", default=None, help="Whether they want it at all.")
@click.option("--hours", help="When, by the organisation's clock: 08:00-18:00.")
@click.option("--language", help="In which language, such as fi.")
@pass_invocation
def prefer(
    invocation: Invocation,
    subject: str | None,
    identifiers: tuple[str, ...],
    channel: str,
    wanted: bool | None,
    hours: str | None,
    language: str | None,
) -> None:
    """Record how a person wants to be reached. It is never taken for consent.

    \b
    Example: govreg consent prefer --identifier email=anna@example.org \\
        --channel phone --no
    """  # noqa: D301 - click reads `\b`: these lines are not wrapped
    from govreg.consent.preference import Preference

    with invocation.engine() as engine:
        who = subject or engine.consent.find(parsed_pairs(identifiers))
        said = Preference(
            channel=Channel(channel),
            wanted=wanted,
            hours=hours,
            language=language,
            at=engine.parts.clock(),
            origin="desk",
        )
        new = engine.consent.prefer(who, said, actor=invocation.actor)
    invocation.answer(
        {"subject": who, "new": new},
        lambda: [f"recorded for {who}" if new else f"{who} had said so before"],
    )


@click.command()
@_subject
@_identifiers
@pass_invocation
def preferences(invocation: Invocation, subject: str | None, identifiers: tuple[str, ...]) -> None:
    """Show how a person wants to be reached.

    Example: govreg consent preferences --identifier email=anna@example.org
    """
    with invocation.engine() as engine:
        who = subject or engine.consent.find(parsed_pairs(identifiers))
        held = engine.consent.preferences(who)
        zone = engine.parts.zone
    words = {True: "yes", False: "no", None: "-"}
    head = ("channel", "wanted", "hours", "language", "since", "from")
    rows = [
        (
            str(channel),
            words[one.wanted],
            one.hours or "-",
            one.language or "-",
            day(one.at, zone),
            one.origin,
        )
        for channel, one in held.items()
    ]
    invocation.answer(
        {"subject": who, "preferences": [dict(zip(head, row, strict=True)) for row in rows]},
        lambda: [who, *(table(rows, head) if rows else ["nothing was said"])],
    )


@click.command("import-preferences")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--column", "columns", multiple=True, help="NAME=COLUMN: the column that holds it.")
@click.option("--origin", help="Where it was said. Default: the file's name.")
@pass_invocation
def import_preferences(
    invocation: Invocation, file: Path, columns: tuple[str, ...], origin: str | None
) -> int:
    """Take over how people want to be reached, from CSV, Parquet or JSON Lines.

    Columns: `subject` or identifier kinds, `channel`, `wanted`, `hours`, `language`, `origin`,
    `at`. It is never taken for consent. Exit code 1 when rows were refused.

    \b
    Example: govreg consent import-preferences preferences.csv \\
        --column email=Mail --origin crm
    """  # noqa: D301 - click reads `\b`: these lines are not wrapped
    from govreg.choices.preference_file import import_preferences as take

    with invocation.engine() as engine:
        made = take(
            engine.parts,
            file,
            renamed=dict(parsed_pairs(columns)),
            origin=origin or file.name,
            actor=invocation.actor,
        )
    invocation.answer(
        {
            "rows": made.rows,
            "recorded": made.recorded,
            "already": made.already,
            "people": made.people,
            "refused": {str(why): rows.count for why, rows in sorted(made.refused.items())},
        },
        lambda: [
            (
                f"{made.rows:,} rows: {made.recorded:,} recorded, {made.already:,} said before, "
                f"{made.refusals:,} refused"
            ),
            *refused_words(made.refused),
        ],
    )
    return 1 if made.refusals else 0


@click.command("export-preferences")
@click.argument("file", type=click.Path(path_type=Path))
@pass_invocation
def export_preferences(invocation: Invocation, file: Path) -> None:
    """Write how people want to be reached, by their ids, to CSV, Parquet or JSON Lines.

    Example: govreg consent export-preferences preferences.parquet
    """
    from govreg.choices.preference_file import export_preferences as write

    with invocation.engine() as engine:
        rows, named = write(engine.parts, file, actor=invocation.actor)
    invocation.answer(
        {"file": str(file), "rows": rows, "sha256": named},
        lambda: [f"{rows:,} rows written to {file}", f"sha256 {named}"],
    )
