import datetime as dt
import re
from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from govreg.plugins import announced
from govreg.policy.deidentify import Transform, Zip3
from govreg.policy.deidentify_file import load_method
from govreg.policy.deidentify_values import AGED, NO_ZIP, OLDEST, apply

METHOD = load_method(announced().packs["hipaa"] / "deidentification.yaml")
ON = dt.date(2026, 11, 25)
DIGITS = st.text("0123456789", min_size=5, max_size=5)
ZIPS = st.one_of(
    DIGITS,
    st.builds("{}-{}".format, DIGITS, st.text("0123456789", min_size=4, max_size=4)),
    st.integers(0, 99999),
    st.sampled_from(sorted(METHOD.zip3.hidden)).map(lambda prefix: prefix + "42"),
)
DATES = st.one_of(
    st.dates(),
    st.datetimes(),
    st.dates().map(str),
    st.datetimes().map(lambda moment: moment.isoformat()),
    st.integers(1000, 9999),
)
AGES = st.one_of(
    st.integers(0, 130),
    st.integers(0, 130).map(str),
    st.floats(0, 130),
    st.tuples(st.integers(0, 130), st.integers(0, 130)).map(lambda two: f"{two[0]}-{two[1]}"),
)
ANYTHING = st.one_of(
    ZIPS, DATES, AGES, st.text(), st.floats(), st.booleans(), st.none(), st.integers(), st.binary()
)


def done(value, transform, on=ON):
    return apply(value, Transform(transform), METHOD, on=on)


@given(value=ANYTHING, transform=st.sampled_from(list(Transform)))
def test_twice_is_once(value, transform):
    once = done(value, transform)
    again = done(once, transform)
    assert again is once or again == once


@given(value=ANYTHING)
def test_no_postal_code_keeps_more_than_three_digits(value):
    told = done(value, "zip3")
    assert told is None or re.fullmatch("[0-9]{3}", told)


@given(value=ZIPS)
def test_a_restricted_prefix_never_survives(value):
    assert done(value, "zip3") not in METHOD.zip3.hidden - {NO_ZIP}


@given(value=ANYTHING, transform=st.sampled_from(["year", "birth_year"]))
def test_no_date_keeps_more_than_the_year(value, transform):
    told = done(value, transform)
    assert told in {None, AGED} or re.fullmatch("[0-9]{4}", told)


@given(born=st.dates(dt.date(1880, 1, 1), ON), lived=st.integers(0, 130))
def test_no_year_of_birth_tells_an_age_above_89(born, lived):
    told = done(born, "birth_year")
    seen = done(born.replace(month=1, day=1, year=born.year + lived), "year")
    if told not in {None, AGED} and seen is not None:
        assert int(seen) - int(told) <= OLDEST


@given(value=AGES)
def test_no_age_above_89_survives(value):
    told = done(value, "age")
    assert told in {None, AGED} or max(map(int, re.findall("[0-9]+", str(told)))) <= OLDEST


@given(value=ANYTHING)
def test_what_is_dropped_or_waits_is_gone(value):
    assert done(value, "drop") is None
    assert done(value, "review") is None


@pytest.mark.parametrize(
    ("value", "transform", "told"),
    [
        ("02139", "zip3", "021"),
        ("02139-4307", "zip3", "021"),
        ("021394307", "zip3", "021"),
        (2139, "zip3", "021"),
        ("03601", "zip3", "000"),
        ("06390", "zip3", "063"),  # restricted in 2000 only
        ("75301", "zip3", "000"),  # restricted in 2020 only
        ("09012", "zip3", "000"),  # military
        ("FI-00100", "zip3", "000"),
        ("", "zip3", "000"),
        (dt.date(1980, 5, 17), "year", "1980"),
        ("1980-05-17T10:00:00Z", "year", "1980"),
        ("1980-05", "year", "1980"),
        ("17.5.1980", "year", None),
        ("2027-01-01", "year", None),
        (dt.date(1937, 1, 1), "birth_year", "1937"),
        (dt.date(1936, 12, 31), "birth_year", "90+"),  # turns 90 in this year
        ("1901", "birth_year", "90+"),
        ("90+", "birth_year", "90+"),
        (89, "age", 89),
        (90, "age", "90+"),
        ("104", "age", "90+"),
        (89.9, "age", 89),
        ("80-89", "age", "80-89"),
        ("90-99", "age", "90+"),
        ("85-94", "age", None),
        (-1, "age", None),
        ("old", "age", None),
        (True, "age", None),
        (" 02139 ", "zip3", "021"),
        ("021", "zip3", "021"),
        ("02139-", "zip3", "000"),
        ("0213", "zip3", "000"),
        ("02139 4307", "zip3", "000"),
        (99999, "zip3", "999"),
        (100000, "zip3", "000"),
        (True, "zip3", "000"),
        (2139.0, "zip3", "000"),
        (None, "zip3", None),
        (1980, "year", "1980"),
        (" 1980-05-17 ", "year", "1980"),
        ("1980-05-17 10:00\n", "year", "1980"),
        (dt.date(980, 1, 1), "year", "0980"),
        (980, "year", None),
        (True, "year", None),
        (1980.0, "year", None),
        (Decimal(1980), "year", None),
        (None, "year", None),
        ("2026", "year", "2026"),
        (2027, "year", None),
        (" 90+ ", "year", "90+"),
        (1936, "birth_year", "90+"),
        (0, "age", 0),
        (0.0, "age", 0),
        (-0.5, "age", None),
        (90.0, "age", "90+"),
        (1e9, "age", "90+"),
        (float("inf"), "age", None),
        (float("nan"), "age", None),
        (None, "age", None),
        (b"42", "age", None),
        (" 42 ", "age", "42"),
        ("89", "age", "89"),
        ("90", "age", "90+"),
        ("1000", "age", None),
        ("89-89", "age", "89-89"),
        ("80 \u2013 85", "age", "80 \u2013 85"),
        ("85-80", "age", None),
        ("89-90", "age", None),
        ("90-90", "age", "90+"),
        ("99-90", "age", None),
        ("a1f0", "code", "a1f0"),
        ("flu", "keep", "flu"),
    ],
)
def test_worked_values(value, transform, told):
    assert done(value, transform) == told


def test_another_census_can_be_chosen():
    of_2000 = replace(METHOD, zip3=replace(METHOD.zip3, use=("2000",)))
    assert apply("06390", Transform.ZIP3, of_2000, on=ON) == "000"
    assert apply("75301", Transform.ZIP3, of_2000, on=ON) == "753"


@pytest.mark.parametrize(("value", "told"), [(501, "005"), (500, "000"), (-501, "000")])
def test_the_least_postal_code_is_00501(value, told):
    nothing_hidden = Zip3(restricted={}, no_area=frozenset(), use=())
    method = replace(METHOD, zip3=nothing_hidden)
    assert apply(value, Transform.ZIP3, method, on=ON) == told


def test_what_is_hidden_is_what_the_censuses_in_use_hide_and_where_nobody_lives():
    restricted = {"2000": frozenset({"001"}), "2010": frozenset({"002"}), "2020": frozenset()}
    held = Zip3(restricted=restricted, no_area=frozenset({"003"}), use=("2010", "2020"))
    assert held.hidden == {"002", "003"}
