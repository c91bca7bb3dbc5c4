"""When an answer is due: the clocks of a rule applied to a moment, in a time zone and at a place.

- `legal_due` is the latest day that can be defended under the pack's stated default, and
  `internal_target` the earliest reading.
- Another reading is never taken in silence: each option of a clock, and each day that may or may
  not be a public holiday, stands in `readings` with the date that it leads to.
- What was not known when the days were counted stands in `findings`.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from zoneinfo import ZoneInfo

from govreg.errors import ConfigurationProblem, UsageProblem
from govreg.policy.calendars import Calendar
from govreg.policy.clock_rule import ClockRule, OptionRule
from govreg.policy.count import Count, Pause, counted_from, looks_at_holidays
from govreg.policy.rule import Rule


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """What another reading of the law leads to."""

    about: str
    """`legal_due`, `extended_due` or `confirm_due`."""
    name: str
    """The option's name, or that of the day."""
    due: dt.datetime
    instead_of: dt.datetime
    text: str
    citations: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Deadline:
    """When an answer is due, in UTC: the last moment of a day, or an hour of a clock in hours."""

    legal_due: dt.datetime
    internal_target: dt.datetime
    extended_due: dt.datetime | None
    extension_notice_by: dt.datetime | None
    citations: tuple[str, ...]
    confirm_due: dt.datetime | None = None
    """By when the receipt is confirmed."""
    confirm_target: dt.datetime | None = None
    as_soon_as_possible: bool = False
    readings: tuple[Reading, ...] = ()
    findings: tuple[str, ...] = ()
    """What was not known when the days were counted."""


def due(
    rule: Rule,
    received: dt.datetime,
    *,
    zone: ZoneInfo,
    calendar: Calendar,
    options: Collection[str] = (),
    pauses: Sequence[Pause] = (),
) -> Deadline:
    """The deadline of a rule for something received, or known, at a moment.

    Args:
        rule: A rule with a clock.
        received: The moment, with its time zone.
        zone: The time zone whose days count.
        calendar: The public holidays of the place where the answer is given.
        options: Other readings that are taken, by name.
        pauses: When its clock stood still; `policy/events` makes them of recorded events.

    Raises:
        ConfigurationProblem: the rule has no clock.
        UsageProblem: the moment has no time zone, or the rule has no such option.
    """
    clock = clock_of(rule)
    taken = _taken(rule, clock, options)
    count = counted_from(received, zone=zone, calendar=calendar, pauses=pauses)
    own = replace(count, pauses=())  # what stops the answer does not stop its confirmation
    confirm = rule.confirm
    legal = count.end(taken)
    extended = count.end(taken, extended=True) if taken.extension else None
    return Deadline(
        legal_due=legal,
        internal_target=min(count.target(clock), legal),
        extended_due=extended,
        extension_notice_by=legal if extended else None,
        citations=rule.citation,
        confirm_due=own.end(confirm) if confirm else None,
        confirm_target=own.target(confirm) if confirm else None,
        as_soon_as_possible=clock.as_soon_as_possible,
        readings=(
            *_readings("legal_due", count, clock, taken, extended=False),
            *(_readings("extended_due", count, clock, taken, extended=True) if extended else ()),
            *(_readings("confirm_due", own, confirm, confirm, extended=False) if confirm else ()),
        ),
        findings=(
            *(calendar.findings if _place_counts(rule) else ()),
            *_not_in_force(rule, received.astimezone(zone).date()),
        ),
    )


def said_of_place(rule: Rule, place: str) -> tuple[str, ...]:
    """What is said where a place was taken that nobody named for this answer."""
    if not _place_counts(rule):
        return ()
    finding = (
        f"nobody said where the answer is given; the public holidays of `{place}`, the "
        "workspace's country, were taken"
    )
    return (finding,)


def _not_in_force(rule: Rule, on: dt.date) -> tuple[str, ...]:
    return () if rule.in_force(on) else (f"rule `{rule.id}` is not in force on {on}",)


def _place_counts(rule: Rule) -> bool:
    """Whether a public holiday can move a date of the rule."""
    return any(looks_at_holidays(clock) for clock in (rule.clock, rule.confirm) if clock)


def clock_of(rule: Rule) -> ClockRule:
    """The clock of a rule.

    Raises:
        ConfigurationProblem: it has none.
    """
    if rule.clock is None:
        raise ConfigurationProblem(f"rule `{rule.id}` has no clock")
    return rule.clock


def _taken(rule: Rule, clock: ClockRule, options: Collection[str]) -> ClockRule:
    """The clock in the readings that are taken."""
    for name in sorted(options):
        if name not in clock.options:
            there = ", ".join(f"`{option}`" for option in clock.options) or "none"
            raise UsageProblem(
                f"rule `{rule.id}` has no other reading `{name}`", f"it has: {there}"
            )
        clock = _in(clock, clock.options[name])
    return clock


def _in(clock: ClockRule, option: OptionRule) -> ClockRule:
    return replace(
        clock,
        roll=option.roll or clock.roll,
        count_start=option.count_start or clock.count_start,
    )


def _readings(
    about: str, count: Count, clock: ClockRule, taken: ClockRule, *, extended: bool
) -> Iterator[Reading]:
    """Every other reading that leads to another date."""
    due = count.end(taken, extended=extended)
    if taken != clock:
        plain = count.end(clock, extended=extended)
        if plain != due:
            yield Reading(
                about=about,
                name="default",
                due=plain,
                instead_of=due,
                text="as the pack counts by itself",
                citations=(),
            )
    for option in clock.options.values():
        other = count.end(_in(taken, option), extended=extended)
        if other != due:
            yield Reading(
                about=about,
                name=option.name,
                due=other,
                instead_of=due,
                text=option.text.get("en", option.name),
                citations=option.citation,
            )
    yield from _arguable(about, count, taken, due, extended=extended)


def _arguable(
    about: str, count: Count, clock: ClockRule, due: dt.datetime, *, extended: bool
) -> Iterator[Reading]:
    """Days that may or may not be public holidays: each by itself, and all of them together."""
    days = [day for day in count.of(clock).arguable if looks_at_holidays(clock)]
    found: list[Reading] = []
    for day in days:
        other = replace(count, calendar=count.calendar.otherwise(day.name))
        end = other.end(clock, extended=extended)
        if end != due:
            found.append(
                Reading(
                    about=about,
                    name=day.name,
                    due=end,
                    instead_of=due,
                    text=_said(day.name, public=day.public),
                    citations=(day.cite,),
                )
            )
    yield from found

    def together(names: Collection[str]) -> dt.datetime:
        other = replace(count, calendar=count.calendar.otherwise(*names))
        return other.end(clock, extended=extended)

    names = [day.name for day in days]
    end = together(names)
    if end == due or end in {reading.due for reading in found}:
        return
    turns = [day for day in days if together([n for n in names if n != day.name]) != end] or days
    yield Reading(
        about=about,
        name=" and ".join(day.name for day in turns),
        due=end,
        instead_of=due,
        text="if each of these days is read the other way",
        citations=tuple(day.cite for day in turns),
    )


def _said(name: str, *, public: bool) -> str:
    return f"if {name} is {'no' if public else 'a'} public holiday"
