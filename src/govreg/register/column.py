"""A column by itself: what its name, type and values say, whatever stands beside it.

Reasons speak of names and forms, never of a value.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Literal

import pyarrow as pa

from govreg.register.model import Origin
from govreg.register.patterns import Look
from govreg.register.taxonomy import CATEGORIES, NOT_PERSONAL, matches
from govreg.register.words import category_of, words_of

Confidence = Literal["high", "medium", "low"]


class Target(StrEnum):
    """What a column links to."""

    PEOPLE = "people"
    RECORD = "record"
    """Rows that belong to people."""
    PLACE = "place"
    """Addresses."""
    THING = "thing"


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """What is known of a column."""

    name: str
    type: pa.DataType
    values: Sequence[object] = ()
    """Some of its values."""
    unique: bool = False
    key: bool = False
    """It is the collection's key, by itself."""
    link: Target | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Classified:
    """What a column seems to hold."""

    category: str | None
    reason: str
    confidence: Confidence
    identifier: str | None = None
    origin: Origin = Origin.PROVIDED
    free_text: bool = False


NAMES = ("user.name", "user.name.first", "user.name.last", "user.account.username")
SIGNS = (
    *NAMES,
    "user.contact.email",
    "user.contact.phone_number",
    "user.demographic.date_of_birth",
    "user.government_id.national_identification_number",
)
"""Categories that speak of a person by themselves."""
PLACES = ("user.contact.address.street", "user.contact.address.postal_code")
_IDENTIFIERS: Mapping[str, str] = {
    "user.contact.email": "email",
    "user.contact.phone_number": "phone",
    "user.government_id.national_identification_number": "national_id",
    "user.device.device_id": "device_id",
}
_FORMS: Mapping[str, str] = {
    "email": "user.contact.email",
    "national_id": "user.government_id.national_identification_number",
    "iban": "user.financial.bank_account",
    "ip": "user.device.ip_address",
    "card": "user.financial.credit_card",
}
_NEEDS_TEXT = (
    *NAMES,
    "user.contact.email",
    "user.contact.url",
    "user.contact.organization",
    "user.contact.address.street",
    "user.contact.address.city",
    "user.authorization",
    "user.content",
)
_OBSERVED = ("user.device", "user.behavior", "user.payment")
_DOUBTFUL = 0.5


def first_sight(column: Column, look: Look) -> Classified | None:  # noqa: PLR0911 - one sign after another
    """What a column says by itself, whatever stands beside it."""
    words = words_of(column.name)
    named = category_of(words)
    for form, category in _FORMS.items():
        if look.most(form) and named != "free_text":
            agrees = "its name says so, too" if named == category else "whatever its name"
            return sure(category, f"nearly all values have the form of {said(category)}; {agrees}")
    if _is_bool(column) and named is not None and matches(named, "user.contact"):
        return weak("user.privacy_preferences", f"a yes or no about {said(named)}")
    if column.link is not None or _number_of_other(words, named):
        return None
    if named in {None, "free_text", NOT_PERSONAL}:
        if named is None and look.most("phone") and not column.key:
            return weak("user.contact.phone_number", "nearly all values look like phone numbers")
        return None
    if not _fits(column, named):
        return None
    if named in {"user.contact.email", "user.contact.phone_number"} and is_text(column):
        share = look.share("email" if named == "user.contact.email" else "phone")
        if look.filled and share < _DOUBTFUL:
            words_for = said(named)
            return unclear(f"its name says {words_for}, and few of its values look like one")
    return sure(named, f"its name says {said(named)}")


def _number_of_other(words: Sequence[str], named: str | None) -> bool:
    """Whether a name such as `email_id` or `company_id` stands for another row."""
    return (
        bool(words)
        and words[-1] in {"id", "fk", "ref"}
        and named is not None
        and not any(
            matches(named, own)
            for own in ("user.government_id", "user.device", "user.health_and_medical")
        )
    )


def sure(category: str, reason: str) -> Classified:
    """A category that is as good as certain."""
    return Classified(
        category=category,
        identifier=_IDENTIFIERS.get(category),
        origin=_origin(category),
        reason=reason,
        confidence="high",
    )


def weak(category: str, reason: str) -> Classified:
    """A category with signs for it."""
    return Classified(
        category=category,
        identifier=_IDENTIFIERS.get(category),
        origin=_origin(category),
        reason=reason,
        confidence="medium",
    )


def numbered(reason: str, identifier: str | None = None) -> Classified:
    """A number that stands for a person."""
    return Classified(
        category="user.unique_id",
        identifier=identifier,
        origin=Origin.DERIVED,
        reason=reason,
        confidence="high" if identifier else "medium",
    )


def derived(category: str, reason: str) -> Classified:
    """A category of something that the controller made."""
    return Classified(category=category, origin=Origin.DERIVED, reason=reason, confidence="medium")


def observed(category: str, reason: str) -> Classified:
    """A category of something that the controller saw."""
    return Classified(category=category, origin=Origin.OBSERVED, reason=reason, confidence="low")


def not_personal(reason: str, confidence: Confidence) -> Classified:
    """Nothing personal."""
    return Classified(category=NOT_PERSONAL, reason=reason, confidence=confidence)


def unclear(reason: str) -> Classified:
    """Nothing can be said; a person decides."""
    return Classified(category=None, reason=reason, confidence="low")


def _origin(category: str) -> Origin:
    observed = any(matches(category, general) for general in _OBSERVED)
    return Origin.OBSERVED if observed else Origin.PROVIDED


def said(category: str) -> str:
    """A category in words."""
    return CATEGORIES[category]


def _fits(column: Column, category: str) -> bool:
    if _is_bool(column):
        return matches(category, "user.privacy_preferences")
    return is_text(column) or category not in _NEEDS_TEXT


def is_text(column: Column) -> bool:
    """Whether a column holds text."""
    kind = column.type
    return bool(
        pa.types.is_string(kind)
        or pa.types.is_large_string(kind)
        or pa.types.is_null(kind)
        or pa.types.is_dictionary(kind)
        or pa.types.is_binary(kind)
    )


def _is_bool(column: Column) -> bool:
    return bool(pa.types.is_boolean(column.type))
