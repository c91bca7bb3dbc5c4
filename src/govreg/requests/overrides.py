"""The overrides of the organisation's own that touched an answer, for whoever reads of it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping

from govreg.gate.scope import Scope
from govreg.policy.rule import Override, RuleKind
from govreg.requests.model import RequestKind, SubjectRequest
from govreg.requests.parts import Parts
from govreg.requests.right import right_of


def overrides_in(
    parts: Parts, request: SubjectRequest, scope: Scope, spoke: Iterable[str]
) -> tuple[Override, ...]:
    """The overrides that touched an answer.

    Those whose rules `spoke`, that of the right itself, and for an erasure those of the minimums
    of what was found: also one that keeps nothing any more where the overridden one would.
    """
    asked = [right_of(parts, request.law, request.kind).id, *spoke]
    erasing = request.kind is RequestKind.ERASURE
    for ref in scope.rows:
        collection = parts.border.register.collection(ref)
        for minimum in collection.minimums if collection and erasing else ():
            rule = parts.rules.speaking(minimum.rule, parts.today())
            asked += [rule.id] if rule else []
    rules = [parts.rules.get(name) for name in dict.fromkeys(asked)]
    held = [rule.overrides for rule in rules if rule and rule.overrides]
    return tuple(one for one in held if parts.rules.override(one.rule, parts.today()) == one)


def override_data(override: Override) -> dict[str, str]:
    """An override as plain data."""
    return {
        "own": override.own,
        "rule": override.rule,
        "kind": str(override.kind),
        "because": override.because,
        "by": override.by,
        "on": override.on.isoformat(),
        "words": override.words,
    }


def override_of(held: Mapping[str, str]) -> Override:
    """The override in plain data."""
    return Override(
        own=held["own"],
        rule=held["rule"],
        kind=RuleKind(held["kind"]),
        because=held["because"],
        by=held["by"],
        on=dt.date.fromisoformat(held["on"]),
    )
