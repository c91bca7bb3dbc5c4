"""Which days are public holidays at a place: a library's list, as the packs correct it.

- A place is a country, `FI`, or a state or region of one, `US-CA` or `DE-BE`. What packs say of
  the country holds in its states, unless they say otherwise of the state.
- A day that the law leaves open to argument can be read both ways: `otherwise`.
- What is not known is said in `findings`: no place, a place without a list, a correction that
  corrects nothing.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import lru_cache

from govreg.policy.holiday import HolidayChange
from govreg.policy.rule import RuleBook

NONE = "none"
"""The place where no day is a public holiday."""

_OBSERVED = " (observed)"
_LOOKED_AT = range(2000, 2051)


@dataclass(frozen=True, slots=True, kw_only=True)
class Calendar:
    """The public holidays of a place."""

    place: str | None
    changes: tuple[HolidayChange, ...] = ()
    listed: bool = True
    """Whether the library has a list for the place."""
    findings: tuple[str, ...] = ()

    def __call__(self, day: dt.date) -> bool:
        """Whether a day is a public holiday."""
        return bool(self.names(day))

    def names(self, day: dt.date) -> frozenset[str]:
        """What is celebrated on a day, of public holidays."""
        held = _year(self.place, day.year).get(day, frozenset()) if self.listed else frozenset()
        out = {c.name for c in self.changes if not c.public and c.in_force(day)}
        kept = {name for name in held if not {name, name.removesuffix(_OBSERVED)} & out}
        return frozenset(kept | {c.name for c in self.changes if c.public and c.falls_on(day)})

    @property
    def arguable(self) -> tuple[HolidayChange, ...]:
        """The days that may be read the other way."""
        return tuple(change for change in self.changes if change.arguable)

    def otherwise(self, *names: str) -> Calendar:
        """The calendar with the other reading of some days."""
        return replace(
            self,
            changes=tuple(
                replace(change, public=not change.public) if change.name in names else change
                for change in self.changes
            ),
        )


def no_holidays() -> Calendar:
    """The calendar of a clock that knows weekends only."""
    return Calendar(place=NONE, listed=False)


def calendar_for(rules: RuleBook, place: str | None) -> Calendar:
    """The public holidays of a place.

    A place that is not known, and none, have a calendar that says so in its findings.
    """
    if place == NONE:
        return no_holidays()
    if place is None:
        return _unknown("nobody said where the answer is given")
    changes = _changes(rules, place)
    listed = _in_library(place)
    if not listed and not any(change.on for change in changes):
        return replace(_unknown(f"none are known for `{place}`"), place=place)
    return Calendar(
        place=place,
        changes=changes,
        listed=listed,
        findings=tuple(_doubts(place, changes, listed=listed)),
    )


def _unknown(why: str) -> Calendar:
    finding = f"due without public holidays: {why}; weekends alone were looked at"
    return Calendar(place=None, listed=False, findings=(finding,))


def has_calendar(rules: RuleBook, place: str) -> bool:
    """Whether public holidays of a place are known, to the library or to a pack."""
    return place == NONE or _in_library(place) or any(c.on for c in _changes(rules, place))


def places_in(country: str) -> tuple[str, ...]:
    """The states or regions of a country that have a list of their own."""
    import holidays

    states = holidays.list_supported_countries().get(country, ())
    return tuple(f"{country}-{state}" for state in states)


def _changes(rules: RuleBook, place: str) -> tuple[HolidayChange, ...]:
    """What packs say of the country and then of the state, the last word on each name."""
    country = place.partition("-")[0]
    said = [*rules.holidays.get(country, ()), *rules.holidays.get(place, ())]
    return tuple({change.name: change for change in said}.values())


def _doubts(place: str, changes: tuple[HolidayChange, ...], *, listed: bool) -> list[str]:
    if not listed:
        return [f"the public holidays of `{place}` are those that packs add; no other list has it"]
    names = _names(place)
    return [
        f"a pack speaks of `{change.name}` in `{place}`, and no list has such a day"
        for change in changes
        if change.on is None and change.name not in names
    ]


def _in_library(place: str) -> bool:
    import holidays

    country, dash, state = place.partition("-")
    states = holidays.list_supported_countries().get(country)
    return states is not None and (not dash or state in states)


@lru_cache(maxsize=512)
def _year(place: str | None, year: int) -> Mapping[dt.date, frozenset[str]]:
    import holidays

    country, _, state = (place or "").partition("-")
    listed = holidays.country_holidays(country, subdiv=state or None, years=year, language="en_US")
    return {day: frozenset(names.split("; ")) for day, names in listed.items()}


@lru_cache(maxsize=64)
def _names(place: str) -> frozenset[str]:
    """Every name that the list of a place has in half a century."""
    return frozenset(
        name for year in _LOOKED_AT for names in _year(place, year).values() for name in names
    )
