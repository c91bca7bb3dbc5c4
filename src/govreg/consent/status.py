"""What stands for a person and an activity at a moment: a pure fold over events.

- Of each family of events the latest one counts, by moment and then by its place in the ledger;
  an event about everything (`*`) is one of every activity.
- Being asked ends nothing: it counts only where the person has never chosen.
- Parental authorisation ends with a consent that is withdrawn or ended after it.
- Consent stands while it was given and its end has not come. It counts where the rules of its law
  find nothing amiss: see `validity`.
- An opt-out is an opt-out, and no consent; an objection closes although consent stands.
- Nothing is presumed of who never chose.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from govreg.condition.truth import Truth
from govreg.consent.model import EVERYTHING, FAMILIES, EventKind, Family, Recorded
from govreg.consent.validity import Amiss, Counts


class Standing(StrEnum):
    """The state of consent: the terms of the Data Privacy Vocabulary, without `Consent`."""

    UNKNOWN = "unknown"
    REQUESTED = "requested"
    GIVEN = "given"
    RENEWED = "renewed"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"
    REVOKED = "revoked"
    EXPIRED = "expired"
    INVALIDATED = "invalidated"


STANDS = frozenset({Standing.GIVEN, Standing.RENEWED})

_SAID: Mapping[Standing, str] = {
    Standing.UNKNOWN: "never_asked",
    Standing.REQUESTED: "never_asked",
    Standing.GIVEN: "given",
    Standing.RENEWED: "given",
    Standing.REFUSED: "refused",
    Standing.WITHDRAWN: "withdrawn",
    Standing.REVOKED: "withdrawn",
    Standing.EXPIRED: "expired",
    Standing.INVALIDATED: "withdrawn",
}
"""As the fact `person.consent` has it."""

Judge = Callable[[Recorded, bool], Counts]
"""Whether a choice counts, given whether a guardian authorised it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Status:
    """What stands."""

    subject: str
    activity: str
    at: dt.datetime
    consent: Standing
    counts: Truth
    """Whether consent stands and counts; for an authorisation under HIPAA, whether that does."""
    reason: str
    """In a sentence, without a word about the person."""
    amiss: tuple[Amiss, ...] = ()
    """Why consent that stands does not count."""
    deciding: Recorded | None = None
    """The event that says so."""
    until: dt.datetime | None = None
    guardian: bool = False
    objection: EventKind | None = None
    """`objected` while it is not decided, `objection_upheld` once it is."""
    opted_out: bool | None = None
    """Of sale and sharing; None where the person never chose."""
    limits: bool | None = None
    """Whether the person limits the use of sensitive data; None where they never chose."""
    restricted: bool = False

    @property
    def facts(self) -> Mapping[str, object]:
        """What rules ask of a person's choices.

        The ledger is where objections are kept: without one nobody objects. About sale and the use
        of sensitive data, what nobody chose is left out.
        """
        held: dict[str, object] = {
            "person.consent": _SAID[self.consent],
            "person.consent_withdrawn": self.consent in {Standing.WITHDRAWN, Standing.REVOKED},
            "person.restricted": self.restricted,
            "person.objection_pending": self.objection is EventKind.OBJECTED,
            "person.objection_upheld": self.objection is EventKind.OBJECTION_UPHELD,
            "person.objects": self.objection is not None,
            "consent.parental": self.guardian,
        }
        if self.opted_out is not None:
            held |= {"person.opted_out": self.opted_out, "person.opted_in": not self.opted_out}
        if self.limits is not None:
            held["person.limits_sensitive"] = self.limits
        return held


