"""`govreg consent import | export`."""

from __future__ import annotations

import contextlib
import csv
import datetime as dt
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import click

from govreg.cli.consent_words import refused_words
from govreg.cli.invocation import Invocation, parsed_pairs, pass_invocation
from govreg.consent.model import Channel
from govreg.errors import UsageProblem

if TYPE_CHECKING:
    from govreg.choices.filtering import Filtered
    from govreg.choices.import_model import Imported, Refusal


def _day(option: str, text: str, zone: dt.tzinfo, *, end: bool = False) -> dt.datetime:
    """The beginning of a day, or its last millisecond."""
    try:
        day = dt.date.fromisoformat(text)
    except ValueError:
        raise UsageProblem(f"`{option}` is a day such as 2019-05-25") from None
    begin = dt.datetime.combine(day, dt.time(), zone)
    return begin + dt.timedelta(days=1, milliseconds=-1) if end else begin


@click.command("import")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--from", "begins", required=True, help="The first day that it covers, YYYY-MM-DD.")
@click.option("--to", "ends", help="The last day. Default: today.")
@click.option("--source", help="Where it comes from, in a few words. Default: the file's name.")
@click.option("--column", "columns", multiple=True, help="NAME=COLUMN: the column that holds it.")
@click.option("--set", "stated", multiple=True, help="NAME=VALUE of every row.")
@click.option("--ignore", "ignored", multiple=True, help="A column that is passed over.")
@click.option("--zone", help="Zone of moments without one, such as Europe/Helsinki.")
@click.option(
    "--refused", type=click.Path(path_type=Path), help="Write refused rows there: number, reason."
)
@click.option("--dry-run", is_flag=True, help="Say what would be recorded; record nothing.")
@pass_invocation
def import_(invocation: Invocation, /, file: Path, zone: str | None, **said: Any) -> int:
    """Take over choices of the past from a file of CSV, Parquet or JSON Lines.

    Each row is one choice: who, when, which activity, what was chosen, and how. What was imported
    before adds nothing. Exit code 1 when rows were refused.

    \b
    Example: govreg consent import choices.csv --from 2019-05-25 \\
        --column email=Mail --set activity=newsletter --set kind=given
    """  # noqa: D301 - click reads `\b`: these lines are not wrapped
    from govreg.choices.import_model import Declared

    with invocation.engine() as engine, _rows_to(said["refused"]) as tell:
        own = engine.parts.zone
        today = engine.parts.today().isoformat()
        declared = Declared(
            source=said["source"] or file.name,
            begins=_day("--from", said["begins"], own),
            ends=_day("--to", said["ends"] or today, own, end=True),
            zone=_zone(zone),
            dry_run=said["dry_run"],
        )
        made = engine.consent.import_file(
            file,
            declared,
            renamed=dict(parsed_pairs(said["columns"])),
            stated=dict(parsed_pairs(said["stated"])),
            ignored=said["ignored"],
            actor=invocation.actor,
            refused=tell,
        )
        invocation.answer(
            _data(made),
            lambda: _words(made, dry_run=said["dry_run"], refused=said["refused"]),
        )
    return 1 if made.refusals else 0


def _zone(text: str | None) -> ZoneInfo | None:
    if text is None:
        return None
    try:
        return ZoneInfo(text)
    except (ValueError, OSError, ZoneInfoNotFoundError):
        raise UsageProblem("`--zone` is a time zone such as Europe/Helsinki") from None


@contextlib.contextmanager
def _rows_to(path: Path | None) -> Iterator[Callable[[int, Refusal], None] | None]:
    """Who writes down the refused rows: numbers and reasons, never a value."""
    if path is None:
        yield None
        return
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with open(handle, "w", newline="", encoding="utf-8") as out:  # noqa: PTH123 - a descriptor
        to = csv.writer(out)
        to.writerow(("row", "reason"))
        yield lambda row, why: to.writerow((row, str(why)))


def _data(made: Imported) -> dict[str, object]:
    return {
        "import": made.import_id,
        "rows": made.rows,
        "recorded": made.recorded,
        "already": made.already,
        "refused": {
            str(why): {"rows": rows.count, "first": rows.first}
            for why, rows in sorted(made.refused.items())
        },
        "people": made.people,
        "suppressed": made.suppressed,
        "lifted": made.lifted,
        "batches": made.batches,
        "kinds": dict(sorted(made.by_kind.items())),
    }


def _words(made: Imported, *, dry_run: bool, refused: Path | None) -> Iterator[str]:
    would = "would be " if dry_run else ""
    yield (
        f"{made.rows:,} rows: {made.recorded:,} {would}recorded, {made.already:,} there already, "
        f"{made.refusals:,} refused"
    )
    kinds = ", ".join(f"{count:,} {kind}" for kind, count in sorted(made.by_kind.items()))
    if kinds:
        yield f"recorded: {kinds}"
    yield from refused_words(made.refused)
    if made.people:
        yield f"{made.people:,} people became known"
    if made.suppressed or made.lifted:
        yield f"suppression list: {made.suppressed:,} look-up values on, {made.lifted:,} off"
    if refused is not None and made.refusals:
        yield f"every refused row by number: {refused}"
    if dry_run:
        yield "nothing was recorded"
    else:
        yield f"import {made.import_id}, {made.batches} batches, one entry each in the audit log"


