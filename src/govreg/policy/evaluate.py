"""May this be done? A pure decision over facts, with reasons.

Under one law:

    (0) a question that does not say what is about to be done asks a person, and so does one about
        a law, or an act, that no loaded rule speaks of
    (1) where the law does not apply, it says nothing more
    (2) a prohibition that is true, and none of its exceptions, closes; one that is unknown asks
    (3) every gate that stands before the act must be opened by a rule that is true and adopted;
        one that nobody adopted asks a person, and so does an unknown one
    (4) a gate that nothing opens is closed: denied
    (5) duties are added

A question that names no law is put to every law that speaks of the act, and the narrowest answer
counts. A question about several items is answered for each.

- An unknown fact never gives "allow".
- Every outcome carries the rules that made it, and the facts that were missing.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import TypeVar

from govreg.condition.truth import Truth
from govreg.policy.adopt import Adopted
from govreg.policy.assessment import Assessment, settled, with_lapsed
from govreg.policy.bench import (
    Asked,
    Bench,
    Facts,
    Standing,
    bench,
    laws,
    narrowed,
    not_false,
    speaking,
)
from govreg.policy.fact import ACTS, OWN_ACTS
from govreg.policy.facts import PRESUMED
from govreg.policy.outcome import Decision, Outcome, Reason
from govreg.policy.rule import Effect, RuleBook

T = TypeVar("T")

Question = Mapping[str, object]
"""Facts by name; a missing one is unknown, unless it is presumed. An `assessment.…` may be an
`Assessment`: one that does not hold on the day is unknown."""

_NARROWEST = (
    Outcome.DENY,
    Outcome.NEEDS_HUMAN,
    Outcome.RESTRICT,
    Outcome.PARTIAL,
    Outcome.ALLOW,
    Outcome.NOT_APPLICABLE,
)
_ASKED_OF = frozenset({"request.law", "request.act", "decision.date"})
"""The facts that say which rules are asked."""


def decide(question: Question, rules: RuleBook, *, on: dt.date, adopted: Adopted) -> Decision:
    """Decide one question.

    Args:
        question: The facts. `request.act` must be among them, and `request.law` where a person
            asks for something: a right is always one of a law.
        rules: Every rule that is loaded.
        on: The date that the rules must be in force.
        adopted: Which rules a named person has adopted.
    """
    said, lapsed = settled(question, on)
    facts: Facts = {**PRESUMED, **said, "decision.date": on}
    made = _decided(facts, _benches(facts, rules, on, adopted), adopted)
    return with_lapsed(made, lapsed) if lapsed else made


def decide_each(
    question: Question,
    items: Sequence[Question],
    rules: RuleBook,
    *,
    on: dt.date,
    adopted: Adopted,
) -> Decision:
    """Decide the same question for several items, each by its own facts on top."""
    each = _each(question, items, rules, on, adopted)
    outcomes = {one.outcome for one in each}
    if len(outcomes) == 1:
        outcome = outcomes.pop()
    else:
        asks = Outcome.NEEDS_HUMAN in outcomes
        outcome = Outcome.NEEDS_HUMAN if asks else Outcome.PARTIAL
    return Decision(
        outcome=outcome,
        obligations=_all(one.obligations for one in each),
        unknown_facts=_all(one.unknown_facts for one in each),
        overrides=_all(one.overrides for one in each),
        items=each,
    )


def _each(
    question: Question, items: Sequence[Question], rules: RuleBook, on: dt.date, adopted: Adopted
) -> tuple[Decision, ...]:
    """The decision for each item; what no item can change is asked once."""
    said, lapsed = settled(question, on)
    facts: Facts = {**PRESUMED, **said, "decision.date": on}
    held = _benches(facts, rules, on, adopted)
    own = frozenset(name for item in items for name in item)
    judged = any(isinstance(value, Assessment) for item in items for value in item.values())
    if own & _ASKED_OF or judged or isinstance(held, Decision):
        return tuple(decide({**question, **item}, rules, on=on, adopted=adopted) for item in items)
    left = tuple(narrowed(one, facts, own) for one in held)
    made = (_decided({**facts, **item}, left, adopted) for item in items)
    return tuple(with_lapsed(one, lapsed) if lapsed else one for one in made)


def _benches(
    facts: Facts, rules: RuleBook, on: dt.date, adopted: Adopted
) -> tuple[Bench, ...] | Decision:
    """The rules to ask: of the law that is named, or of every law that speaks of the act."""
    law, act = facts.get("request.law"), facts.get("request.act")
    if act not in ACTS or (law is None and act not in OWN_ACTS):
        text = "the question does not say under which law, or what is about to be done"
        lacks = ["request.law"] if law is None and act not in OWN_ACTS else []
        claimed = _claimed(facts, rules, str(act), on, adopted) if act in ACTS else ()
        asks = _asks(text, *lacks, *(["request.act"] if act not in ACTS else []))
        return asks._replace(regimes=claimed)
    act = str(act)
    if law is None:
        held = speaking(rules, act, on)
        return held or _asks("no rule that is loaded speaks of this under any law", "request.law")
    one = bench_for(rules, str(law), act, on)
    return _asks(one) if isinstance(one, str) else (one,)


def bench_for(rules: RuleBook, law: str, act: str, on: dt.date) -> Bench | str:
    """The rules of one law about one act, or why none decides: then a person is asked."""
    if act not in ACTS:
        return "the question does not say what is about to be done"
    if law not in laws(rules):
        return f"no rule that is loaded speaks for `{law}`"
    one = bench(rules, law, act, on)
    if not one.gates:
        return f"no rule that is loaded speaks of `{act}` under `{law}`"
    if not one.speaks and _another_day(rules, law, act, on):
        return f"no rule about `{act}` under `{law}` is in force on {on}"
    return one


def _decided(facts: Facts, held: tuple[Bench, ...] | Decision, adopted: Adopted) -> Decision:
    if isinstance(held, Decision):
        return held
    if facts.get("request.law") is not None:
        return _verdict(held[0], facts, adopted)
    return _combined([_verdict(one, facts, adopted) for one in held])


def _another_day(rules: RuleBook, law: str, act: str, on: dt.date) -> bool:
    """Whether a law speaks of an act, and not on this day."""
    about = [r for r in rules.rules.values() if r.law == law and act in r.acts]
    return bool(about) and not any(rule.in_force(on) for rule in about)


def _claimed(
    facts: Facts, rules: RuleBook, act: str, on: dt.date, adopted: Adopted
) -> tuple[Decision, ...]:
    """What each law says that speaks of an act which a person asks for, for a person to choose."""
    held = [bench(rules, law, act, on) for law in laws(rules)]
    return tuple(
        _verdict(one, {**facts, "request.law": one.law}, adopted) for one in held if one.speaks
    )


def _combined(regimes: list[Decision]) -> Decision:
    """The narrowest of several laws' answers, with the duties of all."""
    applying = [one for one in regimes if one.outcome is not Outcome.NOT_APPLICABLE]
    held = applying or regimes
    outcome = min((one.outcome for one in held), key=_NARROWEST.index)
    deciding = [one for one in held if one.outcome is outcome]
    return Decision(
        outcome=outcome,
        reasons=tuple(dict.fromkeys(r for one in deciding for r in one.reasons)),
        obligations=_all(one.obligations for one in held),
        unknown_facts=_all(one.unknown_facts for one in held),
        overrides=_all(one.overrides for one in held),
        regimes=tuple(regimes),
    )


