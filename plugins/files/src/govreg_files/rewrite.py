"""Carry a plan out over files: every new file written and on disk before the first is replaced.

    (1) the files are locked against other workers, the layout is the planned one
    (2) every planned row is there once, as it was when planned
    (3) new files are written beside the old ones and synced
    (4) the old files are what they were in (2); then each is replaced by its new one
    (5) the folder is synced

- Until (4) a failure leaves every file as it was. A failure between two replacements is said with
  the number of files replaced: a set of files is not one transaction.
- Plans whose rows are all in their final state are `already`.
"""

from __future__ import annotations

import errno
import fcntl
import os
import tempfile
from collections import defaultdict
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa

from govreg.connectors.plan import (
    Change,
    ChangeKind,
    Journal,
    Rendered,
    SourcePlan,
    fingerprint,
    schema_hash,
)
from govreg.connectors.record import Disposition, Outcome, OutcomeKind, RowKey
from govreg.connectors.values import NotComparable, canonical, coerced
from govreg.errors import SourceProblem
from govreg_files.format import Action, BadFile, FileSet, Folder
from govreg_files.match import KeyMatch

Stamp = tuple[int, int, int]
Located = dict[RowKey, tuple[Path, Mapping[str, Any]]]


class _Refusal(Exception):
    """Carries an outcome out of the work."""

    def __init__(self, position: int, kind: OutcomeKind, code: str) -> None:
        super().__init__(code)
        self.position, self.kind, self.code = position, kind, code


@dataclass(frozen=True, slots=True)
class _New:
    """A new file beside the one that it will replace."""

    collection: str
    path: Path
    part: Path
    stamp: Stamp


def rendered(plan: SourcePlan) -> tuple[Rendered, ...]:
    """What will be done with the files."""
    lines = []
    for position, change in enumerate(plan.changes):
        if change.kind is ChangeKind.DELETE:
            words = f"rewrite {change.collection} without {len(change.rows)} rows"
        else:
            names = ", ".join(change.assign)
            words = f"rewrite {change.collection} with new {names} in {len(change.rows)} rows"
        lines.append(Rendered(position=position, statement=words, rows=len(change.rows)))
    return tuple(lines)


def apply(session: Folder, plan: SourcePlan, journal: Journal) -> tuple[Outcome, ...]:
    """Carry a plan out; one outcome for each change."""
    try:
        if schema_hash(session.discover(), plan.collections) != plan.schema_hash:
            return _all(plan, OutcomeKind.REFUSED, "schema_moved")
        with ExitStack() as held:
            stamps = _lock(session, plan, held)
            _check_values(session, plan)
            live = {name: _located(session, plan, name) for name in plan.collections}
            if all(_final(change, live[change.collection]) for change in plan.changes):
                return _all(plan, OutcomeKind.ALREADY, None)
            for position, change in enumerate(plan.changes):
                _compare(position, change, live[change.collection])
            made = _write_all(session, plan, live, stamps, journal, held)
            return _replace_all(plan, made, journal)
    except _Refusal as refusal:
        return tuple(
            Outcome(position=at, kind=refusal.kind, code=refusal.code)
            if at == refusal.position
            else Outcome(position=at, kind=OutcomeKind.REFUSED, code="rolled_back")
            for at in range(len(plan.changes))
        )
    except (SourceProblem, BadFile) as problem:
        return _all(plan, OutcomeKind.REFUSED, problem.code)
    except OSError as problem:
        code = "disk_full" if problem.errno in {errno.ENOSPC, errno.EFBIG} else "not_written"
        return _all(plan, OutcomeKind.REFUSED, code)


def _check_values(session: Folder, plan: SourcePlan) -> None:
    """Refuse new values that their columns cannot hold."""
    for position, change in enumerate(plan.changes):
        kinds = session.columns(session.sets[change.collection])
        for name, value in change.assign.items():
            try:
                coerced(value, kinds.get(name, pa.string()))
            except NotComparable:
                raise _Refusal(position, OutcomeKind.REFUSED, "bad_value") from None


def _lock(session: Folder, plan: SourcePlan, held: ExitStack) -> dict[Path, Stamp]:
    """Lock every file of the plan's collections; another worker's lock is a conflict."""
    stamps: dict[Path, Stamp] = {}
    for name in plan.collections:
        for path in session.sets[name].paths:
            file = held.enter_context(path.open("rb"))
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                raise _Refusal(0, OutcomeKind.CONFLICT, "locked") from None
            stamps[path] = _stamp(path)
    return stamps


def _stamp(path: Path) -> Stamp:
    stat = path.stat()
    return (stat.st_ino, stat.st_mtime_ns, stat.st_size)


