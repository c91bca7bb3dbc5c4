"""Changes go in an order that foreign keys allow, whatever the graph."""

from __future__ import annotations

import sqlite3

import pyarrow as pa
from hypothesis import given
from hypothesis import strategies as st

from govreg.connectors.plan import Change, ChangeKind
from govreg.erasure.order import ordered, stuck_rings
from govreg.register.catalogue import Catalogue, CollectionFacts, ColumnFacts, ForeignKey


def column(name, *, nullable=True):
    return ColumnFacts(name=name, type=pa.int64(), source_type="INTEGER", nullable=nullable)


def delete(name, rows=((1,),)):
    return Change(
        collection=name,
        key=("id",),
        kind=ChangeKind.DELETE,
        rows=rows,
        fingerprints=("x",) * len(rows),
        guard=(),
        assign={},
    )


def world(names, links, *, deferrable=False):
    """Collections with an `id` and one pointer for each link: (from, to, nullable)."""
    columns = {name: {"id": column("id", nullable=False)} for name in names}
    keys = []
    for number, (child, parent, nullable) in enumerate(links):
        columns[child][f"f{number}"] = column(f"f{number}", nullable=nullable)
        keys.append(
            ForeignKey(
                name=None,
                collection=child,
                fields=(f"f{number}",),
                to_collection=parent,
                to_fields=("id",),
                deferrable=deferrable,
            )
        )
    return Catalogue(
        collections={
            name: CollectionFacts(name=name, columns=held, key=("id",))
            for name, held in columns.items()
        },
        foreign_keys=tuple(keys),
    )


NAMES = ("a", "b", "c", "d", "e")
GRAPHS = st.lists(
    st.tuples(st.sampled_from(NAMES), st.sampled_from(NAMES), st.booleans()), max_size=9
)


@given(links=GRAPHS, data=st.data())
def test_the_order_carries_through_in_a_real_database_that_checks_at_once(links, data):
    """Every row points at every parent; what is not called stuck must be deletable."""
    names = data.draw(st.permutations(NAMES))
    catalogue = world(names, links)
    changes = [delete(name) for name in names]
    if stuck_rings(changes, catalogue):
        return
    database = sqlite3.connect(":memory:")
    for name in NAMES:
        parts = ["id INTEGER PRIMARY KEY"]
        for key in catalogue.foreign_keys:
            if key.collection == name:
                held = catalogue.collections[name].columns[key.fields[0]]
                null = "" if held.nullable else "NOT NULL"
                parts.append(f"{key.fields[0]} INTEGER {null} REFERENCES {key.to_collection} (id)")
        database.execute(f"CREATE TABLE {name} ({', '.join(parts)})")
    for name in NAMES:
        width = len(catalogue.collections[name].columns)
        database.execute(f"INSERT INTO {name} VALUES ({', '.join('1' * width)})")
    database.commit()
    database.execute("PRAGMA foreign_keys=ON")
    for change in ordered(changes, catalogue):
        if change.kind is ChangeKind.DELETE:
            database.execute(f"DELETE FROM {change.collection} WHERE id = 1")
        else:
            parts = ", ".join(f"{name} = NULL" for name in change.assign)
            database.execute(f"UPDATE {change.collection} SET {parts} WHERE id = 1")
    for name in NAMES:
        assert database.execute(f"SELECT count(*) FROM {name}").fetchone() == (0,)
    database.close()


@given(links=GRAPHS)
def test_nothing_is_lost_and_nothing_is_doubled(links):
    changes = [delete(name) for name in NAMES]
    done = ordered(changes, world(NAMES, links))
    assert sorted(c.collection for c in done if c.kind is ChangeKind.DELETE) == list(NAMES)
    kinds = [c.kind for c in done]
    assert kinds == sorted(kinds, key=lambda kind: kind is ChangeKind.DELETE)


def test_a_ring_of_hard_pointers_is_named_and_a_deferrable_one_is_not():
    links = [("a", "b", False), ("b", "a", False)]
    changes = [delete("a"), delete("b")]
    assert stuck_rings(changes, world("ab", links)) == (("a", "b"),)
    assert stuck_rings(changes, world("ab", links, deferrable=True)) == ()


def test_of_a_pointer_of_two_fields_only_what_may_be_null_is_nulled():
    catalogue = Catalogue(
        collections={
            "a": CollectionFacts(
                name="a",
                columns={
                    "id": column("id", nullable=False),
                    "hard": column("hard", nullable=False),
                    "soft": column("soft"),
                },
                key=("id",),
            )
        },
        foreign_keys=(
            ForeignKey(
                name=None,
                collection="a",
                fields=("hard", "soft"),
                to_collection="a",
                to_fields=("hard", "id"),
            ),
        ),
    )
    first, _ = ordered([delete("a")], catalogue)
    assert first.assign == {"soft": None}
