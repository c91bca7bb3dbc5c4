"""A condition compiled to a Python function of facts.

A fact that is missing or None is unknown. A value of a kind that cannot be compared is unknown
too: it must not decide anything.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from govreg.condition.expression import All, Any_, Compare, Expression, Not, Op
from govreg.condition.truth import Truth, both, either, of, opposite

Test = Callable[[Mapping[str, object]], Truth]


def compiled(expression: Expression) -> Test:
    """A function that evaluates the condition over facts."""
    match expression:
        case Compare():
            return _comparison(expression)
        case Not():
            inner = compiled(expression.part)
            return lambda facts: opposite(inner(facts))
        case All():
            parts = tuple(compiled(part) for part in expression.parts)
            return lambda facts: both(part(facts) for part in parts)
        case Any_():
            parts = tuple(compiled(part) for part in expression.parts)
            return lambda facts: either(part(facts) for part in parts)


def _comparison(compare: Compare) -> Test:
    name, op, wanted = compare.fact, compare.op, compare.value
    if op is Op.KNOWN:
        return lambda facts: of((facts.get(name) is not None) is wanted)

    def test(facts: Mapping[str, object]) -> Truth:
        held = facts.get(name)
        if held is None or not _comparable(op, held, wanted):
            return Truth.UNKNOWN
        try:
            return of(_holds(op, held, wanted))
        except TypeError:
            return Truth.UNKNOWN

    return test


def _holds(op: Op, held: Any, wanted: Any) -> bool:  # noqa: C901, PLR0911 - one line each
    match op:
        case Op.IS:
            return bool(held == wanted)
        case Op.IS_NOT:
            return bool(held != wanted)
        case Op.IN:
            return held in wanted
        case Op.NOT_IN:
            return held not in wanted
        case Op.CONTAINS:
            return wanted in held
        case Op.UNDER:
            return bool(held == wanted or str(held).startswith(f"{wanted}."))
        case Op.LT:
            return bool(held < wanted)
        case Op.LE:
            return bool(held <= wanted)
        case Op.GT:
            return bool(held > wanted)
        case Op.GE:
            return bool(held >= wanted)
        case Op.KNOWN:
            return (held is not None) is wanted


def _comparable(op: Op, held: Any, wanted: Any) -> bool:
    """Whether the comparison means anything: a text is no set, and no flag."""
    if op is Op.CONTAINS:
        return not isinstance(held, str)
    values = wanted if isinstance(wanted, tuple) else (wanted,)
    return all(_kind(held) is _kind(value) for value in values)


def _kind(value: object) -> type:
    """What a value can be compared with: to Python, true is 1; here it is not."""
    for kind in (bool, str):
        if isinstance(value, kind):
            return kind
    return float if isinstance(value, int | float) else type(value)
