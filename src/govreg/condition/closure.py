"""A condition compiled to a Python function of facts.

A fact that is missing or None is unknown. A value of a kind that cannot be compared is unknown
too: it must not decide anything.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from govreg.condition.expression import (
    All,
    Any_,
    Compare,
    Expression,
    FactRef,
    Known,
    Lookup,
    Not,
    Op,
    TableRef,
)
from govreg.condition.truth import Truth, of, opposite

Test = Callable[[Mapping[str, object]], Truth]
Reader = Callable[[Mapping[str, object]], Any]


def compiled(expression: Expression) -> Test:
    """A function that evaluates the condition over facts."""
    match expression:
        case Compare():
            return _comparison(expression)
        case Not():
            inner = compiled(expression.part)
            return lambda facts: opposite(inner(facts))
        case Known():
            held = compiled(expression.part)
            return lambda facts: of(held(facts) is not Truth.UNKNOWN)
        case All():
            return _all(tuple(compiled(part) for part in expression.parts))
        case Any_():
            return _any(tuple(compiled(part) for part in expression.parts))


def _all(parts: tuple[Test, ...]) -> Test:
    def test(facts: Mapping[str, object]) -> Truth:
        answer = Truth.TRUE
        for part in parts:
            held = part(facts)
            if held is Truth.FALSE:
                return held
            if held is Truth.UNKNOWN:
                answer = held
        return answer

    return test


def _any(parts: tuple[Test, ...]) -> Test:
    def test(facts: Mapping[str, object]) -> Truth:
        answer = Truth.FALSE
        for part in parts:
            held = part(facts)
            if held is Truth.TRUE:
                return held
            if held is Truth.UNKNOWN:
                answer = held
        return answer

    return test


def _comparison(compare: Compare) -> Test:
    held_of, op = _left(compare), compare.op
    if op is Op.KNOWN:
        return lambda facts: of((held_of(facts) is not None) is compare.value)
    if isinstance(compare.value, FactRef | Lookup | TableRef):
        return _moving(held_of, op, _right(compare.value))
    wanted = compare.value
    slow = _checked(held_of, op, wanted)
    kind, name = _plain_kind(wanted), compare.fact
    if op not in {Op.IS, Op.IS_NOT, Op.IN} or kind is None or compare.through is not None:
        return slow
    met, unmet = (Truth.FALSE, Truth.TRUE) if op is Op.IS_NOT else (Truth.TRUE, Truth.FALSE)
    values = frozenset(wanted) if isinstance(wanted, tuple) else frozenset((wanted,))

    def test(facts: Mapping[str, object]) -> Truth:
        held = facts.get(name)
        if held is None:
            return Truth.UNKNOWN
        if held.__class__ is kind:  # nearly always, and far quicker to answer
            return met if held in values else unmet
        return slow(facts)

    return test


def _plain_kind(wanted: object) -> type | None:
    """The class of all wanted values, when it is text or truth value."""
    values = wanted if isinstance(wanted, tuple) else (wanted,)
    kinds = {value.__class__ for value in values}
    return kinds.pop() if kinds in ({str}, {bool}) else None


def _checked(held_of: Reader, op: Op, wanted: Any) -> Test:
    holds = _HOLDS[op]

    def test(facts: Mapping[str, object]) -> Truth:
        held = held_of(facts)
        if held is None or not _comparable(op, held, wanted):
            return Truth.UNKNOWN
        try:
            return of(holds(held, wanted))
        except TypeError:
            return Truth.UNKNOWN

    return test


def _moving(held_of: Reader, op: Op, wanted_of: Reader) -> Test:
    """A comparison with what another fact or a table says."""
    holds = _HOLDS[op]

    def test(facts: Mapping[str, object]) -> Truth:
        held, wanted = held_of(facts), wanted_of(facts)
        if held is None or wanted is None or not _comparable(op, held, wanted):
            return Truth.UNKNOWN
        try:
            return of(holds(held, wanted))
        except TypeError:
            return Truth.UNKNOWN

    return test


def _left(compare: Compare) -> Reader:
    if compare.through is not None:
        return _right(compare.through)
    return _fact(compare.fact)


def _right(operand: FactRef | Lookup | TableRef) -> Reader:
    match operand:
        case FactRef():
            return _fact(operand.name)
        case Lookup():
            name, of_table = operand.by, operand.of
            return lambda facts: of_table(facts.get(name))
        case TableRef():
            raise TypeError(f"table `{operand.name}` was not looked up")


def _fact(name: str) -> Reader:
    return lambda facts: facts.get(name)


def _under(held: Any, wanted: Any) -> bool:
    values = wanted if isinstance(wanted, tuple) else (wanted,)
    return any(held == value or str(held).startswith(f"{value}.") for value in values)


_HOLDS: Mapping[Op, Callable[[Any, Any], bool]] = {
    Op.IS: lambda held, wanted: bool(held == wanted),
    Op.IS_NOT: lambda held, wanted: bool(held != wanted),
    Op.IN: lambda held, wanted: held in wanted,
    Op.NOT_IN: lambda held, wanted: held not in wanted,
    Op.CONTAINS: lambda held, wanted: wanted in held,
    Op.UNDER: _under,
    Op.LT: lambda held, wanted: bool(held < wanted),
    Op.LE: lambda held, wanted: bool(held <= wanted),
    Op.GT: lambda held, wanted: bool(held > wanted),
    Op.GE: lambda held, wanted: bool(held >= wanted),
}


def _comparable(op: Op, held: Any, wanted: Any) -> bool:
    """Whether the comparison means anything: a text is no set, and no flag."""
    if op is Op.CONTAINS:
        return not isinstance(held, str)
    if op is Op.UNDER and not isinstance(held, str):
        return False
    values = wanted if isinstance(wanted, tuple) else (wanted,)
    return all(_kind(held) is _kind(value) for value in values)


def _kind(value: object) -> type:
    """What a value can be compared with: to Python, true is 1; here it is not."""
    for kind in (bool, str):
        if isinstance(value, kind):
            return kind
    return float if isinstance(value, int | float) else type(value)
