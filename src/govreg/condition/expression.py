"""A condition as a frozen tree over named facts."""

from __future__ import annotations

import datetime as dt
import functools
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from enum import StrEnum

Value = str | int | float | bool | dt.date
"""What a fact is compared with."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FactRef:
    """Another fact's value, as what a fact is compared with."""

    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TableRef:
    """A table that is not looked up yet: only its name is known."""

    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Lookup:
    """A table's value for what a fact holds."""

    table: str
    by: str
    """The fact that is looked up."""
    rows: tuple[tuple[str, Value], ...]
    default: Value | None = None
    dotted: bool = False
    """The keys are dotted categories: the longest one at or above the fact's value counts."""
    _of: Callable[[str], Value | None] = field(init=False, repr=False, compare=False, hash=False)

    def __post_init__(self) -> None:
        held = dict(self.rows)

        @functools.lru_cache(maxsize=1024)  # the same few values are asked for again and again
        def value(key: str) -> Value | None:
            found = held.get(key)
            while self.dotted and found is None and "." in key:
                key = key.rpartition(".")[0]
                found = held.get(key)
            return self.default if found is None else found

        object.__setattr__(self, "_of", value)

    def of(self, held: object) -> Value | None:
        """The value for a fact's value; None where the table says nothing."""
        return self._of(held) if isinstance(held, str) else None


Operand = Value | tuple[Value, ...] | FactRef | TableRef | Lookup


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
    """A fact against a value, or against several; `through` looks the fact up first."""

    fact: str
    op: Op
    value: Operand
    through: Lookup | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class All:
    """Every part holds. Never empty, but for `ALWAYS`."""

    parts: tuple[Expression, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Any_:  # noqa: N801 - `Any` is taken
    """At least one part holds. Never empty, but for `NEVER`."""

    parts: tuple[Expression, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Not:
    """The part does not hold."""

    part: Expression


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """Whether the part is true or false at all; never unknown itself."""

    part: Expression


Expression = Compare | All | Any_ | Not | Known

ALWAYS = All(parts=())
"""What holds whatever the facts are."""
NEVER = Any_(parts=())
"""What never holds."""


def comparisons(expression: Expression) -> Iterator[Compare]:
    """Every comparison in a tree."""
    match expression:
        case Compare():
            yield expression
        case Not() | Known():
            yield from comparisons(expression.part)
        case All() | Any_():
            for part in expression.parts:
                yield from comparisons(part)


def facts_of(expression: Expression) -> Iterator[str]:
    """Every fact that a tree asks about."""
    for compare in comparisons(expression):
        yield compare.fact
        if isinstance(compare.value, FactRef):
            yield compare.value.name
        elif isinstance(compare.value, Lookup):
            yield compare.value.by


def mapped(expression: Expression, change: Callable[[Compare], Expression]) -> Expression:
    """The tree with every comparison replaced by what `change` makes of it."""
    match expression:
        case Compare():
            return change(expression)
        case Not() | Known():
            return replace(expression, part=mapped(expression.part, change))
        case All() | Any_():
            return replace(expression, parts=tuple(mapped(p, change) for p in expression.parts))
