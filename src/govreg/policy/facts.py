"""The facts that rules may ask about: a declared vocabulary, each with its kind and words.

A rule that names anything else is refused when it is loaded. A fact whose value is not known is
unknown when a rule asks for it, and can never lead to "allow".
"""

from __future__ import annotations

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


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    """A fact that rules may ask about."""

    name: str
    kind: FactKind
    words: str
    values: tuple[str, ...] | None = None
    """The only values allowed, for a text."""


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


def _facts(*facts: Fact) -> Mapping[str, Fact]:
    return {fact.name: fact for fact in facts}


def _flag(name: str, words: str) -> Fact:
    return Fact(name=name, kind=FactKind.FLAG, words=words)


def _text(name: str, words: str, *values: str) -> Fact:
    return Fact(name=name, kind=FactKind.TEXT, words=words, values=values or None)


FACTS: Mapping[str, Fact] = _facts(
    _text("request.act", "what is about to be done", "erase", "disclose"),
    _text("request.law", "the law that the request is made under"),
    _text("request.right", "the right that is exercised", "access", "erase"),
    _text(
        "request.verification",
        "how surely the person is who they say",
        "none",
        "reasonable",
        "reasonably_high",
        "account",
    ),
    _flag("person.consent_withdrawn", "the person has withdrawn consent"),
    _flag("person.objects", "the person objects to direct marketing"),
    _flag("person.objection_upheld", "an objection stands: no compelling grounds override it"),
    _flag("person.relationship_ended", "the contract or relationship with the person has ended"),
    _flag("person.child_service", "collected as a child for an online service"),
    _text("activity.basis", "the lawful basis of the activity", *BASES),
    _flag("activity.ended", "the activity's purpose has ended"),
    _flag("activity.direct_marketing", "the activity is direct marketing"),
    _flag("activity.unlawful", "a person has assessed the processing as unlawful"),
    _flag("activity.erasure_duty", "a law orders the data to be erased"),
    _text("item.source", "the source"),
    _text("item.collection", "the collection"),
    _text("item.field", "the field"),
    _text("item.category", "the data category"),
    _text(
        "item.origin",
        "how the value came to the controller",
        "provided",
        "observed",
        "derived",
        "inferred",
        "third_party",
    ),
    _text("item.level", "whom the row is about", "individual", "household", "organisation"),
    _flag("item.secret", "the field holds a credential"),
    _flag("item.about_other", "the field describes another person"),
    _flag("item.privileged", "the field is legally privileged"),
    _flag("item.free_text", "the field is text that people wrote"),
    _flag("item.reviewed", "a person has reviewed the text and released it"),
    _flag("item.shared", "the row is other people's too"),
    _flag("item.minimum_passed", "the record's statutory minimums have all run out"),
    _text("organisation.role", "controller or processor", "controller", "processor"),
    _text("organisation.country", "where the organisation is, ISO 3166 alpha-2"),
)
"""Every fact, by name."""
