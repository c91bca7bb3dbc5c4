"""What is the same for every row leaves the condition, and changes no answer."""

from hypothesis import given
from hypothesis import strategies as st

from govreg.bulk.reduce import reduced
from govreg.condition.closure import compiled
from govreg.condition.expression import All, Any_, Compare, FactRef, Known, Not, Op, facts_of
from govreg.condition.truth import Truth

NAMES = ("a", "b", "c")
LEAVES = st.builds(
    Compare,
    fact=st.sampled_from(NAMES),
    op=st.sampled_from([Op.IS, Op.IS_NOT, Op.KNOWN]),
    value=st.booleans(),
) | st.builds(
    Compare, fact=st.sampled_from(NAMES), op=st.just(Op.IS), value=st.just(FactRef(name="c"))
)
TREES = st.recursive(
    LEAVES,
    lambda inner: st.one_of(
        st.builds(All, parts=st.lists(inner, max_size=3).map(tuple)),
        st.builds(Any_, parts=st.lists(inner, max_size=3).map(tuple)),
        st.builds(Not, part=inner),
        st.builds(Known, part=inner),
    ),
    max_leaves=8,
)
FACTS = st.fixed_dictionaries({name: st.none() | st.booleans() for name in NAMES})


@given(tree=TREES, facts=FACTS, varying=st.sets(st.sampled_from(NAMES)))
def test_what_is_left_has_the_same_answer(tree, facts, varying):
    same = {name: value for name, value in facts.items() if name not in varying}
    left = reduced(tree, same, varying)
    if isinstance(left, Truth):
        assert left is compiled(tree)(facts)
    else:
        assert compiled(left)(facts) is compiled(tree)(facts)


@given(tree=TREES, facts=FACTS)
def test_nothing_is_left_where_nothing_varies(tree, facts):
    assert reduced(tree, facts, ()) is compiled(tree)(facts)


def test_a_part_that_does_not_vary_is_not_asked_again():
    asked = Compare(fact="a", op=Op.IS, value=True)
    settled = Compare(fact="b", op=Op.IS, value=True)
    assert reduced(All(parts=(settled, asked)), {"b": True}, {"a"}) == asked
    assert reduced(All(parts=(settled, asked)), {"b": False}, {"a"}) is Truth.FALSE
    left = reduced(All(parts=(settled, asked)), {}, {"a"})
    assert "b" not in facts_of(left)
