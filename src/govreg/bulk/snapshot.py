"""The latest choices of everybody, in columns: what sets of people are asked through.

    .govreg/copies/choices/current.json      version, folder, how far it goes
    .govreg/copies/choices/FOLDER/N/B.sealed activity number N, bucket B

- For each person, activity and family it holds the event that counts, and the latest event that
  ended consent: what `consent/status` needs to know, and no history.
- It goes up to an event's number; later events are read from the ledger and put on top.
- It is built beside the old one and takes its place by one rename: a crash leaves the old one.
- A person is taken out by writing anew the buckets that they are in.

The format is in `docs/spec/copies.md`.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from govreg.consent.model import EventKind, Family
from govreg.errors import Conflict, IntegrityProblem
from govreg.protection.envelope import Context, Key
from govreg.protection.sealed_rows import (
    bucket_context,
    bucket_of,
    bucket_path,
    read_rows,
    write_rows,
)

VERSION = 1
KINDS = tuple(EventKind)
"""A kind's place here is its number in the file; `current.json` repeats them."""
ENDS = len(Family)
"""The family of the latest event that ended consent, whatever came after it."""
SCHEMA = pa.schema(
    [
        ("subject", pa.string()),
        ("family", pa.int8()),
        ("kind", pa.int8()),
        ("at", pa.int64()),
        ("until", pa.int64()),
        ("circumstance", pa.int64()),
        ("number", pa.int64()),
    ]
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where a workspace's snapshot is, and what opens it."""

    folder: Path
    key: Key
    context: Context


@dataclass(frozen=True, slots=True, kw_only=True)
class Snapshot:
    """A snapshot that is there."""

    place: Place
    folder: Path
    upto: int
    """The last event's number that it holds."""
    built_at: int
    """In milliseconds."""
    buckets: Mapping[str, str]
    """For each activity the buckets that it has, one character each."""

    @property
    def activities(self) -> tuple[str, ...]:
        """The activities that anybody chose anything about."""
        return tuple(self.buckets)

    def of(self, activity: str) -> Iterator[pa.RecordBatch]:
        """The rows of an activity, in the columns of `SCHEMA`."""
        for bucket in self.buckets.get(activity, ""):
            yield from self.bucket(activity, bucket)

    def bucket(self, activity: str, bucket: str) -> Iterator[pa.RecordBatch]:
        """The rows of one bucket of an activity.

        Raises:
            Conflict: another process has built a new one meanwhile.
            IntegrityProblem: a file is missing or was altered.
        """
        if bucket not in self.buckets.get(activity, ""):
            return
        path = bucket_path(self._folder_of(activity), bucket)
        try:
            yield from read_rows(self.place.key, path, self._context(activity, bucket))
        except FileNotFoundError:
            now = current(self.place)
            if now is not None and now.folder != self.folder:
                raise Conflict(
                    "the snapshot of choices was built anew meanwhile", "ask again"
                ) from None
            raise IntegrityProblem(
                "snapshot_incomplete",
                "a file of the snapshot of choices is missing",
                "delete `.govreg/copies/choices`: it is built anew",
            ) from None

    def forget(self, subjects: frozenset[str]) -> int:
        """Take people out; answers how many rows went."""
        gone = 0
        for activity in self.activities:
            for bucket in {bucket_of(one) for one in subjects} & set(self.buckets[activity]):
                gone += self._without(activity, bucket, pa.array(sorted(subjects)))
        return gone

    def _without(self, activity: str, bucket: str, subjects: pa.Array) -> int:
        held = list(self.bucket(activity, bucket))
        keep = [
            batch.filter(pc.invert(pc.is_in(batch.column("subject"), subjects))) for batch in held
        ]
        gone: int = sum(one.num_rows for one in held) - sum(one.num_rows for one in keep)
        if gone:
            path = bucket_path(self._folder_of(activity), bucket)
            write_rows(self.place.key, path, SCHEMA, keep, self._context(activity, bucket))
        return gone

    def _folder_of(self, activity: str) -> Path:
        return self.folder / str(self.activities.index(activity))

    def _context(self, activity: str, bucket: str) -> Context:
        return bucket_context(of_activity(self.place.context, activity), bucket)


def of_activity(context: Context, activity: str) -> Context:
    """The place that an activity's rows are sealed for."""
    return replace(context, field=activity)


def current(place: Place) -> Snapshot | None:
    """The snapshot that is there; None where none was built, or an older program built it.

    Raises:
        IntegrityProblem: its description cannot be read.
    """
    try:
        said: Mapping[str, Any] = json.loads((place.folder / "current.json").read_bytes())
        made = Snapshot(
            place=place,
            folder=place.folder / said["folder"],
            upto=said["upto"],
            built_at=said["built_at"],
            buckets=dict(said["activities"]),
        )
    except FileNotFoundError:
        return None
    except (ValueError, KeyError, TypeError):
        raise IntegrityProblem(
            "snapshot_unreadable",
            "the description of the snapshot of choices cannot be read",
            "delete `.govreg/copies/choices`: it is built anew",
        ) from None
    same = said.get("v") == VERSION and said.get("kinds") == [str(kind) for kind in KINDS]
    return made if same else None
