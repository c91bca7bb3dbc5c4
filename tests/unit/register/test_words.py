from __future__ import annotations

import pytest

from govreg.register.taxonomy import is_known
from govreg.register.words import (
    _CATEGORIES,
    category_of,
    says_customer_number,
    says_staff,
    singular,
    words_of,
)


def test_every_category_is_known():
    assert [category for category in _CATEGORIES if not is_known(category)] == []


@pytest.mark.parametrize(
    ("name", "category"),
    [
        ("FirstName", "user.name.first"),
        ("LNAME", "user.name.last"),
        ("E-Mail Adresse (privat)", "user.contact.email"),
        ("eMail2", "user.contact.email"),
        ("sähköposti", "user.contact.email"),
        ("Tel.Nr.", "user.contact.phone_number"),
        ("IPAddress", "user.device.ip_address"),
        ("billing_postal_code", "user.contact.address.postal_code"),
        ("Straße", "user.contact.address.street"),
        ("Syntymäaika", "user.demographic.date_of_birth"),
        ("födelsedatum", "user.demographic.date_of_birth"),
        ("henkilötunnus", "user.government_id.national_identification_number"),
        ("Personbeteckning", "user.government_id.national_identification_number"),
        ("file_name", "none"),
        ("Muistiinpanot", "free_text"),
        ("milliseconds", None),
    ],
)
def test_a_header_word_in_four_languages(name, category):
    assert category_of(words_of(name)) == category


def test_staff_words_need_company_where_they_are_plain_participles():
    assert says_staff(words_of("created_by"))
    assert not says_staff(words_of("created_at"))
    assert says_staff(words_of("SupportRepId"))
    assert says_staff(words_of("käsittelijä"))
    assert not says_staff(words_of("customer_id"))


def test_customer_numbers():
    for name in ("customer_no", "Kundennummer", "asiakasnumero", "CUST_ID", "customerid"):
        assert says_customer_number(words_of(name)), name
    for name in ("customer_name", "invoice_no", "customers"):
        assert not says_customer_number(words_of(name)), name


def test_singular():
    words = ["orders", "companies", "addresses", "boxes", "status", "people"]
    assert [singular(w) for w in words] == [
        "order",
        "company",
        "address",
        "box",
        "status",
        "person",
    ]
