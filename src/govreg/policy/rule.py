"""Rules as frozen facts, and the book that holds them."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from govreg.condition.expression import Expression
from govreg.policy.clock_rule import ClockRule
from govreg.policy.holiday import HolidayChange
from govreg.policy.term import Keep

REQUIRED = "must_disclose"
"""The obligation of what the law says must be given: the organisation cannot narrow it."""


class RuleKind(StrEnum):
    """What a rule does."""

    RIGHT = "right"
    """Grants a right, with its clock."""
    GROUND = "ground"
    """Opens an erasure."""
    DISCLOSURE = "disclosure"
    """Opens a disclosure to the person."""
    PERMISSION = "permission"
    """Opens one gate."""
    PROHIBITION = "prohibition"
    """Closes what another rule opened, unless an exception applies."""
    SCOPE = "scope"
    """Says where the law does not apply."""
    DUTY = "duty"
    """Adds obligations to what is decided."""
    MINIMUM = "minimum"
    MAXIMUM = "maximum"
    """Keeps a record until a date."""
    DEADLINE = "deadline"
    """A clock of its own, such as that of a breach notice."""


PERIODS = frozenset({RuleKind.MINIMUM, RuleKind.MAXIMUM})
"""Kinds that say how long something is kept: of whatever law, they bear on every erasure."""


class Effect(StrEnum):
    """What a rule says when its condition is true."""

    ALLOW = "allow"
    DENY = "deny"
    RESTRICT = "restrict"
    NEEDS_HUMAN = "needs_human"
    RETAIN = "retain"
    NOT_APPLICABLE = "not_applicable"
    OBLIGE = "oblige"
    END = "end"
    """What is kept goes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Exempt:
    """An exception of a prohibition: where it is true, the prohibition does not close."""

    id: str
    """The rule's id and a name of its own."""
    citation: tuple[str, ...]
    text: Mapping[str, str]
    when: Expression


