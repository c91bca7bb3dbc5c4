"""What a rule says of a signal that could be read."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One rule that a signal does not keep, apart from whether it can be decoded."""

    code: str
    """The rule, as `docs/spec/consent-signals.md` lists them."""
    text: str
    """The rule and what was met, for people; ids and days, never the signal."""
    invalid: bool = False
    """Whether the signal must not be relied upon at all."""
