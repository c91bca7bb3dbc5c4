"""Moments go to stores and files and come back."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from govreg.clock import fixed_clock, from_millis, from_text, system_clock, to_millis, to_text

MOMENTS = st.datetimes(
    min_value=dt.datetime(1900, 1, 1), max_value=dt.datetime(9000, 1, 1), timezones=st.timezones()
)


@given(MOMENTS)
def test_a_moment_comes_back_to_the_millisecond_and_to_the_second(moment):
    assert abs(from_millis(to_millis(moment)) - moment) < dt.timedelta(milliseconds=1)
    assert abs(from_text(to_text(moment)) - moment) < dt.timedelta(seconds=1)


def test_a_moment_without_a_zone_is_none():
    bare = dt.datetime(2026, 1, 1)
    for call in (to_millis, to_text, fixed_clock):
        with pytest.raises(ValueError, match="zone"):
            call(bare)
    with pytest.raises(ValueError, match="zone"):
        from_text("2026-01-01T00:00:00")


def test_clocks():
    at = dt.datetime(2026, 1, 1, 2, tzinfo=dt.timezone(dt.timedelta(hours=2)))
    assert fixed_clock(at)().isoformat() == "2026-01-01T00:00:00+00:00"
    assert system_clock().tzinfo is dt.UTC
