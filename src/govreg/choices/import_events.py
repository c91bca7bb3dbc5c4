"""Rows become events: moments, ends, keys, and for each refused row the reason."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pyarrow as pa

from govreg.choices.import_choices import Choices, Shared
from govreg.choices.import_layout import Layout
from govreg.choices.import_model import Declared, Refusal
from govreg.clock import to_millis
from govreg.consent.intake import Row
from govreg.consent.model import event_key

_NONE: Mapping[str, str] = {}
_KEY_BYTES = 16


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """The rows of a batch: columns of text, and what each is for."""

    layout: Layout
    columns: Mapping[str, Sequence[str | None]]
    rows: int

    def of(self, name: str) -> Sequence[str | None]:
        """What a column says by its name; nothing where the file has none."""
        column = self.layout.column.get(name)
        return self.columns[column] if column is not None else [None] * self.rows


def moments(table: Table, declared: Declared, latest: dt.datetime) -> list[int | Refusal]:
    """When each row's choice was made, in milliseconds."""
    begins, ends, now = to_millis(declared.begins), to_millis(declared.ends), to_millis(latest)
    return [
        at if isinstance(at, Refusal) or begins <= at <= min(ends, now) else _outside(at, now)
        for at in _read(table.of("at"), declared.zone)
    ]


def _outside(at: int, now: int) -> Refusal:
    return Refusal.FUTURE if at > now else Refusal.OUTSIDE


def events_of(
    table: Table,
    declared: Declared,
    choices: Choices,
    shared: Sequence[Shared | Refusal],
    at: Sequence[int | Refusal],
    who: Sequence[str | Refusal],
) -> tuple[list[Row], list[tuple[int, Refusal]]]:
    """The events of a batch, and the rows that are refused, by place from 0."""
    refused: list[tuple[int, Refusal]] = []
    events: list[Row] = []
    own = _particulars(table)
    names = zip(table.of("key"), table.of("event_key"), table.of("sealed"), strict=True)
    ends = _ends(table, declared)
    rows = zip(shared, at, who, own, names, strict=True)
    for place, (one, moment, person, particulars, (key, event, sealed)) in enumerate(rows):
        if isinstance(one, Refusal) or isinstance(moment, Refusal) or isinstance(person, Refusal):
            refused.append((place, _first(one, moment, person)))
            continue
        until = ends[place]
        if until is None and one.ends:
            until = _by_notice(table, choices, one, place)
        if until is not None and (isinstance(until, Refusal) or until <= moment):
            refused.append((place, Refusal.END))
            continue
        if sealed and not particulars:
            refused.append((place, Refusal.PARTICULARS))
            continue
        text = one.canonical(moment, person, until, particulars)
        digest = hashlib.sha256(text.encode()).digest()
        stored = _stored(event) if event else event_key(key, digest)
        if stored is None:
            refused.append((place, Refusal.CHOICE))
            continue
        events.append(Row(place, person, one.what, moment, until, stored, digest, particulars))
    return events, refused


def _first(*found: object) -> Refusal:
    return next(one for one in found if isinstance(one, Refusal))


def _stored(text: str) -> bytes | None:
    """A key of the ledger as an export writes it."""
    try:
        key = bytes.fromhex(text)
    except ValueError:
        return None
    return key if len(key) == _KEY_BYTES else None


def _particulars(table: Table) -> Sequence[Mapping[str, str]]:
    names = table.layout.particulars
    if not names:
        return [_NONE] * table.rows
    held = zip(*(table.of(name) for name in names), strict=True)
    return [{n: text for n, text in zip(names, said, strict=True) if text} for said in held]


def _ends(table: Table, declared: Declared) -> Sequence[int | Refusal | None]:
    """When each row's choice ends by the file's own word."""
    said = table.of("until")
    if not table.layout.has("until"):
        return [None] * table.rows
    read = _read(said, declared.zone)
    return [at if text is not None else None for text, at in zip(said, read, strict=True)]


def _by_notice(table: Table, choices: Choices, one: Shared, place: int) -> int | None:
    """When a choice ends by its notice, counted in the zone in which it was made."""
    if one.under.notice is None or one.under.notice.valid_for is None:
        return None
    text = table.of("at")[place]
    end = choices.end_of(one, dt.datetime.fromisoformat(text)) if text else None
    return to_millis(end) if end is not None and end.tzinfo is not None else None


def _read(column: Sequence[str | None], zone: dt.tzinfo | None) -> list[int | Refusal]:
    """Moments in milliseconds: all at once where each has a zone, else one after another."""
    try:
        whole = pa.array(column, pa.string()).cast(pa.timestamp("ms", "UTC")).cast(pa.int64())
    except pa.ArrowInvalid:
        return [milliseconds(text, zone) for text in column]
    return [Refusal.MOMENT if at is None else at for at in whole.to_pylist()]


def milliseconds(text: str | None, zone: dt.tzinfo | None) -> int | Refusal:
    """A moment as written, in milliseconds; one without a zone is in the zone that is given."""
    if text is None:
        return Refusal.MOMENT
    try:
        at = dt.datetime.fromisoformat(text)
        if at.tzinfo is None and zone is not None:
            at = at.replace(tzinfo=zone)
        return Refusal.NO_ZONE if at.tzinfo is None else to_millis(at)
    except (ValueError, OverflowError):
        return Refusal.MOMENT
