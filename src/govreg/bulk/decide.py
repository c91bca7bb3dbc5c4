"""One decision for many rows: the outcome as a column, by the rules that decide one question.

For one act under one law, on one day. Reasons are asked for row by row of what is to be shown, by
the in-process decision; both give the same outcome.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from govreg.bulk.compile import Columns, columns, library
from govreg.policy.adopt import Adopted
from govreg.policy.bench import Asked, Bench, Standing, bench
from govreg.policy.facts import PRESUMED
from govreg.policy.outcome import Outcome
from govreg.policy.rule import Effect, RuleBook

if TYPE_CHECKING:
    from ibis.expr.types import StringValue, Value

Column = Any


def outcomes(
    facts: Mapping[str, Value],
    rules: RuleBook,
    *,
    law: str,
    act: str,
    on: dt.date,
    adopted: Adopted,
) -> StringValue:
    """The outcome for each row, as text.

    Args:
        facts: A column, or a literal, for each fact that is known at all.
        rules: Every rule that is loaded.
        law: The law that is asked.
        act: What is about to be done.
        on: The date that the rules must be in force.
        adopted: Which rules a named person has adopted.

    Raises:
        UsageProblem: the extra `bulk` is not installed.
    """
    ibis = library()
    held = bench(rules, law, act, on)
    known: dict[str, Value] = {
        **{name: ibis.literal(value) for name, value in PRESUMED.items()},
        **facts,
        "request.law": ibis.literal(law),
        "request.act": ibis.literal(act),
        "decision.date": ibis.literal(on),
    }
    if not held.gates:
        return ibis.literal(str(Outcome.NEEDS_HUMAN))
    return ibis.cases(*_steps(held, known, adopted), else_=str(Outcome.ALLOW))


def _steps(held: Bench, facts: Mapping[str, Value], adopted: Adopted) -> list[tuple[Column, str]]:
    """What makes each outcome, the first that applies first."""
    scopes = [_truth(asked, facts) for asked in held.scopes]
    closing = [(asked.rule.effect, _truth(asked, facts)) for asked in held.closing]
    gates = [_gate(gate, facts, adopted) for gate in held.gates]
    denied, asks, opened = (_any([gate[at] for gate in gates]) for at in range(3))
    stands = denied | asks | opened
    prohibited = [truth.true for effect, truth in closing if effect is Effect.DENY]
    asking = [truth.true for effect, truth in closing if effect is Effect.NEEDS_HUMAN]
    asking += [truth.unknown for _, truth in closing]
    restricting = [truth.true for effect, truth in closing if effect is Effect.RESTRICT]
    return [
        (_any([scope.true for scope in scopes]), str(Outcome.NOT_APPLICABLE)),
        (_any(prohibited), str(Outcome.DENY)),
        (_any(asking), str(Outcome.NEEDS_HUMAN)),
        (denied, str(Outcome.DENY)),
        (asks | ~stands, str(Outcome.NEEDS_HUMAN)),
        (_any([scope.unknown for scope in scopes]), str(Outcome.NEEDS_HUMAN)),
        (_any(restricting), str(Outcome.RESTRICT)),
    ]


def _truth(asked: Asked, facts: Mapping[str, Value]) -> Columns:
    """Whether a rule holds: its condition, and none of its exceptions."""
    rule = asked.rule
    never = library().literal(False)
    held = columns(rule.when, facts) if rule.when else Columns(~never, never)
    true, unknown = held.true, held.unknown
    for one in rule.unless:
        excepted = columns(one.when, facts)
        unknown = (unknown & ~excepted.true) | (true & excepted.unknown)
        true = true & excepted.false
    return Columns(true, unknown)


def _gate(
    gate: Standing, facts: Mapping[str, Value], adopted: Adopted
) -> tuple[Column, Column, Column]:
    """Whether a gate denies, asks, or is open."""
    never = library().literal(False)
    when = gate.gate.when if gate.gate else None
    standing = columns(when, facts) if when else Columns(~never, never)
    truths = [(asked, _truth(asked, facts)) for asked in gate.opening]
    opens = _any([truth.true for asked, truth in truths if adopted.holds(asked.rule)])
    wanting = _any([truth.true for asked, truth in truths if not adopted.holds(asked.rule)])
    unclear = _any([truth.unknown for _, truth in truths])
    if gate.gate is not None and gate.gate.open:
        opens = ~never
    stands = ~standing.false
    asks = stands & ~opens & (standing.unknown | wanting | unclear)
    return stands & ~opens & ~asks, asks, stands & opens


def _any(parts: Sequence[Column]) -> Column:
    found = library().literal(False)
    for part in parts:
        found = found | part
    return found
