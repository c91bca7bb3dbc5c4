import datetime as dt
from decimal import Decimal
from enum import StrEnum

import pytest
from hypothesis import given
from hypothesis import strategies as st

from govreg.condition.closure import compiled, needed
from govreg.condition.expression import (
    ALWAYS,
    NEVER,
    All,
    Any_,
    Compare,
    Lookup,
    Not,
    Op,
    comparisons,
)
from govreg.condition.truth import Truth, both, either, of, opposite

FACTS = ("a", "b", "c")
WORDS = ("x", "y", "x.y")
NUMBERS = (0, 1, 2.5)
FLAGS = (True, False)
LEAVES = st.one_of(
    *(
        st.builds(
            Compare,
            fact=st.sampled_from(FACTS),
            op=st.sampled_from(ops),
            value=st.sampled_from(of),
        )
        for ops, of in [
            ([Op.IS, Op.IS_NOT, Op.LT, Op.LE, Op.GT, Op.GE], NUMBERS),
            ([Op.IS, Op.IS_NOT, Op.UNDER], WORDS),
            ([Op.IS, Op.IS_NOT], FLAGS),
        ]
    ),
    *(
        st.builds(
            Compare,
            fact=st.sampled_from(FACTS),
            op=st.sampled_from([Op.IN, Op.NOT_IN]),
            value=st.lists(st.sampled_from(of), min_size=1, max_size=3).map(tuple),
        )
        for of in (WORDS, NUMBERS)
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
HELD = st.sampled_from([None, *WORDS, *NUMBERS, *FLAGS, "x.y.z"])
VALUES = st.fixed_dictionaries(dict.fromkeys(FACTS, HELD))


def kind(value):
    if isinstance(value, bool | str):
        return type(value)
    return float


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
    wanted = tree.value if isinstance(tree.value, tuple) else (tree.value,)
    if held is None or any(kind(one) != kind(held) for one in wanted):
        return Truth.UNKNOWN
    answer = {
        Op.UNDER: lambda: f"{held}.".startswith(f"{tree.value}."),
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


@given(tree=TREES, facts=VALUES)
def test_a_condition_is_false_without_what_it_needs(tree, facts):
    for needs in needed(tree):
        if isinstance(facts[needs.fact], needs.kind):
            met = (facts[needs.fact] in needs.values) is needs.met
            assert met or compiled(tree)(facts) is Truth.FALSE


def test_what_a_condition_needs_may_be_negated_and_lie_within():
    asked = Compare(fact="a", op=Op.IS, value="x")
    other = Compare(fact="b", op=Op.IN, value=("y", "z"))
    not_x, not_yz = needed(Not(part=asked)), needed(Not(part=other))
    assert not_x == (("a", str, frozenset({"x"}), False),)
    assert needed(All(parts=(Any_(parts=(asked, asked)), asked))) == needed(asked)
    assert needed(All(parts=(All(parts=(asked,)), Not(part=other)))) == needed(asked) + not_yz
    assert needed(Not(part=Any_(parts=(asked, other)))) == not_x + not_yz
    assert needed(Not(part=Not(part=asked))) == needed(asked)
    assert needed(Any_(parts=(asked,))) == ()
    assert needed(Not(part=All(parts=(asked, other)))) == ()


def test_what_is_needed_of_a_category_is_that_it_lies_at_or_below():
    (needs,) = needed(Compare(fact="a", op=Op.UNDER, value=("user.contact", "user.name")))
    assert "user.contact" in needs.values
    assert "user.contact.email" in needs.values
    assert "user.contacts" not in needs.values
    assert "user" not in needs.values


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
        (Op.LT, float("nan"), 3),
        (Op.GT, Decimal(5), 3),
        (Op.LE, dt.datetime(2026, 1, 1, tzinfo=dt.UTC), dt.date(2026, 1, 2)),
    ],
)
def test_a_value_of_another_kind_decides_nothing(op, held, value):
    assert compiled(Compare(fact="a", op=op, value=value))({"a": held}) is Truth.UNKNOWN


class Word(StrEnum):
    X = "x"


@pytest.mark.parametrize("op", [Op.IS, Op.IN, Op.UNDER])
def test_a_word_of_an_enumeration_is_a_text(op):
    value = ("x", "y") if op is Op.IN else "x"
    plain = Compare(fact="a", op=op, value=value)
    assert compiled(plain)({"a": Word.X}) is Truth.TRUE
    assert compiled(All(parts=(plain, plain)))({"a": Word.X}) is Truth.TRUE


def test_what_has_no_parts_is_the_same_for_all_facts():
    assert compiled(ALWAYS)({}) is Truth.TRUE
    assert compiled(NEVER)({}) is Truth.FALSE


def table(default=None):
    rows = (("x", "one"), ("x.y", "two"))
    return Lookup(table="t", by="a", rows=rows, default=default, dotted=True)


@pytest.mark.parametrize(
    ("held", "default", "truth"),
    [
        ("x", None, Truth.TRUE),
        ("x.z.z", None, Truth.TRUE),
        ("x.y.z", None, Truth.FALSE),
        ("y", None, Truth.UNKNOWN),
        ("y", "one", Truth.TRUE),
        (None, "one", Truth.UNKNOWN),
        (5, "one", Truth.UNKNOWN),
    ],
)
def test_a_table_is_asked_by_the_closest_key(held, default, truth):
    through = Compare(fact="a", op=Op.IS, value="one", through=table(default))
    against = Compare(fact="b", op=Op.IS, value=table(default))
    assert compiled(through)({"a": held}) is truth
    assert compiled(against)({"a": held, "b": "one"}) is truth
    known = Compare(fact="a", op=Op.KNOWN, value=True, through=table(default))
    assert compiled(known)({"a": held}) is of(truth is not Truth.UNKNOWN)


@given(tree=TREES, facts=VALUES, gone=st.sets(st.sampled_from(FACTS)))
def test_knowing_less_never_turns_an_answer_round(tree, facts, gone):
    if any(compare.op is Op.KNOWN for compare in comparisons(tree)):
        return  # the one question that is about knowing
    less = {name: value for name, value in facts.items() if name not in gone}
    assert compiled(tree)(less) in {compiled(tree)(facts), Truth.UNKNOWN}
