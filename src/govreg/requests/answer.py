"""The access answer as a document: everything Art. 15 asks for, out of the register and the rows.

What the register leaves blank is a missing item, and makes the answer partial.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import sqlalchemy as sa

from govreg.gate.read import Told, overriding
from govreg.gate.scope import Scope
from govreg.reports.access_choices import Chosen
from govreg.reports.access_document import (
    AccessDocument,
    AccessHead,
    AnswerDates,
    IdentityBasis,
    Right,
    UsedIdentifier,
)
from govreg.reports.document import COMPLETE, COMPLETE_WITH_WITHHELD, PARTIAL
from govreg.requests.answer_activities import (
    activity_note,
    missing_items,
    transfers,
    used_activities,
)
from govreg.requests.answer_rows import (
    context,
    not_searched,
    pending_texts,
    searched,
    sections,
    withheld_classes,
)
from govreg.requests.clock import extension_of, standing_of
from govreg.requests.letterhead import authority, controller, dpo, versions
from govreg.requests.model import SubjectRequest
from govreg.requests.overrides import overrides_in
from govreg.requests.parts import Parts
from govreg.subjects.identifier import Identifier

_RIGHTS = (
    ("rectification", "GDPR Art 16"),
    ("erasure", "GDPR Art 17"),
    ("restriction", "GDPR Art 18"),
    ("portability", "GDPR Art 20"),
    ("objection", "GDPR Art 21"),
    ("withdraw_consent", "GDPR Art 7(3)"),
    ("complaint", "GDPR Art 77"),
    ("judicial_remedy", "GDPR Art 79"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What a search and its decisions gave, ready to be written down."""

    request: SubjectRequest
    subject_ref: str
    identifiers: Sequence[Identifier]
    scope: Scope
    told: Mapping[str, tuple[Told, ...]]
    register_number: str
    register_hash: str
    actor: str
    now: dt.datetime
    dates: AnswerDates
    chosen: Chosen
    reviewers: Sequence[str] = ()
    """Who decided that a free text stays out."""


def rights(parts: Parts, law: str) -> Iterator[Right]:
    """The rights that a person has under a law."""
    if law == "gdpr":
        yield from (Right(kind=kind, citation=cite) for kind, cite in _RIGHTS)
        return
    for granted in parts.rules.rights():
        if granted.law != law or granted.own:
            continue
        rule = parts.rules.speaking(granted.id, parts.today())
        if rule is not None and rule.in_force(parts.today()):
            yield Right(
                kind=rule.id, citation=", ".join(rule.citation), text=rule.text, title=rule.title
            )


def answer_dates(parts: Parts, connection: sa.Connection, request: SubjectRequest) -> AnswerDates:
    """When the request came, is due, and is answered: today."""
    held = standing_of(parts, connection, request)
    told = extension_of(connection, request.id) if held.extended else None

    def day(moment: dt.datetime) -> dt.date:
        return moment.astimezone(parts.zone).date()

    return AnswerDates(
        received=day(request.received_at),
        due=day(held.deadline.legal_due if held.deadline else request.due_at),
        answered=parts.today(),
        extended_to=day(request.due_at) if told else None,
        extension_reason={"und": told.reason} if told else {},
    )


def access_document(parts: Parts, answer: Answer) -> AccessDocument:
    """The document that the person gets."""
    register = parts.border.register
    used = used_activities(register, answer.told)
    gaps = (
        *(not_searched(register, gap.place, gap.code) for gap in answer.scope.not_searched),
        *(
            not_searched(register, c.collection, f"unsettled:{c.doubt}")
            for c in answer.scope.candidates
        ),
    )
    pending = tuple(pending_texts(register, answer.told))
    withheld = tuple(withheld_classes(parts, answer.told, answer.reviewers))
    missing = tuple(missing_items(used))
    partial = gaps or answer.scope.caps or pending or missing
    settings = parts.settings
    return AccessDocument(
        head=AccessHead(
            request_id=answer.request.id,
            law=answer.request.law,
            versions=versions(parts, answer.register_number, answer.register_hash),
            generated_at=answer.now,
            generated_by=answer.actor,
            languages=tuple(settings.languages),
            time_zone=settings.time_zone,
        ),
        controller=controller(parts),
        dpo=dpo(parts),
        authority=authority(parts),
        subject_reference=answer.subject_ref,
        identity=IdentityBasis(
            level=str(answer.request.verification),
            how=answer.request.verified_how or "",
            identifiers=tuple(
                UsedIdentifier(kind=i.kind, value=i.value) for i in answer.identifiers
            ),
        ),
        confirmed=answer.scope.count() > 0,
        dates=answer.dates,
        state=PARTIAL if partial else COMPLETE_WITH_WITHHELD if withheld else COMPLETE,
        searched=tuple(searched(register, answer.scope)),
        not_searched=gaps,
        caps=answer.scope.caps,
        sections=tuple(sections(register, answer.told)),
        context=tuple(context(register, answer.scope)),
        withheld=withheld,
        pending_review=pending,
        activities=tuple(activity_note(register, activity, answer.told) for activity in used),
        transfers=tuple(transfers(used)),
        rights=tuple(rights(parts, answer.request.law)),
        missing_items=missing,
        chosen=answer.chosen,
        overrides=overrides_in(parts, answer.request, answer.scope, overriding(answer.told)),
    )
