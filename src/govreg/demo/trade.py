"""What the demonstration company sells and what its customers ordered."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from random import Random
from typing import Final

from govreg.demo.cast import (
    ACCENTED,
    ANNA,
    CALLED_NULL,
    EMPLOYEE_CUSTOMER,
    FORMULA,
    GONE_CUSTOMERS,
    HOUSEHOLD_MATE,
    TWINS,
    WITHDRAWN_PRODUCT,
)
from govreg.demo.dice import day_between, dice, falls, one_of
from govreg.demo.names import PRODUCT_COLOURS, PRODUCT_NAMES
from govreg.demo.people import Person

FIRST_ORDER: Final = 50001
"""The lowest order number."""

MINIMUM_YEARS: Final = 6
"""How many whole calendar years after its own a Finnish voucher is kept at least."""

_STATUS_PAID: Final = ("delivered", "delivered", "delivered", "delivered", "returned")
_STATUS_UNPAID: Final = ("cancelled", "open")


@dataclass(frozen=True, slots=True, kw_only=True)
class Product:
    """A row of products."""

    id: int
    name: str
    price: int
    """In cents."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderLine:
    """A line of an order; its price is the price of that day."""

    product: int
    name: str
    quantity: int
    price: int
    """Of one piece, in cents."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """A row of orders with its lines."""

    id: int
    customer: int
    placed: dt.date
    paid: dt.date | None
    status: str
    lines: tuple[OrderLine, ...]

    @property
    def total(self) -> int:
        """What the lines come to, in cents."""
        return sum(line.quantity * line.price for line in self.lines)


def products() -> tuple[Product, ...]:
    """Everything on sale."""
    chance = dice("products")
    names = (f"{name}, {colour}" for name in PRODUCT_NAMES for colour in PRODUCT_COLOURS)
    return tuple(
        Product(id=number, name=name, price=chance.randint(4, 120) * 100 - 10)
        for number, name in enumerate(names, start=1)
    )


def orders(
    people: Iterable[Person], on_sale: Sequence[Product], *, today: dt.date
) -> tuple[Order, ...]:
    """Every order in the order of its day, numbered.

    Args:
        people: The crowd; the cast's orders are added.
        on_sale: The products.
        today: Nothing is ordered after it.
    """
    chance = dice("orders")
    placed = [*_of_the_cast(chance, on_sale, today)]
    for person in people:
        placed.extend(_any_order(chance, person, on_sale, today) for _ in range(_how_many(chance)))
    placed.sort(key=lambda order: (order.placed, order.customer))
    return tuple(replace(order, id=number) for number, order in enumerate(placed, FIRST_ORDER))


def cast_days(today: dt.date) -> Mapping[int, tuple[dt.date, ...]]:
    """On which days each of the cast, and each deleted customer, ordered and paid."""
    year = today.year
    recent = today - dt.timedelta(days=40)
    past_minimum = year - MINIMUM_YEARS - 1
    return {
        ANNA: (
            dt.date(past_minimum - 1, 3, 9),
            dt.date(past_minimum, 11, 21),
            dt.date(year - MINIMUM_YEARS, 2, 5),
            dt.date(year - 4, 12, 12),
            dt.date(year - 2, 7, 1),
            recent,
        ),
        HOUSEHOLD_MATE: (dt.date(year - 3, 10, 10), recent),
        EMPLOYEE_CUSTOMER: (dt.date(past_minimum, 6, 18), dt.date(year - 1, 4, 4)),
        TWINS[0]: (dt.date(year - 5, 9, 1), dt.date(year - 1, 9, 3)),
        TWINS[1]: (dt.date(year - 2, 1, 15),),
        ACCENTED: (dt.date(year - 1, 5, 26),),
        CALLED_NULL: (dt.date(year - 3, 8, 8),),
        FORMULA: (dt.date(year - 2, 3, 3),),
        GONE_CUSTOMERS[0]: (dt.date(past_minimum, 5, 5), dt.date(year - 5, 5, 5)),
        GONE_CUSTOMERS[1]: (dt.date(year - 4, 2, 2),),
        GONE_CUSTOMERS[2]: (dt.date(year - 3, 1, 31), dt.date(year - 3, 2, 14)),
    }


def _of_the_cast(chance: Random, on_sale: Sequence[Product], today: dt.date) -> Iterator[Order]:
    for customer, days in cast_days(today).items():
        for nth, day in enumerate(days):
            lines = _lines(chance, on_sale)
            if customer == ANNA and nth == 0:
                withdrawn = OrderLine(
                    product=WITHDRAWN_PRODUCT, name="Ryijy, punainen", quantity=1, price=24_900
                )
                lines = (*lines, withdrawn)
            yield Order(
                id=0, customer=customer, placed=day, paid=day, status="delivered", lines=lines
            )
    yield Order(
        id=0,
        customer=ANNA,
        placed=dt.date(today.year - 1, 2, 20),
        paid=None,
        status="cancelled",
        lines=_lines(chance, on_sale),
    )


def _how_many(chance: Random) -> int:
    """Most people order a few times, some never, a few often."""
    return one_of(chance, (0, 1, 1, 2, 2, 3, 4, 5, 6, 12))


def _any_order(
    chance: Random, person: Person, on_sale: Sequence[Product], today: dt.date
) -> Order:
    placed = day_between(chance, person.created or today, today)
    is_paid = falls(chance, 94)
    return Order(
        id=0,
        customer=person.id,
        placed=placed,
        paid=min(today, placed + dt.timedelta(days=chance.randint(0, 14))) if is_paid else None,
        status=one_of(chance, _STATUS_PAID if is_paid else _STATUS_UNPAID),
        lines=_lines(chance, on_sale),
    )


def _lines(chance: Random, on_sale: Sequence[Product]) -> tuple[OrderLine, ...]:
    return tuple(
        OrderLine(
            product=product.id,
            name=product.name,
            quantity=one_of(chance, (1, 1, 1, 2, 4)),
            price=product.price,
        )
        for product in (one_of(chance, on_sale) for _ in range(one_of(chance, (1, 1, 2, 3))))
    )
