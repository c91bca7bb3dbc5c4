"""Bits behind base64url: a reader that knows where it stands, and a writer.

A segment becomes one int, and every field is a slice of it. Each character holds six bits; what
follows the last field may only be padding: zeros, at most `PADDING` bits of them.
"""

from __future__ import annotations

import re
from binascii import a2b_base64, b2a_base64

from govreg.consent.signals.problem import MalformedSignal

PADDING = 23
"""Writers in use pad to 6, 8 or 24 bits, or to 8 and then 6."""

_CHARACTER = 6
_FOREIGN = re.compile(r"[^A-Za-z0-9_-]")
_STANDARD, _SAFE = bytes.maketrans(b"-_", b"+/"), bytes.maketrans(b"+/", b"-_")


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
        if foreign := _FOREIGN.search(text):
            raise MalformedSignal(
                "not_base64url",
                "only A to Z, a to z, 0 to 9, `-` and `_` stand here",
                position=start + foreign.start(),
            )
        missing = -len(text) % 4
        held = a2b_base64(text.encode().translate(_STANDARD) + b"A" * missing)
        self._number = int.from_bytes(held, "big") >> missing * _CHARACTER
        self._length = len(text) * _CHARACTER
        self._at, self._start = 0, start

    @property
    def position(self) -> int:
        """The character that holds the next bit."""
        return self._start + self._at // _CHARACTER

    @property
    def left(self) -> int:
        """How many bits have not been read."""
        return self._length - self._at

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

    def letters(self, field: str) -> str:
        """Two letters of six bits each, A as 0.

        Raises:
            MalformedSignal: `not_a_letter`.
        """
        found = ""
        for _ in range(2):
            position, number = self.position, self.take(_CHARACTER, field)
            if number > ord("Z") - ord("A"):
                raise MalformedSignal(
                    "not_a_letter", f"`{field}` has two letters, A to Z", position=position
                )
            found += chr(ord("A") + number)
        return found

    def finish(self) -> None:
        """Require that only padding is left.

        Raises:
            MalformedSignal: `trailing_bits`.
        """
        if self.left > PADDING or self._number & (1 << self.left) - 1:
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
