import pytest
from hypothesis import given
from hypothesis import strategies as st

from govreg.audit.checkpoint import Checkpoint
from govreg.audit.fault import refuse_entries, truncated
from govreg.audit.tree import Tree, leaf_hash
from govreg.errors import IntegrityProblem, NotFound


def refusal(now, then, *, leaves, node, sound=0):
    checkpoint = Checkpoint(origin="acme.example", size=then.size, root=then.root())
    with pytest.raises(IntegrityProblem) as caught:
        refuse_entries(now, checkpoint, leaves=leaves, node=node, sound=sound)
    return caught.value


def leaves_of(tree):
    return [tree.node(0, index) for index in range(tree.size)]


def grown(size):
    return Tree(leaf_hash(b"%d" % number) for number in range(size))


def swapped(tree, index, value=None):
    leaves = leaves_of(tree)
    leaves[index] = value or leaf_hash(b"other")
    return Tree(leaves)


def absent(level, index):
    raise IntegrityProblem("tile_mismatch", "not stored")


@given(st.integers(1, 200), st.data())
def test_intact_leaf_hashes_name_the_entry(size, data):
    index = data.draw(st.integers(0, size - 1))
    then = grown(size)
    problem = refusal(swapped(then, index), then, leaves=leaves_of(then), node=absent)
    assert (problem.code, problem.message) == (
        "entry_changed",
        f"entry `{index}` is not what was logged",
    )


@given(st.integers(1, 200), st.data())
def test_intact_inner_hashes_name_the_entry(size, data):
    index = data.draw(st.integers(0, size - 1))
    then = grown(size)
    problem = refusal(swapped(then, index), then, leaves=[], node=then.node)
    assert problem.message == f"entry `{index}` is not what was logged"


def test_the_order_is_named_when_the_leaf_hashes_show_it():
    then = grown(9)
    now = leaves_of(then)
    now[3], now[7] = now[7], now[3]
    problem = refusal(Tree(now), then, leaves=leaves_of(then), node=absent)
    assert problem.code == "entries_reordered"
    assert "entry `3` is the first out of place" in problem.message


def test_a_changed_leaf_hash_narrows_to_its_pair():
    then = grown(100)
    now = swapped(then, 42)

    def node(level, index):
        return now.node(0, 42) if (level, index) == (0, 42) else then.node(level, index)

    problem = refusal(now, then, leaves=leaves_of(now), node=node)
    assert problem.message == "an entry between `42` and `43` is not what was logged"


def test_nothing_to_go_by_names_the_whole_log():
    then = grown(100)
    now = swapped(then, 42)
    assert (
        "between `0` and `99`" in refusal(now, then, leaves=leaves_of(now), node=now.node).message
    )
    assert "between `0` and `99`" in refusal(now, then, leaves=[], node=absent).message
    assert "between `32` and `99`" in refusal(now, then, leaves=[], node=absent, sound=32).message


def test_hashes_that_lend_each_other_bytes_are_not_believed():
    then = grown(2)
    first, second = leaves_of(then)
    lent = [first + second[:1], second[1:]]
    problem = refusal(swapped(then, 1), then, leaves=lent, node=absent)
    assert "between `0` and `1`" in problem.message


def test_a_log_cut_off_says_where():
    assert str(truncated(3, 5)) == "the log has `3` entries, its checkpoint covers `5`"


def test_a_tree_does_not_answer_for_what_is_missing():
    with pytest.raises(NotFound):
        grown(3).node(1, 1)
