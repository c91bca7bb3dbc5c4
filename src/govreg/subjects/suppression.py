"""Whom nobody may contact or take in again, as keyed look-up values; outlives an erasure.

- An entry is the keyed look-up value of an identifier, a scope and a reason: no clear identifier,
  no id of a subject. It is made of what the subject index holds, so that the values need not be
  known again.
- A scope is an activity's name, `channel:` and a channel, or `*` for everything.
- An erasure leaves entries alone: that is what they are for (Art. 21(3) GDPR; 1798.105(c)(2) Civ.
  Code). They stay personal data while the key lives; those that have an end go on it.
- Functions take an open connection and never commit.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

import sqlalchemy as sa

from govreg.clock import from_millis, to_millis
from govreg.loading import among, load, rows_among
from govreg.subjects.tables import suppression_entry

EVERYTHING = "*"
_AT_ONCE = 400
"""Look-up values in one question: SQLite takes some thousands of parameters."""


class Why(StrEnum):
    """Why somebody is suppressed."""

    WITHDRAWN = "withdrawn"
    OBJECTED = "objected"
    OPTED_OUT = "opted_out"
    ERASED = "erased"
    DECEASED = "deceased"
    REQUEST = "request"


@dataclass(frozen=True, slots=True, kw_only=True)
class Suppressed:
    """An entry that covers somebody."""

    kind: str
    """The identifier's kind."""
    scope: str
    reason: Why
    since: dt.datetime
    ends_at: dt.datetime | None


Reference = tuple[str, bytes]
"""An identifier's kind and its keyed look-up value."""
Entry = tuple[str, bytes, str, str, int, int | None]
"""Kind, look-up value, scope, reason, since when and until when in milliseconds."""


def suppress(
    connection: sa.Connection,
    references: Iterable[Reference],
    *,
    scope: str,
    reason: Why,
    now: dt.datetime,
    ends_at: dt.datetime | None = None,
) -> int:
    """Enter look-up values under a scope; returns how many are new. One that is there stays."""
    wanted = sorted(set(references))
    held = {(row.kind, bytes(row.blind)) for row in _rows(connection, wanted, [scope])}
    new = [one for one in wanted if one not in held]
    if new:
        connection.execute(
            suppression_entry.insert(),
            [
                {
                    "kind": kind,
                    "blind": blind,
                    "scope": scope,
                    "reason": str(reason),
                    "since": to_millis(now),
                    "ends_at": to_millis(ends_at) if ends_at else None,
                }
                for kind, blind in new
            ],
        )
    return len(new)


def enter_many(connection: sa.Connection, entries: Iterable[Entry]) -> int:
    """Enter many look-up values, each with its own moment; returns how many are new."""
    rows = sorted(set(entries), key=lambda entry: entry[:5])
    if not rows:
        return 0
    kinds, blinds, scopes, reasons, since, ends = zip(*rows, strict=True)
    return load(
        connection,
        suppression_entry,
        {
            "kind": kinds,
            "blind": blinds,
            "scope": scopes,
            "reason": reasons,
            "since": since,
            "ends_at": ends,
        },
    )


def lift_many(
    connection: sa.Connection,
    references: Iterable[Reference],
    *,
    scope: str,
    reasons: frozenset[Why],
) -> int:
    """Take many look-up values off a scope, where they are on it for one of the reasons."""
    wanted = set(references)
    table = suppression_entry.c
    query = sa.select(table.id, table.kind, table.blind).where(
        table.scope == scope, table.reason.in_(sorted(reasons))
    )
    gone = [
        {"one": i}
        for i, kind, blind in connection.execute(query)
        if (kind, bytes(blind)) in wanted
    ]
    if gone:
        connection.execute(suppression_entry.delete().where(table.id == sa.bindparam("one")), gone)
    return len(gone)


def lift(
    connection: sa.Connection,
    references: Iterable[Reference],
    *,
    scope: str,
    reasons: frozenset[Why] = frozenset(Why),
) -> int:
    """Take look-up values off a scope, where they are on it for one of the reasons.

    Returns:
        How many were taken off.
    """
    rows = _rows(connection, sorted(set(references)), [scope])
    gone = [row.id for row in rows if Why(row.reason) in reasons]
    if gone:
        connection.execute(suppression_entry.delete().where(suppression_entry.c.id.in_(gone)))
    return len(gone)


