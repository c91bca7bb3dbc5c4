"""Take a request in and confirm who asks.

(1) the law grants the right that is asked for
(2) the clock starts: what is due, by the law and by the house
(3) the person: known by a keyed look-up, or new; where several may be meant, whoever confirms
    the identity says who
(4) identifiers are sealed under the request's own key; the log gets a reference
(5) identity: a named person confirms it, to a level; nothing goes on without
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence

import sqlalchemy as sa

from govreg.errors import Refused, UsageProblem
from govreg.ids import new_id
from govreg.policy.clocks import Deadline
from govreg.policy.rule import Rule
from govreg.protection.purpose import Purpose
from govreg.requests import store as rows
from govreg.requests.clock import first_standing
from govreg.requests.facts import stated
from govreg.requests.model import RequestKind, RequestState, SubjectRequest, Verification
from govreg.requests.papers import identifiers_of, identifiers_paper, read, write
from govreg.requests.parts import Parts
from govreg.requests.people import INTAKE, require
from govreg.requests.right import right_of
from govreg.subjects.identifier import Identifier
from govreg.subjects.index import attach, claimants, mint, resolve

_LONGEST_MEANS = 200
NEW = "new"


def open_request(
    parts: Parts,
    *,
    kind: RequestKind,
    law: str,
    identifiers: Sequence[Identifier],
    facts: Mapping[str, bool | str],
    actor: str,
    received_at: dt.datetime,
    place: str | None = None,
    valid_until: dt.date | None = None,
) -> SubjectRequest:
    """Take a request in: steps (1) to (4).

    Raises:
        UsageProblem: no such right, no identifier, an unknown fact or an unknown place.
        Refused: the actor may not take requests in.
    """
    require(parts.settings, actor, INTAKE, "take a request in")
    rule = right_of(parts, law, kind, received_at)
    if not identifiers:
        raise UsageProblem("a request needs at least one identifier", "`--identifier email=…`")
    said = stated(parts, facts, by=actor, until=valid_until)
    deadline = _deadline(parts, rule, received_at, place)
    now = parts.clock()
    with parts.store.write() as connection:
        known = claimants(connection, identifiers, parts.blind(connection), parts.kinds)
        subject = known.only or mint(connection, now)
        request = SubjectRequest(
            id=new_id("req"),
            kind=kind,
            law=law,
            subject_id=subject,
            state=RequestState.RECEIVED,
            received_at=received_at,
            opened_by=actor,
            due_at=deadline.legal_due,
            target_at=deadline.internal_target,
            place=place,
            verification=Verification.NONE,
            facts=said,
        )
        rows.insert(connection, request)
        subject_ref = _sealed(parts, connection, request, identifiers)
        parts.log(
            connection,
            "request.received",
            actor,
            request=request.id,
            subject_ref=subject_ref,
            rule=rule.id,
            counts={"identifiers": len(identifiers)},
        )
    return request


def _deadline(parts: Parts, rule: Rule, received_at: dt.datetime, place: str | None) -> Deadline:
    """When the answer is due: the right held on the day, and nothing has happened to its clock.

    Raises:
        UsageProblem: it came in the future, or before the right was in force.
    """
    if received_at > parts.clock():
        raise UsageProblem("a request cannot have been received in the future")
    day = received_at.astimezone(parts.zone).date()
    if not rule.in_force(day):
        held = f"from {rule.in_force_from or 'ever'} to {rule.in_force_to or 'now'}"
        raise UsageProblem(f"rule `{rule.id}`, in force {held}, did not hold on {day}")
    deadline = first_standing(parts, rule, received_at, place).deadline
    if deadline is None:
        raise RuntimeError("a clock that nothing has happened to cannot stand still")
    return deadline


def _sealed(
    parts: Parts,
    connection: sa.Connection,
    request: SubjectRequest,
    identifiers: Sequence[Identifier],
) -> str:
    """Seal what the person gave, and the reference that the log will name them by."""
    parts.reference_key(connection, request.id, create=True)
    subject_ref = parts.subject_ref(connection, request.subject_id, create=True)
    for name, paper in (
        ("identifiers", identifiers_paper(identifiers)),
        ("reference", {"v": 1, "subject_ref": subject_ref}),
    ):
        write(
            connection,
            parts.request_key(connection, request.id, create=True),
            workspace=parts.workspace_id,
            request_id=request.id,
            name=name,
            paper=paper,
            at=parts.clock(),
        )
    return str(subject_ref)


def verify_identity(
    parts: Parts,
    request_id: str,
    *,
    level: Verification,
    how: str,
    actor: str,
    subject: str | None = None,
) -> SubjectRequest:
    """Step (5): a named person confirms who asks.

    Args:
        parts: The engine's parts.
        request_id: The request.
        level: How surely.
        how: By what means, as a short name such as `account_login`; never a copy of a proof.
        actor: Who confirms.
        subject: Which of the known people asks, or `new`; needed where several may be meant.

    Raises:
        Refused: the actor may not, the request is past this point, or several known people may be
            meant and nobody said who.
        UsageProblem: the means are no short text.
    """
    require(parts.settings, actor, INTAKE, "confirm an identity")
    _one_line(how)
    with parts.store.write() as connection:
        request = rows.get(connection, request_id)
        if request.state not in {RequestState.RECEIVED, RequestState.VERIFIED}:
            raise Refused(f"request `{request_id}` is {request.state}; identity is settled")
        now = parts.clock()
        identifiers = request_identifiers(parts, connection, request_id)
        who = _who_asks(parts, connection, request, identifiers, subject)
        blind = parts.blind(connection)
        attach(connection, who, identifiers, blind=blind, verified=True, now=now)
        if who != request.subject_id:
            _is_of(parts, connection, request, who)
        rows.change(
            connection,
            request_id,
            state=RequestState.VERIFIED,
            subject_id=who,
            verification=level,
            verified_by=actor,
            verified_how=how,
            verified_at=now,
        )
        parts.log(
            connection,
            "request.identity_confirmed",
            actor,
            request=request_id,
            subject_ref=parts.subject_ref(connection, who),
            outcome=str(level),
        )
        return rows.get(connection, request_id)


def _one_line(how: str) -> None:
    if not how.strip() or len(how) > _LONGEST_MEANS or not how.isprintable():
        raise UsageProblem(
            f"by what means is said in one line of at most {_LONGEST_MEANS} characters",
            "such as `account_login`; a proof of identity is never copied into the register",
        )


def _who_asks(
    parts: Parts,
    connection: sa.Connection,
    request: SubjectRequest,
    identifiers: Sequence[Identifier],
    chosen: str | None,
) -> str:
    """The subject that a request is about: known, chosen by a named person, or new."""
    known = claimants(connection, identifiers, parts.blind(connection), parts.kinds)
    mine = resolve(connection, request.subject_id)
    if chosen == NEW:
        return mint(connection, parts.clock()) if mine in known.people else mine
    if chosen is not None:
        wanted = resolve(connection, chosen)
        if wanted not in {*known.people, mine}:
            raise Refused(
                f"`{chosen}` has none of the identifiers of request `{request.id}`",
                f"known people who have: {', '.join(known.people) or 'none'}; or `--subject new`",
            )
        return wanted
    if known.only is not None:
        return known.only
    if not known.people or request.state is RequestState.VERIFIED:
        return mine
    verify = f"govreg request verify-identity {request.id} --how MEANS"
    raise Refused(
        f"the identifiers of request `{request.id}` name several known people, or one who has "
        f"another number: {', '.join(known.people)}",
        f"where they are one person: `govreg subject merge {' '.join(known.people[:2])}`"
        if len(known.people) > 1
        else f"what is known of them: `govreg subject show {known.people[0]}`",
        f"where one of them asks: `{verify} --subject {known.people[0]}`",
        f"where it is somebody else: `{verify} --subject {NEW}`",
    )


def _is_of(parts: Parts, connection: sa.Connection, request: SubjectRequest, who: str) -> None:
    """The request is another subject's than was thought: the log will name that one."""
    write(
        connection,
        parts.request_key(connection, request.id),
        workspace=parts.workspace_id,
        request_id=request.id,
        name="reference",
        paper={"v": 1, "subject_ref": parts.subject_ref(connection, who, create=True)},
        at=parts.clock(),
    )
    if len(rows.of_subject(connection, [request.subject_id])) == 1:
        parts.keys.shred(connection, Purpose.AUDIT_REF, request.subject_id, parts.clock())


