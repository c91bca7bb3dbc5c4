"""Which rules a GPP string does not keep; decoding has judged nothing."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import replace

from govreg.consent.signals.finding import Finding
from govreg.consent.signals.gpp import GppSection, GppString
from govreg.consent.signals.tcf_model import TcString
from govreg.consent.signals.tcf_rules import tc_findings
from govreg.consent.signals.us import UsPrivacy, Value

PROVIDED = 1
"""Of a notice: it was given."""

_COVERED = "MspaCoveredTransaction"
_OPT_OUTS = ("SaleOptOut", "SharingOptOut", "TargetedAdvertisingOptOut")


def gpp_findings(gpp: GppString, *, now: dt.datetime | None = None) -> list[Finding]:
    """Every rule that a section does not keep; texts begin with the section's name."""
    return [
        replace(finding, text=f"{section.name or f'section {section.id}'}: {finding.text}")
        for section in gpp.sections
        for finding in _section(section, now)
    ]


def _section(section: GppSection, now: dt.datetime | None) -> Iterator[Finding]:
    match section.value:
        case str():
            yield Finding(
                code="unknown_section",
                text=f"sections of id {section.id} are not read; what it says is not known",
            )
        case TcString():
            yield from tc_findings(section.value, now=now)
        case UsPrivacy():
            yield from us_findings(section.value)


def us_findings(us: UsPrivacy) -> Iterator[Finding]:
    """Every rule that a section of the United States does not keep."""
    if undefined := [name for name, value in us.fields.items() if _undefined(name, value)]:
        yield Finding(
            code="undefined_value",
            text=f"values without a meaning in {', '.join(undefined)}",
        )
    for name in _OPT_OUTS:
        notice = us.fields.get(f"{name}Notice")
        if us.fields.get(name) and notice is not None and notice != PROVIDED:
            yield Finding(
                code="opt_out_without_notice",
                text=f"{name} has an answer although {name}Notice says that nobody was told",
            )
    if us.section_header:
        yield Finding(
            code="section_header",
            text="it carries the section header of a draft; it is read, and never written",
        )


def _undefined(name: str, value: Value) -> bool:
    held = value if isinstance(value, tuple) else (value,)
    return any(each == 3 for each in held) or (name == _COVERED and value == 0)  # noqa: PLR2004 - the one value left over
