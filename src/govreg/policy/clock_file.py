"""Clocks, holidays and periods as a pack writes them; grammar in `docs/spec/policy-pack.md`."""

from __future__ import annotations

import datetime as dt
import re
from typing import Literal

from pydantic import Field, model_validator

from govreg.policy.clock_rule import ClockRule, OptionRule, TargetRule
from govreg.policy.holiday import DateRule, FixedDay, FromEaster, HolidayChange, NthWeekday
from govreg.policy.minimum import PERIOD
from govreg.yaml12 import StrictModel

_WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_MONTH_DAY = re.compile(r"^(\d{2})-(\d{2})$")
_LEAP_YEAR = 2000
PLACE = r"^[A-Z]{2}(-[A-Za-z0-9]+)?$"

Start = Literal["exclude", "include"]
Anchor = Literal[
    "event",
    "end_of_month",
    "end_of_calendar_year",
    "end_of_financial_year",
    "end_of_calendar_year_of_fy_end",
    "end_of_relationship",
    "last_effective_date",
    "last_use",
]


class TargetFile(StrictModel):
    """`target:` of a clock: how the earliest reading counts."""

    count_start: Start | None = None
    roll: Literal["none", "working_day_before"] = "working_day_before"


class OptionFile(StrictModel):
    """One other reading under `options:`."""

    roll: Literal["none", "next_working_day"] | None = None
    count_start: Start | None = None
    citation: list[str] = Field(min_length=1)
    text: dict[str, str]

    @model_validator(mode="after")
    def _another(self) -> OptionFile:
        if self.roll is None and self.count_start is None:
            raise ValueError("another reading says `roll:` or `count_start:`")
        return self


class ClockFile(StrictModel):
    """`clock:` of a right or a deadline, and `confirm:` of a right."""

    n: int = Field(gt=0)
    unit: Literal["month", "calendar_day", "business_day", "hour"]
    count_start: Start = "exclude"
    roll: Literal["none", "next_working_day"] = "none"
    extension: int = Field(default=0, ge=0)
    calendar: Literal["place", "none"] = "place"
    start: Literal["received", "known", "first_known"] = "received"
    anchor: Literal["event", "end_of_month", "end_of_calendar_year"] = "event"
    as_soon_as_possible: bool = False
    suspend_for: list[Literal["identity_in_doubt", "broad_request"]] = []
    target: TargetFile = TargetFile()
    options: dict[str, OptionFile] = {}

    @model_validator(mode="after")
    def _counts(self) -> ClockFile:
        days = {"count_start", "roll", "calendar", "anchor", "target", "options"}
        written = sorted(days & self.model_fields_set)
        if self.unit == "hour" and written:
            raise ValueError(f"hours run from the moment itself: take `{written[0]}:` out")
        if self.count_start == "include" and self.target.count_start == "exclude":
            raise ValueError("`target:` would count a day more than the clock: say `include`")
        return self

    def rule(self) -> ClockRule:
        """The clock as a fact."""
        return ClockRule(
            **self.model_dump(exclude={"suspend_for", "target", "options"}),
            suspend_for=tuple(self.suspend_for),
            target=TargetRule(**self.target.model_dump()),
            options={
                name: OptionRule(
                    name=name,
                    citation=tuple(one.citation),
                    text=one.text,
                    roll=one.roll,
                    count_start=one.count_start,
                )
                for name, one in self.options.items()
            },
        )


