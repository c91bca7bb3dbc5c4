"""The first erasure under a wording of a rule: shown, and always approved by a second person.

- A rule that changed is another wording, and must be adopted again; its first use is the first
  erasure that is carried out under it. What people expected of it is seen there.
- A wording counts as used once an erasure that rests on it has been settled. Stores of before know
  of no use: each wording is then used for the first time once more.
- Of plans that were made side by side each says that it is the first, and takes a second person.
  Only the erasure that was settled first is certified as the first use.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import sqlalchemy as sa

from govreg.clock import to_millis
from govreg.erasure.model import ErasurePlan
from govreg.errors import Refused
from govreg.policy.rule import Rule
from govreg.requests.model import SubjectRequest
from govreg.requests.parts import Parts
from govreg.requests.tables import rule_use


def first_uses(
    parts: Parts, connection: sa.Connection, plan: ErasurePlan
) -> Iterator[Mapping[str, str]]:
    """The rules of a plan whose wording was never used: rule, hash, who adopted it, when."""
    rules = list(_resting_on(parts, plan))
    used = _used(connection, rules)
    for rule in rules:
        if (rule.id, rule.content_hash) in used:
            continue
        adoption = parts.adopted.adoptions.get(rule.id)
        held = adoption if adoption and adoption.content_hash == rule.content_hash else None
        yield {
            "rule": rule.id,
            "hash": rule.content_hash,
            "adopted_by": held.by if held else "",
            "adopted_on": held.on.isoformat() if held else "",
        }


def require_approval_of_first_use(
    request: SubjectRequest, uses: Iterable[Mapping[str, Any]], *, approver: str
) -> None:
    """Refuse the planner as approver of a first use, also where four eyes are switched off.

    Raises:
        Refused: naming the rules.
    """
    names = ", ".join(f"`{one['rule']}`" for one in uses)
    if names and request.planned_by == approver:
        raise Refused(
            f"`{approver}` made this plan, and nothing was erased under the present wording of "
            f"{names} before",
            "the first use of a wording is approved by a second person with the role dpo or "
            "compliance, also where four eyes are switched off",
        )


def remember_uses(
    parts: Parts, connection: sa.Connection, plan: ErasurePlan, request: SubjectRequest
) -> int:
    """Write down the wordings that an erasure was carried out under; returns how many are new."""
    rules = list(_resting_on(parts, plan))
    used = _used(connection, rules)
    new = [rule for rule in rules if (rule.id, rule.content_hash) not in used]
    if new:
        connection.execute(
            rule_use.insert(),
            [
                {
                    "rule": rule.id,
                    "content_hash": rule.content_hash,
                    "request_id": request.id,
                    "used_at": to_millis(parts.clock()),
                }
                for rule in new
            ],
        )
    return len(new)


def certified_uses(
    connection: sa.Connection, uses: Iterable[Mapping[str, Any]], request: SubjectRequest
) -> tuple[str, ...]:
    """The rules of which a request's erasure is the first use, also when it is certified again.

    Args:
        connection: A connection to the store.
        uses: What its approved plan showed as first uses.
        request: The request.
    """
    held = {
        (row.rule, row.content_hash): row.request_id
        for row in connection.execute(sa.select(rule_use))
    }
    shown = [
        one["rule"]
        for one in uses
        if held.get((one["rule"], one["hash"]), request.id) == request.id
    ]
    settled = sorted(rule for (rule, _), first in held.items() if first == request.id)
    return tuple(dict.fromkeys((*shown, *settled)))


def _resting_on(parts: Parts, plan: ErasurePlan) -> Iterator[Rule]:
    """The rules that opened or held an erasure, each once."""
    names = dict.fromkeys(
        name for row in plan.rows for cause in row.causes.values() for name in cause.rules
    )
    return (rule for rule in map(parts.rules.get, names) if rule is not None)


def _used(connection: sa.Connection, rules: Iterable[Rule]) -> frozenset[tuple[str, str]]:
    query = sa.select(rule_use.c.rule, rule_use.c.content_hash).where(
        rule_use.c.rule.in_([rule.id for rule in rules])
    )
    return frozenset((row.rule, row.content_hash) for row in connection.execute(query))
