"""A table over many rows says what it says of one, in few branches."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from govreg.bulk.lookup import looked_up
from govreg.condition.expression import Lookup

ibis = pytest.importorskip("ibis")

KEYS = ["a", "a.b", "a.b.c", "a.d", "b", "b.b"]
HELD = [None, *KEYS, "a.b.c.d", "a.x", "c", ""]
TABLES = st.builds(
    lambda rows, default, dotted: Lookup(
        table="t", by="held", rows=tuple(rows.items()), default=default, dotted=dotted
    ),
    st.dictionaries(st.sampled_from(KEYS), st.sampled_from(["x", "y"]), min_size=1),
    st.none() | st.sampled_from(["x", "z"]),
    st.booleans(),
)


@pytest.fixture(scope="module")
def rows(table_of):
    return table_of([{"held": one} for one in HELD], {"held": "string"})


@settings(max_examples=15, deadline=None)
@given(tables=st.lists(TABLES, min_size=8, max_size=8))
def test_the_closest_key_counts(engine, rows, tables):
    found = {
        f"t{at}": looked_up(table, rows.held, lambda value: value, "string")
        for at, table in enumerate(tables)
    }
    answer = engine.to_pyarrow(rows.select(rows.held, **found)).to_pylist()
    for said in answer:
        assert [said[name] for name in found] == [table.of(said["held"]) for table in tables]


def test_keys_that_mean_the_same_are_one_branch(rows):
    table = Lookup(
        table="t",
        by="held",
        rows=(("a", "x"), ("a.b", "x"), ("a.d", "y"), ("b", "x"), ("c", "z")),
        default="z",
        dotted=True,
    )
    found = looked_up(table, rows.held, lambda value: value, "string")
    sql = ibis.to_sql(rows.select(found=found), dialect="duckdb")
    assert sql.count("WHEN") == 3  # not known, y, x
    assert "'a.b'" not in sql
    assert "'c'" not in sql


def test_a_fact_that_is_no_text_is_in_no_table(table_of):
    table = Lookup(table="t", by="held", rows=(("1", "x"),), default="y")
    numbers = table_of([{"held": 1}], {"held": "int64"})
    assert looked_up(table, numbers.held, lambda value: value, "string") is None
    assert looked_up(table, None, lambda value: value, "string") is None
