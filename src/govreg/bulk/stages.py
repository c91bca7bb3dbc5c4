"""Conditions as columns of a table, in stages: what is asked more than once is a column first.

Later stages name the columns of earlier ones, so that the query grows with the rules and not with
how often one of them is used.
"""

from __future__ import annotations

import functools
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import count
from typing import TYPE_CHECKING

from govreg.bulk.compile import constant, truth
from govreg.bulk.reduce import reduced
from govreg.condition.expression import All, Any_, Compare, Expression, Known, Lookup, Not
from govreg.condition.truth import Truth

if TYPE_CHECKING:
    from ibis.expr.types import BooleanValue, Table


def staged(
    rows: Table,
    conditions: Sequence[Expression],
    *,
    columns: Mapping[str, str],
    facts: Mapping[str, object],
) -> tuple[Table, list[BooleanValue]]:
    """The rows with more columns, and each condition over them; null where it is not known.

    Args:
        rows: What is asked about.
        conditions: What is asked.
        columns: Facts that differ from row to row, with the columns that hold them.
        facts: Facts that are the same for every row; what is in neither is not known.
    """
    left = [reduced(one, facts, columns) for one in conditions]
    free = _free_names(rows)
    held: dict[Expression, str] = {}

    def over(table: Table, each: Iterable[Expression]) -> list[BooleanValue]:
        known = {**facts, **{fact: table[column] for fact, column in columns.items()}}
        named = {one: table[name] for one, name in held.items()}
        return [truth(one, known, named) for one in each]

    for stage in _repeated(one for one in left if not isinstance(one, Truth)):
        new = dict(zip(stage, free, strict=False))
        rows = rows.mutate(**dict(zip(new.values(), over(rows, new), strict=True)))
        held |= new
    asked = iter(over(rows, (one for one in left if not isinstance(one, Truth))))
    return rows, [constant(one) if isinstance(one, Truth) else next(asked) for one in left]


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
    repeated = {one for one, times in uses.items() if times > 1 and not _is_cheap(one)}

    @functools.cache
    def height(one: Expression) -> int:
        return max(map(height, _parts(one)), default=0) + (one in repeated)

    stages: dict[int, list[Expression]] = {}
    for one in uses:
        if one in repeated:
            stages.setdefault(height(one), []).append(one)
    return [stages[at] for at in sorted(stages)]


def _is_cheap(one: Expression) -> bool:
    """A comparison with words that are given: naming a column costs as much."""
    return isinstance(one, Compare) and not (one.through or isinstance(one.value, Lookup))


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
