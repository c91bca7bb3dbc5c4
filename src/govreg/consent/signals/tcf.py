"""TC strings (IAB Europe, version 2.2 and 2.3): decoded to `TcString` and encoded from it.

- Segments are joined by dots: the core first, then disclosed vendors, allowed vendors (obsolete)
  and publisher purposes in any order, told apart by their first three bits, none twice.
- Vendors are a bit field or ranges. Ranges may overlap; one that runs backwards, holds 0 or goes
  beyond the highest vendor named before it is refused.
- Encoding is canonical: segments in the order above, each padded with zeros to 24 bits, and for
  each set of vendors the form that the vendors' own JavaScript chooses, so that strings can be
  compared.
- Decoding judges nothing: `tcf_rules.py` says which rules of the framework a string does not keep.

Source: "Transparency and Consent String with Global Vendor List Format", IAB Tech Lab.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable
from string import ascii_uppercase
from typing import Any

from govreg.consent.signals.bits import BitReader, BitWriter, Record
from govreg.consent.signals.id_set import HIGHEST, IdSet, Span
from govreg.consent.signals.problem import MalformedSignal, refuse_size
from govreg.consent.signals.tcf_model import (
    VERSION,
    PublisherPurposes,
    Restriction,
    RestrictionType,
    TcString,
)

_PADDED_TO = 24
_PURPOSES, _SPECIAL_FEATURES = 24, 12
_EPOCH = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)
_TICK = dt.timedelta(milliseconds=100)
_DISCLOSED, _ALLOWED, _PUBLISHER = 1, 2, 3
_VENDOR, _COUNT = 16, 12
_RANGES_ABOVE = 45
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
    fields = _core(core, position, now)
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
    return TcString(**fields)


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
        ("SpecialFeatureOptIns", _SPECIAL_FEATURES),
        ("PurposesConsent", _PURPOSES),
        ("PurposesLITransparency", _PURPOSES),
        ("PurposeOneTreatment", 1),
        ("PublisherCC", 12),
    )
)


def _core(text: str, position: int, now: dt.datetime | None) -> dict[str, Any]:
    if not text.startswith(_FIRST):
        raise _wrong_version(BitReader(text[:1], position).take(6, "Version"), position)
    bits = BitReader(text, position)
    head = bits.record(_HEAD)
    created = updated = _EPOCH + head[1] * _TICK
    if head[2] != head[1]:
        updated = _EPOCH + head[2] * _TICK
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
        "special_feature_opt_ins": IdSet.of_field(head[11], _SPECIAL_FEATURES),
        "purpose_consents": IdSet.of_field(head[12], _PURPOSES),
        "purpose_legitimate_interests": IdSet.of_field(head[13], _PURPOSES),
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
    head = bits.take(_VENDOR + 1, field)
    highest = head >> 1
    if head & 1:
        return IdSet.of_spans(bits.spans(bits.take(_COUNT, field), highest, field))
    return IdSet.of_field(bits.take(highest, field), highest)


_TYPES = tuple(RestrictionType)
_RESTRICTION = Record((("PurposeId", 6), ("RestrictionType", 2), ("NumEntries", _COUNT)))


def _restrictions(bits: BitReader) -> Iterable[Restriction]:
    field = "PubRestrictions"
    for _ in range(bits.take(_COUNT, field)):
        purpose, kind, count = bits.record(_RESTRICTION)
        yield Restriction(
            purpose=purpose,
            type=_TYPES[kind],
            vendors=IdSet.of_spans(bits.spans(count, HIGHEST, field)),
        )


_OWN = Record(
    (
        ("PubPurposesConsent", _PURPOSES),
        ("PubPurposesLITransparency", _PURPOSES),
        ("NumCustomPurposes", 6),
    )
)


def _publisher(bits: BitReader, field: str) -> PublisherPurposes:
    del field
    consents, interests, custom = bits.record(_OWN)
    own_consents = bits.take(custom, "CustomPurposesConsent")
    own_interests = bits.take(custom, "CustomPurposesLITransparency")
    return PublisherPurposes(
        consents=IdSet.of_field(consents, _PURPOSES),
        legitimate_interests=IdSet.of_field(interests, _PURPOSES),
        custom_purposes=custom,
        custom_consents=IdSet.of_field(own_consents, custom),
        custom_legitimate_interests=IdSet.of_field(own_interests, custom),
    )


_SEGMENTS: dict[int, tuple[str, Callable[[BitReader, str], object]]] = {
    _DISCLOSED: ("disclosed_vendors", _vendors),
    _ALLOWED: ("allowed_vendors", _vendors),
    _PUBLISHER: ("publisher", _publisher),
}
_UNKNOWN = ("", _vendors)


def encode_tc(tc: TcString) -> str:
    """Encode a TC string in its canonical form; moments are cut to tenths of a second.

    Raises:
        ValueError: a value does not fit its field; names the field.
    """
    segments = [_put_core(tc)]
    for kind, vendors in ((_DISCLOSED, tc.disclosed_vendors), (_ALLOWED, tc.allowed_vendors)):
        if vendors is not None:
            bits = _segment(kind)
            _put_vendors(bits, vendors, _SEGMENTS[kind][0])
            segments.append(bits.text(_PADDED_TO))
    if tc.publisher is not None:
        segments.append(_put_publisher(tc.publisher))
    return ".".join(segments)


def _segment(kind: int) -> BitWriter:
    bits = BitWriter()
    bits.put(kind, 3, "SegmentType")
    return bits


def _put_core(tc: TcString) -> str:
    bits = BitWriter()
    bits.put(VERSION, 6, "Version")
    _put_moment(bits, tc.created, "created")
    _put_moment(bits, tc.last_updated, "last_updated")
    bits.put(tc.cmp_id, 12, "cmp_id")
    bits.put(tc.cmp_version, 12, "cmp_version")
    bits.put(tc.consent_screen, 6, "consent_screen")
    bits.put_letters(tc.consent_language, "consent_language")
    bits.put(tc.vendor_list_version, 12, "vendor_list_version")
    bits.put(tc.policy_version, 6, "policy_version")
    bits.put(tc.is_service_specific, 1, "is_service_specific")
    bits.put(tc.use_non_standard_texts, 1, "use_non_standard_texts")
    _put_field(bits, tc.special_feature_opt_ins, _SPECIAL_FEATURES, "special_feature_opt_ins")
    _put_field(bits, tc.purpose_consents, _PURPOSES, "purpose_consents")
    _put_field(bits, tc.purpose_legitimate_interests, _PURPOSES, "purpose_legitimate_interests")
    bits.put(tc.purpose_one_treatment, 1, "purpose_one_treatment")
    bits.put_letters(tc.publisher_country, "publisher_country")
    _put_vendors(bits, tc.vendor_consents, "vendor_consents")
    _put_vendors(bits, tc.vendor_legitimate_interests, "vendor_legitimate_interests")
    bits.put(len(tc.publisher_restrictions), _COUNT, "publisher_restrictions")
    for restriction in tc.publisher_restrictions:
        bits.put(restriction.purpose, 6, "purpose of a restriction")
        bits.put(restriction.type, 2, "type of a restriction")
        _put_spans(bits, list(restriction.vendors.spans()), "vendors of a restriction")
    return bits.text(_PADDED_TO)


def _put_moment(bits: BitWriter, moment: dt.datetime, field: str) -> None:
    if moment.tzinfo is None:
        raise ValueError(f"`{field}` needs a zone")
    bits.put((moment - _EPOCH) // _TICK, 36, field)


def _put_field(bits: BitWriter, ids: IdSet, width: int, field: str) -> None:
    if ids.highest > width:
        raise ValueError(f"`{field}` takes ids up to {width}")
    bits.put(ids.field(width), width, field)


def _put_vendors(bits: BitWriter, vendors: IdSet, field: str) -> None:
    highest, spans = vendors.highest, list(vendors.spans())
    ranged = _as_ranges(highest, spans)
    bits.put(highest, _VENDOR, field)
    bits.put(ranged, 1, field)
    if ranged:
        _put_spans(bits, spans, field)
    else:
        bits.put(vendors.field(highest), highest, field)


def _as_ranges(highest: int, spans: list[Span]) -> bool:
    """Whether ranges are the form of these vendors.

    The vendors' own JavaScript counts a single vendor as 16 bits, a range as 33, leaves out what
    ends the last entry, and never takes ranges up to vendor 45; kept, for the same strings.
    """
    if highest <= _RANGES_ABOVE or len(spans) >= 1 << _COUNT:
        return False
    size = sum(_VENDOR if first == last else 1 + 2 * _VENDOR for first, last in spans) - _VENDOR
    return _COUNT + size < highest


def _put_spans(bits: BitWriter, spans: list[Span], field: str) -> None:
    bits.put(len(spans), _COUNT, field)
    for first, last in spans:
        several = first != last
        bits.put(several, 1, field)
        bits.put(first, _VENDOR, field)
        if several:
            bits.put(last, _VENDOR, field)


def _put_publisher(own: PublisherPurposes) -> str:
    bits = _segment(_PUBLISHER)
    _put_field(bits, own.consents, _PURPOSES, "consents")
    _put_field(bits, own.legitimate_interests, _PURPOSES, "legitimate_interests")
    bits.put(own.custom_purposes, 6, "custom_purposes")
    _put_field(bits, own.custom_consents, own.custom_purposes, "custom_consents")
    _put_field(
        bits,
        own.custom_legitimate_interests,
        own.custom_purposes,
        "custom_legitimate_interests",
    )
    return bits.text(_PADDED_TO)
