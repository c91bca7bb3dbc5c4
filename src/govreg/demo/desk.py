"""The company's own people, the letters they answer, and who signed in to the shop."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from random import Random
from typing import Final

from govreg.demo.cast import (
    ANNA,
    EMPLOYEE,
    EMPLOYEE_EMAIL,
    FORMER_AGENT,
    HOUSEHOLD_MATE,
    NEIGHBOUR_EMAIL,
    NEIGHBOUR_NAME,
    TWINS,
)
from govreg.demo.dice import day_between, dice, falls, moment_on, one_of
from govreg.demo.names import FAMILY_NAMES, FIRST_NAMES, mail_name
from govreg.demo.people import Person, first_day, phone

LOGIN_DAYS: Final = 180
"""How long back the shop remembers who signed in."""

_STAFF: Final = (
    ("Kaarina", "Mäki", "toimitusjohtaja", None),
    ("Olli", "Ranta", "verkkokaupan päällikkö", 1),
    ("Sinikka", "Lampi", "talouspäällikkö", 1),
    ("Johan", "Åström", "ohjelmistokehittäjä", 2),
    ("Meri", "Salokangas", "ohjelmistokehittäjä", 2),
    ("Helka", "Ström", "asiakaspalvelun esihenkilö", 1),
    ("Tuomas", "Nieminen", "asiakasneuvoja", 6),
    ("Pinja", "Kivi", "asiakasneuvoja", 6),
    ("Ahmed", "Hassan", "asiakasneuvoja", 6),
    ("Lumi", "Varis", "kirjanpitäjä", 3),
    ("Veli", "Kangas", "varastotyöntekijä", 2),
    ("Ida", "Backman", "varastotyöntekijä", 2),
)
"""First name, family name, title, number of the superior; numbers are places, from 1."""

_AGENTS: Final = (*[EMPLOYEE] * 8, *[8] * 5, *[9] * 5, 6, None)

_LETTERS: Final = (
    ("Toimitus myöhässä", "Hei, tilaukseni ei ole saapunut. Milloin se tulee?"),
    ("Palautus", "Haluan palauttaa tuotteen, väri oli väärä. Miten toimin?"),
    ("Lasku", "Lasku näyttää väärältä summalta, voitteko tarkistaa?"),
    ("Salasana unohtui", "En pääse kirjautumaan. Lähettäkää uusi linkki, kiitos."),
    ("Osoitteenmuutos", "Muutimme, päivittäkää osoite ennen seuraavaa lähetystä."),
    ("Kiitos", "Kiitos nopeasta toimituksesta!"),
)
_AGENT_STRINGS: Final = (
    "Selain/118.0 (Linux; x86_64)",
    "Selain/121.2 (Android 14; Mobile)",
    "Kuvitelma/17.1 (Macintosh)",
    "Kauppasovellus/3.4 (iOS 17)",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Employee:
    """A row of employees."""

    id: int
    first_name: str
    last_name: str
    email: str
    phone: str
    title: str
    superior: int | None
    hired: dt.date


@dataclass(frozen=True, slots=True, kw_only=True)
class Ticket:
    """A customer's letter, without its number."""

    customer: int
    agent: int | None
    subject: str
    body: str
    at: dt.datetime


def staff(today: dt.date) -> tuple[Employee, ...]:
    """The employees, by number."""
    chance = dice("staff")
    return tuple(
        Employee(
            id=number,
            first_name=first,
            last_name=last,
            email=(
                EMPLOYEE_EMAIL
                if number == EMPLOYEE
                else f"{mail_name(first, last)}@kotipuoti.example"
            ),
            phone=phone(number),
            title=title,
            superior=superior,
            hired=day_between(chance, first_day(today), today - dt.timedelta(days=365)),
        )
        for number, (first, last, title, superior) in enumerate(_STAFF, start=1)
    )


def tickets(people: Sequence[Person], *, today: dt.date) -> tuple[Ticket, ...]:
    """Every letter, oldest first: the cast's, and about one for every second of the crowd."""
    chance = dice("tickets")
    earliest = today - dt.timedelta(days=3 * 365)
    written = [*_of_the_cast(today)]
    for _ in range(len(people) // 2):
        person = one_of(chance, people)
        subject, body = one_of(chance, _LETTERS)
        day = day_between(chance, max(earliest, person.created or earliest), today)
        written.append(
            Ticket(
                customer=person.id,
                agent=one_of(chance, _AGENTS),
                subject=subject,
                body=_with_somebody_else(chance, body) if falls(chance, 5) else body,
                at=moment_on(chance, day),
            )
        )
    written.sort(key=lambda ticket: (ticket.at, ticket.customer))
    return tuple(written)


def logins(people: Sequence[Person], *, today: dt.date) -> Iterator[tuple[int, str, str, str]]:
    """Customer, network address, program and time of each sign-in, oldest customer first."""
    chance = dice("logins")
    earliest = today - dt.timedelta(days=LOGIN_DAYS)
    for person in people:
        if person.email:
            for _ in range(one_of(chance, (0, 0, 1, 2, 3, 5, 8))):
                day = day_between(chance, max(earliest, person.created or earliest), today)
                yield (person.id, *device(chance), moment_on(chance, day).isoformat(" "))


def device(chance: Random) -> tuple[str, str]:
    """A network address from the ranges kept for examples, and a made-up program."""
    if falls(chance, 20):
        address = f"2001:db8:{chance.randint(0, 65535):x}::{chance.randint(1, 65535):x}"
    else:
        block = one_of(chance, ("192.0.2", "198.51.100", "203.0.113"))
        address = f"{block}.{chance.randint(1, 254)}"
    return address, one_of(chance, _AGENT_STRINGS)


def _with_somebody_else(chance: Random, body: str) -> str:
    first, last = one_of(chance, FIRST_NAMES), one_of(chance, FAMILY_NAMES)
    mail = f"{mail_name(first, last)}@naapuri.example"
    return f"{body} Paketin voi jättää myös naapurille: {first} {last}, {mail}."


def _of_the_cast(today: dt.date) -> Iterator[Ticket]:
    def back(days: int) -> dt.datetime:
        return dt.datetime.combine(today - dt.timedelta(days=days), dt.time(10, 30))

    yield Ticket(
        customer=ANNA,
        agent=EMPLOYEE,
        subject="Paketti naapurilla",
        body=(
            f"Hei! Naapurini {NEIGHBOUR_NAME} ({NEIGHBOUR_EMAIL}) otti pakettini vastaan ja "
            "sanoi, että laatikko oli auki. Voitteko lähettää uuden? Terveisin Anna Virtanen"
        ),
        at=back(38),
    )
    yield Ticket(
        customer=ANNA,
        agent=FORMER_AGENT,
        subject="Nimenmuutos",
        body="Menin naimisiin, nimeni on nyt Virtanen. Vanha sähköposti ei ole enää käytössä.",
        at=back(900),
    )
    yield Ticket(
        customer=HOUSEHOLD_MATE,
        agent=8,
        subject="Nouto",
        body="Vaimoni Anna noutaa tilauksen puolestani.",
        at=back(35),
    )
    yield Ticket(
        customer=TWINS[1],
        agent=EMPLOYEE,
        subject="Yhteinen sähköposti",
        body="Mieheni Pekka käyttää samaa osoitetta, älkää sekoittako tilauksiamme.",
        at=back(120),
    )
