from __future__ import annotations

import csv
import datetime as dt

import pytest

from govreg.demo.cast import FORMULA_TEXT, TWINS_EMAIL
from govreg.demo.relations import COLUMNS


@pytest.fixture
def contacts(company):
    with company.crm.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file, delimiter=";"))


def test_the_file_looks_as_a_spreadsheet_program_saved_it(company):
    raw = company.crm.read_bytes()
    assert raw.startswith(b"\xef\xbb\xbfcontact_id;email;phone;")
    assert raw.endswith(b"\r\n")


def test_every_contact_is_whole_and_has_its_own_number(company, contacts):
    assert len(contacts) == company.counts["crm.contacts"]
    assert all(tuple(row) == COLUMNS and None not in row.values() for row in contacts)
    assert len({row["contact_id"] for row in contacts}) == len(contacts)


def test_anna_is_here_under_her_old_e_mail_and_her_number(company, contacts):
    assert [row["customer_no"] for row in contacts if row["email"] == company.old_email] == [
        str(company.customer_id)
    ]
    assert not [row for row in contacts if row["email"].strip().lower() == company.email]


def test_the_couples_contact_names_neither_of_them(contacts):
    assert [row["customer_no"] for row in contacts if row["email"] == TWINS_EMAIL] == [""]


def test_customer_numbers_are_of_customers_and_some_are_blank(company, contacts, shop):
    known = {str(row[0]) for row in shop.execute("SELECT id FROM customers")}
    given = [row["customer_no"] for row in contacts]
    assert "" in given
    assert set(given) - {""} <= known


def test_dates_are_finnish_and_past(company, contacts):
    days = [row["last_contacted"] for row in contacts if row["last_contacted"]]
    assert len(days) < len(contacts)
    for text in days:
        day, month, year = text.split(".")
        assert (len(day), len(month), len(year)) == (2, 2, 4)
        assert dt.date(int(year), int(month), int(day)) <= company.today


def test_notes_that_a_spreadsheet_would_run(contacts):
    assert FORMULA_TEXT in {row["notes"] for row in contacts}
