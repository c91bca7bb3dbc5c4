"""A ground for each field and purpose: nothing is erased without one.

    (1) each field is judged for each activity that uses it
    (2) one activity without a ground keeps the field for that activity
    (3) an unknown fact, or a rule that nobody has adopted, makes the field undecided
    (4) otherwise the field is erased, with the grounds that said so

Source: Art. 17(1) and 5(1)(b) GDPR: the ground is looked for purpose by purpose.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from dataclasses import field as attribute
from types import MappingProxyType

from govreg.condition.truth import Truth
from govreg.erasure.model import NO_GROUND, Cause, Fate
from govreg.gate.cells import item_facts
from govreg.policy.adopt import Adopted
from govreg.policy.evaluate import decide
from govreg.policy.outcome import Decision, Outcome
from govreg.policy.precedence import Ended
from govreg.policy.rule import RuleBook
from govreg.register.model import Activity, Collection, Field, Register
from govreg.register.stated import ACTIVITY, as_facts

Ends = Mapping[bool, Ended]
"""What maximums say: True for those by which a law orders erasure, False for others."""

NO_END: Ends = MappingProxyType({})


@dataclass(frozen=True, slots=True, kw_only=True)
class Law:
    """What a request is judged by."""

    rules: RuleBook
    adopted: Adopted
    on: dt.date
    facts: Mapping[str, object]
    """What is known of the request, the person and the organisation."""
    chosen: Mapping[str, Mapping[str, object]] = attribute(default_factory=dict)
    """What the person has chosen, as facts, by activity; what is stated of the request counts
    before it."""


def field_cause(
    collection: Collection,
    field: Field,
    register: Register,
    law: Law,
    *,
    minimum_passed: bool = False,
    ends: Ends = NO_END,
) -> Cause:
    """What becomes of a field of the person's own row, before minimums are looked at.

    Args:
        collection: The collection.
        field: The field.
        register: For the activities that use it.
        law: What the request is judged by.
        minimum_passed: Whether the row's statutory minimums have all run out.
        ends: What maximums say of the field.
    """
    known = [register.activities[name] for name in field.activities if name in register.activities]
    used: list[Activity | None] = [*known] if known else [None]
    decisions = [
        (
            activity,
            judged(collection, field, activity, law, minimum_passed=minimum_passed, ends=ends),
        )
        for activity in used
    ]
    denied = [(a, d) for a, d in decisions if d.outcome is Outcome.DENY]
    unclear = [(a, d) for a, d in decisions if d.outcome not in {Outcome.DENY, Outcome.ALLOW}]
    if denied:
        names = ", ".join(a.name for a, _ in denied if a)
        return _cause(Fate.WITHHOLD, NO_GROUND, [d for _, d in denied], purpose=names or None)
    if unclear:
        return _cause(Fate.UNDECIDED, "unclear", [d for _, d in unclear])
    return _cause(Fate.ERASE, "ground", [d for _, d in decisions])


def judged(
    collection: Collection,
    field: Field,
    activity: Activity | None,
    law: Law,
    *,
    minimum_passed: bool,
    ends: Ends = NO_END,
) -> Decision:
    """The decision for one field and one activity; a field without activity has unknown facts."""
    question = {
        **(law.chosen.get(activity.name, {}) if activity else {}),
        **law.facts,
        "request.act": "erase",
        **item_facts(collection, field),
        "item.minimum_passed": minimum_passed,
        "item.maximum_passed": _known(ends.get(True)),
        "item.limit_passed": _known(ends.get(False)),
        **(_UNKNOWN_ACTIVITY if activity is None else activity_facts(activity)),
    }
    return decide(question, law.rules, on=law.on, adopted=law.adopted)


def _known(ended: Ended | None) -> bool | None:
    """Whether a maximum has run out, as a fact; None where that is not known."""
    if ended is None or ended.passed is Truth.FALSE:
        return False
    return True if ended.passed is Truth.TRUE else None


def activity_facts(activity: Activity) -> dict[str, object]:
    """What the register says of an activity, as facts."""
    return {
        **as_facts(activity.facts, ACTIVITY),
        "activity.basis": activity.basis,
        "activity.ended": activity.ended,
        "activity.direct_marketing": activity.direct_marketing,
        "activity.unlawful": activity.assessed_unlawful,
        "activity.erasure_duty": activity.erasure_duty,
    }


_UNKNOWN_ACTIVITY: Mapping[str, object] = {
    "activity.basis": None,
    "activity.ended": None,
    "activity.direct_marketing": None,
    "activity.unlawful": None,
    "activity.erasure_duty": None,
}


def _cause(
    fate: Fate, code: str, decisions: list[Decision], *, purpose: str | None = None
) -> Cause:
    reasons = [reason for decision in decisions for reason in decision.reasons]
    confidence = [reason.confidence for reason in reasons if reason.confidence]
    order = ("low", "medium", "high")
    return Cause(
        fate=fate,
        code=code,
        rules=tuple(dict.fromkeys(reason.rule for reason in reasons if reason.rule)),
        cites=tuple(dict.fromkeys(cite for reason in reasons for cite in reason.cite)),
        text="; ".join(dict.fromkeys(reason.text for reason in reasons)),
        confidence=min(confidence, key=order.index) if confidence else None,
        purpose=purpose,
        missing=tuple(dict.fromkeys(f for d in decisions for f in d.unknown_facts)),
        overrides=tuple(dict.fromkeys(o.own for d in decisions for o in d.overrides)),
    )
