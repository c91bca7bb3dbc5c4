"""A cases file as it is written: what rules must answer; grammar in `docs/spec/policy-pack.md`."""

from __future__ import annotations

import datetime as dt
from typing import Any, Literal

from govreg.policy.outcome import Outcome
from govreg.yaml12 import StrictModel

FORMAT = 1


class DecisionCase(StrictModel):
    """Facts, and what must be decided about them."""

    note: str
    facts: dict[str, Any]
    outcome: Outcome
    rules: list[str]
    """The rules that make the outcome, in order."""
    exceptions: list[str] = []
    """The exceptions that it turns on."""
    duties: list[str] = []
    no_duties: list[str] = []
    obligations: list[str] = []


class ReadingFile(StrictModel):
    """Another reading of a deadline."""

    about: str
    reading: str
    due: dt.date


Due = dt.datetime | dt.date | None


class DeadlineCase(StrictModel):
    """A moment, and what is due. A date that is left out is not asked about."""

    note: str
    rule: str
    received: dt.datetime | dt.date
    calendar: str = "FI"
    zone: str = "Europe/Helsinki"
    options: list[str] = []
    legal_due: Due = None
    internal_target: Due = None
    confirm_due: Due = None
    confirm_target: Due = None
    extended_due: Due = None
    extension_notice_by: Due = None
    readings: list[ReadingFile] | None = None


class MinimumCase(StrictModel):
    """Dates, and until when a record is kept."""

    note: str
    rule: str
    event: dt.date | None = None
    dates: dict[str, dt.date | None] | None = None
    financial_year_end: tuple[int, int] = (12, 31)
    keep_until: dt.date | None


class CasesFile(StrictModel):
    """The file as written."""

    govreg_cases: int
    cases: list[DecisionCase] = []
    deadlines: list[DeadlineCase] = []
    minimums: list[MinimumCase] = []
    maximums: list[MinimumCase] = []


Kind = Literal["cases", "deadlines", "minimums", "maximums"]
KINDS: tuple[Kind, ...] = ("cases", "deadlines", "minimums", "maximums")
DATES = (
    "legal_due",
    "internal_target",
    "confirm_due",
    "confirm_target",
    "extended_due",
    "extension_notice_by",
)
