"""Bits behind base64url: a reader that knows where it stands, and a writer.

A segment becomes one int, and every field is a slice of it. Each character holds six bits; what
follows the last field may only be padding: zeros, at most `PADDING` bits of them.
"""

from __future__ import annotations

import re
from binascii import a2b_base64, b2a_base64
from collections.abc import Sequence

from govreg.consent.signals.id_set import HIGHEST, Span
from govreg.consent.signals.problem import MalformedSignal

PADDING = 23
"""Writers in use pad to 6, 8 or 24 bits, or to 8 and then 6."""

_CHARACTER = 6
_ID = 16
_RANGE = 1 + 2 * _ID
_SINGLE = 1 + _ID
_WHOLE_RANGE, _ONE_ID = (1 << _RANGE) - 1, (1 << 2 * _ID) - 1
_FOREIGN = re.compile(r"[^A-Za-z0-9_-]")
_STANDARD = bytes.maketrans(b"-_+/=", b"+/!!!")
_SAFE = bytes.maketrans(b"+/", b"-_")


class Record:
    """Fields of fixed width, side by side: read in one slice."""

    __slots__ = ("fields", "mask", "slices", "width")

    def __init__(self, fields: Sequence[tuple[str, int]]) -> None:
        self.fields = tuple(fields)
        self.width = sum(width for _, width in fields)
        self.mask = (1 << self.width) - 1
        slices, rest = [], self.width
        for _, width in fields:
            rest -= width
            slices.append((rest, (1 << width) - 1))
        self.slices = tuple(slices)

    def character(self, field: str) -> int:
        """The character in which a field begins, counted from the record's own."""
        before = 0
        for name, width in self.fields:
            if name == field:
                break
            before += width
        return before // _CHARACTER


class BitReader:
    """Reads fields out of one base64url segment, from its first bit on."""

    __slots__ = ("_at", "_length", "_number", "_start")

    def __init__(self, text: str, start: int = 0) -> None:
        """Take a segment.

        Args:
            text: The segment, without padding characters.
            start: Where it stands in the signal, for messages.

        Raises:
            MalformedSignal: `not_base64url`.
        """
        missing = -len(text) % 4
        try:
            standard = text.encode().translate(_STANDARD)
            if missing:
                standard += b"A" * missing
            held = a2b_base64(standard, strict_mode=True)
        except ValueError:  # also half a surrogate pair
            foreign = _FOREIGN.search(text)
            raise MalformedSignal(
                "not_base64url",
                "only A to Z, a to z, 0 to 9, `-` and `_` stand here",
                position=start + (foreign.start() if foreign else 0),
            ) from None
        number = int.from_bytes(held, "big")
        self._number = number >> missing * _CHARACTER if missing else number
        self._length = len(text) * _CHARACTER
        self._at, self._start = 0, start

    @property
    def position(self) -> int:
        """The character that holds the next bit."""
        return self._start + self._at // _CHARACTER

    def take(self, width: int, field: str) -> int:
        """The next `width` bits as a number, the first bit highest.

        Raises:
            MalformedSignal: `truncated`, naming the field.
        """
        end = self._at + width
        rest = self._length - end
        if rest < 0:
            raise MalformedSignal(
                "truncated",
                f"it ends within `{field}`",
                position=self._start + self._length // _CHARACTER,
            )
        self._at = end
        return self._number >> rest & (1 << width) - 1

    def flag(self, field: str) -> bool:
        """The next bit."""
        return self.take(1, field) == 1

    def record(self, record: Record) -> list[int]:
        """The fields of a record, in their order.

        Raises:
            MalformedSignal: `truncated`, naming the field that is not whole.
        """
        rest = self._length - self._at - record.width
        if rest < 0:
            for name, width in record.fields:
                self.take(width, name)
        self._at += record.width
        number = self._number >> rest & record.mask
        return [number >> shift & mask for shift, mask in record.slices]

    def spans(self, count: int, highest: int, field: str) -> list[Span]:
        """The next `count` ranges of ids: a flag, 16 bits, and where it is set 16 bits more.

        One slice for each, since some strings hold hundreds.

        Raises:
            MalformedSignal: `truncated`; `bad_range` for one that runs backwards, holds 0 or ends
                above `highest`.
        """
        spans, length = [], self._length
        number = self._number & (1 << length - self._at) - 1  # a slice costs what stands before it
        rest = length - self._at - _RANGE
        for _ in range(count):
            entry = (number >> rest if rest >= 0 else number << -rest) & _WHOLE_RANGE
            if entry > _ONE_ID:
                first, last, width = entry >> _ID & HIGHEST, entry & HIGHEST, _RANGE
            else:
                first = last = entry >> _ID
                width = _SINGLE
            if not 0 < first <= last <= highest:
                self._at = length - rest - _RANGE
                raise self._bad_range(width, highest, field)
            rest -= width
            spans.append((first, last))
        self.take(length - rest - _RANGE - self._at, field)
        return spans

    def _bad_range(self, width: int, highest: int, field: str) -> MalformedSignal:
        position = self.position
        self.take(width, field)  # or it is cut off
        return MalformedSignal(
            "bad_range",
            f"a range of `{field}` runs backwards, holds 0 or ends above `{highest}`",
            position=position,
        )

    def finish(self) -> None:
        """Require that only padding is left.

        Raises:
            MalformedSignal: `trailing_bits`.
        """
        left = self._length - self._at
        if left > PADDING or self._number & (1 << left) - 1:
            raise MalformedSignal(
                "trailing_bits",
                "the fields of this segment end here, and more than padding follows",
                position=self.position,
            )


class BitWriter:
    """Collects fields and writes them as one base64url segment."""

    __slots__ = ("_length", "_number")

    def __init__(self) -> None:
        self._number = self._length = 0

    def put(self, value: int, width: int, field: str) -> None:
        """Add a number of `width` bits.

        Raises:
            ValueError: it does not fit; names the field.
        """
        if not 0 <= value < 1 << width:
            raise ValueError(f"`{field}` takes 0 to {(1 << width) - 1}")
        self._number = self._number << width | value
        self._length += width

    def put_letters(self, text: str, field: str) -> None:
        """Add two letters.

        Raises:
            ValueError: there are not two of A to Z.
        """
        if not re.fullmatch("[A-Z]{2}", text):
            raise ValueError(f"`{field}` takes two letters, A to Z")
        for letter in text:
            self.put(ord(letter) - ord("A"), _CHARACTER, field)

    def text(self, multiple: int) -> str:
        """The segment, padded with zeros to a multiple of bits that is itself one of 6."""
        padding = -self._length % multiple
        bits = self._length + padding
        spare = -bits % 24
        held = (self._number << padding + spare).to_bytes((bits + spare) // 8, "big")
        return b2a_base64(held, newline=False).translate(_SAFE).decode()[: bits // _CHARACTER]
