from __future__ import annotations

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from govreg.register.classify import classify, is_people
from govreg.register.column import Column, Target
from govreg.register.model import Origin
from govreg.register.taxonomy import is_known

TEXT, NUMBER = pa.string(), pa.int64()


def _column(name, *values, type=TEXT, **rest):  # noqa: A002 - the column's own word
    return Column(name=name, type=type, values=values, **rest)


def _categories(table, *columns, **rest):
    return {name: c.category for name, c in classify(table, columns, **rest).items()}


def test_a_bare_name_is_a_persons_only_in_the_company_of_a_person():
    name = _column("Name", "Aino Laine", "Black Sabbath")
    assert _categories("Track", _column("TrackId", 1, type=NUMBER, key=True), name) == {
        "TrackId": "none",
        "Name": "none",
    }
    beside = _categories("rows", name, _column("Email", "a@b.fi"))
    assert beside["Name"] == "user.name"


def test_a_dirty_german_file():
    found = classify(
        "export_2024 (final)",
        [
            _column("Kundennummer", 17, 18, type=NUMBER),
            _column("Nachname", "Köhler", None),
            _column("E-Mail Adresse", "a@b.de", "", "c@d.de"),
            _column("Tel.", "0301234567"),
            _column("Bemerkungen", "-"),
            _column("Spalte1", "DE89 3704 0044 0532 0130 00"),
            _column("Spalte2", "10.0.0.1", "10.0.0.2"),
            _column("Spalte3", "a", "b"),
        ],
    )
    assert {name: (c.category, c.identifier) for name, c in found.items()} == {
        "Kundennummer": ("user.unique_id", "customer_id"),
        "Nachname": ("user.name.last", None),
        "E-Mail Adresse": ("user.contact.email", "email"),
        "Tel.": ("user.contact.phone_number", "phone"),
        "Bemerkungen": ("user.content", None),
        "Spalte1": ("user.financial.bank_account", None),
        "Spalte2": ("user.device.ip_address", None),
        "Spalte3": (None, None),
    }
    assert found["Bemerkungen"].free_text
    assert found["Spalte2"].origin is Origin.OBSERVED


def test_values_tell_what_a_name_hides():
    found = classify("t", [_column("c7", "a@b.fi", "c@d.fi", "e@f.fi", "g@h.fi", "unknown")])
    assert (found["c7"].category, found["c7"].identifier) == ("user.contact.email", "email")


def test_a_name_that_its_values_deny_is_left_to_a_person():
    found = classify("mailings", [_column("mail", "sent", "bounced", "sent")])
    assert found["mail"].category is None


def test_a_yes_or_no_about_mail_is_a_preference():
    column = _column("newsletter_email", True, False, type=pa.bool_())
    assert _categories("people", column, _column("last_name", "x"))["newsletter_email"] == (
        "user.privacy_preferences"
    )


def test_a_column_that_refers_to_a_row_is_no_value():
    assert _categories("contacts", _column("email_id", 3, type=NUMBER))["email_id"] == "none"


def test_the_key_of_customers_is_a_customer_number_and_that_of_staff_is_not():
    person = _column("last_name", "x")
    key = _column("id", 1, type=NUMBER, key=True)
    assert classify("customers", [key, person])["id"].identifier == "customer_id"
    assert classify("employees", [key, person])["id"].identifier is None
    assert classify("users", [key, person])["id"].identifier is None


def test_plain_facts_of_rows_that_belong_to_people():
    found = _categories(
        "orders",
        _column("id", 1, type=NUMBER, key=True),
        _column("customer_id", 1, type=NUMBER, link=Target.PEOPLE),
        _column("product_id", 1, type=NUMBER, link=Target.THING),
        _column("total", 10, type=NUMBER),
        _column("placed_at", "2024-01-01 10:00:00"),
        _column("colour_wish", "red"),
        about_people=True,
    )
    assert found == {
        "id": "user.behavior.purchase_history",
        "customer_id": "user.unique_id",
        "product_id": "user.behavior.purchase_history",
        "total": "user.financial",
        "placed_at": "user.behavior.purchase_history",
        "colour_wish": None,
    }


def test_a_town_alone_is_no_persons_address():
    town = _column("city", "Turku")
    assert _categories("branches_list", town)["city"] is None
    assert _categories("addresses", town, _column("street", "x"))["city"] == (
        "user.contact.address.city"
    )


@pytest.mark.parametrize(
    ("table", "columns", "people"),
    [
        ("customers", [_column("first_name")], True),
        ("subscribers", [_column("email", unique=True)], True),
        ("logins", [_column("email", unique=True)], False),
        ("mailings", [_column("email")], False),
        ("suppliers", [_column("name"), _column("phone")], False),
        ("track", [_column("name")], False),
    ],
)
def test_people(table, columns, people):
    assert is_people(table, columns) is people


@given(
    table=st.text(max_size=10),
    names=st.lists(st.text(max_size=12), max_size=5, unique=True),
    values=st.lists(st.text(min_size=5, max_size=30), max_size=4),
    about=st.booleans(),
)
def test_any_column_gets_an_answer_that_repeats_no_value(table, names, values, about):
    columns = [_column(name, *values) for name in names]
    plain = [_column(name) for name in names]
    found = classify(table, columns, about_people=about)
    assert list(found) == names
    for one in found.values():
        assert one.category is None or is_known(one.category)
    reasons = {one.reason for one in classify(table, plain, about_people=about).values()}
    told = {one.reason for one in found.values()} - reasons
    assert not any(value in reason for value in values for reason in told if len(value) > 12)
