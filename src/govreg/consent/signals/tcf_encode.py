"""TC strings, encoded from `TcString` in one canonical form, so that strings can be compared.

The core, disclosed vendors, allowed vendors and publisher purposes, in this order, each padded
with zeros to 24 bits; for each set of vendors the form that the vendors' own JavaScript chooses.
"""

from __future__ import annotations

import datetime as dt

from govreg.consent.signals.bits import BitWriter
from govreg.consent.signals.id_set import IdSet, Span
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
from govreg.consent.signals.tcf_model import VERSION, PublisherPurposes, TcString

_PADDED_TO = 24
_RANGES_ABOVE = 45


def encode_tc(tc: TcString) -> str:
    """Encode a TC string in its canonical form; moments are cut to tenths of a second.

    Raises:
        ValueError: a value does not fit its field; names the field.
    """
    segments = [_put_core(tc)]
    for kind, name, vendors in (
        (DISCLOSED, "disclosed_vendors", tc.disclosed_vendors),
        (ALLOWED, "allowed_vendors", tc.allowed_vendors),
    ):
        if vendors is not None:
            bits = _segment(kind)
            _put_vendors(bits, vendors, name)
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
    _put_field(bits, tc.special_feature_opt_ins, SPECIAL_FEATURE_BITS, "special_feature_opt_ins")
    _put_field(bits, tc.purpose_consents, PURPOSE_BITS, "purpose_consents")
    _put_field(bits, tc.purpose_legitimate_interests, PURPOSE_BITS, "purpose_legitimate_interests")
    bits.put(tc.purpose_one_treatment, 1, "purpose_one_treatment")
    bits.put_letters(tc.publisher_country, "publisher_country")
    _put_vendors(bits, tc.vendor_consents, "vendor_consents")
    _put_vendors(bits, tc.vendor_legitimate_interests, "vendor_legitimate_interests")
    bits.put(len(tc.publisher_restrictions), COUNT_BITS, "publisher_restrictions")
    for restriction in tc.publisher_restrictions:
        bits.put(restriction.purpose, 6, "purpose of a restriction")
        bits.put(restriction.type, 2, "type of a restriction")
        _put_spans(bits, list(restriction.vendors.spans()), "vendors of a restriction")
    return bits.text(_PADDED_TO)


def _put_moment(bits: BitWriter, moment: dt.datetime, field: str) -> None:
    if moment.tzinfo is None:
        raise ValueError(f"`{field}` needs a zone")
    bits.put((moment - EPOCH) // TICK, 36, field)


def _put_field(bits: BitWriter, ids: IdSet, width: int, field: str) -> None:
    if ids.highest > width:
        raise ValueError(f"`{field}` takes ids up to {width}")
    bits.put(ids.field(width), width, field)


def _put_vendors(bits: BitWriter, vendors: IdSet, field: str) -> None:
    highest, spans = vendors.highest, list(vendors.spans())
    ranged = _as_ranges(highest, spans)
    bits.put(highest, VENDOR_BITS, field)
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
    if highest <= _RANGES_ABOVE or len(spans) >= 1 << COUNT_BITS:
        return False
    size = (
        sum(VENDOR_BITS if first == last else 1 + 2 * VENDOR_BITS for first, last in spans)
        - VENDOR_BITS
    )
    return COUNT_BITS + size < highest


def _put_spans(bits: BitWriter, spans: list[Span], field: str) -> None:
    bits.put(len(spans), COUNT_BITS, field)
    for first, last in spans:
        several = first != last
        bits.put(several, 1, field)
        bits.put(first, VENDOR_BITS, field)
        if several:
            bits.put(last, VENDOR_BITS, field)


def _put_publisher(own: PublisherPurposes) -> str:
    bits = _segment(PUBLISHER)
    _put_field(bits, own.consents, PURPOSE_BITS, "consents")
    _put_field(bits, own.legitimate_interests, PURPOSE_BITS, "legitimate_interests")
    bits.put(own.custom_purposes, 6, "custom_purposes")
    _put_field(bits, own.custom_consents, own.custom_purposes, "custom_consents")
    _put_field(
        bits,
        own.custom_legitimate_interests,
        own.custom_purposes,
        "custom_legitimate_interests",
    )
    return bits.text(_PADDED_TO)
