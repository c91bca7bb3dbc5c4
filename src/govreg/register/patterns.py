"""Forms of values: what the values of a column look like, counted and never repeated."""

from __future__ import annotations

import datetime as dt
import ipaddress
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from stdnum import iban, luhn
from stdnum.exceptions import ValidationError as NotValid
from stdnum.fi import hetu

_EMAIL = re.compile(r"[^@\s,;<>]+@[^@\s,;<>]+\.[^@\s,;<>.]{2,}")
_PHONE = re.compile(r"(?:\+|00)?[\d\s()./-]{6,22}(?:(?:x|ext\.?)\s?\d{1,5})?", re.IGNORECASE)
_UUID = re.compile(r"[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}", re.IGNORECASE)
_URL = re.compile(r"https?://\S+", re.IGNORECASE)
_POSTAL = re.compile(r"(?:[A-Z]{1,2}-)?\d{3}\s?\d{2}|\d{4,5}(?:-\d{4})?|[A-Z]\d[A-Z]\s?\d[A-Z]\d")
_TIME = re.compile(
    r"\d{4}-\d{2}-\d{2}(?:[ T]\d{2}:\d{2}(?::\d{2})?.{0,13})?"
    r"|\d{1,2}\.\d{1,2}\.\d{4}(?: \d{1,2}[.:]\d{2}.{0,3})?|\d{1,2}/\d{1,2}/\d{4}"
)
_CARD = re.compile(r"\d{4}([ -]?)\d{4}\1\d{4}\1\d{1,7}")
_MOST = 0.8
_PHONE_DIGITS = range(7, 16)
_LONG_TEXT = 60
_MANY_WORDS = 8
_BIRTH_YEARS = (1900, 2020)
_GENERATION = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """What the values of a column look like."""

    filled: int
    """How many values there are that are not empty."""
    shares: Mapping[str, float]
    """The part of them that has each form."""
    prose: bool
    """They read like sentences."""
    birth_years: bool
    """Days that are spread as dates of birth are."""

    def most(self, form: str) -> bool:
        """Whether nearly all values have a form."""
        return self.filled > 0 and self.shares.get(form, 0.0) >= _MOST

    def share(self, form: str) -> float:
        """The part of the values that has a form."""
        return self.shares.get(form, 0.0)


def look_at(values: Sequence[object]) -> Look:
    """Look at the values of one column."""
    held = [value for value in values if value is not None and str(value).strip()]
    texts = [value.strip() for value in held if isinstance(value, str)]
    shares = {}
    if held:
        shares = {
            form: sum(test(text) for text in texts) / len(held) for form, test in _FORMS.items()
        }
    return Look(filled=len(held), shares=shares, prose=_prose(texts), birth_years=_births(held))


def _prose(texts: Sequence[str]) -> bool:
    if not texts:
        return False
    length = sum(map(len, texts)) / len(texts)
    words = sum(len(text.split()) for text in texts) / len(texts)
    return length >= _LONG_TEXT and words >= _MANY_WORDS


def _births(values: Sequence[object]) -> bool:
    days = [day for day in map(_day, values) if day is not None]
    if not values or len(days) < _MOST * len(values):
        return False
    years = [day.year for day in days]
    low, high = _BIRTH_YEARS
    within = all(low <= year <= high for year in years)
    return within and max(years) - min(years) >= _GENERATION


def _day(value: object) -> dt.date | None:
    if isinstance(value, dt.datetime):
        midnight = (value.hour, value.minute, value.second) == (0, 0, 0)
        return value.date() if midnight else None
    if isinstance(value, dt.date):
        return value
    if isinstance(value, str):
        for form in ("%Y-%m-%d", "%d.%m.%Y", "%m/%d/%Y", "%Y-%m-%d 00:00:00"):
            try:
                return dt.datetime.strptime(value.strip(), form).date()  # noqa: DTZ007 - a day
            except ValueError:
                continue
    return None


def _phone(text: str) -> bool:
    digits = sum(char.isdigit() for char in text)
    marked = not text.isdigit() or text.startswith("0")
    looks = _PHONE.fullmatch(text) is not None and digits in _PHONE_DIGITS and marked
    return looks and not _ip(text) and _day(text) is None


def _ip(text: str) -> bool:
    try:
        ipaddress.ip_address(text)
    except ValueError:
        return False
    return True


def _valid(check: Callable[[str], str]) -> Callable[[str], bool]:
    def test(text: str) -> bool:
        try:
            check(text)
        except NotValid:
            return False
        return True

    return test


def _card(text: str) -> bool:
    return _CARD.fullmatch(text) is not None and bool(luhn.is_valid(re.sub(r"\D", "", text)))


_FORMS: Mapping[str, Callable[[str], bool]] = {
    "email": lambda text: _EMAIL.fullmatch(text) is not None,
    "phone": _phone,
    "iban": _valid(iban.validate),
    "national_id": _valid(hetu.validate),
    "ip": _ip,
    "uuid": lambda text: _UUID.fullmatch(text) is not None,
    "url": lambda text: _URL.fullmatch(text) is not None,
    "postal_code": lambda text: _POSTAL.fullmatch(text) is not None,
    "card": _card,
    "time": lambda text: _TIME.fullmatch(text) is not None,
}
