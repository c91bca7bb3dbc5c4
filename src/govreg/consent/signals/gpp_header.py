"""The header of a GPP string: which sections follow, as a range in Fibonacci code.

A Fibonacci code is a sum of 1, 2, 3, 5, 8 and so on, lowest first, closed by a further 1, so that
every code ends in two 1s. A range is a count of items; each is a flag, the distance from the last
id, and for a group the distance from its first id to its last. Ids are thus always ascending.

Source: "Global Privacy Platform String" 1.0, IAB Tech Lab.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from govreg.consent.signals.bits import BitReader, BitWriter
from govreg.consent.signals.id_set import IdSet, Span
from govreg.consent.signals.problem import MalformedSignal

TYPE, VERSION = 3, 1
_COUNT = 12
_LONGEST_CODE = 24
"""Terms of a code; the ids of 16 bits need no more."""


def read_header(text: str, sections: int, position: int = 0) -> tuple[int, ...]:
    """The ids of the sections that follow, ascending.

    Args:
        text: The header.
        sections: How many sections follow.
        position: Where the header stands in the signal.

    Raises:
        MalformedSignal: `not_a_header`, `wrong_version`, `section_count`, or another that the
            reader of bits raises.
    """
    bits = BitReader(text, position)
    if bits.take(6, "Type") != TYPE:
        raise MalformedSignal("not_a_header", "a GPP string begins with `D`", position=position)
    version = bits.take(6, "Version")
    if version != VERSION:
        raise MalformedSignal(
            "wrong_version",
            f"this is version `{version}` of the header, version `{VERSION}` is read",
            position=position + 1,
        )
    spans = read_range(bits, "SectionIds")
    bits.finish()
    named = sum(last - first + 1 for first, last in spans)
    if named != sections:
        raise MalformedSignal(
            "section_count",
            f"the header names {named} sections, {sections} follow",
            position=position,
        )
    return tuple(each for first, last in spans for each in range(first, last + 1))


def write_header(ids: Sequence[int]) -> str:
    """The header of sections, padded to a whole character.

    Raises:
        ValueError: the ids are not ascending, or one is no section's.
    """
    held = IdSet(ids)
    if tuple(held) != tuple(ids):
        raise ValueError("sections stand in the order of their ids, none twice")
    bits = BitWriter()
    bits.put(TYPE, 6, "Type")
    bits.put(VERSION, 6, "Version")
    spans = list(held.spans())
    bits.put(len(spans), _COUNT, "SectionIds")
    before = 0
    for first, last in spans:
        bits.put(last > first, 1, "SectionIds")
        _put_code(bits, first - before)
        if last > first:
            _put_code(bits, last - first)
        before = last
    return bits.text(6)


def read_range(bits: BitReader, field: str) -> list[Span]:
    """A range in Fibonacci code.

    Raises:
        MalformedSignal: `bad_code`, `truncated`.
    """
    spans, before = [], 0
    for _ in range(bits.take(_COUNT, field)):
        group = bits.flag(field)
        first = before + _code(bits, field)
        before = first + _code(bits, field) if group else first
        spans.append((first, before))
    return spans


def _terms() -> Iterator[int]:
    low, high = 1, 2
    while True:
        yield low
        low, high = high, low + high


def _code(bits: BitReader, field: str) -> int:
    position, total, last = bits.position, 0, False
    for term, _ in zip(_terms(), range(_LONGEST_CODE), strict=False):
        held = bits.flag(field)
        if held and last:
            return total
        total, last = total + term * held, held
    raise MalformedSignal("bad_code", f"a number of `{field}` does not end", position=position)


def _put_code(bits: BitWriter, number: int) -> None:
    terms = []
    for term in _terms():
        if term > number:
            break
        terms.append(term)
    code = "1"
    for term in reversed(terms):
        held = term <= number
        number -= term * held
        code = f"{held:d}{code}"
    bits.put(int(code, 2), len(code), "SectionIds")
