"""What every document has: texts by language, contacts, versions, what is kept or unsearched.

- A `Text` is a wording by language tag. Where a wording is missing, the pages say it in a language
  that is there, and mark it as that language. A name that is the same in all has the tag `und`.
- Where a fact bears a code and its text is empty, the pages take the sentence from the word
  tables; a code without a sentence is shown as it stands.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field

Text = Mapping[str, str]
"""A wording by language tag, such as `{"en": "Orders", "fi": "Tilaukset"}`."""

COMPLETE = "complete"
COMPLETE_WITH_WITHHELD = "complete_with_withheld"
PARTIAL = "partial"


@dataclass(frozen=True, slots=True, kw_only=True)
class Contact:
    """Somebody to write to or to call."""

    name: str
    email: str | None = None
    phone: str | None = None
    address: str | None = None
    website: str | None = None
    """Shown as a link where it begins with `https://` or `http://`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PackUsed:
    """A policy pack in the version that decided, and who adopted it."""

    name: str
    version: str
    hash: str
    adopted_by: str | None = None
    """Key of the person in the configuration."""
    adopted_on: dt.date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Versions:
    """What the document was made from."""

    govreg: str
    register: str
    register_hash: str
    packs: tuple[PackUsed, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class NotSearched:
    """A place that was not searched, or not fully, and why."""

    place: str
    """Title of the system, or what of it, such as a collection."""
    code: str
    """Such as `unreachable`; what follows a colon is detail."""
    words: Text = field(default_factory=dict)
    source: Text = field(default_factory=dict)
    """Title of the system, where `place` is only a part of it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WithheldClass:
    """Fields or rows that are kept, with the reason and the end date."""

    source: Text
    """Title of the system."""
    collection: str
    what: str
    """The field, or the class of rows."""
    label: Text = field(default_factory=dict)
    """What it is called for people."""
    count: int
    """How many cells or rows."""
    reason: str
    """Reason code; the marks in withheld cells bear the same."""
    citation: str | None = None
    words: Text = field(default_factory=dict)
    reason_iri: str | None = None
    purpose_lock: str | None = None
    """The one purpose that the kept data may still be used for."""
    until: dt.date | None = None
    hold_id: str | None = None
    rule: str | None = None
    """Id of the rule, with its version."""
    adopter: str | None = None
    """Who adopted the rule, as a key of the configuration."""
    confidence: str | None = None
    """How well the rule's citation was checked: `high`, `medium` or `low`."""
    decided_by: str | None = None
    next_action: str | None = None
    review: dt.date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipient:
    """Who gets the data, by name."""

    name: str
    role: str
    """`processor`, `controller`, `joint_controller` or `authority`."""
    country: str | None = None
    safeguard: Text = field(default_factory=dict)
    """For a third country: the instrument that protects the transfer."""
    contact: str | None = None
