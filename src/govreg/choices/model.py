"""What is recorded of a choice, and what became of it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from govreg.choices.impact import Impact
from govreg.consent.model import Act, Channel, Chooser, EventKind, Recorded
from govreg.consent.status import Standing, Status

Identifiers = Mapping[str, str] | Sequence[tuple[str, str]]
"""Identifier kinds and values that name a person."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """A choice as an application or a person at a desk states it."""

    activity: str
    """Name of a processing activity, or `*` for everything."""
    kind: EventKind
    law: str | None = None
    """Under which it is judged; none named: the one that the kind or the activity's basis says."""
    at: dt.datetime | None = None
    """When it was made; now, when not said."""
    until: dt.datetime | None = None
    """From when on it counts no more."""
    by: Chooser = Chooser.PERSON
    notice: str | None = None
    """The notice that was shown, `NAME` or `NAME@VERSION`; without a version the latest one."""
    language: str | None = None
    method: str | None = None
    act: Act | None = None
    channel: Channel | None = None
    steps: int | None = None
    explicit: bool | None = None
    age: int | None = None
    country: str | None = None
    attested: Mapping[str, bool] = field(default_factory=dict)
    elements: Mapping[str, bool] = field(default_factory=dict)
    particulars: Mapping[str, str] = field(default_factory=dict)
    """`evidence`, `signal`, `age_evidence`, `guardian_evidence`: where proof lies, never a copy
    of it; sealed under the person's key."""
    key: str | None = None
    """Names it for retries."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What became of a choice."""

    subject: str
    number: int | None
    """Its place in the ledger; None where it was there already."""
    status: Status
    """What stands now."""
    impact: Impact | None = None
    """Where it ends something: what that changes."""
    suppressed: int = 0
    """Look-up values that went on the suppression list."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Past:
    """One event of a person's history, and what stood after it."""

    event: Recorded
    standing: Standing
    counts: bool | None
