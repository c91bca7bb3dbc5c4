"""Fill the map from rows to subjects: whose each row of a source is.

(1) collections whose own fields identify people, then those that are linked to one that is mapped
(2) every row is read once: its key, and keyed look-up values of what identifies it
(3) weak values that several people of the collection share name nobody alone
(4) rows are given to the people whom they name, in batches; who is new becomes known
(5) linked rows belong to whom the row belongs that they link to
(6) the new map takes its place at once; the old one goes

A strong identifier decides. A weak one leads to a person only where it leads to one alone, and
nothing strong speaks against it. What may be several people's is nobody's for sure, and counted.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain
from pathlib import Path

import pyarrow as pa

from govreg.bulk.duck import duck
from govreg.clock import Clock
from govreg.database import Store
from govreg.errors import GovregError, UsageProblem
from govreg.gate.border import Border, Visit
from govreg.ids import new_id
from govreg.passes.sync_linked import Parent, linked
from govreg.passes.sync_people import Identified, Tally, people
from govreg.progress import working
from govreg.protection.envelope import Context, Key
from govreg.protection.sealed_rows import (
    Buckets,
    bucket_context,
    bucket_path,
    read_rows,
    write_rows,
)
from govreg.register.model import Collection, Level, Link, LinkRole, Register
from govreg.subjects.identifier import Kinds
from govreg.subjects.row_map import (
    NOBODY_SURE,
    Freshness,
    MapPlace,
    freshness,
    mapped_rows,
    put_in_force,
    sweep,
)

ROWS = 100_000
BlindOf = Callable[[str], Callable[[str], bytes]]
"""What makes look-up values of an identifier kind."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Filling:
    """What a map is filled with."""

    border: Border
    store: Store
    kinds: Kinds
    blind: BlindOf
    place: MapPlace
    clock: Clock
    register_hash: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Filled:
    """What became of a collection."""

    collection: str
    made: Freshness | None = None
    new_people: int = 0
    why_not: str | None = None
    """Why it has no map, in words."""


def sync(to: Filling, wanted: Sequence[str] = ()) -> list[Filled]:
    """Fill the maps of some collections, or of all that are about people.

    A collection that cannot be read is told, and the others go on.
    """
    chosen = _in_order(to.border.register, wanted)
    done: list[Filled] = []
    with working(to.border.progress, "mapping rows", len(chosen)), to.border.visit() as visit:
        for collection in chosen:
            try:
                done.append(_fill(to, visit, collection))
            except GovregError as problem:
                done.append(Filled(collection=collection.ref, why_not=problem.message))
    return done


def _in_order(register: Register, wanted: Sequence[str]) -> list[Collection]:
    """(1): who is identified by own fields first, then those linked to them, step by step."""
    own = [c for c in register.collections() if identifies(c)]
    order, left = list(own), [c for c in register.collections() if c not in own]
    while True:
        known = {c.ref for c in order}
        more = [c for c in left if any(link.to in known for link in owning(c))]
        if not more:
            break
        order += more
        left = [c for c in left if c not in more]
    rest = [c for c in left if c.personal_fields]
    return [c for c in (*order, *rest) if not wanted or c.ref in wanted]


def identifies(collection: Collection) -> bool:
    """Whether a collection's own fields say whose its rows are."""
    individual = collection.level is Level.INDIVIDUAL
    return individual and bool(collection.identifier_fields) and not owning(collection)


def owning(collection: Collection) -> tuple[Link, ...]:
    """The links that lead to the row of the person whose a row is; no guessed ones."""
    return tuple(
        link for link in collection.links if link.role is LinkRole.OWNS and not link.inferred
    )


