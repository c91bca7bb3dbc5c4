"""A condition as a frozen tree over named facts."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

Value = str | int | float | bool
"""What a fact is compared with."""


class Op(StrEnum):
    """How a fact is compared."""

    IS = "is"
    IS_NOT = "is_not"
    IN = "in"
    NOT_IN = "not_in"
    CONTAINS = "contains"
    """The fact is a set and holds the value."""
    UNDER = "under"
    """The fact is a dotted category at or below the value."""
    LT = "lt"
    LE = "le"
    GT = "gt"
    GE = "ge"
    KNOWN = "known"
    """Whether the fact is known at all; the one comparison that is never unknown."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Compare:
    """A fact against a value, or against several."""

    fact: str
    op: Op
    value: Value | tuple[Value, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class All:
    """Every part holds. Never empty."""

    parts: tuple[Expression, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Any_:  # noqa: N801 - `Any` is taken
    """At least one part holds. Never empty."""

    parts: tuple[Expression, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Not:
    """The part does not hold."""

    part: Expression


Expression = Compare | All | Any_ | Not


def comparisons(expression: Expression) -> Iterator[Compare]:
    """Every comparison in a tree."""
    match expression:
        case Compare():
            yield expression
        case Not():
            yield from comparisons(expression.part)
        case All() | Any_():
            for part in expression.parts:
                yield from comparisons(part)
