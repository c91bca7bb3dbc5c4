"""A deadline as data: a month is a month, never thirty days."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True, kw_only=True)
class TargetRule:
    """How the internal target is counted: the earliest reading, where nobody can dispute it."""

    count_start: str | None = None
    """None: as the clock counts."""
    roll: str = "working_day_before"
    """`none` or `working_day_before`; a clock in business days needs neither."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OptionRule:
    """Another reading of the law, off until somebody takes it."""

    name: str
    citation: tuple[str, ...]
    text: Mapping[str, str]
    roll: str | None = None
    count_start: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ClockRule:
    """How a period is counted."""

    n: int
    unit: str
    """`month`, `calendar_day`, `business_day` or `hour`."""
    count_start: str = "exclude"
    roll: str = "none"
    """`none` or `next_working_day`."""
    extension: int = 0
    """More of the same unit, when it is lawfully extended; counted from the same start."""
    calendar: str = "place"
    """`place`, or `none`: only weekends are no working days."""
    start: str = "received"
    """`received`, `known`, or `first_known`: the earlier of known and should have been known."""
    anchor: str = "event"
    """Counted from the end of the month or calendar year that the start lies in, or from it."""
    as_soon_as_possible: bool = False
    """The duty is at once; the period is its outer limit."""
    suspend_for: tuple[str, ...] = ()
    """Reasons for which it may stand still."""
    target: TargetRule = TargetRule()
    options: Mapping[str, OptionRule] = field(default_factory=dict)
