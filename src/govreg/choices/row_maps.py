"""Row maps as the command line sees them: filled, shown, and said to be stale.

(1) the actor may
(2) one process at a time writes copies; who is to leave has left before
(3) the maps are filled, collection by collection
(4) one audit entry for each
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from govreg.choices.copies import built, copies_of
from govreg.errors import NotFound
from govreg.passes.sync import Filled, Filling, sync
from govreg.requests.parts import Parts
from govreg.requests.people import RECORDING, require
from govreg.runner.claim import claimed
from govreg.subjects.leaving import WORK, see_off_claimed
from govreg.subjects.row_map import Freshness, freshness
from govreg.validation import suggestion

STALE_AFTER = dt.timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class MapState:
    """A map and what is to be said of it."""

    held: Freshness
    findings: tuple[str, ...]


class RowMaps:
    """Whose the rows of the sources are."""

    def __init__(self, parts: Parts) -> None:
        self.parts = parts

    def sync(self, collections: Sequence[str] = (), *, actor: str) -> list[Filled]:
        """Fill the maps of some collections, or of all that are about people.

        Raises:
            Refused: the actor may not.
            NotFound: no such collection.
            Conflict: another process writes copies.
            UsageProblem: the extra `bulk` is not installed.
        """
        parts = self.parts
        require(parts.settings, actor, RECORDING, "map rows to people")
        register = parts.border.register
        for ref in collections:
            if register.collection(ref) is None:
                refs = sorted(one.ref for one in register.collections())
                raise NotFound(f"there is no collection `{ref}`", suggestion(ref, refs))
        copies = copies_of(parts)
        with parts.store.write() as connection:
            blind = parts.blind(connection)
        with claimed(parts.store, WORK):
            see_off_claimed(parts.store, copies)
            filling = Filling(
                border=parts.border,
                store=parts.store,
                kinds=parts.kinds,
                blind=blind.of,
                place=copies.rows,
                clock=parts.clock,
                register_hash=parts.register_hash,
            )
            done = sync(filling, collections)
            see_off_claimed(parts.store, copies)  # whoever left while it was filled
            built(parts, copies)
        self._log(done, actor)
        return done

    def states(self) -> list[MapState]:
        """Every map that there is, with what makes it stale."""
        with self.parts.store.read() as connection:
            held = freshness(connection)
        return [MapState(held=one, findings=tuple(self._findings(one))) for one in held.values()]

    def _findings(self, one: Freshness) -> Iterator[str]:
        collection = self.parts.border.register.collection(one.collection)
        if collection is None:
            yield "the collection is in the register no more"
        elif one.register_hash != self.parts.register_hash:
            yield "the register has changed since it was filled"
        if self.parts.clock() - one.filled_at > STALE_AFTER:
            yield f"it was filled more than {STALE_AFTER.days} day ago: newer rows are not in it"
        if one.ambiguous:
            yield (
                f"{one.ambiguous:,} rows may be of several people: nothing is permitted for them "
                "until `govreg subject merge` says who is one"
            )
        if one.unmatched:
            yield f"{one.unmatched:,} rows bear nothing that says whose they are"

    def _log(self, done: Sequence[Filled], actor: str) -> None:
        with self.parts.store.write() as connection:
            for one in done:
                made = one.made
                source, _, name = one.collection.partition(".")
                self.parts.log(
                    connection,
                    "subject.rows_mapped",
                    actor,
                    source=source,
                    collection=name,
                    outcome="mapped" if made else "not_mapped",
                    counts={
                        "rows": made.rows,
                        "mapped": made.mapped,
                        "subjects": made.subjects,
                        "ambiguous": made.ambiguous,
                        "new_people": one.new_people,
                    }
                    if made
                    else {},
                )
