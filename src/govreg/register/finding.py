"""What is open in the register or no longer true, and what that means.

- An error makes an answer or an erasure incomplete: it fails `register check` and keeps a register
  from being put in force. A warning makes work slow or leaves a loose end; it does neither.
- A finding carries names and the way out, never a value.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True, kw_only=True)
class RegisterFinding:
    """Something that is open, missing or no longer true."""

    code: str
    place: str
    """`source.collection.field`, as far as it goes, or `activities.NAME`."""
    message: str
    way_out: str
    severity: Literal["error", "warning"] = "error"

    def words(self) -> tuple[str, str]:
        """What is found, and the way out."""
        found = f"{self.severity}: {self.place}: {self.message} [{self.code}]"
        return found, self.way_out


def errors_of(findings: Sequence[RegisterFinding]) -> tuple[RegisterFinding, ...]:
    """The findings that a register must not have."""
    return tuple(finding for finding in findings if finding.severity == "error")
