"""Building the snapshot of choices: out of the old one and the events since, beside the old one.

(1) the new events, by bucket, into a folder of their own
(2) each bucket: what the old snapshot has of it and the new events, the latest of each family kept
(3) the description takes its place by one rename: from now on the new one is in force
(4) older sets are removed, also those that a killed program left

Memory holds one bucket, a thirty-second part of the people.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import sqlalchemy as sa

from govreg.bulk.duck import arrow_of, duck
from govreg.bulk.snapshot import (
    ENDS,
    KINDS,
    SCHEMA,
    VERSION,
    Place,
    Snapshot,
    current,
    of_activity,
)
from govreg.consent.model import FAMILIES, EventKind, Family
from govreg.consent.tables import consent_event
from govreg.files import whole
from govreg.ids import new_id
from govreg.progress import Progress
from govreg.protection.sealed_rows import (
    BUCKETS,
    Buckets,
    bucket_context,
    bucket_path,
    read_rows,
    write_rows,
)

_FAMILY = {kind: tuple(Family).index(FAMILIES[kind]) for kind in KINDS}
_ENDING = frozenset(
    {EventKind.REFUSED, EventKind.WITHDRAWN, EventKind.REVOKED, EventKind.INVALIDATED}
)
PAGE = 100_000
_NEWS = "new events"  # no activity has a blank in its name
_EVENTS = SCHEMA.append(pa.field("activity", pa.string()))


def build(connection: sa.Connection, place: Place, *, now: int, progress: Progress) -> Snapshot:
    """Build a snapshot out of the old one and the events since, and put it in force.

    Args:
        connection: A reading one: what it sees is what the snapshot holds.
        place: Where it goes.
        now: In milliseconds; an event that lies after it waits for the next one.
        progress: Told the rows that are read.
    """
    old = current(place)
    upto = _upto(connection, now)
    folder = place.folder / new_id("set")
    folder.mkdir(mode=0o700, parents=True)
    try:
        activities = _fill(connection, place, folder, old, upto, progress)
        said = {
            "v": VERSION,
            "folder": folder.name,
            "upto": upto,
            "built_at": now,
            "activities": activities,
            "kinds": [str(kind) for kind in KINDS],
        }
        with whole(place.folder / "current.json") as out:
            out.write(json.dumps(said, indent=1).encode())
    except BaseException:
        shutil.rmtree(folder)
        raise
    _sweep(place.folder, keep=folder.name)
    made = current(place)
    assert made is not None, "it was written just now"  # noqa: S101 - for the type alone
    return made


def _upto(connection: sa.Connection, now: int) -> int:
    table = consent_event.c
    ahead = connection.scalar(sa.select(sa.func.min(table.id)).where(table.at > now))
    last = connection.scalar(sa.select(sa.func.max(table.id)))
    return int(ahead) - 1 if ahead is not None else int(last or 0)


def _fill(
    connection: sa.Connection,
    place: Place,
    folder: Path,
    old: Snapshot | None,
    upto: int,
    progress: Progress,
) -> dict[str, str]:
    """First the new events by bucket, then each bucket with what the old snapshot has of it."""
    news = folder / "news"
    news.mkdir(mode=0o700)
    context = of_activity(place.context, _NEWS)
    seen: set[str] = set(old.activities if old else ())
    with Buckets(place.key, news, _EVENTS, context) as to:
        for batch in events_between(connection, old.upto if old else 0, upto):
            seen.update(pc.unique(batch.column("activity")).to_pylist())
            to.write(batch)
            progress.reached(f"event {batch.column('number')[0].as_py()}")
            progress.rows(batch.num_rows)
    activities = tuple(sorted(seen))
    for number in range(len(activities)):
        (folder / str(number)).mkdir(mode=0o700)
    held = dict.fromkeys(activities, "")
    for bucket in BUCKETS:
        for activity in _fold_bucket(place, folder, old, bucket, activities):
            held[activity] += bucket
    shutil.rmtree(news)
    return held


def _fold_bucket(
    place: Place, folder: Path, old: Snapshot | None, bucket: str, activities: tuple[str, ...]
) -> list[str]:
    """Answers the activities that have rows in the bucket."""
    filled = []
    news_path = bucket_path(folder / "news", bucket)
    context = bucket_context(of_activity(place.context, _NEWS), bucket)
    news = list(read_rows(place.key, news_path, context)) if news_path.exists() else []
    with duck(place.folder.parent / "scratch") as db:
        for number, activity in enumerate(activities):
            before = list(old.bucket(activity, bucket)) if old else []
            mine = [one.filter(pc.equal(one.column("activity"), activity)) for one in news]
            events = pa.Table.from_batches(mine, _EVENTS).select(SCHEMA.names)
            rows = pa.concat_tables([pa.Table.from_batches(before, SCHEMA), with_ends(events)])
            if not rows.num_rows:
                continue
            db.register("rows", rows)
            latest = arrow_of(db, LATEST)
            filled.append(activity)
            target = bucket_path(folder / str(number), bucket)
            sealed = bucket_context(of_activity(place.context, activity), bucket)
            write_rows(place.key, target, SCHEMA, latest.cast(SCHEMA).to_batches(), sealed)
            db.unregister("rows")
    return filled


# Only a number of the program's own is written into it.
LATEST = f"""
SELECT DISTINCT ON (subject, family) *
FROM rows
ORDER BY subject, family, (kind <> {KINDS.index(EventKind.REQUESTED)}) DESC, "at" DESC, number DESC
"""  # noqa: S608


def with_ends(events: pa.Table) -> pa.Table:
    """Events, with those that ended consent once more under the family `ENDS`."""
    ending = pa.array([KINDS.index(kind) for kind in sorted(_ENDING)], pa.int8())
    ended = events.filter(pc.is_in(events.column("kind"), ending))
    family = pa.array([ENDS] * ended.num_rows, pa.int8())
    place = ended.schema.get_field_index("family")
    return pa.concat_tables([events, ended.set_column(place, SCHEMA.field("family"), family)])


def events_between(
    connection: sa.Connection, after: int, upto: int, activities: tuple[str, ...] = ()
) -> Iterator[pa.RecordBatch]:
    """The ledger's events after one number up to another, in pages, with their activity."""
    table = consent_event.c
    read = (*COLUMNS, table.activity)
    query = sa.select(*read).where(table.id <= upto).order_by(table.id).limit(PAGE)
    if activities:
        query = query.where(table.activity.in_(activities))
    while rows := connection.execute(query.where(table.id > after)).all():
        yield event_batch(rows)
        after = rows[-1][-2]


