"""The answer of one law: its rules' steps over the facts, as `policy/evaluate` lists them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import NamedTuple

from govreg.condition.expression import facts_of
from govreg.condition.truth import Truth
from govreg.policy.adopt import Adopted
from govreg.policy.bench import Asked, Bench, Facts, Standing, not_false
from govreg.policy.outcome import Decision, Outcome, Reason
from govreg.policy.rule import Effect


def verdict(held: Bench, facts: Facts, adopted: Adopted) -> Decision:
    """Steps (1) to (5) under one law, with the overrides that touched them."""
    made = _made(held, _steps(held, facts, adopted), facts)
    if not held.replaced:
        return made
    touching = tuple(one.override for one in held.replaced if one.touches(facts))
    return made._replace(overrides=touching) if touching else made


class _Said(NamedTuple):
    """What the steps came to, before duties are added."""

    outcome: Outcome
    reasons: Sequence[Reason]
    rules: Sequence[Asked] = ()
    """Those whose obligations it carries."""
    unclear: Sequence[Asked] = ()
    """Those that are not known for want of a fact."""
    missing: Sequence[str] = ()


def _steps(held: Bench, facts: Facts, adopted: Adopted) -> _Said:
    doubtful: list[Asked] = []
    for scope, truth in not_false(held.scopes, facts):
        if truth is Truth.TRUE:
            return _Said(Outcome.NOT_APPLICABLE, [_reason(scope, adopted)])
        doubtful.append(scope)
    closed = _closed(held, facts, adopted)
    if closed is not None and closed.outcome is not Outcome.RESTRICT:
        return closed
    opened = _opened(held, facts, adopted)
    if opened.outcome is Outcome.ALLOW and doubtful:
        reasons = [_reason(scope, adopted) for scope in doubtful]
        return _Said(Outcome.NEEDS_HUMAN, reasons, unclear=doubtful)
    if opened.outcome is Outcome.ALLOW and closed is not None:
        return closed
    return opened


def _closed(held: Bench, facts: Facts, adopted: Adopted) -> _Said | None:
    """Step (2)."""
    found = not_false(held.closing, facts)
    if not found:
        return None
    true = [asked for asked, truth in found if truth is Truth.TRUE]
    unclear = [asked for asked, truth in found if truth is Truth.UNKNOWN]
    denying = [asked for asked in true if asked.rule.effect is Effect.DENY]
    if denying:
        return _Said(Outcome.DENY, [_reason(a, adopted) for a in denying], denying)
    asking = [asked for asked in true if asked.rule.effect is Effect.NEEDS_HUMAN]
    if asking or unclear:
        both = [*asking, *unclear]
        reasons = [_reason(asked, adopted) for asked in both]
        return _Said(Outcome.NEEDS_HUMAN, reasons, both, unclear=unclear)
    return _Said(Outcome.RESTRICT, [_reason(a, adopted) for a in true], true)


def _opened(held: Bench, facts: Facts, adopted: Adopted) -> _Said:
    """Steps (3) and (4): every gate that stands."""
    reasons: list[Reason] = []
    rules: list[Asked] = []
    asks: list[Reason] = []
    unclear: list[Asked] = []
    missing: list[str] = []
    stands = 0
    for gate in held.gates:
        standing = Truth.TRUE if gate.test is None else gate.test(facts)
        if standing is Truth.FALSE:
            continue
        stands += 1
        opens, wanting, unknown = _tried(gate, facts, adopted)
        if opens:
            reasons += (asked.adopted for asked in opens)
            rules += opens
        elif gate.gate is not None and gate.gate.open:
            reasons.append(gate.closed)
        elif standing is Truth.UNKNOWN:
            asks.append(gate.closed)
            missing += _gate_facts(gate, facts)
        elif wanting:
            asks += (_wanting(asked, adopted) for asked in wanting)
        elif unknown:
            asks += (_reason(asked, adopted) for asked in unknown)
            unclear += unknown
        else:
            return _Said(Outcome.DENY, [gate.closed])
    if asks or not stands:
        asks = asks or [Reason(rule=None, cite=(), text="nothing that is loaded decides this")]
        return _Said(Outcome.NEEDS_HUMAN, asks, unclear, unclear, missing)
    return _Said(Outcome.ALLOW, reasons, rules)


def _tried(
    gate: Standing, facts: Facts, adopted: Adopted
) -> tuple[list[Asked], list[Asked], list[Asked]]:
    """The rules that open a gate, those that would if adopted, and those that are not known."""
    opens: list[Asked] = []
    wanting: list[Asked] = []
    unknown: list[Asked] = []
    for asked, truth in not_false(gate.asked(facts), facts):
        if truth is Truth.UNKNOWN:
            unknown.append(asked)
        else:
            (opens if adopted.holds(asked.rule) else wanting).append(asked)
    return opens, wanting, unknown


def _made(held: Bench, said: _Said, facts: Facts) -> Decision:
    """Step (5): the decision, with its duties."""
    obligations = [one for asked in said.rules for one in asked.rule.obligations]
    for duty, _ in not_false(held.duties[said.outcome], facts):
        obligations += duty.rule.obligations  # an unknown duty is done rather than forgotten
    unknown = [*said.missing, *(name for asked in said.unclear for name in asked.missing(facts))]
    return Decision(
        said.outcome,
        tuple(said.reasons),
        tuple(dict.fromkeys(obligations)),
        tuple(dict.fromkeys(unknown)),
        law=held.law,
    )


def _gate_facts(gate: Standing, facts: Facts) -> list[str]:
    when = gate.gate.when if gate.gate else None
    return [name for name in facts_of(when) if facts.get(name) is None] if when else []


def _reason(asked: Asked, adopted: Adopted) -> Reason:
    return asked.adopted if adopted.holds(asked.rule) else asked.unadopted


def _wanting(asked: Asked, adopted: Adopted) -> Reason:
    earlier = adopted.earlier(asked.rule)
    if earlier is None:
        return asked.wanting
    text = (
        f"{asked.adopted.text}, but this wording is new: adopted by {earlier.by} on {earlier.on} "
        f"in an earlier wording (`govreg policy adopt --rule {asked.rule.id}`)"
    )
    return replace(asked.wanting, text=text)
