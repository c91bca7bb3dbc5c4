"""Record one choice.

(1) the actor may record, and the activity is in the register in force
(2) the person: known by id or by keyed look-up, or new
(3) the notice that was shown, in its published version
(4) what the choice was made under, and what is the person's alone, sealed
(5) the event: an exact retry is there already, a changed one is refused
(6) whoever withdraws from marketing or objects to it goes on the suppression list
(7) audit entry and notice to plugins, in the same transaction
(8) after it: plugins are told
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence

import sqlalchemy as sa

from govreg.choices.impact import impact_of
from govreg.choices.model import Choice
from govreg.choices.person import whose
from govreg.choices.under import require_known, under_what
from govreg.clock import to_text
from govreg.condition.truth import Truth
from govreg.consent.ledger import record
from govreg.consent.model import EVERYTHING, EventKind, NewEvent
from govreg.consent.status import Status
from govreg.protection.envelope import Context, seal
from govreg.requests.parts import Parts
from govreg.requests.people import RECORDING, require
from govreg.runner.outbox import put
from govreg.subjects.identifier import Identifier
from govreg.subjects.index import kin, references_of
from govreg.subjects.suppression import Why, lift, suppress

HOOK = "govreg_consent_changed"


def new_event(
    parts: Parts,
    connection: sa.Connection,
    choice: Choice,
    *,
    subject: str | None,
    identifiers: Sequence[Identifier],
    actor: str,
) -> NewEvent:
    """Steps (1) to (4): the event that is to be recorded.

    Raises:
        Refused: the actor may not record.
        UsageProblem: something about the choice cannot be so.
        NotFound: no such activity, notice or person.
    """
    require(parts.settings, actor, RECORDING, "record a choice")
    require_known(parts, choice)
    giving = choice.kind not in {EventKind.WITHDRAWN, EventKind.REVOKED, EventKind.EXPIRED}
    who = whose(parts, connection, subject=subject, identifiers=identifiers, new=giving)
    under = under_what(parts, connection, choice)
    now = parts.clock()
    at = choice.at or now.replace(microsecond=now.microsecond // 1000 * 1000)
    return NewEvent(
        subject=who,
        activity=choice.activity,
        kind=choice.kind,
        at=at,
        until=under.end_of(choice, at),
        particulars=choice.particulars,
        key=choice.key,
        circumstance=under.circumstance,
    )


def enter(parts: Parts, connection: sa.Connection, event: NewEvent, *, actor: str) -> int | None:
    """Step (5), and its entry in the audit log; answers the event's number, None if it was there.

    Raises:
        Refused: the event is of the future or of the past.
        Conflict: another event was recorded under its key.
    """
    number = record(
        connection, event, received_at=parts.clock(), sealed=_sealed(parts, connection, event)
    )
    if number is not None:
        parts.log(
            connection,
            "consent.recorded",
            actor,
            subject_ref=parts.subject_ref(connection, event.subject, create=True),
            source="consent",
            collection=None if event.activity == EVERYTHING else event.activity,
            outcome=str(event.kind),
            hashes={
                "event": event.digest().hex(),
                "circumstance": event.circumstance.content_hash(),
            },
        )
    return number


_SUPPRESSES = {
    EventKind.WITHDRAWN: Why.WITHDRAWN,
    EventKind.REVOKED: Why.WITHDRAWN,
    EventKind.OBJECTED: Why.OBJECTED,
}


def suppress_for(parts: Parts, connection: sa.Connection, event: NewEvent, status: Status) -> int:
    """Step (6): returns how many look-up values are new on the list.

    Whose consent counts anew, and who objects no more, comes off what their own withdrawal or
    objection put them on; consent that does not count takes nobody off.
    """
    found = references_of(connection, kin(connection, event.subject))
    if lifted := _lifted(event.kind, status):
        lift(connection, found, scope=event.activity, reasons=lifted)
    why = _SUPPRESSES.get(event.kind)
    if why is None:
        return 0
    return sum(
        suppress(connection, found, scope=scope, reason=why, now=parts.clock())
        for scope in impact_of(parts.border.register, event.activity).suppress
    )


def _lifted(kind: EventKind, status: Status) -> frozenset[Why]:
    """The reasons that hold no more for the activity of an event."""
    if status.objection is not None:
        return frozenset()
    if kind in {EventKind.GIVEN, EventKind.RENEWED} and status.counts is Truth.TRUE:
        return frozenset({Why.WITHDRAWN, Why.OBJECTED})
    return frozenset({Why.OBJECTED}) if kind is EventKind.OBJECTION_ENDED else frozenset()


def announce(parts: Parts, connection: sa.Connection, event: NewEvent, status: Status) -> None:
    """Step (7): the notice to plugins, in the transaction of the change."""
    payload = {
        "subject": event.subject,
        "activity": event.activity,
        "kind": str(event.kind),
        "at": to_text(event.at),
        "consent": str(status.consent),
        "counts": status.counts.value,
    }
    put(connection, HOOK, payload, clock=parts.clock)


def particulars_context(parts: Parts, digest: bytes) -> Context:
    """The place that an event's particulars are sealed for."""
    return Context(
        workspace=parts.workspace_id,
        source="govreg",
        collection="consent_event",
        field="particulars",
        record=digest.hex(),
    )


def _sealed(parts: Parts, connection: sa.Connection, event: NewEvent) -> bytes | None:
    if not event.particulars:
        return None
    return sealed_particulars(parts, connection, event.subject, event.particulars, event.digest())


def sealed_particulars(
    parts: Parts,
    connection: sa.Connection,
    subject: str,
    particulars: Mapping[str, str],
    digest: bytes,
) -> bytes:
    """What is the person's alone, under the person's key and bound to its event."""
    key = parts.subject_key(connection, subject, create=True)
    text = json.dumps(dict(particulars), sort_keys=True, ensure_ascii=False)
    return seal(key, text, particulars_context(parts, digest))
