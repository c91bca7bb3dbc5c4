"""The newsletter's event log: one JSON object a line, as a mail sender exports it."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from random import Random
from typing import Final

from govreg.demo.cast import (
    ANNA_EMAIL,
    ANNA_OLD_EMAIL,
    EMPLOYEE_EMAIL,
    TWINS_EMAIL,
    annas_wedding,
)
from govreg.demo.desk import device
from govreg.demo.dice import day_between, dice, falls, moment_on
from govreg.demo.people import Person, first_day

Event = tuple[dt.datetime, str, str, str | None, tuple[str, str] | None]
"""When, e-mail, what, campaign, network address and program."""

_LETTERS_KEPT: Final = 12
"""How many of a subscriber's latest letters the log still has."""
_STRANGERS: Final = 40
"""Subscribers who never bought anything, for every thousand customers."""


def write_events(path: Path, people: Sequence[Person], *, today: dt.date) -> int:
    """Write every event, oldest first.

    Returns:
        The number of events.
    """
    events = [*_of_the_cast(today), *_of_the_crowd(people, today)]
    events.sort(key=lambda event: (event[0], event[1], event[2]))
    with path.open("w", encoding="utf-8", newline="\n") as file:
        for number, event in enumerate(events, start=1):
            file.write(_line(number, event))
    return len(events)


def _line(number: int, event: Event) -> str:
    at, email, what, campaign, client = event
    row = {
        "event_id": f"ev-{number:07d}",
        "email": email,
        "event": what,
        "at": f"{at.isoformat()}Z",
        "client": {"ip": client[0], "agent": client[1]} if client else None,
        "campaign": campaign,
    }
    return json.dumps(row, ensure_ascii=False) + "\n"


def _of_the_cast(today: dt.date) -> Iterator[Event]:
    chance = dice("newsletter of the cast")
    wedding = annas_wedding(today)
    yield from _subscriber(chance, ANNA_OLD_EMAIL, first_day(today), wedding, leaves=True)
    yield from _subscriber(chance, ANNA_EMAIL, wedding, today, leaves=False)
    since = today - dt.timedelta(days=400)
    yield from _subscriber(chance, TWINS_EMAIL, since, today, leaves=False)
    yield from _subscriber(chance, EMPLOYEE_EMAIL, since, today, leaves=True)


def _of_the_crowd(people: Sequence[Person], today: dt.date) -> Iterator[Event]:
    chance = dice("newsletter")
    for person in people:
        email = (person.email or "").strip()
        if email and falls(chance, 35):
            joined = day_between(chance, person.created or today, today)
            yield from _subscriber(chance, email, joined, today, leaves=falls(chance, 20))
    for nth in range(len(people) * _STRANGERS // 1000):
        joined = day_between(chance, first_day(today), today)
        email = f"lukija{nth}@lukijat.example"
        yield from _subscriber(chance, email, joined, today, leaves=falls(chance, 20))


def _subscriber(
    chance: Random, email: str, joined: dt.date, until: dt.date, *, leaves: bool
) -> Iterator[Event]:
    """Joining, the last letters with what was done with them, and perhaps leaving."""
    yield moment_on(chance, joined), email, "subscribed", None, device(chance)
    for day in _letter_days(joined, until):
        campaign = f"uutiskirje-{day:%Y-%m}"
        sent = dt.datetime.combine(day, dt.time(6, 0))
        yield sent, email, "sent", campaign, None
        if falls(chance, 45):
            client = device(chance)
            opened = moment_on(chance, day)
            yield opened, email, "opened", campaign, client
            if falls(chance, 30):
                clicked = opened + dt.timedelta(seconds=20)
                yield clicked, email, "clicked", campaign, client
    if leaves and joined < until:
        yield moment_on(chance, until), email, "unsubscribed", None, device(chance)


def _letter_days(joined: dt.date, until: dt.date) -> list[dt.date]:
    """The first of each month between the two days, the latest ones only, oldest first."""
    days: list[dt.date] = []
    month = (until - dt.timedelta(days=1)).replace(day=1)
    while month > joined and len(days) < _LETTERS_KEPT:
        days.append(month)
        month = (month - dt.timedelta(days=1)).replace(day=1)
    return days[::-1]
