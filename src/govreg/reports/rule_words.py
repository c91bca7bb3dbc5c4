"""What kinds, effects and marks of rules are called for a reader of a law."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from govreg.policy.rule import Effect, Rule, RuleKind
from govreg.reports.words import Words

Group = tuple[RuleKind, Effect]

GROUPS: Mapping[Group, str] = {
    (RuleKind.RIGHT, Effect.ALLOW): "Rights",
    (RuleKind.DEADLINE, Effect.ALLOW): "Clocks of their own",
    (RuleKind.GROUND, Effect.ALLOW): "Grounds that open what a person asks for",
    (RuleKind.DISCLOSURE, Effect.ALLOW): "What opens a disclosure to the person",
    (RuleKind.PERMISSION, Effect.ALLOW): "Permissions, each of which opens a gate",
    (RuleKind.PROHIBITION, Effect.DENY): "Prohibitions that deny",
    (RuleKind.PROHIBITION, Effect.RESTRICT): "Prohibitions that restrict",
    (RuleKind.PROHIBITION, Effect.NEEDS_HUMAN): "Where a person decides",
    (RuleKind.SCOPE, Effect.NOT_APPLICABLE): "Where the law does not apply",
    (RuleKind.MINIMUM, Effect.RETAIN): "Statutory minimums: what must be kept",
    (RuleKind.MAXIMUM, Effect.END): "Maximums: what must not be kept longer",
    (RuleKind.DUTY, Effect.OBLIGE): "Duties that follow",
}
"""What rules of a kind and effect are called, in the order in which they are read."""

EFFECTS: Mapping[Effect, str] = {
    Effect.ALLOW: "allow",
    Effect.DENY: "deny",
    Effect.RESTRICT: "restrict",
    Effect.NEEDS_HUMAN: "ask",
    Effect.RETAIN: "keep",
    Effect.NOT_APPLICABLE: "outside",
    Effect.OBLIGE: "duty",
    Effect.END: "end",
}
"""What an effect is called in a table."""

CONFIDENCES = ("high", "medium", "low")
"""How sure the wording of a rule may be, the surest first."""


def confidence_words(mark: str) -> str:
    """How sure a rule's wording is, in words."""
    return Words("en").code("confidence", mark)


def grouped(rules: Iterable[Rule]) -> Iterator[tuple[str, list[Rule]]]:
    """The rules under what they are called, each group in the order of the pack."""
    held: dict[Group, list[Rule]] = {group: [] for group in GROUPS}
    for rule in rules:
        held[rule.kind, rule.effect].append(rule)
    return ((GROUPS[group], each) for group, each in held.items() if each)
