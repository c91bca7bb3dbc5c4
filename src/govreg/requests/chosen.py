"""What a person has chosen, as far as it bears on a request: only what the ledger says for sure.

That nothing is recorded says nothing: a person may have withdrawn elsewhere. So facts that are
true are added to a question, and none that is false.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

import sqlalchemy as sa

from govreg.clock import to_text
from govreg.condition.truth import Truth
from govreg.consent.ledger import events_of
from govreg.consent.model import EVERYTHING
from govreg.consent.status import Standing, Status, fold
from govreg.consent.validity import Counts
from govreg.requests.parts import Parts
from govreg.subjects.index import kin

_BEARING = (
    "person.consent_withdrawn",
    "person.objects",
    "person.objection_pending",
    "person.objection_upheld",
    "person.restricted",
    "person.opted_out",
    "person.limits_sensitive",
)
"""Facts by which a choice opens or closes something; that consent stands opens no erasure."""


def chosen(
    parts: Parts, connection: sa.Connection, subject: str, at: dt.datetime
) -> Mapping[str, Mapping[str, object]]:
    """For each activity, the facts that a person's choices make true.

    Objecting is asked about as direct marketing is: the fact stands for activities that are it.
    """
    found = {}
    for status in _statuses(parts, connection, subject, at):
        activity = parts.border.register.activities.get(status.activity)
        held = {name: True for name in _BEARING if status.facts.get(name) is True}
        if activity is not None and not activity.direct_marketing:
            held.pop("person.objects", None)
        if held:
            found[status.activity] = held
    return found


def chosen_words(
    parts: Parts, connection: sa.Connection, subject: str, at: dt.datetime
) -> list[Mapping[str, str]]:
    """The same for who reads a plan: activity, what stands, since when."""
    return [
        {
            "activity": status.activity,
            "consent": str(status.consent),
            "since": to_text(status.deciding.at) if status.deciding else "",
            "objection": str(status.objection or ""),
        }
        for status in _statuses(parts, connection, subject, at)
        if status.consent is not Standing.UNKNOWN or status.objection
    ]


def _statuses(
    parts: Parts, connection: sa.Connection, subject: str, at: dt.datetime
) -> list[Status]:
    events = events_of(connection, kin(connection, subject))
    if not events:
        return []
    names = [*parts.border.register.activities, EVERYTHING]
    return [
        fold(events, subject, name, at, lambda _event, _guardian: Counts(truth=Truth.UNKNOWN))
        for name in names
    ]
