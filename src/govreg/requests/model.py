"""The nouns of a subject request.

- A request goes received → verified → planned → (approved) → run → answered; it may be refused.
- Nothing is planned for an identity that nobody has confirmed.
- The plan that a person approves is bound by its hash; a new plan needs a new approval.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from govreg.policy.assessment import Assessment

FactValue = bool | str | Assessment
"""What is stated of a request: a flag, a word, or a judgement with its author and validity."""


class RequestKind(StrEnum):
    """What a person asks for."""

    ACCESS = "access"
    ERASURE = "erasure"


class RequestState(StrEnum):
    """How far a request has come."""

    RECEIVED = "received"
    VERIFIED = "verified"
    PLANNED = "planned"
    APPROVED = "approved"
    RUNNING = "running"
    READY = "ready"
    """The work is done; the answer has not gone out."""
    ANSWERED = "answered"
    REFUSED = "refused"
    NEEDS_ATTENTION = "needs_attention"
    """Something failed or is unknown; a person must look, then `resume`."""


class ClockState(StrEnum):
    """How the clock of a request runs."""

    RUNNING = "running"
    STILL = "still"
    """It stands still: the person was asked for something."""
    EXTENDED = "extended"


class Verification(StrEnum):
    """How surely the person is who they say, weakest first."""

    NONE = "none"
    REASONABLE = "reasonable"
    REASONABLY_HIGH = "reasonably_high"
    ACCOUNT = "account"

    def reaches(self, wanted: Verification) -> bool:
        """Whether this level is at least the wanted one."""
        order = list(Verification)
        return order.index(self) >= order.index(wanted)


@dataclass(frozen=True, slots=True, kw_only=True)
class SubjectRequest:
    """A request as it stands. Holds no identifier."""

    id: str
    kind: RequestKind
    law: str
    subject_id: str
    state: RequestState
    received_at: dt.datetime
    opened_by: str
    due_at: dt.datetime
    target_at: dt.datetime
    place: str | None = None
    """Whose public holidays count; None where nobody said: the workspace's country."""
    clock: ClockState = ClockState.RUNNING
    verification: Verification
    verified_by: str | None = None
    verified_how: str | None = None
    verified_at: dt.datetime | None = None
    facts: Mapping[str, FactValue]
    """What a named person has established about the person who asks."""
    planned_by: str | None = None
    planned_at: dt.datetime | None = None
    plan_hash: str | None = None
    approved_by: str | None = None
    approved_at: dt.datetime | None = None
    outcome: str | None = None
    executed_at: dt.datetime | None = None
    answered_at: dt.datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestRecipient:
    """A recipient of what was erased, and how far the telling is."""

    name: str
    told_at: dt.datetime | None
    answer: str | None
    answered_at: dt.datetime | None
    channel: str | None = None
    """How they were told."""
    not_told: str | None = None
    """Why they are not told: `impossible` or `disproportionate` (Art. 19 GDPR)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StepRow:
    """One step of a request's work, as the store holds it."""

    name: str
    state: str
    attempts: int
    note: Mapping[str, object]
    started_at: dt.datetime | None
    finished_at: dt.datetime | None
