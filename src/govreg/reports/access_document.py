"""The answer to a person who asks what is held about them, as frozen facts.

- Nothing is fetched here: whoever answers has found, decided, masked and counted.
- A document may not claim to be more complete than its own blocks allow: a place not searched, a
  limit hit, text not yet reviewed or an item left blank makes it `partial`; anything withheld
  makes it `complete_with_withheld` at best.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from govreg.errors import UsageProblem
from govreg.gate.scope import Cap, Step
from govreg.policy.rule import Override
from govreg.reports.access_choices import Chosen
from govreg.reports.document import (
    COMPLETE,
    COMPLETE_WITH_WITHHELD,
    PARTIAL,
    Contact,
    NotSearched,
    Recipient,
    Text,
    Versions,
    WithheldClass,
)

ACCESS_VERSION = 1
"""The version of the access bundle written here."""

PENDING_REVIEW = "pending_review"
"""The mark of free text that nobody has read yet."""

_STATES = (COMPLETE, COMPLETE_WITH_WITHHELD, PARTIAL)


@dataclass(frozen=True, slots=True)
class Mark:
    """Stands in a cell for a value that is not shown; `code` says why."""

    code: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AccessHead:
    """Which answer this is, and what made it."""

    request_id: str
    law: str
    """Such as `gdpr` or `ccpa`."""
    versions: Versions
    generated_at: dt.datetime
    generated_by: str
    """Key of the role or person in the configuration."""
    languages: tuple[str, ...]
    """The first one is that of `index.html`."""
    time_zone: str
    period: str | None = None
    """The range of dates searched, if it was limited."""


@dataclass(frozen=True, slots=True, kw_only=True)
class UsedIdentifier:
    """An identifier by which the person was looked up."""

    kind: str
    value: str | None = None
    """The person's own identifier may be shown to them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class IdentityBasis:
    """How it was made sure that the asker is the person; never the proof itself."""

    level: str
    """`low`, `substantial` or `high`."""
    how: str = ""
    """The means, as a code such as `account_login` or in the words of who checked."""
    identifiers: tuple[UsedIdentifier, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerDates:
    """When it was asked, due and answered."""

    received: dt.date
    due: dt.date
    answered: dt.date
    extended_to: dt.date | None = None
    extension_reason: Text = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Searched:
    """A collection that was searched."""

    ref: str
    """`source.collection`."""
    source: Text
    """Title of the system."""
    collection: Text
    reached: tuple[Step, ...]
    """How the person's rows are looked for there."""
    rows: int


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldNote:
    """What a field is, why it is held and for how long."""

    name: str
    label: Text = field(default_factory=dict)
    category: str
    """Dotted data category."""
    category_words: Text = field(default_factory=dict)
    purposes: tuple[Text, ...] = ()
    bases: tuple[str, ...] = ()
    """Codes of lawful bases, such as `gdpr.6.1.b`."""
    origin: str = "provided"
    retention: tuple[Text, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One row about the person."""

    values: Mapping[str, Any]
    """Values by field name; a `Mark` where one is not shown."""
    reached: tuple[Step, ...] = ()
    """How the row was found, step by step."""
    relation: str = "own"
    """`own`, `shared` or `mention`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """The rows of one collection."""

    ref: str
    """`source.collection`; names the CSV file."""
    source: Text
    """Title of the system."""
    title: Text
    fields: tuple[FieldNote, ...]
    rows: Sequence[Row]
    """Read more than once, a row at a time."""
    activities: tuple[str, ...] = ()
    """Names of the activities that use the collection."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PendingReview:
    """Free text that a person must read before it is given out."""

    ref: str
    """`source.collection`."""
    name: str
    """The field."""
    label: Text = field(default_factory=dict)
    count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class AutomatedDecision:
    """A decision made without a human, and what it means."""

    logic: Text
    significance: Text
    consequences: Text = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class ActivityNote:
    """A processing activity, as the person is told of it."""

    name: str
    title: Text
    purpose: Text
    basis: str
    """Code of the lawful basis."""
    basis_words: Text = field(default_factory=dict)
    categories: tuple[str, ...] = ()
    recipients: tuple[Recipient, ...] = ()
    no_recipients: bool = False
    """Whether it is known that there are none; without it, no recipients are an open question."""
    retention: Text = field(default_factory=dict)
    origin: Text = field(default_factory=dict)
    """Where the data come from, in words."""
    automated: AutomatedDecision | None = None
    direct_marketing: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Transfer:
    """A transfer out of the law's own area."""

    recipient: str
    country: str
    safeguard: Text
    """The instrument; empty where none is recorded."""
    copy_from: str | None = None
    """Where to get a copy of the safeguard."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Right:
    """A right of the person."""

    kind: str
    """`rectification`, `erasure`, `restriction`, `objection`, `portability`, `withdraw_consent`,
    `complaint` or `judicial_remedy` have their own sentences; another kind brings its `text`."""
    citation: str
    text: Text = field(default_factory=dict)
    title: Text = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class MissingItem:
    """Something the law wants told and the register leaves blank."""

    item: str
    """Such as `15.1.d`."""
    where: str
    """The activity or field that lacks it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AccessDocument:
    """Everything that the answer says.

    Raises:
        UsageProblem: if the state claims more than the blocks allow, or no language is named.
    """

    head: AccessHead
    controller: Contact
    dpo: Contact | None
    authority: Contact
    subject_reference: str
    """Keyed reference to the person."""
    identity: IdentityBasis
    confirmed: bool
    """Whether data about the person are processed."""
    dates: AnswerDates
    state: str
    """`complete`, `complete_with_withheld` or `partial`."""
    searched: tuple[Searched, ...] = ()
    not_searched: tuple[NotSearched, ...] = ()
    caps: tuple[Cap, ...] = ()
    """Limits that the search hit."""
    sections: tuple[Section, ...] = ()
    context: tuple[Section, ...] = ()
    """Rows that explain values; they are not about the person."""
    withheld: tuple[WithheldClass, ...] = ()
    pending_review: tuple[PendingReview, ...] = ()
    activities: tuple[ActivityNote, ...] = ()
    transfers: tuple[Transfer, ...] = ()
    rights: tuple[Right, ...] = ()
    missing_items: tuple[MissingItem, ...] = ()
    overrides: tuple[Override, ...] = ()
    """The organisation's own rules that spoke in place of a law's for this answer."""
    chosen: Chosen = field(default_factory=Chosen)
    """What is kept of the person's own choices."""
    fee: Text = field(default_factory=dict)
    """The fee or the ground of a refusal, if any; the first copy is free."""

    def __post_init__(self) -> None:
        if not self.head.languages:
            raise UsageProblem("an access bundle needs a language", "set `languages`")
        if self.state not in _STATES:
            raise UsageProblem(
                f"`{self.state}` is no state of an access bundle",
                "choose one of " + ", ".join(f"`{each}`" for each in _STATES),
            )
        best = self.best_state
        if _STATES.index(self.state) < _STATES.index(best):
            raise UsageProblem(
                f"an access bundle cannot be `{self.state}` as it stands, at best `{best}`",
                *self.shortfalls,
            )

    @property
    def shortfalls(self) -> tuple[str, ...]:
        """What keeps the answer from being complete, as `block: count`."""
        blocks = {
            "not searched": self.not_searched,
            "limits hit": self.caps,
            "free text not reviewed": self.pending_review,
            "items left blank in the register": self.missing_items,
            "withheld": self.withheld,
        }
        return tuple(f"{name}: {len(block)}" for name, block in blocks.items() if block)

    @property
    def best_state(self) -> str:
        """The best state that the blocks allow."""
        if self.not_searched or self.caps or self.pending_review or self.missing_items:
            return PARTIAL
        return COMPLETE_WITH_WITHHELD if self.withheld else COMPLETE
