"""What of a signal may be relied upon; the rest says nothing, and is named.

- Sections of a GPP string are judged apart: an opt-out is not lost because another section is
  broken or invalid.
- What cannot be read, what breaks a rule that makes it invalid, and what does not apply says
  nothing. Nothing here raises: a page that sends noise beside Global Privacy Control has sent it.
- The statement of a site about its own support (`gpc.json`) is no person's choice.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping
from dataclasses import dataclass

from govreg.consent.signals.finding import Finding
from govreg.consent.signals.gpc import GpcSupport
from govreg.consent.signals.gpp import (
    TCF_EU,
    USP,
    GppSection,
    GppString,
    Part,
    decode_section,
    split_gpp,
)
from govreg.consent.signals.problem import MalformedSignal, refuse_size
from govreg.consent.signals.signal import decode_signal, findings_of
from govreg.consent.signals.tcf_model import TcString
from govreg.consent.signals.us_sections import SECTIONS
from govreg.consent.signals.usp import UspString

NAMES: Mapping[str, int] = {
    "tcfeuv2": TCF_EU,
    "uspv1": USP,
    **{each.name: number for number, each in SECTIONS.items()},
}
"""The sections that are understood, by the names of the vendors' API; the first two also stand
alone, as a TC string and a US Privacy string."""

_UNDETERMINED = 0
"""Among applicable sections: nobody knows yet which apply."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard:
    """One signal as it was received."""

    signal: TcString | GppString | UspString | None
    """What may be relied upon; None: nothing, and a finding says why. A GPP string that has no
    section is sound and says nothing."""
    findings: tuple[Finding, ...] = ()
    """Rules that it does not keep, and why parts of it say nothing."""


def hear(
    text: str,
    *,
    now: dt.datetime,
    sections: Collection[int] | None = None,
    applicable: Collection[int] = (),
) -> Heard:
    """Read a signal and leave out what may not be relied upon.

    Args:
        text: The signal as received: a TC, GPP or US Privacy string.
        now: The present moment, with a zone.
        sections: Ids of the sections that can apply in this workspace; None: every one.
        applicable: Of a GPP string, the ids that came with it as `gpp_sid`; none, or a 0 among
            them: not known, so that every section counts.
    """
    text = text.strip()
    try:
        _refuse_odd(text)
        if text[0] == "D":
            parts = split_gpp(text)
            named = None if _UNDETERMINED in applicable else applicable or None
            return _apart(parts, now, [one for one in (sections, named) if one is not None])
        return _whole(decode_signal(text, now=now), now, sections)
    except MalformedSignal as problem:
        return Heard(signal=None, findings=(_unreadable(problem),))


def _refuse_odd(text: str) -> None:
    """Signals are printable ASCII, also in sections that are not understood."""
    refuse_size(text)
    for position, letter in enumerate(text):
        if not (letter.isascii() and letter.isprintable()):
            raise MalformedSignal(
                "not_base64url", "no signal has such a character", position=position
            )


def _whole(signal: object, now: dt.datetime, sections: Collection[int] | None) -> Heard:
    match signal:
        case TcString():
            number = TCF_EU
        case UspString():
            number = USP
        case GpcSupport():
            said = "what a site says of its own support is nobody's choice"
            return Heard(signal=None, findings=(Finding(code="no_choice", text=said),))
        case _:  # a GPP string begins with `D` and is read apart
            raise AssertionError("no such signal stands alone")
    if sections is not None and number not in sections:
        return Heard(signal=None, findings=(_out_of_place(number),))
    found = tuple(findings_of(signal, now=now))
    return Heard(signal=None if _invalid(found) else signal, findings=found)


def _apart(
    parts: Collection[Part], now: dt.datetime, allowed: Collection[Collection[int]]
) -> Heard:
    kept: list[GppSection] = []
    findings: list[Finding] = []
    for part in parts:
        if any(part.id not in each for each in allowed):
            findings.append(_out_of_place(part.id))
            continue
        try:
            section = decode_section(part, now=now)
        except MalformedSignal as problem:
            findings.append(_unreadable(problem))
            continue
        found = findings_of(GppString(sections=(section,)), now=now)
        findings += found
        if not _invalid(found):
            kept.append(section)
    signal = GppString(sections=tuple(kept)) if kept or not parts else None
    return Heard(signal=signal, findings=tuple(findings))


def _invalid(findings: Collection[Finding]) -> bool:
    return any(each.invalid for each in findings)


def _unreadable(problem: MalformedSignal) -> Finding:
    return Finding(code=problem.code, text=problem.message, invalid=True)


def _out_of_place(number: int) -> Finding:
    name = next((name for name, each in NAMES.items() if each == number), f"section {number}")
    return Finding(code="not_applicable", text=f"{name}: it does not apply, so it says nothing")
