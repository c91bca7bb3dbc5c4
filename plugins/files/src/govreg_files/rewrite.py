"""Carry a plan out over files: every new file written and on disk before the first is replaced.

    (1) the files are locked against other workers, what a killed run left is settled
    (2) the layout is the planned one, every new value fits its column
    (3) every planned row is there once, as it was when planned; its number in its file is noted
    (4) new files are written beside the old ones, row by number, and synced
    (5) the old files are what they were in (1); then each is replaced by its new one

- Until (5) a failure leaves every file as it was. A failure between two replacements is said with
  the number of files replaced: a set of files is not one transaction.
- Plans whose rows are all in their final state are `already`.
"""

from __future__ import annotations

import dataclasses
import errno
from collections import defaultdict
from collections.abc import Mapping, Sequence
from contextlib import ExitStack, closing
from pathlib import Path
from typing import Any

import pyarrow as pa

from govreg.connectors.plan import (
    Change,
    ChangeKind,
    Journal,
    Rendered,
    SourcePlan,
    schema_hash,
)
from govreg.connectors.record import Disposition, Outcome, OutcomeKind
from govreg.connectors.values import NotComparable, coerced
from govreg.errors import SourceProblem
from govreg_files.format import BadFile, Edit, FileSet, Folder
from govreg_files.locate import Live, NotUnique, Row, is_final, located, moved
from govreg_files.replace import (
    Busy,
    New,
    Stamp,
    beside,
    keep_ownership,
    locked,
    replace,
    settle,
    stamp,
)


class _Refusal(Exception):
    """Carries an outcome out of the work."""

    def __init__(self, position: int, kind: OutcomeKind, code: str) -> None:
        super().__init__(code)
        self.position, self.kind, self.code = position, kind, code


def rendered(plan: SourcePlan) -> tuple[Rendered, ...]:
    """What will be done with the files."""
    lines = []
    for position, change in enumerate(plan.changes):
        if change.kind is ChangeKind.DELETE:
            words = f"rewrite {change.collection} without {len(change.rows)} rows"
        else:
            names = ", ".join(change.written)
            words = f"rewrite {change.collection} with new {names} in {len(change.rows)} rows"
        lines.append(Rendered(position=position, statement=words, rows=len(change.rows)))
    return tuple(lines)


def apply(session: Folder, root: Path, plan: SourcePlan, journal: Journal) -> tuple[Outcome, ...]:
    """Carry a plan out; one outcome for each change."""
    try:
        with ExitStack() as held:
            return _carried_out(session, root, plan, journal, held)
    except _Refusal as refusal:
        return tuple(
            Outcome(position=at, kind=refusal.kind, code=refusal.code)
            if at == refusal.position
            else Outcome(position=at, kind=OutcomeKind.REFUSED, code="rolled_back")
            for at in range(len(plan.changes))
        )
    except Busy:
        return _all(plan, OutcomeKind.CONFLICT, "locked")
    except (SourceProblem, BadFile) as problem:
        return _all(plan, OutcomeKind.REFUSED, problem.code)
    except OSError as problem:
        code = "disk_full" if problem.errno in {errno.ENOSPC, errno.EFBIG} else "not_written"
        return _all(plan, OutcomeKind.REFUSED, code)


def _carried_out(
    session: Folder, root: Path, plan: SourcePlan, journal: Journal, held: ExitStack
) -> tuple[Outcome, ...]:
    stamps = _lock(session, root, plan, held)
    if schema_hash(session.discover(), plan.collections) != plan.schema_hash:
        raise BadFile("schema_moved", "the columns are not the planned ones")
    changes = _in_their_types(session, plan)
    live = {name: _located(session, name, changes) for name in plan.collections}
    if all(is_final(change, live[change.collection]) for change in changes):
        return _all(plan, OutcomeKind.ALREADY, None)
    for position, change in enumerate(changes):
        code = moved(change, live[change.collection])
        if code is not None:
            raise _Refusal(position, OutcomeKind.CONFLICT, code)
    made = _write_all(session, changes, live, stamps, journal, held)
    return _replace_all(root, plan, made, journal)


def _lock(session: Folder, root: Path, plan: SourcePlan, held: ExitStack) -> dict[Path, Stamp]:
    """Step (1). Another worker's lock is a conflict."""
    paths = [path for name in plan.collections for path in _set(session, name).paths]
    inodes = {path: locked(path, held) for path in paths}
    settle(root, paths)
    for path in paths:
        if stamp(path)[0] != inodes[path]:
            locked(path, held)
    return {path: stamp(path) for path in paths}


def _set(session: Folder, name: str) -> FileSet:
    held = session.sets.get(name)
    if held is None or held.fault:
        raise SourceProblem("schema_moved", "there is no file of this name", collection=name)
    return held


def _in_their_types(session: Folder, plan: SourcePlan) -> list[Change]:
    """Step (2): the changes with each new value in its column's type."""
    changes = []
    for position, change in enumerate(plan.changes):
        kinds = session.columns(session.sets[change.collection])
        if not change.key:
            raise _Refusal(position, OutcomeKind.REFUSED, "no_key")
        if any(n not in kinds for n in (*change.key, *change.guard, *change.written)):
            raise _Refusal(position, OutcomeKind.REFUSED, "no_column")
        try:
            assign = {name: _fitting(value, kinds[name]) for name, value in change.assign.items()}
            each = {
                name: tuple(_fitting(value, kinds[name]) for value in held)
                for name, held in change.each.items()
            }
        except (NotComparable, pa.ArrowException, TypeError, ValueError, OverflowError):
            raise _Refusal(position, OutcomeKind.REFUSED, "bad_value") from None
        changes.append(dataclasses.replace(change, assign=assign, each=each))
    return changes


