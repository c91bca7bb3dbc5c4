"""The benches of a rule book: compiled when first asked for, and kept for the next question."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import cast

from govreg.condition.closure import Plain, Test, compiled, needed
from govreg.condition.expression import ALWAYS, All, Expression, Not, facts_of
from govreg.condition.truth import Truth
from govreg.policy.bench import Asked, Bench, Replaced, Standing
from govreg.policy.fact import REQUEST_ACTS
from govreg.policy.outcome import Outcome, Reason
from govreg.policy.rule import REQUIRED, Exempt, Gate, Rule, RuleBook, RuleKind

_OPENING = {RuleKind.GROUND, RuleKind.DISCLOSURE, RuleKind.PERMISSION}
_OPENS = {RuleKind.GROUND, RuleKind.DISCLOSURE}
_ELSEWHERE = {RuleKind.RIGHT, RuleKind.MINIMUM, RuleKind.MAXIMUM, RuleKind.DEADLINE}
"""Kinds that decide no question."""


def bench(rules: RuleBook, law: str, act: str, on: dt.date) -> Bench:
    """The compiled rules, kept for the next question."""
    key = (law, act, on)
    held = rules.compiled.get(key)
    if held is None:
        held = rules.compiled[key] = _made(rules, law, act, on)
    return cast("Bench", held)


def speaking(rules: RuleBook, act: str, on: dt.date) -> tuple[Bench, ...]:
    """Those of every law that speaks of the act."""
    key = (act, on)
    held = rules.compiled.get(key)
    if held is None:
        every = (bench(rules, law, act, on) for law in laws(rules))
        held = rules.compiled[key] = tuple(one for one in every if one.speaks)
    return cast("tuple[Bench, ...]", held)


def laws(rules: RuleBook) -> tuple[str, ...]:
    """Every law that a loaded rule belongs to."""
    held = rules.compiled.get("laws")
    if held is None:
        found = dict.fromkeys(rule.law for rule in rules.rules.values())
        held = rules.compiled["laws"] = tuple(found)
    return cast("tuple[str, ...]", held)


def _made(rules: RuleBook, law: str, act: str, on: dt.date) -> Bench:
    of_law = [r for r in rules.rules.values() if r.law == law and r.in_force(on)]
    held = [r for r in of_law if rules.override(r.id, on) is None]
    about = [r for r in held if act in r.acts]
    owed = [r for r in about if REQUIRED in r.obligations and r.kind in _OPENING and not r.own]
    about = [_yielding(r, owed) for r in about if not (_narrows(r) and _always(owed))]

    def of(kind: RuleKind, among: list[Rule]) -> tuple[Asked, ...]:
        return tuple(_asked(rule) for rule in among if rule.kind is kind)

    return Bench(
        law=law,
        scopes=tuple(_asked(r) for r in held if r.kind is RuleKind.SCOPE and _about(r, act)),
        closing=of(RuleKind.PROHIBITION, about),
        gates=tuple(_gates(rules, law, act, about, owed)),
        duties=_owed(of(RuleKind.DUTY, about)),
        replaced=tuple(_replaced(rules, of_law, act, on)),
    )


def _replaced(rules: RuleBook, of_law: list[Rule], act: str, on: dt.date) -> Iterator[Replaced]:
    for rule in of_law:
        override = rules.override(rule.id, on)
        if override is not None and rule.kind not in _ELSEWHERE and _about(rule, act):
            both = (rule, rules.rules[override.own])
            yield Replaced(
                override, tuple(compiled(_holds(one)) for one in both if _about(one, act))
            )


def _narrows(rule: Rule) -> bool:
    return rule.own and rule.kind is RuleKind.PROHIBITION and rule.overrides is None


def _always(owed: list[Rule]) -> bool:
    """Whether something must be given in every case: nothing of the own stands before it."""
    return any(rule.when is None for rule in owed)


def _yielding(rule: Rule, owed: list[Rule]) -> Rule:
    """A prohibition of the organisation's own does not close what the law says must be given."""
    if not _narrows(rule):
        return rule
    exempt = tuple(
        Exempt(id=f"{rule.id}.{one.id}", citation=one.citation, text=one.text, when=one.when)
        for one in owed
        if one.when is not None
    )
    return replace(rule, unless=(*rule.unless, *exempt))


def _about(rule: Rule, act: str) -> bool:
    return act in rule.acts or not rule.acts


def _stands(gate: Gate, owed: list[Rule]) -> Gate:
    """A gate of the organisation's own does not stand before it, either."""
    parts = [*([gate.when] if gate.when else []), *(Not(part=r.when) for r in owed if r.when)]
    return replace(gate, when=All(parts=tuple(parts))) if gate.own and parts else gate


