"""What an import declares, why a row is refused, and what became of a file."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from dataclasses import dataclass, field
from enum import StrEnum

_FIRST_ROWS = 5


class Refusal(StrEnum):
    """Why a row was not recorded."""

    NOBODY = "nobody"
    NAMED_TWICE = "named_twice"
    IDENTIFIER = "identifier"
    SUBJECT = "subject"
    SEVERAL = "several"
    ACTIVITY = "activity"
    KIND = "kind"
    NOTICE = "notice"
    CHOICE = "choice"
    MOMENT = "moment"
    NO_ZONE = "no_zone"
    FUTURE = "future"
    OUTSIDE = "outside"
    END = "end"
    KEY_TAKEN = "key_taken"
    SUPPRESSED = "suppressed"
    PARTICULARS = "particulars"
    SCOPE = "scope"
    REASON = "reason"
    CHANNEL = "channel"
    PREFERENCE = "preference"


WORDS = {
    Refusal.NOBODY: "nobody is named",
    Refusal.NAMED_TWICE: "it names a person by id and by identifiers: one of the two",
    Refusal.IDENTIFIER: "an identifier is no value of its kind",
    Refusal.SUBJECT: "no person has this id",
    Refusal.SEVERAL: "several known people may be meant: name one by `subject`, or say more",
    Refusal.ACTIVITY: "no such activity in the register in force",
    Refusal.KIND: "no such kind of choice",
    Refusal.NOTICE: "no such notice was published, or it says nothing of the activity",
    Refusal.CHOICE: "something about the choice cannot be so",
    Refusal.MOMENT: "the moment cannot be read: write it as `2026-03-05T09:30:00+02:00`",
    Refusal.NO_ZONE: "the moment has no zone: add it, or say `--zone Europe/Helsinki`",
    Refusal.FUTURE: "it lies in the future",
    Refusal.OUTSIDE: "it lies outside the period that was declared with `--from` and `--to`",
    Refusal.END: "it would end before it begins",
    Refusal.KEY_TAKEN: "another choice was recorded under its key",
    Refusal.SUPPRESSED: "the person is on the suppression list and may not be taken in again",
    Refusal.PARTICULARS: "it was exported without its sealed particulars",
    Refusal.SCOPE: "no such scope: an activity, `channel:` and a channel, or `*`",
    Refusal.REASON: "no such reason",
    Refusal.CHANNEL: "no such channel",
    Refusal.PREFERENCE: "hours are written `08:00-18:00`, languages `fi`, wanted `yes` or `no`",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Declared:
    """What whoever imports declares."""

    source: str
    """Where the choices come from, in a few words: a system, a file's name."""
    begins: dt.datetime
    """The first moment that they may be of, with a zone."""
    ends: dt.datetime
    """The last one."""
    zone: dt.tzinfo | None = None
    """The zone of moments that have none; without it they are refused."""
    dry_run: bool = False


@dataclass(slots=True)
class RefusedRows:
    """Rows that were refused for one reason."""

    count: int = 0
    first: list[int] = field(default_factory=list)
    """The numbers of the first of them, counted from 1 without a heading."""

    def add(self, row: int) -> None:
        """Count one more."""
        self.count += 1
        if len(self.first) < _FIRST_ROWS:
            self.first.append(row)


@dataclass(slots=True, kw_only=True)
class Imported:
    """What became of a file, counted as it is read."""

    import_id: str
    rows: int = 0
    recorded: int = 0
    already: int = 0
    """Rows that were recorded before."""
    people: int = 0
    """People who became known."""
    suppressed: int = 0
    """Look-up values that went on the suppression list."""
    lifted: int = 0
    """Look-up values that came off it."""
    batches: int = 0
    refused: dict[Refusal, RefusedRows] = field(default_factory=dict)
    by_kind: Counter[str] = field(default_factory=Counter)
    """Recorded events by kind."""

    @property
    def refusals(self) -> int:
        """How many rows were refused."""
        return sum(one.count for one in self.refused.values())

    def refuse(self, row: int, why: Refusal) -> None:
        """Count a refused row."""
        self.refused.setdefault(why, RefusedRows()).add(row)
