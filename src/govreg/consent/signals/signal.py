"""Any signal: told apart by how it begins, decoded, judged and written."""

from __future__ import annotations

import datetime as dt
from typing import TypeAlias

from govreg.consent.signals.finding import Finding
from govreg.consent.signals.gpc import GpcSupport, read_gpc_support, write_gpc_support
from govreg.consent.signals.gpp import GppString, decode_gpp, encode_gpp
from govreg.consent.signals.gpp_rules import gpp_findings
from govreg.consent.signals.problem import MalformedSignal, refuse_size
from govreg.consent.signals.tcf import decode_tc
from govreg.consent.signals.tcf_encode import encode_tc
from govreg.consent.signals.tcf_model import TcString
from govreg.consent.signals.tcf_rules import tc_findings
from govreg.consent.signals.usp import UspString, decode_usp, encode_usp

Signal: TypeAlias = TcString | GppString | UspString | GpcSupport
"""What a signal says."""


def decode_signal(text: str, *, now: dt.datetime | None = None) -> Signal:
    """Decode a signal of any kind; `now` is as in `decode_tc`.

    Raises:
        MalformedSignal: `unknown_signal` when it begins like none, or as its own decoder raises.
    """
    refuse_size(text)
    if text[0] in "BC" and "~" not in text:  # B: version 1, refused by name
        return decode_tc(text, now=now)
    if text[0] == "D":
        return decode_gpp(text, now=now)
    if text[0].isdigit():
        return decode_usp(text)
    if text[0] == "{":
        return read_gpc_support(text)
    raise MalformedSignal(
        "unknown_signal",
        "no signal that is known begins like this",
        "a TC string begins with `C`, a GPP string with `D`, a US Privacy string with `1`, "
        "and gpc.json is an object in braces",
        position=0,
    )


def findings_of(signal: Signal, *, now: dt.datetime | None = None) -> list[Finding]:
    """Every rule that a signal does not keep."""
    match signal:
        case TcString():
            return tc_findings(signal, now=now)
        case GppString():
            return gpp_findings(signal, now=now)
        case UspString():
            return []
        case GpcSupport():
            return [
                Finding(
                    code=fault, text="what the site says of GPC is not as the standard wants it"
                )
                for fault in signal.faults
            ]


def encode_signal(signal: Signal) -> str | None:
    """A signal in its canonical form; None for a gpc.json that says nothing.

    Raises:
        ValueError: a value does not fit its field; names the field.
    """
    match signal:
        case TcString():
            return encode_tc(signal)
        case GppString():
            return encode_gpp(signal)
        case UspString():
            return encode_usp(signal)
        case GpcSupport(supported=None):
            return None
        case GpcSupport():
            return write_gpc_support(
                supported=signal.supported is True, last_update=signal.last_update
            )