def _gates(
    rules: RuleBook, law: str, act: str, about: list[Rule], owed: list[Rule]
) -> list[Standing]:
    found = [
        _standing(
            gate,
            compiled(gate.when) if gate.when else None,
            tuple(_asked(r) for r in about if r.gate == gate.id),
            Reason(rule=None, cite=gate.citation, text=_words(gate.text)),
        )
        for gate in (_stands(one, owed) for one in rules.gates.values())
        if gate.law == law and act in gate.acts and not (gate.own and _always(owed))
    ]
    if act in REQUEST_ACTS:
        opening = tuple(_asked(r) for r in about if r.kind in _OPENS)
        found.append(_standing(None, None, opening, _nothing_opens(rules, law, act)))
    return found


def _standing(
    gate: Gate | None, test: Test | None, opening: tuple[Asked, ...], closed: Reason
) -> Standing:
    """A gate with its rules by the one fact that each of them needs to be some text."""
    words = [{one.fact: one for one in asked.needs if _texts(one)} for asked in opening]
    shared = [name for name in words[0] if all(name in one for one in words)] if words else []
    if not shared:
        return Standing(gate, test, opening, closed)
    key = shared[0]
    values = {value for one in words for value in one[key].values}
    keyed = {
        value: tuple(
            asked for asked, one in zip(opening, words, strict=True) if value in one[key].values
        )
        for value in values
    }
    return Standing(gate, test, opening, closed, key, keyed)


def _texts(one: Plain) -> bool:
    return one.met and one.kind is str and type(one.values) is frozenset


_NOTHING_OPENS = {
    "erase": "no ground for erasure applies",
    "disclose": "no rule opens a disclosure",
}
_CLOSED_BY = {
    ("gdpr", "erase"): ("GDPR Art 17(1)", "GDPR Art 12(4)"),
    ("gdpr", "disclose"): ("GDPR Art 5(1)(b)",),
    ("gdpr", "correct"): ("GDPR Art 16", "GDPR Art 12(4)"),
    ("gdpr", "restrict"): ("GDPR Art 18(1)", "GDPR Art 12(4)"),
    ("gdpr", "port"): ("GDPR Art 20(1)", "GDPR Art 12(4)"),
    ("gdpr", "object"): ("GDPR Art 21(1)", "GDPR Art 12(4)"),
}
"""Where a law itself says that what nothing opens stays closed; no law speaks for another."""


def _nothing_opens(rules: RuleBook, law: str, act: str) -> Reason:
    rights = (cite for rule in rules.rights() if rule.law == law for cite in rule.citation)
    cite = _CLOSED_BY.get((law, act)) or tuple(dict.fromkeys(rights))
    words = _NOTHING_OPENS.get(act, f"no ground to `{act}` applies")
    return Reason(rule=None, cite=cite, text=f"{words} under `{law}`")


def _asked(rule: Rule) -> Asked:
    words = _words(rule.text) or rule.id
    adopt = f"`govreg policy adopt --rule {rule.id}`"
    unadopted = f"{words}, but nobody has adopted this rule ({adopt})"
    asked: list[Expression] = [e for e in (rule.when, *(u.when for u in rule.unless)) if e]

    def reason(text: str, *, adopted: bool) -> Reason:
        return Reason(
            rule=rule.id,
            cite=rule.citation,
            text=text,
            confidence=rule.confidence,
            adopted=adopted,
        )

    holds = _holds(rule)
    facts = tuple(dict.fromkeys(name for e in asked for name in facts_of(e)))
    return Asked(
        rule=rule,
        holds=holds,
        truth=compiled(holds),
        needs=needed(holds),
        facts=facts,
        asks=frozenset(facts),
        adopted=reason(words, adopted=True),
        unadopted=reason(words, adopted=False),
        wanting=reason(unadopted, adopted=False),
    )


def _owed(duties: tuple[Asked, ...]) -> Mapping[Outcome, tuple[Asked, ...]]:
    return {one: tuple(d for d in duties if _meant(d.rule, one)) for one in Outcome}


def _meant(rule: Rule, outcome: Outcome) -> bool:
    """A duty that names no outcomes is added to all but a denial."""
    return outcome in rule.outcomes if rule.outcomes else outcome is not Outcome.DENY


def rule_holds(rule: Rule, facts: Mapping[str, object]) -> Truth:
    """Whether a rule holds by itself: its condition, and none of its exceptions."""
    return compiled(_holds(rule))(facts)


def _holds(rule: Rule) -> Expression:
    parts: list[Expression] = [rule.when] if rule.when else []
    parts += (Not(part=one.when) for one in rule.unless)
    if not parts:
        return ALWAYS
    return parts[0] if len(parts) == 1 else All(parts=tuple(parts))


def _words(text: Mapping[str, str]) -> str:
    return text.get("en") or next(iter(text.values()), "")
