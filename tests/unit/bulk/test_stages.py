"""What is asked more than once is one column, and a query grows with what is asked."""

import pytest

from govreg.bulk.stages import staged
from govreg.condition.closure import compiled as closure
from govreg.condition.expression import All, Any_, Compare, Not, Op
from govreg.condition.truth import Truth

ibis = pytest.importorskip("ibis")


def flag(name):
    return Compare(fact=name, op=Op.IS, value=True)


def doubled(depth):
    """Each level names the one below four times."""
    one, other = flag("a"), flag("b")
    for _ in range(depth):
        both = All(parts=(one, other))
        neither = All(parts=(Not(part=one), Not(part=other)))
        one, other = Any_(parts=(both, neither)), Any_(parts=(one, Not(part=other)))
    return one


@pytest.fixture
def rows(table_of):
    return table_of(
        [{"a": a, "b": b} for a in (True, False, None) for b in (True, False, None)],
        {"a": "boolean", "b": "boolean"},
    )


def compiled(rows, depth):
    judged, (found,) = staged(rows, [doubled(depth)], columns={"a": "a", "b": "b"}, facts={})
    return judged.select("a", "b", found=found)


def test_the_query_is_no_longer_than_what_is_asked(rows):
    lengths = [len(ibis.to_sql(compiled(rows, depth), dialect="duckdb")) for depth in (2, 4, 6)]
    assert lengths[2] - lengths[1] < 2 * (lengths[1] - lengths[0])


def test_the_stages_answer_as_the_condition_does(engine, rows):
    test = closure(doubled(4))
    words = {Truth.TRUE: True, Truth.FALSE: False, Truth.UNKNOWN: None}
    for row in engine.to_pyarrow(compiled(rows, 4)).to_pylist():
        assert row["found"] is words[test({"a": row["a"], "b": row["b"]})]


def test_a_column_of_the_rows_is_not_taken_for_a_stage(engine, table_of):
    table = table_of(
        [{"a": True, "condition_0": "mine"}], {"a": "boolean", "condition_0": "string"}
    )
    shared = Any_(parts=(flag("a"), Compare(fact="a", op=Op.KNOWN, value=False)))
    judged, truths = staged(table, [shared, Not(part=shared)], columns={"a": "a"}, facts={})
    (row,) = engine.to_pyarrow(
        judged.select("condition_0", one=truths[0], other=truths[1])
    ).to_pylist()
    assert row == {"condition_0": "mine", "one": True, "other": False}
