from __future__ import annotations

import datetime as dt

import pytest

from govreg.register.patterns import look_at


@pytest.mark.parametrize(
    ("form", "values", "others"),
    [
        ("email", ["a@b.fi", "ä.ö+x@sub.example"], ["a@b", "@b.fi", "a b@c.fi", ""]),
        (
            "phone",
            ["+358 40 123 4567", "040-1234567", "(02) 123 4567"],
            ["2024-01-01", "12", "192.168.100.200"],
        ),
        ("iban", ["FI21 1234 5600 0007 85"], ["FI21 1234 5600 0007 86"]),
        ("national_id", ["131052-308T"], ["131052-308U"]),
        ("ip", ["10.0.0.1", "2001:db8::1"], ["10.0.0.256"]),
        ("card", ["4111 1111 1111 1111"], ["4111 1111 1111 1112"]),
        ("uuid", ["123e4567-e89b-12d3-a456-426614174000"], ["123e4567"]),
        ("url", ["https://x.example/a"], ["x.example"]),
        ("time", ["2024-01-01 10:00:00", "1.2.2024"], ["10"]),
    ],
)
def test_forms(form, values, others):
    assert look_at(values).share(form) == 1
    assert look_at(others).share(form) == 0


def test_empty_values_do_not_count():
    look = look_at([None, "", "  ", "a@b.fi"])
    assert (look.filled, look.most("email")) == (1, True)
    assert not look_at([]).most("email")


def test_numbers_are_no_texts():
    assert look_at([401234567, 401234568]).share("phone") == 0


def test_days_spread_over_a_generation_look_like_births():
    assert look_at([dt.date(1950, 1, 1), dt.datetime(1990, 5, 5)]).birth_years
    assert not look_at([dt.date(2024, 1, 1), dt.date(2025, 1, 1)]).birth_years
    assert not look_at(
        [dt.datetime(1950, 1, 1, 10, 0), dt.datetime(1990, 1, 1, 10, 0)]
    ).birth_years


def test_sentences_are_prose():
    assert look_at(
        ["She called on Monday and asked why the parcel had not come yet, again."]
    ).prose
    assert not look_at(["short"]).prose
