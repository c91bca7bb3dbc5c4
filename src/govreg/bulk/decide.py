"""One decision for many rows: the outcome as a column, by the rules that decide one question.

For one act under one law, on one day. Reasons are asked for row by row of what is to be shown, by
the in-process decision; both give the same outcome.
"""

from __future__ import annotations

import datetime as dt
import functools
import operator
from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING

from govreg.bulk.compile import Columns
from govreg.bulk.library import Column, library
from govreg.bulk.stages import staged
from govreg.condition.expression import ALWAYS, NEVER, Any_, Expression
from govreg.policy.adopt import Adopted
from govreg.policy.bench import Asked, Bench, bench
from govreg.policy.facts import PRESUMED
from govreg.policy.outcome import Outcome
from govreg.policy.rule import Effect, RuleBook

if TYPE_CHECKING:
    from ibis.expr.types import Table


def outcomes(
    rows: Table,
    rules: RuleBook,
    *,
    law: str,
    act: str,
    on: dt.date,
    adopted: Adopted,
    columns: Mapping[str, str],
    facts: Mapping[str, object] | None = None,
    into: str = "outcome",
) -> Table:
    """The rows with the outcome of each, as text, in one more column.

    Args:
        rows: What is asked about.
        rules: Every rule that is loaded.
        law: The law that is asked.
        act: What is about to be done.
        on: The date that the rules must be in force.
        adopted: Which rules a named person has adopted.
        columns: Facts that differ from row to row, with the columns of `rows` that hold them; null
            is not known.
        facts: Facts that are the same for every row. What neither names is presumed, or not known.
        into: The name of the new column.

    Raises:
        UsageProblem: the extra `bulk` is not installed.
        ValueError: the rows have a column of the new one's name.
    """
    ibis = library()
    if into in rows.columns:
        raise ValueError(f"the rows have a column `{into}` already")
    held = bench(rules, law, act, on)
    if not held.gates:
        return rows.mutate(**{into: ibis.literal(str(Outcome.NEEDS_HUMAN))})
    known = {**PRESUMED, **(facts or {})}
    known |= {"request.law": law, "request.act": act, "decision.date": on}
    judged, truths = staged(rows, dict(_conditions(held, adopted)), columns=columns, facts=known)
    outcome = ibis.cases(*_steps(truths, len(held.gates)), else_=str(Outcome.ALLOW))
    return judged.select(*rows.columns, **{into: outcome})


def _conditions(held: Bench, adopted: Adopted) -> Iterator[tuple[str, Expression]]:
    """What the outcome is made of, each by a name."""

    def some(among: Iterable[Asked]) -> Expression:
        parts = tuple(asked.holds for asked in among)
        return Any_(parts=parts) if parts else NEVER

    yield "outside", some(held.scopes)
    for effect in (Effect.DENY, Effect.NEEDS_HUMAN, Effect.RESTRICT):
        yield effect, some(asked for asked in held.closing if asked.rule.effect is effect)
    for at, gate in enumerate(held.gates):
        stands = gate.gate.when if gate.gate else None
        open_ = gate.gate is not None and gate.gate.open
        yes = [asked for asked in gate.opening if adopted.holds(asked.rule)]
        yield f"stands {at}", stands or ALWAYS
        yield f"opens {at}", ALWAYS if open_ else some(yes)
        yield f"wants {at}", some(asked for asked in gate.opening if asked not in yes)


def _steps(truths: Mapping[str, Columns], gates: int) -> list[tuple[Column, str]]:
    """What makes each outcome, the first that applies first."""
    outside = truths["outside"]
    denies, asks, restricts = (
        truths[effect] for effect in (Effect.DENY, Effect.NEEDS_HUMAN, Effect.RESTRICT)
    )
    each = [
        [truths[f"{word} {at}"] for word in ("stands", "opens", "wants")] for at in range(gates)
    ]
    closed = _any(stands.true & opens.false & wants.false for stands, opens, wants in each)
    passed = _all(stands.false | opens.true for stands, opens, _ in each)
    some_stand = _any(~stands.false for stands, _, _ in each)
    ask = asks.true | asks.unknown | denies.unknown | restricts.unknown
    return [
        (outside.true, str(Outcome.NOT_APPLICABLE)),
        (denies.true, str(Outcome.DENY)),
        (ask, str(Outcome.NEEDS_HUMAN)),
        (closed, str(Outcome.DENY)),
        (~(passed & some_stand) | outside.unknown, str(Outcome.NEEDS_HUMAN)),
        (restricts.true, str(Outcome.RESTRICT)),
    ]


def _any(parts: Iterable[Column]) -> Column:
    return functools.reduce(operator.or_, parts)


def _all(parts: Iterable[Column]) -> Column:
    return functools.reduce(operator.and_, parts)
