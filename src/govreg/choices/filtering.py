"""The rows of a file that people's choices permit, in another file; the others only counted."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa

from govreg.bulk.standing import Use, Verdict
from govreg.choices.judging import Judging
from govreg.choices.subset import Named, permitted
from govreg.choices.tabular import (
    batches,
    batches_about,
    columns,
    format_of,
    hash_of,
    table_writer,
)
from govreg.consent.model import Channel
from govreg.files import whole
from govreg.progress import working
from govreg.requests.parts import Parts
from govreg.requests.people import RECORDING, require


@dataclass(frozen=True, slots=True, kw_only=True)
class Filtered:
    """What was written, and what was not."""

    rows: int
    counts: Mapping[Verdict, int]
    file_hash: str
    mapped_at: dt.datetime | None


def filter_file(
    parts: Parts,
    judging: Judging,
    path: Path,
    target: Path,
    activity: str,
    named: Named,
    *,
    use: Use,
    channel: Channel | None = None,
    actor: str,
) -> Filtered:
    """Write the permitted rows; the file appears whole or not at all, readable by its owner alone.

    Raises:
        Refused: the actor may not.
        NotFound, UsageProblem, Conflict: as `permitted`; nothing is written.
    """
    require(parts.settings, actor, RECORDING, "filter a table by what people chose")
    kind = format_of(target)
    schema = pa.schema([(name, pa.string()) for name in columns(path)])
    table = pa.RecordBatchReader.from_batches(schema, _read(parts, path, schema))
    with (
        working(parts.border.progress, "filtering", batches_about(path)),
        permitted(parts, judging, table, activity, named, use, channel) as held,
        whole(target) as out,
        table_writer(kind, out, schema) as to,
    ):
        for batch in held.batches:
            to(batch)
    named_hash = hash_of(target)
    counts = {str(verdict): count for verdict, count in held.counts.items()}
    with parts.store.write() as connection:
        parts.log(
            connection,
            "consent.filtered",
            actor,
            source="consent",
            collection=activity,
            outcome=str(use),
            counts=counts,
            hashes={"file": named_hash},
        )
    return Filtered(
        rows=sum(held.counts.values()),
        counts=dict(held.counts),
        file_hash=named_hash,
        mapped_at=held.mapped_at,
    )


def _read(parts: Parts, path: Path, schema: pa.Schema) -> Iterator[pa.RecordBatch]:
    for first, batch in batches(path):
        parts.border.progress.reached(f"row {first}")
        parts.border.progress.rows(batch.num_rows)
        yield batch.select(schema.names)