def _verdict(held: Bench, facts: Facts, adopted: Adopted) -> Decision:
    """Steps (1) to (5) under one law, with the overrides that touched them."""
    made = _steps(held, facts, adopted)
    if not held.replaced:
        return made
    touching = tuple(one.override for one in held.replaced if one.touches(facts))
    return made._replace(overrides=touching) if touching else made


def _steps(held: Bench, facts: Facts, adopted: Adopted) -> Decision:
    doubtful: list[Asked] = []
    for scope, truth in not_false(held.scopes, facts):
        if truth is Truth.TRUE:
            return _made(held, Outcome.NOT_APPLICABLE, [_reason(scope, adopted)], facts)
        doubtful.append(scope)
    closed = _closed(held, facts, adopted)
    if closed is not None and closed.outcome is not Outcome.RESTRICT:
        return closed
    opened = _opened(held, facts, adopted)
    if opened.outcome is Outcome.ALLOW and doubtful:
        reasons = [_reason(scope, adopted) for scope in doubtful]
        return _made(held, Outcome.NEEDS_HUMAN, reasons, facts, unclear=doubtful)
    if opened.outcome is Outcome.ALLOW and closed is not None:
        return closed
    return opened


def _closed(held: Bench, facts: Facts, adopted: Adopted) -> Decision | None:
    """Step (2)."""
    found = not_false(held.closing, facts)
    if not found:
        return None
    true = [asked for asked, truth in found if truth is Truth.TRUE]
    unclear = [asked for asked, truth in found if truth is Truth.UNKNOWN]
    denying = [asked for asked in true if asked.rule.effect is Effect.DENY]
    if denying:
        return _made(held, Outcome.DENY, [_reason(a, adopted) for a in denying], facts, denying)
    asking = [asked for asked in true if asked.rule.effect is Effect.NEEDS_HUMAN]
    if asking or unclear:
        both = [*asking, *unclear]
        reasons = [_reason(asked, adopted) for asked in both]
        return _made(held, Outcome.NEEDS_HUMAN, reasons, facts, both, unclear=unclear)
    return _made(held, Outcome.RESTRICT, [_reason(a, adopted) for a in true], facts, true)


