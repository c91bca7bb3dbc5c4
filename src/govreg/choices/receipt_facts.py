"""The facts of a receipt, put together: the ledger, the register in force, notices, settings."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import sqlalchemy as sa

from govreg.choices.impact import impact_of
from govreg.choices.judging import Judging
from govreg.consent.ledger import events_of
from govreg.consent.model import EVERYTHING, Recorded
from govreg.consent.notice_store import version_of
from govreg.consent.receipt_model import (
    GrantedRight,
    KindOfData,
    Notice,
    Party,
    ReceiptActivity,
    ReceiptFacts,
    Receiver,
)
from govreg.consent.status import Status, fold
from govreg.consent.validity import Counts
from govreg.errors import NotFound
from govreg.register.model import Activity, Collection, Field, Register
from govreg.register.taxonomy import special
from govreg.requests.answer import rights
from govreg.requests.parts import Parts
from govreg.subjects.index import kin


def receipt_facts(
    parts: Parts, connection: sa.Connection, subject: str, *, language: str
) -> ReceiptFacts:
    """What a receipt for a person says now.

    Raises:
        NotFound: no such person, or no choice of theirs is recorded.
    """
    names = kin(connection, subject)
    events = events_of(connection, names)
    if not events:
        raise NotFound(f"no choice of `{names[0]}` is recorded")
    settings, register = parts.settings, parts.border.register
    statuses = standing(parts, connection, names[0], events, _chosen_about(register, events))
    return ReceiptFacts(
        workspace=parts.workspace_id,
        subject=names[0],
        controller=_controller(parts),
        officer=Party(name=settings.dpo.name, email=settings.dpo.email, phone=settings.dpo.phone),
        authority=Party(
            name=settings.authority.name,
            email=settings.authority.email,
            url=settings.authority.url,
        ),
        jurisdiction=settings.controller.country,
        language=language,
        made_at=parts.clock(),
        activities=tuple(_activity(parts, status) for status in statuses),
        events=tuple(events),
        notices=tuple(_notices(connection, events)),
        rights=tuple(_rights(parts, events)),
        privacy_notice=settings.controller.privacy_notice,
    )


def standing(
    parts: Parts,
    connection: sa.Connection,
    subject: str,
    events: Sequence[Recorded],
    activities: Sequence[str],
) -> list[Status]:
    """What stands for each activity now."""
    judging = Judging(parts)

    def status(activity: str) -> Status:
        def judge(event: Recorded, guardian: bool) -> Counts:  # noqa: FBT001 - a judge's form
            return judging.counts(connection, event, activity, guardian=guardian)

        return fold(events, subject, activity, parts.clock(), judge)

    return [status(activity) for activity in activities]


def _chosen_about(register: Register, events: Sequence[Recorded]) -> list[str]:
    """The activities that the person chose about.

    What they chose about everything is told with each activity that it may end; where there is
    none, it stands alone.
    """
    names = {event.activity for event in events}
    if EVERYTHING in names:
        names |= set(impact_of(register, EVERYTHING).activities)
    return sorted(names - {EVERYTHING}) or [EVERYTHING]


def _controller(parts: Parts) -> Party:
    held = parts.settings.controller
    return Party(
        name=held.name,
        address=held.address,
        country=held.country,
        email=held.email,
        phone=held.phone,
    )


def _activity(parts: Parts, status: Status) -> ReceiptActivity:
    register = parts.border.register
    held = register.activities.get(status.activity)
    if held is None:  # everything, or one that the register no longer has
        return ReceiptActivity(name=status.activity, status=status)
    used = list(_used(register, held.name))
    stored = {place for collection, _ in used if (place := _country(register, collection))}
    here = {parts.settings.controller.country}
    return ReceiptActivity(
        name=held.name,
        status=status,
        title=held.title,
        purpose=held.purpose,
        basis=held.basis,
        kinds=_kinds(used),
        receivers=_receivers(held),
        no_receivers=held.no_recipients,
        retention=held.retention,
        stored_in=tuple(sorted(stored)),
        processed_in=tuple(
            sorted(stored | here | {one.country for one in held.recipients if one.country})
        ),
        direct_marketing=held.direct_marketing,
    )


def _used(register: Register, activity: str) -> Iterator[tuple[Collection, Field]]:
    for collection in register.collections():
        for held in collection.personal_fields:
            if activity in held.activities:
                yield collection, held


def _country(register: Register, collection: Collection) -> str | None:
    return collection.country or register.sources[collection.source].country


def _kinds(used: Sequence[tuple[Collection, Field]]) -> tuple[KindOfData, ...]:
    revealing = {
        held.category
        for collection, held in used
        if {**collection.facts, **held.facts}.get("reveals_special") is True
    }
    return tuple(
        KindOfData(category=category, special=special(category), sensitive=category in revealing)
        for category in sorted({held.category for _, held in used if held.category})
    )


def _receivers(held: Activity) -> tuple[Receiver, ...]:
    return tuple(
        Receiver(name=one.name, role=one.role, country=one.country, safeguard=one.safeguard)
        for one in held.recipients
    )


def _rights(parts: Parts, events: Sequence[Recorded]) -> Iterator[GrantedRight]:
    laws = {event.circumstance.law for event in events}
    if "gdpr" in laws:
        yield GrantedRight(kind="access", citation="GDPR Art 15")
    for law in sorted(laws):
        for one in rights(parts, law):
            yield GrantedRight(
                kind=one.kind, citation=one.citation, title=one.title, text=one.text
            )


def _notices(connection: sa.Connection, events: Sequence[Recorded]) -> Iterator[Notice]:
    """The published versions that the choices name."""
    named = {
        (held.notice, held.notice_version)
        for event in events
        if (held := event.circumstance).notice and held.notice_version
    }
    for name, version in sorted(named):
        found = version_of(connection, name, version)
        if found is not None:
            notice, content_hash = found
            withdrawal = notice.withdrawal
            yield Notice(
                name=name,
                version=version,
                content_hash=content_hash,
                url=notice.url,
                withdrawal_words=withdrawal.words if withdrawal else {},
                withdrawal_channels=withdrawal.channels if withdrawal else (),
            )
