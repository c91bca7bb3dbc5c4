import pytest
from hypothesis import given
from hypothesis import strategies as st

from govreg.audit.tree import (
    EMPTY_ROOT,
    Tree,
    cover,
    grow,
    leaf_hash,
    node_hash,
    root,
    siblings,
    verify_consistency,
    verify_inclusion,
)
from govreg.errors import IntegrityProblem, NotFound

LEAVES = [leaf_hash(b"%d" % number) for number in range(70)]


def refused(code, check, **values):
    with pytest.raises(IntegrityProblem) as caught:
        check(**values)
    assert caught.value.code == code


def test_known_roots(vectors):
    known = vectors("tree")
    leaves = [leaf_hash(bytes.fromhex(each)) for each in known["leaves"]]
    assert bytes.fromhex(known["empty_root"]) == EMPTY_ROOT == root([])
    for size, expected in enumerate(known["roots"], 1):
        assert root(leaves[:size]).hex() == expected
        assert Tree(leaves).root(size).hex() == expected


def test_known_proofs(vectors):
    known = vectors("tree")
    tree = Tree(leaf_hash(bytes.fromhex(each)) for each in known["leaves"])
    for case in known["inclusion"]:
        assert [each.hex() for each in tree.inclusion_proof(case["index"], case["size"])] == case[
            "proof"
        ]
    for case in known["consistency"]:
        assert [each.hex() for each in tree.consistency_proof(case["old"], case["new"])] == case[
            "proof"
        ]


def test_every_inclusion_proof_up_to_seventy_leaves():
    tree = Tree(LEAVES)
    for size in range(1, 71):
        top = tree.root(size)
        for index in range(size):
            proof = tree.inclusion_proof(index, size)
            verify_inclusion(index=index, size=size, leaf=LEAVES[index], proof=proof, root=top)
            refused(
                "not_included",
                verify_inclusion,
                index=index,
                size=size,
                leaf=leaf_hash(b"other"),
                proof=proof,
                root=top,
            )


def test_every_consistency_proof_up_to_seventy_leaves():
    tree = Tree(LEAVES)
    for new in range(1, 71):
        top = tree.root(new)
        for old in range(1, new + 1):
            values = {
                "old": old,
                "new": new,
                "proof": tree.consistency_proof(old, new),
                "new_root": top,
            }
            verify_consistency(**values, old_root=tree.root(old))
            refused("forked", verify_consistency, **values, old_root=leaf_hash(b"other"))
            refused(
                "forked",
                verify_consistency,
                **{**values, "new_root": bytes(32)},
                old_root=tree.root(old),
            )


@given(st.integers(1, 600), st.data())
def test_a_changed_proof_never_verifies(size, data):
    tree = Tree(leaf_hash(b"%d" % number) for number in range(size))
    index = data.draw(st.integers(0, size - 1))
    proof = tree.inclusion_proof(index)
    values = {"size": size, "leaf": tree.node(0, index), "root": tree.root()}
    verify_inclusion(index=index, proof=proof, **values)
    if proof:
        place = data.draw(st.integers(0, len(proof) - 1))
        bent = [*proof[:place], bytes(32), *proof[place + 1 :]]
        refused("not_included", verify_inclusion, index=index, proof=bent, **values)
        refused("malformed", verify_inclusion, index=index, proof=proof[:-1], **values)
    refused("malformed", verify_inclusion, index=index, proof=[*proof, bytes(32)], **values)


@given(st.lists(st.integers(0, 40), max_size=12))
def test_batches_grow_the_same_tree_as_single_leaves(batches):
    whole, stored, asked = Tree(), {}, []

    def node(level, index):
        asked.append((level, index))
        return stored[level, index]

    for count in batches:
        first = whole.size
        leaves = [leaf_hash(b"%d" % (first + each)) for each in range(count)]
        asked.clear()
        grown = grow(first, leaves, node)
        assert sorted(asked) == sorted(siblings(first, count))
        stored.update({(0, first + offset): leaf for offset, leaf in enumerate(leaves)})
        stored.update({(level, index): value for level, index, value in grown})
        for leaf in leaves:
            whole.extend([leaf])
    assert all(whole.node(*place) == value for place, value in stored.items())
    assert len(stored) == sum(whole.size >> level for level in range(whole.size.bit_length()))


