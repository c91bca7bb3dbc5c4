"""One worker at a time for a piece of work, without a lock that outlives its holder.

- With a store in a file, the claim is a locked file beside it; the operating system frees it when
  the process dies.
- With a store on PostgreSQL, it is a session advisory lock on a connection of its own.
"""

from __future__ import annotations

import fcntl
import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import sqlalchemy as sa

from govreg.database import Store
from govreg.errors import Conflict


@contextmanager
def claimed(store: Store, work_id: str) -> Iterator[None]:
    """Hold the claim on a piece of work for the length of the block.

    Raises:
        Conflict: another process holds it.
    """
    if store.dialect == "postgresql":
        with _advisory(store, work_id):
            yield
    else:
        with _file(store, work_id):
            yield


def _taken(work_id: str) -> Conflict:
    return Conflict(
        f"another process is at work on `{work_id}`",
        "wait until it has finished; nothing was changed here",
    )


@contextmanager
def _file(store: Store, work_id: str) -> Iterator[None]:
    folder = Path(store.url.database or ".").parent / "claims"
    folder.mkdir(mode=0o700, exist_ok=True)
    with (folder / f"{work_id}.lock").open("a") as held:
        try:
            fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise _taken(work_id) from None
        yield


@contextmanager
def _advisory(store: Store, work_id: str) -> Iterator[None]:
    number = int.from_bytes(hashlib.sha256(work_id.encode()).digest()[:8], "big", signed=True)
    engine = sa.create_engine(store.url, hide_parameters=True, poolclass=sa.pool.NullPool)
    with engine.connect() as connection:
        got = connection.execute(sa.select(sa.func.pg_try_advisory_lock(number))).scalar_one()
        connection.commit()
        if not got:
            raise _taken(work_id)
        try:
            yield
        finally:
            connection.execute(sa.select(sa.func.pg_advisory_unlock(number)))
            connection.commit()
