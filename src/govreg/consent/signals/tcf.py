"""TC strings (IAB Europe, version 2.2 and 2.3), decoded to `TcString`.

- Segments are joined by dots: the core first, then disclosed vendors, allowed vendors (obsolete)
  and publisher purposes in any order, told apart by their first three bits, none twice.
- Vendors are a bit field or ranges. Ranges may overlap; one that runs backwards, holds 0 or goes
  beyond the highest vendor named before it is refused.
- Decoding judges nothing: `tcf_rules.py` says which rules of the framework a string does not keep.

Source: "Transparency and Consent String with Global Vendor List Format", IAB Tech Lab.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable
from string import ascii_uppercase
from typing import Any

from govreg.consent.signals.bits import BitReader, Record
from govreg.consent.signals.id_set import HIGHEST, IdSet
from govreg.consent.signals.problem import MalformedSignal, refuse_size
from govreg.consent.signals.tcf_layout import (
    ALLOWED,
    COUNT_BITS,
    DISCLOSED,
    EPOCH,
    PUBLISHER,
    PURPOSE_BITS,
    SPECIAL_FEATURE_BITS,
    TICK,
    VENDOR_BITS,
)
from govreg.consent.signals.tcf_model import (
    VERSION,
    PublisherPurposes,
    Restriction,
    RestrictionType,
    TcString,
)

_FIRST = "C"
"""The character in which version 2 is written."""

_PAIRS = {
    high << 6 | low: first + second
    for high, first in enumerate(ascii_uppercase)
    for low, second in enumerate(ascii_uppercase)
}
"""Two letters by their twelve bits."""


def decode_tc(text: str, *, now: dt.datetime | None = None, position: int = 0) -> TcString:
    """Decode a TC string.

    Args:
        text: The string.
        now: The present moment, with a zone; a string made later is then refused.
        position: Where the string stands in a larger signal, for messages.

    Raises:
        MalformedSignal: with its code and place; the string is never repeated.
    """
    refuse_size(text)
    core, *others = text.split(".")
    head = _core(core, position, now)
    fields: dict[str, Any] = {}
    position += len(core) + 1
    for segment in others:
        bits = BitReader(segment, position)
        kind = bits.take(3, "SegmentType")
        name, read = _SEGMENTS.get(kind, _UNKNOWN)
        if not name:
            raise MalformedSignal(
                "unknown_segment", f"no segment has type `{kind}`", position=position
            )
        if name in fields:
            raise MalformedSignal("repeated_segment", f"`{name}` stands twice", position=position)
        fields[name] = read(bits, name)
        bits.finish()
        position += len(segment) + 1
    return TcString.filled(head, fields)


_HEAD = Record(
    (
        ("Version", 6),
        ("Created", 36),
        ("LastUpdated", 36),
        ("CmpId", 12),
        ("CmpVersion", 12),
        ("ConsentScreen", 6),
        ("ConsentLanguage", 12),
        ("VendorListVersion", 12),
        ("TcfPolicyVersion", 6),
        ("IsServiceSpecific", 1),
        ("UseNonStandardTexts", 1),
        ("SpecialFeatureOptIns", SPECIAL_FEATURE_BITS),
        ("PurposesConsent", PURPOSE_BITS),
        ("PurposesLITransparency", PURPOSE_BITS),
        ("PurposeOneTreatment", 1),
        ("PublisherCC", 12),
    )
)


def _core(text: str, position: int, now: dt.datetime | None) -> dict[str, Any]:
    if not text.startswith(_FIRST):
        raise _wrong_version(BitReader(text[:1], position).take(6, "Version"), position)
    bits = BitReader(text, position)
    head = bits.record(_HEAD)
    created = updated = EPOCH + head[1] * TICK
    if head[2] != head[1]:
        updated = EPOCH + head[2] * TICK
    if now is not None and max(created, updated) > now:
        raise _in_future("Created" if created > now else "LastUpdated", position)
    language, country = _PAIRS.get(head[6]), _PAIRS.get(head[15])
    if language is None or country is None:
        raise _not_letters("PublisherCC" if language else "ConsentLanguage", position)
    fields: dict[str, Any] = {
        "created": created,
        "last_updated": updated,
        "cmp_id": head[3],
        "cmp_version": head[4],
        "consent_screen": head[5],
        "consent_language": language,
        "vendor_list_version": head[7],
        "policy_version": head[8],
        "is_service_specific": head[9] == 1,
        "use_non_standard_texts": head[10] == 1,
        "special_feature_opt_ins": IdSet.of_field(head[11], SPECIAL_FEATURE_BITS),
        "purpose_consents": IdSet.of_field(head[12], PURPOSE_BITS),
        "purpose_legitimate_interests": IdSet.of_field(head[13], PURPOSE_BITS),
        "purpose_one_treatment": head[14] == 1,
        "publisher_country": country,
        "vendor_consents": _vendors(bits, "VendorConsent"),
        "vendor_legitimate_interests": _vendors(bits, "VendorLI"),
        "publisher_restrictions": tuple(_restrictions(bits)),
    }
    bits.finish()
    return fields


def _wrong_version(version: int, position: int) -> MalformedSignal:
    return MalformedSignal(
        "wrong_version",
        f"this is version `{version}`, version `{VERSION}` is read",
        "version 1 has been invalid since 2020" if version == 1 else "",
        position=position,
    )


def _in_future(field: str, position: int) -> MalformedSignal:
    return MalformedSignal(
        "in_future",
        f"`{field}` lies after the present moment",
        position=position + _HEAD.character(field),
    )


def _not_letters(field: str, position: int) -> MalformedSignal:
    return MalformedSignal(
        "not_a_letter",
        f"`{field}` has two letters, A to Z",
        position=position + _HEAD.character(field),
    )


def _vendors(bits: BitReader, field: str) -> IdSet:
    head = bits.take(VENDOR_BITS + 1, field)
    highest = head >> 1
    if head & 1:
        return IdSet.of_spans(bits.spans(bits.take(COUNT_BITS, field), highest, field))
    return IdSet.of_field(bits.take(highest, field), highest)


_TYPES = tuple(RestrictionType)
_RESTRICTION = Record((("PurposeId", 6), ("RestrictionType", 2), ("NumEntries", COUNT_BITS)))


def _restrictions(bits: BitReader) -> Iterable[Restriction]:
    field = "PubRestrictions"
    for _ in range(bits.take(COUNT_BITS, field)):
        purpose, kind, count = bits.record(_RESTRICTION)
        yield Restriction(
            purpose=purpose,
            type=_TYPES[kind],
            vendors=IdSet.of_spans(bits.spans(count, HIGHEST, field)),
        )


_OWN = Record(
    (
        ("PubPurposesConsent", PURPOSE_BITS),
        ("PubPurposesLITransparency", PURPOSE_BITS),
        ("NumCustomPurposes", 6),
    )
)


def _publisher(bits: BitReader, field: str) -> PublisherPurposes:
    del field
    consents, interests, custom = bits.record(_OWN)
    own_consents = bits.take(custom, "CustomPurposesConsent")
    own_interests = bits.take(custom, "CustomPurposesLITransparency")
    return PublisherPurposes(
        consents=IdSet.of_field(consents, PURPOSE_BITS),
        legitimate_interests=IdSet.of_field(interests, PURPOSE_BITS),
        custom_purposes=custom,
        custom_consents=IdSet.of_field(own_consents, custom),
        custom_legitimate_interests=IdSet.of_field(own_interests, custom),
    )


_SEGMENTS: dict[int, tuple[str, Callable[[BitReader, str], object]]] = {
    DISCLOSED: ("disclosed_vendors", _vendors),
    ALLOWED: ("allowed_vendors", _vendors),
    PUBLISHER: ("publisher", _publisher),
}
_UNKNOWN = ("", _vendors)
