"""The ledger of choices: added to, read, and at an erasure reduced to what proves.

- An event that is there already is not added again. The same key with another content is refused.
- An event of the future is refused, and so is one of the past outside a declared import.
- Nothing is updated. `reduce_to_proof` is the only function that takes an event away.
- Functions take an open connection and never commit.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

import sqlalchemy as sa

from govreg.clock import from_millis, to_millis
from govreg.consent.model import (
    EVERYTHING,
    Circumstance,
    EventKind,
    NewEvent,
    Recorded,
    circumstance_of,
)
from govreg.consent.tables import consent_circumstance, consent_event
from govreg.errors import Conflict, IntegrityProblem, Refused

SKEW = dt.timedelta(minutes=5)
"""How far two clocks may differ."""


def record(
    connection: sa.Connection,
    event: NewEvent,
    *,
    received_at: dt.datetime,
    sealed: bytes | None = None,
) -> int | None:
    """Add one event that happens now; answers its number, or None where it is there already.

    Args:
        connection: A writing one.
        event: What was chosen.
        received_at: Now.
        sealed: The particulars under the person's key; they are never stored in clear.

    Raises:
        Refused: it is of the future, or of the past.
        Conflict: an event with the same key and another content is there.
    """
    row = row_of(event, circumstance_id(connection, event.circumstance), received_at=received_at)
    held = connection.execute(
        sa.select(consent_event.c.id, consent_event.c.digest).where(
            consent_event.c.key == row["key"]
        )
    ).first()
    if held is not None and held.digest != row["digest"]:
        raise Conflict(
            "another choice was recorded under this key",
            "a key names one event for ever: send a new one under a new key",
        )
    if held is not None:
        return None
    _require_now(event, received_at)
    made = connection.execute(consent_event.insert().values(**row, sealed=sealed))
    return int(made.inserted_primary_key[0])  # type: ignore[index]


def _require_now(event: NewEvent, received_at: dt.datetime) -> None:
    if event.at > received_at + SKEW:
        raise Refused(
            "the choice lies in the future, by the clock of this machine",
            "correct the moment or the clock",
        )
    if event.at < received_at - SKEW:
        raise Refused(
            "the choice lies in the past, and the ledger takes what happens now",
            "import it: `govreg consent import FILE --from DAY --to DAY` declares older choices",
        )


def row_of(
    event: NewEvent, circumstance: int, *, received_at: dt.datetime, batch: str | None = None
) -> dict[str, Any]:
    """An event as the columns of the ledger, without its sealed part."""
    return {
        "subject_id": event.subject,
        "activity": event.activity,
        "kind": str(event.kind),
        "at": to_millis(event.at),
        "until": to_millis(event.until) if event.until else None,
        "received_at": to_millis(received_at),
        "circumstance_id": circumstance,
        "key": event.stored_key(),
        "digest": event.digest(),
        "batch_id": batch,
    }


def circumstance_id(connection: sa.Connection, circumstance: Circumstance) -> int:
    """The row that holds a circumstance; it is made where it is new."""
    named = circumstance.content_hash()
    held = connection.scalar(
        sa.select(consent_circumstance.c.id).where(consent_circumstance.c.content_hash == named)
    )
    if held is not None:
        return int(held)
    made = connection.execute(
        consent_circumstance.insert().values(
            content_hash=named, document=circumstance.canonical().decode()
        )
    )
    return int(made.inserted_primary_key[0])  # type: ignore[index]


def circumstances(
    connection: sa.Connection, numbers: Iterable[int] | None = None
) -> Mapping[int, Circumstance]:
    """Circumstances by their numbers; all of them where none are named.

    Raises:
        IntegrityProblem: one cannot be read.
    """
    query = sa.select(consent_circumstance.c.id, consent_circumstance.c.document)
    if numbers is not None:
        query = query.where(consent_circumstance.c.id.in_(sorted(set(numbers))))
    try:
        return {
            row.id: circumstance_of(json.loads(row.document)) for row in connection.execute(query)
        }
    except (ValueError, TypeError):
        raise IntegrityProblem(
            "circumstance_unreadable", "what a choice was made under cannot be read"
        ) from None


def events_of(
    connection: sa.Connection,
    subjects: Sequence[str],
    activity: str | None = None,
    *,
    known: dict[int, Circumstance] | None = None,
) -> list[Recorded]:
    """The events of a person and all aliases, in order of time.

    Args:
        connection: An open one.
        subjects: The person's id and those of aliases.
        activity: Only those of one activity, and of everything.
        known: Circumstances that were read before; those that are read now are added.
    """
    rows = _rows(connection, subjects, activity)
    held = {} if known is None else known
    new = {row.circumstance_id for row in rows} - held.keys()
    if new:
        held.update(circumstances(connection, new))
    return [
        Recorded(
            number=row.id,
            subject=row.subject_id,
            activity=row.activity,
            kind=EventKind(row.kind),
            at=from_millis(row.at),
            until=from_millis(row.until) if row.until is not None else None,
            received_at=from_millis(row.received_at),
            circumstance=held[row.circumstance_id],
            circumstance_id=row.circumstance_id,
            batch=row.batch_id,
            sealed=row.sealed,
        )
        for row in rows
    ]


def _rows(
    connection: sa.Connection, subjects: Sequence[str], activity: str | None
) -> Sequence[sa.Row[Any]]:
    if len(subjects) == 1 and activity is not None:  # what applications ask, all day long
        asked = {"subject": subjects[0], "activity": activity}
        return connection.execute(_OF_ONE, asked).all()
    query = _EVENTS.where(consent_event.c.subject_id.in_(list(subjects)))
    if activity is not None:
        query = query.where(consent_event.c.activity.in_([activity, EVERYTHING]))
    return connection.execute(query).all()


_READ = (
    *("id", "subject_id", "activity", "kind", "at", "until"),
    *("received_at", "circumstance_id", "batch_id", "sealed"),
)
_EVENTS = sa.select(*(consent_event.c[name] for name in _READ)).order_by(
    consent_event.c.at, consent_event.c.id
)
_OF_ONE = _EVENTS.where(
    consent_event.c.subject_id == sa.bindparam("subject"),
    sa.or_(
        consent_event.c.activity == sa.bindparam("activity"),
        consent_event.c.activity == EVERYTHING,
    ),
)


def events_of_one(
    ask: Callable[[str, tuple[Any, ...]], Sequence[Any]],
    subject: str,
    activity: str,
    known: Callable[[int], Circumstance],
) -> list[Recorded]:
    """The events of one person without aliases, of an activity and of everything, by time.

    Args:
        ask: Answers a statement with rows.
        subject: The person's id.
        activity: Name of an activity.
        known: The circumstance that has a number.
    """
    return [
        Recorded(
            number=row[0],
            subject=row[1],
            activity=row[2],
            kind=_KIND[row[3]],
            at=from_millis(row[4]),
            until=None if row[5] is None else from_millis(row[5]),
            received_at=from_millis(row[6]),
            circumstance=known(row[7]),
            circumstance_id=row[7],
            batch=row[8],
            sealed=row[9],
        )
        for row in ask(_ONES, (subject, activity))
    ]


_KIND = {str(kind): kind for kind in EventKind}
_ONES = (
    f"SELECT {', '.join(_READ)} FROM consent_event "  # noqa: S608 - columns of the table
    f"WHERE subject_id = ? AND activity IN (?, '{EVERYTHING}') ORDER BY at, id"
)


def last_number(connection: sa.Connection) -> int:
    """The number of the newest event; 0 while there is none."""
    return int(connection.scalar(sa.select(sa.func.max(consent_event.c.id))) or 0)
