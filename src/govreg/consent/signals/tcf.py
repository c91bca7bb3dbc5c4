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
from typing import Any

from govreg.consent.signals.bits import BitReader, BitWriter
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
    fields = _core(BitReader(core, position), now)
    position += len(core) + 1
    for segment in others:
        bits = BitReader(segment, position)
        kind = bits.take(3, "SegmentType")
        if kind not in _SEGMENTS:
            raise MalformedSignal(
                "unknown_segment", f"no segment has type `{kind}`", position=position
            )
        name, read = _SEGMENTS[kind]
        if name in fields:
            raise MalformedSignal("repeated_segment", f"`{name}` stands twice", position=position)
        fields[name] = read(bits)
        bits.finish()
        position += len(segment) + 1
    return TcString(**fields)


def _core(bits: BitReader, now: dt.datetime | None) -> dict[str, Any]:
    position = bits.position
    version = bits.take(6, "Version")
    if version != VERSION:
        raise MalformedSignal(
            "wrong_version",
            f"this is version `{version}`, version `{VERSION}` is read",
            "version 1 has been invalid since 2020" if version == 1 else "",
            position=position,
        )
    fields: dict[str, Any] = {
        "created": _moment(bits, "Created", now),
        "last_updated": _moment(bits, "LastUpdated", now),
        "cmp_id": bits.take(12, "CmpId"),
        "cmp_version": bits.take(12, "CmpVersion"),
        "consent_screen": bits.take(6, "ConsentScreen"),
        "consent_language": bits.letters("ConsentLanguage"),
        "vendor_list_version": bits.take(12, "VendorListVersion"),
        "policy_version": bits.take(6, "TcfPolicyVersion"),
        "is_service_specific": bits.flag("IsServiceSpecific"),
        "use_non_standard_texts": bits.flag("UseNonStandardTexts"),
        "special_feature_opt_ins": _field(bits, _SPECIAL_FEATURES, "SpecialFeatureOptIns"),
        "purpose_consents": _field(bits, _PURPOSES, "PurposesConsent"),
        "purpose_legitimate_interests": _field(bits, _PURPOSES, "PurposesLITransparency"),
        "purpose_one_treatment": bits.flag("PurposeOneTreatment"),
        "publisher_country": bits.letters("PublisherCC"),
        "vendor_consents": _vendors(bits, "VendorConsent"),
        "vendor_legitimate_interests": _vendors(bits, "VendorLI"),
        "publisher_restrictions": tuple(_restrictions(bits)),
    }
    bits.finish()
    return fields


def _moment(bits: BitReader, field: str, now: dt.datetime | None) -> dt.datetime:
    position = bits.position
    moment = _EPOCH + bits.take(36, field) * _TICK
    if now is not None and moment > now:
        raise MalformedSignal(
            "in_future", f"`{field}` lies after the present moment", position=position
        )
    return moment


def _field(bits: BitReader, width: int, field: str) -> IdSet:
    return IdSet.of_field(bits.take(width, field), width)


def _vendors(bits: BitReader, field: str) -> IdSet:
    highest = bits.take(_VENDOR, field)
    if bits.flag(field):
        return IdSet.of_spans(_spans(bits, field, highest))
    return _field(bits, highest, field)


def _spans(bits: BitReader, field: str, highest: int = HIGHEST) -> list[Span]:
    spans = []
    for _ in range(bits.take(_COUNT, field)):
        position, several = bits.position, bits.flag(field)
        first = bits.take(_VENDOR, field)
        last = bits.take(_VENDOR, field) if several else first
        if not 1 <= first <= last <= highest:
            raise MalformedSignal(
                "bad_range",
                f"a range of `{field}` runs backwards, holds 0 or ends above `{highest}`",
                position=position,
            )
        spans.append((first, last))
    return spans


def _restrictions(bits: BitReader) -> Iterable[Restriction]:
    field = "PubRestrictions"
    for _ in range(bits.take(_COUNT, field)):
        yield Restriction(
            purpose=bits.take(6, field),
            type=RestrictionType(bits.take(2, field)),
            vendors=IdSet.of_spans(_spans(bits, field)),
        )


def _publisher(bits: BitReader) -> PublisherPurposes:
    consents = _field(bits, _PURPOSES, "PubPurposesConsent")
    interests = _field(bits, _PURPOSES, "PubPurposesLITransparency")
    custom = bits.take(6, "NumCustomPurposes")
    return PublisherPurposes(
        consents=consents,
        legitimate_interests=interests,
        custom_purposes=custom,
        custom_consents=_field(bits, custom, "CustomPurposesConsent"),
        custom_legitimate_interests=_field(bits, custom, "CustomPurposesLITransparency"),
    )


_SEGMENTS: dict[int, tuple[str, Callable[[BitReader], object]]] = {
    _DISCLOSED: ("disclosed_vendors", lambda bits: _vendors(bits, "DisclosedVendors")),
    _ALLOWED: ("allowed_vendors", lambda bits: _vendors(bits, "AllowedVendors")),
    _PUBLISHER: ("publisher", _publisher),
}


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
