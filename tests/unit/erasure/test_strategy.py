"""How a value goes while its row stays."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from govreg.erasure.strategy import generalised, makes_unique, new_value, strategy_of
from govreg.register.model import Field, OnErase, Strategy


def field(**chosen):
    return Field(name="f", category="user.name", on_erase=OnErase(**chosen) if chosen else None)


def test_nothing_declared_means_null():
    assert strategy_of(field()).strategy is Strategy.SET_NULL
    assert new_value(field(), "One", str) is None


def test_a_missing_value_stays_missing():
    for chosen in Strategy:
        assert new_value(field(strategy=chosen, constant="x"), None, str) is None


def test_a_unique_constant_is_another_one_each_time():
    held = field(strategy=Strategy.CONSTANT, constant="gone-{unique}")
    assert makes_unique(strategy_of(held))
    assert new_value(held, "One", str) != new_value(held, "One", str)
    assert new_value(held, "One", str).startswith("gone-")
    assert not makes_unique(OnErase(strategy=Strategy.CONSTANT, constant="gone"))


def test_a_pseudonym_is_made_of_the_value():
    assert new_value(field(strategy=Strategy.PSEUDONYM), "One", lambda v: f"p{len(v)}") == "p3"


@pytest.mark.parametrize(
    ("old", "keep", "wanted"),
    [
        ("1990-12-24", "year", "1990-01-01"),
        ("1990-12-24T10:00", "month", "1990-12-01"),
        ("24.12.1990", "year", None),
        ("24.12.1990", "month", None),
        ("", "year", None),
        (19901224, "year", None),
        (dt.date(1990, 12, 24), "month", dt.date(1990, 12, 1)),
        (dt.datetime(1990, 12, 24, 10), "year", dt.datetime(1990, 1, 1)),
    ],
)
def test_dates_are_made_coarse_and_what_is_no_date_goes(old, keep, wanted):
    assert generalised(old, keep) == wanted


@given(st.dates(), st.sampled_from(["year", "month"]))
def test_making_coarse_twice_is_making_coarse_once(day, keep):
    once = generalised(day, keep)
    assert generalised(once, keep) == once
    assert generalised(day.isoformat(), keep) == once.isoformat()
