"""The set form answers as the closure does, for any condition and any facts."""

import datetime as dt
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from govreg.bulk.compile import columns
from govreg.condition.closure import compiled
from govreg.condition.expression import (
    All,
    Any_,
    Compare,
    FactRef,
    Known,
    Lookup,
    Not,
    Op,
    TableRef,
)
from govreg.condition.truth import Truth

KINDS = {
    "text": ("string", st.sampled_from(["a", "b", "a.b", "a.b.c", ""])),
    "other": ("string", st.sampled_from(["a", "b", "a.b"])),
    "number": ("int64", st.integers(-2, 2)),
    "flag": ("boolean", st.booleans()),
    "day": ("date", st.dates(dt.date(2026, 1, 1), dt.date(2026, 1, 4))),
    "set": ("array<string>", st.lists(st.sampled_from(["a", "b"]), max_size=2)),
    "real": ("float64", st.sampled_from([-1.0, 0.5, float("nan")])),
    "exact": ("decimal(9, 2)", st.sampled_from([Decimal(1), Decimal("0.50")])),
    "moment": ("timestamp", st.sampled_from([dt.datetime(2026, 1, 1), dt.datetime(2026, 1, 2)])),
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
    VALUES
    | st.sampled_from([FactRef(name=name) for name in ("other", "number", "real", "moment")]),
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


@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(trees=st.lists(TREES, min_size=4, max_size=8), rows=ROWS)
def test_both_forms_give_the_same_truth(engine, table_of, trees, rows):
    """Several conditions to a query: making one takes longer than running it."""
    table = table_of(
        [{**row, "at": at} for at, row in enumerate(rows)],
        {**{name: kind for name, (kind, _) in KINDS.items()}, "at": "int64"},
    )
    held = [columns(tree, {name: table[name] for name in KINDS}) for tree in trees]
    asked = {
        f"{word} {at}": column
        for at, one in enumerate(held)
        for word, column in (("true", one.true), ("unknown", one.unknown), ("false", one.false))
    }
    answer = engine.to_pyarrow(table.select("at", **asked).order_by("at")).to_pylist()
    for at, tree in enumerate(trees):
        test = compiled(tree)
        for row, said in zip(rows, answer, strict=True):
            truth = test(row)
            assert [said[f"{word} {at}"] for word in ("true", "unknown", "false")] == [
                truth is Truth.TRUE,
                truth is Truth.UNKNOWN,
                truth is Truth.FALSE,
            ]


@pytest.mark.parametrize(
    ("facts", "truth"),
    [
        ({"same": {"a"}}, Truth.TRUE),
        ({"same": ["b", 5]}, Truth.FALSE),
        ({"same": []}, Truth.FALSE),
        ({"same": "a"}, Truth.UNKNOWN),
        ({"same": 5}, Truth.UNKNOWN),
        ({"same": object()}, Truth.UNKNOWN),
        ({}, Truth.UNKNOWN),
    ],
)
def test_a_column_is_compared_with_what_is_the_same_for_every_row(engine, table_of, facts, truth):
    asked = Compare(fact="same", op=Op.CONTAINS, value=FactRef(name="text"))
    assert compiled(asked)({**facts, "text": "a"}) is truth
    table = table_of([{"text": "a"}], {"text": "string"})
    held = columns(asked, {**facts, "text": table["text"]})
    answer = engine.to_pyarrow(table.select(true=held.true, unknown=held.unknown)).to_pylist()
    assert answer == [{"true": truth is Truth.TRUE, "unknown": truth is Truth.UNKNOWN}]


def test_a_table_must_be_looked_up_first():
    with pytest.raises(TypeError, match="table `t` was not looked up"):
        columns(Compare(fact="text", op=Op.IS, value=TableRef(name="t")), {"text": "a"})
