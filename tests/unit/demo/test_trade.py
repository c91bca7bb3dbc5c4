from __future__ import annotations

import datetime as dt

import pytest

from govreg.demo.cast import ANNA, GONE_CUSTOMERS, WITHDRAWN_PRODUCT, cast
from govreg.demo.people import crowd, first_day
from govreg.demo.trade import FIRST_ORDER, MINIMUM_YEARS, cast_days, orders, products

TODAY = dt.date(2026, 11, 22)


def sold(today=TODAY):
    people = crowd(range(5001, 5301), today=today, first_address=11)
    return orders(people, products(), today=today)


def test_orders_are_numbered_by_day():
    made = sold()
    assert [order.id for order in made] == list(range(FIRST_ORDER, FIRST_ORDER + len(made)))
    assert [o.placed for o in made] == sorted(o.placed for o in made)
    assert made == sold()


@pytest.mark.parametrize("today", [TODAY, dt.date(2027, 1, 1), dt.date(2028, 2, 29)])
def test_nothing_is_ordered_or_paid_outside_the_records(today):
    for order in sold(today):
        assert first_day(today) <= order.placed <= today
        assert order.paid is None or order.placed <= order.paid <= today


@pytest.mark.parametrize("today", [TODAY, dt.date(2027, 1, 1), dt.date(2026, 12, 31)])
def test_anna_has_vouchers_on_both_sides_of_the_minimum(today):
    def kept_until(paid):
        return dt.date(paid.year + MINIMUM_YEARS, 12, 31)

    days = cast_days(today)[ANNA]
    outside = [day for day in days if kept_until(day) < today]
    assert len(outside) == 2
    assert len(days) - len(outside) == 4


def test_a_total_is_what_its_lines_come_to():
    for order in sold():
        assert order.lines
        assert order.total == sum(line.quantity * line.price for line in order.lines) > 0


def test_unpaid_orders_say_so():
    unpaid = [o for o in sold() if o.paid is None]
    assert unpaid
    assert {o.status for o in unpaid} == {"cancelled", "open"}
    assert any(o.customer == ANNA for o in unpaid)


def test_references_that_lead_nowhere():
    made = sold()
    on_sale = {product.id for product in products()}
    nowhere = {o.customer for o in made for line in o.lines if line.product not in on_sale}
    assert nowhere == {ANNA}
    assert WITHDRAWN_PRODUCT not in on_sale
    known = {p.id for p in cast(TODAY)} | set(range(5001, 5301))
    assert {o.customer for o in made} - known == set(GONE_CUSTOMERS)
