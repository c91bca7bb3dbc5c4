"""Requests in the store. Functions take an open connection and never commit."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterable, Mapping
from typing import Any

import sqlalchemy as sa

from govreg.clock import from_millis, to_millis
from govreg.errors import NotFound
from govreg.policy.assessment import Assessment, assessment_of
from govreg.requests.model import (
    ClockState,
    FactValue,
    RequestKind,
    RequestRecipient,
    RequestState,
    SubjectRequest,
    Verification,
)
from govreg.requests.tables import request_choice, request_recipient, subject_request

_MOMENTS = frozenset(
    {
        "received_at",
        "due_at",
        "target_at",
        "verified_at",
        "planned_at",
        "approved_at",
        "executed_at",
        "answered_at",
    }
)


def insert(connection: sa.Connection, request: SubjectRequest) -> None:
    """Write a new request down."""
    connection.execute(
        subject_request.insert().values(
            id=request.id,
            kind=str(request.kind),
            law=request.law,
            subject_id=request.subject_id,
            state=str(request.state),
            received_at=to_millis(request.received_at),
            opened_by=request.opened_by,
            due_at=to_millis(request.due_at),
            target_at=to_millis(request.target_at),
            place=request.place,
            verification=str(request.verification),
            facts=_facts_text(request.facts),
        )
    )


def change(connection: sa.Connection, request_id: str, **values: Any) -> None:
    """Change columns of a request; moments are given as `datetime`, facts as a mapping."""
    written: dict[str, object] = {}
    for name, value in values.items():
        if name in _MOMENTS and value is not None:
            written[name] = to_millis(value)
        elif name == "facts":
            written[name] = _facts_text(value)
        else:
            written[name] = None if value is None else str(value)
    connection.execute(
        subject_request.update().where(subject_request.c.id == request_id).values(**written)
    )


def get(connection: sa.Connection, request_id: str) -> SubjectRequest:
    """The request of that id.

    Raises:
        NotFound: no such request.
    """
    row = connection.execute(
        sa.select(subject_request).where(subject_request.c.id == request_id)
    ).first()
    if row is None:
        raise NotFound(
            f"there is no request `{request_id}`", "`govreg request list` shows the open ones"
        )
    return _request(row)


def listed(connection: sa.Connection, *, closed: bool = False) -> tuple[SubjectRequest, ...]:
    """Requests by due date; answered and refused ones only when asked for."""
    query = sa.select(subject_request).order_by(subject_request.c.due_at, subject_request.c.id)
    if not closed:
        query = query.where(
            subject_request.c.state.not_in([str(RequestState.ANSWERED), str(RequestState.REFUSED)])
        )
    return tuple(_request(row) for row in connection.execute(query))


def of_subject(connection: sa.Connection, subjects: Iterable[str]) -> tuple[SubjectRequest, ...]:
    """Every request of some subjects."""
    query = sa.select(subject_request).where(subject_request.c.subject_id.in_(list(subjects)))
    return tuple(_request(row) for row in connection.execute(query))


def choose(
    connection: sa.Connection,
    request_id: str,
    *,
    kind: str,
    item: str,
    choice: str,
    actor: str,
    at: dt.datetime,
) -> None:
    """Write down what a person decided; the latest word on an item counts."""
    connection.execute(
        request_choice.insert().values(
            request_id=request_id,
            kind=kind,
            item=item,
            choice=choice,
            actor=actor,
            at=to_millis(at),
        )
    )


def choices(connection: sa.Connection, request_id: str, kind: str) -> dict[str, tuple[str, str]]:
    """Each decided item with the latest choice and who made it."""
    rows = connection.execute(
        sa.select(request_choice)
        .where(request_choice.c.request_id == request_id, request_choice.c.kind == kind)
        .order_by(request_choice.c.id)
    )
    return {row.item: (row.choice, row.actor) for row in rows}


def name_recipients(connection: sa.Connection, request_id: str, names: Iterable[str]) -> None:
    """Enter whom the law wants to be told; nobody is told yet."""
    held = {
        name
        for (name,) in connection.execute(
            sa.select(request_recipient.c.recipient).where(
                request_recipient.c.request_id == request_id
            )
        )
    }
    rows = [
        {"request_id": request_id, "recipient": name}
        for name in dict.fromkeys(names)
        if name not in held
    ]
    if rows:
        connection.execute(request_recipient.insert(), rows)


def tell_recipient(
    connection: sa.Connection,
    request_id: str,
    recipient: str,
    *,
    actor: str,
    at: dt.datetime,
    answer: str | None = None,
    channel: str | None = None,
    not_told: str | None = None,
) -> None:
    """Write down that a recipient was told, how, and the answer when there is one; or why not.

    The first telling stays the time of telling; a later answer has a time of its own.

    Raises:
        NotFound: the recipient is none of this request.
    """
    place = (
        request_recipient.c.request_id == request_id,
        request_recipient.c.recipient == recipient,
    )
    held = connection.execute(sa.select(request_recipient).where(*place)).first()
    if held is None:
        raise NotFound(f"`{recipient}` is no recipient of request `{request_id}`")
    values: dict[str, object] = {"not_told": not_told}
    if held.told_at is None and not_told is None:
        values |= {"told_at": to_millis(at), "told_by": actor}
    if channel is not None:
        values |= {"channel": channel}
    if answer is not None:
        values |= {"answer": answer, "answered_at": to_millis(at)}
    connection.execute(request_recipient.update().where(*place).values(**values))


def recipients(connection: sa.Connection, request_id: str) -> tuple[RequestRecipient, ...]:
    """Each recipient, when it was told, and what it answered."""
    rows = connection.execute(
        sa.select(request_recipient)
        .where(request_recipient.c.request_id == request_id)
        .order_by(request_recipient.c.id)
    )
    return tuple(
        RequestRecipient(
            name=row.recipient,
            told_at=from_millis(row.told_at) if row.told_at else None,
            answer=row.answer,
            answered_at=from_millis(row.answered_at) if row.answered_at else None,
            channel=row.channel,
            not_told=row.not_told,
        )
        for row in rows
    )


def _facts_text(facts: Mapping[str, FactValue]) -> str:
    held = {
        name: value.data() if isinstance(value, Assessment) else value
        for name, value in facts.items()
    }
    return json.dumps(held, sort_keys=True)


def _request(row: Any) -> SubjectRequest:
    def moment(name: str) -> dt.datetime | None:
        value = getattr(row, name)
        return None if value is None else from_millis(value)

    return SubjectRequest(
        id=row.id,
        kind=RequestKind(row.kind),
        law=row.law,
        subject_id=row.subject_id,
        state=RequestState(row.state),
        received_at=from_millis(row.received_at),
        opened_by=row.opened_by,
        due_at=from_millis(row.due_at),
        target_at=from_millis(row.target_at),
        place=row.place,
        clock=ClockState(row.clock),
        verification=Verification(row.verification),
        verified_by=row.verified_by,
        verified_how=row.verified_how,
        verified_at=moment("verified_at"),
        facts={
            name: assessment_of(value) if isinstance(value, dict) else value
            for name, value in json.loads(row.facts).items()
        },
        planned_by=row.planned_by,
        planned_at=moment("planned_at"),
        plan_hash=row.plan_hash,
        approved_by=row.approved_by,
        approved_at=moment("approved_at"),
        outcome=row.outcome,
        executed_at=moment("executed_at"),
        answered_at=moment("answered_at"),
    )
