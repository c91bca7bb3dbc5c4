"""Plain values have one canonical form, and links one form in which both ends agree."""

from __future__ import annotations

import datetime as dt
import decimal
import json
import uuid

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from govreg.connectors.values import (
    NotComparable,
    canonical,
    coerced,
    from_canonical,
    holds,
    joined,
)

VALUES = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.text(),
    st.floats(allow_nan=False),
    st.decimals(allow_nan=False, allow_infinity=False),
    st.datetimes(),
    st.datetimes(timezones=st.just(dt.UTC)),
    st.dates(),
    st.times(),
    st.timedeltas(),
    st.binary(),
    st.uuids(),
)


@given(VALUES)
def test_a_value_comes_back_as_it_was_also_over_json(value):
    back = from_canonical(json.loads(json.dumps(canonical(value))))
    assert back == value
    assert type(back) is type(value)


@given(VALUES, VALUES)
def test_different_kinds_are_never_equal(one, other):
    if type(one) is not type(other):
        assert canonical(one) != canonical(other)


def test_what_does_not_cross_the_border():
    with pytest.raises(TypeError):
        canonical([1])
    with pytest.raises(ValueError, match="unknown kind"):
        from_canonical(["list", "x"])


@pytest.mark.parametrize(
    ("value", "to", "wanted"),
    [
        (7, pa.string(), "7"),
        ("7", pa.int64(), 7),
        (" 7 ", pa.int64(), 7),
        (decimal.Decimal("7.0"), pa.int64(), 7),
        ("7.5", pa.float64(), 7.5),
        ("7.50", pa.decimal128(8, 2), decimal.Decimal("7.50")),
        ("true", pa.bool_(), True),
        ("2020-01-02", pa.date32(), dt.date(2020, 1, 2)),
        ("2020-01-02T03:04:05", pa.timestamp("us"), dt.datetime(2020, 1, 2, 3, 4, 5)),
        (b"x", pa.binary(), b"x"),
        (None, pa.int64(), None),
    ],
)
def test_a_link_is_followed_in_the_type_of_the_column(value, to, wanted):
    assert coerced(value, to) == wanted


@pytest.mark.parametrize(
    ("value", "to"),
    [
        ("seven", pa.int64()),
        ("", pa.int64()),
        (True, pa.int64()),
        ("7.5", pa.int64()),
        (b"7", pa.string()),
        ("x", pa.binary()),
        ("soon", pa.date32()),
        ("yes", pa.bool_()),
        ("Infinity", pa.int64()),
        *(
            (text, to)
            for text in ("007", "+7", "7e0", "0_7", "\uff17", "-07", "\u0667")
            for to in (pa.int64(), pa.float64(), pa.decimal128(8, 2))
        ),
    ],
)
def test_what_no_such_column_can_hold(value, to):
    with pytest.raises(NotComparable):
        coerced(value, to)


@given(st.integers())
def test_both_ends_of_a_link_agree(number):
    assert joined([number]) == joined([str(number)]) == joined([decimal.Decimal(number)])


@pytest.mark.parametrize("text", ["007", "+7", "7e0", "0_7", "\uff17"])
def test_a_code_that_looks_like_a_number_is_not_the_number(text):
    """Both ends of a link judge alike: what no look-up matches, no count and no minimum joins."""
    assert joined([text]) != joined([7])
    with pytest.raises(NotComparable):
        coerced(text, pa.int64())
    assert coerced(7, pa.string()) != text


def test_a_missing_end_agrees_with_a_missing_one_only():
    assert joined([None]) != joined([""])
    assert joined([uuid.UUID(int=1)]) == joined([str(uuid.UUID(int=1))])


@pytest.mark.parametrize(
    ("held", "wanted", "same"),
    [
        (0, "0", True),
        (decimal.Decimal("0.00"), "0", True),
        ("x   ", "x", True),
        (None, None, True),
        (None, "x", False),
        ("x", None, False),
        ("y", "x", False),
        (decimal.Decimal(1), "0", False),
        (b"x", "y", False),
        (dt.date(2020, 1, 1), dt.date(2020, 1, 1), True),
    ],
)
def test_whether_a_field_holds_what_was_written(held, wanted, same):
    assert holds(held, wanted) is same
