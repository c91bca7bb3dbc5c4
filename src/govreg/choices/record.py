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

import datetime as dt
import json
from collections.abc import Sequence

import sqlalchemy as sa

from govreg.choices.impact import impact_of
from govreg.choices.model import Choice
from govreg.choices.person import whose
from govreg.clock import to_text
from govreg.condition.truth import Truth
from govreg.consent.ledger import record
from govreg.consent.model import EVERYTHING, FAMILIES, Circumstance, EventKind, Family, NewEvent
from govreg.consent.notice import Notice
from govreg.consent.notice_store import published, version_of
from govreg.consent.status import Status
from govreg.errors import NotFound, UsageProblem
from govreg.policy.fact import FactKind
from govreg.policy.facts import FACTS
from govreg.policy.minimum import later_by
from govreg.protection.envelope import Context, seal
from govreg.requests.parts import Parts
from govreg.requests.people import RECORDING, require
from govreg.runner.outbox import put
from govreg.subjects.identifier import Identifier
from govreg.subjects.index import kin, references_of
from govreg.subjects.suppression import Why, lift, suppress
from govreg.validation import suggestion

HOOK = "govreg_consent_changed"
PARTICULARS = ("evidence", "signal", "age_evidence", "guardian_evidence")
_OWN_LAW = {
    Family.SALE: "ccpa",
    Family.SENSITIVE: "ccpa",
    Family.AUTHORISATION: "hipaa",
}
"""The law of families of events that only one law knows."""


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
    _known(parts, choice)
    giving = choice.kind not in {EventKind.WITHDRAWN, EventKind.REVOKED, EventKind.EXPIRED}
    who = whose(parts, connection, subject=subject, identifiers=identifiers, new=giving)
    notice, named, shown = _notice(connection, choice)
    now = parts.clock()
    at = choice.at or now.replace(microsecond=now.microsecond // 1000 * 1000)
    return NewEvent(
        subject=who,
        activity=choice.activity,
        kind=choice.kind,
        at=at,
        until=_end_of(notice, choice, at),
        particulars=choice.particulars,
        key=choice.key,
        circumstance=Circumstance(
            law=_law(parts, choice),
            controller=notice.controller if notice else parts.settings.controller.name,
            by=choice.by,
            notice=notice.name if notice else None,
            notice_version=notice.version if notice else None,
            notice_hash=named,
            text_hash=shown,
            language=choice.language,
            method=choice.method,
            act=choice.act,
            channel=choice.channel,
            steps=choice.steps,
            explicit=choice.explicit,
            age=choice.age,
            country=choice.country,
            attested=choice.attested,
            elements=choice.elements,
        ),
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
    key = parts.subject_key(connection, event.subject, create=True)
    text = json.dumps(dict(event.particulars), sort_keys=True, ensure_ascii=False)
    return seal(key, text, particulars_context(parts, event.digest()))


def _known(parts: Parts, choice: Choice) -> None:
    activities = parts.border.register.activities
    if choice.activity != EVERYTHING and choice.activity not in activities:
        raise NotFound(
            f"there is no activity `{choice.activity}` in the register in force",
            suggestion(choice.activity, sorted(activities)),
        )
    positive = {EventKind.REQUESTED, EventKind.GIVEN, EventKind.RENEWED, EventKind.AUTHORISED}
    if choice.activity == EVERYTHING and choice.kind in positive:
        raise UsageProblem(
            f"`{choice.kind}` is for one activity: nobody consents to everything at once",
            "name the activity (Art. 6(1)(a) GDPR: for one or more specific purposes)",
        )
    for name in choice.particulars:
        if name not in PARTICULARS:
            raise UsageProblem(f"there is no `{name}` of a choice", suggestion(name, PARTICULARS))
    for group, stated in (("consent", choice.attested), ("authorisation", choice.elements)):
        for name in stated:
            fact = FACTS.get(f"{group}.{name}")
            if fact is None or fact.kind is not FactKind.FLAG:
                flags = [
                    one.name.partition(".")[2]
                    for one in FACTS.values()
                    if one.name.startswith(f"{group}.") and one.kind is FactKind.FLAG
                ]
                raise UsageProblem(
                    f"there is nothing called `{name}` to say of it", suggestion(name, flags)
                )
    if choice.until is not None and choice.at is not None and choice.until <= choice.at:
        raise UsageProblem("the choice would end before it begins")
    if choice.steps is not None and choice.steps < 1:
        raise UsageProblem("a choice takes at least one step")


def _law(parts: Parts, choice: Choice) -> str:
    if choice.law is not None:
        laws = sorted({rule.law for rule in parts.rules.rules.values()})
        if choice.law not in laws:
            raise UsageProblem(
                f"no rule that is loaded speaks for `{choice.law}`", suggestion(choice.law, laws)
            )
        return choice.law
    own = _OWN_LAW.get(FAMILIES[choice.kind])
    activity = parts.border.register.activities.get(choice.activity)
    return own or (activity.basis.partition(".")[0] if activity else "gdpr")


def _notice(
    connection: sa.Connection, choice: Choice
) -> tuple[Notice | None, str | None, str | None]:
    """Step (3): the published notice, its hash, and the hash of the text that was shown."""
    if choice.notice is None:
        return None, None, None
    name, _, said = choice.notice.partition("@")
    if said and not said.isdigit():
        raise UsageProblem("the version of a notice is a whole number", "such as `newsletter@3`")
    found = version_of(connection, name, int(said) if said else None)
    if found is None:
        known = sorted({one.name for one in published(connection)})
        raise NotFound(
            f"notice `{choice.notice}` was never published",
            suggestion(name, known) or "publish it: `govreg consent notice publish`",
        )
    notice, named = found
    if choice.activity not in {*notice.activities, EVERYTHING}:
        raise UsageProblem(
            f"notice `{notice.name}` says nothing of `{choice.activity}`",
            f"it is about {', '.join(notice.activities)}",
        )
    shown = notice.text_hash(choice.language) if choice.language else None
    if choice.language and shown is None:
        raise UsageProblem(
            f"notice `{notice.name}` version {notice.version} has no text in `{choice.language}`",
            f"languages: {', '.join(sorted(notice.texts))}",
        )
    return notice, named, shown


def _end_of(notice: Notice | None, choice: Choice, at: dt.datetime) -> dt.datetime | None:
    """When consent ends: as it says itself, or as its notice says."""
    giving = choice.kind in {EventKind.GIVEN, EventKind.RENEWED}
    if choice.until is not None or not giving or notice is None or notice.valid_for is None:
        return choice.until
    day = later_by(notice.valid_for, at.date(), whole=False)
    return dt.datetime.combine(day, at.timetz())
