"""Write the ledger's events to a file, in the columns that an import reads.

(1) the actor may, and the file's ending says its form
(2) events are read in their order, some thousands at a time: memory does not grow with them
(3) the file appears whole or not at all, readable by its owner alone
(4) one audit entry with the file's hash

- People are named by their ids; no identifier is in the register that could be written.
- What is sealed stays sealed: the column `sealed` says where something was left out, and such a
  row is refused by an import rather than taken for one without.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa
import sqlalchemy as sa

from govreg.choices.tabular import format_of, hash_of, table_writer
from govreg.clock import from_millis, to_millis
from govreg.consent.ledger import circumstances, last_number
from govreg.consent.model import Circumstance
from govreg.consent.tables import consent_event
from govreg.files import whole
from govreg.progress import working
from govreg.requests.parts import Parts
from govreg.requests.people import DECIDING, require

_ROWS = 50_000
_FLAG = {True: "true", False: "false"}
_CHOICE = (
    *("law", "controller", "by", "notice", "language", "method", "act", "channel", "steps"),
    *("explicit", "age", "country"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """Which events are written; what is not said leaves all of them."""

    activity: str | None = None
    begins: dt.datetime | None = None
    ends: dt.datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Exported:
    """What was written."""

    events: int
    sealed: int
    """Events whose particulars were left out."""
    file_hash: str
    """SHA-256 in hex."""


def export_file(parts: Parts, path: Path, wanted: Wanted, *, actor: str) -> Exported:
    """Write events to a file of CSV, Parquet or JSON Lines.

    Raises:
        Refused: the actor may not.
        UsageProblem: the file's name says no such form.
    """
    require(parts.settings, actor, DECIDING, "export choices")
    kind = format_of(path)
    counts = {"events": 0, "sealed": 0}
    with parts.store.read() as connection, whole(path) as out:
        held = circumstances(connection)
        flags = _flags(held)
        schema = pa.schema([(name, pa.string()) for name in (*_COLUMNS, *flags)])
        with (
            working(parts.border.progress, "exporting", last_number(connection) // _ROWS + 1),
            table_writer(kind, out, schema) as to,
        ):
            for rows in _read(connection, wanted):
                counts["events"] += len(rows)
                counts["sealed"] += sum(row.sealed is not None for row in rows)
                to(_batch(rows, held, schema))
                parts.border.progress.reached(f"event {rows[0].id}")
                parts.border.progress.rows(len(rows))
    named = hash_of(path)
    with parts.store.write() as connection:
        parts.log(
            connection,
            "consent.exported",
            actor,
            source="consent",
            collection=wanted.activity,
            counts=counts,
            hashes={"file": named},
        )
    return Exported(events=counts["events"], sealed=counts["sealed"], file_hash=named)


_COLUMNS = ("subject", "activity", "kind", "at", "until", "event_key", "sealed", *_CHOICE)


def _read(connection: sa.Connection, wanted: Wanted) -> Iterator[list[sa.Row[Any]]]:
    """Events by their numbers, up to the last one that there was at the beginning."""
    table = consent_event.c
    query = sa.select(consent_event).order_by(table.id).limit(_ROWS)
    if wanted.activity is not None:
        query = query.where(table.activity == wanted.activity)
    if wanted.begins is not None:
        query = query.where(table.at >= to_millis(wanted.begins))
    if wanted.ends is not None:
        query = query.where(table.at <= to_millis(wanted.ends))
    last, done = last_number(connection), 0
    while rows := list(connection.execute(query.where(table.id > done, table.id <= last))):
        yield rows
        done = rows[-1].id


def _flags(held: Mapping[int, Circumstance]) -> tuple[str, ...]:
    names = {f"consent.{name}" for one in held.values() for name in one.attested}
    names |= {f"authorisation.{name}" for one in held.values() for name in one.elements}
    return tuple(sorted(names))


def _batch(
    rows: list[sa.Row[Any]], held: Mapping[int, Circumstance], schema: pa.Schema
) -> pa.RecordBatch:
    under = {number: _said(held[number]) for number in {row.circumstance_id for row in rows}}
    own: dict[str, list[str | None]] = {
        "subject": [row.subject_id for row in rows],
        "activity": [row.activity for row in rows],
        "kind": [row.kind for row in rows],
        "at": [_moment(row.at) for row in rows],
        "until": [_moment(row.until) for row in rows],
        "event_key": [bytes(row.key).hex() for row in rows],
        "sealed": ["yes" if row.sealed is not None else None for row in rows],
    }
    columns = [
        own[name] if name in own else [under[row.circumstance_id].get(name) for row in rows]
        for name in schema.names
    ]
    return pa.RecordBatch.from_arrays(
        [pa.array(one, pa.string()) for one in columns], schema=schema
    )


def _said(one: Circumstance) -> Mapping[str, str]:
    """A circumstance in the words of the columns."""
    plain = {name: getattr(one, name) for name in _CHOICE if name != "notice"}
    said = {
        n: _FLAG[v] if isinstance(v, bool) else str(v) for n, v in plain.items() if v is not None
    }
    if one.notice is not None:
        said["notice"] = f"{one.notice}@{one.notice_version}"
    said |= {f"consent.{name}": _FLAG[value] for name, value in one.attested.items()}
    return said | {f"authorisation.{name}": _FLAG[value] for name, value in one.elements.items()}


def _moment(millis: int | None) -> str | None:
    if millis is None:
        return None
    return from_millis(millis).isoformat(timespec="milliseconds").replace("+00:00", "Z")
