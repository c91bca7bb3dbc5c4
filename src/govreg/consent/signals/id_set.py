"""A set of small numbers, such as vendors or purposes, held as the bits that a signal carries.

It is read as any set; nothing is unpacked until it is asked for. Numbers run from 1 to 65,535.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from collections.abc import Set as AbstractSet
from typing import Final, Self

HIGHEST = 0xFFFF
"""The highest id: vendors have 16 bits."""

Span = tuple[int, int]
"""The first and the last of consecutive ids."""


class IdSet(AbstractSet[int]):
    """An immutable set of ids; equal to any set with the same members."""

    __slots__ = ("_bits", "_width")

    def __init__(self, ids: Iterable[int] = ()) -> None:
        """Collect ids.

        Raises:
            ValueError: one is below 1 or above 65,535.
        """
        members = set(ids)
        if any(not 1 <= each <= HIGHEST for each in members):
            raise ValueError(f"an id is a number from 1 to {HIGHEST}")
        self._width = max(members, default=0)
        self._bits = 0
        for each in members:
            self._bits |= 1 << self._width - each

    @classmethod
    def of_field(cls, bits: int, width: int) -> Self:
        """The ids whose bits are set in a field of `width` bits, the first bit standing for 1."""
        made = cls.__new__(cls)
        made._bits, made._width = bits, width  # noqa: SLF001 - its own
        return made

    @classmethod
    def of_spans(cls, spans: Iterable[Span]) -> Self:
        """Every id within one of the spans; they may overlap."""
        held = list(spans)
        width = max((last for _, last in held), default=0)
        bits = 0
        for first, last in held:
            bits |= ((1 << last - first + 1) - 1) << width - last
        return cls.of_field(bits, width)

    def __contains__(self, each: object) -> bool:
        return (
            isinstance(each, int)
            and 0 < each <= self._width
            and self._bits >> self._width - each & 1 == 1
        )

    def __iter__(self) -> Iterator[int]:
        written = f"{self._bits:0{self._width}b}"
        at = written.find("1")
        while at >= 0:
            yield at + 1
            at = written.find("1", at + 1)

    def __len__(self) -> int:
        return self._bits.bit_count()

    def __eq__(self, other: object) -> bool:
        if isinstance(other, IdSet):
            width = max(self._width, other._width)
            return self.field(width) == other.field(width)
        return super().__eq__(other)

    def __hash__(self) -> int:
        return self._hash()

    def __repr__(self) -> str:
        return f"IdSet({self.words()})"

    @property
    def highest(self) -> int:
        """The highest id, 0 when there is none."""
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
