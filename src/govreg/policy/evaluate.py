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
from collections.abc import Iterable, Sequence
from typing import TypeVar

from govreg.policy.adopt import Adopted
from govreg.policy.assessment import Assessment, settled, with_lapsed
from govreg.policy.bench import Bench, Facts, narrowed
from govreg.policy.benches import bench, laws, speaking
from govreg.policy.fact import ACTS, OWN_ACTS
from govreg.policy.facts import PRESUMED
from govreg.policy.outcome import Decision, Outcome, Reason
from govreg.policy.rule import RuleBook
from govreg.policy.verdict import verdict

T = TypeVar("T")

Question = Facts
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
        return verdict(held[0], facts, adopted)
    return _combined([verdict(one, facts, adopted) for one in held])


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
        verdict(one, {**facts, "request.law": one.law}, adopted) for one in held if one.speaks
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


def _asks(text: str, *missing: str) -> Decision:
    reasons = (Reason(rule=None, cite=(), text=text),)
    return Decision(outcome=Outcome.NEEDS_HUMAN, reasons=reasons, unknown_facts=missing)


def _all(each: Iterable[Iterable[T]]) -> tuple[T, ...]:
    return tuple(dict.fromkeys(one for many in each for one in many))
