"""The access answer as a document: everything Art. 15 asks for, out of the register and the rows.

What the register leaves blank is a missing item, and makes the answer partial.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from govreg.erasure.certificate import rule_words
from govreg.gate.read import Told, Withholding, held_fields
from govreg.gate.scope import Scope
from govreg.policy.rule import book_hash
from govreg.register.drift import EEA
from govreg.register.model import Activity, Collection, Field, Register, Source
from govreg.reports.access_document import (
    AccessDocument,
    AccessHead,
    ActivityNote,
    AnswerDates,
    AutomatedDecision,
    FieldNote,
    IdentityBasis,
    Mark,
    MissingItem,
    PendingReview,
    Right,
    Row,
    Searched,
    Section,
    Transfer,
    UsedIdentifier,
)
from govreg.reports.document import (
    COMPLETE,
    COMPLETE_WITH_WITHHELD,
    PARTIAL,
    Contact,
    NotSearched,
    PackUsed,
    Recipient,
    Versions,
    WithheldClass,
)
from govreg.requests.model import SubjectRequest
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
    reviewers: Sequence[str] = ()
    """Who decided that a free text stays out."""


def access_document(parts: Parts, answer: Answer) -> AccessDocument:
    """The document that the person gets."""
    register = parts.border.register
    used = _used_activities(register, answer.told)
    gaps = (
        *(not_searched(register, gap.place, gap.code) for gap in answer.scope.not_searched),
        *(
            not_searched(register, c.collection, f"unsettled:{c.doubt}")
            for c in answer.scope.candidates
        ),
    )
    pending = tuple(_pending(register, answer.told))
    withheld = tuple(_withheld(parts, answer))
    missing = tuple(_missing(used))
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
        dates=AnswerDates(
            received=answer.request.received_at.astimezone(parts.zone).date(),
            due=answer.request.due_at.astimezone(parts.zone).date(),
            answered=parts.today(),
        ),
        state=PARTIAL if partial else COMPLETE_WITH_WITHHELD if withheld else COMPLETE,
        searched=tuple(_searched(register, answer.scope)),
        not_searched=gaps,
        caps=answer.scope.caps,
        sections=tuple(_sections(register, answer.told)),
        context=tuple(_context(register, answer.scope)),
        withheld=withheld,
        pending_review=pending,
        activities=tuple(_activity(register, activity, answer.told) for activity in used),
        transfers=tuple(_transfers(used)),
        rights=tuple(Right(kind=kind, citation=cite) for kind, cite in _RIGHTS),
        missing_items=missing,
    )


def versions(parts: Parts, register_number: str, register_hash: str) -> Versions:
    """What documents say of the versions that made them."""
    rules = parts.rules.rules.values()
    return Versions(
        govreg=parts.version,
        register=register_number,
        register_hash=register_hash,
        packs=tuple(
            PackUsed(name=name, version=v, hash=book_hash(r for r in rules if r.pack == name))
            for name, v in sorted(parts.rules.packs.items())
        ),
    )


def controller(parts: Parts) -> Contact:
    """The controller as documents name it."""
    held = parts.settings.controller
    return Contact(name=held.name, email=held.email, address=held.address)


def dpo(parts: Parts) -> Contact:
    """The data protection officer as documents name them."""
    held = parts.settings.dpo
    return Contact(name=held.name, email=held.email, phone=held.phone)


def authority(parts: Parts) -> Contact:
    """The supervisory authority as documents name it."""
    held = parts.settings.authority
    return Contact(name=held.name, email=held.email, website=held.url)


def not_searched(register: Register, ref: str, code: str) -> NotSearched:
    """A gap as documents name it: the system by its title, the rest as the register has it."""
    source, _, rest = ref.partition(".")
    held = register.sources.get(source)
    if held is None or not rest:
        return NotSearched(place=ref, code=code)
    return NotSearched(place=rest, code=code, source=held.name_by_language)


def _source(register: Register, ref: str) -> Source:
    return register.sources[ref.partition(".")[0]]


def _title(collection: Collection) -> Mapping[str, str]:
    return collection.title or {"und": collection.name}


def _searched(register: Register, scope: Scope) -> Iterator[Searched]:
    for ref, ways in scope.searched.items():
        collection = register.collection(ref)
        if collection is not None:
            yield Searched(
                ref=ref,
                source=_source(register, ref).name_by_language,
                collection=_title(collection),
                reached=ways,
                rows=len(scope.rows.get(ref, {})),
            )


def _sections(register: Register, told: Mapping[str, tuple[Told, ...]]) -> Iterator[Section]:
    for ref, rows in told.items():
        collection = register.collection(ref)
        if collection is None or not rows:
            continue
        shown = dict.fromkeys(name for t in rows for name in (*t.values, *t.withheld))
        fields = [collection.fields[name] for name in collection.fields if name in shown]
        yield Section(
            ref=ref,
            source=_source(register, ref).name_by_language,
            title=_title(collection),
            fields=tuple(_note(register, field) for field in fields),
            rows=[_row(t) for t in rows],
            activities=tuple(
                dict.fromkeys(
                    a for f in held_fields(collection, rows).values() for a in f.activities
                )
            ),
        )


def _row(told: Told) -> Row:
    return Row(
        values={
            **told.values,
            **{name: Mark(_code(why)) for name, why in told.withheld.items()},
        },
        reached=told.row.path,
        relation=str(told.row.relation),
    )


def _code(why: Withholding) -> str:
    return "pending_review" if why.pending else why.code


def _note(register: Register, field: Field) -> FieldNote:
    used = [register.activities[name] for name in field.activities if name in register.activities]
    category = field.category or "unclassified"
    return FieldNote(
        name=field.name,
        label=field.label,
        category=category,
        purposes=tuple(activity.purpose for activity in used),
        bases=tuple(activity.basis for activity in used),
        origin=str(field.origin),
        retention=tuple(activity.retention for activity in used if activity.retention),
    )


def _context(register: Register, scope: Scope) -> Iterator[Section]:
    for ref, rows in scope.context.items():
        collection = register.collection(ref)
        if collection is None or not rows:
            continue
        names = dict.fromkeys(name for row in rows for name in row)
        yield Section(
            ref=ref,
            source=_source(register, ref).name_by_language,
            title=_title(collection),
            fields=tuple(_note(register, collection.fields[name]) for name in names),
            rows=[Row(values=row, relation="lookup") for row in rows],
        )


def _pending(register: Register, told: Mapping[str, tuple[Told, ...]]) -> Iterator[PendingReview]:
    for ref, rows in told.items():
        collection = register.collection(ref)
        counts: dict[str, int] = {}
        for row in rows:
            for name, why in row.withheld.items():
                if why.pending:
                    counts[name] = counts.get(name, 0) + 1
        for name, count in counts.items():
            label = collection.fields[name].label if collection else {}
            yield PendingReview(ref=ref, name=name, label=label, count=count)


def _withheld(parts: Parts, answer: Answer) -> Iterator[WithheldClass]:
    register = parts.border.register
    for ref, rows in answer.told.items():
        collection = register.collection(ref)
        counts: dict[tuple[str, Withholding], int] = {}
        for row in rows:
            for name, why in row.withheld.items():
                if not why.pending:
                    counts[name, why] = counts.get((name, why), 0) + 1
        for (name, why), count in counts.items():
            rule = parts.rules.get(why.rules[0]) if why.rules else None
            yield WithheldClass(
                source=_source(register, ref).name_by_language,
                collection=ref.partition(".")[2],
                what=name,
                label=collection.fields[name].label if collection else {},
                count=count,
                reason=why.code,
                citation=", ".join(why.cites) or None,
                words=rule_words(parts.rules, why.rules),
                rule=why.rules[0] if why.rules else None,
                adopter=parts.adopted.by(rule) if rule else None,
                confidence=str(rule.confidence) if rule else None,
                decided_by=", ".join(answer.reviewers) if why.code == "reviewed_out" else None,
            )


def _used_activities(register: Register, told: Mapping[str, tuple[Told, ...]]) -> list[Activity]:
    names: dict[str, None] = {}
    for ref, rows in told.items():
        collection = register.collection(ref)
        if collection is None:
            continue
        for name in held_fields(collection, rows):
            names |= dict.fromkeys(collection.fields[name].activities)
    return [register.activities[name] for name in sorted(names) if name in register.activities]


def _activity(
    register: Register, activity: Activity, told: Mapping[str, tuple[Told, ...]]
) -> ActivityNote:
    categories = {
        field.category or "unclassified"
        for ref, rows in told.items()
        if (collection := register.collection(ref)) is not None
        for field in held_fields(collection, rows).values()
        if field.personal and activity.name in field.activities
    }
    decision = activity.automated_decision
    return ActivityNote(
        name=activity.name,
        title=activity.title,
        purpose=activity.purpose,
        basis=activity.basis,
        categories=tuple(sorted(categories)),
        recipients=tuple(
            Recipient(
                name=r.name,
                role=r.role,
                country=r.country,
                safeguard=r.safeguard,
                contact=r.contact,
            )
            for r in activity.recipients
        ),
        retention=activity.retention,
        origin=activity.source_of_data,
        automated=AutomatedDecision(
            logic=decision.logic,
            significance=decision.significance,
            consequences=decision.consequences,
        )
        if decision
        else None,
        direct_marketing=activity.direct_marketing,
    )


def _transfers(used: Sequence[Activity]) -> Iterator[Transfer]:
    seen: set[tuple[str, str]] = set()
    for activity in used:
        for recipient in activity.recipients:
            country = recipient.country
            if country is None or country in EEA or (recipient.name, country) in seen:
                continue
            seen.add((recipient.name, country))
            yield Transfer(
                recipient=recipient.name,
                country=country,
                safeguard=recipient.safeguard,
                copy_from=recipient.contact,
            )


def _missing(used: Sequence[Activity]) -> Iterator[MissingItem]:
    for activity in used:
        if not activity.purpose:
            yield MissingItem(item="15.1.a", where=activity.name)
        if not activity.retention:
            yield MissingItem(item="15.1.d", where=activity.name)
        if not activity.source_of_data:
            yield MissingItem(item="15.1.g", where=activity.name)
        for recipient in activity.recipients:
            outside = recipient.country is not None and recipient.country not in EEA
            if outside and not recipient.safeguard:
                yield MissingItem(item="15.2", where=f"{activity.name}: {recipient.name}")
