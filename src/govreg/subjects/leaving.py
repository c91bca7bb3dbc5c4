"""Taking people out of the copies: written with the erasure, done after it, made up for later.

- The erasure's own transaction says who is to leave. A crash before the copies were written anew
  leaves that said, and whoever next reads or fills a copy does it first.
- One process at a time writes copies.
- Functions that take a connection never commit.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

import sqlalchemy as sa

from govreg.bulk.snapshot import Place, current
from govreg.clock import to_millis
from govreg.database import Store
from govreg.errors import Conflict
from govreg.loading import load
from govreg.runner.claim import claimed
from govreg.subjects.row_map import MapPlace, forget_rows, freshness
from govreg.subjects.tables import copy_leaving

WORK = "copies"
"""What a process claims that writes copies."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Copies:
    """Where a workspace's copies are."""

    choices: Place
    rows: MapPlace


def let_leave(connection: sa.Connection, subjects: Iterable[str], now: dt.datetime) -> None:
    """Say that people are to leave the copies."""
    names = sorted(set(subjects))
    load(connection, copy_leaving, {"subject_id": names, "at": [to_millis(now)] * len(names)})


def nobody_leaves(connection: sa.Connection) -> None:
    """Strike everybody off: there are no copies that they could be in."""
    connection.execute(copy_leaving.delete())


def waiting(connection: sa.Connection) -> list[str]:
    """Who has yet to leave."""
    return list(connection.scalars(sa.select(copy_leaving.c.subject_id)))


def see_off(store: Store, copies: Copies) -> int:
    """Take out whoever is to leave; answers how many rows went.

    Raises:
        Conflict: another process writes copies: it takes them out when it has finished.
    """
    with store.read() as connection:
        if not waiting(connection):
            return 0
    with claimed(store, WORK):
        return see_off_claimed(store, copies)


def see_off_claimed(store: Store, copies: Copies) -> int:
    """The same for who has the claim already."""
    with store.read() as connection:
        names = waiting(connection)
        maps = freshness(connection)
    if not names:
        return 0
    held = current(copies.choices)
    gone = held.forget(frozenset(names)) if held else 0
    gone += sum(forget_rows(copies.rows, one, names) for one in maps.values())
    with store.write() as connection:
        connection.execute(copy_leaving.delete().where(copy_leaving.c.subject_id.in_(names)))
    return gone


def try_to_see_off(store: Store, copies: Copies) -> bool:
    """The same after an erasure; False where another process is at it and will do it."""
    try:
        see_off(store, copies)
    except Conflict:
        return False
    return True