class DateRuleFile(StrictModel):
    """`on:` of an added day: a day of the year, the nth weekday of a month, or from Easter."""

    day: str | None = None
    nth: int | None = None
    weekday: str | None = None
    month: int | None = Field(default=None, ge=1, le=12)
    easter: int | None = Field(default=None, ge=-100, le=100)

    @model_validator(mode="after")
    def _one(self) -> DateRuleFile:
        whole = {"day"}, {"nth", "weekday", "month"}, {"easter"}
        if self.model_fields_set not in whole:
            raise ValueError(
                "write `{day: 09-09}`, `{nth: 4, weekday: friday, month: 9}` (`nth: -1` is the "
                "last) or `{easter: 1}` (days after Easter Sunday)"
            )
        self.rule()
        return self

    def rule(self) -> DateRule:
        """The rule as a fact."""
        if self.day is not None:
            return _fixed(self.day)
        if self.easter is not None:
            return FromEaster(days=self.easter)
        if self.weekday not in _WEEKDAYS:
            raise ValueError(f"`weekday:` is one of {', '.join(_WEEKDAYS)}")
        if self.nth not in {1, 2, 3, 4, -1} or self.month is None:
            raise ValueError("`nth:` is 1 to 4, or -1 for the last: some months have no fifth")
        return NthWeekday(nth=self.nth, weekday=_WEEKDAYS.index(self.weekday), month=self.month)


def _fixed(text: str) -> FixedDay:
    match = _MONTH_DAY.match(text)
    try:
        month, day = (int(match[1]), int(match[2])) if match else (0, 0)
        dt.date(_LEAP_YEAR, month, day)
    except ValueError:
        raise ValueError("`day:` is a month and a day of it, such as `09-09`") from None
    return FixedDay(month=month, day=day)


class HolidayFile(StrictModel):
    """A correction of the library's list of public holidays."""

    name: str
    public: bool
    cite: str = Field(min_length=1)
    on: DateRuleFile | None = None
    arguable: bool = False
    in_force_from: dt.date | None = None
    in_force_to: dt.date | None = None

    @model_validator(mode="after")
    def _means_something(self) -> HolidayFile:
        if self.public and self.on is None and not self.arguable:
            raise ValueError(
                "a name alone adds no day: say when it is, such as `on: {day: 09-09}`"
            )
        if not self.public and self.on is not None and not self.arguable:
            raise ValueError("a day that is taken out has no date of its own: take `on:` out")
        return self

    def change(self) -> HolidayChange:
        """The correction as a fact."""
        return HolidayChange(
            name=self.name,
            public=self.public,
            cite=self.cite,
            on=self.on.rule() if self.on else None,
            arguable=self.arguable,
            in_force_from=self.in_force_from,
            in_force_to=self.in_force_to,
        )


class PeriodParameter(StrictModel):
    """`period: {parameter: NAME}`: a range that somebody chooses from."""

    parameter: str


Period = str | PeriodParameter


class KeepFile(StrictModel):
    """`keep_until:` of a minimum: a period, or an expression over several."""

    anchor: Anchor | None = None
    period: Period | None = None
    date: str | None = Field(default=None, pattern=r"^[a-z][a-z_]*$")
    first_of: list[KeepFile] | None = Field(default=None, min_length=2)
    last_of: list[KeepFile] | None = Field(default=None, min_length=2)
    case: list[BranchFile] | None = Field(default=None, min_length=2)

    @model_validator(mode="after")
    def _one(self) -> KeepFile:
        given = {name for name in self.model_fields_set if getattr(self, name) is not None}
        if given - {"date"} != {"anchor", "period"} and given not in (
            {"first_of"},
            {"last_of"},
            {"case"},
        ):
            raise ValueError(
                "write `anchor:` and `period:`, or one of `first_of`, `last_of`, `case`"
            )
        branches = self.case or []
        for at, branch in enumerate(branches):
            if (branch.known is None) is not (at == len(branches) - 1):
                raise ValueError(
                    "every branch but the last says `known: DATE`; the last says what counts else"
                )
        return self


class BranchFile(StrictModel):
    """One branch under `case:`."""

    known: str | None = Field(default=None, pattern=r"^[a-z][a-z_]*$")
    then: KeepFile


class ParameterFile(StrictModel):
    """A range that the law leaves, and what was chosen of it."""

    low: str = Field(pattern=PERIOD)
    high: str = Field(pattern=PERIOD)
    chosen: str | None = Field(default=None, pattern=PERIOD)
    why: str | None = None
    citation: list[str] = Field(min_length=1)


class ChoiceFile(StrictModel):
    """What an organisation chooses of a range of another pack."""

    chosen: str = Field(pattern=PERIOD)
    why: str = Field(min_length=1)
