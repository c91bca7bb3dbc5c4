import pytest
from hypothesis import given
from hypothesis import strategies as st

from govreg.condition.closure import compiled
from govreg.condition.expression import All, Any_, Compare, Not, Op, comparisons
from govreg.condition.truth import Truth, both, either, opposite

FACTS = ("a", "b", "c")
LEAVES = st.one_of(
    st.builds(
        Compare,
        fact=st.sampled_from(FACTS),
        op=st.sampled_from([Op.IS, Op.IS_NOT, Op.LT, Op.LE, Op.GT, Op.GE]),
        value=st.integers(0, 3),
    ),
    st.builds(
        Compare,
        fact=st.sampled_from(FACTS),
        op=st.sampled_from([Op.IN, Op.NOT_IN]),
        value=st.lists(st.integers(0, 3), min_size=1, max_size=3).map(tuple),
    ),
    st.builds(Compare, fact=st.sampled_from(FACTS), op=st.just(Op.KNOWN), value=st.booleans()),
)
TREES = st.recursive(
    LEAVES,
    lambda inner: st.one_of(
        st.builds(All, parts=st.lists(inner, min_size=1, max_size=3).map(tuple)),
        st.builds(Any_, parts=st.lists(inner, min_size=1, max_size=3).map(tuple)),
        st.builds(Not, part=inner),
    ),
    max_leaves=8,
)
VALUES = st.fixed_dictionaries({name: st.none() | st.integers(0, 3) for name in FACTS})


def interpreted(tree, facts):
    """The same, told the long way."""
    if isinstance(tree, Not):
        return opposite(interpreted(tree.part, facts))
    if isinstance(tree, All):
        return both([interpreted(part, facts) for part in tree.parts])
    if isinstance(tree, Any_):
        return either([interpreted(part, facts) for part in tree.parts])
    held = facts.get(tree.fact)
    if tree.op is Op.KNOWN:
        return Truth.TRUE if (held is not None) is tree.value else Truth.FALSE
    if held is None:
        return Truth.UNKNOWN
    answer = {
        Op.IS: lambda: held == tree.value,
        Op.IS_NOT: lambda: held != tree.value,
        Op.IN: lambda: held in tree.value,
        Op.NOT_IN: lambda: held not in tree.value,
        Op.LT: lambda: held < tree.value,
        Op.LE: lambda: held <= tree.value,
        Op.GT: lambda: held > tree.value,
        Op.GE: lambda: held >= tree.value,
    }[tree.op]()
    return Truth.TRUE if answer else Truth.FALSE


@given(tree=TREES, facts=VALUES)
def test_compiled_is_interpreted(tree, facts):
    assert compiled(tree)(facts) is interpreted(tree, facts)
    assert {c.fact for c in comparisons(tree)} <= set(FACTS)


@pytest.mark.parametrize(
    ("op", "held", "value", "truth"),
    [
        (Op.CONTAINS, {"x", "y"}, "x", Truth.TRUE),
        (Op.CONTAINS, {"y"}, "x", Truth.FALSE),
        (Op.UNDER, "user.contact.email", "user.contact", Truth.TRUE),
        (Op.UNDER, "user.contact", "user.contact", Truth.TRUE),
        (Op.UNDER, "user.contacts", "user.contact", Truth.FALSE),
        (Op.LT, "text", 3, Truth.UNKNOWN),
        (Op.CONTAINS, 5, "x", Truth.UNKNOWN),
    ],
)
def test_special_comparisons(op, held, value, truth):
    assert compiled(Compare(fact="a", op=op, value=value))({"a": held}) is truth


@pytest.mark.parametrize(
    ("op", "held", "value"),
    [
        (Op.IS, "true", True),
        (Op.IS_NOT, "true", True),
        (Op.IS, 1, True),
        (Op.IS, True, 1),
        (Op.IN, 3, ("3", "4")),
        (Op.NOT_IN, 3, ("3", "4")),
        (Op.LT, True, 3),
        (Op.CONTAINS, "text", "ex"),
        (Op.UNDER, 5, "5"),
        (Op.UNDER, "5", 5),
        (Op.IS, {"x"}, "x"),
    ],
)
def test_a_value_of_another_kind_decides_nothing(op, held, value):
    assert compiled(Compare(fact="a", op=op, value=value))({"a": held}) is Truth.UNKNOWN


@given(tree=TREES, facts=VALUES, gone=st.sets(st.sampled_from(FACTS)))
def test_knowing_less_never_turns_an_answer_round(tree, facts, gone):
    if any(compare.op is Op.KNOWN for compare in comparisons(tree)):
        return  # the one question that is about knowing
    less = {name: value for name, value in facts.items() if name not in gone}
    assert compiled(tree)(less) in {compiled(tree)(facts), Truth.UNKNOWN}
