"""A condition compiled to two columns, *true* and *unknown*, that are never null.

The columns answer for a million rows what the closure of `condition/` answers for one, with the
same three truth values: SQL's NULL is read as unknown, and never as true or false. A fact whose
column is of a kind that cannot be compared is unknown in every row.
"""

from __future__ import annotations

import datetime as dt
import functools
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

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
from govreg.errors import UsageProblem

if TYPE_CHECKING:
    from ibis.expr.types import BooleanValue, Value

Column = Any
"""An Ibis value; the library has no types that a checker could follow through operators."""


@dataclass(frozen=True, slots=True)
class Columns:
    """A truth value for each row."""

    true: BooleanValue
    unknown: BooleanValue

    @property
    def false(self) -> BooleanValue:
        """Where the condition is known not to hold."""
        return ~self.true & ~self.unknown


def library() -> Any:
    """The engine's library.

    Raises:
        UsageProblem: the extra is not installed.
    """
    try:
        import ibis
    except ImportError:
        raise UsageProblem(
            "rules over many rows need the extra `bulk`", "install it: `pip install govreg[bulk]`"
        ) from None
    return ibis


def columns(expression: Expression, facts: Mapping[str, Value]) -> Columns:
    """The condition over columns.

    Args:
        expression: The condition, with no table left that is not looked up.
        facts: A column, or a literal, for each fact that is known at all.
    """
    match expression:
        case Compare():
            return _compared(expression, facts)
        case Not():
            inner = columns(expression.part, facts)
            return Columns(inner.false, inner.unknown)
        case Known():
            inner = columns(expression.part, facts)
            return Columns(~inner.unknown, _never())
        case All():
            parts = [columns(part, facts) for part in expression.parts]
            fails = _some(part.false for part in parts)
            open_ = _some(part.unknown for part in parts)
            return Columns(~fails & ~open_, ~fails & open_)
        case Any_():
            parts = [columns(part, facts) for part in expression.parts]
            holds = _some(part.true for part in parts)
            return Columns(holds, ~holds & _some(part.unknown for part in parts))


def _compared(compare: Compare, facts: Mapping[str, Value]) -> Columns:
    held = _operand(compare.through or FactRef(name=compare.fact), facts)
    if compare.op is Op.KNOWN:
        is_known = _never() if held is None else held.notnull()
        return Columns(is_known if compare.value else ~is_known, _never())
    if held is None:
        return Columns(_never(), ~_never())
    value = compare.value
    if isinstance(value, FactRef | Lookup | TableRef):
        wanted = _operand(value, facts)
        if wanted is None:
            return Columns(_never(), ~_never())
        known = held.notnull() & wanted.notnull()
        kinds = {_kind_of(wanted)}
    else:
        wanted, known = value, held.notnull()
        kinds = {_kind(one) for one in (value if isinstance(value, tuple) else (value,))}
    if compare.op is Op.CONTAINS:
        return _contained(held, wanted, kinds, known)
    if kinds != {_kind_of(held)} or (compare.op is Op.UNDER and kinds != {"text"}):
        return Columns(_never(), ~_never())
    return _where(known, _HOLDS[compare.op](held, wanted))


def _contained(held: Column, wanted: Any, kinds: set[str], known: Column) -> Columns:
    """A set holds members of one kind, so that one of another kind is in none of them."""
    if not held.type().is_array():
        return Columns(_never(), ~_never())
    if kinds != {_kind_of_type(held.type().value_type)}:
        return Columns(_never(), ~known)
    return _where(known, held.contains(wanted))


def _where(known: Column, holds: Column) -> Columns:
    return Columns(known & holds.fill_null(False), ~known)


def _operand(operand: FactRef | Lookup | TableRef, facts: Mapping[str, Value]) -> Column | None:
    match operand:
        case FactRef():
            return facts.get(operand.name)
        case Lookup():
            held = facts.get(operand.by)
            return None if held is None else _looked_up(operand, held)
        case TableRef():
            raise TypeError(f"table `{operand.name}` was not looked up")


def _looked_up(table: Lookup, held: Column) -> Column | None:
    if not held.type().is_string():
        return None
    # the longest key first, so that the closest category counts
    rows = sorted(table.rows, key=lambda row: -len(row[0]))
    branches = [
        ((held == key) | held.startswith(f"{key}.") if table.dotted else held == key, value)
        for key, value in rows
    ]
    found = library().cases(*branches) if branches else None
    if table.default is None:
        return found
    default = library().literal(table.default)
    known = default if found is None else found.coalesce(default)
    return held.notnull().ifelse(known, None)


def _kind(value: object) -> str:
    if isinstance(value, bool):
        return "flag"
    if isinstance(value, int | float):
        return "number"
    return "date" if isinstance(value, dt.date) else "text"


def _kind_of(held: Column) -> str:
    return _kind_of_type(held.type())


def _kind_of_type(kind: Any) -> str:
    if kind.is_boolean():
        return "flag"
    if kind.is_numeric():
        return "number"
    if kind.is_date():
        return "date"
    return "text" if kind.is_string() else "other"


def _under(held: Column, wanted: Any) -> Column:
    values = wanted if isinstance(wanted, tuple) else (wanted,)
    return _some((held == value) | held.startswith(f"{value}.") for value in values)


_HOLDS: Mapping[Op, Callable[[Column, Any], Column]] = {
    Op.IS: lambda held, wanted: held == wanted,
    Op.IS_NOT: lambda held, wanted: held != wanted,
    Op.IN: lambda held, wanted: held.isin(wanted),
    Op.NOT_IN: lambda held, wanted: held.notin(wanted),
    Op.UNDER: _under,
    Op.LT: lambda held, wanted: held < wanted,
    Op.LE: lambda held, wanted: held <= wanted,
    Op.GT: lambda held, wanted: held > wanted,
    Op.GE: lambda held, wanted: held >= wanted,
}


def _some(parts: Any) -> Column:
    return functools.reduce(lambda one, other: one | other, parts)


def _never() -> Column:
    return library().literal(False)
