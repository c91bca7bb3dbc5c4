"""When a clock starts that runs from knowledge: moments that a named person attests.

A breach is known from the moment when somebody knew of it, and under some laws from when somebody
should have known. The engine judges neither: it takes what was attested, and where the rule says
so, the earlier.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from govreg.errors import UsageProblem
from govreg.policy.clocks import clock_of
from govreg.policy.rule import Rule


@dataclass(frozen=True, slots=True, kw_only=True)
class Awareness:
    """What a named person attests of when something was known."""

    known_at: dt.datetime | None
    should_have_known_at: dt.datetime | None
    attested_by: str

    def __post_init__(self) -> None:
        if not self.attested_by.strip():
            raise UsageProblem("a named person attests when it was known")
        for moment in (self.known_at, self.should_have_known_at):
            if moment is not None and moment.tzinfo is None:
                raise UsageProblem(
                    "a moment needs its time zone", "such as `2026-12-04T16:30+02:00`"
                )


@dataclass(frozen=True, slots=True, kw_only=True)
class Start:
    """The moment that a clock is counted from."""

    at: dt.datetime
    findings: tuple[str, ...] = ()


def said_of_start(rule: Rule) -> tuple[str, ...]:
    """What is said where a moment was given and nobody attested what it is."""
    match clock_of(rule).start:
        case "known":
            return (
                f"rule `{rule.id}` counts from when it was known: the moment is taken as that",
            )
        case "first_known":
            finding = (
                f"rule `{rule.id}` counts from when it was known or should have been, whichever "
                "is earlier: the moment is taken as that"
            )
            return (finding,)
    return ()


def started(rule: Rule, awareness: Awareness) -> Start:
    """When the clock of a rule starts, by what was attested.

    Raises:
        ConfigurationProblem: the rule has no clock.
        UsageProblem: its clock does not run from knowledge, or nobody attests what it needs.
    """
    known, should = (
        moment.astimezone(dt.UTC) if moment else None
        for moment in (awareness.known_at, awareness.should_have_known_at)
    )
    match clock_of(rule).start:
        case "known":
            if known is None:
                raise UsageProblem(
                    f"rule `{rule.id}` counts from `known_at`, which nobody attests"
                )
            if should is not None and should < known:
                finding = (
                    f"it should have been known earlier, on {should.isoformat()}; rule "
                    f"`{rule.id}` counts from when it was known"
                )
                return Start(at=known, findings=(finding,))
            return Start(at=known)
        case "first_known":
            moments = [moment for moment in (known, should) if moment is not None]
            if not moments:
                raise UsageProblem(
                    f"rule `{rule.id}` counts from when it was known, or should have been",
                    "attest `known_at`, `should_have_known_at` or both",
                )
            if should is not None:
                return Start(at=min(moments))
            finding = (
                "nobody attests `should_have_known_at`; where it is earlier, rule "
                f"`{rule.id}` counts from it"
            )
            return Start(at=min(moments), findings=(finding,))
    raise UsageProblem(f"the clock of rule `{rule.id}` does not run from knowledge")