def _located(session: Folder, plan: SourcePlan, collection: str) -> Located:
    """Where each planned row is and what it holds now."""
    changes = [change for change in plan.changes if change.collection == collection]
    position = plan.changes.index(changes[0])
    key = changes[0].key
    if not key:
        raise _Refusal(position, OutcomeKind.REFUSED, "no_key")
    held = session.sets[collection]
    columns = list(dict.fromkeys((*key, *(n for c in changes for n in (*c.guard, *c.assign)))))
    wanted = {row for change in changes for row in change.rows}
    kinds = session.columns(held)
    if any(name not in kinds for name in columns):
        raise _Refusal(position, OutcomeKind.REFUSED, "no_column")
    match = KeyMatch(list(wanted), [kinds[name] for name in key])
    found: Located = {}
    for path in held.paths:
        for batch in session.batches(held, columns, path):
            mask = match.mask([batch.column(name) for name in key])
            for row in batch.filter(mask).to_pylist():
                at = tuple(row[name] for name in key)
                if at in found:
                    raise _Refusal(position, OutcomeKind.REFUSED, "key_not_unique")
                found[at] = (path, row)
    return found


def _final(change: Change, live: Located) -> bool:
    if change.kind is ChangeKind.DELETE:
        return not any(row in live for row in change.rows)
    return all(
        row not in live
        or all(
            canonical(live[row][1][name]) == canonical(value)
            for name, value in change.assign.items()
        )
        for row in change.rows
    )


def _compare(position: int, change: Change, live: Located) -> None:
    for row, planned in zip(change.rows, change.fingerprints, strict=True):
        if row not in live:
            raise _Refusal(position, OutcomeKind.CONFLICT, "row_gone")
        if fingerprint([live[row][1][name] for name in change.guard]) != planned:
            raise _Refusal(position, OutcomeKind.CONFLICT, "row_changed")


def _write_all(
    session: Folder,
    plan: SourcePlan,
    live: Mapping[str, Located],
    stamps: Mapping[Path, Stamp],
    journal: Journal,
    held: ExitStack,
) -> list[_New]:
    made = []
    for name in plan.collections:
        by_path: dict[Path, dict[RowKey, Action]] = defaultdict(dict)
        key: tuple[str, ...] = ()
        for position, change in enumerate(plan.changes):
            if change.collection != name:
                continue
            key = change.key
            journal.note(position=position, collection=name, state="sent")
            for row in change.rows:
                _add(by_path[live[name][row][0]], row, change)
        for path, actions in by_path.items():
            part = held.enter_context(_beside(path))
            _write(session, session.sets[name], path, part, key, actions)
            made.append(_New(name, path, part, stamps[path]))
    return made


def _add(actions: dict[RowKey, Action], row: RowKey, change: Change) -> None:
    """A later change of a row adds to an earlier one; a deletion ends it."""
    if change.kind is ChangeKind.DELETE:
        actions[row] = None
    elif row not in actions or actions[row] is not None:
        actions[row] = {**(actions.get(row) or {}), **change.assign}


@contextmanager
def _beside(path: Path) -> Iterator[Path]:
    """A name for the new file; whatever is left of it afterwards is removed."""
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.", suffix=".part")
    os.close(handle)
    part = Path(name)
    try:
        yield part
    finally:
        part.unlink(missing_ok=True)


def _write(
    session: Folder,
    held: FileSet,
    path: Path,
    part: Path,
    key: tuple[str, ...],
    actions: Mapping[RowKey, Action],
) -> None:
    layout = session.layout(held, path)
    held.format.rewrite(path, part, layout, key, actions)
    with part.open("rb+") as file:
        os.fsync(file.fileno())
    stat = path.stat()
    part.chmod(stat.st_mode & 0o7777)
    if (stat.st_uid, stat.st_gid) != (os.getuid(), os.getgid()):
        os.chown(part, stat.st_uid, stat.st_gid)


def _replace_all(plan: SourcePlan, made: list[_New], journal: Journal) -> tuple[Outcome, ...]:
    for new in made:
        if _stamp(new.path) != new.stamp:
            raise _Refusal(0, OutcomeKind.CONFLICT, "file_changed")
    replaced: dict[str, int] = defaultdict(int)
    wanted: dict[str, int] = defaultdict(int)
    for new in made:
        wanted[new.collection] += 1
    try:
        for new in made:
            new.part.replace(new.path)
            replaced[new.collection] += 1
            position = next(
                at for at, change in enumerate(plan.changes) if change.collection == new.collection
            )
            journal.note(position=position, collection=new.collection, state="replaced")
            _sync(new.path.parent)
    except OSError:
        pass  # how far it came is in the outcomes
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


def _sync(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _all(plan: SourcePlan, kind: OutcomeKind, code: str | None) -> tuple[Outcome, ...]:
    return tuple(Outcome(position=at, kind=kind, code=code) for at in range(len(plan.changes)))
