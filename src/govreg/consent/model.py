"""What people choose, as events, and what the choice was made under.

- An event says what one person chose for one activity, or for everything (`*`), and when.
- What many events share is a `Circumstance`: notice, method, channel, language, who acted. It says
  nothing about the person but their age and country, which rules of law ask for.
- What is the person's alone is in `particulars`, and stored sealed.

Field names follow ISO/IEC TS 27560 as the Data Privacy Vocabulary writes it, in the page
`docs/spec/consent-record.md`.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from enum import StrEnum
from typing import Any

from govreg.clock import to_millis

RECORD_VERSION = 1
"""The version of the stored forms of a circumstance and an event."""

EVERYTHING = "*"
"""The activity of an event that is about everything the organisation does."""


class EventKind(StrEnum):
    """What was chosen, or became of a choice."""

    REQUESTED = "requested"
    GIVEN = "given"
    RENEWED = "renewed"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"
    REVOKED = "revoked"
    """Ended by somebody else than the person."""
    EXPIRED = "expired"
    INVALIDATED = "invalidated"
    PARENT_AUTHORISED = "parent_authorised"
    """Who holds parental responsibility gave or authorised it (Art. 8(1) GDPR)."""
    OBJECTED = "objected"
    """Art. 21 GDPR."""
    OBJECTION_UPHELD = "objection_upheld"
    OBJECTION_ENDED = "objection_ended"
    """Taken back, or overridden by compelling grounds."""
    OPTED_OUT = "opted_out"
    """Of sale and sharing (1798.120 Civ. Code)."""
    OPTED_IN = "opted_in"
    LIMITED = "limited"
    """The use of sensitive personal information (1798.121 Civ. Code)."""
    LIMIT_ENDED = "limit_ended"
    AUTHORISED = "authorised"
    """45 CFR 164.508."""
    AUTHORISATION_REVOKED = "authorisation_revoked"
    RESTRICTED = "restricted"
    """Art. 18 GDPR, 45 CFR 164.522(a)."""
    RESTRICTION_ENDED = "restriction_ended"


class Family(StrEnum):
    """Kinds of events that answer one question: of each family the latest event counts."""

    CONSENT = "consent"
    GUARDIAN = "guardian"
    OBJECTION = "objection"
    SALE = "sale"
    SENSITIVE = "sensitive"
    AUTHORISATION = "authorisation"
    RESTRICTION = "restriction"


FAMILIES: Mapping[EventKind, Family] = {
    EventKind.REQUESTED: Family.CONSENT,
    EventKind.GIVEN: Family.CONSENT,
    EventKind.RENEWED: Family.CONSENT,
    EventKind.REFUSED: Family.CONSENT,
    EventKind.WITHDRAWN: Family.CONSENT,
    EventKind.REVOKED: Family.CONSENT,
    EventKind.EXPIRED: Family.CONSENT,
    EventKind.INVALIDATED: Family.CONSENT,
    EventKind.PARENT_AUTHORISED: Family.GUARDIAN,
    EventKind.OBJECTED: Family.OBJECTION,
    EventKind.OBJECTION_UPHELD: Family.OBJECTION,
    EventKind.OBJECTION_ENDED: Family.OBJECTION,
    EventKind.OPTED_OUT: Family.SALE,
    EventKind.OPTED_IN: Family.SALE,
    EventKind.LIMITED: Family.SENSITIVE,
    EventKind.LIMIT_ENDED: Family.SENSITIVE,
    EventKind.AUTHORISED: Family.AUTHORISATION,
    EventKind.AUTHORISATION_REVOKED: Family.AUTHORISATION,
    EventKind.RESTRICTED: Family.RESTRICTION,
    EventKind.RESTRICTION_ENDED: Family.RESTRICTION,
}


class Act(StrEnum):
    """What the person did to choose."""

    TICKED = "ticked"
    PRESSED = "pressed"
    SIGNED = "signed"
    SPOKE = "spoke"
    WROTE = "wrote"
    SET = "set"
    """A setting, also a browser's."""
    PRE_TICKED = "pre_ticked"
    CONTINUED = "continued"
    """Went on using the service."""
    SILENCE = "silence"


AFFIRMATIVE = frozenset({Act.TICKED, Act.PRESSED, Act.SIGNED, Act.SPOKE, Act.WROTE, Act.SET})
"""Clear acts (Art. 4(11) GDPR); a box that was ticked before, silence and inactivity are none."""


class Chooser(StrEnum):
    """Who chose (`dpv:isIndicatedBy`)."""

    PERSON = "person"
    GUARDIAN = "guardian"
    AGENT = "agent"
    """Somebody whom the person authorised."""
    SIGNAL = "signal"
    """The person's browser or device."""
    ORGANISATION = "organisation"


class Channel(StrEnum):
    """Where a choice was made, and how a person may be reached."""

    WEB = "web"
    APP = "app"
    EMAIL = "email"
    SMS = "sms"
    PHONE = "phone"
    POST = "post"
    IN_PERSON = "in_person"