def suppressed(
    connection: sa.Connection,
    references: Iterable[Reference],
    *,
    scopes: Sequence[str] = (),
    now: dt.datetime,
) -> tuple[Suppressed, ...]:
    """The entries that cover look-up values, oldest first.

    Args:
        connection: An open one.
        references: Look-up values of one person or of many.
        scopes: What is about to be done: an activity, a channel; entries for everything cover it
            too. None named: every entry.
        now: Entries that have ended cover nobody.
    """
    asked = [EVERYTHING, *scopes] if scopes else None
    rows = _rows(connection, sorted(set(references)), asked)
    moment = to_millis(now)
    return tuple(
        Suppressed(
            kind=row.kind,
            scope=row.scope,
            reason=Why(row.reason),
            since=from_millis(row.since),
            ends_at=from_millis(row.ends_at) if row.ends_at is not None else None,
        )
        for row in sorted(rows, key=lambda row: (row.since, row.id))
        if row.ends_at is None or row.ends_at > moment
    )


def left_out(
    connection: sa.Connection,
    references: Iterable[Reference],
    *,
    scopes: Sequence[str],
    now: dt.datetime,
) -> frozenset[Reference]:
    """Of many look-up values, those that are covered: what an extract or an import leaves out."""
    by_kind: dict[str, set[bytes]] = {}
    for kind, blind in references:
        by_kind.setdefault(kind, set()).add(blind)
    table, moment, covering = suppression_entry.c, to_millis(now), {EVERYTHING, *scopes}
    read = [table.blind, table.scope, table.ends_at]
    return frozenset(
        (kind, bytes(blind))
        for kind, blinds in by_kind.items()
        for blind, scope, ends in among(
            connection, table.blind, list(blinds), read, given={table.kind: kind}
        )
        if scope in covering and (ends is None or ends > moment)
    )


def covered(
    connection: sa.Connection, people: Sequence[str], scope: str, now: int
) -> Iterator[str]:
    """Of many people's ids those that an entry covers, for a scope or for everything."""
    return (row[0] for row in rows_among(connection, _COVERED, people, scope, now))


_COVERED = (
    "SELECT DISTINCT i.subject_id FROM subject_identifier i "  # noqa: S608 - a constant
    "JOIN suppression_entry s ON s.kind = i.kind AND s.blind = i.blind "
    f"WHERE s.scope IN (?, '{EVERYTHING}') AND (s.ends_at IS NULL OR s.ends_at > ?) "
    "AND i.subject_id {among}"
)


def counts(connection: sa.Connection) -> dict[tuple[str, Why], int]:
    """How many entries there are, by scope and reason."""
    rows = connection.execute(
        sa.select(suppression_entry.c.scope, suppression_entry.c.reason, sa.func.count())
        .group_by(suppression_entry.c.scope, suppression_entry.c.reason)
        .order_by(suppression_entry.c.scope, suppression_entry.c.reason)
    )
    return {(scope, Why(reason)): int(count) for scope, reason, count in rows}


def expire_suppressions(connection: sa.Connection, now: dt.datetime) -> int:
    """Remove the entries whose end has come; returns how many."""
    ended = suppression_entry.c.ends_at <= to_millis(now)
    return connection.execute(suppression_entry.delete().where(ended)).rowcount


def _rows(
    connection: sa.Connection, references: Sequence[Reference], scopes: Sequence[str] | None
) -> list[sa.Row[tuple[object, ...]]]:
    """Entries of look-up values: some hundred values a question, by kind."""
    found: list[sa.Row[tuple[object, ...]]] = []
    by_kind: dict[str, list[bytes]] = {}
    for kind, blind in references:
        by_kind.setdefault(kind, []).append(blind)
    for kind, blinds in by_kind.items():
        for at in range(0, len(blinds), _AT_ONCE):
            query = sa.select(suppression_entry).where(
                suppression_entry.c.kind == kind,
                suppression_entry.c.blind.in_(blinds[at : at + _AT_ONCE]),
            )
            if scopes is not None:
                query = query.where(suppression_entry.c.scope.in_(list(scopes)))
            found += connection.execute(query).all()
    return found
