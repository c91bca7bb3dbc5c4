"""Put a list of people out of a file on the suppression list, batch by batch.

(1) the actor may, and the columns are known
(2) each row: its identifiers become keyed look-up values, its scope and reason are checked
(3) what is new is entered; one batch, one transaction, one audit entry with the root over it

A list that is entered again adds nothing. No identifier is kept.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import sqlalchemy as sa

from govreg.audit.tree import leaf_hash, root
from govreg.choices import tabular
from govreg.choices.import_events import milliseconds
from govreg.choices.import_model import Refusal, RefusedRows
from govreg.choices.suppressing import known_scope
from govreg.clock import to_millis
from govreg.errors import UsageProblem
from govreg.progress import working
from govreg.requests.parts import Parts
from govreg.requests.people import DECIDING, require
from govreg.subjects.suppression import Entry, Why, enter_many
from govreg.validation import suggestion

OWN_COLUMNS = ("scope", "reason", "since", "ends")


@dataclass(slots=True)
class Listed:
    """What became of a list."""

    rows: int = 0
    entered: int = 0
    """Look-up values that are new."""
    already: int = 0
    refused: dict[Refusal, RefusedRows] = field(default_factory=dict)

    @property
    def refusals(self) -> int:
        """How many rows were refused."""
        return sum(one.count for one in self.refused.values())


def suppress_file(
    parts: Parts,
    path: Path,
    *,
    scope: str | None,
    reason: Why,
    renamed: Mapping[str, str],
    dry_run: bool,
    actor: str,
) -> Listed:
    """Enter a file's people.

    Args:
        parts: The engine's parts.
        path: CSV, Parquet or JSON Lines: a column for each identifier kind, and where rows differ
            `scope`, `reason`, `since`, `ends`.
        scope: Under which, where a row says none.
        reason: Why, where a row says none.
        renamed: By name, the file's column that holds it.
        dry_run: Only count.
        actor: Who enters it.

    Raises:
        Refused: the actor may not.
        UsageProblem: a column is unknown, or nothing says under which scope.
        NotFound: there is no such file.
    """
    require(parts.settings, actor, DECIDING | {"administrator"}, "suppress a list of people")
    columns = _columns(tabular.columns(path), parts.kinds.known, renamed)
    if scope is None and "scope" not in columns:
        raise UsageProblem("nothing says under which scope", "`--scope newsletter`, or a column")
    made = Listed()
    with working(parts.border.progress, "entering", tabular.batches_about(path)):
        for first, batch in tabular.batches(path):
            parts.border.progress.reached(f"row {first}")
            rows = [
                dict(zip(columns, said, strict=True))
                for said in zip(
                    *(batch.column(name).to_pylist() for name in columns.values()), strict=True
                )
            ]
            _enter(
                parts, rows, made, first, scope=scope, reason=reason, dry_run=dry_run, actor=actor
            )
            parts.border.progress.rows(len(rows))
    return made


def _columns(
    columns: Sequence[str], kinds: Collection[str], renamed: Mapping[str, str]
) -> dict[str, str]:
    taken = {column: name for name, column in renamed.items()}
    names = (*sorted(kinds), *OWN_COLUMNS)
    held = {taken.get(column, column): column for column in columns}
    for name, column in held.items():
        if name not in names:
            raise UsageProblem(
                f"nothing is known of the file's column `{column}`", suggestion(name, names)
            )
    for name, column in renamed.items():
        if column not in columns:
            raise UsageProblem(f"the file has no column `{column}`", suggestion(column, columns))
        if name not in names:
            raise UsageProblem(f"a list has no `{name}`", suggestion(name, names))
    if not any(name in kinds for name in held):
        raise UsageProblem("no column names a person", f"one of {', '.join(sorted(kinds))}")
    return held


def _enter(
    parts: Parts,
    rows: Sequence[Mapping[str, str | None]],
    made: Listed,
    first: int,
    *,
    scope: str | None,
    reason: Why,
    dry_run: bool,
    actor: str,
) -> None:
    """Steps (2) and (3)."""
    with parts.store.write() as connection:
        reading = _Reading(parts, connection, scope, reason)
        entries: list[Entry] = []
        refused = 0
        for place, row in enumerate(rows):
            found = reading.entries(row)
            if isinstance(found, Refusal):
                made.refused.setdefault(found, RefusedRows()).add(first + place)
                refused += 1
            else:
                entries += found
        distinct = sorted(set(entries), key=lambda one: one[:5])
        new = enter_many(connection, distinct)
        parts.log(
            connection,
            "subject.suppressed",
            actor,
            collection=scope if scope and ":" not in scope and scope != "*" else None,
            outcome="list",
            counts={"rows": len(rows), "entered": new, "refused": refused},
            hashes={"root": root(leaf_hash(one[1] + one[2].encode()) for one in distinct).hex()},
        )
        if dry_run and (transaction := connection.get_transaction()) is not None:
            transaction.rollback()
    made.rows += len(rows)
    made.entered += new
    made.already += len(distinct) - new


class _Reading:
    """The rows of a batch, as entries."""

    def __init__(
        self,
        parts: Parts,
        connection: sa.Connection,
        scope: str | None,
        reason: Why,
    ) -> None:
        self.parts, self.scope, self.reason = parts, scope, reason
        self.now = to_millis(parts.clock())
        self._blind = parts.blind(connection)
        self._scopes: dict[str, bool] = {}
        self._values: dict[tuple[str, str], bytes | None] = {}

    def entries(self, row: Mapping[str, str | None]) -> list[Entry] | Refusal:
        """The entries of a row, or why it is refused."""
        scope, why = row.get("scope") or self.scope, row.get("reason") or str(self.reason)
        if scope is None or not self._known(scope):
            return Refusal.SCOPE
        if why not in set(Why):
            return Refusal.REASON
        since = milliseconds(row["since"], self.parts.zone) if row.get("since") else self.now
        ends = milliseconds(row["ends"], self.parts.zone) if row.get("ends") else None
        if isinstance(since, Refusal) or isinstance(ends, Refusal):
            return Refusal.MOMENT
        named = [(kind, text) for kind, text in row.items() if text and kind not in OWN_COLUMNS]
        found = [
            (kind, blind, scope, why, since, ends)
            for kind, text in named
            if (blind := self._of(kind, text)) is not None
        ]
        if ends is not None and ends <= since:
            return Refusal.END
        return self._whole(named, found)

    @staticmethod
    def _whole(named: Sequence[object], found: list[Entry]) -> list[Entry] | Refusal:
        if not named:
            return Refusal.NOBODY
        return found if len(found) == len(named) else Refusal.IDENTIFIER

    def _of(self, kind: str, text: str) -> bytes | None:
        if (kind, text) not in self._values:
            normal = self.parts.kinds.kind(kind).normalise(text, self.parts.kinds.country)
            self._values[(kind, text)] = self._blind.of(kind)(normal) if normal else None
        return self._values[(kind, text)]

    def _known(self, scope: str) -> bool:
        if scope not in self._scopes:
            try:
                known_scope(self.parts, scope)
                self._scopes[scope] = True
            except UsageProblem:
                self._scopes[scope] = False
        return self._scopes[scope]
