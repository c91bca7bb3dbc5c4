"""What must happen to each field before data count as de-identified; `deidentification.md`.

- A category that no line of the method names waits for a person; nothing is kept by silence.
- A code stays only if it was drawn at random. One that is derived from the person, a hash among
  them, is dropped (45 CFR 164.514(c)).
- Text that people wrote waits until a person, or a tool a person answers for, has reviewed it.
- Without an attestation that nobody knows the rest could identify, Safe Harbor is not met.

Pure: values are changed in `deidentify_values`, the method is read in `deidentify_file`.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum


class Transform(StrEnum):
    """What is done to a value."""

    KEEP = "keep"
    DROP = "drop"
    REVIEW = "review"
    """Nothing goes out until a person has looked."""
    ZIP3 = "zip3"
    YEAR = "year"
    BIRTH_YEAR = "birth_year"
    AGE = "age"
    CODE = "code"
    """Kept, because it was drawn at random."""


class ValueKind(StrEnum):
    """What a field's values are, where that matters more than the category."""

    OTHER = "other"
    DATE = "date"
    AGE = "age"
    FREE_TEXT = "free_text"


class CodeOrigin(StrEnum):
    """How a code came to be."""

    RANDOM = "random"
    """Drawn at random, with the key to it held apart and not disclosed."""
    DERIVED = "derived"
    """Made out of what is known of the person, such as a hash of a number."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where a category or a kind of value stands in a method."""

    letter: str | None
    """Of the identifier, `A` to `R`; none: no identifier by itself."""
    transform: Transform
    limited: Transform
    """What a limited data set does instead."""
    reason: Mapping[str, str]
    """By language."""
    citation: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Zip3:
    """Prefixes of postal codes that must not be told."""

    restricted: Mapping[str, frozenset[str]]
    """By census: those whose area holds 20,000 people or fewer."""
    no_area: frozenset[str]
    """Those with no populated area at all."""
    use: tuple[str, ...]
    """The censuses that count; their union is hidden."""
    hidden: frozenset[str] = field(init=False)

    def __post_init__(self) -> None:
        held = frozenset().union(*(self.restricted[census] for census in self.use))
        object.__setattr__(self, "hidden", held | self.no_area)


@dataclass(frozen=True, slots=True, kw_only=True)
class Method:
    """A method of de-identification as data."""

    name: str
    version: str
    places: Mapping[str, Place]
    """By category."""
    kinds: Mapping[ValueKind, Place]
    zip3: Zip3
    citation: tuple[str, ...]

    def place(self, category: str) -> Place | None:
        """The place of the longest category at or above this one."""
        while category:
            found = self.places.get(category)
            if found is not None:
                return found
            category = category.rpartition(".")[0]
        return None


@dataclass(frozen=True, slots=True, kw_only=True)
class DataField:
    """A field as it is known before anything is changed."""

    name: str
    category: str
    kind: ValueKind = ValueKind.OTHER
    reviewed: bool = False
    """Its text was reviewed and released."""
    code: CodeOrigin | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """What is done to one field, and why."""

    name: str
    transform: Transform
    letter: str | None
    reason: Mapping[str, str]
    citation: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Attestation:
    """A named person's word that nobody here knows the rest could identify somebody."""

    by: str
    on: dt.date
    no_actual_knowledge: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class DataUseAgreement:
    """The agreement under which a limited data set is received."""

    recipient: str
    signed_on: dt.date


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """Why the data do not count as de-identified yet."""

    code: str
    message: str
    name: str | None = None
    """Of the field."""
    citation: str


_CODES = "45 CFR 164.514(c)"
_KNOWLEDGE = "45 CFR 164.514(b)(2)(ii)"
_LIMITED = "45 CFR 164.514(e)"
_NEVER: Mapping[str, str] = {
    "en": "a code that was not drawn at random is derived from the person",
    "fi": "koodi, jota ei ole arvottu, on johdettu henkilöstä",
}
_UNNAMED: Mapping[str, str] = {
    "en": "the method does not name this category",
    "fi": "menetelmä ei mainitse tätä tietoryhmää",
}


def plan(
    fields: Iterable[DataField], method: Method, *, limited: bool = False
) -> tuple[Step, ...]:
    """What is done to each field.

    Args:
        fields: The fields, in any order.
        method: The method, as `deidentify_file.load_method` reads it.
        limited: For a limited data set, which stays protected health information.
    """
    return tuple(_step(one, method, limited=limited) for one in fields)


def check(
    fields: Sequence[DataField],
    method: Method,
    *,
    attestation: Attestation | None,
    limited: bool = False,
    agreement: DataUseAgreement | None = None,
) -> tuple[Finding, ...]:
    """What stands in the way; nothing: the method is met once its plan is carried out."""
    found = [
        finding
        for one, step in zip(fields, plan(fields, method, limited=limited), strict=True)
        for finding in _of_field(one, step, method)
    ]
    if limited:
        if agreement is None:
            words = "a limited data set needs a data use agreement"
            found.append(Finding(code="no_data_use_agreement", message=words, citation=_LIMITED))
    elif attestation is None:
        words = "nobody has attested that no knowledge is left that could identify"
        found.append(Finding(code="no_attestation", message=words, citation=_KNOWLEDGE))
    elif not attestation.no_actual_knowledge:
        words = "somebody knows that what is left could identify a person"
        found.append(Finding(code="actual_knowledge", message=words, citation=_KNOWLEDGE))
    return tuple(found)


def _step(one: DataField, method: Method, *, limited: bool) -> Step:
    place = method.place(one.category)
    if place is None:
        return Step(
            name=one.name,
            transform=Transform.REVIEW,
            letter="R",
            reason=_UNNAMED,
            citation=method.citation[0],
        )
    place = _by_kind(one, place, method)
    transform = place.limited if limited else place.transform
    if transform is Transform.CODE and one.code is not CodeOrigin.RANDOM:
        return Step(
            name=one.name, transform=Transform.DROP, letter="R", reason=_NEVER, citation=_CODES
        )
    if transform is Transform.REVIEW and one.reviewed:
        transform = Transform.KEEP
    return Step(
        name=one.name,
        transform=transform,
        letter=place.letter,
        reason=place.reason,
        citation=place.citation,
    )


_OWN = frozenset({Transform.DROP, Transform.BIRTH_YEAR, Transform.ZIP3, Transform.CODE})
"""What a category does to a value of any kind."""


def _by_kind(one: DataField, place: Place, method: Method) -> Place:
    """The place of the kind, where the category is a person's and says nothing stricter."""
    kind = method.kinds.get(one.kind)
    personal = one.category.partition(".")[0] == "user"
    return kind if kind and personal and place.transform not in _OWN else place


def _of_field(one: DataField, step: Step, method: Method) -> Iterable[Finding]:
    if method.place(one.category) is None:
        yield Finding(
            code="unknown_category",
            message=f"the method does not name the category of `{one.name}`",
            name=one.name,
            citation=step.citation,
        )
    elif step.transform is Transform.REVIEW:
        yield Finding(
            code="review_needed",
            message=f"`{one.name}` waits for a person's review",
            name=one.name,
            citation=step.citation,
        )
    if one.code is CodeOrigin.DERIVED:
        yield Finding(
            code="code_derived",
            message=f"the code in `{one.name}` is derived from the person, as a hash is",
            name=one.name,
            citation=_CODES,
        )
