"""A set of small numbers, such as vendors or purposes, held as the bits that a signal carries.

It is read as any set; nothing is unpacked until it is asked for. Numbers run from 1 to 65,535.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from collections.abc import Set as AbstractSet
from itertools import compress
from typing import Final, final

HIGHEST = 0xFFFF
"""The highest id: vendors have 16 bits."""

_TRUTH = bytes.maketrans(b"01", b"\0\1")

Span = tuple[int, int]
"""The first and the last of consecutive ids."""


@final
class IdSet(AbstractSet[int]):
    """An immutable set of ids; equal to any set with the same members."""

    __slots__ = ("_bits", "_spans", "_width")

    _bits: int
    _width: int
    _spans: Sequence[Span] | None
    """Ranges that have not been asked for yet, and so are not bits yet."""

    def __init__(self, ids: Iterable[int] = ()) -> None:
        """Collect ids.

        Raises:
            ValueError: one is below 1 or above 65,535.
        """
        members = set(ids)
        if any(not 1 <= each <= HIGHEST for each in members):
            raise ValueError(f"an id is a number from 1 to {HIGHEST}")
        self._spans, self._bits, self._width = None, 0, max(members, default=0)
        for each in members:
            self._bits |= 1 << self._width - each

    @staticmethod
    def of_field(bits: int, width: int) -> IdSet:
        """The ids whose bits are set in a field of `width` bits, the first bit standing for 1."""
        if not bits:
            return EMPTY
        made = IdSet.__new__(IdSet)
        made._bits, made._width, made._spans = bits, width, None  # noqa: SLF001 - its own
        return made

    @staticmethod
    def of_spans(spans: Sequence[Span]) -> IdSet:
        """Every id within one of the spans, from 1 on; they may overlap."""
        made = IdSet.__new__(IdSet)
        made._bits, made._width, made._spans = 0, 0, spans  # noqa: SLF001 - its own
        return made

    def _unpack(self) -> None:
        if self._spans is not None:
            self._width = max((last for _, last in self._spans), default=0)
            bits = 0
            for first, last in self._spans:
                bits |= ((1 << last - first + 1) - 1) << self._width - last
            self._bits, self._spans = bits, None

    def __contains__(self, each: object) -> bool:
        self._unpack()
        return (
            isinstance(each, int)
            and 0 < each <= self._width
            and self._bits >> self._width - each & 1 == 1
        )

    def __iter__(self) -> Iterator[int]:
        self._unpack()
        written = f"{self._bits:0{self._width}b}".encode().translate(_TRUTH)
        return compress(range(1, self._width + 1), written)

    def __len__(self) -> int:
        self._unpack()
        return self._bits.bit_count()

    def __eq__(self, other: object) -> bool:
        if isinstance(other, IdSet):
            width = max(self.highest, other.highest)
            return self.field(width) == other.field(width)
        return super().__eq__(other)

    def __hash__(self) -> int:
        return self._hash()

    def __repr__(self) -> str:
        return f"IdSet({self.words()})"

    @property
    def highest(self) -> int:
        """The highest id, 0 when there is none."""
        self._unpack()
        trailing = (self._bits & -self._bits).bit_length() - 1
        return self._width - trailing if self._bits else 0

    def field(self, width: int) -> int:
        """The ids as a field of `width` bits.

        Raises:
            ValueError: one of them is beyond it.
        """
        if self.highest > width:
            raise ValueError(f"`{width}` bits hold no id above `{width}`")
        shift = width - self._width
        return self._bits << shift if shift >= 0 else self._bits >> -shift

    def spans(self) -> Iterator[Span]:
        """Consecutive ids, in ascending order."""
        self._unpack()
        written = f"{self._bits:0{self._width}b}0"
        at = written.find("1")
        while at >= 0:
            end = written.find("0", at)
            yield at + 1, end
            at = written.find("1", end)

    def words(self) -> str:
        """The ids as text, such as `1-3, 7`; `none` when there is none."""
        parts = [
            f"{first}" if first == last else f"{first}-{last}" for first, last in self.spans()
        ]
        return ", ".join(parts) or "none"


EMPTY: Final = IdSet()
"""No id at all."""
