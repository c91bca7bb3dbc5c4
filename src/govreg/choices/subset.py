"""Of any table, the rows that people's choices permit: decided as sets, counted by reason.

(1) who is to leave the copies has left; the snapshot is fit to be read
(2) what stands for everybody who chose anything about the activity, with the events since
(3) who is on the suppression list
(4) a verdict for each of them; whoever never chose has the same one
(5) whose each row is: by a subject's id, by the key of a mapped row, or by an identifier
(6) rows go out as they are read, in no certain order, those alone that are permitted; the others
    are counted by reason

What nothing says whose it is, and what may be several people's, is never permitted.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import pyarrow as pa
import pyarrow.compute as pc
import sqlalchemy as sa

from govreg.bulk.duck import duck
from govreg.bulk.snapshot import SCHEMA, Snapshot
from govreg.bulk.snapshot_build import events_between, with_ends
from govreg.bulk.standing import (
    Judge,
    Use,
    Verdict,
    fold_into,
    number_of,
    of_nobody,
    verdict_of,
    verdicts_into,
)
from govreg.choices.copies import copies_of, fresh_snapshot
from govreg.choices.judging import Judging
from govreg.choices.subset_rows import MARK, Asked, by_identifier, by_rows, by_subject
from govreg.clock import to_millis
from govreg.condition.truth import Truth
from govreg.consent.ledger import last_number
from govreg.consent.model import EVERYTHING, Channel
from govreg.consent.tables import consent_preference
from govreg.errors import NotFound, UsageProblem
from govreg.requests.parts import Parts
from govreg.subjects.survivors import merged
from govreg.subjects.tables import subject_identifier, suppression_entry
from govreg.validation import suggestion

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

CONSENT_BASES = frozenset({"gdpr.6.1.a", "gdpr.9.2.a"})
_NULLS: Mapping[Truth, bool | None] = {Truth.TRUE: True, Truth.FALSE: False, Truth.UNKNOWN: None}


@dataclass(frozen=True, slots=True, kw_only=True)
class Named:
    """How the rows of a table say whose they are: one of the three."""

    subject: str | None = None
    """The column that holds subjects' ids."""
    rows: str | None = None
    """A collection, `source.collection`, whose key columns the table has."""
    identifier: tuple[str, str] | None = None
    """An identifier kind, and the column that holds its values."""


@dataclass(slots=True, kw_only=True)
class Permitted:
    """Rows that are permitted, as they are read."""

    schema: pa.Schema
    batches: Iterator[pa.RecordBatch]
    counts: Counter[Verdict] = field(default_factory=Counter)
    """Rows by verdict, complete once every batch was read."""
    mapped_at: dt.datetime | None = None
    """When the row map was filled, where one was used."""


@contextmanager
def permitted(
    parts: Parts,
    judging: Judging,
    table: pa.RecordBatchReader,
    activity: str,
    named: Named,
    use: Use = Use.USE,
    channel: Channel | None = None,
) -> Iterator[Permitted]:
    """The rows of a table that people's choices permit for an activity.

    Args:
        parts: The engine's parts.
        judging: Says whether a choice counts.
        table: The rows; read once.
        activity: Name of a processing activity.
        named: How its rows say whose they are.
        use: What is about to be done.
        channel: By which people are to be reached, where they are.

    Raises:
        NotFound: no such activity, or the collection has no row map.
        UsageProblem: a column is missing, or the extra `bulk` is not installed.
        Conflict: another process writes the copies.
    """
    if MARK in table.schema.names:
        raise UsageProblem(f"the table has a column `{MARK}` already", "rename it")
    consent = rests_on_consent(parts, activity)
    copies = copies_of(parts)
    snapshot = fresh_snapshot(parts, copies)
    scratch = copies.choices.folder.parent / "scratch"
    with duck(scratch) as db, parts.store.read() as connection:
        scopes = scopes_of(activity, channel)
        closed = _closed(connection, scopes, channel, to_millis(parts.clock()))
        decide(parts, judging, connection, db, snapshot, activity, closed, use=use)
        asked = Asked(
            parts=parts,
            connection=connection,
            db=db,
            scopes=scopes,
            nobody=of_nobody(rests_on_consent=consent),
        )
        mapped_at = None
        if named.rows is not None:
            read, mapped_at = by_rows(asked, copies.rows, table, named.rows)
        elif named.identifier is not None:
            read = by_identifier(asked, table, *named.identifier)
        elif named.subject is not None:
            read = by_subject(asked, table, named.subject)
        else:
            raise UsageProblem("nothing says whose the rows are")
        counts: Counter[Verdict] = Counter()
        yield Permitted(
            schema=table.schema,
            batches=_sorted_out(read, counts),
            counts=counts,
            mapped_at=mapped_at,
        )


