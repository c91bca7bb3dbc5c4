"""Work that survives a crash: rows of steps, run in order by a plain loop.

- A step's start is committed before it acts: that row is the intent.
- A step is `done` only when its note is committed. One that is found `running` was cut off; it
  runs again and is told so, and must find out for itself how far it had come.
- A step that raises is `failed` with a code; the work stops there and goes on from there later.
- Notes hold counts, codes and hashes, never values.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

import sqlalchemy as sa

from govreg.clock import Clock, from_millis, to_millis
from govreg.database import Store
from govreg.errors import GovregError, SourceProblem
from govreg.runner.tables import work_step

Note = Mapping[str, object]


class StepState(StrEnum):
    """Where a step stands."""

    PENDING = "pending"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """A named piece of work."""

    name: str
    act: Callable[[bool], Note]
    """Does it; is told whether an earlier attempt was cut off. Answers the note to keep."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StepRecord:
    """A step as the store holds it."""

    name: str
    state: StepState
    attempts: int
    note: Note
    started_at: dt.datetime | None
    finished_at: dt.datetime | None


def records(connection: sa.Connection, work_id: str) -> tuple[StepRecord, ...]:
    """The steps of a piece of work, in order."""
    rows = connection.execute(
        sa.select(work_step).where(work_step.c.work_id == work_id).order_by(work_step.c.position)
    )
    return tuple(
        StepRecord(
            name=row.name,
            state=StepState(row.state),
            attempts=row.attempts,
            note=json.loads(row.note),
            started_at=from_millis(row.started_at) if row.started_at is not None else None,
            finished_at=from_millis(row.finished_at) if row.finished_at is not None else None,
        )
        for row in rows
    )


def run(
    store: Store, work_id: str, steps: Sequence[Step], *, clock: Clock
) -> Iterator[StepRecord]:
    """Run the steps that are not done yet, yielding each record as it is finished.

    Raises:
        GovregError: whatever a step raised; its row says `failed` with the code.
    """
    with store.write() as connection:
        _write_down(connection, work_id, steps)
    for step in steps:
        with store.read() as connection:
            held = {record.name: record for record in records(connection, work_id)}[step.name]
        if held.state is StepState.DONE:
            continue
        _mark(store, work_id, step.name, StepState.RUNNING, clock, attempts=held.attempts + 1)
        try:
            note = step.act(held.attempts > 0)
        except GovregError as problem:
            code = problem.code if isinstance(problem, SourceProblem) else type(problem).__name__
            _mark(store, work_id, step.name, StepState.FAILED, clock, note={"code": code})
            raise
        _mark(store, work_id, step.name, StepState.DONE, clock, note=note)
        with store.read() as connection:
            yield {record.name: record for record in records(connection, work_id)}[step.name]


def reopen(connection: sa.Connection, work_id: str, names: Sequence[str]) -> None:
    """Make steps pending again, so that a later run does them anew."""
    connection.execute(
        work_step.update()
        .where(work_step.c.work_id == work_id, work_step.c.name.in_(list(names)))
        .values(state=str(StepState.PENDING))
    )


def _write_down(connection: sa.Connection, work_id: str, steps: Sequence[Step]) -> None:
    held = {record.name for record in records(connection, work_id)}
    rows = [
        {
            "work_id": work_id,
            "position": position,
            "name": step.name,
            "state": str(StepState.PENDING),
            "attempts": 0,
            "note": "{}",
        }
        for position, step in enumerate(steps)
        if step.name not in held
    ]
    if rows:
        connection.execute(work_step.insert(), rows)


def _mark(
    store: Store,
    work_id: str,
    name: str,
    state: StepState,
    clock: Clock,
    *,
    note: Note | None = None,
    attempts: int | None = None,
) -> None:
    values: dict[str, object] = {"state": str(state)}
    moment = to_millis(clock())
    if state is StepState.RUNNING:
        values |= {"started_at": moment, "attempts": attempts}
    else:
        values |= {"finished_at": moment, "note": json.dumps(note or {}, sort_keys=True)}
    with store.write() as connection:
        connection.execute(
            work_step.update()
            .where(work_step.c.work_id == work_id, work_step.c.name == name)
            .values(**values)
        )
