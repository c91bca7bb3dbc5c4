"""Whose a row is, by the links that it has itself; and rows that an earlier search found."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from govreg.connectors.record import RowKey
from govreg.connectors.values import joined
from govreg.gate.ask import Asker
from govreg.gate.border import Rows
from govreg.gate.scope import FoundRow, Memory, Relation, Remembered, Step, StepCode
from govreg.register.model import Link, LinkRole


def owned_alone(
    asker: Asker,
    found: Mapping[str, Mapping[RowKey, FoundRow]],
    ref: str,
    rows: Rows,
    over: Link,
) -> tuple[Rows, Rows]:
    """Rows that no other link gives to somebody else, and those that one does.

    A reply under my order, or a payment from me to another, has two owners: the machine does not
    say whose it is.
    """
    collection = asker.register.collection(ref)
    owners = [
        (link, {joined(at(row.values, link.to_fields)) for row in _own(found, link.to)})
        for link in (collection.links if collection else ())
        if link.role is LinkRole.OWNS and link != over and asker.is_person(link.to)
    ]
    if not owners:
        return rows, []
    alone: Rows = []
    others: Rows = []
    for row in rows:
        named = [(joined(at(row, link.fields)), mine) for link, mine in owners]
        elsewhere = any(None not in key and key not in mine for key, mine in named)
        (others if elsewhere else alone).append(row)
    return alone, others


def recalled(asker: Asker, memory: Memory) -> Iterator[tuple[Remembered, Mapping[str, Any]]]:
    """Remembered rows that are there, as they are now."""
    grouped: dict[str, list[Remembered]] = defaultdict(list)
    for held in memory.rows:
        grouped[held.collection].append(held)
    for ref, remembered in grouped.items():
        collection = asker.register.collection(ref)
        if collection is None or not collection.key:
            continue
        by_key = {held.key: held for held in remembered}
        step = Step(code=StepCode.ONCE_FOUND, collection=ref)
        for row in asker.rows(collection, collection.key, list(by_key), step):
            yield by_key[asker.key(ref, row)], row


def at(values: Mapping[str, Any], names: Sequence[str]) -> RowKey:
    """The values of some fields."""
    return tuple(values.get(name) for name in names)


def _own(found: Mapping[str, Mapping[RowKey, FoundRow]], ref: str) -> Iterator[FoundRow]:
    return (row for row in found.get(ref, {}).values() if row.relation is Relation.OWN)