def _fill(to: Filling, visit: Visit, collection: Collection) -> Filled:
    if not collection.key:
        why_not = "it has no key that its rows are known by"
        return Filled(collection=collection.ref, why_not=why_not)
    if not identifies(collection) and not owning(collection):
        why_not = "neither an identifier of its own nor a link says whose its rows are"
        return Filled(collection=collection.ref, why_not=why_not)
    name, tally = new_id("set"), Tally()
    folder = to.place.of(collection.ref) / name
    folder.mkdir(mode=0o700, parents=True)
    with duck(to.place.folder.parent / "scratch") as db:
        if identifies(collection):
            rows = people(db, _identified(to, collection), _read(visit, collection, tally), tally)
        else:
            rows = linked(db, _parents(to, collection), _read(visit, collection, tally))
        _write(to, collection, folder, rows, tally)
    made = Freshness(
        collection=collection.ref,
        rows=tally.rows,
        mapped=tally.mapped,
        subjects=tally.subjects,
        ambiguous=tally.ambiguous,
        filled_at=to.clock(),
        register_hash=to.register_hash,
        set_name=name,
    )
    with to.store.write() as connection:
        put_in_force(connection, made)
    sweep(to.place, collection.ref, keep=name)
    return Filled(collection=collection.ref, made=made, new_people=tally.new_people)


def _read(visit: Visit, collection: Collection, tally: Tally) -> Iterator[pa.RecordBatch]:
    """(2): the key, what identifies, and what links; each column once."""
    fields = [field.name for field in collection.identifier_fields]
    links = [name for link in owning(collection) for name in link.fields]
    columns = list(dict.fromkeys((*collection.key, *fields, *links)))
    for batch in visit.scan(collection, columns, batch_rows=ROWS):
        tally.rows += batch.num_rows
        yield batch


def _identified(to: Filling, collection: Collection) -> Identified:
    return Identified(
        key=collection.key,
        fields=tuple((f.name, str(f.identifier)) for f in collection.identifier_fields),
        kinds=to.kinds,
        blind=to.blind,
        store=to.store,
        clock=to.clock,
    )


def _parents(to: Filling, collection: Collection) -> list[Parent]:
    """(5): the mapped collections that a collection's rows link to.

    Raises:
        UsageProblem: none of them has a map yet, or a link leads to no key.
    """
    with to.store.read() as connection:
        maps = freshness(connection)
    parents = []
    for link in owning(collection):
        held = maps.get(link.to)
        target = to.border.register.collection(link.to)
        if held is None or target is None:
            continue
        if set(link.to_fields) != set(target.key):
            continue
        parents.append(
            Parent(
                key=collection.key,
                fields=link.fields,
                to_fields=link.to_fields,
                rows=mapped_rows(to.place, held),
            )
        )
    if not parents:
        raise UsageProblem(
            f"what `{collection.ref}` links to has no row map by its key",
            f"map it first: `govreg subject sync {owning(collection)[0].to}`",
        )
    return parents


def _write(
    to: Filling,
    collection: Collection,
    folder: Path,
    rows: Iterator[pa.RecordBatch],
    tally: Tally,
) -> None:
    """(6): the rows into their buckets; in each the people are counted."""
    context = to.place.context_of(collection.ref)
    first = next(rows, None)
    if first is None:
        return
    with Buckets(to.place.key, folder, first.schema, context) as out:
        for batch in chain([first], rows):
            out.write(batch)
    for bucket, count in out.rows.items():
        place = bucket_context(context, bucket)
        tally.subjects += _by_dictionary(to.place.key, bucket_path(folder, bucket), place)
        if bucket == NOBODY_SURE:
            tally.ambiguous += count
            tally.subjects -= 1
        else:
            tally.mapped += count


def _by_dictionary(key: Key, path: Path, place: Context) -> int:
    """Write a bucket anew with each subject once and a number for it in each row; how many."""
    held = pa.Table.from_batches(read_rows(key, path, place)).combine_chunks()
    column = held.column("subject").combine_chunks().dictionary_encode()
    at = held.schema.get_field_index("subject")
    coded = held.set_column(at, "subject", column)
    write_rows(key, path, coded.schema, coded.to_batches(), place)
    return len(column.dictionary)
