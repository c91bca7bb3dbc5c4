"""Read back what an erasure did, on new connections, and say what is still there.

(1) open every source anew
(2) re-read every planned row by its key: a deleted row must be gone, a changed field must hold
    its new value
(3) run the look-ups of the search again with the person's identifiers: a row that the plan did
    not mean to stay is a leftover
(4) plant a leftover: a row that certainly exists is put to the same question, and must be found;
    a check that cannot fail proves nothing
(5) a source that does not answer is unverified, never clean
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection as Container
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from govreg.connectors.record import RowKey
from govreg.connectors.values import canonical, holds
from govreg.erasure.model import Fate, RowAction, RowPlan
from govreg.errors import SourceProblem
from govreg.gate.ask import Asker
from govreg.gate.border import Border, Visit
from govreg.gate.scope import Limits
from govreg.register.model import Collection
from govreg.subjects.identifier import Identifier, Kinds


class SelfTest(StrEnum):
    """Whether the check was seen to fail on a row that exists."""

    FOUND = "found"
    MISSED = "missed"
    NO_ROW_LEFT = "no_row_left"


@dataclass(slots=True, kw_only=True)
class Checked:
    """What a re-read of one collection showed."""

    collection: str
    rows: int = 0
    gone: int = 0
    cells_written: int = 0
    still_there: int = 0
    """Rows that should be gone."""
    unchanged: dict[str, int] = field(default_factory=dict)
    """Fields that do not hold their new value, and in how many rows."""
    leftovers: int = 0
    """Rows that a look-up still finds and that the plan did not mean to stay."""
    self_test: SelfTest = SelfTest.NO_ROW_LEFT
    code: str | None = None
    """Why it could not be read."""

    @property
    def clean(self) -> bool:
        """Whether everything planned was seen to be so."""
        return (
            self.code is None
            and not self.still_there
            and not self.unchanged
            and not self.leftovers
            and self.self_test is not SelfTest.MISSED
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Verification:
    """What the re-read showed, by collection."""

    collections: Mapping[str, Checked]

    @property
    def unread(self) -> tuple[str, ...]:
        """Collections that could not be read, or whose check proved nothing."""
        return tuple(
            ref
            for ref, checked in self.collections.items()
            if checked.code is not None or checked.self_test is SelfTest.MISSED
        )

    @property
    def proven(self) -> bool:
        """Whether the check was seen to find a row that exists, and never to miss one."""
        tests = {checked.self_test for checked in self.collections.values()}
        return SelfTest.FOUND in tests and SelfTest.MISSED not in tests

    @property
    def failed(self) -> tuple[str, ...]:
        """Collections that still hold what should be gone."""
        return tuple(
            ref
            for ref, checked in self.collections.items()
            if checked.still_there or checked.unchanged or checked.leftovers
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Expected:
    """What must be so after the erasure."""

    rows: Sequence[RowPlan]
    identifiers: Sequence[Identifier]
    staying: Container[tuple[str, RowKey]]
    """Rows outside the plan that the identifiers may lead to: candidates that nobody confirmed."""


def verify(border: Border, kinds: Kinds, limits: Limits, expected: Expected) -> Verification:
    """Re-read everything that was planned."""
    planned: dict[str, list[RowPlan]] = defaultdict(list)
    for row in expected.rows:
        planned[row.collection].append(row)
    results: dict[str, Checked] = {}
    with border.visit() as visit:
        for ref, rows in planned.items():
            collection = border.register.collection(ref)
            results[ref] = Checked(collection=ref)
            if collection is None:
                results[ref].code = "unregistered"
            else:
                _reread(visit, collection, rows, results[ref])
        if not planned:
            _prove_alone(visit, border, results)
        _look_again(Asker(visit, kinds, limits), expected, planned, results)
    return Verification(collections=results)


def _reread(visit: Visit, collection: Collection, rows: Sequence[RowPlan], into: Checked) -> None:
    changed = [row for row in rows if row.action is not RowAction.KEEP]
    if not collection.key:
        return
    columns = tuple(
        dict.fromkeys((*collection.key, *(name for row in changed for name in row.assign)))
    )
    keys = [row.key for row in changed]
    try:
        found = visit.follow(collection, collection.key, keys, columns) if keys else []
        live = _by_key(collection, found)
        deleted = {row.key for row in changed if row.action is RowAction.DELETE}
        into.self_test = _self_test(visit, collection, deleted)
    except SourceProblem as problem:
        into.code = problem.code
        return
    for row in changed:
        into.rows += 1
        held = live.get(_plain(row.key))
        if row.action is RowAction.DELETE:
            into.gone += held is None
            into.still_there += held is not None
        elif held is not None:
            for name, value in row.assign.items():
                if holds(held.get(name), value):
                    into.cells_written += 1
                else:
                    into.unchanged[name] = into.unchanged.get(name, 0) + 1
        else:
            into.unchanged["(row)"] = into.unchanged.get("(row)", 0) + 1


def _self_test(visit: Visit, collection: Collection, deleted: set[RowKey]) -> SelfTest:
    """Ask for a row that is certainly there, in the same way; it must be found."""
    rows = visit.sample(collection, len(deleted) + 1)
    for row in rows:
        key = tuple(row.get(name) for name in collection.key)
        if key in deleted:
            continue
        found = visit.follow(collection, collection.key, [key], collection.key)
        return SelfTest.FOUND if found else SelfTest.MISSED
    return SelfTest.NO_ROW_LEFT


def _prove_alone(visit: Visit, border: Border, results: dict[str, Checked]) -> None:
    """Nothing is planned any more: see that the look-ups would find a row, where there is one."""
    for collection in border.register.collections():
        if not collection.key or not collection.personal_fields:
            continue
        checked = results[collection.ref] = Checked(collection=collection.ref)
        try:
            checked.self_test = _self_test(visit, collection, set())
        except SourceProblem as problem:
            checked.code = problem.code


def _look_again(
    asker: Asker,
    expected: Expected,
    planned: Mapping[str, Sequence[RowPlan]],
    results: dict[str, Checked],
) -> None:
    kept = {
        (row.collection, row.key): row
        for rows in planned.values()
        for row in rows
        if row.action is not RowAction.DELETE
    }
    seen: set[tuple[str, RowKey]] = set()
    for identifier, by_collection in asker.look_up(expected.identifiers).items():
        for ref, rows in by_collection.items():
            collection = asker.register.collection(ref)
            for found in rows:
                place = (ref, asker.key(ref, found))
                if collection is None or place in expected.staying or place in seen:
                    continue
                if place in kept and _may_hold(collection, kept[place], identifier):
                    continue
                seen.add(place)
                results.setdefault(ref, Checked(collection=ref)).leftovers += 1
    for ref, code in asker.missing.items():
        results.setdefault(ref, Checked(collection=ref)).code = code


def _may_hold(collection: Collection, row: RowPlan, identifier: Identifier) -> bool:
    """Whether a field of the identifier's kind was meant to stay in this row."""
    return any(
        field.identifier == identifier.kind
        and (cause := row.causes.get(field.name)) is not None
        and cause.fate is not Fate.ERASE
        for field in collection.identifier_fields
    )


def _by_key(
    collection: Collection, rows: Iterable[Mapping[str, Any]]
) -> dict[RowKey, Mapping[str, Any]]:
    return {_plain(tuple(row.get(name) for name in collection.key)): row for row in rows}


def _plain(key: RowKey) -> RowKey:
    return tuple(repr(canonical(part)) for part in key)
