"""What a receipt is made of: plain values, put together by whoever issues it.

- A receipt is one person's. It names them by the register's own id, never by an identifier.
- It holds what was chosen and under what, and nothing of the evidence, which stays sealed.
- Texts are by language tag; a name that is the same in every language has the tag `und`.
- The order of what comes in does not matter: each list is put in order when it is read.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field

from govreg.consent.model import EVERYTHING, FAMILIES, Channel, Circumstance, Family, Recorded
from govreg.consent.status import Status

RECEIPT_VERSION = 1
"""The version of the receipt written here."""

NO_LANGUAGE = "und"
"""The tag of a name that is the same in every language (BCP 47)."""

CONSENTING = frozenset({Family.CONSENT, Family.GUARDIAN, Family.AUTHORISATION})
"""Families of events that have a state of consent; the others exercise a right."""

Text = Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Party:
    """The controller, its officer, or the authority."""

    name: str
    address: str | None = None
    country: str | None = None
    """ISO 3166 alpha-2."""
    email: str | None = None
    phone: str | None = None
    url: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Receiver:
    """Who gets the data of an activity."""

    name: str
    role: str
    """`processor`, `controller`, `joint_controller` or `authority`."""
    country: str | None = None
    safeguard: Text = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class KindOfData:
    """A data category that an activity uses."""

    category: str
    """Dotted, such as `user.contact.email`."""
    special: bool = False
    """Art. 9 or 10 GDPR."""
    sensitive: bool = False
    """What the register states to reveal a special category."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReceiptActivity:
    """A processing activity that the person chose about, as the register in force has it."""

    name: str
    """`*` stands for everything the organisation does, where no activity can be named."""
    status: Status
    """What stands for it."""
    title: Text = field(default_factory=dict)
    purpose: Text = field(default_factory=dict)
    basis: str | None = None
    """Code of the lawful basis."""
    kinds: tuple[KindOfData, ...] = ()
    receivers: tuple[Receiver, ...] = ()
    no_receivers: bool = False
    """Whether it is known that there are none."""
    retention: Text = field(default_factory=dict)
    stored_in: tuple[str, ...] = ()
    """Countries, ISO 3166 alpha-2."""
    processed_in: tuple[str, ...] = ()
    direct_marketing: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """A published version of a notice."""

    name: str
    version: int
    content_hash: str
    """SHA-256 in hex of what was published."""
    url: str | None = None
    withdrawal_words: Text = field(default_factory=dict)
    """What the person was told of withdrawing."""
    withdrawal_channels: tuple[Channel, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class GrantedRight:
    """A right of the person under one of the laws of their choices."""

    kind: str
    """Such as `withdraw_consent`; a law's own rule brings its `title` and `text`."""
    citation: str
    title: Text = field(default_factory=dict)
    text: Text = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class ReceiptFacts:
    """Everything that a receipt says."""

    workspace: str
    """The name that identifiers of records are made under: the audit log's origin."""
    subject: str
    """The person's id in the register."""
    controller: Party
    officer: Party
    authority: Party
    jurisdiction: str
    """ISO 3166 alpha-2."""
    language: str
    """Of the texts in it, where they are in several."""
    made_at: dt.datetime
    activities: tuple[ReceiptActivity, ...]
    events: tuple[Recorded, ...]
    notices: tuple[Notice, ...] = ()
    rights: tuple[GrantedRight, ...] = ()
    privacy_notice: str | None = None
    """Address of the general privacy notice."""

    @property
    def number(self) -> str:
        """The receipt's own number: the same facts of the same moment have the same."""
        last = max((event.number for event in self.events), default=0)
        return number_of("receipt", self.workspace, self.subject, _moment(self.made_at), str(last))

    @property
    def ordered(self) -> tuple[ReceiptActivity, ...]:
        """The activities by name."""
        return tuple(sorted(self.activities, key=lambda one: one.name))

    def chosen(self, activity: str) -> tuple[Recorded, ...]:
        """The events that are about an activity, or about everything, oldest first."""
        about = [e for e in self.events if e.activity in {activity, EVERYTHING}]
        return tuple(sorted(about, key=lambda e: (e.at, e.number)))

    def consents(self, activity: str) -> tuple[Recorded, ...]:
        """Those that have a state of consent."""
        return tuple(e for e in self.chosen(activity) if FAMILIES[e.kind] in CONSENTING)

    def exercises(self, activity: str) -> tuple[Recorded, ...]:
        """Those that exercise a right."""
        return tuple(e for e in self.chosen(activity) if FAMILIES[e.kind] not in CONSENTING)

    def notice(self, held: Circumstance) -> Notice | None:
        """The notice that a choice was made under, with the hash that the choice names.

        Of one that is not published only these are known.
        """
        if held.notice is None or held.notice_version is None:
            return None
        for one in self.notices:
            if (one.name, one.version) == (held.notice, held.notice_version):
                return one
        return Notice(
            name=held.notice, version=held.notice_version, content_hash=held.notice_hash or ""
        )


def number_of(kind: str, *parts: str) -> str:
    """The number of a record, an event, a notice or a receipt, made out of what names it.

    It has the form of a version 4 UUID, which both standards ask for; its 122 bits are the first
    of a SHA-256 instead of random ones, so that it is the same each time.
    """
    named = json.dumps([f"govreg receipt v{RECEIPT_VERSION}", kind, *parts], ensure_ascii=False)
    return str(uuid.UUID(bytes=hashlib.sha256(named.encode()).digest()[:16], version=4))


def said(text: Text, language: str) -> str:
    """A text in a language; in English, or in any that it has, where it is not there."""
    for tag in (language, NO_LANGUAGE, "en", *sorted(text)):
        if tag in text:
            return text[tag]
    return ""


def _moment(moment: dt.datetime) -> str:
    return moment.astimezone(dt.UTC).isoformat(timespec="milliseconds")