def request_identifiers(
    parts: Parts, connection: sa.Connection, request_id: str
) -> tuple[Identifier, ...]:
    """The identifiers that the person gave, unsealed."""
    paper = read(
        connection,
        parts.request_key(connection, request_id),
        workspace=parts.workspace_id,
        request_id=request_id,
        name="identifiers",
    )
    return identifiers_of(paper)


def request_reference(parts: Parts, connection: sa.Connection, request_id: str) -> str:
    """The person's reference in the log, as it was when the request came in.

    An erasure shreds the key that makes it, and still has to be certified and answered.
    """
    paper = read(
        connection,
        parts.request_key(connection, request_id),
        workspace=parts.workspace_id,
        request_id=request_id,
        name="reference",
    )
    return str(paper["subject_ref"])


def require_identity(parts: Parts, request: SubjectRequest) -> None:
    """Refuse work for a person whose identity is not confirmed to the level that the right needs.

    Raises:
        Refused: naming both levels.
    """
    rule = right_of(parts, request.law, request.kind, request.received_at)
    needed = Verification(str(rule.verification or Verification.REASONABLE))
    if not request.verification.reaches(needed):
        raise Refused(
            f"the identity behind request `{request.id}` is confirmed to "
            f"`{request.verification}`, and {rule.id} needs `{needed}`",
            f"confirm it: `govreg request verify-identity {request.id} --level {needed} --how …`",
        )
