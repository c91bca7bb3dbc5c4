"""Counts of what became of cells, fields, rows and collections, from the plan and the re-read.

- A cell of a collection whose change is not known to have worked is failed, never erased.
- A row counts as erased whole only if every cell of the person in it went.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator, Mapping, Sequence

from govreg.connectors.plan import ChangeKind
from govreg.erasure.certificate import Evidence
from govreg.erasure.model import NO_GROUND, Cause, ErasurePlan, Fate, RowAction, RowPlan
from govreg.erasure.strategy import strategy_of
from govreg.erasure.verify import Checked, SelfTest
from govreg.register.model import Collection, Register, Strategy
from govreg.reports.certificate_document import (
    CollectionOutcome,
    FieldOutcome,
    RowTally,
    Tally,
)

_BLANKING = frozenset({Strategy.SET_NULL, Strategy.CONSTANT, Strategy.GENERALISE_DATE})
_OPEN = frozenset({NO_GROUND, "unclear"})


def failed_cells(evidence: Evidence, ref: str) -> int:
    """How many cells of a collection should be gone and are not known to be."""
    source = ref.partition(".")[0]
    note = evidence.results.get(source)
    rows = _rows(evidence, ref)
    erasing = sum(cause.fate is not Fate.WITHHOLD for r in rows for cause in r.causes.values())
    changed = [row for row in rows if row.action is not RowAction.KEEP]
    if changed and note is not None and not note.get("done"):
        return erasing
    checked = evidence.verification.collections.get(ref) if evidence.verification else None
    if checked is None:
        return erasing if changed else 0
    width = max((len(row.causes) for row in changed), default=0)
    return min(erasing, checked.still_there * width + sum(checked.unchanged.values()))


def cell_tally(evidence: Evidence) -> Tally:
    """Cells by what became of them."""
    counts = dict.fromkeys(("erased", "withheld", "restricted", "refused"), 0)
    for row in evidence.plan.rows:
        for cause in row.causes.values():
            counts[_bucket(cause)] += 1
    failed = sum(failed_cells(evidence, ref) for ref in _refs(evidence.plan))
    return Tally(
        erased=max(0, counts["erased"] - failed),
        withheld=counts["withheld"],
        restricted=counts["restricted"],
        refused=counts["refused"],
        failed=failed,
    )


def _bucket(cause: Cause) -> str:
    if cause.fate is Fate.ERASE:
        return "erased"
    if cause.fate is Fate.RESTRICT:
        return "restricted"
    return "refused" if cause.code in _OPEN else "withheld"


def row_tally(evidence: Evidence) -> RowTally:
    """Rows by what became of them, over all collections."""
    tallies = [_collection_rows(evidence, ref) for ref in _refs(evidence.plan)]
    return RowTally(
        erased_whole=sum(each.erased_whole for each in tallies),
        partly_kept=sum(each.partly_kept for each in tallies),
        withheld=sum(each.withheld for each in tallies),
        restricted=sum(each.restricted for each in tallies),
        refused=sum(each.refused for each in tallies),
        failed=sum(each.failed for each in tallies),
    )


def _collection_rows(evidence: Evidence, ref: str) -> RowTally:
    counts = dict.fromkeys(("erased_whole", "partly_kept", "withheld", "restricted", "refused"), 0)
    failed = 0
    bad = failed_cells(evidence, ref) > 0
    for row in _rows(evidence, ref):
        if bad and row.action is not RowAction.KEEP:
            failed += 1
        else:
            counts[_row_bucket(row)] += 1
    return RowTally(**counts, failed=failed)


def _row_bucket(row: RowPlan) -> str:
    causes = row.causes.values()
    if row.action is RowAction.KEEP:
        refused = [cause for cause in causes if cause.code in _OPEN]
        return "refused" if refused and len(refused) == len(causes) else "withheld"
    if all(cause.fate is Fate.ERASE for cause in causes):
        return "erased_whole"
    if not any(cause.fate is Fate.ERASE for cause in causes):
        return "restricted"
    return "partly_kept"


def _refs(plan: ErasurePlan) -> tuple[str, ...]:
    return tuple(dict.fromkeys(row.collection for row in plan.rows))


def _rows(evidence: Evidence, ref: str) -> list[RowPlan]:
    return [row for row in evidence.plan.rows if row.collection == ref]


def collection_outcomes(
    register: Register, evidence: Evidence, connectors: Callable[[str], str]
) -> Iterator[CollectionOutcome]:
    """What happened in each collection; `connectors` gives a connector's name with its version."""
    for ref in _refs(evidence.plan):
        collection = register.collection(ref)
        if collection is not None:
            yield _outcome(register, collection, evidence, connectors)


