"""The set form answers as the closure does, for any condition and any facts."""

import datetime as dt

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from govreg.bulk.compile import columns
from govreg.condition.closure import compiled
from govreg.condition.expression import All, Any_, Compare, FactRef, Known, Lookup, Not, Op
from govreg.condition.truth import Truth

ibis = pytest.importorskip("ibis")

KINDS = {
    "text": ("string", st.sampled_from(["a", "b", "a.b", "a.b.c", ""])),
    "other": ("string", st.sampled_from(["a", "b", "a.b"])),
    "number": ("int64", st.integers(-2, 2)),
    "flag": ("boolean", st.booleans()),
    "day": ("date", st.dates(dt.date(2026, 1, 1), dt.date(2026, 1, 4))),
    "set": ("array<string>", st.lists(st.sampled_from(["a", "b"]), max_size=2)),
}
VALUES = st.one_of(
    st.sampled_from(["a", "b", "a.b"]),
    st.integers(-2, 2),
    st.booleans(),
    st.dates(dt.date(2026, 1, 1), dt.date(2026, 1, 4)),
)
TABLES = st.builds(
    lambda rows, default, dotted: Lookup(
        table="t", by="text", rows=tuple(rows.items()), default=default, dotted=dotted
    ),
    st.dictionaries(st.sampled_from(["a", "a.b", "b"]), st.sampled_from(["x", "y"]), min_size=1),
    st.none() | st.just("z"),
    st.booleans(),
)
FACTS = st.sampled_from([*KINDS, "absent"])
PLAIN = st.builds(
    lambda fact, op, value: Compare(fact=fact, op=op, value=value),
    FACTS,
    st.sampled_from([op for op in Op if op not in {Op.IN, Op.NOT_IN, Op.KNOWN}]),
    VALUES | st.sampled_from([FactRef(name="other"), FactRef(name="number")]),
)
LISTED = st.builds(
    lambda fact, op, values: Compare(fact=fact, op=op, value=tuple(values)),
    FACTS,
    st.sampled_from([Op.IN, Op.NOT_IN]),
    st.lists(VALUES, min_size=1, max_size=3),
)
ASKED = st.builds(
    lambda fact, value: Compare(fact=fact, op=Op.KNOWN, value=value), FACTS, st.booleans()
)
LOOKED_UP = st.builds(
    lambda table, op, value: Compare(fact="text", op=op, value=value, through=table),
    TABLES,
    st.sampled_from([Op.IS, Op.IS_NOT]),
    st.sampled_from(["x", "y", "z"]),
) | st.builds(
    lambda table: Compare(fact="other", op=Op.IS, value=table),
    TABLES,
)
TREES = st.recursive(
    PLAIN | LISTED | ASKED | LOOKED_UP,
    lambda inner: st.one_of(
        st.builds(lambda part: Not(part=part), inner),
        st.builds(lambda part: Known(part=part), inner),
        st.builds(lambda parts: All(parts=tuple(parts)), st.lists(inner, min_size=1, max_size=3)),
        st.builds(lambda parts: Any_(parts=tuple(parts)), st.lists(inner, min_size=1, max_size=3)),
    ),
    max_leaves=6,
)
ROWS = st.lists(
    st.fixed_dictionaries({name: st.none() | values for name, (_, values) in KINDS.items()}),
    min_size=1,
    max_size=6,
)


@pytest.fixture(scope="module")
def engine():
    return ibis.duckdb.connect()


@settings(
    max_examples=120, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(tree=TREES, rows=ROWS)
def test_both_forms_give_the_same_truth(engine, tree, rows):
    table = ibis.memtable(
        [{**row, "at": at} for at, row in enumerate(rows)],
        schema={**{name: kind for name, (kind, _) in KINDS.items()}, "at": "int64"},
    )
    held = columns(tree, {name: table[name] for name in KINDS})
    answer = engine.to_pyarrow(
        table.select("at", true=held.true, unknown=held.unknown).order_by("at")
    )
    test = compiled(tree)
    for row, said in zip(rows, answer.to_pylist(), strict=True):
        truth = test(row)
        assert (said["true"], said["unknown"]) == (truth is Truth.TRUE, truth is Truth.UNKNOWN)
