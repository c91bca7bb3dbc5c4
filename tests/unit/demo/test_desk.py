from __future__ import annotations

import datetime as dt
import ipaddress
from collections import Counter

from govreg.demo.cast import (
    ANNA,
    EMPLOYEE,
    EMPLOYEE_CUSTOMER,
    EMPLOYEE_EMAIL,
    FORMER_AGENT,
    NEIGHBOUR_EMAIL,
    NEIGHBOUR_NAME,
    cast,
)
from govreg.demo.desk import LOGIN_DAYS, device, logins, staff, tickets
from govreg.demo.dice import dice
from govreg.demo.people import crowd

TODAY = dt.date(2026, 11, 22)
DOCUMENTATION = [
    ipaddress.ip_network(net)
    for net in ("192.0.2.0/24", "198.51.100.0/24", "203.0.113.0/24", "2001:db8::/32")
]


def people():
    return tuple(crowd(range(5001, 7001), today=TODAY, first_address=11))


def test_superiors_are_employees_and_one_has_none():
    made = staff(TODAY)
    numbers = {e.id for e in made}
    assert [e.id for e in made if e.superior is None] == [1]
    assert all(e.superior in numbers for e in made if e.superior)
    assert len({e.email for e in made}) == len(made)
    assert all(e.hired < TODAY for e in made)


def test_one_employee_answers_hundreds_and_shops_here_under_the_same_e_mail():
    written = tickets(people(), today=TODAY)
    assert Counter(t.agent for t in written)[EMPLOYEE] > 300
    employee = next(e for e in staff(TODAY) if e.id == EMPLOYEE)
    customer = next(p for p in cast(TODAY) if p.id == EMPLOYEE_CUSTOMER)
    assert employee.email == customer.email == EMPLOYEE_EMAIL


def test_annas_letters():
    mine = [t for t in tickets(people(), today=TODAY) if t.customer == ANNA]
    assert [t.agent for t in mine] == [FORMER_AGENT, EMPLOYEE]
    assert NEIGHBOUR_NAME in mine[1].body
    assert NEIGHBOUR_EMAIL in mine[1].body
    assert FORMER_AGENT not in {e.id for e in staff(TODAY)}


def test_letters_are_in_order_and_some_name_a_neighbour():
    written = tickets(people(), today=TODAY)
    assert [t.at for t in written] == sorted(t.at for t in written)
    assert max(t.at for t in written).date() <= TODAY
    named = [t for t in written if "@naapuri.example" in t.body]
    assert 10 < len(named) < len(written) / 5


def test_the_shop_forgets_old_sign_ins():
    rows = list(logins(people(), today=TODAY))
    assert rows == list(logins(people(), today=TODAY))
    earliest = TODAY - dt.timedelta(days=LOGIN_DAYS)
    for _, _, _, at in rows:
        assert earliest <= dt.datetime.fromisoformat(at).date() <= TODAY


def test_network_addresses_are_examples():
    chance = dice("test")
    for _ in range(500):
        address, _ = device(chance)
        assert any(ipaddress.ip_address(address) in net for net in DOCUMENTATION)