@dataclass(frozen=True, slots=True, kw_only=True)
class Circumstance:
    """What a choice was made under. Equal ones are one row of the store."""

    law: str
    """The law under which it is judged: `gdpr`, `ccpa` or `hipaa`."""
    controller: str
    by: Chooser = Chooser.PERSON
    notice: str | None = None
    notice_version: int | None = None
    notice_hash: str | None = None
    """SHA-256 in hex of the published version."""
    text_hash: str | None = None
    """SHA-256 in hex of the text that was shown, in UTF-8."""
    language: str | None = None
    """Language tag (BCP 47)."""
    method: str | None = None
    """How it was collected, and by which version of the form: `checkout-form@4`."""
    act: Act | None = None
    channel: Channel | None = None
    steps: int | None = None
    """Steps that it took to choose."""
    explicit: bool | None = None
    age: int | None = None
    """The person's age in whole years at the time."""
    country: str | None = None
    """Where the person lived at the time, ISO 3166 alpha-2."""
    attested: Mapping[str, bool] = field(default_factory=dict)
    """What somebody attests of this collection, beyond the notice: names of facts in the group
    `consent` without the group, such as `free`."""
    elements: Mapping[str, bool] = field(default_factory=dict)
    """Of an authorisation: its elements by names of facts in the group `authorisation`
    (45 CFR 164.508(c))."""

    def document(self) -> dict[str, Any]:
        """It as plain data: version first, what is absent left out."""
        held: dict[str, Any] = {"v": RECORD_VERSION}
        for one in fields(self):
            value = getattr(self, one.name)
            if value is not None and value != {}:
                held[one.name] = dict(value) if isinstance(value, Mapping) else value
        return held

    def canonical(self) -> bytes:
        """The bytes that are hashed: JSON, keys sorted, no spaces, UTF-8."""
        return canonical(self.document())

    def content_hash(self) -> str:
        """SHA-256 in hex of the canonical bytes."""
        return hashlib.sha256(self.canonical()).hexdigest()


def circumstance_of(document: Mapping[str, Any]) -> Circumstance:
    """A circumstance out of plain data.

    Raises:
        ValueError: its version is newer, or a value is none of its kind.
        TypeError: a field is unknown or missing.
    """
    held: dict[str, Any] = dict(document)
    if held.pop("v", None) != RECORD_VERSION:
        raise ValueError("written by a newer govreg, or no circumstance")
    kinds = {"by": Chooser, "act": Act, "channel": Channel}
    held |= {name: kinds[name](held[name]) for name in kinds.keys() & held.keys()}
    return Circumstance(**held)


@dataclass(frozen=True, slots=True, kw_only=True)
class NewEvent:
    """An event that is about to be recorded."""

    subject: str
    """The subject's id."""
    activity: str
    """Name of a processing activity, or `*`."""
    kind: EventKind
    at: dt.datetime
    """When it was chosen, with a zone; kept to the millisecond."""
    circumstance: Circumstance
    until: dt.datetime | None = None
    """From when on it counts no more."""
    particulars: Mapping[str, str] = field(default_factory=dict)
    """The person's alone: `evidence`, `signal`, `age_evidence`, `guardian_evidence`; sealed."""
    key: str | None = None
    """Names the event for retries; without one, its content does."""

    def digest(self) -> bytes:
        """SHA-256 of the event: canonical JSON of everything in it."""
        return event_digest(
            subject=self.subject,
            activity=self.activity,
            kind=self.kind,
            at=to_millis(self.at),
            until=to_millis(self.until) if self.until else None,
            circumstance=self.circumstance.content_hash(),
            particulars=self.particulars,
        )

    def stored_key(self) -> bytes:
        """16 bytes that name it in the ledger."""
        return event_key(self.key, self.digest())


def event_digest(
    *,
    subject: str,
    activity: str,
    kind: str,
    at: int,
    until: int | None,
    circumstance: str,
    particulars: Mapping[str, str],
) -> bytes:
    """The digest of an event by its parts: moments in milliseconds, the circumstance by hash."""
    held: dict[str, Any] = {
        "v": RECORD_VERSION,
        "subject": subject,
        "activity": activity,
        "kind": str(kind),
        "at": at,
        "circumstance": circumstance,
    }
    if until is not None:
        held["until"] = until
    if particulars:
        held["particulars"] = dict(particulars)
    return hashlib.sha256(canonical(held)).digest()


def event_key(given: str | None, digest: bytes) -> bytes:
    """How an event is named in the ledger: by the key that was given, else by its content."""
    if given is None:
        return digest[:16]
    return hashlib.sha256(b"govreg consent key v1\0" + given.encode()).digest()[:16]


_CANONICAL = json.JSONEncoder(sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def canonical(held: Mapping[str, Any]) -> bytes:
    """JSON in UTF-8 with sorted keys and no spaces."""
    return _CANONICAL.encode(held).encode()


@dataclass(frozen=True, slots=True, kw_only=True)
class Recorded:
    """An event as the ledger holds it."""

    number: int
    """Its place in the ledger; of two events of one moment the later one counts."""
    subject: str
    activity: str
    kind: EventKind
    at: dt.datetime
    until: dt.datetime | None
    received_at: dt.datetime
    circumstance: Circumstance
    circumstance_id: int
    batch: str | None
    sealed: bytes | None
