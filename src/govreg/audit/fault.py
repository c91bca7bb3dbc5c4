"""Naming what was done to a log whose entries no longer lead to its signed root.

Stored hashes are no evidence by themselves; those that lead to a signed root are. So the search
either finds a full row of leaf hashes under that root, or walks down from it for as long as the
stored hashes add up, and names the smallest run of entries in which the difference must lie.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NoReturn

from govreg.audit.checkpoint import Checkpoint
from govreg.audit.tree import HASH_SIZE, Node, Range, Tree, node_hash, range_hash, split
from govreg.errors import IntegrityProblem


def refuse_entries(
    computed: Tree,
    checkpoint: Checkpoint,
    *,
    leaves: Sequence[bytes],
    node: Node,
    sound: int = 0,
) -> NoReturn:
    """Raise for entries that hash to another root than `checkpoint` signed.

    `computed` is the tree over the entries as they are now, `leaves` and `node` what was stored
    beside them, `sound` how many entries at the start are known to be unchanged.

    Raises:
        IntegrityProblem: `entries_reordered` or `entry_changed`.
    """
    size = checkpoint.size
    trusted = Tree(leaves[:size])
    whole = all(len(leaf) == HASH_SIZE for leaf in leaves)
    if whole and trusted.size == size and trusted.root() == checkpoint.root:
        found = [computed.node(0, index) for index in range(size)]
        first = next(
            index
            for index, (now, then) in enumerate(zip(found, leaves, strict=False))
            if now != then
        )
        if sorted(found) == sorted(leaves[:size]):
            raise IntegrityProblem(
                "entries_reordered",
                f"the entries are not in their order, entry `{first}` is the first out of place",
            )
        raise _changed(first, first + 1)
    start, stop = _narrow(computed, checkpoint, node)
    raise _changed(min(max(start, sound), stop - 1), stop)


def truncated(found: int, signed: int) -> IntegrityProblem:
    """The problem of a log that ends before its checkpoint does."""
    return IntegrityProblem(
        "log_truncated", f"the log has `{found}` entries, its checkpoint covers `{signed}`"
    )


def _narrow(computed: Tree, checkpoint: Checkpoint, node: Node) -> Range:
    """Walk down from the signed root while the stored hashes on the way lead to it."""
    start, stop, expected = 0, checkpoint.size, checkpoint.root
    while stop - start > 1:
        middle = start + split(stop - start)
        try:
            left, right = range_hash(start, middle, node), range_hash(middle, stop, node)
        except IntegrityProblem:
            break  # a hash on the way is not stored: the run cannot be told apart further
        if node_hash(left, right) != expected:
            break
        if computed.range_hash(start, middle) != left:
            stop, expected = middle, left
        else:
            start, expected = middle, right
    return start, stop


def _changed(start: int, stop: int) -> IntegrityProblem:
    if stop - start == 1:
        return IntegrityProblem("entry_changed", f"entry `{start}` is not what was logged")
    return IntegrityProblem(
        "entry_changed",
        f"an entry between `{start}` and `{stop - 1}` is not what was logged",
        "the stored hashes were changed with it, so it cannot be told which",
    )
