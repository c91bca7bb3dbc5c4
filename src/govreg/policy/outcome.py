"""A decision and its reasons."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from govreg.policy.rule import Override


class Outcome(StrEnum):
    """What a decision says. Never a bare yes or no."""

    ALLOW = "allow"
    DENY = "deny"
    PARTIAL = "partial"
    RESTRICT = "restrict"
    NEEDS_HUMAN = "needs_human"
    NOT_APPLICABLE = "not_applicable"


@dataclass(frozen=True, slots=True, kw_only=True)
class Reason:
    """One rule's part in a decision."""

    rule: str | None
    """The rule's id; None for what holds without a rule."""
    cite: tuple[str, ...]
    text: str
    confidence: str | None = None
    """How sure the rule's wording is: `high`, `medium` or `low`."""
    adopted: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """An outcome with everything that made it."""

    outcome: Outcome
    reasons: tuple[Reason, ...] = ()
    obligations: tuple[str, ...] = ()
    unknown_facts: tuple[str, ...] = ()
    overrides: tuple[Override, ...] = ()
    """Rules of the organisation's own that spoke in place of a pack's where that one could have
    made another answer."""
    law: str | None = None
    """The law that it is under; None where it combines several."""
    regimes: tuple[Decision, ...] = ()
    """Where several laws were asked: each one's own decision."""
    items: tuple[Decision, ...] = ()
    """Where several items were asked: each one's own decision, in their order."""
