"""The clock of a request: when the answer is due, and what happened to it on the way.

- The period is counted from the receipt, at the place that was named when the request came in.
- A suspension and an extension are recorded by a named person; nothing stops or lengthens a clock
  by itself. What does not count is said, and changes no date.
- While the clock stands still no due date is known; the row keeps the one that held before.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

import sqlalchemy as sa

from govreg.clock import from_millis, to_millis
from govreg.errors import Refused, UsageProblem
from govreg.policy.calendars import calendar_for
from govreg.policy.events import Extension, Standing, Suspension, standing
from govreg.policy.rule import Rule
from govreg.requests import store as rows
from govreg.requests.model import ClockState, RequestState, SubjectRequest
from govreg.requests.parts import Parts
from govreg.requests.people import INTAKE, require
from govreg.requests.right import right_of
from govreg.requests.tables import request_clock_event

SUSPENDED, CONTINUED, EXTENDED = "suspended", "continued", "extended"
_LONGEST_NOTE = 200
_CLOSED = frozenset({RequestState.ANSWERED, RequestState.REFUSED})


def first_standing(parts: Parts, rule: Rule, received: dt.datetime, place: str | None) -> Standing:
    """Where the deadline of a request stands that has just come in.

    Raises:
        UsageProblem: no public holidays are known of a place that somebody named.
    """
    calendar = calendar_for(parts.rules, place or parts.settings.country)
    if place is not None and calendar.findings:
        raise UsageProblem(
            f"no public holidays are known of `{place}`",
            "a country or state such as `FI`, `DE-BY` or `US-CA`",
        )
    return standing(rule, received, zone=parts.zone, calendar=calendar)


def standing_of(parts: Parts, connection: sa.Connection, request: SubjectRequest) -> Standing:
    """Where the deadline of a request stands after everything that was recorded."""
    suspensions, extension = _recorded(connection, request.id)
    return standing(
        right_of(parts, request.law, request.kind, request.received_at),
        request.received_at,
        zone=parts.zone,
        calendar=calendar_for(parts.rules, request.place or parts.settings.country),
        suspensions=suspensions,
        extension=extension,
    )


def suspend(
    parts: Parts,
    request_id: str,
    *,
    reason: str,
    asked_at: dt.datetime,
    evidence: str,
    actor: str,
) -> SubjectRequest:
    """The person was asked for something without which the request cannot be answered.

    Raises:
        Refused: the actor may not, the request is closed, or its clock stands still already.
        UsageProblem: no such reason, no evidence, or a moment in the future.
    """
    _one_line("evidence", evidence)
    Suspension(reason=reason, start=asked_at, end=None, evidence=evidence)
    with parts.store.write() as connection:
        request = _open(parts, connection, request_id, actor)
        _not_later(parts, asked_at)
        asked_at = _after(parts, request.received_at, asked_at, "the question", "the request")
        if _open_suspension(connection, request_id):
            raise Refused(
                f"the clock of request `{request_id}` stands still already",
                f"when the person has answered: `govreg request pause {request_id} "
                "--answered DAY`",
            )
        return _entered(
            parts, connection, request, SUSPENDED, actor, at=asked_at, reason=reason, note=evidence
        )


def go_on(
    parts: Parts, request_id: str, *, answered_at: dt.datetime, actor: str
) -> SubjectRequest:
    """The person has answered; the clock goes on.

    Raises:
        Refused: the actor may not, the request is closed, or its clock does not stand still.
        UsageProblem: the answer came before the question, or in the future.
    """
    with parts.store.write() as connection:
        request = _open(parts, connection, request_id, actor)
        _not_later(parts, answered_at)
        held = _open_suspension(connection, request_id)
        if held is None:
            raise Refused(f"the clock of request `{request_id}` does not stand still")
        answered_at = _after(parts, held.start, answered_at, "the answer", "the question")
        return _entered(
            parts, connection, request, CONTINUED, actor, at=answered_at, reason=held.reason
        )


def extend(
    parts: Parts, request_id: str, *, reason: str, told_at: dt.datetime, actor: str
) -> SubjectRequest:
    """The person was told that the answer takes longer, and why.

    Raises:
        Refused: the actor may not, the request is closed, or it is extended already.
        UsageProblem: no reason in one line, or a moment in the future.
    """
    _one_line("the reason", reason)
    with parts.store.write() as connection:
        request = _open(parts, connection, request_id, actor)
        _not_later(parts, told_at)
        told_at = _after(parts, request.received_at, told_at, "the notice", "the request")
        if standing_of(parts, connection, request).extended:
            raise Refused(f"request `{request_id}` is extended already; it can be extended once")
        return _entered(
            parts, connection, request, EXTENDED, actor, at=told_at, note=reason.strip()
        )


def extension_of(connection: sa.Connection, request_id: str) -> Extension | None:
    """The extension that was recorded last, whether it counts or not."""
    return _recorded(connection, request_id)[1]


def forget_notes(connection: sa.Connection, request_id: str) -> None:
    """What was written in words goes with the request's papers; the event and its day stay."""
    connection.execute(
        request_clock_event.update()
        .where(request_clock_event.c.request_id == request_id)
        .where(request_clock_event.c.note.is_not(None))
        .values(note="forgotten")
    )


