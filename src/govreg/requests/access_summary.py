"""What an answer will hold back, for whoever plans it: counts, reasons, ways out; no value."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from govreg.gate.read import Told, Withholding
from govreg.register.model import Register
from govreg.requests.way_out import ways_to_state


def withheld_counts(
    register: Register, told: Mapping[str, tuple[Told, ...]]
) -> list[dict[str, Any]]:
    """How many cells of each field are held back, and why."""
    counts: dict[tuple[str, str, str], int] = {}
    for ref, name, why in _withheld(told):
        code = why.code
        if why.pending:
            code = "pending_review" if _is_text(register, ref, name) else "undecided"
        counts[ref, name, code] = counts.get((ref, name, code), 0) + 1
    return [
        {"collection": ref, "field": name, "code": code, "count": count}
        for (ref, name, code), count in sorted(counts.items())
    ]


def undecided(register: Register, told: Mapping[str, tuple[Told, ...]]) -> list[dict[str, Any]]:
    """What a person must state before it can be decided, and where."""
    found: dict[tuple[str, Withholding], set[str]] = {}
    for ref, name, why in _withheld(told):
        if why.pending and (why.missing or not _is_text(register, ref, name)):
            found.setdefault((ref, why), set()).add(name)
    return [
        {
            "collection": ref,
            "fields": sorted(fields),
            "text": why.text,
            "missing": list(why.missing),
            "way_out": ways_to_state(why.missing),
        }
        for (ref, why), fields in found.items()
    ]


def pending_count(register: Register, told: Mapping[str, tuple[Told, ...]]) -> int:
    """How many free texts wait for a reader."""
    return sum(why.pending and _is_text(register, r, name) for r, name, why in _withheld(told))


def _withheld(told: Mapping[str, tuple[Told, ...]]) -> Iterator[tuple[str, str, Withholding]]:
    for ref, found in told.items():
        for row in found:
            yield from ((ref, name, why) for name, why in row.withheld.items())


def _is_text(register: Register, ref: str, name: str) -> bool:
    collection = register.collection(ref)
    return collection is not None and collection.fields[name].free_text