def _outcome(
    register: Register,
    collection: Collection,
    evidence: Evidence,
    connectors: Callable[[str], str],
) -> CollectionOutcome:
    ref = collection.ref
    rows = _rows(evidence, ref)
    changed = [row for row in rows if row.action is not RowAction.KEEP]
    checked = evidence.verification.collections.get(ref) if evidence.verification else None
    note = evidence.results.get(collection.source)
    failed = failed_cells(evidence, ref) > 0 or (note is not None and not note.get("done"))
    deleted = any(row.action is RowAction.DELETE for row in changed)
    planned = tuple(_fields(collection, rows, failed=False))
    return CollectionOutcome(
        source=register.sources[collection.source].name_by_language,
        collection=collection.name,
        connector=connectors(register.sources[collection.source].connector),
        strategy=_strategy(planned),
        disposition=_disposition(evidence, collection) if deleted and not failed else "none",
        rows_before=len(rows),
        rows_affected=0 if failed else len(changed),
        rows=_collection_rows(evidence, ref),
        fields=tuple(_fields(collection, rows, failed=failed)),
        reread_at=evidence.reread_at if checked else None,
        remaining=_remaining(checked, changed=bool(changed)),
        evidence=_digest(checked) if checked else None,
        outcome="failed" if failed else "done",
    )


_LADDER = ("requested", "archived", "recycled", "permanent", "permanent_suppressed")


def _disposition(evidence: Evidence, collection: Collection) -> str:
    """How gone the deleted rows are, by what the source said: the least where it differs.

    A source that found them gone already said nothing; the re-read shows that they are.
    """
    note = evidence.results.get(collection.source) or {}
    said = {position: disposition for position, _, _, _, disposition in note.get("outcomes", ())}
    plans = (plan for plan in evidence.plan.sources if plan.source == collection.source)
    reached = {
        said.get(at)
        for plan in plans
        for at, change in enumerate(plan.changes)
        if change.collection == collection.name and change.kind is ChangeKind.DELETE
    }
    return next((step for step in _LADDER if step in reached), "permanent")


def _fields(
    collection: Collection, rows: Sequence[RowPlan], *, failed: bool
) -> Iterator[FieldOutcome]:
    """What was done to each field, in the register's order: cells by the way they went."""
    for name, field in collection.fields.items():
        cells: dict[str, int] = {}
        for row in rows:
            if name in row.causes:
                way = _way(row, name, str(strategy_of(field).strategy), failed=failed)
                cells[way] = cells.get(way, 0) + 1
        if cells:
            yield FieldOutcome(name=name, cells=cells)


def _way(row: RowPlan, name: str, strategy: str, *, failed: bool) -> str:
    fate = row.causes[name].fate
    if fate not in {Fate.ERASE, Fate.RESTRICT}:
        return "retain"
    if row.action is not RowAction.DELETE and name not in row.assign:
        return "empty"
    if failed:
        return "failed"
    return "delete" if row.action is RowAction.DELETE else strategy


def _strategy(fields: Sequence[FieldOutcome]) -> str:
    """One word for a collection where one word is true, else `mixed`."""
    ways = {way for field in fields for way in field.cells} - {"empty"}
    if ways and ways <= _BLANKING:
        return "blank"
    if not ways:
        return "retain"
    return ways.pop() if len(ways) == 1 else "mixed"


def _remaining(checked: Checked | None, *, changed: bool) -> int | None:
    if checked is None:
        return None if changed else 0
    if checked.code is not None or checked.self_test is SelfTest.MISSED:
        return None
    return checked.still_there + checked.leftovers + sum(checked.unchanged.values())


def _digest(checked: Checked) -> str:
    """SHA-256 of the counts that the re-read gave."""
    unchanged: Mapping[str, int] = checked.unchanged
    seen = [
        checked.collection,
        checked.rows,
        checked.gone,
        checked.cells_written,
        checked.still_there,
        sorted(unchanged.items()),
        checked.leftovers,
        str(checked.self_test),
    ]
    return hashlib.sha256(json.dumps(seen).encode()).hexdigest()
