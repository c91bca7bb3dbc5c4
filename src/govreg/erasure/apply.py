"""Carry approved plans out, source by source, and come back safely after a crash.

    (1) the step's row says `running`: the intent is committed
    (2) after a crash, re-read first: rows that reached their final state are left out of the plan
    (3) the source carries the rest out, or nothing of it
    (4) what cannot be told is re-read; what a re-read cannot tell is left to a person

Resuming only goes forward: nothing that is done is undone.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from govreg.connectors.plan import SETTLED, Change, ChangeKind, Journal, SourcePlan
from govreg.connectors.record import Cleaning, Outcome, OutcomeKind
from govreg.connectors.values import holds
from govreg.errors import SourceProblem
from govreg.gate.border import Visit
from govreg.gate.erase import carry_out, clean
from govreg.register.model import Register


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceResult:
    """What became of the plan for one source."""

    source: str
    done: bool
    outcomes: tuple[Outcome, ...]
    cleaning: Cleaning = field(default_factory=Cleaning)

    @property
    def code(self) -> str | None:
        """Why it was not done: the first code that is not a mere consequence."""
        codes = [o.code or str(o.kind) for o in self.outcomes if o.kind not in SETTLED]
        return next((code for code in codes if code != "rolled_back"), codes[0] if codes else None)


def carry(
    visit: Visit, register: Register, plan: SourcePlan, journal: Journal, *, again: bool
) -> SourceResult:
    """Carry the plan for one source out; `again` after a crash or a failure."""
    rest = remaining(visit, register, plan) if again else plan
    if not rest.changes:
        outcomes: tuple[Outcome, ...] = tuple(
            Outcome(position=at, kind=OutcomeKind.ALREADY) for at in range(len(plan.changes))
        )
    else:
        outcomes = carry_out(visit, rest, journal)
    if any(o.kind is OutcomeKind.UNKNOWN for o in outcomes):
        outcomes = _told_by_reread(visit, register, plan, outcomes)
    done = all(outcome.kind in SETTLED for outcome in outcomes)
    cleaning = clean(visit, plan.source, plan.collections) if done else Cleaning()
    return SourceResult(source=plan.source, done=done, outcomes=outcomes, cleaning=cleaning)


def remaining(visit: Visit, register: Register, plan: SourcePlan) -> SourcePlan:
    """The plan without rows that are in their final state already.

    The schema hash is kept: what remains is still refused when the schema has moved.
    """
    changes = []
    for change in plan.changes:
        final = _final_rows(visit, register, plan.source, change, plan.changes)
        left = change.without(final)
        if left.rows:
            changes.append(left)
    return replace(plan, changes=tuple(changes))


def _final_rows(
    visit: Visit, register: Register, source: str, change: Change, changes: Sequence[Change]
) -> set[tuple[object, ...]]:
    collection = register.collection(f"{source}.{change.collection}")
    if collection is None:
        return set()
    columns = tuple(dict.fromkeys((*change.key, *change.written)))
    live = {
        tuple(row[name] for name in change.key): row
        for row in visit.follow(collection, change.key, change.rows, columns)
    }
    gone = {row for row in change.rows if row not in live}
    if change.kind is ChangeKind.DELETE:
        return gone
    deleted = {
        row
        for other in changes
        if other.kind is ChangeKind.DELETE and other.collection == change.collection
        for row in other.rows
    }
    changed = {
        key
        for key, values in change.new_values()
        if key in live and all(holds(live[key][name], value) for name, value in values.items())
    }
    return changed | (gone & deleted)


def _told_by_reread(
    visit: Visit, register: Register, plan: SourcePlan, outcomes: Sequence[Outcome]
) -> tuple[Outcome, ...]:
    """Settle what a lost answer left unknown, on a fresh connection; else leave it unknown."""
    try:
        with visit.border.visit() as fresh:
            left = remaining(fresh, register, plan)
    except SourceProblem:
        return tuple(outcomes)
    if not left.changes:
        return tuple(replace(o, kind=OutcomeKind.DONE, code=None) for o in outcomes)
    untouched = sum(len(c.rows) for c in left.changes) == sum(len(c.rows) for c in plan.changes)
    if untouched:
        return tuple(replace(o, kind=OutcomeKind.REFUSED, code="not_committed") for o in outcomes)
    return tuple(outcomes)


def result_note(result: SourceResult) -> dict[str, object]:
    """A result as a step's note: counts and codes."""
    return {
        "done": result.done,
        "code": result.code,
        "affected": sum(outcome.affected for outcome in result.outcomes),
        "outcomes": [
            [o.position, str(o.kind), o.affected, o.code, str(o.disposition or "")]
            for o in result.outcomes
        ],
        "cleaned": list(result.cleaning.done),
        "remains": [[str(r.kind), r.text, r.collection] for r in result.cleaning.remains],
    }


def unsettled(notes: Mapping[str, Mapping[str, object]]) -> dict[str, str]:
    """Sources that are not done, with the code."""
    return {
        source: str(note.get("code") or "failed")
        for source, note in notes.items()
        if not note.get("done")
    }
