"""What stands around a person's rows: who shares them, what explains them, what is missing."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from govreg.connectors.record import RowKey
from govreg.connectors.values import joined
from govreg.gate.ask import Asker
from govreg.gate.scope import FoundRow, NotSearched, Relation, Step, StepCode
from govreg.register.model import Collection, Link, LinkRole, Register

Found = Mapping[str, Mapping[RowKey, FoundRow]]


def with_others(rows: Found, asker: Asker) -> dict[str, dict[RowKey, FoundRow]]:
    """The rows, each shared one with the number of other people's rows that point at it.

    A row that was found as the person's own is shared all the same where other people's rows point
    at it over a link that says so: one finds the home of many by its telephone.
    """
    result = {ref: dict(found) for ref, found in rows.items()}
    for ref, found in result.items():
        shared = [row for row in found.values() if row.relation is Relation.SHARED]
        own = [row for row in found.values() if row.relation is Relation.OWN]
        others: Counter[RowKey] = Counter()
        for child, link in asker.register.links_to(ref):
            asked = [*shared, *(own if link.role is LinkRole.SHARED else ())]
            if asked:
                others.update(_others(asked, rows.get(child.ref, {}), child, link, asker))
        for key, count in others.items():
            found[key] = found[key]._replace(relation=Relation.SHARED, others=count)
    return result


def _others(
    shared: Sequence[FoundRow],
    own: Mapping[RowKey, FoundRow],
    child: Collection,
    link: Link,
    asker: Asker,
) -> Iterator[RowKey]:
    """The shared row's key for each row of somebody else that points at it, by any link.

    Where nobody can say which rows point at it, one of somebody else may.
    """
    by_target: dict[RowKey, list[RowKey]] = defaultdict(list)
    for row in shared:
        by_target[joined(_at(row.values, link.to_fields))].append(row.key)
    asked = {_at(row.values, link.to_fields) for row in shared}
    wanted = [key for key in asked if None not in key]
    step = Step(code=StepCode.OVER, collection=child.ref, through=link.name)
    caps = len(asker.caps)
    pointing = asker.rows(child, link.fields, wanted, step) if wanted else []
    if child.ref in asker.missing or len(asker.caps) > caps:
        yield from (row.key for row in shared)
    for found in pointing:
        held = own.get(asker.key(child.ref, found))
        if held is None or held.relation is not Relation.OWN:
            yield from by_target.get(joined(_at(found, link.fields)), (s.key for s in shared))


def context_rows(rows: Found, asker: Asker) -> dict[str, tuple[Mapping[str, Any], ...]]:
    """Rows that own rows look up, such as the product of an order line; one hop, no further."""
    wanted: dict[tuple[str, tuple[str, ...]], set[RowKey]] = defaultdict(set)
    for ref, found in rows.items():
        collection = asker.register.collection(ref)
        for link in collection.links if collection else ():
            if link.role is LinkRole.LOOKUP:
                keys = {
                    _at(row.values, link.fields)
                    for row in found.values()
                    if row.relation is Relation.OWN
                }
                wanted[link.to, link.to_fields] |= {key for key in keys if None not in key}
    result: dict[str, tuple[Mapping[str, Any], ...]] = {}
    for (ref, fields), keys in wanted.items():
        target = asker.register.collection(ref)
        if target is None or not keys:
            continue
        hidden = {f.name for f in target.fields.values() if f.secret or f.personal}
        step = Step(code=StepCode.CONTEXT, collection=ref)
        result[ref] = tuple(
            {name: value for name, value in row.items() if name not in hidden}
            for row in asker.rows(target, fields, sorted(keys, key=repr), step)
        )
    return result


def gaps(asker: Asker, kinds: set[str]) -> Iterator[NotSearched]:
    """Collections with personal fields that were not asked, each with the reason."""
    for collection in asker.register.collections():
        if not collection.personal_fields:
            continue
        ref = collection.ref
        if ref in asker.missing:
            yield NotSearched(place=ref, code=asker.missing[ref])
        elif ref not in asker.searched and not _linked(asker.register, collection):
            own_kinds = {str(f.identifier) for f in collection.identifier_fields}
            if not own_kinds:
                yield NotSearched(place=ref, code="unreachable")
            elif not own_kinds & kinds:
                yield NotSearched(place=ref, code=f"no_identifier:{','.join(sorted(own_kinds))}")


def _linked(register: Register, collection: Collection) -> bool:
    """Whether a link could have led here, had there been a row to start from."""
    down = any(
        link.role in {LinkRole.OWNS, LinkRole.MENTIONS} and register.collection(link.to)
        for link in collection.links
    )
    return down or any(
        link.role is LinkRole.SHARED for _, link in register.links_to(collection.ref)
    )


def _at(row: Mapping[str, Any], names: Sequence[str]) -> RowKey:
    return tuple(row.get(name) for name in names)
