"""The demonstration company: Kotipuoti Oy, a small Finnish web shop that does not exist.

    (1) refuse to write over anything
    (2) the cast with their stories, and a crowd; what they ordered and wrote
    (3) the shop's database; customer relations, newsletter events, invoices

The same day makes the same company, to the byte where the format allows.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path, PurePosixPath

from govreg.demo.cast import (
    ANNA,
    ANNA_EMAIL,
    ANNA_OLD_EMAIL,
    EMPLOYEE,
    EMPLOYEE_CUSTOMER,
    FEWEST_CUSTOMERS,
    FIRST_CUSTOMER,
    FIRST_FREE_ADDRESS,
    HOUSEHOLD_MATE,
    TWINS_EMAIL,
    cast,
)
from govreg.demo.desk import logins, staff, tickets
from govreg.demo.invoices import write_invoices
from govreg.demo.newsletter import write_events
from govreg.demo.people import Person, crowd
from govreg.demo.relations import write_contacts
from govreg.demo.shop import Stock, write_shop
from govreg.demo.trade import orders, products
from govreg.errors import UsageProblem


@dataclass(frozen=True, slots=True, kw_only=True)
class Company:
    """Where the company's files are and whom to look for in them."""

    folder: Path
    today: dt.date
    """The day that the company is shown on."""
    webshop: Path
    """The shop's SQLite file."""
    crm: Path
    """The contacts' CSV file."""
    newsletter: Path
    """The events' JSON Lines file."""
    invoices: tuple[Path, ...]
    """The Parquet parts, oldest year first."""
    counts: Mapping[str, int]
    """Rows by `source.collection`."""
    customer_id: int = ANNA
    """The main person."""
    email: str = ANNA_EMAIL
    """What the main person writes from today."""
    old_email: str = ANNA_OLD_EMAIL
    """What the main person wrote from before."""
    household_mate_id: int = HOUSEHOLD_MATE
    """The customer who shares the main person's address row and stays."""
    employee_id: int = EMPLOYEE
    """The employee who is also a customer, in `employees`."""
    employee_customer_id: int = EMPLOYEE_CUSTOMER
    """The same person in `customers`."""
    twins_email: str = TWINS_EMAIL
    """An e-mail address that two customers share."""


def build_company(folder: Path, *, today: dt.date, customers: int = 2000) -> Company:
    """Write the company's files under `folder/data`.

    Args:
        folder: The workspace; made when missing.
        today: The day that the company is shown on; every date in it is counted from it.
        customers: How many customers the shop has.

    Returns:
        Where everything is.

    Raises:
        UsageProblem: too few customers for every story, or there is data already.
    """
    if customers < FEWEST_CUSTOMERS:
        raise UsageProblem(
            f"{customers} customers are too few for the demonstration",
            f"give at least {FEWEST_CUSTOMERS}",
        )
    root = folder / "data"
    if root.exists():
        raise UsageProblem(f"there is already something at `{root}`", "choose an empty folder")
    return _written(folder, *_lives(today, customers), today=today)


def _lives(today: dt.date, customers: int) -> tuple[Stock, tuple[Person, ...]]:
    """What the shop holds, and the customers who are in no story."""
    named = cast(today)
    taken = {person.id for person in named}
    free = (n for n in range(FIRST_CUSTOMER, FIRST_CUSTOMER + customers) if n not in taken)
    others = tuple(crowd(free, today=today, first_address=FIRST_FREE_ADDRESS))
    everybody = tuple(sorted((*named, *others), key=lambda person: person.id))
    on_sale = products()
    sold = orders(others, on_sale, today=today)
    stock = Stock(
        people=everybody,
        products=on_sale,
        orders=sold,
        employees=staff(today),
        tickets=tickets(others, today=today),
        logins=logins(everybody, today=today),
    )
    return stock, others


def _written(folder: Path, stock: Stock, others: tuple[Person, ...], *, today: dt.date) -> Company:
    """Write the four sources."""
    root = folder / "data"
    for part in ("crm", "newsletter", "invoices"):
        (root / part).mkdir(parents=True)
    webshop = root / "webshop.db"
    tables = write_shop(webshop, stock)
    crm, newsletter = root / "crm" / "contacts.csv", root / "newsletter" / "events.jsonl"
    contacts = write_contacts(crm, others, today=today)
    events = write_events(newsletter, others, today=today)
    parts = write_invoices(root / "invoices", stock.people, stock.orders, today=today)
    return Company(
        folder=folder,
        today=today,
        webshop=webshop,
        crm=crm,
        newsletter=newsletter,
        invoices=tuple(parts),
        counts={f"webshop.{name}": rows for name, rows in tables.items()}
        | {
            "crm.contacts": contacts,
            "newsletter.events": events,
            "invoices.invoices": sum(parts.values()),
        },
    )


def write_workspace(folder: Path) -> tuple[Path, ...]:
    """Copy `govreg.toml`, the source files and the activity files into a folder.

    Args:
        folder: The workspace; made when missing. Nothing in it is written over.

    Returns:
        The files written, in order of name.

    Raises:
        UsageProblem: one of the files is there already; then none is written.
    """
    wanted = {folder / name: text for name, text in _shipped()}
    for path in wanted:
        if path.exists():
            raise UsageProblem(f"there is already a file at `{path}`", "choose an empty folder")
    for path, text in wanted.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8", newline="\n")
    return tuple(wanted)


def _shipped() -> list[tuple[PurePosixPath, str]]:
    root = files("govreg.demo") / "workspace"
    return sorted(
        (name, entry.read_text(encoding="utf-8")) for name, entry in _walk(root, PurePosixPath())
    )


def _walk(folder: Traversable, at: PurePosixPath) -> Iterator[tuple[PurePosixPath, Traversable]]:
    for entry in folder.iterdir():
        if entry.is_dir():
            yield from _walk(entry, at / entry.name)
        elif entry.name.endswith((".toml", ".yaml")):
            yield at / entry.name, entry