def _opened(held: Bench, facts: Facts, adopted: Adopted) -> Decision:
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
            return _made(held, Outcome.DENY, [gate.closed], facts)
    if asks or not stands:
        reasons = asks or [Reason(rule=None, cite=(), text="nothing that is loaded decides this")]
        return _made(held, Outcome.NEEDS_HUMAN, reasons, facts, unclear, unclear, missing)
    return _made(held, Outcome.ALLOW, reasons, facts, rules)


def _tried(
    gate: Standing, facts: Facts, adopted: Adopted
) -> tuple[list[Asked], list[Asked], list[Asked]]:
    """The rules that open a gate, those that would if adopted, and those that are not known."""
    opens: list[Asked] = []
    wanting: list[Asked] = []
    unknown: list[Asked] = []
    for asked, truth in not_false(gate.opening, facts):
        if truth is Truth.UNKNOWN:
            unknown.append(asked)
        else:
            (opens if adopted.holds(asked.rule) else wanting).append(asked)
    return opens, wanting, unknown


def _made(
    held: Bench,
    outcome: Outcome,
    reasons: Iterable[Reason],
    facts: Facts,
    rules: Sequence[Asked] = (),
    unclear: Sequence[Asked] = (),
    missing: Sequence[str] = (),
) -> Decision:
    obligations = [o for asked in rules for o in asked.rule.obligations]
    unknown = [*missing, *(name for asked in unclear for name in asked.missing(facts))]
    due = (duty for duty in held.duties if outcome in duty.outcomes)
    for duty, _ in not_false(due, facts):
        obligations += duty.rule.obligations  # an unknown duty is done rather than forgotten
    return Decision(
        outcome=outcome,
        reasons=tuple(reasons),
        obligations=tuple(dict.fromkeys(obligations)),
        unknown_facts=tuple(dict.fromkeys(unknown)),
        law=held.law,
    )


def _gate_facts(gate: Standing, facts: Facts) -> list[str]:
    from govreg.condition.expression import facts_of

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


def _asks(text: str, *missing: str) -> Decision:
    reasons = (Reason(rule=None, cite=(), text=text),)
    return Decision(outcome=Outcome.NEEDS_HUMAN, reasons=reasons, unknown_facts=missing)


def _all(each: Iterable[Iterable[T]]) -> tuple[T, ...]:
    return tuple(dict.fromkeys(one for many in each for one in many))