@click.command()
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--activity", help="Only choices about this one.")
@click.option("--from", "begins", help="Only from this day on, YYYY-MM-DD.")
@click.option("--to", "ends", help="Only up to this day.")
@pass_invocation
def export(
    invocation: Invocation, file: Path, activity: str | None, begins: str | None, ends: str | None
) -> None:
    """Write recorded choices to a file of CSV, Parquet or JSON Lines, as an import reads them.

    People are named by their ids; sealed evidence is left out and marked.

    Example: govreg consent export choices.parquet --activity newsletter
    """
    from govreg.choices.exporting import Wanted

    with invocation.engine() as engine:
        zone = engine.parts.zone
        made = engine.consent.export_file(
            file,
            Wanted(
                activity=activity,
                begins=_day("--from", begins, zone) if begins else None,
                ends=_day("--to", ends, zone, end=True) if ends else None,
            ),
            actor=invocation.actor,
        )
        sealed = (
            f"; {made.sealed:,} have sealed evidence, which is left out" if made.sealed else ""
        )
        invocation.answer(
            {
                "file": str(file),
                "events": made.events,
                "sealed": made.sealed,
                "sha256": made.file_hash,
            },
            lambda: [
                f"{made.events:,} choices written to {file}{sealed}",
                f"sha256 {made.file_hash}",
            ],
        )


@click.command("filter")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--activity", required=True, help="What the rows are to be used for.")
@click.option("--rows", help="The rows are of this collection, by its key: SOURCE.COLLECTION.")
@click.option("--identifier", help="KIND=COLUMN: the column that says whose they are.")
@click.option("--subject", help="The column with people's ids.")
@click.option(
    "--use",
    type=click.Choice(["use", "sell_or_share", "sensitive"]),
    default="use",
    help="What is about to be done.",
)
@click.option(
    "--channel",
    type=click.Choice([str(one) for one in Channel]),
    help="By which they are to be reached: who does not want it is left out.",
)
@click.option(
    "-o", "--to", required=True, type=click.Path(path_type=Path), help="The file for the rows."
)
@pass_invocation
def filter_(invocation: Invocation, /, file: Path, activity: str, to: Path, **said: Any) -> None:
    """Write the rows of a file that people's choices permit; count the others by reason.

    Rows of several people, and rows that nothing says whose they are, are never written.

    \b
    Example: govreg consent filter list.csv --activity newsletter \\
        --identifier email=Mail -o may-mail.csv
    """  # noqa: D301 - click reads `\b`: these lines are not wrapped
    from govreg.bulk.standing import Use
    from govreg.choices.subset import Named

    ways = [name for name in ("rows", "identifier", "subject") if said[name]]
    if len(ways) != 1:
        raise UsageProblem(
            "one thing says whose the rows are",
            "`--identifier KIND=COLUMN`, `--rows SOURCE.COLLECTION` or `--subject COLUMN`",
        )
    pairs = parsed_pairs([said["identifier"]]) if said["identifier"] else [None]
    named = Named(subject=said["subject"], rows=said["rows"], identifier=pairs[0])
    with invocation.engine() as engine:
        made = engine.consent.filter_file(
            file,
            to,
            activity,
            named,
            use=Use(said["use"]),
            channel=Channel(said["channel"]) if said["channel"] else None,
            actor=invocation.actor,
        )
        zone = engine.parts.zone
    invocation.answer(
        {
            "file": str(to),
            "rows": made.rows,
            "counts": {str(verdict): count for verdict, count in made.counts.items()},
            "sha256": made.file_hash,
            "mapped_at": made.mapped_at,
        },
        lambda: _filtered(made, to, zone),
    )


def _filtered(made: Filtered, to: Path, zone: dt.tzinfo) -> Iterator[str]:
    from govreg.bulk.standing import Verdict

    yield f"{made.counts.get(Verdict.PERMITTED, 0):,} of {made.rows:,} rows written to {to}"
    for verdict, count in sorted(made.counts.items(), key=lambda item: -item[1]):
        if verdict is not Verdict.PERMITTED:
            yield f"  {count:,} left out: {_LEFT_OUT[str(verdict)]}"
    if made.mapped_at is not None:
        yield f"by the row map of {made.mapped_at.astimezone(zone):%Y-%m-%d %H:%M}"
    yield f"sha256 {made.file_hash}"


_LEFT_OUT = {
    "suppressed": "on the suppression list",
    "not_wanted": "does not want this channel",
    "restricted": "processing is restricted",
    "objects": "the person objects",
    "opted_out": "opted out of sale and sharing",
    "limits": "limits the use of sensitive data",
    "never_chose": "nobody has recorded a choice",
    "refused": "refused",
    "withdrawn": "consent was withdrawn, or ended",
    "expired": "consent has run out",
    "does_not_count": "consent was given, but does not count",
    "not_known": "whether consent counts is not known",
    "ambiguous": "several people may be meant",
    "not_mapped": "nothing says whose the row is",
}


@click.command()
@pass_invocation
def verify(invocation: Invocation) -> int:
    """Check that imported batches are what they were: each root is made again.

    Batches of which an erasure took events are counted apart. Exit code 5 when one is not what it
    was.

    Example: govreg consent verify
    """
    from govreg.choices.batch_check import check_batches

    with invocation.engine() as engine:
        found = check_batches(engine.parts)
    invocation.answer(
        {"whole": found.whole, "reduced": found.reduced, "wrong": found.wrong},
        lambda: [
            f"{found.whole:,} batches are what they were",
            *([f"{found.reduced:,} lost events to erasures"] if found.reduced else []),
            *(f"{batch} is NOT what it was" for batch in found.wrong),
        ],
    )
    return 5 if found.wrong else 0
