"""Signals in plain words, line by line; long lists of vendors are cut, with their count."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from govreg.consent.signals.gpc import GpcSupport
from govreg.consent.signals.gpp import GppSection, GppString
from govreg.consent.signals.id_set import IdSet
from govreg.consent.signals.signal import Signal
from govreg.consent.signals.tcf_model import (
    PURPOSES,
    SPECIAL_FEATURES,
    PublisherPurposes,
    RestrictionType,
    TcString,
)
from govreg.consent.signals.tcf_rules import VERSION_2_2, VERSION_2_3
from govreg.consent.signals.us import UsPrivacy
from govreg.consent.signals.us_words import us_words
from govreg.consent.signals.usp import UspString

_SHOWN = 60
"""Characters of a list of vendors."""

_FRAMEWORKS = {VERSION_2_2: " (version 2.2)", VERSION_2_3: " (version 2.3)"}
_RESTRICTIONS = {
    RestrictionType.NOT_ALLOWED: "not allowed for",
    RestrictionType.REQUIRE_CONSENT: "only with consent for",
    RestrictionType.REQUIRE_LEGITIMATE_INTEREST: "only on legitimate interest for",
    RestrictionType.UNDEFINED: "restricted without a meaning for",
}
_ANSWERS: Mapping[bool | None, str] = {True: "yes", False: "no", None: "does not apply"}


def words_of(signal: Signal) -> Iterator[str]:
    """A signal in plain words."""
    match signal:
        case TcString():
            yield from _tc(signal)
        case GppString():
            count = len(signal.sections)
            yield f"GPP string with {count} section{'' if count == 1 else 's'}"
            for section in signal.sections:
                yield ""
                yield from _section(section)
        case UspString():
            yield from _usp(signal)
        case GpcSupport():
            yield from _gpc(signal)


def _section(section: GppSection) -> Iterator[str]:
    name = section.name or "not registered"
    lead = f"Section {section.id}, {name}"
    match section.value:
        case str(text):
            yield f"{lead}: not read, {len(text)} characters kept as they are"
        case TcString():
            yield lead
            yield from _tc(section.value)
        case UspString():
            yield lead
            yield from _usp(section.value)
        case UsPrivacy():
            yield from us_words(section.value, lead)


def _tc(tc: TcString) -> Iterator[str]:
    framework = _FRAMEWORKS.get(tc.policy_version, "")
    scope = "this service" if tc.is_service_specific else "every service"
    yield f"TC string under policies {tc.policy_version}{framework} of IAB Europe, for {scope}"
    yield f"  made {tc.created:%Y-%m-%d}, last updated {tc.last_updated:%Y-%m-%d}"
    yield (
        f"  asked in {tc.consent_language} on screen {tc.consent_screen} by consent platform "
        f"{tc.cmp_id} (version {tc.cmp_version})"
    )
    yield f"  vendor list {tc.vendor_list_version}, publisher in {_country(tc)}"
    if tc.use_non_standard_texts:
        yield "  asked in texts of its own, not the standard's"
    if tc.purpose_one_treatment:
        yield "  purpose 1 was not put to the person at all"
    yield from _named("Consent to", tc.purpose_consents, PURPOSES)
    yield from _named(
        "Told of legitimate interest, no objection", tc.purpose_legitimate_interests, PURPOSES
    )
    yield from _named("Special features opted into", tc.special_feature_opt_ins, SPECIAL_FEATURES)
    yield f"Vendors with consent: {_vendors(tc.vendor_consents)}"
    yield f"Vendors on legitimate interest: {_vendors(tc.vendor_legitimate_interests)}"
    if tc.disclosed_vendors is None:
        yield "Vendors shown: the string does not say"
    else:
        yield f"Vendors shown: {_vendors(tc.disclosed_vendors)}"
    if tc.allowed_vendors is not None:
        yield f"Vendors allowed (obsolete): {_vendors(tc.allowed_vendors)}"
    if tc.publisher_restrictions:
        yield "The publisher's restrictions"
        for each in tc.publisher_restrictions:
            name = PURPOSES.get(each.purpose, "no such purpose")
            yield f"  {each.purpose} {name}: {_RESTRICTIONS[each.type]} {_vendors(each.vendors)}"
    if tc.publisher is not None:
        yield from _publisher(tc.publisher)


def _country(tc: TcString) -> str:
    return "a country not named" if tc.publisher_country == "AA" else tc.publisher_country


def _named(lead: str, ids: IdSet, names: Mapping[int, str]) -> Iterator[str]:
    yield lead if ids else f"{lead}: nothing"
    for each in ids:
        yield f"  {each} {names.get(each, 'has no meaning')}"


def _vendors(ids: IdSet) -> str:
    if not ids:
        return "none"
    shown = ids.words()
    if len(shown) > _SHOWN:
        shown = f"{shown[:_SHOWN].rpartition(',')[0]}, …"
    return f"{len(ids)} ({shown})"


def _publisher(own: PublisherPurposes) -> Iterator[str]:
    yield from _named("The publisher itself has consent to", own.consents, PURPOSES)
    yield from _named(
        "The publisher itself told of legitimate interest, no objection",
        own.legitimate_interests,
        PURPOSES,
    )
    if own.custom_purposes:
        yield (
            f"Purposes of the publisher's own: {own.custom_purposes}, consent to "
            f"{own.custom_consents.words()}, legitimate interest for "
            f"{own.custom_legitimate_interests.words()}"
        )


def _usp(usp: UspString) -> Iterator[str]:
    yield "US Privacy string, version 1"
    yield f"  told of the right to opt out: {_ANSWERS[usp.notice]}"
    yield f"  opted out of sale: {_ANSWERS[usp.opted_out_of_sale]}"
    yield f"  under the limited service provider agreement: {_ANSWERS[usp.lspa_covered]}"


def _gpc(support: GpcSupport) -> Iterator[str]:
    answer = {True: "yes", False: "no", None: "unknown"}[support.supported]
    yield f"Global Privacy Control, supported by this site: {answer}"
    stated = support.last_update.isoformat() if support.last_update else "unknown"
    yield f"  last update of this statement: {stated}"
