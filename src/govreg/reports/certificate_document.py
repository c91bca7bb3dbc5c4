"""What an erasure certificate states, as frozen facts: counts, hashes and keyed references only.

- No block has room for an erased value. Names of systems, fields, rules and people's keys in the
  configuration are the only words that come from outside.
- A certificate may not claim more than its own blocks show: a place not searched, a cell that
  failed, a planted leftover that was not found, or an answer that is still awaited keeps it from
  being complete.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field

from govreg.errors import UsageProblem
from govreg.gate.scope import Cap
from govreg.policy.rule import Override
from govreg.reports.canonical import LEFT_OUT_WHEN_EMPTY
from govreg.reports.document import (
    COMPLETE,
    COMPLETE_WITH_WITHHELD,
    PARTIAL,
    Contact,
    NotSearched,
    Text,
    Versions,
    WithheldClass,
)

CERTIFICATE_VERSION = 1
"""The version of the certificate written here."""

UNVERIFIABLE = "unverifiable"
REFUSED = "refused"
FAILED = "failed"

_STATES = (COMPLETE, COMPLETE_WITH_WITHHELD, PARTIAL, UNVERIFIABLE, REFUSED, FAILED)


@dataclass(frozen=True, slots=True, kw_only=True)
class Ground:
    """A legal ground for the erasure, or for refusing it."""

    code: str
    """Such as `gdpr.17.1.b`."""
    citation: str
    words: Text = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Replaced:
    """The certificate that a later one takes the place of."""

    certificate_id: str
    hash: str
    """SHA-256 of its signed bytes."""
    reason: str
    """`run_again`, `recipients` or `informed`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CertificateHead:
    """Which certificate this is, of which request, and what made it."""

    certificate_id: str
    request_id: str
    stage: str
    """`executed`, or `final` once the last residue has run out."""
    laws: tuple[str, ...]
    grounds: tuple[Ground, ...]
    subject_reference: str
    """Keyed reference to the person."""
    issued_at: dt.datetime
    issued_by: str
    """Key of the role or person in the configuration."""
    versions: Versions
    time_zone: str
    follows: str | None = None
    """Id of the certificate that this one goes on from: after a replay, or at the last stage."""
    replaces: Replaced | None = None
    """The one in whose place this one comes, about the same erasure."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CertificateTimes:
    """The steps of the request, each with its time or without one."""

    received: dt.datetime
    due: dt.date
    identity_verified: dt.datetime | None = None
    identity_level: str | None = None
    decided: dt.datetime | None = None
    approved: dt.datetime | None = None
    executed: dt.datetime | None = None
    reread: dt.datetime | None = None
    """When every planned cell was read again, on a new connection."""
    informed: dt.datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanNote:
    """The plan that was approved, and by whom."""

    id: str
    hash: str
    planner: str
    """Key of the person in the configuration."""
    approvers: tuple[str, ...]
    four_eyes_off: str | None = None
    """The organisation's reason why one person may plan and approve."""
    first_uses: tuple[str, ...] = field(default=(), metadata=LEFT_OUT_WHEN_EMPTY)
    """Rules under whose present wording nothing was erased before."""

    @property
    def same_person(self) -> bool:
        """Whether whoever planned also approved alone."""
        return set(self.approvers) == {self.planner}


@dataclass(frozen=True, slots=True, kw_only=True)
class Tally:
    """Counts of one kind of thing by what became of it."""

    erased: int = 0
    withheld: int = 0
    restricted: int = 0
    refused: int = 0
    failed: int = 0

    @property
    def total(self) -> int:
        """All of them."""
        return self.erased + self.withheld + self.restricted + self.refused + self.failed


