"""Judgements that a person made: an outcome, who made it, when, and until when it holds.

Whether a request is manifestly excessive, or whose interests prevail, no engine can say. A named
person says it, and not for ever: past its validity a judgement counts as not known, and the
decision that needs it says so.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, replace

from govreg.policy.outcome import Decision, Reason

PREFIX = "assessment."
"""How the names of facts begin that are judgements."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Assessment:
    """A judgement, as the value of a fact."""

    outcome: str
    """One of the fact's values."""
    by: str
    """Key of the person in the configuration."""
    on: dt.date
    until: dt.date
    """The last day on which it holds."""

    def holds(self, day: dt.date) -> bool:
        """Whether it has been made by a day, and still holds."""
        return self.on <= day <= self.until

    def data(self) -> dict[str, str]:
        """It as plain data."""
        return {
            "outcome": self.outcome,
            "by": self.by,
            "on": self.on.isoformat(),
            "until": self.until.isoformat(),
        }


def assessment_of(held: Mapping[str, object]) -> Assessment:
    """The judgement in plain data.

    Raises:
        ValueError: a key is missing or unknown, a day is none, or it ends before it begins.
    """
    if held.keys() != {"outcome", "by", "on", "until"} or not all(held.values()):
        raise ValueError("not the keys of an assessment")
    made = Assessment(
        outcome=str(held["outcome"]),
        by=str(held["by"]),
        on=dt.date.fromisoformat(str(held["on"])),
        until=dt.date.fromisoformat(str(held["until"])),
    )
    if made.until < made.on:
        raise ValueError("it ends before it begins")
    return made


def settled(
    facts: Mapping[str, object], day: dt.date
) -> tuple[Mapping[str, object], Mapping[str, Assessment]]:
    """The facts with each judgement's outcome, and the judgements that do not hold on a day.

    One that does not hold is a fact that is not known.
    """
    if Assessment not in map(type, facts.values()):
        return facts, {}
    judged = {name: value for name, value in facts.items() if isinstance(value, Assessment)}
    lapsed = {name: one for name, one in judged.items() if not one.holds(day)}
    said = {name: None if name in lapsed else one.outcome for name, one in judged.items()}
    return {**facts, **said}, lapsed


def with_lapsed(decision: Decision, lapsed: Mapping[str, Assessment]) -> Decision:
    """The decision, which says of the judgements it missed that they do not hold any more."""
    said = tuple(
        Reason(rule=None, cite=(), text=_lapsed(name, lapsed[name]))
        for name in decision.unknown_facts
        if name in lapsed
    )
    return replace(
        decision,
        reasons=(*decision.reasons, *said),
        regimes=tuple(with_lapsed(one, lapsed) for one in decision.regimes),
    )


def _lapsed(name: str, held: Assessment) -> str:
    return (
        f"`{name}`, judged by {held.by} on {held.on}, holds until {held.until} only: it counts as "
        "not known until somebody judges anew"
    )