@given(st.integers(0, 5000), st.integers(0, 5000))
def test_a_cover_is_made_of_adjoining_complete_subtrees(one, other):
    start, stop = sorted((one, other))
    at = start
    for level, index in cover(start, stop):
        assert index << level == at
        at += 1 << level
    assert at == stop


def test_consistency_from_an_empty_log_proves_nothing():
    refused(
        "proves_nothing",
        verify_consistency,
        old=0,
        new=5,
        proof=[],
        old_root=EMPTY_ROOT,
        new_root=root(LEAVES[:5]),
    )
    refused(
        "proves_nothing",
        verify_consistency,
        old=0,
        new=0,
        proof=[],
        old_root=EMPTY_ROOT,
        new_root=EMPTY_ROOT,
    )
    refused("proves_nothing", Tree(LEAVES).consistency_proof, old=0)


def test_a_smaller_log_is_rolled_back():
    refused(
        "rolled_back",
        verify_consistency,
        old=6,
        new=5,
        proof=[],
        old_root=root(LEAVES[:6]),
        new_root=root(LEAVES[:5]),
    )


def test_equal_sizes_take_no_proof():
    top = root(LEAVES)
    verify_consistency(old=70, new=70, proof=[], old_root=top, new_root=top)
    refused(
        "malformed", verify_consistency, old=70, new=70, proof=[top], old_root=top, new_root=top
    )
    refused(
        "forked", verify_consistency, old=70, new=70, proof=[], old_root=top, new_root=bytes(32)
    )


def test_consistency_proof_with_a_hash_too_few_or_many():
    tree = Tree(LEAVES)
    values = {"old": 33, "new": 70, "old_root": tree.root(33), "new_root": tree.root()}
    proof = tree.consistency_proof(33)
    refused("malformed", verify_consistency, proof=proof[:-1], **values)
    refused("malformed", verify_consistency, proof=[*proof, bytes(32)], **values)
    refused("malformed", verify_consistency, proof=[], **values)


@pytest.mark.parametrize("index", [-1, 5, 6])
def test_an_index_out_of_bounds_is_malformed_in_a_proof(index):
    refused(
        "malformed",
        verify_inclusion,
        index=index,
        size=5,
        leaf=LEAVES[0],
        proof=[],
        root=root(LEAVES[:5]),
    )


def test_hashes_of_another_length_are_malformed():
    refused("malformed", verify_inclusion, index=0, size=1, leaf=b"short", proof=[], root=b"short")
    refused("malformed", verify_consistency, old=1, new=1, proof=[], old_root=b"", new_root=b"")


@pytest.mark.parametrize(
    "ask",
    [
        lambda tree: tree.inclusion_proof(70),
        lambda tree: tree.inclusion_proof(-1),
        lambda tree: tree.inclusion_proof(5, 5),
        lambda tree: tree.inclusion_proof(5, 71),
        lambda tree: tree.consistency_proof(71),
        lambda tree: tree.consistency_proof(6, 5),
        lambda tree: tree.consistency_proof(6, 71),
        lambda tree: tree.root(71),
        lambda tree: tree.root(-1),
        lambda tree: tree.node(0, 70),
        lambda tree: tree.node(0, -1),
        lambda tree: tree.node(-1, 0),
        lambda tree: tree.node(7, 0),
    ],
)
def test_nothing_beyond_the_tree_is_answered(ask):
    with pytest.raises(NotFound):
        ask(Tree(LEAVES))


def test_a_leaf_does_not_pass_for_a_node():
    assert leaf_hash(LEAVES[0] + LEAVES[1]) != node_hash(LEAVES[0], LEAVES[1])


def test_rows_end_where_the_level_ends():
    tree = Tree(LEAVES)
    assert tree.row(0, 0, 2) == LEAVES[0] + LEAVES[1]
    assert tree.row(0, 69, 99) == LEAVES[69]
    assert tree.row(9, 0, 1) == b""
