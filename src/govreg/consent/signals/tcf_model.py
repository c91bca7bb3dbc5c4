"""What a TC string of IAB Europe's Transparency and Consent Framework says, as frozen values.

The names follow version 2.3 of the format. A bit that is not set means: no, or never asked.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from enum import IntEnum
from typing import Any

from govreg.consent.signals.id_set import EMPTY, IdSet

VERSION = 2
"""The version of the encoding; 1 has been invalid since 2020."""

PURPOSES: Mapping[int, str] = {
    1: "Store and/or access information on a device",
    2: "Use limited data to select advertising",
    3: "Create profiles for personalised advertising",
    4: "Use profiles to select personalised advertising",
    5: "Create profiles to personalise content",
    6: "Use profiles to select personalised content",
    7: "Measure advertising performance",
    8: "Measure content performance",
    9: "Understand audiences through statistics or combinations of data from different sources",
    10: "Develop and improve services",
    11: "Use limited data to select content",
}
"""The purposes by id, as IAB Europe's policies name them."""

SPECIAL_FEATURES: Mapping[int, str] = {
    1: "Use precise geolocation data",
    2: "Actively scan device characteristics for identification",
}
"""The special features by id, which need an opt-in of their own."""


class RestrictionType(IntEnum):
    """What a publisher asks of vendors for one purpose."""

    NOT_ALLOWED = 0
    REQUIRE_CONSENT = 1
    REQUIRE_LEGITIMATE_INTEREST = 2
    UNDEFINED = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Restriction:
    """A publisher's restriction of some vendors for one purpose."""

    purpose: int
    """0 to 63; 1 to 11 have a meaning."""
    type: RestrictionType
    vendors: IdSet


@dataclass(frozen=True, slots=True, kw_only=True)
class PublisherPurposes:
    """What a person chose about the publisher's own processing."""

    consents: IdSet = EMPTY
    """Purposes, 1 to 24."""
    legitimate_interests: IdSet = EMPTY
    """Purposes, 1 to 24."""
    custom_purposes: int = 0
    """How many purposes of its own the publisher has, at most 63."""
    custom_consents: IdSet = EMPTY
    custom_legitimate_interests: IdSet = EMPTY


@dataclass(frozen=True, kw_only=True)  # no slots: see `filled`
class TcString:
    """A TC string: core, disclosed vendors, publisher purposes."""

    created: dt.datetime
    """In UTC, in tenths of a second; a day without its time since version 2.2."""
    last_updated: dt.datetime
    cmp_id: int
    """The consent management platform, 0 to 4095."""
    cmp_version: int
    """0 to 4095."""
    consent_screen: int
    """The screen on which the choice was made, 0 to 63."""
    consent_language: str
    """Two capital letters."""
    vendor_list_version: int
    """Of the global vendor list, 0 to 4095."""
    policy_version: int
    """Of the framework's policies, 0 to 63: 4 belongs to version 2.2, 5 to version 2.3."""
    is_service_specific: bool = True
    use_non_standard_texts: bool = False
    special_feature_opt_ins: IdSet = EMPTY
    """1 to 12."""
    purpose_consents: IdSet = EMPTY
    """1 to 24."""
    purpose_legitimate_interests: IdSet = EMPTY
    """1 to 24: the person was told of a legitimate interest and did not object."""
    purpose_one_treatment: bool = False
    """Purpose 1 was not disclosed at all, as the publisher's country allows."""
    publisher_country: str = "AA"
    """Two capital letters, ISO 3166; AA when unknown."""
    vendor_consents: IdSet = EMPTY
    vendor_legitimate_interests: IdSet = EMPTY
    publisher_restrictions: tuple[Restriction, ...] = ()
    """In the order in which they stand in the string."""
    disclosed_vendors: IdSet | None = None
    """Vendors that the person was shown; None when the string does not say."""
    allowed_vendors: IdSet | None = None
    """Obsolete since version 2.2, still met."""
    publisher: PublisherPurposes | None = None

    @classmethod
    def filled(cls, core: Mapping[str, Any], segments: Mapping[str, Any]) -> TcString:
        """One of fields that a decoder has read and checked: all of the core's, some segments'.

        A frozen record sets its fields one by one, which is a tenth of what decoding costs.
        """
        made = object.__new__(cls)
        made.__dict__.update(_ABSENT)
        made.__dict__.update(core)
        made.__dict__.update(segments)
        return made


_ABSENT: Mapping[str, None] = {
    "disclosed_vendors": None,
    "allowed_vendors": None,
    "publisher": None,
}
