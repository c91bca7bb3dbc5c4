"""A method of de-identification in YAML; the format is in `docs/spec/deidentification.md`."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field

from govreg.policy.deidentify import Method, Place, Transform, ValueKind, Zip3
from govreg.yaml12 import Document, StrictModel, problem_at, read, validate, version_of

FORMAT = 1
LETTERS = "ABCDEFGHIJKLMNOPQR"

_Letter = Annotated[str, Field(pattern=r"^[A-R]$")]
_Prefix = Annotated[str, Field(pattern=r"^[0-9]{3}$")]
_Confidence = Literal["high", "medium", "low"]


class IdentifierFile(StrictModel):
    """One identifier that must go."""

    title: dict[str, str]
    categories: dict[str, Transform] = Field(min_length=1)
    limited: dict[str, Transform] = {}


class KindFile(StrictModel):
    """What a kind of value means."""

    letter: _Letter
    transform: Transform
    limited: Transform | None = None


class Zip3File(StrictModel):
    """Prefixes of postal codes that are hidden."""

    citation: list[str] = Field(min_length=1)
    confidence: _Confidence
    use: list[str] = Field(min_length=1)
    restricted: dict[str, list[_Prefix]]
    no_area: list[_Prefix] = []


class MethodFile(StrictModel):
    """A method as written."""

    govreg_deidentification: int
    method: str
    version: str
    citation: list[str] = Field(min_length=1)
    title: dict[str, str]
    note: str | None = None
    checked_on: dt.date
    confidence: _Confidence
    identifiers: dict[_Letter, IdentifierFile]
    kinds: dict[ValueKind, KindFile]
    kept: list[str]
    review: list[str] = []
    zip3: Zip3File


def load_method(path: Path) -> Method:
    """The method of one file.

    Raises:
        ConfigurationProblem: with file, line, key and what to write instead.
    """
    document = read(path)
    version_of(document, "govreg_deidentification", FORMAT)
    held = validate(MethodFile, document)
    _complete(document, held)
    return Method(
        name=held.method,
        version=held.version,
        places=_places(document, held),
        kinds={kind: _kind(held, one) for kind, one in held.kinds.items()},
        zip3=Zip3(
            restricted={year: frozenset(those) for year, those in held.zip3.restricted.items()},
            no_area=frozenset(held.zip3.no_area),
            use=tuple(held.zip3.use),
        ),
        citation=tuple(held.citation),
    )


def _complete(document: Document, held: MethodFile) -> None:
    missing = [letter for letter in LETTERS if letter not in held.identifiers]
    if missing:
        words = f"identifier {', '.join(f'`{letter}`' for letter in missing)} is missing"
        raise problem_at(document, ("identifiers",), words, "a method names all eighteen")
    kinds = [kind for kind in ValueKind if kind not in held.kinds and kind is not ValueKind.OTHER]
    if kinds:
        words = f"kind {', '.join(f'`{kind}`' for kind in kinds)} is missing"
        raise problem_at(document, ("kinds",), words)
    for census in held.zip3.use:
        if census not in held.zip3.restricted:
            raise problem_at(
                document, ("zip3", "use"), f"there is no table of the census of `{census}`"
            )
    for letter, one in held.identifiers.items():
        for category in one.limited:
            if category not in one.categories:
                raise problem_at(
                    document,
                    ("identifiers", letter, "limited"),
                    f"`{category}` is none of the categories of `{letter}`",
                )


def _places(document: Document, held: MethodFile) -> dict[str, Place]:
    places: dict[str, Place] = {}

    def put(category: str, place: Place, where: tuple[str, ...]) -> None:
        if category in places:
            raise problem_at(document, where, f"`{category}` has two places")
        places[category] = place

    for letter, one in held.identifiers.items():
        for category, transform in one.categories.items():
            place = Place(
                letter=letter,
                transform=transform,
                limited=one.limited.get(category, transform),
                reason=one.title,
                citation=_cited(held, letter),
            )
            put(category, place, ("identifiers", letter, "categories"))
    for category in held.kept:
        put(category, _unlettered(held, Transform.KEEP), ("kept",))
    for category in held.review:
        put(category, _unlettered(held, Transform.REVIEW), ("review",))
    return places


_SAID = {
    Transform.KEEP: {"en": "no identifier by itself", "fi": "ei sellaisenaan tunniste"},
    Transform.REVIEW: {"en": "may be unique to a person", "fi": "voi olla yksilöivä"},
}


def _unlettered(held: MethodFile, transform: Transform) -> Place:
    return Place(
        letter=None if transform is Transform.KEEP else "R",
        transform=transform,
        limited=transform,
        reason=_SAID[transform],
        citation=held.citation[0],
    )


def _kind(held: MethodFile, one: KindFile) -> Place:
    return Place(
        letter=one.letter,
        transform=one.transform,
        limited=one.limited or one.transform,
        reason=held.identifiers[one.letter].title,
        citation=_cited(held, one.letter),
    )


def _cited(held: MethodFile, letter: str) -> str:
    return f"{held.citation[0]}(i)({letter})"
