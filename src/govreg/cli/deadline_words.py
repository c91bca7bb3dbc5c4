"""A deadline as an answer: dates for machines, sentences for a colleague."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING, Any

from govreg.errors import UsageProblem

if TYPE_CHECKING:
    from govreg.policy.clocks import Deadline, Reading
    from govreg.policy.rule import Rule

_FIRST, _LAST = 1970, 2200
_DAY = re.compile(r"^\d{4}-\d{2}-\d{2}$")
_ABOUT = {"legal_due": "it is due", "extended_due": "if extended it is due"}
_FORM = "a day such as `2026-03-05`, or a moment with its zone such as `2026-12-04T16:30+02:00`"


def received_at(rule: Rule, text: str, zone: dt.tzinfo) -> dt.datetime:
    """When something came: a moment, or noon of a day where days alone are counted.

    Raises:
        UsageProblem: it is neither, or a day where hours are counted.
    """
    try:
        moment = dt.datetime.fromisoformat(text)
    except ValueError:
        raise UsageProblem(f"`--received` is {_FORM}") from None
    if not _FIRST <= moment.year <= _LAST:
        raise UsageProblem(f"`--received` lies between {_FIRST} and {_LAST}")
    if _DAY.match(text):
        if rule.clock is not None and rule.clock.unit == "hour":
            raise UsageProblem(
                f"rule `{rule.id}` counts hours, so the day alone is not enough",
                "write the moment with its zone, such as `--received 2026-12-04T16:30+02:00`",
            )
        return moment.replace(hour=12, tzinfo=zone)
    if moment.tzinfo is None:
        raise UsageProblem("the moment has no time zone", f"`--received` is {_FORM}")
    return moment


def deadline_answer(
    rule: Rule, held: Deadline, findings: tuple[str, ...], zone: dt.tzinfo
) -> dict[str, Any]:
    """The deadline as JSON: days, or moments of a clock in hours."""
    shown = _shown(rule, zone, words=False)
    return {
        "legal_due": shown(held.legal_due),
        "internal_target": shown(held.internal_target),
        "confirm_due": shown(held.confirm_due),
        "extended_due": shown(held.extended_due),
        "extension_notice_by": shown(held.extension_notice_by),
        "citations": list(held.citations),
        "readings": readings_answer(rule, held.readings, zone),
        "findings": list(findings),
    }


def deadline_words(
    rule: Rule, held: Deadline, findings: tuple[str, ...], zone: dt.tzinfo
) -> Iterator[str]:
    """The deadline as a colleague would say it."""
    shown = _shown(rule, zone, words=True)
    if held.confirm_due:
        aim = f"; aim for {shown(held.confirm_target)}"
        early = held.confirm_target and held.confirm_target < held.confirm_due
        yield f"Confirm that it has come by {shown(held.confirm_due)}{aim if early else ''}."
    law = f"by law it is due by {shown(held.legal_due)}"
    at_once = "At once where you can; " if held.as_soon_as_possible else ""
    if held.internal_target == held.legal_due:
        yield f"{at_once}{law}." if at_once else f"{law[0].upper()}{law[1:]}."
    else:
        yield f"{at_once}{'aim' if at_once else 'Aim'} for {shown(held.internal_target)}; {law}."
    if held.extended_due:
        yield (
            f"If you extend it, it is due by {shown(held.extended_due)}, and the person must be "
            f"told of that by {shown(held.extension_notice_by)}."
        )
    yield from readings_words(rule, held.readings, zone)
    yield f"Source: {', '.join(held.citations)}."
    for text in findings:
        yield f"FINDING: {text}"


def readings_answer(
    rule: Rule, readings: Iterable[Reading], zone: dt.tzinfo
) -> list[dict[str, Any]]:
    """Other readings of the law as JSON."""
    shown = _shown(rule, zone, words=False)
    return [
        {
            "about": one.about,
            "reading": one.name,
            "due": shown(one.due),
            "instead_of": shown(one.instead_of),
            "text": one.text,
            "citations": list(one.citations),
        }
        for one in readings
    ]


def readings_words(rule: Rule, readings: Iterable[Reading], zone: dt.tzinfo) -> Iterator[str]:
    """Other readings of the law, and the dates that they lead to."""
    shown = _shown(rule, zone, words=True)
    for one in readings:
        said = _ABOUT.get(one.about, "its confirmation is due")
        cites = f" ({', '.join(one.citations)})" if one.citations else ""
        yield (
            f"Another reading, {one.name}: {said} by {shown(one.due)}, not "
            f"{shown(one.instead_of)}, {one.text}{cites}."
        )


def _shown(
    rule: Rule, zone: dt.tzinfo, *, words: bool
) -> Callable[[dt.datetime | None], str | None]:
    """How this rule's dates are written."""
    hours = rule.clock is not None and rule.clock.unit == "hour"

    def shown(value: dt.datetime | None) -> str | None:
        if value is None:
            return None
        here = value.astimezone(zone)
        weekday = f"{here:%a} " if words else ""
        if hours:
            return f"{weekday}{here.isoformat(timespec='minutes' if words else 'seconds')}"
        return f"{weekday}{here.date().isoformat()}"

    return shown
