"""Record what signals say of one person: a banner's strings, Global Privacy Control.

(1) the workspace says what signals mean
(2) each string is decoded and judged; what may not be relied upon says nothing
(3) what stands for the person, activity by activity
(4) what the signals say beyond it
(5) whether all of it can be recorded, before anything is
(6) it is recorded, choice by choice in the ordinary way, sealed with the strings as they came

The caller passes the moment at which the request came: signals that are sent again with it are the
same choices, and nothing is recorded twice, whatever was chosen in between.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Protocol

from govreg.choices.model import Choice, Identifiers, Outcome
from govreg.choices.under import require_known, under_what
from govreg.consent.model import Chooser, EventKind
from govreg.consent.signals.finding import Finding
from govreg.consent.signals.heard import Heard, hear
from govreg.consent.signals.meaning import Meant, OnRecord, meaning, newest_tc
from govreg.consent.signals.signal import Signal
from govreg.consent.signals_file import NAME, SignalMapping, load_mapping
from govreg.consent.status import STANDS, Standing, Status
from govreg.errors import NotFound, UsageProblem
from govreg.requests.parts import Parts

_BY_BANNER = frozenset({EventKind.GIVEN, EventKind.REFUSED, EventKind.WITHDRAWN})
_NEVER_CHOSE = frozenset({Standing.UNKNOWN, Standing.REQUESTED})


class Desk(Protocol):
    """What records and shows choices: `desk.Consents`."""

    parts: Parts

    def record(
        self, choice: Choice, *, subject: str | None, identifiers: Identifiers, actor: str
    ) -> Outcome:
        """Record a choice."""

    def find(self, identifiers: Identifiers) -> str:
        """The id of the person whom identifiers name."""

    def status(self, subject: str, purpose: str) -> Status:
        """What stands now."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    """The signals of one request."""

    strings: Sequence[str]
    """TC strings, GPP strings or US Privacy strings, as they came."""
    gpc: bool = False
    """Whether it carried Global Privacy Control."""
    applicable: Collection[int] = ()
    """The ids that came with a GPP string as `gpp_sid`."""
    at: dt.datetime | None = None
    """When it came; now, when not said."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Received:
    """What came of a person's signals."""

    subject: str | None
    """The person's id; None where nobody is known and nothing was recorded."""
    meant: tuple[Meant, ...]
    """What they say beyond what stood."""
    outcomes: tuple[Outcome, ...]
    """What was recorded of it; nothing in a dry run."""
    findings: tuple[Finding, ...]
    """Rules that the strings do not keep, and why parts of them say nothing."""


def mapping_of(parts: Parts) -> SignalMapping:
    """Step (1).

    Raises:
        NotFound: the workspace does not say.
        ConfigurationProblem: its file is wrong.
    """
    held = load_mapping(parts.workspace, parts.border.register.activities)
    if held is None:
        raise NotFound(
            "nothing says what signals mean here",
            f"write `{NAME}`: which activities need which purposes, and what opts out of which",
        )
    return held


def receive(
    desk: Desk,
    sent: Sent,
    *,
    subject: str | None,
    identifiers: Identifiers,
    dry_run: bool,
    actor: str,
) -> Received:
    """Steps (1) to (6).

    Raises:
        UsageProblem: no signal was received, or nobody or one person twice is named.
        NotFound: the workspace does not say what signals mean, or there is no such person.
        Refused: the actor may not, several people may be meant, or it was not received now.
    """
    _require_whole(sent, subject, identifiers)
    parts = desk.parts
    mapping = mapping_of(parts)
    heard = _heard(sent, mapping, parts.clock())
    sound = {text: one.signal for text, one in heard.items() if one.signal is not None}
    who = subject or _known(desk, identifiers)
    before = _record(desk, who, mapping)
    meant = meaning(mapping.activities, sound.values(), gpc=sent.gpc, record=before)
    how = _collected(mapping, sent, sound)
    choices = [_choice(one, how) for one in meant]
    _require_recordable(parts, choices)
    outcomes: list[Outcome] = []
    for choice in choices if not dry_run else ():
        named: Identifiers = () if who else identifiers
        made = desk.record(choice, subject=who, identifiers=named, actor=actor)
        who = made.subject
        outcomes.append(made)
    return Received(
        subject=who,
        meant=meant,
        outcomes=tuple(outcomes),
        findings=tuple(found for one in heard.values() for found in one.findings),
    )