@dataclass(frozen=True, slots=True, kw_only=True)
class Gate:
    """What must be opened for an act: each gate of a law by a rule of its own."""

    id: str
    law: str
    acts: tuple[str, ...]
    citation: tuple[str, ...]
    text: Mapping[str, str]
    """What is said when nothing opens it."""
    when: Expression | None = None
    """Where the gate stands at all; none: everywhere."""
    open: bool = False
    """Whether it stands open by itself, so that only prohibitions close."""
    own: bool = False
    """Whether it is the organisation's, and no pack's."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Override:
    """A rule of the organisation's own in place of a pack's, and who answers for it."""

    own: str
    """The organisation's rule."""
    rule: str
    """The pack's, which no longer speaks."""
    kind: RuleKind
    """Of both."""
    because: str
    by: str
    on: dt.date

    @property
    def words(self) -> str:
        """What is said of it, in one line."""
        statutory = self.kind in {RuleKind.PROHIBITION, RuleKind.MINIMUM}
        what = f"the statutory {self.kind}" if statutory else f"the {self.kind}"
        return (
            f"`{self.own}` overrides {what} `{self.rule}`: {self.because} ({self.by}, {self.on})"
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """One rule, of a pack or of the organisation's own."""

    id: str
    pack: str
    kind: RuleKind
    law: str
    effect: Effect
    citation: tuple[str, ...]
    title: Mapping[str, str]
    text: Mapping[str, str]
    acts: tuple[str, ...] = ()
    gate: str | None = None
    """Of a permission: the gate that it opens."""
    when: Expression | None = None
    unless: tuple[Exempt, ...] = ()
    outcomes: tuple[str, ...] = ()
    """Of a duty: the outcomes that it is added to; none named: all but `deny`."""
    obligations: tuple[str, ...] = ()
    in_force_from: dt.date | None = None
    in_force_to: dt.date | None = None
    checked_on: dt.date | None = None
    confidence: str = "low"
    note: str | None = None
    clock: ClockRule | None = None
    confirm: ClockRule | None = None
    """Of a right: by when its receipt is confirmed."""
    verification: str | None = None
    keep: Keep | None = None
    """Of a minimum or a maximum: how long."""
    record_class: str | None = None
    uses: tuple[str, ...] = ()
    """The gate, tables, derived facts and ranges that it rests on, by name."""
    own: bool = False
    """Whether it is the organisation's, and no pack's."""
    overrides: Override | None = None
    content_hash: str = ""
    """Over everything that the rule says and the law that it is part of; a rule that changed, or
    that speaks for another law, must be adopted again; so must one that overrides a rule which
    changed."""

    def in_force(self, on: dt.date) -> bool:
        """Whether the rule holds on a date."""
        after = self.in_force_from is None or self.in_force_from <= on
        before = self.in_force_to is None or on <= self.in_force_to
        return after and before


@dataclass(frozen=True, slots=True, kw_only=True)
class ConsentLaw:
    """How one law judges whether consent counts."""

    law: str
    counts: Expression
    citation: tuple[str, ...]
    closed_by: tuple[str, ...] = ()
    """Prohibitions, by id, under which it does not count all the same."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleBook:
    """Every rule that is loaded, by id, and what packs say of calendars."""

    rules: Mapping[str, Rule]
    packs: Mapping[str, str] = field(default_factory=dict)
    """Pack names and versions."""
    holidays: Mapping[str, tuple[HolidayChange, ...]] = field(default_factory=dict)
    """By country, or by country and state such as `US-CA`."""
    gates: Mapping[str, Gate] = field(default_factory=dict)
    consent: Mapping[str, ConsentLaw] = field(default_factory=dict)
    """By law; what none speaks of cannot be judged."""
    replaced: Mapping[str, Override] = field(default_factory=dict)
    """Overrides that somebody has adopted, by the rule that no longer speaks."""
    unanswered: Mapping[str, str] = field(default_factory=dict)
    """Why an override does not count although it may be adopted, by the organisation's rule."""
    compiled: dict[object, object] = field(
        default_factory=dict, init=False, compare=False, repr=False
    )
    """What `policy/bench` made of the rules, by law, act and date."""

    def get(self, rule_id: str) -> Rule | None:
        """The rule of that id."""
        return self.rules.get(rule_id)

    def override(self, rule_id: str, on: dt.date) -> Override | None:
        """What speaks in place of a rule on a date, if anything."""
        held = self.replaced.get(rule_id)
        return held if held and self.rules[held.own].in_force(on) else None

    def speaking(self, rule_id: str, on: dt.date) -> Rule | None:
        """The rule of that id, or the one that speaks in its place on a date.

        For one whose own override does not count, that is the rule that it would override.
        """
        said = self.rules.get(rule_id)
        asked = said.overrides.rule if said and said.overrides else rule_id
        held = self.override(asked, on)
        return self.rules.get(held.own if held else asked)

    def rights(self) -> Iterator[Rule]:
        """Rules that grant a right."""
        return (rule for rule in self.rules.values() if rule.kind is RuleKind.RIGHT)


def content_hash(written: Mapping[str, object]) -> str:
    """SHA-256 over a rule as written, with its pack's law, in canonical JSON."""
    text = json.dumps(written, sort_keys=True, separators=(",", ":"), default=str)
    return hashlib.sha256(text.encode()).hexdigest()


def judged_by(rules: Iterable[Rule], law: str, holds: Callable[[Rule], bool]) -> str:
    """SHA-256 over what decides a question of a law: its rules, every minimum, and adoptions."""
    lines = sorted(
        f"{rule.id} {rule.content_hash} {holds(rule)}"
        for rule in rules
        if rule.law == law or rule.kind in PERIODS
    )
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()


def book_hash(rules: Iterable[Rule]) -> str:
    """SHA-256 over all rules."""
    lines = sorted(f"{rule.id} {rule.content_hash}" for rule in rules)
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()
