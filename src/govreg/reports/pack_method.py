"""A method of de-identification as a section of its pack's page."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from govreg.policy.deidentify import Method, Place, Transform
from govreg.reports.sheet import Cell, Grid, Prose, Section

_DONE: Mapping[Transform, str] = {
    Transform.KEEP: "kept",
    Transform.DROP: "removed",
    Transform.REVIEW: "held back until a person has looked",
    Transform.ZIP3: "first three digits, or 000 where few people live there",
    Transform.YEAR: "the year only",
    Transform.BIRTH_YEAR: "the year only; 90+ above 89",
    Transform.AGE: "whole years up to 89, else 90+",
    Transform.CODE: "kept if it was drawn at random, else removed",
}


def method_section(method: Method) -> Section:
    """Every identifier with what becomes of it."""
    head = ("Identifier", "Categories", "Safe Harbor", "Limited data set", "Citation")
    lead = (
        f"Method `{method.name}`, version {method.version}. Source: {'; '.join(method.citation)}."
    )
    hidden = len(method.zip3.hidden)
    zips = (
        f"ZIP codes: of censuses {' and '.join(method.zip3.use)}, {hidden} prefixes of three "
        "digits are never told."
    )
    who = (
        "A named person attests that nobody here knows that the rest could identify somebody; a "
        "limited data set needs a data use agreement and stays protected."
    )
    return Section(
        title="De-identification",
        blocks=(
            Prose(text=lead),
            Grid(head=head, rows=tuple(_rows(method))),
            Prose(text=zips),
            Prose(text=who),
        ),
    )


def _rows(method: Method) -> Iterator[tuple[Cell, ...]]:
    grouped: dict[tuple[str, str, Transform, Transform, str], list[str]] = {}
    for category, place in method.places.items():
        grouped.setdefault(_key(place), []).append(f"`{category}`")
    for kind, place in method.kinds.items():
        grouped.setdefault(_key(place), []).append(f"any {kind.value.replace('_', ' ')}")
    for (letter, title, done, limited, cite), names in sorted(
        grouped.items(), key=lambda one: one[0][:2]
    ):
        lead = f"{letter}. {title}" if letter != _LAST else title
        yield (lead,), (", ".join(names),), (_DONE[done],), (_DONE[limited],), (cite,)


_LAST = "~"
"""Sorts what is no identifier behind all letters."""


def _key(place: Place) -> tuple[str, str, Transform, Transform, str]:
    title = place.reason.get("en", "")
    return (place.letter or _LAST, title, place.transform, place.limited, place.citation)
