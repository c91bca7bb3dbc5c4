"""Look-up values of sealed fields: found by what they hold, without being opened.

    x VERSION . HEX      the first bits of HMAC-SHA-256(index key, field ‖ 0x00 ‖ 0x01 ‖ value)

- Only so many bits are kept that several values share each look-up value; whoever looks one up
  opens what is found and compares.
- While a new version is being filled in, values of every version that is about are looked for.

How many bits are kept, and what equal look-up values tell to who sees them, is planned by
`plan_index`; the layout is in `docs/spec/sealed-cell.md`.
"""

from __future__ import annotations

import math
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

from govreg.protection.blind_index import BlindIndex
from govreg.protection.field_keys import IndexKey

FEWEST_ROWS = 16
_UNIQUE = 0.5
"""From so many different values a row on, a field tells people apart."""
_FEW_VALUES = 1 << 10
_FREQUENT = 0.01
_LEAST_BITS = 8


def plain_form(text: str) -> str:
    """The form in which values of no known identifier kind are looked up."""
    return unicodedata.normalize("NFKC", text).casefold().strip()


class FieldIndex:
    """Makes the look-up values of one field."""

    def __init__(self, place: str, keys: Sequence[IndexKey]) -> None:
        self._made = [(key, BlindIndex(key.key, place)) for key in keys]

    @property
    def version(self) -> int:
        """The version in force."""
        return self._made[-1][0].version

    def of(self, normal: str | None) -> str:
        """The look-up value in force of a normal form; `-` where nobody looks it up."""
        return _cut(*self._made[-1], normal) if normal else f"x{self.version}.-"

    def all_of(self, normal: str) -> list[str]:
        """The look-up values of every version."""
        return [_cut(key, index, normal) for key, index in self._made]


def version_of(value: str) -> int | None:
    """The version of a look-up value; None where it is none."""
    number, dot, _ = value.removeprefix("x").partition(".")
    return int(number) if value.startswith("x") and dot and number.isdecimal() else None


def _cut(key: IndexKey, index: BlindIndex, normal: str) -> str:
    whole = index.of(normal)[1:]
    octets = -(-key.bits // 8)
    number = int.from_bytes(whole[:octets], "big") >> (octets * 8 - key.bits)
    return f"x{key.version}.{number:0{-(-key.bits // 4)}x}"


@dataclass(frozen=True, slots=True, kw_only=True)
class IndexPlan:
    """How an index is cut, what it leaks, and why it may be refused."""

    bits: int
    leak: str
    """What equal look-up values tell to who sees them."""
    warning: str | None = None
    refused: str | None = None


def plan_index(*, rows: int, distinct: int, most_frequent: int, expected: int = 0) -> IndexPlan:
    """Plan how many bits of a field's look-up values are kept.

    With R rows, L bits kept and K bits in the values, about C = R / 2^min(L, K) rows share a
    look-up value; 2 <= C <= sqrt(R) is kept, as narrow as that allows.

    Args:
        rows: Rows that hold a value now.
        distinct: Different values among them.
        most_frequent: Rows that hold the commonest value.
        expected: Rows that will hold one, where that is more.
    """
    crowd = max(rows, expected)
    if crowd < FEWEST_ROWS:
        return IndexPlan(
            bits=_LEAST_BITS,
            leak="",
            refused=f"fewer than {FEWEST_ROWS} rows: nothing hides in so small a crowd; "
            "say how many there will be",
        )
    bits = max(math.floor(math.log2(crowd)) - 1, math.ceil(math.log2(crowd) / 2))
    share = crowd / (1 << bits)
    leak = (
        "who sees the look-up values without their key learns which rows may hold one value, "
        f"about {share:.0f} rows for each, and how often; who has the key can try every value"
    )
    if distinct < _FEW_VALUES and distinct < rows * _UNIQUE:
        return IndexPlan(
            bits=bits,
            leak=leak,
            refused=f"only {distinct:,} different values: how often each occurs tells which it is",
        )
    warning = None
    if most_frequent > 1 and most_frequent > rows * _FREQUENT:
        warning = (
            f"one value stands in {100 * most_frequent / rows:.0f} % of the rows: its look-up "
            "value is known by that alone"
        )
    return IndexPlan(bits=bits, leak=leak, warning=warning)
