"""Search for the person of a request, and let people settle what the search cannot.

(1) seeds: the identifiers that were proven; once an erasure has begun, also what it had learned
(2) choices: candidates that a named person confirmed or rejected
(3) search, on connections of its own
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping

import sqlalchemy as sa

from govreg.connectors.plan import fingerprint
from govreg.errors import NotFound, Refused
from govreg.gate.border import Visit
from govreg.gate.find import NOTHING_REMEMBERED, find
from govreg.gate.scope import FoundRow, Memory, Scope, Settled
from govreg.progress import working
from govreg.protection.blind_index import reference
from govreg.protection.envelope import Key
from govreg.register.model import Field
from govreg.requests import store as rows
from govreg.requests.facts import stated
from govreg.requests.intake import request_identifiers
from govreg.requests.model import RequestKind, RequestState, SubjectRequest
from govreg.requests.papers import learned_paper, memory_of, read, write
from govreg.requests.parts import Parts
from govreg.requests.people import DECIDING, require
from govreg.subjects.identifier import Identifier

LINK, TEXT = "link", "text"
YES, NO = "yes", "no"
_PLANNED = frozenset({RequestState.PLANNED, RequestState.APPROVED, RequestState.NEEDS_ATTENTION})


def seek(parts: Parts, visit: Visit, request: SubjectRequest) -> Scope:
    """Everything that can be found of the person behind a request."""
    with parts.store.read() as connection:
        seeds = request_identifiers(parts, connection, request.id)
        memory = _memory(parts, connection, request)
        key = parts.reference_key(connection, request.id)
        chosen = rows.choices(connection, request.id, LINK)
    total = sum(1 for _ in visit.border.register.collections())
    with working(visit.border.progress, "searching", total):
        return _found(parts, visit, seeds, chosen, key, memory)


def _found(
    parts: Parts,
    visit: Visit,
    seeds: tuple[Identifier, ...],
    chosen: Mapping[str, tuple[str, str]],
    key: Key,
    memory: Memory,
) -> Scope:
    return find(
        visit,
        parts.kinds,
        seeds,
        settled=Settled(
            confirmed=frozenset(item for item, (choice, _) in chosen.items() if choice == YES),
            rejected=frozenset(item for item, (choice, _) in chosen.items() if choice == NO),
        ),
        limits=parts.limits,
        refer=lambda *texts: reference(key, *texts),
        memory=memory,
    )


def _memory(parts: Parts, connection: sa.Connection, request: SubjectRequest) -> Memory:
    if request.kind is not RequestKind.ERASURE or not request.executed_at:
        # nothing is gone yet: a search finds it all again, and nothing that was rejected since
        return NOTHING_REMEMBERED
    try:
        paper = read(
            connection,
            parts.request_key(connection, request.id),
            workspace=parts.workspace_id,
            request_id=request.id,
            name="learned",
        )
    except NotFound:
        return NOTHING_REMEMBERED
    return memory_of(paper)


def remember(
    parts: Parts, connection: sa.Connection, request: SubjectRequest, scope: Scope
) -> None:
    """Seal what was learned, so that the person is not lost when an erasure stops half-way."""
    before = _memory(parts, connection, request)
    write(
        connection,
        parts.request_key(connection, request.id),
        workspace=parts.workspace_id,
        request_id=request.id,
        name="learned",
        paper=learned_paper(before, scope),
        at=parts.clock(),
    )


def settle(
    parts: Parts, request_id: str, *, kind: str, items: dict[str, bool], actor: str
) -> SubjectRequest:
    """A named person says which candidates are this person, and which texts may go out.

    A plan made before is void: it was made without this.

    Raises:
        Refused: the actor may not decide, or the request is past deciding.
    """
    require(parts.settings, actor, DECIDING, "decide about candidates and texts")
    with parts.store.write() as connection:
        request = rows.get(connection, request_id)
        if request.state in {RequestState.RUNNING, RequestState.ANSWERED, RequestState.REFUSED}:
            raise Refused(f"request `{request_id}` is {request.state}; nothing is left to decide")
        for item, yes in items.items():
            rows.choose(
                connection,
                request_id,
                kind=kind,
                item=item,
                choice=YES if yes else NO,
                actor=actor,
                at=parts.clock(),
            )
        if request.state in _PLANNED | {RequestState.READY}:
            rows.change(
                connection,
                request_id,
                state=RequestState.VERIFIED,
                plan_hash=None,
                approved_by=None,
                approved_at=None,
            )
        parts.log(
            connection,
            f"request.{kind}_decided",
            actor,
            request=request_id,
            counts={"yes": sum(items.values()), "no": len(items) - sum(items.values())},
        )
        return rows.get(connection, request_id)


def state_facts(
    parts: Parts,
    request_id: str,
    *,
    facts: Mapping[str, bool | str],
    actor: str,
    valid_until: dt.date | None = None,
) -> SubjectRequest:
    """A named person states facts about the person who asks, such as a withdrawn consent.

    Raises:
        UsageProblem: a fact cannot be stated of a request.
        Refused: the actor may not decide, or the request is past deciding.
    """
    require(parts.settings, actor, DECIDING, "state facts about the person")
    said = stated(parts, facts, by=actor, until=valid_until)
    with parts.store.write() as connection:
        request = rows.get(connection, request_id)
        if request.state in {RequestState.RUNNING, RequestState.ANSWERED, RequestState.REFUSED}:
            raise Refused(f"request `{request_id}` is {request.state}; nothing is left to state")
        rows.change(
            connection,
            request_id,
            facts={**request.facts, **said},
            state=RequestState.VERIFIED if request.state in _PLANNED else request.state,
            plan_hash=None,
            approved_by=None,
        )
        for name, holds in facts.items():
            parts.log(
                connection,
                "request.fact_stated",
                actor,
                request=request_id,
                rule=name,
                outcome=_outcome(holds),
            )
        return rows.get(connection, request_id)


def reviewed(parts: Parts, request: SubjectRequest) -> Callable[[FoundRow, Field], bool | None]:
    """Answers for a free text whether it was reviewed and may go out."""
    with parts.store.read() as connection:
        chosen = rows.choices(connection, request.id, TEXT)
        key = parts.reference_key(connection, request.id)

    def answer(row: FoundRow, field: Field) -> bool | None:
        choice = chosen.get(text_item(text_mark(key, row, field), row, field))
        return None if choice is None else choice[0] == YES

    return answer


def withholders(connection: sa.Connection, request: SubjectRequest) -> tuple[str, ...]:
    """Who decided that a free text of the request stays out."""
    chosen = rows.choices(connection, request.id, TEXT).values()
    return tuple(dict.fromkeys(actor for choice, actor in chosen if choice == NO))


def text_mark(key: Key, row: FoundRow, field: Field) -> str:
    """A short reference of a text in a row: a text that was changed waits for a new review."""
    return reference(
        key, "text", row.collection, fingerprint([*row.key, row.values.get(field.name)])
    )[:10]


def text_item(mark: str, row: FoundRow, field: Field) -> str:
    """The name of a free text in a review: collection, field and a reference of its words."""
    return f"{row.collection}.{field.name}:{mark}"


def _outcome(holds: bool | str) -> str:  # noqa: FBT001 - a fact's value
    """What the log says of a fact: a place stays out of it."""
    if isinstance(holds, bool):
        return "yes" if holds else "no"
    return "stated"
