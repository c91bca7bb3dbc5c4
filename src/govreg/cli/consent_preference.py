"""`govreg consent prefer | preferences | import-preferences | export-preferences`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from govreg.cli.consent_words import refused_words
from govreg.cli.invocation import Invocation, day, parsed_pairs, pass_invocation, table
from govreg.consent.model import Channel
from govreg.errors import UsageProblem

if TYPE_CHECKING:
    from govreg.choices.preference_file import Preferred
    from govreg.engine import Engine

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
@click.argument("file", required=False, type=click.Path(path_type=Path))
@click.option("--column", "columns", multiple=True, help="NAME=COLUMN: the column that holds it.")
@click.option("--origin", help="Where it was said. Default: the file's name.")
@click.option("--rows", help="Out of a mapped collection instead: SOURCE.COLLECTION.")
@click.option("--field", help="Its field that says whether the person wants the channel.")
@click.option("--channel", type=click.Choice([str(one) for one in Channel]))
@click.option("--yes", multiple=True, help="A value of the field that means yes.")
@click.option("--no", multiple=True, help="One that means no.")
@pass_invocation
def import_preferences(
    invocation: Invocation, /, file: Path | None, rows: str | None, **said: Any
) -> int:
    """Take over how people want to be reached: from a file, or off a field of a source.

    Columns: `subject` or identifier kinds, `channel`, `wanted`, `hours`, `language`, `origin`,
    `at`. It is never taken for consent. Exit code 1 when rows were refused.

    \b
    Example: govreg consent import-preferences --rows crm.customers \\
        --field wants_mail --channel email
    """  # noqa: D301 - click reads `\b`: these lines are not wrapped
    if (file is None) is (rows is None):
        raise UsageProblem("a file, or `--rows SOURCE.COLLECTION`: one of the two")
    with invocation.engine() as engine:
        made = (
            _of_source(engine, rows, said, invocation.actor)
            if rows is not None
            else _of_file(engine, file, said, invocation.actor)
        )
    invocation.answer(
        {
            "rows": made.rows,
            "recorded": made.recorded,
            "already": made.already,
            "people": made.people,
            "refused": {str(why): held.count for why, held in sorted(made.refused.items())},
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


def _of_file(engine: Engine, file: Path | None, said: dict[str, Any], actor: str) -> Preferred:
    from govreg.choices.preference_file import import_preferences as take

    path = file or Path()
    columns = dict(parsed_pairs(said["columns"]))
    origin = said["origin"] or path.name
    return take(engine.parts, path, renamed=columns, origin=origin, actor=actor)


def _of_source(engine: Engine, rows: str, said: dict[str, Any], actor: str) -> Preferred:
    from govreg.choices.preference_source import NO, YES, preferences_of_source

    if not said["field"] or not said["channel"]:
        raise UsageProblem("`--field` and `--channel` say what is read, and of which channel")
    return preferences_of_source(
        engine.parts,
        rows,
        said["field"],
        Channel(said["channel"]),
        yes=[one.lower() for one in said["yes"]] or YES,
        no=[one.lower() for one in said["no"]] or NO,
        actor=actor,
    )


@click.command("export-preferences")
@click.argument("file", required=False, type=click.Path(path_type=Path))
@click.option("--rows", help="Into a mapped collection instead: SOURCE.COLLECTION.")
@click.option("--field", help="Its field that says whether the person wants the channel.")
@click.option("--channel", type=click.Choice([str(one) for one in Channel]))
@click.option(
    "--yes", multiple=True, help="A value of the field that means yes; the first is written."
)
@click.option("--no", multiple=True, help="One that means no.")
@click.option("--dry-run", is_flag=True, help="Count the rows that differ and change nothing.")
@pass_invocation
def export_preferences(
    invocation: Invocation, /, file: Path | None, rows: str | None, **said: Any
) -> int:
    """Write how people want to be reached: to a file, or into a field of a source.

    A file is CSV, Parquet or JSON Lines, and names people by their ids. In a source each row of a
    person who said it is made to say so too, where it says something else; a row that somebody
    changes meanwhile is left and told. Exit code 1 when rows were not changed.

    \b
    Example: govreg consent export-preferences --rows crm.customers \\
        --field wants_mail --channel email --dry-run
    """  # noqa: D301 - click reads `\b`: these lines are not wrapped
    if (file is None) is (rows is None):
        raise UsageProblem("a file, or `--rows SOURCE.COLLECTION`: one of the two")
    if rows is not None:
        return _into_source(invocation, rows, said)
    from govreg.choices.preference_file import export_preferences as write

    path = file or Path()
    with invocation.engine() as engine:
        count, named = write(engine.parts, path, actor=invocation.actor)
    invocation.answer(
        {"file": str(path), "rows": count, "sha256": named},
        lambda: [f"{count:,} rows written to {path}", f"sha256 {named}"],
    )
    return 0


def _into_source(invocation: Invocation, rows: str, said: dict[str, Any]) -> int:
    from govreg.choices.preference_write import write_preferences

    if not said["field"] or not said["channel"]:
        raise UsageProblem("`--field` and `--channel` say what is written, and of which channel")
    with invocation.engine() as engine:
        made = write_preferences(
            engine.parts,
            rows,
            said["field"],
            Channel(said["channel"]),
            yes=said["yes"],
            no=said["no"],
            dry_run=said["dry_run"],
            actor=invocation.actor,
        )
    invocation.answer(
        {
            "said": made.said,
            "differ": made.differ,
            "written": made.written,
            "failed": dict(made.failed),
        },
        lambda: [
            (
                f"{made.said:,} rows of people who said it: {made.differ:,} differ, "
                f"{made.written:,} written"
            ),
            *(f"not changed: {count:,} ({code})" for code, count in sorted(made.failed.items())),
        ],
    )
    return 1 if made.failed else 0
