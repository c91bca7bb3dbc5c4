"""The time, passed in: nothing below the command line asks the machine what time it is.

Times are aware `datetime` values in UTC. Stores and files hold them as epoch milliseconds or
as RFC 3339 text with a zone.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

Clock = Callable[[], dt.datetime]
"""Answers the present moment as an aware `datetime` in UTC."""


_EPOCH = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)
_MILLISECOND = dt.timedelta(milliseconds=1)


def system_clock() -> dt.datetime:
    """The machine's own clock."""
    return dt.datetime.now(dt.UTC)  # noqa: TID251 - the one place where the machine is asked


def fixed_clock(moment: dt.datetime) -> Clock:
    """A clock that stands still at `moment`.

    Raises:
        ValueError: if `moment` has no zone.
    """
    if moment.tzinfo is None:
        raise ValueError("a clock needs a moment with a zone")
    utc = moment.astimezone(dt.UTC)
    return lambda: utc


def to_millis(moment: dt.datetime) -> int:
    """Epoch milliseconds of an aware moment.

    Raises:
        ValueError: if `moment` has no zone.
    """
    if moment.tzinfo is None:
        raise ValueError("a stored moment needs a zone")
    return (moment - _EPOCH) // _MILLISECOND


def from_millis(millis: int) -> dt.datetime:
    """The aware moment in UTC at `millis` after the epoch."""
    return _EPOCH + dt.timedelta(milliseconds=millis)


def to_text(moment: dt.datetime) -> str:
    """RFC 3339 in UTC with seconds, such as `2026-03-05T08:30:00Z`."""
    if moment.tzinfo is None:
        raise ValueError("a written moment needs a zone")
    return moment.astimezone(dt.UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def from_text(text: str) -> dt.datetime:
    """Read RFC 3339 with a zone.

    Raises:
        ValueError: if the text is no such moment or has no zone.
    """
    moment = dt.datetime.fromisoformat(text)
    if moment.tzinfo is None:
        raise ValueError("the moment has no zone")
    return moment.astimezone(dt.UTC)
