"""A condition compiled to a Python function of facts.

A fact that is missing or None is unknown. A value of a kind that cannot be compared is unknown
too: it must not decide anything. Values are texts, flags, numbers, days, and sets of texts.

Nearly all that conditions ask is whether a fact is one of some words, or a flag. `all` and `any`
ask that themselves, before their other parts: a function call for each would take most of the time
of a decision.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

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
    comparisons,
)
from govreg.condition.truth import Truth, of, opposite

Test = Callable[[Mapping[str, object]], Truth]
Reader = Callable[[Mapping[str, object]], Any]


def compiled(expression: Expression) -> Test:
    """A function that evaluates the condition over facts."""
    plain = _plain(expression)
    if plain is not None:
        return _plain_test(plain)
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
            return _joined(tuple(conjuncts(expression)), decides=Truth.FALSE)
        case Any_():
            return _joined(expression.parts, decides=Truth.TRUE)


class Plain(NamedTuple):
    """Whether a fact is a flag, some word or below one; unknown where it is of another kind."""

    fact: str
    kind: type
    values: frozenset[object]
    met: bool
    """The answer where the fact is one of the values; the other one where it is not."""


def needed(expression: Expression) -> tuple[Plain, ...]:
    """The plain comparisons without each of which the condition is false."""
    return tuple(one for part in conjuncts(expression) if (one := _plain(part)))


def conjuncts(expression: Expression) -> Iterator[Expression]:
    """What must all hold for the condition to hold: `all` within `all`, and `not any` of parts."""
    match expression:
        case All():
            for part in expression.parts:
                yield from conjuncts(part)
        case Not(part=Any_() as any_):
            for part in any_.parts:
                yield from conjuncts(Not(part=part))
        case Not(part=Not() as twice):
            yield from conjuncts(twice.part)
        case _:
            yield expression


def _joined(parts: Sequence[Expression], *, decides: Truth) -> Test:
    """`all` and `any`: a part with the deciding value decides, else one that is unknown."""
    otherwise = opposite(decides)
    plain = [one for part in parts if (one := _plain(part))]
    words = tuple(one._replace(met=of(one.met) is decides) for one in plain)
    others = sorted((part for part in parts if _plain(part) is None), key=_size)
    tests = tuple(compiled(part) for part in others)

    def test(facts: Mapping[str, object]) -> Truth:
        answer = otherwise
        for name, kind, values, met_decides in words:
            held = facts.get(name)
            if not isinstance(held, kind):
                answer = Truth.UNKNOWN
            elif (held in values) is met_decides:
                return decides
        for part in tests:
            found = part(facts)
            if found is decides:
                return found
            if found is Truth.UNKNOWN:
                answer = found
        return answer

    return test


def _size(expression: Expression) -> int:
    """How much there is to ask: the order of parts is free, and little may decide."""
    return sum(1 for _ in comparisons(expression))


def _plain(expression: Expression) -> Plain | None:
    if isinstance(expression, Not):
        inner = _plain(expression.part)
        return inner and inner._replace(met=not inner.met)
    if not isinstance(expression, Compare) or expression.through is not None:
        return None
    values = expression.value if isinstance(expression.value, tuple) else (expression.value,)
    kinds = {value.__class__ for value in values}
    if expression.op is Op.UNDER and kinds == {str}:
        return Plain(expression.fact, str, _AtOrBelow(values), met=True)
    if expression.op not in _PLAIN or kinds not in ({str}, {bool}):
        return None
    return Plain(expression.fact, kinds.pop(), frozenset(values), _PLAIN[expression.op])


class _AtOrBelow(frozenset[object]):
    """Dotted categories: one at or below any of them is among them."""

    __slots__ = ("_prefixes",)

    def __init__(self, values: Iterable[object]) -> None:
        """The prefixes of what is below."""
        self._prefixes = tuple(f"{value}." for value in values)

    def __contains__(self, held: object) -> bool:
        """Whether a category, which is a text, is one of them or below one."""
        return f"{held}.".startswith(self._prefixes)


_PLAIN = {Op.IS: True, Op.IN: True, Op.IS_NOT: False, Op.NOT_IN: False}
"""What each of these answers where the fact is one of the values."""


def _plain_test(plain: Plain) -> Test:
    name, kind, values, met = plain

    def test(facts: Mapping[str, object]) -> Truth:
        held = facts.get(name)
        if not isinstance(held, kind):
            return Truth.UNKNOWN
        return of((held in values) is met)

    return test


def _comparison(compare: Compare) -> Test:
    op, wanted = compare.op, compare.value
    held_of = _operand(compare.through or FactRef(name=compare.fact))
    if op is Op.KNOWN:
        return lambda facts: of((held_of(facts) is not None) is wanted)
    holds = _HOLDS[op]
    if isinstance(wanted, FactRef | Lookup | TableRef):
        wanted_of = _operand(wanted)
        return lambda facts: _compared(op, holds, held_of(facts), wanted_of(facts))
    if isinstance(compare.through, Lookup):
        return _asked_of_table(compare.through, lambda held: _compared(op, holds, held, wanted))
    return lambda facts: _compared(op, holds, held_of(facts), wanted)


def _asked_of_table(table: Lookup, answer: Callable[[object], Truth]) -> Test:
    """One question about a table's value: answered for each of its values beforehand."""
    values = (*(value for _, value in table.rows), table.default, None)
    answers = {(value.__class__, value): answer(value) for value in values}
    name, of_table = table.by, table.of

    def test(facts: Mapping[str, object]) -> Truth:
        value = of_table(facts.get(name))
        return answers[value.__class__, value]

    return test


def _compared(op: Op, holds: Callable[[Any, Any], bool], held: Any, wanted: Any) -> Truth:
    if held is None or wanted is None or not _comparable(op, held, wanted):
        return Truth.UNKNOWN
    try:
        return of(holds(held, wanted))
    except TypeError:
        return Truth.UNKNOWN


def _operand(operand: FactRef | Lookup | TableRef) -> Reader:
    match operand:
        case FactRef():
            name = operand.name
            return lambda facts: facts.get(name)
        case Lookup():
            by, of_table = operand.by, operand.of
            return lambda facts: of_table(facts.get(by))
        case TableRef():
            raise TypeError(f"table `{operand.name}` was not looked up")


def _under(held: Any, wanted: Any) -> bool:
    values = wanted if isinstance(wanted, tuple) else (wanted,)
    return held in values or held.startswith(tuple(f"{value}." for value in values))


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
    kind = _kind(held)
    if kind is None or (op is Op.UNDER and kind is not str):
        return False
    if isinstance(wanted, tuple):
        return all(_kind(value) is kind for value in wanted)
    return _kind(wanted) is kind


def _kind(value: object) -> type | None:
    """What a value can be compared with: to Python, true is 1 and a moment is a day."""
    if isinstance(value, str):
        return str
    if isinstance(value, bool):
        return bool
    if isinstance(value, int | float):
        return float if value == value else None  # noqa: PLR0124 - what is not a number is unknown
    if isinstance(value, dt.date) and not isinstance(value, dt.datetime):
        return dt.date
    return None