def _open(parts: Parts, connection: sa.Connection, request_id: str, actor: str) -> SubjectRequest:
    require(parts.settings, actor, INTAKE, "change the clock of a request")
    request = rows.get(connection, request_id)
    if request.state in _CLOSED:
        raise Refused(f"request `{request_id}` is {request.state}; its clock has ended")
    return request


def _entered(
    parts: Parts,
    connection: sa.Connection,
    request: SubjectRequest,
    event: str,
    actor: str,
    *,
    at: dt.datetime,
    reason: str | None = None,
    note: str | None = None,
) -> SubjectRequest:
    connection.execute(
        request_clock_event.insert().values(
            request_id=request.id,
            event=event,
            reason=reason,
            note=note,
            at=to_millis(at),
            actor=actor,
            recorded_at=to_millis(parts.clock()),
        )
    )
    held = standing_of(parts, connection, request)
    values: dict[str, object] = {"clock": _state(held)}
    if held.due is not None and held.deadline is not None:
        target = held.due if held.extended else held.deadline.internal_target
        values |= {"due_at": held.due, "target_at": target}
    rows.change(connection, request.id, **values)
    parts.log(
        connection,
        f"request.clock_{event}",
        actor,
        request=request.id,
        subject_ref=parts.subject_ref(connection, request.subject_id),
        outcome=reason,
    )
    return rows.get(connection, request.id)


def _state(held: Standing) -> ClockState:
    if held.due is None:
        return ClockState.STILL
    return ClockState.EXTENDED if held.extended else ClockState.RUNNING


def _recorded(
    connection: sa.Connection, request_id: str
) -> tuple[tuple[Suspension, ...], Extension | None]:
    events = connection.execute(
        sa.select(request_clock_event)
        .where(request_clock_event.c.request_id == request_id)
        .order_by(request_clock_event.c.id)
    ).all()
    extended = [row for row in events if row.event == EXTENDED]
    extension = (
        Extension(reason=extended[-1].note, told_at=from_millis(extended[-1].at))
        if extended
        else None
    )
    return tuple(_suspensions(events)), extension


def _suspensions(events: Iterable[sa.Row[tuple[object, ...]]]) -> list[Suspension]:
    held: list[Suspension] = []
    begun = None
    for row in events:
        if row.event == SUSPENDED:
            begun = row
        elif row.event == CONTINUED and begun is not None:
            held.append(_suspension(begun, from_millis(row.at)))
            begun = None
    if begun is not None:
        held.append(_suspension(begun, None))
    return held


def _suspension(begun: sa.Row[tuple[object, ...]], end: dt.datetime | None) -> Suspension:
    return Suspension(
        reason=begun.reason, start=from_millis(begun.at), end=end, evidence=begun.note
    )


def _open_suspension(connection: sa.Connection, request_id: str) -> Suspension | None:
    suspensions, _ = _recorded(connection, request_id)
    return suspensions[-1] if suspensions and suspensions[-1].end is None else None


def _after(
    parts: Parts, first: dt.datetime, second: dt.datetime, what: str, before: str
) -> dt.datetime:
    """A moment that comes after another; on the same day, of which noon may be given, at least it.

    Raises:
        UsageProblem: it lies on an earlier day.
    """
    if second.astimezone(parts.zone).date() < first.astimezone(parts.zone).date():
        raise UsageProblem(f"{what} cannot have come before {before}")
    return max(first, second)


def _not_later(parts: Parts, moment: dt.datetime) -> None:
    if moment > parts.clock():
        raise UsageProblem("what happened to a clock cannot lie in the future")


def _one_line(what: str, text: str) -> None:
    if not text.strip() or len(text) > _LONGEST_NOTE or not text.isprintable():
        raise UsageProblem(
            f"{what} is one line of at most {_LONGEST_NOTE} characters, without personal data"
        )
