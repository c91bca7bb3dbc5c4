"""A pack file as it is written; grammar in `docs/spec/policy-pack.md`."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping
from typing import Annotated, Any, Literal

from pydantic import Field

from govreg.policy.clock_file import (
    PLACE,
    Anchor,
    ChoiceFile,
    ClockFile,
    HolidayFile,
    KeepFile,
    ParameterFile,
    Period,
)
from govreg.policy.fact import ACTS, OWN_ACTS, REQUEST_ACTS
from govreg.policy.rule import PERIODS, Effect, RuleKind
from govreg.yaml12 import StrictModel

FORMAT = 1

_ID = r"^[a-z][a-z0-9_]*(\.[a-z0-9_]+)+$"

SAYS: Mapping[RuleKind, tuple[Effect, ...]] = {
    RuleKind.RIGHT: (Effect.ALLOW,),
    RuleKind.GROUND: (Effect.ALLOW,),
    RuleKind.DISCLOSURE: (Effect.ALLOW,),
    RuleKind.PERMISSION: (Effect.ALLOW,),
    RuleKind.PROHIBITION: (Effect.DENY, Effect.RESTRICT, Effect.NEEDS_HUMAN),
    RuleKind.SCOPE: (Effect.NOT_APPLICABLE,),
    RuleKind.DUTY: (Effect.OBLIGE,),
    RuleKind.MINIMUM: (Effect.RETAIN,),
    RuleKind.MAXIMUM: (Effect.END,),
    RuleKind.DEADLINE: (Effect.ALLOW,),
}
"""What a rule of each kind may say: one that opens never denies."""

ABOUT: Mapping[RuleKind, tuple[str, ...]] = {
    RuleKind.GROUND: tuple(act for act in REQUEST_ACTS if act != "disclose"),
    RuleKind.DISCLOSURE: ("disclose",),
    RuleKind.PERMISSION: OWN_ACTS,
    RuleKind.PROHIBITION: ACTS,
    RuleKind.DUTY: ACTS,
}
"""The acts that a rule of each kind may be about; it opens no other."""

NEEDS: Mapping[RuleKind, tuple[str, ...]] = {
    RuleKind.RIGHT: ("clock", "verification"),
    RuleKind.GROUND: ("act", "when"),
    RuleKind.DISCLOSURE: ("act",),
    RuleKind.PERMISSION: ("act", "gate", "when"),
    RuleKind.PROHIBITION: ("act", "when"),
    RuleKind.SCOPE: ("when",),
    RuleKind.DUTY: ("act", "obligations"),
    RuleKind.MINIMUM: (),
    RuleKind.MAXIMUM: ("record_class",),
    RuleKind.DEADLINE: ("clock",),
}
"""What a rule of each kind cannot do without."""

ONLY: Mapping[str, Collection[RuleKind]] = {
    "gate": (RuleKind.PERMISSION,),
    "unless": (RuleKind.PROHIBITION,),
    "outcomes": (RuleKind.DUTY,),
    "clock": (RuleKind.RIGHT, RuleKind.DEADLINE),
    "verification": (RuleKind.RIGHT,),
    "confirm": (RuleKind.RIGHT,),
    "period": PERIODS,
    "anchor": PERIODS,
    "keep_until": PERIODS,
    "record_class": PERIODS,
    "ordered_by_law": (RuleKind.MAXIMUM,),
}
"""Keys that mean nothing elsewhere, so that they are refused there."""


class ExemptFile(StrictModel):
    """One exception under `unless:`."""

    id: str = Field(pattern=r"^[a-z0-9_]+$")
    citation: list[str] = Field(min_length=1)
    text: dict[str, str]
    when: dict[str, Any]


class OverrideFile(StrictModel):
    """Which rule of a pack a rule of the organisation's own overrides, and who answers for it."""

    rule: str
    because: str = Field(min_length=1)
    by: str = Field(min_length=1)
    on: dt.date


class RuleFile(StrictModel):
    """One rule as written."""

    id: str = Field(pattern=_ID)
    kind: RuleKind
    effect: Effect
    act: str | list[str] | None = None
    gate: str | None = None
    citation: list[str] = Field(min_length=1)
    title: dict[str, str]
    text: dict[str, str]
    when: dict[str, Any] | None = None
    unless: list[ExemptFile] = []
    obligations: list[str] = []
    outcomes: list[
        Literal["allow", "deny", "partial", "restrict", "needs_human", "not_applicable"]
    ] = []
    in_force_from: dt.date | None = None
    in_force_to: dt.date | None = None
    checked_on: dt.date
    confidence: Literal["high", "medium", "low"]
    note: str | None = None
    clock: ClockFile | None = None
    confirm: ClockFile | None = None
    verification: Literal["none", "reasonable", "reasonably_high", "account"] | None = None
    period: Period | None = None
    anchor: Anchor | None = None
    keep_until: KeepFile | None = None
    record_class: str | None = None
    ordered_by_law: bool = False
    overrides: OverrideFile | None = None

    @property
    def acts(self) -> tuple[str, ...]:
        """The acts that it is about."""
        if self.act is None:
            return ()
        return (self.act,) if isinstance(self.act, str) else tuple(self.act)


class TableFile(StrictModel):
    """A table that conditions look up: what one fact's value means."""

    by: str
    citation: list[str] = Field(min_length=1)
    rows: dict[str, str | int | bool]
    default: str | int | bool | None = None
    dotted: bool = False
    covers: list[str] = []
    """Keys that must be there; a missing one is a hole."""


class DerivedFile(StrictModel):
    """A fact that follows from others: a flag out of a condition, or a text out of a table."""

    words: str
    when: dict[str, Any] | None = None
    table: str | None = None


class GateFile(StrictModel):
    """What must be opened for an act."""

    acts: list[str] = Field(min_length=1)
    citation: list[str] = Field(min_length=1)
    text: dict[str, str]
    when: dict[str, Any] | None = None
    open: bool = False


class ConsentFile(StrictModel):
    """How a law judges whether consent counts."""

    counts: str
    """The pack's derived fact that says so."""
    citation: list[str] = Field(min_length=1)
    closed_by: list[str] = []
    """Prohibitions of the pack under which it does not count all the same."""


class PackFile(StrictModel):
    """A pack as written."""

    govreg_pack: int
    pack: str
    version: str
    law: str
    title: dict[str, str]
    note: str | None = None
    in_force_from: dt.date | None = None
    """Of every rule that says nothing else."""
    holidays: dict[Annotated[str, Field(pattern=PLACE)], list[HolidayFile]] = {}
    tables: dict[str, TableFile] = {}
    derive: dict[str, DerivedFile] = {}
    parameters: dict[str, ParameterFile] = {}
    choose: dict[str, ChoiceFile] = {}
    gates: dict[str, GateFile] = {}
    record_classes: dict[Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$")], dict[str, str]] = {}
    """Classes of records beyond those that rules of packs name, each in words by language."""
    consent: ConsentFile | None = None
    rules: list[RuleFile]
