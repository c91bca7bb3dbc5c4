"""What a fact is: its kind, its words, the values that it may have; acts and lawful bases."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum


class FactKind(StrEnum):
    """What a fact's value is."""

    TEXT = "text"
    FLAG = "flag"
    NUMBER = "number"
    DATE = "date"
    SET = "set"


PYTHON: Mapping[FactKind, type | tuple[type, ...]] = {
    FactKind.TEXT: str,
    FactKind.FLAG: bool,
    FactKind.NUMBER: (int, float),
    FactKind.DATE: dt.date,
    FactKind.SET: str,
}
"""What a fact of each kind is compared with; a set is asked for its members."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    """A fact that rules may ask about."""

    name: str
    kind: FactKind
    words: str
    values: tuple[str, ...] | None = None
    """The only values allowed, for a text or a set."""
    presumed: bool | str | None = None
    """What holds while a question does not mention it."""


REQUEST_ACTS = ("erase", "disclose", "correct", "restrict", "port", "object", "limit", "opt_out")
"""What a person may ask to be done."""
OWN_ACTS = ("process", "collect", "send", "sell", "share", "contact", "decide_automatically")
"""What the organisation may want to do: `send` is a disclosure to a recipient."""
ACTS = (*REQUEST_ACTS, *OWN_ACTS)

BASES: Mapping[str, str] = {
    "gdpr.6.1.a": "consent",
    "gdpr.6.1.b": "contract",
    "gdpr.6.1.c": "legal obligation",
    "gdpr.6.1.d": "vital interests",
    "gdpr.6.1.e": "public task",
    "gdpr.6.1.f": "legitimate interests",
    "gdpr.9.2.a": "explicit consent",
    "gdpr.9.2.b": "employment and social security law",
    "gdpr.9.2.c": "vital interests of one who cannot consent",
    "gdpr.9.2.d": "members of a non-profit body",
    "gdpr.9.2.e": "made public by the person",
    "gdpr.9.2.f": "legal claims",
    "gdpr.9.2.g": "substantial public interest, by law",
    "gdpr.9.2.h": "health care",
    "gdpr.9.2.i": "public health, by law",
    "gdpr.9.2.j": "archiving, research or statistics, by law",
}
"""Lawful bases that an activity may name, with words for people (Art. 6(1), 9(2) GDPR)."""


def flag(name: str, words: str, *, presumed: bool | None = None) -> Fact:
    """A fact that is true or false."""
    return Fact(name=name, kind=FactKind.FLAG, words=words, presumed=presumed)


def text(name: str, words: str, *values: str, presumed: str | None = None) -> Fact:
    """A fact that is a word, one of `values` where they are given."""
    return Fact(
        name=name, kind=FactKind.TEXT, words=words, values=values or None, presumed=presumed
    )


def set_(name: str, words: str, *values: str) -> Fact:
    """A fact that is a set of words."""
    return Fact(name=name, kind=FactKind.SET, words=words, values=values or None)


def number(name: str, words: str) -> Fact:
    """A fact that is a number."""
    return Fact(name=name, kind=FactKind.NUMBER, words=words)


def date(name: str, words: str) -> Fact:
    """A fact that is a day."""
    return Fact(name=name, kind=FactKind.DATE, words=words)


def assessed(name: str, words: str, *outcomes: str) -> Fact:
    """A judgement that a named person made and wrote down; the engine tests its outcome only."""
    return Fact(
        name=f"assessment.{name}",
        kind=FactKind.TEXT,
        words=words,
        values=outcomes or ("yes", "no"),
    )
