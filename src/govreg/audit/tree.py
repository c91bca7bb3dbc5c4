"""The Merkle tree of RFC 6962 (kept by RFC 9162): arithmetic on SHA-256, nothing stored.

- A leaf is hashed with a leading 0x00, a node with a leading 0x01, so that neither passes for the
  other.
- A tree of n leaves splits at the largest power of two below n. A *complete* subtree of 2**level
  leaves has the coordinates (level, index); it never changes once it is full, which is why those
  hashes may be stored. Every other hash is folded from them.
- Verifying raises; it never answers False. A consistency proof from an empty tree proves nothing
  and is refused by name: "no earlier state" is a case for the caller.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from hashlib import sha256

from govreg.errors import IntegrityProblem, NotFound

HASH_SIZE = 32
"""Bytes in a hash."""

EMPTY_ROOT = sha256(b"").digest()
"""The root of a tree without leaves."""

Coordinate = tuple[int, int]
"""(level, index) of a complete subtree: it spans leaves `index << level` to `(index + 1) <<
level`."""

Range = tuple[int, int]
"""(start, stop) of consecutive leaves, stop excluded."""

Node = Callable[[int, int], bytes]
"""Answers the hash of the complete subtree at (level, index)."""


def leaf_hash(entry: bytes) -> bytes:
    """The hash of one entry."""
    return sha256(b"\x00" + entry).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """The hash of two subtrees side by side."""
    return sha256(b"\x01" + left + right).digest()


def split(count: int) -> int:
    """The largest power of two below `count`, which is at least 2."""
    return 1 << ((count - 1).bit_length() - 1)


def cover(start: int, stop: int) -> list[Coordinate]:
    """The complete subtrees, left to right, that make up a subtree over these leaves."""
    coordinates = []
    while start < stop:
        level = (stop - start).bit_length() - 1
        if start:
            level = min(level, (start & -start).bit_length() - 1)
        coordinates.append((level, start >> level))
        start += 1 << level
    return coordinates


def range_hash(start: int, stop: int, node: Node) -> bytes:
    """The hash of the subtree over these leaves, folded from complete subtrees."""
    if start == stop:
        return EMPTY_ROOT
    *lefts, folded = (node(level, index) for level, index in cover(start, stop))
    for left in reversed(lefts):
        folded = node_hash(left, folded)
    return folded


def inclusion_ranges(index: int, size: int) -> list[Range]:
    """The subtrees whose hashes prove the leaf at `index` in a tree of `size`, nearest first.

    Raises:
        NotFound: if the tree has no such leaf.
    """
    if not 0 <= index < size:
        raise NotFound(f"entry `{index}` is not in a log of `{size}` entries")
    start, stop, ranges = 0, size, []
    while stop - start > 1:
        middle = start + split(stop - start)
        if index < middle:
            ranges.append((middle, stop))
            stop = middle
        else:
            ranges.append((start, middle))
            start = middle
    return ranges[::-1]


def consistency_ranges(old: int, new: int) -> list[Range]:
    """The subtrees whose hashes prove that a tree of `new` leaves extends one of `old`.

    Raises:
        IntegrityProblem: `proves_nothing` if `old` is 0.
        NotFound: if `old` is beyond `new`.
    """
    _refuse_empty(old)
    if old > new:
        raise NotFound(f"a log of `{new}` entries has never held `{old}`")
    start, stop, ranges, whole = 0, new, [], True
    while old != stop:
        middle = start + split(stop - start)
        if old <= middle:
            ranges.append((middle, stop))
            stop = middle
        else:
            ranges.append((start, middle))
            start, whole = middle, False
    if not whole:
        ranges.append((start, stop))
    return ranges[::-1]


def siblings(size: int, count: int) -> list[Coordinate]:
    """The stored subtrees that `grow` asks for when `count` leaves join `size`."""
    coordinates, level = [], 0
    while count:
        if size % 2:
            coordinates.append((level, size - 1))
        size, count, level = size // 2, (size % 2 + count) // 2, level + 1
    return coordinates


def grow(size: int, leaves: Sequence[bytes], node: Node) -> list[tuple[int, int, bytes]]:
    """The subtrees of level 1 and above that become complete when `leaves` join a tree of `size`.

    `node` is asked only for the coordinates that `siblings` lists.
    """
    grown: list[tuple[int, int, bytes]] = []
    row, first, level = list(leaves), size, 0
    while row:
        if first % 2:
            row.insert(0, node(level, first - 1))
        first, level = first // 2, level + 1
        row = [node_hash(row[at], row[at + 1]) for at in range(0, len(row) - 1, 2)]
        grown.extend((level, first + at, value) for at, value in enumerate(row))
    return grown


class Tree:
    """A tree held in memory: it grows at its right edge and answers for every size it has had."""

    def __init__(self, leaves: Iterable[bytes] = ()) -> None:
        self._levels = [bytearray()]
        self.extend(list(leaves))

    @property
    def size(self) -> int:
        """How many leaves it has."""
        return len(self._levels[0]) // HASH_SIZE

    def extend(self, leaves: Sequence[bytes]) -> None:
        """Join leaf hashes at the right edge."""
        grown = grow(self.size, leaves, self.node)
        self._levels[0] += b"".join(leaves)
        for level, _, value in grown:
            if level == len(self._levels):
                self._levels.append(bytearray())
            self._levels[level] += value

    def node(self, level: int, index: int) -> bytes:
        """The hash of the complete subtree at (level, index).

        Raises:
            NotFound: if that subtree is not complete, or not there.
        """
        row = self._levels[level] if 0 <= level < len(self._levels) else b""
        if not 0 <= index < len(row) // HASH_SIZE:
            raise NotFound(f"the tree has no complete subtree at level `{level}`, index `{index}`")
        return bytes(row[HASH_SIZE * index : HASH_SIZE * (index + 1)])

    def row(self, level: int, start: int, stop: int) -> bytes:
        """The hashes of one level side by side; shorter where the level ends."""
        if level >= len(self._levels):
            return b""
        return bytes(self._levels[level][HASH_SIZE * start : HASH_SIZE * stop])

    def range_hash(self, start: int, stop: int) -> bytes:
        """The hash of the subtree over these leaves."""
        return range_hash(start, stop, self.node)

    def root(self, size: int | None = None) -> bytes:
        """The root at `size`, which is the whole tree unless said otherwise."""
        return range_hash(0, self.size if size is None else self._within(size), self.node)

    def inclusion_proof(self, index: int, size: int | None = None) -> list[bytes]:
        """The hashes that lead from the leaf at `index` to the root at `size`."""
        whole = self.size if size is None else self._within(size)
        return [self.range_hash(*each) for each in inclusion_ranges(index, whole)]

    def consistency_proof(self, old: int, new: int | None = None) -> list[bytes]:
        """The hashes that show the tree at `new` to extend the tree at `old`."""
        whole = self.size if new is None else self._within(new)
        return [self.range_hash(*each) for each in consistency_ranges(old, whole)]

    def _within(self, size: int) -> int:
        if not 0 <= size <= self.size:
            raise NotFound(f"a log of `{self.size}` entries has never held `{size}`")
        return size


def root(hashes: Iterable[bytes]) -> bytes:
    """The root over these leaf hashes: row by row, a node without a neighbour goes up as it is."""
    row = list(hashes)
    if not row:
        return Tree().root()
    while len(row) > 1:
        pairs = zip(row[::2], row[1::2], strict=False)
        above = [sha256(b"\x01" + left + right).digest() for left, right in pairs]
        row = [*above, row[-1]] if len(row) % 2 else above
    return row[0]


def verify_inclusion(
    *, index: int, size: int, leaf: bytes, proof: Sequence[bytes], root: bytes
) -> None:
    """Check that `leaf` stands at `index` in the tree of `size` under `root` (RFC 9162, 2.1.3.2).

    Raises:
        IntegrityProblem: `malformed` if the parts cannot belong together, `not_included` if they
            lead to another root.
    """
    _check_form([leaf, root, *proof])
    if not 0 <= index < size:
        raise IntegrityProblem("malformed", f"entry `{index}` is not in a log of `{size}` entries")
    if len(proof) != len(inclusion_ranges(index, size)):
        raise IntegrityProblem("malformed", "the inclusion proof has the wrong number of hashes")
    place, last, folded = index, size - 1, leaf
    for hashed in proof:
        if place & 1 or place == last:
            folded = node_hash(hashed, folded)
            while place and not place & 1:
                place, last = place >> 1, last >> 1
        else:
            folded = node_hash(folded, hashed)
        place, last = place >> 1, last >> 1
    if folded != root:
        raise IntegrityProblem(
            "not_included", f"the proof does not place this entry at `{index}` under this root"
        )


def verify_consistency(
    *, old: int, new: int, proof: Sequence[bytes], old_root: bytes, new_root: bytes
) -> None:
    """Check that the tree of `new` leaves extends the tree of `old` leaves (RFC 9162, 2.1.4.2).

    Raises:
        IntegrityProblem: `proves_nothing` if `old` is 0, `rolled_back` if `old` is the larger,
            `malformed` if the parts cannot belong together, `forked` if the trees differ.
    """
    _refuse_empty(old)
    _check_form([old_root, new_root, *proof])
    if old > new:
        raise IntegrityProblem(
            "rolled_back", f"the log has `{new}` entries, fewer than the `{old}` it once had"
        )
    if len(proof) != len(consistency_ranges(old, new)):
        raise IntegrityProblem("malformed", "the consistency proof has the wrong number of hashes")
    if old == new:
        folds = old_root, new_root
        agree = old_root == new_root
    else:
        folds = _fold_consistency(old, new, proof, old_root)
        agree = folds == (old_root, new_root)
    if not agree:
        raise IntegrityProblem(
            "forked", f"the log of `{new}` entries does not extend the log of `{old}` entries"
        )


def _fold_consistency(
    old: int, new: int, proof: Sequence[bytes], old_root: bytes
) -> tuple[bytes, bytes]:
    """Both roots as the proof gives them; a complete old tree is its own first hash."""
    steps = [old_root, *proof] if old & (old - 1) == 0 else list(proof)
    place, last = old - 1, new - 1
    while place & 1:
        place, last = place >> 1, last >> 1
    first = second = steps[0]
    for hashed in steps[1:]:
        if place & 1 or place == last:
            first, second = node_hash(hashed, first), node_hash(hashed, second)
            while place and not place & 1:
                place, last = place >> 1, last >> 1
        else:
            second = node_hash(second, hashed)
        place, last = place >> 1, last >> 1
    return first, second


def _refuse_empty(old: int) -> None:
    if old < 1:
        raise IntegrityProblem(
            "proves_nothing", "every log extends an empty one, so that is no evidence"
        )


def _check_form(hashes: Sequence[bytes]) -> None:
    if any(len(each) != HASH_SIZE for each in hashes):
        raise IntegrityProblem("malformed", f"a hash of this tree has `{HASH_SIZE}` bytes")
