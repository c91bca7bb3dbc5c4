"""The door through which a plan reaches a source. Nothing else changes a source to erase.

    (1) the caller has committed its intent
    (2) the source carries the plan out, or nothing of it
    (3) the source clears what the change left in its own files, as far as it may

The caller writes the outcome down; what an outcome cannot tell, a re-read must.
"""

from __future__ import annotations

from collections.abc import Sequence

from govreg.connectors.plan import Journal, Rendered, SourcePlan
from govreg.connectors.record import Cleaning, Outcome, OutcomeKind, Remainder, RemainderKind
from govreg.errors import SourceProblem
from govreg.gate.border import Visit


def rendered(visit: Visit, plan: SourcePlan) -> tuple[Rendered, ...]:
    """The plan as the source will carry it out, with placeholders for values."""
    return visit.session(plan.source).render(plan)


def carry_out(visit: Visit, plan: SourcePlan, journal: Journal) -> tuple[Outcome, ...]:
    """Carry a plan out at its source: one outcome for each change.

    A source that cannot be reached refuses every change with its code.
    """
    try:
        return visit.session(plan.source).apply(plan, journal)
    except SourceProblem as problem:
        return tuple(
            Outcome(position=position, kind=OutcomeKind.REFUSED, code=problem.code)
            for position in range(len(plan.changes))
        )


def clean(visit: Visit, source: str, collections: Sequence[str]) -> Cleaning:
    """Clear what changes left behind in the source's own files; a failure is a remainder."""
    try:
        return visit.session(source).clean(collections)
    except SourceProblem as problem:
        text = f"the source's own files were not cleared ({problem.code})"
        return Cleaning(remains=(Remainder(kind=RemainderKind.NOT_CLEARED, text=text),))
