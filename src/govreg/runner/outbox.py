"""What plugins are told: written with the change itself, delivered after it is committed.

- A notice is a row in the transaction of the change: one that was rolled back tells nobody.
- It is delivered at least once: a crash between telling and marking tells again.
- A plugin that fails is told again with the next delivery, up to `ATTEMPTS` times; then the notice
  stands there as failed until a person looks (`govreg doctor`).
- Payloads are plain values and hold no identifier of a person.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import sqlalchemy as sa

from govreg.clock import Clock, to_millis
from govreg.database import Store
from govreg.runner.tables import outbox

ATTEMPTS = 10
_AT_ONCE = 1000

Tell = Callable[[str, Mapping[str, object]], tuple[str, ...]]
"""Calls a hook with a payload; answers the names of plugins that failed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """What became of a delivery."""

    told: int
    failed: int


def put(
    connection: sa.Connection, hook: str, payload: Mapping[str, object], *, clock: Clock
) -> None:
    """Write a notice in the caller's transaction."""
    connection.execute(
        outbox.insert().values(
            hook=hook,
            payload=json.dumps(payload, sort_keys=True, ensure_ascii=False),
            at=to_millis(clock()),
            attempts=0,
        )
    )


def deliver(store: Store, tell: Tell) -> Delivery:
    """Tell plugins what waits; notices that were told are removed."""
    told = failed = 0
    waiting = (
        sa.select(outbox.c.id, outbox.c.hook, outbox.c.payload)
        .where(outbox.c.attempts < ATTEMPTS)
        .order_by(outbox.c.id)
        .limit(_AT_ONCE)
    )
    with store.read() as connection:
        rows = connection.execute(waiting).all()
    for row in rows:
        failing = tell(row.hook, json.loads(row.payload))
        with store.write() as connection:
            one = outbox.c.id == row.id
            if failing:
                failed += 1
                connection.execute(
                    outbox.update()
                    .where(one)
                    .values(attempts=outbox.c.attempts + 1, failed=", ".join(failing)[:200])
                )
            else:
                told += 1
                connection.execute(outbox.delete().where(one))
    return Delivery(told=told, failed=failed)


def waiting(connection: sa.Connection) -> Mapping[str, int]:
    """Notices that some plugin failed to take, by the plugins' names."""
    rows = connection.execute(
        sa.select(outbox.c.failed, sa.func.count())
        .where(outbox.c.failed.is_not(None))
        .group_by(outbox.c.failed)
        .order_by(outbox.c.failed)
    )
    return {name: int(count) for name, count in rows}
