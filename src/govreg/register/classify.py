"""Propose what a collection's columns hold, from names, types, values and their neighbours.

- A proposal is for people to read. Where the signs are weak or at odds the answer is None: a
  person decides, and `register check` asks for it.
- The same word means different things in different company: `name` beside an e-mail address is a
  person's, alone it is a thing's. So a collection is always classified whole.
- Reasons speak of names, forms and neighbours, never of a value.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from govreg.register.column import (
    NAMES,
    PLACES,
    SIGNS,
    Classified,
    Column,
    Target,
    derived,
    first_sight,
    is_text,
    not_personal,
    numbered,
    observed,
    said,
    sure,
    unclear,
    weak,
)
from govreg.register.patterns import Look, look_at
from govreg.register.taxonomy import NOT_PERSONAL, matches
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
    firsts = {column.name: first_sight(column, looks[column.name]) for column in columns}
    categories = {first.category for first in firsts.values() if first is not None}
    company = _Company(
        table=words_of(table),
        people=is_people(table, columns),
        signs=bool(categories.intersection(SIGNS)),
        place=bool(categories.intersection(PLACES)),
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
        first = first_sight(column, look_at(column.values))
        if first is not None and first.category is not None:
            found[first.category] = column
    email = found.get("user.contact.email")
    if any(name in found for name in NAMES) or (email is not None and email.unique):
        return not COMPANIES.intersection(words)
    signs = bool(found.keys() & set(SIGNS))
    bare = any(NAME.issuperset(words_of(column.name)) for column in columns)
    return signs and bool(bare or PEOPLE.intersection(words)) and not COMPANIES.intersection(words)


def speaks_of_people(columns: Sequence[Column]) -> bool:
    """Whether some column speaks of a person by itself."""
    found = (first_sight(column, look_at(column.values)) for column in columns)
    return any(first is not None and first.category in SIGNS for first in found)


def is_place(columns: Sequence[Column]) -> bool:
    """Whether a collection holds postal addresses."""
    return any(category_of(words_of(column.name)) in PLACES for column in columns)


def _settled(  # noqa: PLR0911 - one sign after another
    column: Column, look: Look, first: Classified | None, company: _Company
) -> Classified:
    words = words_of(column.name)
    if column.key or column.link is not None:
        return _reference(column, words, first, company)
    if first is not None:
        return _in_company(first, company)
    if says_customer_number(words):
        return numbered(f"its name says {said('user.unique_id')}", "customer_id")
    if NAME.intersection(words):
        return _named(words, company)
    named = category_of(words)
    if named == "free_text" or (look.prose and named != NOT_PERSONAL):
        return _prose(company, named)
    if company.people and look.birth_years:
        return weak("user.demographic.date_of_birth", "days spread like dates of birth")
    if "state" in words and company.place:
        return weak("user.contact.address.state", "its name says a state, beside an address")
    plain = not is_text(column) or look.most("time")
    if company.personal:
        return _of_person(words, named, company, plain=plain)
    return _of_thing(words, named, plain=plain)


def _reference(  # noqa: PLR0911 - one sign after another
    column: Column, words: Sequence[str], first: Classified | None, company: _Company
) -> Classified:
    """A key, or a column that links to another row."""
    if column.link is Target.PEOPLE:
        return numbered("it links to a person")
    if column.link is Target.PLACE and company.personal:
        return derived("user.contact.address", "it links to an address")
    if column.link is not None:
        if company.personal:
            return derived(company.record, "it links to something of a person's row")
        return not_personal("it links to something that is not a person", "medium")
    if first is not None:
        return first
    if company.people:
        own = words if NUMBERS.issuperset(words) is False else company.table
        customer = CUSTOMERS.intersection((*own, *company.table)) and not says_staff(company.table)
        kind = "customer_id" if customer else None
        return numbered("the key of a collection of people", kind)
    if says_customer_number(words):
        return numbered("the key, and its name says a customer number", "customer_id")
    if company.personal:
        return derived(company.record, "the key of a row that belongs to a person")
    return not_personal("the key of rows that are not people", "medium")


def _in_company(first: Classified, company: _Company) -> Classified:
    category = first.category
    if category is None or company.personal:
        return first
    if company.place and matches(category, "user.contact.address"):
        return first
    if any(matches(category, general) for general in _NEEDS_COMPANY):
        return unclear(f"{first.reason}, and nothing else here speaks of a person")
    return first


def _named(words: Sequence[str], company: _Company) -> Classified:
    """A column with the word `name` that says not whose."""
    whose = set(words) - NAME - set(company.table)
    whose = {word for word in whose if not word.isdigit()}
    if whose and whose <= PEOPLE:
        return sure("user.name", "its name says a person's name")
    if COMPANIES.intersection(company.table) and not whose:
        if company.personal:
            return weak("user.contact.organization", "the name of an organisation")
        return not_personal("the name of an organisation", "medium")
    if not whose and (company.signs or company.people):
        return weak("user.name", "a name, and columns beside it speak of a person")
    if company.personal:
        return unclear("a name, and nothing says whether it is a person's")
    return not_personal("a name, and nothing else here speaks of a person", "medium")


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


def _of_person(  # noqa: PLR0911 - one sign after another
    words: Sequence[str], named: str | None, company: _Company, *, plain: bool
) -> Classified:
    """A column of a row that is a person or belongs to one; `plain` is a number or a time."""
    if company.people:
        if "title" in words:
            return weak("user.professional_information.job_title", "a title in rows of people")
        if PEOPLE.intersection(words) and NUMBERS.intersection(words):
            return numbered("its name says a person's number")
        if {"created", "updated", "status", "active"}.intersection(words) or (
            plain and _says_time(words)
        ):
            return observed("user.account", "a plain fact of a person's row")
        return unclear("it stands in a row of a person, and its name says nothing known")
    if PEOPLE.intersection(words) and NUMBERS.intersection(words):
        return numbered("its name says a person's number")
    if MONEY.intersection(words) and plain and not _says_time(words):
        return observed("user.financial", "a sum of money in a row that belongs to a person")
    if plain or NUMBERS.intersection(words) or "status" in words:
        return observed(company.record, "a plain fact of a row that belongs to a person")
    if "subject" in words or (named == NOT_PERSONAL and "description" in words):
        return Classified(
            category="user.content",
            reason="text in a row that belongs to a person",
            confidence="low",
            free_text=True,
        )
    return unclear("text in a row that belongs to a person, and its name says nothing known")


def _says_time(words: Sequence[str]) -> bool:
    return bool({"at", "on", "date", "time", "pvm", "datum", "aika", "zeit", "since"} & set(words))


def _of_thing(words: Sequence[str], named: str | None, *, plain: bool) -> Classified:
    """A plain column where nothing speaks of a person."""
    if named == NOT_PERSONAL:
        return not_personal("its name says a thing, and nothing here speaks of a person", "medium")
    if plain:
        return not_personal("no text, and nothing here speaks of a person", "low")
    if NUMBERS.intersection(words):
        return not_personal("a code, and nothing here speaks of a person", "low")
    return unclear("text, and its name says nothing known")
