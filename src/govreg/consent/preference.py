"""How people want to be reached: recorded apart from consent, and never taken for it.

- The latest entry of a channel counts. What nobody said is not known: no preference is presumed.
- That somebody wants e-mail is no consent to anything; that they want none closes the channel.
- An erasure takes all of a person's entries away.
- Store functions take an open connection and never commit.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import sqlalchemy as sa

from govreg.clock import from_millis, to_millis
from govreg.consent.model import Channel
from govreg.consent.tables import consent_preference
from govreg.errors import UsageProblem

_HOURS = re.compile(r"([01]\d|2[0-3]):[0-5]\d-([01]\d|2[0-3]):[0-5]\d")
_LANGUAGE = re.compile(r"[a-z]{2,3}(-[A-Za-z0-9]{2,8})*")


@dataclass(frozen=True, slots=True, kw_only=True)
class Preference:
    """What a person wants of one channel.

    Raises:
        UsageProblem: hours or language are of no such form.
    """

    channel: Channel
    wanted: bool | None = None
    """Whether they want to be reached there; None where they only said when, or how."""
    hours: str | None = None
    """When, by the organisation's clock: `08:00-18:00`; over midnight where the end is earlier."""
    language: str | None = None
    """Language tag (BCP 47)."""
    at: dt.datetime
    origin: str
    """Where it was said: `desk`, or a source's collection."""

    def __post_init__(self) -> None:
        if self.hours is not None and not _HOURS.fullmatch(self.hours):
            raise UsageProblem("hours are written `08:00-18:00`")
        if self.language is not None and not _LANGUAGE.fullmatch(self.language):
            raise UsageProblem("a language is written as a tag, such as `fi` or `sv-FI`")

    def reachable(self, moment: dt.datetime, zone: dt.tzinfo) -> bool | None:
        """Whether the person wants to be reached there at a moment; None where nobody said."""
        if self.wanted is False or self.hours is None:
            return self.wanted
        begin, _, end = self.hours.partition("-")
        now = moment.astimezone(zone).strftime("%H:%M")
        inside = begin <= now < end if begin <= end else now >= begin or now < end
        return inside if self.wanted is not None or not inside else None


def facts_of(held: Mapping[Channel, Preference], channel: Channel) -> Mapping[str, object]:
    """What rules ask about contacting a person on a channel; never that they consent."""
    one = held.get(channel)
    if one is None or one.wanted is None:
        return {}
    return {"person.opted_out_of_contact": not one.wanted}


def prefer(
    connection: sa.Connection, subject: str, preference: Preference, *, received_at: dt.datetime
) -> bool:
    """Add an entry; answers False where the latest one of the channel says the same."""
    held = latest(connection, [subject]).get(preference.channel)
    if held is not None and _says(held) == _says(preference):
        return False
    connection.execute(
        consent_preference.insert().values(
            subject_id=subject,
            channel=str(preference.channel),
            wanted=None if preference.wanted is None else int(preference.wanted),
            hours=preference.hours,
            language=preference.language,
            origin=preference.origin,
            at=to_millis(preference.at),
            received_at=to_millis(received_at),
        )
    )
    return True


def latest(connection: sa.Connection, subjects: Sequence[str]) -> Mapping[Channel, Preference]:
    """What counts of each channel, for a person and all aliases."""
    rows = connection.execute(
        sa.select(consent_preference)
        .where(consent_preference.c.subject_id.in_(list(subjects)))
        .order_by(consent_preference.c.at, consent_preference.c.id)
    )
    held: dict[Channel, Preference] = {}
    for row in rows:
        channel = Channel(row.channel)
        held[channel] = Preference(
            channel=channel,
            wanted=None if row.wanted is None else bool(row.wanted),
            hours=row.hours,
            language=row.language,
            at=from_millis(row.at),
            origin=row.origin,
        )
    return held


def forget(connection: sa.Connection, subjects: Sequence[str]) -> int:
    """Remove every entry of a person and all aliases; returns how many."""
    theirs = consent_preference.c.subject_id.in_(list(subjects))
    return connection.execute(consent_preference.delete().where(theirs)).rowcount


def _says(one: Preference) -> tuple[object, ...]:
    return one.wanted, one.hours, one.language
