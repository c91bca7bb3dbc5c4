"""Conditions as columns of a table, in stages: what is asked more than once is a column first.

Later stages name the columns of earlier ones, so that the query grows with the rules and not with
how often one of them is used.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from itertools import count
from typing import TYPE_CHECKING

from govreg.bulk.compile import Columns, read, truth
from govreg.bulk.reduce import reduced
from govreg.condition.expression import All, Any_, Compare, Expression, Known, Not
from govreg.condition.truth import Truth

if TYPE_CHECKING:
    from ibis.expr.types import Table


def staged(
    rows: Table,
    conditions: Mapping[str, Expression],
    *,
    columns: Mapping[str, str],
    facts: Mapping[str, object],
) -> tuple[Table, dict[str, Columns]]:
    """The rows with more columns, and what these say of each condition.

    Args:
        rows: What is asked about.
        conditions: Conditions by any name.
        columns: Facts that differ from row to row, with the columns that hold them.
        facts: Facts that are the same for every row; what is in neither is not known.
    """
    left = {name: reduced(one, facts, columns) for name, one in conditions.items()}
    wanted = {name: one for name, one in left.items() if not isinstance(one, Truth)}
    free = _free_names(rows)
    held: dict[Expression, str] = {}
    for stage in [*_repeated(wanted.values()), list(dict.fromkeys(wanted.values()))]:
        known = {**facts, **{fact: rows[column] for fact, column in columns.items()}}
        named = {one: rows[name] for one, name in held.items()}
        new = {one: next(free) for one in stage if one not in held}
        rows = rows.mutate(**{name: truth(one, known, named) for one, name in new.items()})
        held |= new
    return rows, {
        name: read(one if isinstance(one, Truth) else rows[held[one]])
        for name, one in left.items()
    }


def _repeated(conditions: Iterable[Expression]) -> list[list[Expression]]:
    """What stands in the conditions more than once, each after all that it is made of."""
    uses: Counter[Expression] = Counter()

    def meet(one: Expression) -> None:
        uses[one] += 1
        if uses[one] == 1:
            for part in _parts(one):
                meet(part)

    for condition in conditions:
        meet(condition)
    stages: list[list[Expression]] = []
    heights: dict[Expression, int] = {}

    def height(one: Expression) -> int:
        if one not in heights:
            below = max(map(height, _parts(one)), default=0)
            heights[one] = below + (uses[one] > 1)
        return heights[one]

    for one, times in uses.items():
        if times > 1:
            at = height(one)
            stages += ([] for _ in range(at - len(stages)))
            stages[at - 1].append(one)
    return stages


def _parts(expression: Expression) -> tuple[Expression, ...]:
    match expression:
        case Compare():
            return ()
        case Not() | Known():
            return (expression.part,)
        case All() | Any_():
            return expression.parts


def _free_names(rows: Table) -> Iterator[str]:
    """Names that no column of the rows has."""
    taken = set(rows.columns)
    return (name for name in (f"condition_{at}" for at in count()) if name not in taken)