def rests_on_consent(parts: Parts, activity: str) -> bool:
    """Whether an activity's basis is consent.

    Raises:
        NotFound: no such activity in the register in force.
    """
    activities = parts.border.register.activities
    held = activities.get(activity)
    if held is None:
        raise NotFound(
            f"there is no activity `{activity}` in the register in force",
            suggestion(activity, sorted(activities)),
        )
    return bool({held.basis, held.facts.get("special_basis")} & CONSENT_BASES)


def decide(
    parts: Parts,
    judging: Judging,
    connection: sa.Connection,
    db: DuckDBPyConnection,
    snapshot: Snapshot,
    activity: str,
    closed: Mapping[str, Verdict],
    *,
    use: Use,
) -> None:
    """Steps (2) to (4): the table `verdict` of everybody who chose anything or is listed."""
    fold_into(
        db,
        snapshot.of(activity),
        _more(connection, snapshot, activity),
        aliases=merged(connection),
        now=to_millis(parts.clock()),
        zone=parts.settings.time_zone,
        judge=judge_of(judging, connection, activity),
    )
    consent = rests_on_consent(parts, activity)
    verdicts_into(db, closed, use=use, rests_on_consent=consent)


def scopes_of(activity: str, channel: Channel | None) -> tuple[str, ...]:
    """The scopes of the suppression list that close an activity, by a channel."""
    return (activity, EVERYTHING, *([f"channel:{channel}"] if channel else []))


def judge_of(judging: Judging, connection: sa.Connection, activity: str) -> Judge:
    """Says whether consent to an activity counts; None where that is not known."""

    def judge(number: int, day: dt.date, guardian: bool) -> bool | None:  # noqa: FBT001
        held = judging.of(connection, number, activity, on=day, guardian=guardian)
        return _NULLS[held.truth]

    return judge


def _more(
    connection: sa.Connection, snapshot: Snapshot, activity: str
) -> Iterator[pa.RecordBatch]:
    """What the snapshot has of everything, and what came since."""
    yield from snapshot.of(EVERYTHING)
    last = last_number(connection)
    for batch in events_between(connection, snapshot.upto, last, (activity, EVERYTHING)):
        events = pa.Table.from_batches([batch]).select(SCHEMA.names)
        yield from with_ends(events).to_batches()


def _closed(
    connection: sa.Connection, scopes: Sequence[str], channel: Channel | None, now: int
) -> Mapping[str, Verdict]:
    """The known people who are on the suppression list, or do not want the channel."""
    entry, name = suppression_entry.c, subject_identifier.c
    query = (
        sa.select(name.subject_id)
        .join(suppression_entry, sa.and_(name.kind == entry.kind, name.blind == entry.blind))
        .where(entry.scope.in_(scopes), sa.or_(entry.ends_at.is_(None), entry.ends_at > now))
    )
    aliases = merged(connection)
    found = dict.fromkeys(unwanted(connection, channel, aliases), Verdict.NOT_WANTED)
    for one in connection.scalars(query):
        found[aliases.get(one, one)] = Verdict.SUPPRESSED
    return found


def unwanted(
    connection: sa.Connection, channel: Channel | None, aliases: Mapping[str, str]
) -> set[str]:
    """Who last said that they do not want a channel."""
    if channel is None:
        return set()
    table = consent_preference.c
    query = (
        sa.select(table.subject_id, table.wanted)
        .where(table.channel == str(channel))
        .order_by(table.at, table.id)
    )
    latest = {aliases.get(who, who): wanted for who, wanted in connection.execute(query)}
    return {who for who, wanted in latest.items() if wanted == 0}


def _sorted_out(
    read: Iterator[pa.RecordBatch], counts: Counter[Verdict]
) -> Iterator[pa.RecordBatch]:
    """Step (6): what is permitted goes on, without the verdict; everything is counted."""
    allowed = pa.scalar(number_of(Verdict.PERMITTED), pa.uint8())
    for batch in read:
        marks = batch.column(MARK)
        for one in pc.value_counts(marks).to_pylist():
            counts[verdict_of(one["values"])] += one["counts"]
        yield batch.drop_columns([MARK]).filter(pc.equal(marks, allowed))
