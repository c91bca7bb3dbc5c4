"""Propose what a collection's columns hold, from names, types, values and their neighbours.

- A proposal is for people to read. Where the signs are weak or at odds the answer is None: a person
  decides, and `register check` asks for it.
- The same word means different things in different company: `name` beside an e-mail address is a
  person's, alone it is a thing's. So a collection is always classified whole.
- Reasons speak of names, forms and neighbours, never of a value.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Literal

import pyarrow as pa

from govreg.register.model import Origin
from govreg.register.patterns import Look, look_at
from govreg.register.taxonomy import CATEGORIES, NOT_PERSONAL, matches
from govreg.register.words import (
    COMPANIES,
    CUSTOMERS,
    MONEY,
    NAME,
    NUMBERS,
    PEOPLE,
    PURCHASES,
    RECORDS,
    category_of,
    says_customer_number,
    says_staff,
    words_of,
)

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


_NAMES = ("user.name", "user.name.first", "user.name.last", "user.account.username")
_SIGNS = (
    *_NAMES,
    "user.contact.email",
    "user.contact.phone_number",
    "user.demographic.date_of_birth",
    "user.government_id.national_identification_number",
)
"""Categories that speak of a person by themselves."""
_PLACES = ("user.contact.address.street", "user.contact.address.postal_code")
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
    *_NAMES,
    "user.contact.email",
    "user.contact.url",
    "user.contact.organization",
    "user.contact.address.street",
    "user.contact.address.city",
    "user.authorization",
    "user.content",
)
_NEEDS_COMPANY = (
    "user.contact.address.city",
    "user.contact.address.state",
    "user.contact.address.country",
    "user.contact.organization",
    "user.contact.url",
    "user.content",
    "user.behavior",
    "user.demographic.language",
    "user.demographic.age_range",
    "user.demographic",
    "user.device",
    "user.financial",
    "user.payment",
    "user.professional_information",
    "user.privacy_preferences",
    "user.authorization.credentials",
)
"""Categories that a word alone does not prove: things have colours, towns and languages, too."""
_OBSERVED = ("user.device", "user.behavior", "user.payment")
_DOUBTFUL = 0.5


@dataclass(frozen=True, slots=True, kw_only=True)
class _Company:
    """What the neighbours of a column say."""

    table: tuple[str, ...]
    people: bool
    """Each row is a person."""
    signs: bool
    """Some column speaks of a person by itself."""
    place: bool
    """Some column is a street or a postal code."""
    about_people: bool
    """Rows belong to people, by a link."""

    @property
    def personal(self) -> bool:
        return self.people or self.signs or self.about_people

    @property
    def record(self) -> str:
        """The category of a plain fact of a row that belongs to somebody."""
        if PURCHASES.intersection(self.table):
            return "user.behavior.purchase_history"
        return "user.behavior"


def classify(
    table: str, columns: Sequence[Column], *, about_people: bool = False
) -> Mapping[str, Classified]:
    """What each column of a collection seems to hold.

    Args:
        table: The collection's name.
        columns: All of its columns.
        about_people: Its rows belong to people, by a link to them.
    """
    looks = {column.name: look_at(column.values) for column in columns}
    firsts = {column.name: _first(column, looks[column.name]) for column in columns}
    categories = {first.category for first in firsts.values() if first is not None}
    company = _Company(
        table=words_of(table),
        people=is_people(table, columns),
        signs=bool(categories.intersection(_SIGNS)),
        place=bool(categories.intersection(_PLACES)),
        about_people=about_people,
    )
    return {
        column.name: _settled(column, looks[column.name], firsts[column.name], company)
        for column in columns
    }


def is_people(table: str, columns: Sequence[Column]) -> bool:
    """Whether each row of a collection seems to be one person.

    A name makes a person, and so does an e-mail address that no two rows share; a word for what
    happens with people, such as an order, speaks against it.
    """
    words = words_of(table)
    if RECORDS.intersection(words):
        return False
    found = {}
    for column in columns:
        first = _first(column, look_at(column.values))
        if first is not None and first.category is not None:
            found[first.category] = column
    email = found.get("user.contact.email")
    if any(name in found for name in _NAMES) or (email is not None and email.unique):
        return not COMPANIES.intersection(words)
    signs = bool(found.keys() & set(_SIGNS))
    bare = any(NAME.issuperset(words_of(column.name)) for column in columns)
    return signs and bool(bare or PEOPLE.intersection(words)) and not COMPANIES.intersection(words)


def is_place(columns: Sequence[Column]) -> bool:
    """Whether a collection holds postal addresses."""
    return any(category_of(words_of(column.name)) in _PLACES for column in columns)


def _first(column: Column, look: Look) -> Classified | None:
    """What a column says by itself, whatever stands beside it."""
    words = words_of(column.name)
    named = category_of(words)
    for form, category in _FORMS.items():
        if look.most(form) and named != "free_text":
            agrees = "its name says so, too" if named == category else "whatever its name"
            return _sure(
                category, f"nearly all values have the form of {_said(category)}; {agrees}"
            )
    if _is_bool(column) and named is not None and matches(named, "user.contact"):
        return _weak("user.privacy_preferences", f"a yes or no about {_said(named)}")
    if column.link is not None or _number_of_other(words, named):
        return None
    if named in {None, "free_text", NOT_PERSONAL}:
        if named is None and look.most("phone") and not column.key:
            return _weak("user.contact.phone_number", "nearly all values look like phone numbers")
        return None
    if not _fits(column, named):
        return None
    if named in {"user.contact.email", "user.contact.phone_number"} and _is_text(column):
        share = look.share("email" if named == "user.contact.email" else "phone")
        if look.filled and share < _DOUBTFUL:
            words_for = _said(named)
            return _open(f"its name says {words_for}, and few of its values look like one")
    return _sure(named, f"its name says {_said(named)}")


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


def _settled(
    column: Column, look: Look, first: Classified | None, company: _Company
) -> Classified:
    words = words_of(column.name)
    if column.key or column.link is not None:
        return _reference(column, words, first, company)
    if first is not None:
        return _in_company(first, company)
    if says_customer_number(words):
        return _numbered(f"its name says {_said('user.unique_id')}", "customer_id")
    if NAME.intersection(words):
        return _named(words, company)
    named = category_of(words)
    if named == "free_text" or (look.prose and named != NOT_PERSONAL):
        return _prose(company, named)
    if company.people and look.birth_years:
        return _weak("user.demographic.date_of_birth", "days spread like dates of birth")
    if company.personal:
        return _of_person(column, words, named, company)
    return _of_thing(column, named)


def _reference(
    column: Column, words: Sequence[str], first: Classified | None, company: _Company
) -> Classified:
    """A key, or a column that links to another row."""
    if column.link is Target.PEOPLE:
        return _numbered("it links to a person")
    if column.link is Target.PLACE and company.personal:
        return _derived("user.contact.address", "it links to an address")
    if column.link is not None:
        if company.personal:
            return _derived(company.record, "it links to something of a person's row")
        return _none("it links to something that is not a person", "medium")
    if first is not None:
        return first
    if company.people:
        own = words if NUMBERS.issuperset(words) is False else company.table
        customer = CUSTOMERS.intersection((*own, *company.table)) and not says_staff(company.table)
        kind = "customer_id" if customer else None
        return _numbered("the key of a collection of people", kind)
    if says_customer_number(words):
        return _numbered("the key, and its name says a customer number", "customer_id")
    if company.personal:
        return _derived(company.record, "the key of a row that belongs to a person")
    return _none("the key of rows that are not people", "medium")


def _in_company(first: Classified, company: _Company) -> Classified:
    category = first.category
    if category is None or company.personal:
        return first
    if company.place and matches(category, "user.contact.address"):
        return first
    if any(matches(category, general) for general in _NEEDS_COMPANY):
        return _open(f"{first.reason}, and nothing else here speaks of a person")
    return first


def _named(words: Sequence[str], company: _Company) -> Classified:
    """A column with the word `name` that says not whose."""
    whose = set(words) - NAME - set(company.table)
    whose = {word for word in whose if not word.isdigit()}
    if whose and whose <= PEOPLE:
        return _sure("user.name", "its name says a person's name")
    if COMPANIES.intersection(company.table) and not whose:
        if company.personal:
            return _weak("user.contact.organization", "the name of an organisation")
        return _none("the name of an organisation", "medium")
    if not whose and (company.signs or company.people):
        return _weak("user.name", "a name, and columns beside it speak of a person")
    if company.personal:
        return _open("a name, and nothing says whether it is a person's")
    return _none("a name, and nothing else here speaks of a person", "medium")


def _prose(company: _Company, named: str | None) -> Classified:
    why = "its name says text by people" if named == "free_text" else "values read like sentences"
    if company.personal:
        return Classified(category="user.content", reason=why, confidence="medium", free_text=True)
    return Classified(
        category=None,
        reason=f"{why}, and nothing else here speaks of a person",
        confidence="low",
        free_text=True,
    )


def _of_person(
    column: Column, words: Sequence[str], named: str | None, company: _Company
) -> Classified:
    """A plain column of a row that is a person or belongs to one."""
    if company.people:
        if "title" in words:
            return _weak("user.professional_information.job_title", "a title in rows of people")
        if PEOPLE.intersection(words) and NUMBERS.intersection(words):
            return _numbered("its name says a person's number")
        if _is_time(column) or {"created", "updated", "status", "active"}.intersection(words):
            return _observed("user.account", "a plain fact of a person's row")
        return _open("it stands in a row of a person, and its name says nothing known")
    if PEOPLE.intersection(words) and NUMBERS.intersection(words):
        return _numbered("its name says a person's number")
    if MONEY.intersection(words) and not _is_text(column):
        return _observed("user.financial", "a sum of money in a row that belongs to a person")
    if not _is_text(column) or NUMBERS.intersection(words) or "status" in words:
        return _observed(company.record, "a plain fact of a row that belongs to a person")
    if "subject" in words or (named == NOT_PERSONAL and "description" in words):
        return Classified(
            category="user.content",
            reason="text in a row that belongs to a person",
            confidence="low",
            free_text=True,
        )
    return _open("text in a row that belongs to a person, and its name says nothing known")


def _of_thing(column: Column, named: str | None) -> Classified:
    """A plain column where nothing speaks of a person."""
    if named == NOT_PERSONAL:
        return _none("its name says a thing, and nothing here speaks of a person", "medium")
    if not _is_text(column):
        return _none("no text, and nothing here speaks of a person", "low")
    if NUMBERS.intersection(words_of(column.name)):
        return _none("a code, and nothing here speaks of a person", "low")
    return _open("text, and its name says nothing known")


def _sure(category: str, reason: str) -> Classified:
    return Classified(
        category=category,
        identifier=_IDENTIFIERS.get(category),
        origin=_origin(category),
        reason=reason,
        confidence="high",
    )


def _weak(category: str, reason: str) -> Classified:
    return Classified(
        category=category,
        identifier=_IDENTIFIERS.get(category),
        origin=_origin(category),
        reason=reason,
        confidence="medium",
    )


def _numbered(reason: str, identifier: str | None = None) -> Classified:
    return Classified(
        category="user.unique_id",
        identifier=identifier,
        origin=Origin.DERIVED,
        reason=reason,
        confidence="high" if identifier else "medium",
    )


def _derived(category: str, reason: str) -> Classified:
    return Classified(category=category, origin=Origin.DERIVED, reason=reason, confidence="medium")


def _observed(category: str, reason: str) -> Classified:
    return Classified(category=category, origin=Origin.OBSERVED, reason=reason, confidence="low")


def _none(reason: str, confidence: Confidence) -> Classified:
    return Classified(category=NOT_PERSONAL, reason=reason, confidence=confidence)


def _open(reason: str) -> Classified:
    return Classified(category=None, reason=reason, confidence="low")


def _origin(category: str) -> Origin:
    observed = any(matches(category, general) for general in _OBSERVED)
    return Origin.OBSERVED if observed else Origin.PROVIDED


def _said(category: str) -> str:
    return CATEGORIES[category]


def _fits(column: Column, category: str) -> bool:
    if _is_bool(column):
        return matches(category, "user.privacy_preferences")
    return _is_text(column) or category not in _NEEDS_TEXT


def _is_text(column: Column) -> bool:
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


def _is_time(column: Column) -> bool:
    return bool(pa.types.is_temporal(column.type))
