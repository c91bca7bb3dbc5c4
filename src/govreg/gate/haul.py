"""The rows that a search has found so far, each with the strongest way that led to it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from typing import Any

from govreg.connectors.record import RowKey
from govreg.gate.ask import Asker
from govreg.gate.scope import CapCode, FoundRow, Relation, Step

STRENGTH = {Relation.OWN: 3, Relation.SHARED: 2, Relation.MENTION: 1}
NOTHING: frozenset[str] = frozenset()


class Haul:
    """Found rows by collection and key."""

    def __init__(self, asker: Asker) -> None:
        self.asker = asker
        self.rows: dict[str, dict[RowKey, FoundRow]] = {
            collection.ref: {} for collection in asker.register.collections()
        }
        self.new: list[FoundRow] = []
        """Rows that nothing has been followed from yet."""
        self.by_identifier: dict[str, list[FoundRow]] = defaultdict(list)
        self.loose: set[tuple[str, RowKey]] = set()
        """Rows that a weak identifier alone led to and that are no person's: a gift order bears
        my e-mail and somebody else's number."""

    def taken(self) -> list[FoundRow]:
        """The new rows, which are then new no more."""
        held, self.new = self.new, []
        return held

    def add(
        self,
        ref: str,
        row: Mapping[str, Any],
        relation: Relation,
        path: tuple[Step, ...],
        *,
        own_fields: tuple[str, ...] = (),
        by_identifier: bool = False,
        rests_on: frozenset[str] = NOTHING,
        loose: bool = False,
    ) -> None:
        """Take a row up, or learn of a stronger or less dependent way to it."""
        key = self.asker.key(ref, row)
        held = self.rows[ref].get(key)
        if held is not None and held.relation is relation:
            held = held._replace(rests_on=fewer(held.rests_on, rests_on))
            self.rows[ref][key] = held
        if held is not None and STRENGTH[held.relation] >= STRENGTH[relation]:
            return
        if held is None and len(self.rows[ref]) >= self.asker.limits.rows_per_collection:
            self.asker.hit(CapCode.ROWS, self.asker.limits.rows_per_collection, collection=ref)
            return
        made = FoundRow(
            collection=ref,
            key=key,
            values=row,
            relation=relation,
            path=path,
            own_fields=own_fields if relation is Relation.MENTION else (),
            rests_on=rests_on,
        )
        self.rows[ref][key] = made
        self.new.append(made)
        if loose:
            self.loose.add((ref, key))
        if by_identifier:
            self.by_identifier[ref].append(made)


def fewer(held: frozenset[str], other: frozenset[str]) -> frozenset[str]:
    """What something rests on that two ways led to: the smaller set, where one is in the other."""
    return other if other < held else held  # noqa: FURB136 - sets have no total order