def _require_whole(sent: Sent, subject: str | None, identifiers: Identifiers) -> None:
    if not sent.strings and not sent.gpc:
        raise UsageProblem("no signal was received", "give a string, or say that `gpc` was sent")
    if (subject is None) is (not identifiers):
        raise UsageProblem(
            "signals are one person's, who is named by an id or by identifiers",
            "`--subject SUBJECT`, or `--identifier KIND=VALUE`",
        )


def _heard(sent: Sent, mapping: SignalMapping, now: dt.datetime) -> Mapping[str, Heard]:
    """Step (2), by the string as it came."""
    return {
        text: hear(text, now=now, sections=mapping.sections, applicable=sent.applicable)
        for text in sent.strings
    }


def _known(desk: Desk, identifiers: Identifiers) -> str | None:
    try:
        return desk.find(identifiers)
    except NotFound:
        return None


def _record(desk: Desk, who: str | None, mapping: SignalMapping) -> Mapping[str, OnRecord]:
    """Step (3)."""
    if who is None:
        return {}
    held: dict[str, OnRecord] = {}
    for activity in mapping.activities:
        status = desk.status(who, activity)
        held[activity] = OnRecord(
            consent=status.consent in STANDS,
            refused=status.consent is Standing.REFUSED,
            objects=status.objection is not None,
            opted_out=status.opted_out is True,
            limits=status.limits is True,
            last=_last(status),
        )
    return held


def _last(status: Status) -> dt.datetime | None:
    """When the person last chose; being asked is no choice."""
    chose = status.deciding is not None and status.consent not in _NEVER_CHOSE
    return status.deciding.at if status.deciding and chose else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Collected:
    """What the choices of one request share."""

    mapping: SignalMapping
    method: str | None
    """Which consent platform wrote the TC string."""
    signal: str
    """What is relied upon, as it came, line by line."""
    at: dt.datetime | None


def _collected(mapping: SignalMapping, sent: Sent, sound: Mapping[str, Signal]) -> Collected:
    tc = next(iter(newest_tc(sound.values())), None)
    return Collected(
        mapping=mapping,
        method=f"tcf-cmp-{tc.cmp_id}@{tc.cmp_version}" if tc else None,
        signal="\n".join([*sound, *(["Sec-GPC: 1"] if sent.gpc else [])]),
        at=sent.at,
    )


def _choice(meant: Meant, how: Collected) -> Choice:
    """A choice as the signal made it; what a banner says of itself holds for its strings alone."""
    plain = Choice(
        activity=meant.activity,
        kind=meant.kind,
        at=how.at,
        by=Chooser.SIGNAL,
        particulars={"signal": how.signal},
    )
    if meant.kind not in _BY_BANNER:
        return plain
    return replace(
        plain,
        notice=how.mapping.notice,
        method=how.method,
        act=how.mapping.act,
        channel=how.mapping.channel,
        steps=how.mapping.steps,
        explicit=how.mapping.explicit,
        attested=how.mapping.attested,
    )


def _require_recordable(parts: Parts, choices: Sequence[Choice]) -> None:
    """Step (5), also in a dry run.

    Raises:
        NotFound: the banner's notice was never published, or no such activity is in force.
        UsageProblem: the notice says nothing of an activity.
    """
    with parts.store.read() as connection:
        for choice in choices:
            require_known(parts, choice)
            under_what(parts, connection, choice)
