"""Signals as plain values, ready for JSON: ids as lists, vendors as ranges, moments in RFC 3339.

Vendors are not listed one by one: a short string can name every vendor thousands of times.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from enum import Enum
from typing import Any

from govreg.consent.signals.gpc import GpcSupport
from govreg.consent.signals.gpp import GppSection, GppString
from govreg.consent.signals.id_set import IdSet
from govreg.consent.signals.signal import Signal
from govreg.consent.signals.tcf_model import TcString
from govreg.consent.signals.us import UsPrivacy
from govreg.consent.signals.usp import UspString

_KINDS: Mapping[type, str] = {
    TcString: "tcf",
    GppString: "gpp",
    UspString: "uspv1",
    GpcSupport: "gpc_support",
}

_VENDORS = frozenset(
    {
        "vendor_consents",
        "vendor_legitimate_interests",
        "disclosed_vendors",
        "allowed_vendors",
        "vendors",
    }
)


def kind_of(signal: Signal) -> str:
    """The kind of a signal: `tcf`, `gpp`, `uspv1` or `gpc_support`."""
    return _KINDS[type(signal)]


def plain(value: Any) -> Any:
    """A signal, or a part of one, as plain values."""
    if isinstance(value, GppSection):
        return _section(value)
    if is_dataclass(value):
        return {each.name: _named(each.name, getattr(value, each.name)) for each in fields(value)}
    if isinstance(value, Mapping):
        return {name: plain(held) for name, held in value.items()}
    if isinstance(value, IdSet | tuple):
        return [plain(each) for each in value]
    return _leaf(value)


def _named(name: str, value: Any) -> Any:
    if name in _VENDORS and isinstance(value, IdSet):
        return [list(span) for span in value.spans()]
    return plain(value)


def _leaf(value: Any) -> Any:
    if isinstance(value, Enum):
        return value.name.lower()
    if isinstance(value, dt.date):
        return value.isoformat().replace("+00:00", "Z")
    return value


def _section(section: GppSection) -> dict[str, Any]:
    held, value = {"id": section.id, "name": section.name}, section.value
    if isinstance(value, str):
        return held | {"understood": False, "text": value}
    more = {}
    if isinstance(value, UsPrivacy):
        more = {"opted_out_of_sale_or_sharing": value.opted_out_of_sale_or_sharing}
    return held | {"understood": True, "says": plain(value) | more}
