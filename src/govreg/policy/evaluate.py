"""May this be done? A pure decision over facts, with reasons.

    (0) a question that does not say which law and which act asks a person, and so does one about
        a law that no loaded rule belongs to
    (1) the rules of the law about the act that are in force on the date
    (2) a prohibition that is true closes; one that is unknown asks a person
    (3) an opening rule that is true and adopted opens; one that nobody adopted asks a person
    (4) nothing opens and something is unknown: a person must say
    (5) nothing opens: denied

- An unknown fact never gives "allow".
- Every outcome carries the rules that made it, and the facts that were missing.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from functools import lru_cache

from govreg.condition.closure import Test, compiled
from govreg.condition.expression import Expression, comparisons
from govreg.condition.truth import Truth
from govreg.policy.adopt import Adopted
from govreg.policy.outcome import Decision, Outcome, Reason
from govreg.policy.rule import Effect, Rule, RuleBook, RuleKind

Question = Mapping[str, object]
"""Facts by name; a missing one is unknown."""

_NOTHING_OPENS = {
    "erase": "no ground for erasure applies",
    "disclose": "no rule opens a disclosure",
}
_CLOSED_BY = {
    ("gdpr", "erase"): ("GDPR Art 17(1)", "GDPR Art 12(4)"),
    ("gdpr", "disclose"): ("GDPR Art 5(1)(b)",),
}
"""Where a law itself says that what nothing opens stays closed; no law speaks for another."""


def decide(question: Question, rules: RuleBook, *, on: dt.date, adopted: Adopted) -> Decision:
    """Decide one question.

    Args:
        question: The facts; `request.law` and `request.act` must be among them.
        rules: Every rule that is loaded.
        on: The date that the rules must be in force.
        adopted: Which rules a named person has adopted.
    """
    law, act = question.get("request.law"), question.get("request.act")
    if not isinstance(law, str) or act not in _NOTHING_OPENS:
        return _unasked(law, act)
    if not any(rule.law == law for rule in rules.rules.values()):
        text = f"no rule that is loaded speaks for `{law}`"
        reasons = (Reason(rule=None, cite=(), text=text),)
        return Decision(outcome=Outcome.NEEDS_HUMAN, reasons=reasons)
    closing: list[tuple[Rule, Truth]] = []
    opening: list[tuple[Rule, Truth]] = []
    for rule in rules.matching(law, str(act), on):
        truth = _test(rule.when)(question) if rule.when else Truth.TRUE
        (closing if rule.kind is RuleKind.PROHIBITION else opening).append((rule, truth))
    return _closed(closing, question, adopted) or (
        _opened(opening, question, adopted) or _nothing_opens(rules, law, str(act))
    )


def _unasked(law: object, act: object) -> Decision:
    missing = (
        (not isinstance(law, str), "request.law"),
        (act not in _NOTHING_OPENS, "request.act"),
    )
    text = "the question does not say under which law, or what is about to be done"
    return Decision(
        outcome=Outcome.NEEDS_HUMAN,
        reasons=(Reason(rule=None, cite=(), text=text),),
        unknown_facts=tuple(name for lacks, name in missing if lacks),
    )


def _closed(
    rules: list[tuple[Rule, Truth]], question: Question, adopted: Adopted
) -> Decision | None:
    denying = [r for r, truth in rules if truth is Truth.TRUE and r.effect is Effect.DENY]
    if denying:
        return _decision(Outcome.DENY, denying, question, adopted)
    asking = [r for r, truth in rules if truth is Truth.TRUE]
    unclear = [r for r, truth in rules if truth is Truth.UNKNOWN]
    if asking or unclear:
        return _decision(Outcome.NEEDS_HUMAN, [*asking, *unclear], question, adopted, unclear)
    return None


def _opened(
    rules: list[tuple[Rule, Truth]], question: Question, adopted: Adopted
) -> Decision | None:
    true = [rule for rule, truth in rules if truth is Truth.TRUE]
    unclear = [rule for rule, truth in rules if truth is Truth.UNKNOWN]
    opens = [rule for rule in true if adopted.holds(rule)]
    if opens:
        return _decision(Outcome.ALLOW, opens, question, adopted)
    if true:
        reasons = tuple(
            Reason(
                rule=rule.id,
                cite=rule.citation,
                text=f"{_words(rule)}, but nobody has adopted this rule "
                f"(`govreg policy adopt {rule.id}`)",
                confidence=rule.confidence,
                adopted=False,
            )
            for rule in true
        )
        return Decision(outcome=Outcome.NEEDS_HUMAN, reasons=reasons)
    if unclear:
        return _decision(Outcome.NEEDS_HUMAN, unclear, question, adopted, unclear)
    return None


def _nothing_opens(rules: RuleBook, law: str, act: str) -> Decision:
    """Denied under the law that was asked, by what that law says, or by its rights."""
    rights = (cite for rule in rules.rights() if rule.law == law for cite in rule.citation)
    cite = _CLOSED_BY.get((law, act)) or tuple(dict.fromkeys(rights))
    text = f"{_NOTHING_OPENS[act]} under `{law}`"
    return Decision(outcome=Outcome.DENY, reasons=(Reason(rule=None, cite=cite, text=text),))


def _decision(
    outcome: Outcome,
    rules: list[Rule],
    question: Question,
    adopted: Adopted,
    unclear: list[Rule] | None = None,
) -> Decision:
    missing = {
        compare.fact: None
        for rule in unclear or ()
        if rule.when
        for compare in comparisons(rule.when)
        if question.get(compare.fact) is None
    }
    return Decision(
        outcome=outcome,
        reasons=tuple(
            Reason(
                rule=r.id,
                cite=r.citation,
                text=_words(r),
                confidence=r.confidence,
                adopted=adopted.holds(r),
            )
            for r in rules
        ),
        obligations=tuple(dict.fromkeys(o for r in rules for o in r.obligations)),
        unknown_facts=tuple(missing),
    )


def _words(rule: Rule) -> str:
    return rule.text.get("en") or next(iter(rule.text.values()), rule.id)


@lru_cache(maxsize=4096)
def _test(expression: Expression) -> Test:
    return compiled(expression)
