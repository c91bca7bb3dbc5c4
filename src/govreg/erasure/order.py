"""An order of changes that foreign keys allow.

- Updates come first: they may null a foreign key that would stop a deletion.
- Then rows go children first, over the live schema's foreign keys, registered or not.
- Collections that point at each other in a ring form one component: a nullable foreign key inside
  it is nulled first; a deferrable one is left to the end of the transaction.
- What neither allows is left as it is, and preflight names the ring.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from govreg.connectors.plan import Change, ChangeKind
from govreg.register.catalogue import Catalogue, ForeignKey


def ordered(changes: Sequence[Change], catalogue: Catalogue) -> tuple[Change, ...]:
    """The changes in a safe order, with nulling updates added for rings."""
    updates = [change for change in changes if change.kind is ChangeKind.UPDATE]
    deletes = [change for change in changes if change.kind is ChangeKind.DELETE]
    names = list(dict.fromkeys(change.collection for change in deletes))
    inside = [
        key
        for key in catalogue.foreign_keys
        if key.collection in names and key.to_collection in names
    ]
    components = _components(names, inside)
    breaking = [
        update
        for component in components
        for key in _ring_keys(component, inside)
        if _nullable(key, catalogue)
        for update in _nulling(key, deletes, catalogue)
    ]
    # inside a ring, the pointers that could not be nulled still say who goes first
    hard = [key for key in inside if not _nullable(key, catalogue)]
    loose = [part for component in components for part in _components(component, hard)]
    place = {name: at for at, component in enumerate(loose) for name in component}
    deletes.sort(key=lambda change: place[change.collection])
    return (*updates, *breaking, *deletes)


def stuck_rings(changes: Sequence[Change], catalogue: Catalogue) -> tuple[tuple[str, ...], ...]:
    """Rings of foreign keys among the deletions that nothing allows to break."""
    names = {change.collection for change in changes if change.kind is ChangeKind.DELETE}
    inside = [
        key
        for key in catalogue.foreign_keys
        if key.collection in names and key.to_collection in names and key.enforced
    ]
    stuck: list[tuple[str, ...]] = []
    for component in _components(sorted(names), inside):
        hard = [
            key
            for key in inside
            if key.collection in component
            and key.to_collection in component
            and not _nullable(key, catalogue)
            and not key.deferrable
            and key.on_delete not in {"cascade", "set_null"}
        ]
        rest = _components(component, hard)
        stuck.extend(tuple(sorted(ring)) for ring in rest if len(ring) > 1)
    return tuple(stuck)


def _ring_keys(component: Sequence[str], keys: Iterable[ForeignKey]) -> list[ForeignKey]:
    """Foreign keys inside a ring; a collection that points at itself is a ring of one."""
    return [key for key in keys if key.collection in component and key.to_collection in component]


def _nullable(key: ForeignKey, catalogue: Catalogue) -> bool:
    return bool(_nullable_fields(key, catalogue))


def _nullable_fields(key: ForeignKey, catalogue: Catalogue) -> tuple[str, ...]:
    """Its fields that can be nulled; one null is enough to let the whole pointer go."""
    facts = catalogue.collections.get(key.collection)
    columns = [facts.columns.get(name) for name in key.fields] if facts else []
    return tuple(
        column.name
        for column in columns
        if column is not None
        and facts is not None
        and column.nullable
        and not column.generated
        and column.name not in facts.key
    )


def _nulling(key: ForeignKey, deletes: Sequence[Change], catalogue: Catalogue) -> list[Change]:
    names = _nullable_fields(key, catalogue)
    return [
        Change(
            collection=change.collection,
            key=change.key,
            kind=ChangeKind.UPDATE,
            rows=change.rows,
            fingerprints=change.fingerprints,
            guard=change.guard,
            assign={name: None for name in names if name not in change.key},
        )
        for change in deletes
        if change.collection == key.collection
    ]


def _components(names: Sequence[str], keys: Iterable[ForeignKey]) -> list[tuple[str, ...]]:
    """Strongly connected components, children before parents (Tarjan, without recursion)."""
    parents: Mapping[str, list[str]] = {name: [] for name in names}
    for key in keys:
        if key.collection != key.to_collection and {key.collection, key.to_collection} <= set(
            names
        ):
            parents[key.collection].append(key.to_collection)
    walk = _Walk(parents)
    for name in names:
        if name not in walk.index:
            walk.from_(name)
    return walk.found[::-1]  # the walk meets parents first; children must go first


class _Walk:
    """One depth-first walk over the foreign keys."""

    def __init__(self, parents: Mapping[str, list[str]]) -> None:
        self.parents = parents
        self.index: dict[str, int] = {}
        self.low: dict[str, int] = {}
        self.stack: list[str] = []
        self.found: list[tuple[str, ...]] = []

    def from_(self, start: str) -> None:
        """Walk everything that `start` leads to."""
        work = [(start, iter(self.parents[start]))]
        while work:
            name, rest = work[-1]
            if name not in self.index:
                self.index[name] = self.low[name] = len(self.index)
                self.stack.append(name)
            step = self._next(name, rest)
            if step is not None:
                work.append((step, iter(self.parents[step])))
                continue
            work.pop()
            if work:
                above = work[-1][0]
                self.low[above] = min(self.low[above], self.low[name])
            if self.low[name] == self.index[name]:
                at = self.stack.index(name)
                self.found.append(tuple(self.stack[at:]))
                del self.stack[at:]

    def _next(self, name: str, rest: Iterator[str]) -> str | None:
        for parent in rest:
            if parent not in self.index:
                return parent
            if parent in self.stack:
                self.low[name] = min(self.low[name], self.index[parent])
        return None