@dataclass(frozen=True, slots=True, kw_only=True)
class RowTally:
    """Counts of rows by what became of them."""

    erased_whole: int = 0
    """Every field of the person in it was erased."""
    partly_kept: int = 0
    """Some of its fields were erased; others were kept or locked."""
    withheld: int = 0
    """Nothing of it was changed."""
    restricted: int = 0
    """None of its fields was erased; some were locked."""
    refused: int = 0
    """Nothing of it was changed, for want of a ground."""
    failed: int = 0

    @property
    def total(self) -> int:
        """All of them."""
        changed = self.erased_whole + self.partly_kept + self.restricted
        return changed + self.withheld + self.refused + self.failed


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldOutcome:
    """What was done to one field, in how many rows."""

    name: str
    cells: Mapping[str, int]
    """Cells by what was done: `delete` (gone with its row), `set_null`, `constant`,
    `generalise_date`, `pseudonym`, `retain`, `empty` (nothing was in it) or `failed`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CollectionOutcome:
    """What happened in one collection."""

    source: Text
    """Title of the system."""
    collection: str
    connector: str
    """Connector and its version."""
    strategy: str
    """`delete`, `blank`, `pseudonym`, `anonymise`, `crypto_shred`, `restrict` or `retain` where
    that is true of every field in every row; else `mixed`, and `fields` say it one by one."""
    disposition: str
    """`archived`, `recycled`, `permanent`, `permanent_suppressed`, `requested` or `none`."""
    gone_after: dt.date | None = None
    rows_before: int
    rows_affected: int
    rows: RowTally = field(default_factory=RowTally)
    fields: tuple[FieldOutcome, ...] = ()
    reread_at: dt.datetime | None = None
    remaining: int | None = None
    """How many planned cells the re-read still found; None if it could not be made."""
    evidence: str | None = None
    """SHA-256 of what the re-read saw, in keyed form."""
    outcome: str
    """`done`, `pending_recipient`, `pending_vendor`, `failed` or `unsupported`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Residue:
    """A copy that may still hold the data, and until when."""

    source: Text
    """Title of the system."""
    what: Text = field(default_factory=dict)
    """What the copy is, as the register has it."""
    kind: str
    """Of the register: `backup`, `snapshot`, `replica`, `cache`, `log`, `search_index`, `export`
    or `derived`. Of the connector: see `connectors.record.RemainderKind`."""
    collection: str | None = None
    """The one collection that it is about."""
    detail: str | None = None
    """What the connector itself says of it."""
    until: dt.date | None = None
    """None: no end is known."""
    oldest: dt.date | None = None
    in_ledger: bool | None = None
    """For a backup: whether a restored copy is cleaned again from the erasure ledger."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ToldRecipient:
    """A recipient who was to be told of the erasure."""

    name: str
    channel: str | None = None
    sent_at: dt.datetime | None = None
    answer: str | None = None
    """`erased`, `refused` or `pending`."""
    answered_at: dt.datetime | None = None
    not_told: str | None = None
    """Why they were not told."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ShreddedKey:
    """A key that was destroyed."""

    key_id: str
    scope: str
    """`subject`, `audit_ref`, `request`, `request_ref`, `field` or `epoch`."""
    shredded_at: dt.datetime | None = None
    check_value: str | None = None
    provider: str | None = None
    response: str | None = None
    """The key provider's own reference."""
    copies_until: dt.date | None = None
    """Until when a backup may hold the wrapped key."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reread:
    """How the result was checked."""

    method: str
    """`every_cell`, `sample` or `none`."""
    cells: int
    leftover_found: bool
    """Whether the check found a leftover that was planted to test it."""
    lookups_repeated: int = 0
    """Look-ups by the person's identifiers that were made again."""
    found_again: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class ConfirmedLink:
    """A doubtful link that a named person said is the person's."""

    candidate: str
    doubt: str
    collection: str
    rows: int
    by: str
    at: dt.datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptRecord:
    """A record of the request itself that stays."""

    what: str
    """`request_log`, `certificate`, `suppression`, `consent_proof` or the organisation's own."""
    basis: str
    until: dt.date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CertificateDocument:
    """Everything that the certificate says.

    Raises:
        UsageProblem: if the state claims more than the blocks show.
    """

    head: CertificateHead
    controller: Contact
    dpo: Contact | None
    authority: Contact
    state: str
    """`complete`, `complete_with_withheld`, `partial`, `unverifiable`, `refused` or `failed`."""
    times: CertificateTimes
    plan: PlanNote | None
    cells: Tally
    rows: RowTally
    collections: tuple[CollectionOutcome, ...] = ()
    not_searched: tuple[NotSearched, ...] = ()
    caps: tuple[Cap, ...] = ()
    assumptions: tuple[str, ...] = ()
    withheld: tuple[WithheldClass, ...] = ()
    residue: tuple[Residue, ...] = ()
    recipients: tuple[ToldRecipient, ...] = ()
    keys: tuple[ShreddedKey, ...] = ()
    reread: Reread | None = None
    confirmed_links: tuple[ConfirmedLink, ...] = ()
    consent_closed: int = 0
    suppression: tuple[str, ...] = ()
    """Ids of suppression entries."""
    kept_records: tuple[KeptRecord, ...] = ()
    overrides: tuple[Override, ...] = field(default=(), metadata=LEFT_OUT_WHEN_EMPTY)
    """The organisation's own rules that spoke in place of a law's for this erasure."""

    def __post_init__(self) -> None:
        if self.state not in _STATES:
            raise UsageProblem(
                f"`{self.state}` is no state of a certificate",
                "choose one of " + ", ".join(f"`{each}`" for each in _STATES),
            )
        against = self.shortfalls if self.state in (COMPLETE, COMPLETE_WITH_WITHHELD) else ()
        kept = self.cells.withheld + self.cells.restricted + len(self.withheld)
        if self.state == COMPLETE and kept:
            against = (*against, f"kept: {kept}")
        if against:
            raise UsageProblem(f"a certificate cannot be `{self.state}` as it stands", *against)

    @property
    def under_gdpr(self) -> bool:
        """Whether the GDPR's remedies are the person's."""
        return any(law.split("-")[0] == "gdpr" for law in self.head.laws)

    @property
    def shortfalls(self) -> tuple[str, ...]:
        """What keeps the erasure from being complete, as `block: count`."""
        blocks = {
            "not searched": len(self.not_searched),
            "limits hit": len(self.caps),
            "cells failed": self.cells.failed,
            "rows failed": self.rows.failed,
            "collections not done": sum(each.outcome != "done" for each in self.collections),
            "collections not read again": sum(each.remaining is None for each in self.collections),
            "cells found again": sum(each.remaining or 0 for each in self.collections),
            "look-ups that found again": self.reread.found_again if self.reread else 0,
            "check without a found leftover": self._unproven,
        }
        return tuple(f"{name}: {count}" for name, count in blocks.items() if count)

    @property
    def _unproven(self) -> int:
        return int(bool(self.collections) and not (self.reread and self.reread.leftover_found))
