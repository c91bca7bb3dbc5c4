"""A condition compiled to one column of three truth values: true, false, and NULL for unknown.

The column answers for a million rows what the closure of `condition/` answers for one. SQL's own
AND, OR and NOT keep the truth values of `condition/truth`, so that every part of a condition is
written once, whoever asks whether it is true or unknown. `Columns` is how such a column is read:
NULL is unknown there, and never true or false.

A fact whose column is of a kind that cannot be compared is unknown in every row.
"""

from __future__ import annotations

import datetime as dt
import functools
import operator
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from govreg.bulk.extra import Column, library
from govreg.bulk.lookup import looked_up
from govreg.condition.closure import compiled
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
    Value,
)
from govreg.condition.truth import Truth

if TYPE_CHECKING:
    from ibis.expr.types import BooleanValue

Facts = Mapping[str, object]
"""A column for each fact that differs from row to row, a plain value for each that does not."""


@dataclass(frozen=True, slots=True)
class Columns:
    """A truth value for each row, as columns that are never null."""

    true: BooleanValue
    unknown: BooleanValue

    @property
    def false(self) -> BooleanValue:
        """Where the condition is known not to hold."""
        return ~self.true & ~self.unknown


def columns(expression: Expression, facts: Facts) -> Columns:
    """The condition over columns.

    Args:
        expression: The condition, with no table left that is not looked up.
        facts: What is known at all.
    """
    found = truth(expression, facts, {})
    return Columns(found.fill_null(False), found.isnull())


def constant(found: Truth) -> BooleanValue:
    """The same truth value for every row."""
    return _unknown() if found is Truth.UNKNOWN else library().literal(found is Truth.TRUE)


def truth(
    expression: Expression, facts: Facts, named: Mapping[Expression, BooleanValue]
) -> BooleanValue:
    """The condition as one column; null where it is not known.

    Args:
        expression: The condition, with no table left that is not looked up.
        facts: What is known at all.
        named: Conditions that are columns already.
    """
    held = named.get(expression)
    if held is not None:
        return held
    match expression:
        case Compare():
            return _compared(expression, facts)
        case Not():
            return _negated(truth(expression.part, facts, named))
        case Known():
            return truth(expression.part, facts, named).notnull()
        case All() | Any_():
            both = isinstance(expression, All)
            parts = [truth(part, facts, named) for part in expression.parts]
            joined = operator.and_ if both else operator.or_
            return functools.reduce(joined, parts) if parts else library().literal(both)


def _compared(compare: Compare, facts: Facts) -> Column:
    left, right = compare.through or FactRef(name=compare.fact), compare.value
    if isinstance(left, Lookup) and not isinstance(right, FactRef | Lookup | TableRef):
        return _asked_of_table(left, compare, facts)
    held = _operand(left, facts)
    if compare.op is Op.KNOWN:
        if held is None:
            return library().literal(not right)
        return held.notnull() if right else held.isnull()
    wanted: Any = right
    if isinstance(right, FactRef | Lookup | TableRef):
        wanted = _operand(right, facts)
    elif not isinstance(right, tuple):
        wanted = library().literal(right)
    if held is None or wanted is None:
        return _unknown()
    return _holds(held, compare.op, wanted)


def _asked_of_table(table: Lookup, compare: Compare, facts: Facts) -> Column:
    """One question about a table's value: answered for each of its values beforehand."""
    test = compiled(Compare(fact=table.table, op=compare.op, value=compare.value))

    def meaning(value: Value | None) -> bool | None:
        found = test({table.table: value})
        return None if found is Truth.UNKNOWN else found is Truth.TRUE

    found = looked_up(table, _fact(table.by, facts), meaning, "boolean")
    return _unknown() if found is None else found


def _holds(held: Column, op: Op, wanted: Any) -> Column:
    """The comparison with a column or with several values; null where a side is null.

    What is of another kind is unknown, but a set holds no member of another kind.
    """
    if isinstance(wanted, tuple):
        kinds = {_kind_of_value(value) for value in wanted}
    else:
        kinds = {_kind(wanted.type())}
    if op is Op.CONTAINS:
        if not held.type().is_array():
            return _unknown()
        if kinds == {_kind(held.type().value_type)}:
            return held.contains(wanted)
        return (held.isnull() | wanted.isnull()).nullif(True)
    if kinds != {_kind(held.type())} or kinds == {None}:
        return _unknown()
    if op is Op.UNDER:
        return _under(held, wanted) if kinds == {"text"} else _unknown()
    return _HOLDS[op](_number(held), wanted if isinstance(wanted, tuple) else _number(wanted))


def _operand(operand: FactRef | Lookup | TableRef, facts: Facts) -> Column | None:
    match operand:
        case FactRef():
            return _fact(operand.name, facts)
        case Lookup():
            kind = _type_of(operand)
            return looked_up(operand, _fact(operand.by, facts), lambda value: value, kind)
        case TableRef():
            raise TypeError(f"table `{operand.name}` was not looked up")


def _fact(name: str, facts: Facts) -> Column | None:
    """The fact's column, or what it is in every row; None where it is not known at all."""
    held: Any = facts.get(name)
    if held is None or hasattr(held, "type"):
        return held
    if _kind_of_value(held) is not None:
        return library().literal(held)
    if isinstance(held, str | Mapping) or not isinstance(held, Iterable):
        return None
    return library().literal([one for one in held if isinstance(one, str)], "array<string>")


def _number(held: Column) -> Column:
    """What is not a number is compared with nothing."""
    if held.type().is_floating():
        return held.isnan().ifelse(None, held)
    return held


def _unknown() -> Column:
    """Not `null`: the library writes `null = x` as `null IS x`, which is never null."""
    true = library().literal(True)
    return true.nullif(true)


def _type_of(table: Lookup) -> str:
    """The type of a table's values, all of one kind, in the library's words."""
    values = [value for _, value in table.rows]
    if any(isinstance(value, float) for value in values):
        return "float64"
    kinds = {"text": "string", "flag": "boolean", "number": "int64", "date": "date"}
    return kinds[_kind_of_value(values[0]) or "text"]


def _kind_of_value(value: object) -> str | None:
    if isinstance(value, bool):
        return "flag"
    if isinstance(value, int | float):
        return "number"
    if isinstance(value, dt.date) and not isinstance(value, dt.datetime):
        return "date"
    return "text" if isinstance(value, str) else None


def _kind(kind: Any) -> str | None:
    if kind.is_boolean():
        return "flag"
    if kind.is_integer() or kind.is_floating():
        return "number"
    if kind.is_date():
        return "date"
    return "text" if kind.is_string() else None


def _negated(held: Column) -> Column:
    """Not `~`: the library writes `(NOT x) IS NULL` without the parentheses."""
    return held == library().literal(False)


def _under(held: Column, wanted: Any) -> Column:
    values = wanted if isinstance(wanted, tuple) else (wanted,)
    each = [(held == value) | held.startswith(value + ".") for value in values]
    return functools.reduce(operator.or_, each)


_HOLDS: Mapping[Op, Callable[[Column, Any], Column]] = {
    Op.IS: operator.eq,
    Op.IS_NOT: operator.ne,
    Op.IN: lambda held, wanted: held.isin(wanted),
    Op.NOT_IN: lambda held, wanted: _negated(held.isin(wanted)),
    Op.LT: operator.lt,
    Op.LE: operator.le,
    Op.GT: operator.gt,
    Op.GE: operator.ge,
}
