"""How a log lies in static files, the tlog-tiles layout: names, widths and bundles.

- `tile/<level>/<index>`: 256 hashes side by side; at level 0 leaf hashes, above it the roots of
  full tiles.
- `tile/entries/<index>`: the 256 entries under a level-0 tile, each behind its length in two
  bytes.
- A tile that is not full yet bears its width, `.p/<width>`, and is never hashed upward.
- An index is written in groups of three digits, all but the last behind an `x`: 1234067 is
  `x001/x234/067`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from govreg.errors import IntegrityProblem

CHECKPOINT = "checkpoint"
"""The only file that changes."""

TILE_HEIGHT = 8
"""Levels of the tree between one level of tiles and the next."""

TILE_WIDTH = 1 << TILE_HEIGHT
"""Hashes in a full tile, entries in a full bundle."""

_GROUP = 1000
_LENGTH_BYTES = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Tile:
    """One immutable file: hashes of a level, or a bundle of entries."""

    level: int | None
    """The level of tiles, None for entries."""
    index: int
    width: int
    """How many hashes or entries it holds, 1 to 256."""

    @property
    def start(self) -> int:
        """The position of its first hash within its level."""
        return self.index * TILE_WIDTH

    @property
    def full(self) -> bool:
        """True once nothing can join it."""
        return self.width == TILE_WIDTH

    @property
    def path(self) -> str:
        """Its place below the folder or the address."""
        level = "entries" if self.level is None else str(self.level)
        part = "" if self.full else f".p/{self.width}"
        return f"tile/{level}/{_grouped(self.index)}{part}"


def hash_tiles(size: int) -> Iterator[Tile]:
    """Every tile of hashes that a log of `size` entries demands, lowest level first."""
    level, count = 0, size
    while count:
        yield from _row(level, count)
        level, count = level + 1, count // TILE_WIDTH


def entry_bundles(size: int) -> Iterator[Tile]:
    """Every bundle of entries that a log of `size` entries demands."""
    return _row(None, size)


def encode_bundle(entries: Sequence[bytes]) -> bytes:
    """Entries behind their lengths."""
    return b"".join(len(each).to_bytes(_LENGTH_BYTES, "big") + each for each in entries)


def decode_bundle(encoded: bytes) -> list[bytes]:
    """Take a bundle apart.

    Raises:
        IntegrityProblem: `malformed` if a length points beyond the end.
    """
    entries, at = [], 0
    while at < len(encoded):
        start = at + _LENGTH_BYTES
        at = start + int.from_bytes(encoded[at:start], "big")
        if start > len(encoded) or at > len(encoded):
            raise IntegrityProblem("malformed", "a bundle of entries breaks off within an entry")
        entries.append(encoded[start:at])
    return entries


def _row(level: int | None, count: int) -> Iterator[Tile]:
    for start in range(0, count, TILE_WIDTH):
        yield Tile(level=level, index=start // TILE_WIDTH, width=min(TILE_WIDTH, count - start))


def _grouped(index: int) -> str:
    groups = [f"{index % _GROUP:03d}"]
    while index >= _GROUP:
        index //= _GROUP
        groups.insert(0, f"x{index % _GROUP:03d}")
    return "/".join(groups)
