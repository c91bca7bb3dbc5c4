"""What happens to a deadline on the way: it is suspended, or extended. Recorded, never automatic.

- A rule never stops its own clock. Somebody records a suspension, with reason and evidence; it
  counts only where the rule knows that reason.
- Overlapping suspensions count once. What lies before the receipt, or begins when the period is
  over, does not count, and is said.
- While a suspension is open the due date is not known, and no date is given.
- An extension counts once the person has been told of it, within the first period. One told late
  is a finding, and changes no date.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from zoneinfo import ZoneInfo

from govreg.errors import UsageProblem
from govreg.policy.calendars import Calendar
from govreg.policy.clocks import Deadline, Reading, clock_of, due
from govreg.policy.count import Pause
from govreg.policy.rule import Rule

REASONS = ("identity_in_doubt", "broad_request")
"""Why a clock may stand still: who asks is in reasonable doubt, or the request is for so much that
the person has been asked to specify it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Suspension:
    """A clock stands still while the person is asked for something."""

    reason: str
    """One of `REASONS`."""
    start: dt.datetime
    """When the person was asked."""
    end: dt.datetime | None
    """When the answer came; None while it has not."""
    evidence: str
    """Where that can be looked up: the message's number, never its text."""

    def __post_init__(self) -> None:
        if not self.evidence.strip():
            raise UsageProblem(
                "a suspension needs evidence", "the number of the message that asks"
            )
        if self.reason not in REASONS:
            raise UsageProblem(
                f"`{self.reason}` is no reason to suspend a clock",
                f"reasons: {', '.join(REASONS)}",
            )
        _with_zone(self.start)
        _with_zone(self.end)
        if self.end and self.end.astimezone(dt.UTC) < self.start.astimezone(dt.UTC):
            raise UsageProblem("a suspension cannot end before it begins")


@dataclass(frozen=True, slots=True, kw_only=True)
class Extension:
    """The period is extended, for a reason that the person is told."""

    reason: str
    told_at: dt.datetime | None
    """When the notice was sent; None while it has not been."""

    def __post_init__(self) -> None:
        if not self.reason.strip():
            raise UsageProblem("an extension needs a reason", "the person is told it")
        _with_zone(self.told_at)


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """Where a deadline stands after what has happened."""

    due: dt.datetime | None
    """By when the answer is due now; None while the clock stands still."""
    deadline: Deadline | None
    """Every date; None while the clock stands still."""
    extended: bool
    findings: tuple[str, ...]


def standing(
    rule: Rule,
    received: dt.datetime,
    *,
    zone: ZoneInfo,
    calendar: Calendar,
    suspensions: Sequence[Suspension] = (),
    extension: Extension | None = None,
    options: Collection[str] = (),
) -> Standing:
    """Where a deadline stands: the period, less the time in which it stood still, or extended.

    Raises:
        ConfigurationProblem: the rule has no clock.
        UsageProblem: a moment has no time zone, or the rule has no such option.
    """

    def counted(pauses: Sequence[Pause]) -> Deadline:
        return due(rule, received, zone=zone, calendar=calendar, options=options, pauses=pauses)

    findings: list[str] = []
    allowed = _allowed(rule, suspensions, findings)
    pauses: list[Pause] = []
    held = counted(())
    for start, end in _joined(allowed, received, findings):
        last = _last(held, extension)
        if start > last:
            findings.append(
                f"the suspension from {_day(start, zone)} began when the period had ended on "
                f"{_day(last, zone)}; it does not count"
            )
            continue
        if end is None:
            findings.append(
                f"the clock has stood still since {_day(start, zone)}: the due date is not known "
                f"until the person has answered; without the suspension it is {_day(last, zone)}"
            )
            return Standing(
                due=None,
                deadline=None,
                extended=_is_extended(held, extension),
                findings=(*held.findings, *findings),
            )
        pauses.append((start, end))
        held = counted(pauses)
    findings += _told(held, extension, zone)
    if pauses:
        held = replace(held, readings=(*held.readings, *_unsuspended(counted(()), held)))
    return Standing(
        due=_last(held, extension),
        deadline=held,
        extended=_is_extended(held, extension),
        findings=(*held.findings, *findings),
    )


def _allowed(
    rule: Rule, suspensions: Iterable[Suspension], findings: list[str]
) -> list[Suspension]:
    """Those that the rule knows."""
    kept = []
    for one in suspensions:
        if one.reason in clock_of(rule).suspend_for:
            kept.append(one)
        else:
            findings.append(
                f"rule `{rule.id}` does not stop its clock for `{one.reason}`; the suspension "
                "does not count"
            )
    return kept


def _joined(
    suspensions: Iterable[Suspension], received: dt.datetime, findings: list[str]
) -> list[tuple[dt.datetime, dt.datetime | None]]:
    """Their spans in order, overlapping ones as one, cut off at the receipt."""
    spans: list[tuple[dt.datetime, dt.datetime | None]] = []
    received = received.astimezone(dt.UTC)
    for one in sorted(suspensions, key=lambda held: held.start.astimezone(dt.UTC)):
        start = one.start.astimezone(dt.UTC)
        end = one.end.astimezone(dt.UTC) if one.end else None
        if start < received:
            findings.append("a suspension begins before the receipt; it counts from the receipt")
            start = received
            if end is not None and end <= received:
                continue
        if spans and (spans[-1][1] is None or start <= spans[-1][1]):
            first, until = spans[-1]
            later = None if until is None or end is None else max(until, end)
            spans[-1] = (first, later)
        else:
            spans.append((start, end))
    return spans


def _last(held: Deadline, extension: Extension | None) -> dt.datetime:
    """By when the answer is due."""
    extended = held.extended_due if _is_extended(held, extension) else None
    return extended or held.legal_due


def _is_extended(held: Deadline, extension: Extension | None) -> bool:
    by = held.extension_notice_by
    told = extension.told_at if extension else None
    return by is not None and told is not None and told <= by


def _told(held: Deadline, extension: Extension | None, zone: ZoneInfo) -> list[str]:
    """What is wrong with an extension."""
    if extension is None:
        return []
    by = held.extension_notice_by
    if by is None:
        return ["this period cannot be extended"]
    if extension.told_at is None:
        return [f"the extension counts once the person is told, by {_day(by, zone)}"]
    if extension.told_at > by:
        told = _day(extension.told_at, zone)
        return [f"the extension was told on {told}, after {_day(by, zone)}; it does not count"]
    return []


def _unsuspended(plain: Deadline, held: Deadline) -> Iterator[Reading]:
    """Each date that the suspensions moved, as it is without them."""
    dates = {
        "legal_due": (plain.legal_due, held.legal_due),
        "extended_due": (plain.extended_due, held.extended_due),
    }
    for about, (earlier, now) in dates.items():
        if earlier and now and earlier != now:
            yield Reading(
                about=about,
                name="no_suspension",
                due=earlier,
                instead_of=now,
                text="if it is not accepted that the clock stood still",
                citations=(),
            )


def _with_zone(moment: dt.datetime | None) -> None:
    if moment is not None and moment.tzinfo is None:
        raise UsageProblem("a moment needs its time zone", "such as `2026-12-04T16:30+02:00`")


def _day(moment: dt.datetime, zone: ZoneInfo) -> str:
    return moment.astimezone(zone).date().isoformat()