def _fitting(value: Any, kind: pa.DataType) -> Any:
    """A new value as the column gives it back."""
    return pa.scalar(coerced(value, kind), type=kind).as_py()


def _located(session: Folder, name: str, changes: Sequence[Change]) -> Live:
    """Step (3)."""
    try:
        return located(session, name, [c for c in changes if c.collection == name])
    except NotUnique:
        position = next(at for at, change in enumerate(changes) if change.collection == name)
        raise _Refusal(position, OutcomeKind.REFUSED, "key_not_unique") from None


def _write_all(
    session: Folder,
    changes: Sequence[Change],
    live: Mapping[str, Live],
    stamps: Mapping[Path, Stamp],
    journal: Journal,
    held: ExitStack,
) -> list[New]:
    """Step (4)."""
    edits: dict[tuple[str, Path], dict[int, Edit]] = defaultdict(dict)
    for position, change in enumerate(changes):
        journal.note(position=position, collection=change.collection, state="sent")
        for key, values in change.new_values():
            row = live[change.collection].rows[key]
            _add(edits[change.collection, row.path], row, change, values)
    made = []
    for (name, path), wanted in edits.items():
        part = held.enter_context(beside(path))
        try:
            _write(session, session.sets[name], path, part, wanted, live[name].counts[path])
        except (BadFile, SourceProblem):
            if stamp(path) == stamps[path]:
                raise
            raise _Refusal(0, OutcomeKind.CONFLICT, "file_changed") from None
        made.append(New(name, path, part, stamps[path]))
    return made


def _add(edits: dict[int, Edit], row: Row, change: Change, values: Mapping[str, Any]) -> None:
    """A later change of a row adds to an earlier one; a deletion ends it."""
    earlier = edits.get(row.number)
    seen = {name: row.held[name] for name in change.key}
    if change.kind is ChangeKind.DELETE:
        edits[row.number] = Edit(seen=seen, values=None)
    elif earlier is None:
        edits[row.number] = Edit(seen=seen, values=values)
    elif earlier.values is not None:
        edits[row.number] = Edit(seen=seen, values={**earlier.values, **values})


def _write(
    session: Folder,
    held: FileSet,
    path: Path,
    part: Path,
    edits: Mapping[int, Edit],
    rows: int,
) -> None:
    layout = session.layout(held, path)
    own = {number: _for_part(edit, layout.columns, held) for number, edit in edits.items()}
    if held.format.rewrite(path, part, layout, own) != rows:
        raise BadFile("row_not_met", "the rows that were read cannot be met again")
    keep_ownership(path, part)


def _for_part(edit: Edit, kinds: Mapping[str, pa.DataType], held: FileSet) -> Edit:
    """An edit with its values in the types of one part. A column that it lacks is missing."""
    if edit.values is None:
        return edit
    values = {}
    for name, value in edit.values.items():
        if name in kinds:
            try:
                values[name] = _fitting(value, kinds[name])
            except (NotComparable, pa.ArrowException, TypeError, ValueError, OverflowError):
                raise BadFile("bad_value", "a new value does not fit its part") from None
        elif value is not None:
            if held.kind != "jsonl":
                raise BadFile("bad_value", "the part has no such column")
            values[name] = value
    return Edit(seen=edit.seen, values=values)


def _replace_all(
    root: Path, plan: SourcePlan, made: Sequence[New], journal: Journal
) -> tuple[Outcome, ...]:
    """Step (5)."""
    for new in made:
        if stamp(new.path) != new.stamp:
            raise _Refusal(0, OutcomeKind.CONFLICT, "file_changed")
    replaced: dict[str, int] = defaultdict(int)
    wanted: dict[str, int] = defaultdict(int)
    for new in made:
        wanted[new.collection] += 1
    try:
        with closing(replace(root, made)) as files:
            for new in files:
                replaced[new.collection] += 1
                at = next(n for n, c in enumerate(plan.changes) if c.collection == new.collection)
                journal.note(position=at, collection=new.collection, state="replaced")
    except OSError:
        if not any(replaced.values()):
            raise
    return tuple(
        _outcome(position, change, replaced[change.collection], wanted[change.collection])
        for position, change in enumerate(plan.changes)
    )


def _outcome(position: int, change: Change, replaced: int, wanted: int) -> Outcome:
    if replaced == wanted:
        deleted = change.kind is ChangeKind.DELETE
        return Outcome(
            position=position,
            kind=OutcomeKind.DONE,
            affected=len(change.rows),
            disposition=Disposition.PERMANENT if deleted else None,
        )
    return Outcome(
        position=position,
        kind=OutcomeKind.REFUSED,
        code=f"partly_replaced:{replaced}of{wanted}" if replaced else "not_replaced",
    )


def _all(plan: SourcePlan, kind: OutcomeKind, code: str | None) -> tuple[Outcome, ...]:
    return tuple(Outcome(position=at, kind=kind, code=code) for at in range(len(plan.changes)))
