"""Three truth values, after Kleene: what is not known stays not known."""

from __future__ import annotations

from collections.abc import Iterable
from enum import Enum


class Truth(Enum):
    """True, false, or not known."""

    TRUE = "true"
    FALSE = "false"
    UNKNOWN = "unknown"


def of(value: bool) -> Truth:  # noqa: FBT001 - a conversion
    """The truth value of a boolean."""
    return Truth.TRUE if value else Truth.FALSE


def both(parts: Iterable[Truth]) -> Truth:
    """True when all are; false when one is, whatever the unknown ones are."""
    held = list(parts)
    if Truth.FALSE in held:
        return Truth.FALSE
    return Truth.UNKNOWN if Truth.UNKNOWN in held else Truth.TRUE


def either(parts: Iterable[Truth]) -> Truth:
    """True when one is, whatever the unknown ones are; false when all are."""
    held = list(parts)
    if Truth.TRUE in held:
        return Truth.TRUE
    return Truth.UNKNOWN if Truth.UNKNOWN in held else Truth.FALSE


def opposite(part: Truth) -> Truth:
    """True and false change places; unknown stays."""
    if part is Truth.UNKNOWN:
        return part
    return Truth.FALSE if part is Truth.TRUE else Truth.TRUE
