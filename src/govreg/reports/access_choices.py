"""What a person has chosen, as the answer to an access request tells it: frozen facts."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field

from govreg.reports.document import Text


@dataclass(frozen=True, slots=True, kw_only=True)
class ChoiceNote:
    """One choice that was recorded."""

    activity: str
    """Name of the activity, or `*` for everything."""
    title: Text = field(default_factory=dict)
    kind: str
    at: dt.datetime
    until: dt.datetime | None = None
    by: str
    channel: str | None = None
    notice: str | None = None
    """The notice that was shown, `newsletter@3`."""
    language: str | None = None
    evidence: bool = False
    """Whether proof of it is kept under seal: evidence, or the signal as it came."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StandingNote:
    """What stands of a person's choices for an activity."""

    activity: str
    title: Text = field(default_factory=dict)
    consent: str
    since: dt.datetime | None = None
    until: dt.datetime | None = None
    objection: str | None = None
    opted_out: bool | None = None
    limits: bool | None = None
    restricted: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class PreferenceNote:
    """How the person wants to be reached."""

    channel: str
    wanted: bool | None = None
    hours: str | None = None
    language: str | None = None
    since: dt.datetime
    origin: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SuppressionNote:
    """An entry by which the person is not contacted or taken in again."""

    kind: str
    """The identifier's kind; the list holds a keyed look-up value of it."""
    scope: str
    title: Text = field(default_factory=dict)
    reason: str
    since: dt.datetime
    ends: dt.datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Chosen:
    """Everything that is kept of a person's choices."""

    events: tuple[ChoiceNote, ...] = ()
    """Oldest first."""
    standing: tuple[StandingNote, ...] = ()
    preferences: tuple[PreferenceNote, ...] = ()
    suppressions: tuple[SuppressionNote, ...] = ()

    def __bool__(self) -> bool:
        """Whether anything is kept."""
        return bool(self.events or self.preferences or self.suppressions)
