"""Clocks and periods of rules in words that a reader of a law expects."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from govreg.policy.clock_rule import ClockRule
from govreg.policy.term import Case, FirstOf, Keep, LastOf, Term

_FROM: Mapping[str, str] = {
    "received": "from receipt",
    "known": "from when it is known",
    "first_known": "from when it is known or should have been, whichever is earlier",
}
_ENDS: Mapping[str, str] = {
    "end_of_month": "counted from the end of that month",
    "end_of_calendar_year": "counted from the end of that calendar year",
}
_STANDS_STILL: Mapping[str, str] = {
    "identity_in_doubt": "while it is in doubt who asks",
    "broad_request": "while a very broad request is made precise",
}
_ANCHORS: Mapping[str, str] = {
    "event": "from the date itself",
    "end_of_month": "from the end of the month",
    "end_of_calendar_year": "from the end of the calendar year",
    "end_of_financial_year": "from the end of the financial year",
    "end_of_calendar_year_of_fy_end": (
        "from the end of the calendar year in which the financial year ended"
    ),
    "end_of_relationship": "from the end of the relationship",
    "last_effective_date": "from when it was made or was last in effect, whichever is later",
    "last_use": "from its last use",
}
_UNITS: Mapping[str, str] = {"Y": "year", "M": "month", "D": "day"}


def clock_lead(clock: ClockRule) -> str:
    """The length of a clock and where it starts, such as `1 month from receipt`."""
    at_once = "at once, and at the latest within " if clock.as_soon_as_possible else ""
    counted = f", {_ENDS[clock.anchor]}" if clock.anchor in _ENDS else ""
    start = _FROM[clock.start]
    return f"{at_once}{_many(clock.n, clock.unit.replace('_', ' '))} {start}{counted}"


def clock_words(clock: ClockRule) -> Iterator[str]:
    """How a clock counts, one sentence without a stop for each thing that moves a date."""
    yield clock_lead(clock)
    if clock.unit == "hour":
        yield "hours run through weekends and holidays"
    else:
        counts = clock.count_start == "include"
        yield f"the first day {'counts' if counts else 'is not counted'}"
    if clock.unit in {"month", "calendar_day"}:
        days = "a weekend" if clock.calendar == "none" else "a weekend or public holiday"
        moves = "moves to the next working day" if clock.roll != "none" else "stays"
        yield f"a last day on {days} {moves}"
    elif clock.calendar == "none":
        yield "public holidays are not looked at"
    if clock.extension:
        more = _many(clock.extension, clock.unit.replace("_", " "))
        yield f"may be extended by {more}; the person is told of it within the first period"
    for reason in clock.suspend_for:
        yield f"may stand still {_STANDS_STILL.get(reason, reason)}"
    for option in clock.options.values():
        cites = ", ".join(option.citation)
        yield f"can also be read so: {option.text.get('en', option.name)} ({cites})"


def keep_words(keep: Keep) -> str:
    """How long a minimum keeps, such as `6 years from the end of the calendar year`."""
    match keep:
        case Term(anchor=anchor, period=period, date=date):
            unit = _UNITS[period[-1]]
            start = f"from the date `{date}`" if date else _ANCHORS[anchor]
            end = f", {_ANCHORS[anchor]}" if date and anchor != "event" else ""
            return f"{_many(int(period[1:-1]), unit)} {start}{end}"
        case FirstOf(parts=parts):
            return f"the earliest of: {'; '.join(map(keep_words, parts))}"
        case LastOf(parts=parts):
            return f"the latest of: {'; '.join(map(keep_words, parts))}"
        case Case(branches=branches):
            return "; ".join(
                f"{f'where `{one.known}` is known' if one.known else 'otherwise'}, "
                f"{keep_words(one.then)}"
                for one in branches
            )


def _many(n: int, unit: str) -> str:
    return f"{n} {unit}" if n == 1 else f"{n} {unit}s"
