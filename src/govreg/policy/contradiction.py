"""Rules that permit and forbid the same, where nothing says which goes first.

A prohibition beats what opens. Where it holds in every case in which a rule of the same standing
opens, that rule can never open anything: whoever wrote both meant an exception, and did not say
which. The rules of one pack are of the same standing, and so are all of the organisation's own; a
national pack and the organisation narrow what stands above them.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping

from govreg.condition.expression import All, Expression
from govreg.policy.minimum import length
from govreg.policy.pack_file import PackFile
from govreg.policy.rule import Effect, Rule, RuleKind
from govreg.policy.term import Term
from govreg.yaml12 import Document, problem_at

_OPENS = frozenset({RuleKind.PERMISSION, RuleKind.GROUND, RuleKind.DISCLOSURE})


def refuse_contradictions(
    document: Document, pack: PackFile, same_standing: Iterable[Rule]
) -> None:
    """Refuse a file in which a rule opens what another one always closes.

    Args:
        document: The file.
        pack: The file as read.
        same_standing: Its rules, and those beside them.

    Raises:
        ConfigurationProblem: naming both rules; also where a maximum is shorter than a minimum.
    """
    rules = {rule.id: rule for rule in same_standing}
    _refuse_shorter(document, pack, rules)
    closing = [
        (rule, _parts(rule.when))
        for rule in rules.values()
        if rule.kind is RuleKind.PROHIBITION and rule.effect is Effect.DENY and not rule.unless
    ]
    for at, written in enumerate(pack.rules):
        rule = rules[written.id]
        parts = _parts(rule.when) if rule.kind in _OPENS else frozenset()
        for other, held in closing if rule.kind in _OPENS else ():
            if held <= parts and _covers(other, rule):
                raise problem_at(
                    document,
                    ("rules", at, "when"),
                    f"rule `{rule.id}` opens what `{other.id}` always closes, and nothing says "
                    "which goes first",
                    f"put what is meant under `unless:` of `{other.id}`, or take one of them out",
                )


def _refuse_shorter(document: Document, pack: PackFile, rules: Mapping[str, Rule]) -> None:
    """A maximum that ends before a minimum of the same class would be reached by no record."""
    minimums = [rule for rule in rules.values() if rule.kind is RuleKind.MINIMUM]
    for at, written in enumerate(pack.rules):
        rule = rules[written.id]
        for held in minimums if rule.kind is RuleKind.MAXIMUM else ():
            if held.record_class == rule.record_class and _shorter(rule, held):
                raise problem_at(
                    document,
                    ("rules", at, "period"),
                    f"rule `{rule.id}` ends what `{held.id}` still keeps: both are about "
                    f"`{held.record_class}`",
                    "make the period longer, or name another `record_class:`",
                )


def _shorter(one: Rule, other: Rule) -> bool:
    """Whether a period is seen to be shorter: both counted alike."""
    if not isinstance(one.keep, Term) or not isinstance(other.keep, Term):
        return False
    (unit, n), (same, least) = length(one.keep.period), length(other.keep.period)
    alike = (one.keep.anchor, one.keep.date, unit) == (other.keep.anchor, other.keep.date, same)
    return alike and n < least


def _covers(closing: Rule, opening: Rule) -> bool:
    """Whether one is about every act of the other, on every day of it."""
    return (
        closing.law == opening.law
        and set(opening.acts) <= set(closing.acts)
        and all(closing.in_force(day) for day in _days(opening))
        and (closing.in_force_from is None or opening.in_force_from is not None)
        and (closing.in_force_to is None or opening.in_force_to is not None)
    )


def _days(rule: Rule) -> list[dt.date]:
    return [day for day in (rule.in_force_from, rule.in_force_to) if day is not None]


def _parts(when: Expression | None) -> frozenset[Expression]:
    """What must all hold."""
    if when is None:
        return frozenset()
    return frozenset(when.parts) if isinstance(when, All) else frozenset({when})
