from hypothesis import given
from hypothesis import strategies as st

from govreg.condition.truth import Truth, both, either, of, opposite

TRUTHS = st.sampled_from(list(Truth))


def test_the_tables():
    t, f, u = Truth.TRUE, Truth.FALSE, Truth.UNKNOWN
    assert [both([a, b]) for a in (t, f, u) for b in (t, f, u)] == [t, f, u, f, f, f, u, f, u]
    assert [either([a, b]) for a in (t, f, u) for b in (t, f, u)] == [t, t, t, t, f, u, t, u, u]
    assert [opposite(a) for a in (t, f, u)] == [f, t, u]
    assert (of(True), of(False)) == (t, f)


@given(parts=st.lists(TRUTHS, min_size=1))
def test_de_morgan(parts):
    assert opposite(both(parts)) is either([opposite(part) for part in parts])


@given(parts=st.lists(TRUTHS, min_size=1), at=st.integers(0, 99))
def test_knowing_less_never_turns_an_answer_round(parts, at):
    less = list(parts)
    less[at % len(less)] = Truth.UNKNOWN
    for join in (both, either):
        assert join(less) in {join(parts), Truth.UNKNOWN}
