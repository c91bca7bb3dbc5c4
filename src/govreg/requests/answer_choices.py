"""What govreg itself keeps of a person's choices, for the answer to an access request."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

import sqlalchemy as sa

from govreg.condition.truth import Truth
from govreg.consent.ledger import events_of
from govreg.consent.model import EVERYTHING, Recorded
from govreg.consent.preference import latest
from govreg.consent.status import fold
from govreg.consent.validity import Counts
from govreg.register.model import Register
from govreg.reports.access_choices import (
    ChoiceNote,
    Chosen,
    PreferenceNote,
    StandingNote,
    SuppressionNote,
)
from govreg.requests.parts import Parts
from govreg.subjects.identifier import Identifier
from govreg.subjects.index import kin, references_of
from govreg.subjects.suppression import suppressed


def chosen_by(
    parts: Parts,
    connection: sa.Connection,
    subject: str,
    identifiers: tuple[Identifier, ...],
    now: dt.datetime,
) -> Chosen:
    """Everything that is kept: choices, what stands, how to be reached, suppression.

    Args:
        parts: The engine's parts.
        connection: An open one.
        subject: Whose request it is.
        identifiers: Those of the request: the suppression list may know them alone.
        now: When it is answered.
    """
    names = kin(connection, subject)
    events = events_of(connection, names)
    blind = parts.blind(connection)
    references = {*references_of(connection, names), *((i.kind, blind(i)) for i in identifiers)}
    register = parts.border.register
    return Chosen(
        events=tuple(_event(register, one) for one in events),
        standing=tuple(_standing(register, events, subject, now)),
        preferences=tuple(
            PreferenceNote(
                channel=str(channel),
                wanted=one.wanted,
                hours=one.hours,
                language=one.language,
                since=one.at,
                origin=one.origin,
            )
            for channel, one in latest(connection, names).items()
        ),
        suppressions=tuple(
            SuppressionNote(
                kind=one.kind,
                scope=one.scope,
                title=_title(register, one.scope),
                reason=str(one.reason),
                since=one.since,
                ends=one.ends_at,
            )
            for one in suppressed(connection, references, now=now)
        ),
    )


def _event(register: Register, one: Recorded) -> ChoiceNote:
    held = one.circumstance
    return ChoiceNote(
        activity=one.activity,
        title=_title(register, one.activity),
        kind=str(one.kind),
        at=one.at,
        until=one.until,
        by=str(held.by),
        channel=str(held.channel) if held.channel else None,
        notice=f"{held.notice}@{held.notice_version}" if held.notice else None,
        language=held.language,
        evidence=one.sealed is not None,
    )


def _standing(
    register: Register, events: list[Recorded], subject: str, now: dt.datetime
) -> list[StandingNote]:
    named = dict.fromkeys(event.activity for event in events)
    notes = []
    for activity in named:
        status = fold(
            events, subject, activity, now, lambda _event, _guardian: Counts(truth=Truth.UNKNOWN)
        )
        notes.append(
            StandingNote(
                activity=activity,
                title=_title(register, activity),
                consent=str(status.consent),
                since=status.deciding.at if status.deciding else None,
                until=status.until,
                objection=str(status.objection) if status.objection else None,
                opted_out=status.opted_out,
                limits=status.limits,
                restricted=status.restricted,
            )
        )
    return notes


def _title(register: Register, activity: str) -> Mapping[str, str]:
    held = register.activities.get(activity)
    return held.title if held is not None and activity != EVERYTHING else {}
