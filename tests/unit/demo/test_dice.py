from __future__ import annotations

import datetime as dt

from hypothesis import given
from hypothesis import strategies as st

from govreg.demo.dice import day_between, dice, falls, moment_on, one_of


def test_one_topic_always_falls_the_same_way():
    assert [dice("a").random() for _ in range(3)] == [dice("a").random() for _ in range(3)]
    assert dice("a").random() != dice("b").random()


def test_never_and_always():
    chance = dice("edges")
    assert not any(falls(chance, 0) for _ in range(100))
    assert all(falls(chance, 100) for _ in range(100))


def test_one_of_reaches_everything():
    chance = dice("one of")
    assert {one_of(chance, "abc") for _ in range(100)} == set("abc")


@given(first=st.dates(), last=st.dates(), topic=st.text(max_size=5))
def test_a_day_lies_between_its_bounds(first, last, topic):
    day = day_between(dice(topic), first, last)
    assert day == last if first > last else first <= day <= last


def test_moments_are_within_opening_hours():
    chance = dice("moments")
    day = dt.date(2026, 1, 31)
    moments = [moment_on(chance, day) for _ in range(200)]
    assert all(m.date() == day and 7 <= m.hour < 22 for m in moments)
