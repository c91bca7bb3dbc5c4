"""The rules of one law about one act, compiled and ready to be asked about facts."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from govreg.condition.closure import Plain, Test
from govreg.condition.expression import Expression
from govreg.condition.truth import Truth
from govreg.policy.outcome import Outcome, Reason
from govreg.policy.rule import Gate, Override, Rule

Facts = Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Asked:
    """A rule with its condition compiled."""

    rule: Rule
    holds: Expression
    """When the rule holds: its condition, and none of its exceptions."""
    truth: Test
    """The same, compiled."""
    needs: tuple[Plain, ...]
    """What must all be met for it to hold at all."""
    facts: tuple[str, ...]
    """Every fact that it asks about, exceptions included, in the order of the rule."""
    asks: frozenset[str]
    """The same, to compare with."""
    adopted: Reason
    """What it says as a reason."""
    unadopted: Reason
    wanting: Reason
    """What it says where it would open and nobody has adopted it."""

    def missing(self, facts: Facts) -> list[str]:
        """The facts that it asks about and that are not known."""
        return [name for name in self.facts if facts.get(name) is None]


@dataclass(frozen=True, slots=True)
class Standing:
    """A gate with the rules that open it."""

    gate: Gate | None
    """None for what a person asks: a ground opens an erasure, a disclosure rule a disclosure."""
    test: Test | None
    opening: tuple[Asked, ...]
    closed: Reason
    """What is said when nothing opens it."""
    key: str | None = None
    """The fact that all the rules ask first, as a gate of bases asks for the basis."""
    keyed: Mapping[object, tuple[Asked, ...]] = field(default_factory=dict)
    """The rules left for each of its values; for any other text, none."""

    def asked(self, facts: Facts) -> tuple[Asked, ...]:
        """The rules that may open it."""
        if self.key is None:
            return self.opening
        held = facts.get(self.key)
        return self.keyed.get(held, ()) if isinstance(held, str) else self.opening


@dataclass(frozen=True, slots=True)
class Replaced:
    """A rule that does not speak here, because one of the organisation's own overrides it."""

    override: Override
    tests: tuple[Test, ...]
    """Whether it would hold, and whether the one in its place does."""

    def touches(self, facts: Facts) -> bool:
        """Whether the answer may be another one for it."""
        return any(test(facts) is not Truth.FALSE for test in self.tests)


@dataclass(frozen=True, slots=True)
class Bench:
    """What decides about one act under one law on one day."""

    law: str
    scopes: tuple[Asked, ...]
    closing: tuple[Asked, ...]
    gates: tuple[Standing, ...]
    duties: Mapping[Outcome, tuple[Asked, ...]]
    """By the outcome that they are added to."""
    replaced: tuple[Replaced, ...] = ()

    @property
    def speaks(self) -> bool:
        """Whether any rule is about the act."""
        return bool(self.closing or any(g.gate or g.opening for g in self.gates))


def not_false(among: Iterable[Asked], facts: Facts) -> list[tuple[Asked, Truth]]:
    """The rules that are true or not known.

    Most rules are false for want of one thing that they need: that is asked first, and here, as a
    call for each rule would take most of the time of a decision.
    """
    found: list[tuple[Asked, Truth]] = []
    for asked in among:
        for fact, kind, values, met in asked.needs:
            held = facts.get(fact)
            if isinstance(held, kind) and (held in values) is not met:
                break
        else:
            truth = asked.truth(facts)
            if truth is not Truth.FALSE:
                found.append((asked, truth))
    return found


def narrowed(held: Bench, facts: Facts, varying: frozenset[str]) -> Bench:
    """The same without what is false of scopes and prohibitions whatever `varying` is.

    Args:
        held: The rules.
        facts: What does not vary.
        varying: The names of the facts that do.
    """

    def left(among: tuple[Asked, ...]) -> tuple[Asked, ...]:
        settled = [asked for asked in among if varying.isdisjoint(asked.asks)]
        stay = {asked.rule.id for asked, _ in not_false(settled, facts)}
        gone = {asked.rule.id for asked in settled} - stay
        return tuple(asked for asked in among if asked.rule.id not in gone)

    return Bench(
        law=held.law,
        scopes=left(held.scopes),
        closing=left(held.closing),
        gates=held.gates,
        duties=held.duties,
        replaced=held.replaced,
    )
