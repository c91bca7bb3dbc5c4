"""The copies of a workspace: where they are, what opens them, and that they are fit to be read.

- The snapshot of choices is built when it is first asked for, and anew once much came since.
- Whoever is to leave them has left before anything is read.
"""

from __future__ import annotations

from govreg.bulk.snapshot import Snapshot, current
from govreg.bulk.snapshot_build import PAGE, build
from govreg.clock import to_millis
from govreg.consent.ledger import last_number
from govreg.errors import Conflict
from govreg.progress import working
from govreg.requests.parts import Parts
from govreg.runner.claim import claimed
from govreg.subjects.leaving import WORK, Copies, see_off_claimed, waiting

ANEW_AFTER = 200_000
"""Events since the snapshot was built; up to then they are read from the ledger each time."""


def copies_of(parts: Parts) -> Copies:
    """Where the copies are, and their key, which is made when it is first needed."""
    with parts.store.read() as connection:
        held = parts.copies(connection)
    if held is None:
        with parts.store.write() as connection:
            held = parts.copies(connection, create=True)
    assert held is not None, "it was made just now"  # noqa: S101 - for the type alone
    return held


def fresh_snapshot(parts: Parts, copies: Copies) -> Snapshot:
    """A snapshot that is fit to be read, built where there is none or too much came since.

    Raises:
        Conflict: another process writes copies, and there is none that could be read.
    """
    with parts.store.read() as connection:
        leaving = bool(waiting(connection))
        last = last_number(connection)
    held = current(copies.choices)
    if held is not None and not leaving and last - held.upto <= ANEW_AFTER:
        return held
    try:
        with claimed(parts.store, WORK):
            see_off_claimed(parts.store, copies)
            held = current(copies.choices)
            if held is not None and last - held.upto <= ANEW_AFTER:
                return held
            return built(parts, copies)
    except Conflict:
        if held is None or leaving:
            raise
        return held


def built(parts: Parts, copies: Copies) -> Snapshot:
    """A new snapshot; the caller has the claim on the copies."""
    now = to_millis(parts.clock())
    progress = parts.border.progress
    held = current(copies.choices)
    with parts.store.read() as connection:
        pages = (last_number(connection) - (held.upto if held else 0)) // PAGE + 1
    with working(progress, "reading the ledger", pages), parts.store.read() as connection:
        return build(connection, copies.choices, now=now, progress=progress)
