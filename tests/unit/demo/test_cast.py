from __future__ import annotations

import datetime as dt

import pytest
from stdnum.fi import hetu

from govreg.demo.cast import (
    ANNA,
    ANNA_EMAIL,
    ANNA_OLD_EMAIL,
    FEWEST_CUSTOMERS,
    FIRST_CUSTOMER,
    FIRST_FREE_ADDRESS,
    FORMULA,
    GONE_CUSTOMERS,
    HOUSEHOLD_MATE,
    NOBODY,
    TWINS,
    TWINS_EMAIL,
    anna_before,
    annas_wedding,
    cast,
    gone,
)

TODAY = dt.date(2026, 11, 22)


@pytest.fixture
def by_number():
    return {person.id: person for person in cast(TODAY)}


def test_everybody_fits_into_the_smallest_company(by_number):
    assert min(by_number) >= FIRST_CUSTOMER
    assert max(by_number) < FIRST_CUSTOMER + FEWEST_CUSTOMERS
    assert list(by_number) == sorted(by_number)
    assert all(p.address.id < FIRST_FREE_ADDRESS for p in by_number.values() if p.address)


def test_anna_shares_her_address_row_with_mikko_and_has_two_e_mails(by_number):
    anna, mikko = by_number[ANNA], by_number[HOUSEHOLD_MATE]
    assert anna.address is mikko.address
    assert anna.email.lower() == ANNA_EMAIL
    assert anna.email != ANNA_EMAIL
    assert hetu.is_valid(anna.national_id, allow_temporary=True)
    before = anna_before(TODAY)
    assert (before.id, before.email, before.first_name) == (ANNA, ANNA_OLD_EMAIL, "Anna")
    assert before.last_name != anna.last_name
    assert before.address != anna.address


def test_the_couple_has_one_e_mail(by_number):
    assert {by_number[n].email.lower() for n in TWINS} == {TWINS_EMAIL}
    assert by_number[TWINS[0]].email != by_number[TWINS[1]].email


def test_nobody_has_a_number_only(by_number):
    nobody = by_number[NOBODY]
    assert [getattr(nobody, name) for name in nobody.__slots__ if name != "id"] == [None] * 10
    assert nobody.name == ""


def test_notes_that_a_spreadsheet_would_run(by_number):
    assert by_number[FORMULA].notes.startswith("=HYPERLINK(")


def test_the_gone_are_not_in_the_cast(by_number):
    assert tuple(p.id for p in gone(TODAY)) == GONE_CUSTOMERS
    assert not set(GONE_CUSTOMERS) & set(by_number)


@pytest.mark.parametrize("today", [dt.date(2028, 2, 29), dt.date(2027, 1, 1), TODAY])
def test_the_cast_is_known_before_today(today):
    assert all(p.created < today for p in cast(today) if p.created)
    assert annas_wedding(today) < today
