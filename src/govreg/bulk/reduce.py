"""What is the same for every row is decided once, by the closure, and leaves the condition."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace

from govreg.condition.closure import compiled
from govreg.condition.expression import (
    All,
    Any_,
    Compare,
    Expression,
    Known,
    Not,
    Op,
    facts_of,
)
from govreg.condition.truth import Truth, of, opposite

_NOBODY_KNOWS = Compare(fact="", op=Op.IS, value=True)
"""Unknown in every row: there is no fact without a name."""


def reduced(
    expression: Expression, facts: Mapping[str, object], varying: Collection[str]
) -> Expression | Truth:
    """What is left of the condition, or its truth value where that is the same for every row.

    Args:
        expression: The condition, with no table left that is not looked up.
        facts: What is the same for every row.
        varying: The facts that are not.
    """
    match expression:
        case Compare():
            if any(name in varying for name in facts_of(expression)):
                return expression
            return compiled(expression)(facts)
        case Not():
            part = reduced(expression.part, facts, varying)
            return opposite(part) if isinstance(part, Truth) else Not(part=part)
        case Known():
            part = reduced(expression.part, facts, varying)
            return of(part is not Truth.UNKNOWN) if isinstance(part, Truth) else Known(part=part)
        case All() | Any_():
            parts = [reduced(part, facts, varying) for part in expression.parts]
            return _joined(expression, dict.fromkeys(parts))


def _joined(joins: All | Any_, parts: Collection[Expression | Truth]) -> Expression | Truth:
    decides = Truth.FALSE if isinstance(joins, All) else Truth.TRUE
    if decides in parts:
        return decides
    left = [part for part in parts if not isinstance(part, Truth)]
    if Truth.UNKNOWN in parts:
        if not left:
            return Truth.UNKNOWN
        left.append(_NOBODY_KNOWS)
    if not left:
        return opposite(decides)
    return left[0] if len(left) == 1 else replace(joins, parts=tuple(left))
