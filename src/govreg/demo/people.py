"""Customers of the demonstration company: a crowd of made-up people, always the same.

- E-mail addresses lie under `.example`; telephone numbers begin with 0457 000, which nobody has.
- Personal identity codes are well formed and lie in the range 900-999, which is never given to a
  person for good.
- A part of the crowd shares an address row with the household; nobody in it shares an e-mail.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from random import Random
from typing import Final

from govreg.demo.dice import day_between, dice, falls, one_of
from govreg.demo.names import FAMILY_NAMES, FIRST_NAMES, MAIL_DOMAINS, STREETS, TOWNS, mail_name

YEARS_BACK: Final = 8
"""How many whole years before this one the company's records reach back."""

_PHONE_FORMS: Final = (
    "+358 457 {0} {1}",
    "0457-{0} {1}",
    "+358457{0}{1}",
    "0457 {0}{1}",
    "(0457) {0} {1}",
    "00358 457 {0} {1}",
)
_CHECK_MARKS: Final = "0123456789ABCDEFHJKLMNPRSTUVWXY"
_FIRST_ARTIFICIAL: Final = 900
_ARTIFICIAL_CODES: Final = 100
_CENTURY: Final = 2000
_SEGMENTS: Final = ("new", "regular", "regular", "vip", "lapsed", "", None)
_NOTES: Final = (
    "Toivoo toimituksen arki-iltoihin.",
    "Soittaa mieluummin kuin kirjoittaa.",
    "Palautti pyyhesetin, oli tyytyväinen hyvitykseen.",
    "Kysyi kierrätettävistä pakkauksista.",
    "Äiti noutaa paketit puolesta.",
    "Allerginen villalle, ei villapeittoja suosituksiin.",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Address:
    """A row of addresses, of one person or a household."""

    id: int
    street: str
    postal_code: str
    city: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """A customer as the web shop knows them."""

    id: int
    first_name: str | None = None
    last_name: str | None = None
    email: str | None = None
    phone: str | None = None
    birthdate: dt.date | None = None
    national_id: str | None = None
    address: Address | None = None
    segment: str | None = None
    notes: str | None = None
    created: dt.date | None = None

    @property
    def name(self) -> str:
        """First and family name, as far as known."""
        return " ".join(part for part in (self.first_name, self.last_name) if part)


def first_day(today: dt.date) -> dt.date:
    """The first day that the company has records of."""
    return dt.date(today.year - YEARS_BACK, 1, 1)


def phone(number: int, form: int = 0) -> str:
    """A made-up mobile number, written in one of the ways in which people write them."""
    digits = f"{number:07d}"
    return _PHONE_FORMS[form % len(_PHONE_FORMS)].format(digits[:3], digits[3:])


def identity_code(birthdate: dt.date, nth: int) -> str:
    """A well-formed Finnish personal identity code from the range of artificial ones.

    Args:
        birthdate: A day from 1900 on.
        nth: From 0 to 99; which of the day's artificial codes.
    """
    sign = "-" if birthdate.year < _CENTURY else "A"
    day, individual = f"{birthdate:%d%m%y}", f"{_FIRST_ARTIFICIAL + nth % _ARTIFICIAL_CODES:03d}"
    return f"{day}{sign}{individual}{_CHECK_MARKS[int(day + individual) % len(_CHECK_MARKS)]}"


def crowd(ids: Iterable[int], *, today: dt.date, first_address: int) -> Iterator[Person]:
    """People with those customer numbers, each household in one run.

    Args:
        ids: Customer numbers to give.
        today: The day that the company is shown on.
        first_address: The number of the first address row; the next ones follow.
    """
    chance = dice("people")
    codes: set[str] = set()
    address, family, left, number = None, "", 0, first_address
    for customer in ids:
        if not left or address is None:
            left = chance.randint(2, 4) if falls(chance, 12) else 1
            address, family = _address(chance, number), one_of(chance, FAMILY_NAMES)
            number += 1
        left -= 1
        yield _person(chance, customer, family, address, today, codes)


def _address(chance: Random, number: int) -> Address:
    postal_code, city = one_of(chance, TOWNS)
    stair = f" {one_of(chance, 'ABC')} {chance.randint(1, 60)}" if falls(chance, 60) else ""
    street = f"{one_of(chance, STREETS)} {chance.randint(1, 98)}{stair}"
    return Address(id=number, street=street, postal_code=postal_code, city=city)


def _person(
    chance: Random, customer: int, family: str, address: Address, today: dt.date, codes: set[str]
) -> Person:
    first = one_of(chance, FIRST_NAMES)
    birthdate = day_between(
        chance, dt.date(today.year - 85, 1, 1), dt.date(today.year - 19, 12, 31)
    )
    return Person(
        id=customer,
        first_name=first,
        last_name=family,
        email=_email(chance, first, family, customer),
        phone=phone(customer, chance.randint(0, 5)) if falls(chance, 88) else None,
        birthdate=birthdate if falls(chance, 80) else None,
        national_id=_unused_code(chance, birthdate, codes) if falls(chance, 12) else None,
        address=address,
        segment=one_of(chance, _SEGMENTS),
        notes=one_of(chance, _NOTES) if falls(chance, 9) else one_of(chance, ("", None)),
        created=day_between(chance, first_day(today), today),
    )


def _email(chance: Random, first: str, family: str, customer: int) -> str | None:
    """An address of one's own, as people type it: a few with blanks, capitals, or none."""
    if falls(chance, 2):
        return one_of(chance, ("", None))
    plain = f"{mail_name(first, family)}{customer}@{one_of(chance, MAIL_DOMAINS)}"
    if falls(chance, 6):
        return plain.title()
    return f" {plain}  " if falls(chance, 3) else plain


def _unused_code(chance: Random, birthdate: dt.date, codes: set[str]) -> str | None:
    """A code that nobody has yet; None when the day has no more."""
    start = chance.randint(0, _ARTIFICIAL_CODES - 1)
    for step in range(_ARTIFICIAL_CODES):
        code = identity_code(birthdate, start + step)
        if code not in codes:
            codes.add(code)
            return code
    return None
