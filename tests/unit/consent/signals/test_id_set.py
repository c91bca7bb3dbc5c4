import pytest
from hypothesis import given
from hypothesis import strategies as st

from govreg.consent.signals.id_set import EMPTY, HIGHEST, IdSet

SETS = st.frozensets(st.integers(1, 300), max_size=40)
SPANS = st.lists(
    st.tuples(st.integers(1, 300), st.integers(0, 30)).map(lambda s: (s[0], s[0] + s[1])),
    max_size=8,
)


@given(SETS, SETS)
def test_it_is_a_set(one, other):
    mine, more = IdSet(one), IdSet(other)
    assert mine == one
    assert set(mine) == one
    assert list(mine) == sorted(one)
    assert len(mine) == len(one)
    assert [each in mine for each in range(-2, 310)] == [each in one for each in range(-2, 310)]
    assert (mine == more) is (one == other)
    assert hash(mine) == hash(IdSet(sorted(one, reverse=True)))
    assert (mine & more, mine | more, mine - more) == (one & other, one | other, one - other)
    assert mine.highest == max(one, default=0)


@given(SPANS)
def test_spans_are_their_members(spans):
    members = {each for first, last in spans for each in range(first, last + 1)}
    held = IdSet.of_spans(spans)
    assert held == members
    assert IdSet.of_spans(spans) == IdSet(members)
    assert [
        each for first, last in IdSet.of_spans(spans).spans() for each in range(first, last + 1)
    ] == sorted(members)
    assert all(
        after > last + 1
        for (_, last), (after, _) in zip(list(held.spans()), list(held.spans())[1:], strict=False)
    )


@given(SETS, st.integers(300, 400))
def test_a_field_is_its_members(members, width):
    held = IdSet(members)
    field = held.field(width)
    assert IdSet.of_field(field, width) == held
    assert [each for each in range(1, width + 1) if field >> width - each & 1] == sorted(members)
    assert IdSet.of_field(field, width).field(held.highest) == held.field(held.highest)


def test_a_field_that_is_too_narrow():
    with pytest.raises(ValueError, match="no id above `4`"):
        IdSet({1, 5}).field(4)
    assert IdSet({1, 5}).field(5) == 0b10001


@pytest.mark.parametrize("wrong", [0, -1, HIGHEST + 1])
def test_an_id_that_is_none(wrong):
    with pytest.raises(ValueError, match="from 1 to 65535"):
        IdSet({1, wrong})


def test_words():
    assert IdSet({1, 2, 3, 7, 9, 10}).words() == "1-3, 7, 9-10"
    assert EMPTY.words() == "none"
    assert repr(IdSet({2})) == "IdSet(2)"
    assert "2" not in IdSet({2})
    assert IdSet({2}) != "2"
