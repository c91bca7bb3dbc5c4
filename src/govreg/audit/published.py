"""Reading a published log back from its folder, and comparing what lies there with its entries.

Nothing read here is believed before the caller has compared the root with a signed one.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path

from govreg.audit.fault import truncated
from govreg.audit.layout import (
    CHECKPOINT,
    TILE_HEIGHT,
    TILE_WIDTH,
    Tile,
    decode_bundle,
    entry_bundles,
    hash_tiles,
)
from govreg.audit.signature import MAX_NOTE_CHARACTERS
from govreg.audit.tree import HASH_SIZE, Node, Tree, leaf_hash, root
from govreg.errors import IntegrityProblem, NotFound

_MAX_TILE_BYTES = TILE_WIDTH * (2 + 65_535)
_TILES_AT_HAND = 64


def read_checkpoint(folder: Path) -> str:
    """The note in the folder.

    Raises:
        NotFound: if there is no such folder.
        IntegrityProblem: `checkpoint_missing`, `malformed`.
    """
    if not folder.is_dir():
        raise NotFound(f"there is no folder `{folder}`")
    raw = _read(folder / CHECKPOINT, MAX_NOTE_CHARACTERS)
    if raw is None:
        raise IntegrityProblem(
            "checkpoint_missing",
            "the folder holds no checkpoint",
            "without one nothing says what the log should hold; publish it, or fetch it again",
        )
    try:
        return raw.decode()
    except UnicodeDecodeError:
        raise IntegrityProblem("malformed", "the published checkpoint is not text") from None


def read_tile(folder: Path, tile: Tile) -> bytes | None:
    """The bytes of a tile or bundle, None if it is not there.

    Raises:
        IntegrityProblem: `malformed` if it is larger than any tile can be.
    """
    return _read(folder / tile.path, _MAX_TILE_BYTES)


def kept_tiles(folder: Path, tile: Tile) -> list[Tile]:
    """Narrower forms of a tile that earlier checkpoints needed and that still stand."""
    full = Tile(level=tile.level, index=tile.index, width=TILE_WIDTH)
    widths = [
        int(each.name)
        for each in folder.glob(f"{full.path}.p/*")
        if each.name.isascii() and each.name.isdecimal()
    ]
    return [
        Tile(level=tile.level, index=tile.index, width=width)
        for width in sorted(widths)
        if 0 < width < tile.width
    ]


def tile_nodes(folder: Path, size: int) -> Node:
    """A look-up of subtree hashes as the published tiles give them.

    It raises IntegrityProblem `tile_mismatch` for what the tiles do not hold.
    """
    tiles = {(tile.level, tile.index): tile for tile in hash_tiles(size)}

    @lru_cache(maxsize=_TILES_AT_HAND)
    def content(level: int, index: int) -> bytes:
        tile = tiles.get((level, index))
        return b"" if tile is None else read_tile(folder, tile) or b""

    def node(level: int, index: int) -> bytes:
        span = 1 << level % TILE_HEIGHT
        place, within = divmod(index * span, TILE_WIDTH)
        row = content(level // TILE_HEIGHT, place)[
            HASH_SIZE * within : HASH_SIZE * (within + span)
        ]
        if len(row) != HASH_SIZE * span:
            raise IntegrityProblem(
                "tile_mismatch", f"no tile holds the hash at level `{level}`, index `{index}`"
            )
        return root(row[at : at + HASH_SIZE] for at in range(0, len(row), HASH_SIZE))

    return node


def hash_entries(folder: Path, size: int) -> Tree:
    """The tree over the published entries, each hashed again.

    Raises:
        IntegrityProblem: `entry_missing`, `log_truncated`, `malformed`.
    """
    computed = Tree()
    for bundle in entry_bundles(size):
        computed.extend(_read_bundle(folder, bundle, size))
    return computed


def published_leaves(folder: Path, size: int) -> list[bytes]:
    """The leaf hashes that the tiles of level 0 hold, however many there are."""
    tiles = (tile for tile in hash_tiles(size) if tile.level == 0)
    return [leaf for tile in tiles for leaf in _cut(read_tile(folder, tile) or b"")]


def compare_tiles(folder: Path, computed: Tree) -> None:
    """Hold tiles of hashes, and earlier forms of tiles and bundles, against the entries' tree.

    Raises:
        IntegrityProblem: `tile_mismatch`, with the file's name; `malformed`.
    """
    for tile in hash_tiles(computed.size):
        level = TILE_HEIGHT * (tile.level or 0)
        expected = computed.row(level, tile.start, tile.start + tile.width)
        raw = read_tile(folder, tile)
        if raw is None:
            raise IntegrityProblem("tile_mismatch", f"`{tile.path}` is missing")
        _agree(tile, raw, expected)
        for kept in kept_tiles(folder, tile):
            _agree(kept, read_tile(folder, kept), expected[: HASH_SIZE * kept.width])
    for bundle in entry_bundles(computed.size):
        for kept in kept_tiles(folder, bundle):
            leaves = b"".join(map(leaf_hash, decode_bundle(read_tile(folder, kept) or b"")))
            _agree(kept, leaves, computed.row(0, kept.start, kept.start + kept.width))


def _read_bundle(folder: Path, bundle: Tile, size: int) -> list[bytes]:
    """Leaf hashes of a bundle's entries, none missing."""
    raw = read_tile(folder, bundle)
    if raw is None:
        later = (each for each in entry_bundles(size) if each.index > bundle.index)
        if any(read_tile(folder, each) is not None for each in later):
            raise IntegrityProblem(
                "entry_missing", f"entry `{bundle.start}` is missing, with `{bundle.path}`"
            )
        raise truncated(bundle.start, size)
    entries = decode_bundle(raw)
    leaves = [leaf_hash(entry) for entry in entries]
    if len(leaves) < bundle.width:
        place = bundle.start + _first_missing(folder, bundle, leaves)
        if place == bundle.start + len(leaves) and place + bundle.width - len(leaves) == size:
            raise truncated(place, size)
        raise IntegrityProblem("entry_missing", f"entry `{place}` is missing from `{bundle.path}`")
    if len(leaves) > bundle.width:
        raise IntegrityProblem("malformed", f"`{bundle.path}` holds more entries than it may")
    return leaves


def _first_missing(folder: Path, bundle: Tile, leaves: Sequence[bytes]) -> int:
    """Where a bundle that is too short first departs from the tile of its leaf hashes."""
    tile = Tile(level=0, index=bundle.index, width=bundle.width)
    stored = _cut(read_tile(folder, tile) or b"")
    pairs = enumerate(zip(leaves, stored, strict=False))
    return next((at for at, (now, then) in pairs if now != then), len(leaves))


def _agree(tile: Tile, found: object, expected: object) -> None:
    if found != expected:
        raise IntegrityProblem(
            "tile_mismatch", f"`{tile.path}` does not belong to the signed entries"
        )


def _cut(row: bytes) -> list[bytes]:
    return [row[at : at + HASH_SIZE] for at in range(0, len(row), HASH_SIZE)]


def _read(path: Path, limit: int) -> bytes | None:
    try:
        with path.open("rb") as file:
            raw = file.read(limit + 1)
    except (FileNotFoundError, NotADirectoryError):
        return None
    except OSError:
        raise IntegrityProblem(
            "malformed", f"the published `{path.name}` cannot be read"
        ) from None
    if len(raw) > limit:
        raise IntegrityProblem("malformed", f"the published `{path.name}` is too large to be one")
    return raw
