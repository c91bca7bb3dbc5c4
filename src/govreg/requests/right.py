"""The rule that grants what a person asks for."""

from __future__ import annotations

from govreg.errors import UsageProblem
from govreg.policy.rule import Rule
from govreg.requests.model import RequestKind
from govreg.requests.parts import Parts

_RIGHT = {RequestKind.ACCESS: "access", RequestKind.ERASURE: "erase"}


def right_of(parts: Parts, law: str, kind: RequestKind) -> Rule:
    """The rule that grants the right.

    Raises:
        UsageProblem: no installed pack grants it.
    """
    rule = parts.rules.speaking(f"{law}.{_RIGHT[kind]}", parts.today())
    if rule is None:
        laws = sorted(r.law for r in parts.rules.rights() if r.id == f"{r.law}.{_RIGHT[kind]}")
        raise UsageProblem(
            f"no installed pack grants {kind} under `{law}`",
            f"laws with this right here: {', '.join(laws) or 'none; install govreg-policies'}",
        )
    return rule
