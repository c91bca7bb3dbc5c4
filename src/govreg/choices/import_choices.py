"""What the rows of a file chose: a choice that many rows share is judged once."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from govreg.choices.import_effects import turn_of
from govreg.choices.import_layout import STATED_GROUPS, Layout
from govreg.choices.import_model import Refusal
from govreg.choices.model import Choice
from govreg.choices.under import Under, require_known, under_what
from govreg.consent.intake import What
from govreg.consent.ledger import circumstance_id
from govreg.consent.model import RECORD_VERSION, Act, Channel, Chooser, EventKind
from govreg.errors import NotFound, UsageProblem
from govreg.policy.minimum import later_by
from govreg.requests.parts import Parts

_FLAGS = {"true": True, "yes": True, "1": True, "false": False, "no": False, "0": False}
_DAYS_AHEAD = 10_000


@dataclass(frozen=True, slots=True)
class Shared:
    """What rows with the same choice share."""

    choice: Choice
    under: Under
    what: What
    """As the ledger takes it."""
    before: str
    """The canonical form of an event up to its moment."""
    between: str
    """From the moment to the particulars."""

    @property
    def ends(self) -> bool:
        """Whether the notice says that it ends."""
        return self.under.notice is not None and self.under.notice.valid_for is not None

    @classmethod
    def of(cls, choice: Choice, under: Under, what: What) -> Shared:
        """It, with the pieces of the canonical form that do not change from row to row."""
        named = under.circumstance.content_hash()
        return cls(
            choice=choice,
            under=under,
            what=what,
            before=f'{{"activity":{_json(choice.activity)},"at":',
            between=f',"circumstance":"{named}","kind":"{choice.kind}"',
        )

    def canonical(
        self, at: int, subject: str, until: int | None, particulars: Mapping[str, str]
    ) -> str:
        """An event's canonical form, as `consent/model.event_digest` has it."""
        own = ""
        if particulars:
            own = f',"particulars":{_json(dict(sorted(particulars.items())))}'
        end = "" if until is None else f',"until":{until}'
        tail = f'{own},"subject":"{subject}"{end},"v":{RECORD_VERSION}}}'
        return f"{self.before}{at}{self.between}{tail}"


def _json(held: Any) -> str:
    return json.dumps(held, ensure_ascii=False, separators=(",", ":"))


class Choices:
    """The distinct choices of an import."""

    def __init__(self, parts: Parts, layout: Layout) -> None:
        self.parts, self.layout = parts, layout
        self._read: dict[tuple[str | None, ...], Choice | Refusal] = {}
        self._ends: dict[tuple[str, dt.date], dt.date] = {}

    def of(
        self, connection: sa.Connection, columns: Mapping[str, Sequence[str | None]], rows: int
    ) -> list[Shared | Refusal]:
        """What each row shares with its like, or why it is refused."""
        column, stated = self.layout.column, self.layout.stated
        held = [
            columns[column[name]] if name in column else [stated[name]] * rows
            for name in self.layout.choice
        ]
        made: dict[tuple[str | None, ...], Shared | Refusal] = {}
        found: list[Shared | Refusal] = []
        for said in zip(*held, strict=True):
            one = made.get(said)
            if one is None:
                one = made[said] = self._shared(connection, said)
            found.append(one)
        return found

    def end_of(self, shared: Shared, at: dt.datetime) -> dt.datetime | None:
        """When a choice of that moment ends by its notice; days are worked out once."""
        notice = shared.under.notice
        giving = shared.choice.kind in {EventKind.GIVEN, EventKind.RENEWED}
        if not giving or notice is None or notice.valid_for is None:
            return None
        key = (notice.valid_for, at.date())
        if key not in self._ends:
            if len(self._ends) > _DAYS_AHEAD:
                self._ends.clear()
            self._ends[key] = later_by(*key, whole=False)
        return dt.datetime.combine(self._ends[key], at.timetz())

    def _shared(self, connection: sa.Connection, said: tuple[str | None, ...]) -> Shared | Refusal:
        values = {n: v for n, v in zip(self.layout.choice, said, strict=True) if v is not None}
        choice = self._read.get(said)
        if choice is None:
            choice = self._read[said] = _choice(self.parts, values)
        if isinstance(choice, Refusal):
            return choice
        try:
            under = under_what(self.parts, connection, choice, controller=values.get("controller"))
        except NotFound:
            return Refusal.NOTICE
        except UsageProblem:
            return Refusal.NOTICE if choice.notice else Refusal.CHOICE
        what = What(
            choice.activity,
            str(choice.kind),
            circumstance_id(connection, under.circumstance),
            turn_of(self.parts, choice),
        )
        return Shared.of(choice, under, what)


def _choice(parts: Parts, values: Mapping[str, str]) -> Choice | Refusal:
    if "activity" not in values:
        return Refusal.ACTIVITY
    if values.get("kind") not in set(EventKind):
        return Refusal.KIND
    try:
        choice = Choice(
            activity=values["activity"],
            kind=EventKind(values["kind"]),
            law=values.get("law"),
            by=Chooser(values.get("by", Chooser.PERSON)),
            notice=values.get("notice"),
            language=values.get("language"),
            method=values.get("method"),
            act=Act(values["act"]) if "act" in values else None,
            channel=Channel(values["channel"]) if "channel" in values else None,
            steps=int(values["steps"]) if "steps" in values else None,
            explicit=_FLAGS[values["explicit"].lower()] if "explicit" in values else None,
            age=_age(values["age"]) if "age" in values else None,
            country=values.get("country"),
            attested=_flags(values, STATED_GROUPS[0]),
            elements=_flags(values, STATED_GROUPS[1]),
        )
        require_known(parts, choice)
    except NotFound:
        return Refusal.ACTIVITY
    except (ValueError, KeyError, UsageProblem):
        return Refusal.CHOICE
    return choice


def _age(text: str) -> int:
    age = int(text)
    if not 0 <= age <= 130:  # noqa: PLR2004 - nobody has been older
        raise ValueError
    return age


def _flags(values: Mapping[str, str], group: str) -> dict[str, bool]:
    return {
        name.partition(".")[2]: _FLAGS[text.lower()]
        for name, text in values.items()
        if name.startswith(f"{group}.")
    }
