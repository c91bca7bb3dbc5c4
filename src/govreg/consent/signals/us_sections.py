"""The sections of the United States in a GPP string, as data: which fields in which order.

Every field is two bits, but for the version of six that stands first. `NAME*N` is N such fields in
a row.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum

SENSITIVE = "SensitiveDataProcessing"
CHILD = "KnownChildSensitiveDataConsents"
_MSPA = "MspaCoveredTransaction MspaOptOutOptionMode MspaServiceProviderMode"
_MORE = "AdditionalDataProcessingConsent"


class Second(Enum):
    """What may follow the core of a section."""

    NOTHING = "nothing"
    GPC = "gpc"
    SENSITIVE = "sensitive"


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    """How one version of a section is written."""

    fields: tuple[tuple[str, int], ...]
    """Name and count, in order, after the version."""
    version_name: str = "Version"
    second: Second = Second.GPC
    second_fields: tuple[tuple[str, int], ...] = ()
    section_header: bool = False
    """Whether the draft of October 2025 puts a header of the section before its core."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """A section: its id, its name in the vendors' API, the region it speaks for."""

    id: int
    name: str
    region: str
    layouts: Mapping[int, Layout]
    """By version."""
    opt_out_of_sensitive: bool = False
    """Whether sensitive data is a matter of opting out (1 opted out, 2 did not) or of consent
    (1 no consent, 2 consent)."""


def _fields(text: str) -> tuple[tuple[str, int], ...]:
    parts = (part.partition("*") for part in text.split())
    return tuple((name, int(count or 1)) for name, _, count in parts)


def _with(notices: str, *, sensitive: int, child: int, after: str = "") -> str:
    return f"{notices} {SENSITIVE}*{sensitive} {CHILD}*{child} {after} {_MSPA}"


_SHARING = "SharingNotice SaleOptOutNotice TargetedAdvertisingOptOutNotice"
_PROCESSING = "ProcessingNotice SaleOptOutNotice TargetedAdvertisingOptOutNotice"
_OPT_OUTS = "SaleOptOut TargetedAdvertisingOptOut"
_FIRST = f"{_SHARING} {_OPT_OUTS}"
_LATER = f"{_PROCESSING} {_OPT_OUTS}"
_UTAH = f"{_SHARING} SensitiveDataProcessingOptOutNotice {_OPT_OUTS}"
_IOWA = f"{_PROCESSING} SensitiveDataOptOutNotice {_OPT_OUTS}"
_CALIFORNIA = (
    "SaleOptOutNotice SharingOptOutNotice SensitiveDataLimitUseNotice SaleOptOut SharingOptOut"
)
_NATIONAL = (
    "SharingNotice SaleOptOutNotice SharingOptOutNotice TargetedAdvertisingOptOutNotice "
    "SensitiveDataProcessingOptOutNotice SensitiveDataLimitUseNotice "
    "SaleOptOut SharingOptOut TargetedAdvertisingOptOut"
)
_NEWEST = f"MspaCoveredTransaction MspaMode {_LATER}"


def _one(number: int, name: str, region: str, text: str, second: Second = Second.GPC) -> Section:
    layout = Layout(fields=_fields(text), second=second)
    return Section(
        id=number,
        name=name,
        region=region,
        layouts={1: layout},
        opt_out_of_sensitive=name in {"usca", "usut", "usia"},
    )


def _later(number: int, name: str, region: str, sensitive: int, child: int) -> Section:
    text = _with(_LATER, sensitive=sensitive, child=child, after=_MORE)
    return _one(number, name, region, text)


def _newest(number: int, name: str, region: str) -> Section:
    own = name == "usmd"
    layout = Layout(
        fields=_fields(f"{_NEWEST} {'' if own else CHILD + '*1'} {_MORE}"),
        version_name="MspaVersion",
        second=Second.GPC if own else Second.SENSITIVE,
        second_fields=() if own else ((SENSITIVE, 8),),
        section_header=True,
    )
    return Section(id=number, name=name, region=region, layouts={1: layout})


def _national(sensitive: int, child: int) -> Layout:
    text = _with(_NATIONAL, sensitive=sensitive, child=child, after="PersonalDataConsents")
    return Layout(fields=_fields(text))


_SECTIONS = (
    Section(
        id=7,
        name="usnat",
        region="United States",
        layouts={1: _national(12, 2), 2: _national(16, 3)},
    ),
    _one(
        8,
        "usca",
        "California",
        _with(_CALIFORNIA, sensitive=9, child=2, after="PersonalDataConsents"),
    ),
    _one(9, "usva", "Virginia", _with(_FIRST, sensitive=8, child=1), Second.NOTHING),
    _one(10, "usco", "Colorado", _with(_FIRST, sensitive=7, child=1)),
    _one(11, "usut", "Utah", _with(_UTAH, sensitive=8, child=1), Second.NOTHING),
    _one(12, "usct", "Connecticut", _with(_FIRST, sensitive=8, child=3)),
    _one(13, "usfl", "Florida", _with(_LATER, sensitive=8, child=3, after=_MORE), Second.NOTHING),
    _one(14, "usmt", "Montana", _with(_FIRST, sensitive=8, child=3, after=_MORE)),
    _later(15, "usor", "Oregon", 11, 3),
    _later(16, "ustx", "Texas", 8, 1),
    _later(17, "usde", "Delaware", 9, 5),
    _one(18, "usia", "Iowa", _with(_IOWA, sensitive=8, child=1)),
    _later(19, "usne", "Nebraska", 8, 1),
    _later(20, "usnh", "New Hampshire", 8, 3),
    _later(21, "usnj", "New Jersey", 10, 5),
    _later(22, "ustn", "Tennessee", 8, 1),
    _later(23, "usmn", "Minnesota", 8, 1),
    _newest(24, "usmd", "Maryland"),
    _newest(25, "usin", "Indiana"),
    _newest(26, "usky", "Kentucky"),
    _newest(27, "usri", "Rhode Island"),
)

SECTIONS: Mapping[int, Section] = {section.id: section for section in _SECTIONS}
"""By id."""

BY_NAME: Mapping[str, Section] = {section.name: section for section in _SECTIONS}
"""By the name in the vendors' API."""
