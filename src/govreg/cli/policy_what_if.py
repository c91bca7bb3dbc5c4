"""What is compared when a pack is to change, and everything that differs, as JSON."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from govreg.cli.policy_packs import Chosen, Packs
from govreg.cli.policy_try import decision_answer
from govreg.policy.adopt import Adopted
from govreg.policy.cases import Written
from govreg.policy.diff import KeyChange, PackDiff
from govreg.policy.diff_cases import DateChange, DecisionChange
from govreg.policy.diff_ends import EndChange, KeptField


@dataclass(frozen=True, slots=True, kw_only=True)
class Around:
    """What a workspace adds to the comparison; without one, there are packs alone."""

    packs: Packs
    on: dt.date
    cases: tuple[Written, ...] = ()
    """The organisation's own."""
    adopted: Adopted | None = None
    register: int | None = None
    """The version of the register in force."""
    fields: tuple[KeptField, ...] = ()
    year_end: tuple[int, int] = (12, 31)
    people: frozenset[str] = frozenset()
    """Who may answer for an override."""
    today: dt.date = dt.date.min
    workspace: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class WhatIf:
    """Everything that differs."""

    old: Chosen
    new: Chosen
    around: Around
    rules: PackDiff
    cases: int
    """How many were asked."""
    decisions: tuple[DecisionChange, ...]
    dates: tuple[DateChange, ...]
    ends: tuple[EndChange, ...]

    def __bool__(self) -> bool:
        """Whether anything differs."""
        return any((self.rules, self.decisions, self.dates, self.ends))


def diff_answer(found: WhatIf) -> dict[str, Any]:
    """Everything that differs, as JSON."""
    around = found.around
    return {
        "old": {"pack": found.old.written.pack, "version": found.old.written.version},
        "new": {"pack": found.new.written.pack, "version": found.new.written.version},
        "on": around.on,
        "differs": bool(found),
        "added": [rule.id for rule in found.rules.added],
        "removed": [rule.id for rule in found.rules.removed],
        "changed": [
            {
                "rule": one.after.id,
                "pack": one.after.pack,
                "keys": [_key_answer(key) for key in one.keys],
                "through": list(one.through),
                "adopted_by": around.adopted.by(one.before) if around.adopted else None,
            }
            for one in found.rules.changed
        ],
        "definitions": [_key_answer(key) for key in found.rules.definitions],
        "about": [_key_answer(key) for key in found.rules.about],
        "cases": found.cases,
        "decisions": [
            {
                **_place(one.written),
                "before": decision_answer(one.before),
                "after": decision_answer(one.after),
            }
            for one in found.decisions
        ],
        "dates": [
            {
                **_place(one.written),
                "rule": getattr(one.written.case, "rule", None),
                "about": one.about,
                "before": one.before,
                "after": one.after,
                "missing": one.missing,
            }
            for one in found.dates
        ],
        "register": around.register,
        "fields": [_end_answer(one) for one in found.ends],
    }


def _key_answer(change: KeyChange) -> dict[str, Any]:
    return {"key": change.key, "before": change.before, "after": change.after}


def _place(written: Written) -> dict[str, Any]:
    return {"case": written.case.note, "file": str(written.file), "line": written.line}


def _end_answer(change: EndChange) -> dict[str, Any]:
    return {
        "field": change.kept.field,
        "kind": change.kind,
        "activities": list(change.kept.activities),
        "rules": list(change.kept.rules),
        "anchors": list(change.kept.anchors),
        "counted_from": change.counted_from,
        "before": change.before.until,
        "kept_before": bool(change.before.rules),
        "after": change.after.until,
        "kept_after": bool(change.after.rules),
        "missing_rules": list(change.missing),
    }
