"""Customer relations: one file as a spreadsheet program saves it.

Semicolons between the fields, UTF-8 with a byte order mark, dates as `31.12.2025`.
"""

from __future__ import annotations

import csv
import datetime as dt
from collections.abc import Iterator, Sequence
from pathlib import Path
from random import Random
from typing import Final

from govreg.demo.cast import (
    ANNA,
    ANNA_OLD_EMAIL,
    FORMULA,
    FORMULA_TEXT,
    HOUSEHOLD_MATE,
    TWINS_EMAIL,
)
from govreg.demo.dice import day_between, dice, falls, one_of
from govreg.demo.names import (
    EMPLOYERS,
    FAMILY_NAMES,
    FIRST_NAMES,
    OLD_MAIL_DOMAIN,
    mail_name,
)
from govreg.demo.people import Person, phone

COLUMNS: Final = (
    "contact_id",
    "email",
    "phone",
    "name",
    "company",
    "notes",
    "customer_no",
    "last_contacted",
)
"""The header line."""

_PROSPECT_PHONES: Final = 9_000_000
_NOTES: Final = (
    "Soitettu, ei vastausta.",
    "Kiinnostunut yrityslahjoista.",
    "Tavattu messuilla; puoliso kyseli alennuksista.",
    "Ei saa soittaa ennen klo 10.",
)


def write_contacts(path: Path, people: Sequence[Person], *, today: dt.date) -> int:
    """Write the contacts of about every second customer, and of people who never bought.

    Returns:
        The number of contacts.
    """
    rows = [*_of_the_cast(today), *_of_the_crowd(people, today)]
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file, delimiter=";")
        writer.writerow(COLUMNS)
        writer.writerows((f"C-{nth:05d}", *row) for nth, row in enumerate(rows, start=1))
    return len(rows)


def _of_the_cast(today: dt.date) -> Iterator[tuple[str, ...]]:
    def day(back: int) -> str:
        return _day(today - dt.timedelta(days=back))

    yield (
        ANNA_OLD_EMAIL,
        phone(ANNA, 2),
        "Anna Korhonen",
        "",
        "Kanta-asiakas jo ennen häitä. Puoliso Mikko.",
        str(ANNA),
        day(2000),
    )
    yield (
        "mikko.virtanen@netti.example",
        "",
        "Mikko Virtanen",
        "",
        "",
        str(HOUSEHOLD_MATE),
        day(300),
    )
    yield TWINS_EMAIL, "", "Heikkinen", "", "Pariskunta, kumpi lienee?", "", day(60)
    yield (
        "erkki.esimerkki@posti.example",
        phone(FORMULA, 3),
        "Erkki Esimerkki",
        "",
        FORMULA_TEXT,
        str(FORMULA),
        "",
    )


def _of_the_crowd(people: Sequence[Person], today: dt.date) -> Iterator[tuple[str, ...]]:
    chance = dice("contacts")
    for person in people:
        if falls(chance, 55):
            yield (
                _mail(chance, person),
                phone(person.id, chance.randint(0, 5)) if falls(chance, 70) else "",
                person.name,
                *_remarks(chance),
                "" if falls(chance, 15) else str(person.id),
                _contacted(chance, today),
            )
    for nth in range(len(people) // 20):
        first, last = one_of(chance, FIRST_NAMES), one_of(chance, FAMILY_NAMES)
        yield (
            f"{mail_name(first, last)}@liidit{nth}.example",
            phone(_PROSPECT_PHONES + nth),
            f"{first} {last}",
            *_remarks(chance),
            "",
            _contacted(chance, today),
        )


def _mail(chance: Random, person: Person) -> str:
    """The shop's e-mail, sometimes an older one, sometimes none."""
    if falls(chance, 8):
        name = mail_name(person.first_name or "", person.last_name or "")
        return f"{name}{person.id}@{OLD_MAIL_DOMAIN}"
    return "" if falls(chance, 4) else (person.email or "")


def _remarks(chance: Random) -> tuple[str, str]:
    company = one_of(chance, EMPLOYERS) if falls(chance, 10) else ""
    return company, one_of(chance, _NOTES) if falls(chance, 12) else ""


def _contacted(chance: Random, today: dt.date) -> str:
    if falls(chance, 10):
        return ""
    return _day(day_between(chance, today - dt.timedelta(days=4 * 365), today))


def _day(day: dt.date) -> str:
    return f"{day:%d.%m.%Y}"
