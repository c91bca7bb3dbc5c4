"""Values on their way out: one function, which never says in an error what it was given.

- What cannot be read as what it should be is dropped, or `000` for a postal code.
- A year after the day of release is dropped: with a year of birth it could tell an age above 89.
- Done twice, everything stays as it is after the first time.
"""

from __future__ import annotations

import datetime as dt
import math
import re
from collections.abc import Callable
from typing import assert_never

from govreg.policy.deidentify import Method, Transform

OLDEST = 89
AGED = "90+"
NO_ZIP = "000"

_ZIP = re.compile(r"([0-9]{3})(?:[0-9]{2}(?:-?[0-9]{4})?)?", re.ASCII)
_DATE = re.compile(r"([0-9]{4})(?:-[0-9]{2}(?:-[0-9]{2}(?:[T ].*)?)?)?", re.ASCII | re.DOTALL)
_AGE = re.compile(r"[0-9]{1,3}", re.ASCII)
_RANGE = re.compile(r"([0-9]{1,3}) ?[-\u2013] ?([0-9]{1,3})", re.ASCII)
_LEAST_ZIP, _MOST_ZIP = 501, 99999


def apply(value: object, transform: Transform, method: Method, *, on: dt.date) -> object:
    """The value as it may go out; None where nothing may.

    Args:
        value: What the field holds.
        transform: What its step says.
        method: The method, for its tables.
        on: The day of release: nobody's age is reckoned on an earlier one.
    """
    told: object = None
    match transform:
        case Transform.KEEP | Transform.CODE:
            told = value
        case Transform.DROP | Transform.REVIEW:
            pass
        case Transform.ZIP3:
            told = None if value is None else _zip3(value, method.zip3.hidden)
        case Transform.YEAR:
            told = _year(value, on, lambda _age, year: year)
        case Transform.BIRTH_YEAR:
            told = _year(value, on, lambda age, year: AGED if age > OLDEST else year)
        case Transform.AGE:
            told = _age(value)
        case _:
            assert_never(transform)
    return told


def _zip3(value: object, hidden: frozenset[str]) -> str:
    if isinstance(value, int) and not isinstance(value, bool):
        readable = _LEAST_ZIP <= value <= _MOST_ZIP  # a number lost its leading zeros
        value = f"{value:05d}" if readable else ""
    found = _ZIP.fullmatch(value.strip()) if isinstance(value, str) else None
    return found[1] if found and found[1] not in hidden else NO_ZIP


def _year(value: object, on: dt.date, told: Callable[[int, str], str]) -> str | None:
    """The year, as `told` by how many calendar years lie between it and the release."""
    if isinstance(value, dt.date):  # a moment is one, too
        value = f"{value.year:04d}"
    elif isinstance(value, int) and not isinstance(value, bool):
        value = str(value)
    if not isinstance(value, str):
        return None
    if value.strip() == AGED:
        return AGED
    found = _DATE.fullmatch(value.strip())
    if found is None or int(found[1]) > on.year:
        return None
    return told(on.year - int(found[1]), found[1])


def _age(value: object) -> object:
    if isinstance(value, bool):
        return None
    if isinstance(value, float):
        value = int(value) if 0 <= value < math.inf else None
    if isinstance(value, int):
        return None if value < 0 else value if value <= OLDEST else AGED
    return _age_in_words(value.strip()) if isinstance(value, str) else None


def _age_in_words(text: str) -> str | None:
    if text == AGED or (_AGE.fullmatch(text) and int(text) > OLDEST):
        return AGED
    if _AGE.fullmatch(text):
        return text
    found = _RANGE.fullmatch(text)
    if found is None:
        return None
    youngest, eldest = int(found[1]), int(found[2])
    if youngest <= eldest <= OLDEST:
        return text
    return AGED if OLDEST < youngest <= eldest else None  # across the line: neither fits
