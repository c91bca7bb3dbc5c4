"""Make an erasure plan: a ground first, then what the law keeps, then what can be done.

    (1) judge each field of each collection for each activity that uses it
    (2) find the cells that a statutory minimum keeps
    (3) give every cell of the scope its cause: shared > minimum > no ground > undecided > erase;
        a maximum that has run out is a ground where nothing else is
    (4) decide each row: gone, changed, or kept; a row that stays keeps its key
    (5) turn rows into set-based changes, one plan for each source

Nothing is read from a source here but the live schema; nothing is written anywhere.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from functools import partial
from typing import Any

from govreg.condition.truth import Truth
from govreg.connectors.plan import Change, ChangeKind, SourcePlan, fingerprint, schema_hash
from govreg.connectors.values import canonical
from govreg.erasure.ground import NO_END, Ends, Law, field_cause
from govreg.erasure.keep import Kept, Over, YearEnd, kept_cells, over_cells
from govreg.erasure.model import Cause, Fate, RowAction, RowPlan
from govreg.erasure.order import ordered
from govreg.erasure.strategy import new_value, strategy_of
from govreg.gate.cells import cell_fields
from govreg.gate.scope import FoundRow, Relation, Scope
from govreg.gate.sealed_cells import as_stored
from govreg.policy.house import SHARED, cites_of
from govreg.policy.precedence import Ended
from govreg.register.catalogue import Catalogue
from govreg.register.model import Collection, Register, RowStrategy, Strategy

KEY = Cause(
    fate=Fate.WITHHOLD,
    code="key_of_kept_row",
    text="the record that must be kept cannot be told apart without it",
)

Pseudonym = Callable[[str, str, Any], str]
"""From collection, field and value to a keyed stand-in."""


def plan_rows(
    register: Register, scope: Scope, law: Law, *, year_end: YearEnd, pseudonym: Pseudonym
) -> tuple[RowPlan, ...]:
    """What becomes of every row of a scope: steps (1) to (4)."""
    kept, passed = kept_cells(register, scope, law, year_end)
    over = over_cells(register, scope, law, year_end)
    plans: list[RowPlan] = []
    for ref, rows in scope.rows.items():
        collection = register.collection(ref)
        if collection is None:
            continue
        grounds = {
            ended: {
                field.name: field_cause(collection, field, register, law, minimum_passed=ended)
                for field in collection.fields.values()
            }
            for ended in (False, True)
        }
        judge = _Over(collection, register, law, over)
        others = dict.fromkeys(collection.fields, _shared(law))
        plans.extend(
            _row_plan(collection, row, others, {}, pseudonym)
            if row.relation is Relation.SHARED and row.others > 0
            else _row_plan(
                collection,
                row,
                judge.grounds(
                    row,
                    grounds[(ref, row.key) in passed],
                    minimum_passed=(ref, row.key) in passed,
                ),
                kept,
                pseudonym,
            )
            for row in rows.values()
        )
    return tuple(plans)


class _Over:
    """Grounds of rows that a maximum is about: it comes after what is asked for."""

    def __init__(self, collection: Collection, register: Register, law: Law, over: Over) -> None:
        self._about, self._register, self._law = collection, register, law
        self._over = over
        self._causes: dict[tuple[object, ...], Cause] = {}

    def grounds(
        self, row: FoundRow, ordinary: Mapping[str, Cause], *, minimum_passed: bool
    ) -> Mapping[str, Cause]:
        """The ordinary ones, but for fields whose maximum has passed, or may have."""
        if not self._over:
            return ordinary
        found = {}
        for name, cause in ordinary.items():
            ends = self._over.get((self._about.ref, row.key, name), NO_END)
            if cause.fate is not Fate.ERASE and any(map(_may_be_over, ends.values())):
                found[name] = self._cause(name, ends, minimum_passed=minimum_passed)
        return {**ordinary, **found}

    def _cause(self, name: str, ends: Ends, *, minimum_passed: bool) -> Cause:
        key = (name, ends.get(True), ends.get(False), minimum_passed)
        if key not in self._causes:
            made = field_cause(
                self._about,
                self._about.fields[name],
                self._register,
                self._law,
                minimum_passed=minimum_passed,
                ends=ends,
            )
            if made.fate is not Fate.WITHHOLD:
                by = [rule for end in ends.values() if _may_be_over(end) for rule in end.rules]
                made = replace(made, rules=tuple(dict.fromkeys((*made.rules, *by))))
            self._causes[key] = made
        return self._causes[key]


def _may_be_over(ended: Ended) -> bool:
    return ended.passed is not Truth.FALSE


def _shared(law: Law) -> Cause:
    return Cause(
        fate=Fate.WITHHOLD,
        code=SHARED,
        cites=cites_of(SHARED, law.facts.get("request.law")),
        text="the row is other people's too; erasing it would take it from them",
    )


def _row_plan(
    collection: Collection,
    row: FoundRow,
    grounds: Mapping[str, Cause],
    kept: Kept,
    pseudonym: Pseudonym,
) -> RowPlan:
    fields = cell_fields(collection, row)
    causes = {
        field.name: kept.get((collection.ref, row.key, field.name), grounds[field.name])
        for field in fields
    }
    going = [field for field in fields if causes[field.name].fate is Fate.ERASE]
    if not going:
        action = RowAction.KEEP
    elif (
        len(going) == len(fields)
        and row.relation is not Relation.MENTION
        and collection.on_erase is RowStrategy.DELETE
        and not any((collection.ref, row.key, name) in kept for name in collection.fields)
    ):
        return RowPlan(
            collection=collection.ref, key=row.key, action=RowAction.DELETE, causes=causes
        )
    else:
        action = RowAction.UPDATE
    assign: dict[str, Any] = {}
    for field in going:
        if field.name in collection.key:
            causes[field.name] = KEY
            continue
        old = row.values.get(field.name)
        if strategy_of(field).strategy is Strategy.PSEUDONYM:
            causes[field.name] = _restricted(causes[field.name])
        if old is not None:
            stand_in = partial(pseudonym, collection.ref, field.name)
            assign[field.name] = new_value(field, old, stand_in)
            if field.protect is not None and field.protect.index is not None:
                assign[field.protect.index] = None  # nobody finds by it what is gone
    if action is RowAction.UPDATE and not assign:
        action = RowAction.KEEP
    return RowPlan(
        collection=collection.ref, key=row.key, action=action, causes=causes, assign=assign
    )


def _restricted(cause: Cause) -> Cause:
    return Cause(
        fate=Fate.RESTRICT,
        code="pseudonym",
        rules=cause.rules,
        cites=cause.cites,
        text="replaced by a pseudonym that can still be linked: restricted, not erased",
        confidence=cause.confidence,
        overrides=cause.overrides,
    )


def source_plans(
    register: Register,
    scope: Scope,
    rows: Iterable[RowPlan],
    catalogues: Mapping[str, Catalogue],
) -> tuple[SourcePlan, ...]:
    """Step (5): one plan for each source that changes, its changes in a safe order."""
    by_source: dict[str, list[RowPlan]] = defaultdict(list)
    for row in rows:
        if row.action is not RowAction.KEEP:
            by_source[row.collection.partition(".")[0]].append(row)
    plans = []
    for source, planned in by_source.items():
        catalogue = catalogues[source]
        changes = ordered(_changes(register, scope, planned), catalogue)
        touched = sorted({change.collection for change in changes})
        plans.append(
            SourcePlan(source=source, schema_hash=schema_hash(catalogue, touched), changes=changes)
        )
    return tuple(plans)


def _changes(register: Register, scope: Scope, rows: Iterable[RowPlan]) -> list[Change]:
    """Rows with the same action and the same new values become one change."""
    groups: dict[tuple[str, RowAction, str], list[RowPlan]] = defaultdict(list)
    for row in rows:
        same = repr([(name, canonical(value)) for name, value in sorted(row.assign.items())])
        groups[row.collection, row.action, same].append(row)
    changes = []
    for (ref, action, _), planned in groups.items():
        collection = register.collection(ref)
        if collection is None:
            continue
        found = scope.rows[ref]
        guard = tuple(name for name in collection.fields if name in _columns(found.values()))
        changes.append(
            Change(
                collection=collection.name,
                key=collection.key,
                kind=ChangeKind.DELETE if action is RowAction.DELETE else ChangeKind.UPDATE,
                rows=tuple(row.key for row in planned),
                fingerprints=tuple(
                    fingerprint([as_stored(found[row.key].values, name) for name in guard])
                    for row in planned
                ),
                guard=guard,
                assign=planned[0].assign,
            )
        )
    return changes


def _columns(rows: Iterable[FoundRow]) -> frozenset[str]:
    for row in rows:
        return frozenset(row.values)
    return frozenset()
