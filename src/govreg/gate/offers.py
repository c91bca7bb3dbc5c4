"""The candidates of one search: rows that may be the person's, until a named person says.

- Of people, households and organisations each row is a candidate; of anything else all rows that
  one way led to are one.
- An id covers the rows: what comes after a confirmation was not confirmed.
- A candidate says what its rows would be to the person: own, shared, or a mention. A confirmation
  makes them that and nothing more.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from govreg.connectors.plan import fingerprint
from govreg.connectors.record import RowKey
from govreg.gate.ask import Asker
from govreg.gate.border import Rows
from govreg.gate.haul import NOTHING, STRENGTH, fewer
from govreg.gate.scope import (
    Candidate,
    Doubt,
    FoundRow,
    Relation,
    Remembered,
    Settled,
    Step,
    StepCode,
    mark_of,
)

Refer = Callable[..., str]
"""Makes a keyed reference out of texts; it tells nothing to who lacks the key."""


class Offers:
    """Candidates, what was said of them, and which of them are still open."""

    def __init__(
        self,
        asker: Asker,
        found: Mapping[str, Mapping[RowKey, FoundRow]],
        settled: Settled,
        refer: Refer,
    ) -> None:
        self.asker, self.found, self.settled, self.refer = asker, found, settled, refer
        self._made: dict[str, tuple[Candidate, Rows]] = {}

    def offer(
        self,
        doubt: Doubt,
        ref: str,
        rows: Rows,
        *,
        via: str,
        path: tuple[Step, ...],
        secret: str,
        relation: Relation = Relation.OWN,
        own_fields: tuple[str, ...] = (),
        rests_on: frozenset[str] = NOTHING,
    ) -> None:
        """Make candidates of the rows that are not the person's already."""
        left = [row for row in rows if not self._is_found(ref, self.asker.key(ref, row), relation)]
        apart = self.asker.is_apart(ref)
        groups = [[row] for row in left] if apart else [left] if left else []
        for group in groups:
            keys = tuple(self.asker.key(ref, row) for row in group)
            marked = keys if apart else [self.asker.key(ref, row) for row in rows]
            mark = " ".join(sorted({fingerprint(key) for key in marked}))
            made = Candidate(
                id=self.refer("candidate", str(doubt), ref, via, secret, mark)[:10],
                doubt=doubt,
                collection=ref,
                via=via,
                rows=keys,
                path=path,
                relation=relation,
                own_fields=own_fields,
                rests_on=rests_on,
            )
            if made.id in self._made:
                held = self._made[made.id][0]
                made = replace(made, rests_on=fewer(held.rests_on, rests_on))
            self._made[made.id] = (made, group)

    def ask_anew(self, shaken: Sequence[tuple[Remembered, Mapping[str, Any]]]) -> None:
        """Offer remembered rows that are doubtful by now, and were not rejected themselves."""
        out = {(held.collection, key) for held in self.rejected() for key in held.rows}
        groups: dict[tuple[str, Relation, tuple[str, ...], StepCode], Rows] = defaultdict(list)
        for held, row in shaken:
            gone = held.own_fields and all(row.get(name) is None for name in held.own_fields)
            if not gone and (held.collection, held.key) not in out:
                lost = held.rests_on & self.settled.rejected
                why = StepCode.ONCE_FOUND_REJECTED if lost else StepCode.ONCE_FOUND_CHANGED
                groups[held.collection, held.relation, held.own_fields, why].append(dict(row))
        for (ref, relation, own_fields, why), rows in groups.items():
            self.offer(
                Doubt.UNVERIFIED,
                ref,
                rows,
                via="earlier search",
                path=(Step(code=why, collection=ref),),
                secret=" ".join(sorted(mark_of(row) for row in rows)),
                relation=relation,
                own_fields=own_fields,
            )

    def confirmed(self) -> Iterator[tuple[Candidate, Rows]]:
        """Candidates that a named person confirmed, with their rows."""
        return iter([m for m in self._made.values() if m[0].id in self.settled.confirmed])

    def rejected(self) -> tuple[Candidate, ...]:
        """Candidates of which a named person said that they are somebody else."""
        return tuple(c for c, _ in self._made.values() if c.id in self.settled.rejected)

    def pending(self) -> tuple[Candidate, ...]:
        """Candidates of which nobody has said anything, and that no other way led to."""
        said = self.settled.confirmed | self.settled.rejected
        return tuple(
            c
            for c, _ in self._made.values()
            if c.id not in said
            and not all(self._is_found(c.collection, key, c.relation) for key in c.rows)
        )

    def _is_found(self, ref: str, key: RowKey, relation: Relation) -> bool:
        held = self.found[ref].get(key)
        return held is not None and STRENGTH[held.relation] >= STRENGTH[relation]
