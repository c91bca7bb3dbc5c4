"""Chance that falls the same way each time."""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Sequence
from typing import TypeVar

_T = TypeVar("_T")


def dice(topic: str) -> random.Random:
    """Dice for one topic: rows of one kind stay as they are when another kind changes."""
    return random.Random(f"kotipuoti/{topic}")  # noqa: S311 - made-up rows, no secrets


def falls(dice: random.Random, percent: float) -> bool:
    """Whether something happens that happens in `percent` of cases."""
    return dice.random() * 100 < percent


def one_of(dice: random.Random, things: Sequence[_T]) -> _T:
    """One of the things, each as likely."""
    return things[int(dice.random() * len(things))]


def day_between(dice: random.Random, first: dt.date, last: dt.date) -> dt.date:
    """A day from `first` to `last`, both included; `last` when they are the wrong way round."""
    span = (last - first).days
    return last if span <= 0 else first + dt.timedelta(days=int(dice.random() * (span + 1)))


def moment_on(dice: random.Random, day: dt.date) -> dt.datetime:
    """A moment of that day between seven and twenty-two, without a zone."""
    seconds = 7 * 3600 + int(dice.random() * 15 * 3600)
    return dt.datetime.combine(day, dt.time()) + dt.timedelta(seconds=seconds)