def fold(
    events: Iterable[Recorded], subject: str, activity: str, at: dt.datetime, judge: Judge
) -> Status:
    """What stands for one activity, or for everything where it is `*`.

    Args:
        events: The person's, in any order; those of other activities and of later are left out.
        subject: The person's id.
        activity: Name of an activity, or `*`.
        at: The moment that is asked about, with a zone.
        judge: Judges a choice that was given.
    """
    events = list(events)
    last = latest(events, activity, at)
    guardian = _authorised(last, events, activity, at)
    chosen = [last[one] for one in (Family.CONSENT, Family.AUTHORISATION) if one in last]
    deciding = max(chosen, key=lambda event: (event.at, event.number), default=None)
    standing = _standing(deciding, at)
    counts = judge(deciding, guardian) if deciding and standing in STANDS else None
    sale, sensitive = last.get(Family.SALE), last.get(Family.SENSITIVE)
    objection, restriction = last.get(Family.OBJECTION), last.get(Family.RESTRICTION)
    return Status(
        subject=subject,
        activity=activity,
        at=at,
        consent=standing,
        counts=counts.truth if counts else Truth.FALSE,
        reason=_reason(standing, counts),
        amiss=counts.amiss if counts else (),
        deciding=deciding,
        until=deciding.until if deciding else None,
        guardian=guardian,
        objection=objection.kind
        if objection and objection.kind is not EventKind.OBJECTION_ENDED
        else None,
        opted_out=sale.kind is EventKind.OPTED_OUT if sale else None,
        limits=sensitive.kind is EventKind.LIMITED if sensitive else None,
        restricted=bool(restriction and restriction.kind is EventKind.RESTRICTED),
    )


def latest(
    events: Iterable[Recorded], activity: str, at: dt.datetime
) -> Mapping[Family, Recorded]:
    """The event that counts of each family, for an activity at a moment."""
    held: dict[Family, Recorded] = {}
    for event in events:
        if event.at > at or event.activity not in {activity, EVERYTHING}:
            continue
        family = FAMILIES[event.kind]
        before = held.get(family)
        if before is None or _weight(event) > _weight(before):
            held[family] = event
    return held


def _weight(event: Recorded) -> tuple[bool, dt.datetime, int]:
    return event.kind is not EventKind.REQUESTED, event.at, event.number


_ENDS_CONSENT = frozenset(
    {EventKind.REFUSED, EventKind.WITHDRAWN, EventKind.REVOKED, EventKind.INVALIDATED}
)


def _authorised(
    last: Mapping[Family, Recorded], events: Iterable[Recorded], activity: str, at: dt.datetime
) -> bool:
    """Whether a guardian's authorisation stands: whatever ended consent since has ended it too."""
    given = last.get(Family.GUARDIAN)
    return given is not None and not any(
        event.kind in _ENDS_CONSENT
        and event.activity in {activity, EVERYTHING}
        and given.at <= event.at <= at
        and (event.at, event.number) > (given.at, given.number)
        for event in events
    )


_STANDING: Mapping[EventKind, Standing] = {
    EventKind.REQUESTED: Standing.REQUESTED,
    EventKind.GIVEN: Standing.GIVEN,
    EventKind.RENEWED: Standing.RENEWED,
    EventKind.REFUSED: Standing.REFUSED,
    EventKind.WITHDRAWN: Standing.WITHDRAWN,
    EventKind.REVOKED: Standing.REVOKED,
    EventKind.EXPIRED: Standing.EXPIRED,
    EventKind.INVALIDATED: Standing.INVALIDATED,
    EventKind.AUTHORISED: Standing.GIVEN,
    EventKind.AUTHORISATION_REVOKED: Standing.WITHDRAWN,
}


def _standing(event: Recorded | None, at: dt.datetime) -> Standing:
    if event is None:
        return Standing.UNKNOWN
    standing = _STANDING[event.kind]
    if standing in STANDS and event.until is not None and event.until <= at:
        return Standing.EXPIRED
    return standing


_WORDS: Mapping[Standing, str] = {
    Standing.UNKNOWN: "nobody has recorded a choice",
    Standing.REQUESTED: "the person was asked and has not chosen",
    Standing.GIVEN: "consent was given and stands",
    Standing.RENEWED: "consent was renewed and stands",
    Standing.REFUSED: "the person refused",
    Standing.WITHDRAWN: "consent was withdrawn",
    Standing.REVOKED: "consent was ended by somebody else than the person",
    Standing.EXPIRED: "consent has run out",
    Standing.INVALIDATED: "consent was found invalid",
}


def _reason(standing: Standing, counts: Counts | None) -> str:
    if counts is None or counts.truth is Truth.TRUE:
        return _WORDS[standing]
    if counts.truth is Truth.FALSE:
        return f"{_WORDS[standing]}, but does not count"
    return f"{_WORDS[standing]}, but whether it counts is not known"