COLUMNS = (
    consent_event.c.subject_id,
    consent_event.c.kind,
    consent_event.c.at,
    consent_event.c.until,
    consent_event.c.circumstance_id,
    consent_event.c.id,
)
_KIND_NUMBER = {str(kind): number for number, kind in enumerate(KINDS)}
_FAMILY_NUMBER = {str(kind): family for kind, family in _FAMILY.items()}


def event_batch(rows: Sequence[Sequence[Any]]) -> pa.RecordBatch:
    """Events of the ledger, read in the order of `COLUMNS` and their activity, as columns."""
    activity = pa.array([row[6] for row in rows], pa.string())
    return pa.RecordBatch.from_arrays([*columns_of(rows), activity], schema=_EVENTS)


def columns_of(rows: Sequence[Sequence[Any]]) -> list[pa.Array]:
    """Events read in the order of `COLUMNS`, as the columns of `SCHEMA`."""
    return [
        pa.array([row[0] for row in rows], pa.string()),
        pa.array([_FAMILY_NUMBER[row[1]] for row in rows], pa.int8()),
        pa.array([_KIND_NUMBER[row[1]] for row in rows], pa.int8()),
        *(pa.array([row[place] for row in rows], pa.int64()) for place in (2, 3, 4, 5)),
    ]


def _sweep(folder: Path, *, keep: str) -> None:
    """Remove what is not in force: older sets, and what a killed program left."""
    for path in folder.iterdir():
        if path.is_dir() and path.name != keep:
            shutil.rmtree(path)
