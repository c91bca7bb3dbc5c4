"""Record what signals say of one person: a banner's strings, Global Privacy Control.

(1) the workspace says what signals mean
(2) each string is decoded and judged; one that may not be relied upon says nothing
(3) what stands for the person, activity by activity
(4) what the signals say beyond it, recorded choice by choice in the ordinary way, sealed with the
    string as it came
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from govreg.choices.model import Choice, Identifiers, Outcome
from govreg.consent.model import Chooser, EventKind
from govreg.consent.signals.finding import Finding
from govreg.consent.signals.meaning import Meant, OnRecord, meaning
from govreg.consent.signals.signal import Signal, decode_signal, findings_of
from govreg.consent.signals.tcf_model import TcString
from govreg.consent.signals_file import NAME, SignalMapping, load_mapping
from govreg.consent.status import STANDS, Standing, Status
from govreg.errors import NotFound
from govreg.requests.parts import Parts

_BY_BANNER = frozenset({EventKind.GIVEN, EventKind.REFUSED, EventKind.WITHDRAWN})


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
class Received:
    """What came of a person's signals."""

    meant: tuple[Meant, ...]
    """What they say beyond what stood."""
    outcomes: tuple[Outcome, ...]
    """What was recorded of it; nothing in a dry run."""
    findings: tuple[Finding, ...]
    """Rules that the strings do not keep."""


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
    strings: Sequence[str],
    *,
    gpc: bool,
    subject: str | None,
    identifiers: Identifiers,
    dry_run: bool,
    actor: str,
) -> Received:
    """Steps (1) to (4).

    Raises:
        NotFound: the workspace does not say what signals mean.
        MalformedSignal: a string cannot be read; nothing is recorded.
        Refused: the actor may not, or several people may be meant.
    """
    parts = desk.parts
    mapping = mapping_of(parts)
    now = parts.clock()
    decoded = [(text, decode_signal(text.strip(), now=now)) for text in strings]
    findings = [(signal, findings_of(signal, now=now)) for _, signal in decoded]
    sound = [signal for signal, held in findings if not any(one.invalid for one in held)]
    who = subject or _known(desk, identifiers)
    meant = meaning(mapping.activities, sound, gpc=gpc, record=_record(desk, who, mapping))
    outcomes: list[Outcome] = []
    for one in meant if not dry_run else ():
        made = desk.record(
            _choice(mapping, one, sound, [text for text, _ in decoded], gpc=gpc),
            subject=who,
            identifiers=() if who else identifiers,
            actor=actor,
        )
        who = made.subject
        outcomes.append(made)
    return Received(
        meant=meant,
        outcomes=tuple(outcomes),
        findings=tuple(one for _, held in findings for one in held),
    )


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
            last=status.deciding.at if status.deciding else None,
        )
    return held


def _choice(
    mapping: SignalMapping,
    meant: Meant,
    sound: Sequence[Signal],
    texts: Sequence[str],
    *,
    gpc: bool,
) -> Choice:
    """A choice as the signal made it; what a banner says of itself holds for its strings alone."""
    kept = [*texts, *(["Sec-GPC: 1"] if gpc else [])]
    particulars = {"signal": "\n".join(kept)}
    if meant.kind not in _BY_BANNER:
        return Choice(
            activity=meant.activity, kind=meant.kind, by=Chooser.SIGNAL, particulars=particulars
        )
    tc = next((one for one in sound if isinstance(one, TcString)), None)
    return Choice(
        activity=meant.activity,
        kind=meant.kind,
        by=Chooser.SIGNAL,
        notice=mapping.notice,
        method=f"tcf-cmp-{tc.cmp_id}@{tc.cmp_version}" if tc else "tcf",
        act=mapping.act,
        channel=mapping.channel,
        steps=mapping.steps,
        explicit=mapping.explicit,
        attested=mapping.attested,
        particulars=particulars,
    )
