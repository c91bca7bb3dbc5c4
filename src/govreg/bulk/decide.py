"""One decision for many rows: the outcome as a column, by the rules that decide one question.

For one act under one law, on one day. Reasons are asked for row by row of what is to be shown, by
the in-process decision; both give the same outcome.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from govreg.bulk.extra import library
from govreg.bulk.stages import staged
from govreg.condition.expression import ALWAYS, All, Any_, Expression, Known, Not
from govreg.policy.adopt import Adopted
from govreg.policy.assessment import settled
from govreg.policy.bench import Asked, Bench, Standing
from govreg.policy.evaluate import bench_for
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
        facts: Facts that are the same for every row, judgements among them. What neither names is
            presumed, or not known.
        into: The name of the new column.

    Raises:
        UsageProblem: the extra `bulk` is not installed.
        ValueError: the rows have a column of the new one's name.
    """
    ibis = library()
    if into in rows.columns:
        raise ValueError(f"the rows have a column `{into}` already")
    held = bench_for(rules, law, act, on)
    if isinstance(held, str):
        return rows.mutate(**{into: ibis.literal(str(Outcome.NEEDS_HUMAN))})
    said, _ = settled(facts or {}, on)
    known: dict[str, object] = {**PRESUMED, **said}
    known |= {"request.law": law, "request.act": act, "decision.date": on}
    steps = _steps(held, adopted)
    judged, truths = staged(rows, [step for step, _ in steps], columns=columns, facts=known)
    branches = [(truth, str(outcome)) for truth, (_, outcome) in zip(truths, steps, strict=True)]
    outcome = ibis.cases(*branches, else_=str(Outcome.NEEDS_HUMAN))
    return judged.select(*rows.columns, **{into: outcome})


def _steps(held: Bench, adopted: Adopted) -> list[tuple[Expression, Outcome]]:
    """What makes each outcome where it is true, the first first; else a person is asked.

    The steps of `policy/evaluate`, in an order that suits many rows.
    """
    outside = _some(held.scopes)
    closing: dict[Effect, list[Asked]] = {}
    for asked in held.closing:
        closing.setdefault(asked.rule.effect, []).append(asked)
    denies, asks, restricts = (
        _some(closing.get(effect, ()))
        for effect in (Effect.DENY, Effect.NEEDS_HUMAN, Effect.RESTRICT)
    )
    # one by one: a rule that is true hides another's doubt, and doubt asks
    doubts = tuple(_unknown(asked.holds) for asked in closing.get(Effect.RESTRICT, ()))
    gates = [_Gate.of(gate, adopted) for gate in held.gates]
    closed = [
        All(parts=(gate.stands, Not(part=gate.opens), Not(part=gate.wants))) for gate in gates
    ]
    passed = All(
        parts=(
            Not(part=outside),
            *(Any_(parts=(Not(part=gate.stands), gate.opens)) for gate in gates),
            Any_(parts=tuple(_not_false(gate.stands) for gate in gates)),
        )
    )
    return [
        (outside, Outcome.NOT_APPLICABLE),
        (denies, Outcome.DENY),
        (
            Any_(parts=(_not_false(asks), _unknown(denies), *doubts)),
            Outcome.NEEDS_HUMAN,
        ),
        (Any_(parts=tuple(closed)), Outcome.DENY),
        (All(parts=(restricts, passed)), Outcome.RESTRICT),
        (passed, Outcome.ALLOW),
    ]


@dataclass(frozen=True, slots=True)
class _Gate:
    """Whether a gate stands, is opened, or would be if a person adopted a rule."""

    stands: Expression
    opens: Expression
    wants: Expression

    @classmethod
    def of(cls, gate: Standing, adopted: Adopted) -> _Gate:
        yes = [asked for asked in gate.opening if adopted.holds(asked.rule)]
        is_open = gate.gate is not None and gate.gate.open
        return cls(
            stands=(gate.gate.when if gate.gate else None) or ALWAYS,
            opens=ALWAYS if is_open else _some(yes),
            wants=_some(asked for asked in gate.opening if asked not in yes),
        )


def _some(among: Iterable[Asked]) -> Expression:
    return Any_(parts=tuple(asked.holds for asked in among))


def _unknown(one: Expression) -> Expression:
    return Not(part=Known(part=one))


def _not_false(one: Expression) -> Expression:
    return Any_(parts=(one, _unknown(one)))
