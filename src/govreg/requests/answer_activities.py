"""The activities of an access answer: purposes, recipients, transfers (Art. 15(1)(a)-(h) GDPR).

What the register leaves blank is a missing item.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from govreg.gate.read import Told, held_fields
from govreg.register.countries import outside_eea
from govreg.register.model import Activity, Register
from govreg.reports.access_document import ActivityNote, AutomatedDecision, MissingItem, Transfer
from govreg.reports.document import Recipient


def used_activities(register: Register, told: Mapping[str, tuple[Told, ...]]) -> list[Activity]:
    """The activities for which data about the person is held, by name."""
    names: dict[str, None] = {}
    for ref, rows in told.items():
        collection = register.collection(ref)
        if collection is None:
            continue
        for name in held_fields(collection, rows):
            names |= dict.fromkeys(collection.fields[name].activities)
    return [register.activities[name] for name in sorted(names) if name in register.activities]


def activity_note(
    register: Register, activity: Activity, told: Mapping[str, tuple[Told, ...]]
) -> ActivityNote:
    """What Art. 15(1) asks to tell of an activity."""
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
        no_recipients=activity.no_recipients,
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


def transfers(used: Sequence[Activity]) -> Iterator[Transfer]:
    """Where data goes to a third country, once for each recipient (Art. 15(2) GDPR)."""
    seen: set[tuple[str, str]] = set()
    for activity in used:
        for recipient in activity.recipients:
            country = recipient.country
            if country is None or not outside_eea(country) or (recipient.name, country) in seen:
                continue
            seen.add((recipient.name, country))
            yield Transfer(
                recipient=recipient.name,
                country=country,
                safeguard=recipient.safeguard,
                copy_from=recipient.contact,
            )


def missing_items(used: Sequence[Activity]) -> Iterator[MissingItem]:
    """What the register owes the person and does not say."""
    for activity in used:
        if not activity.purpose:
            yield MissingItem(item="15.1.a", where=activity.name)
        if not activity.recipients and not activity.no_recipients:
            yield MissingItem(item="15.1.c", where=activity.name)
        if not activity.retention:
            yield MissingItem(item="15.1.d", where=activity.name)
        if not activity.source_of_data:
            yield MissingItem(item="15.1.g", where=activity.name)
        for recipient in activity.recipients:
            if outside_eea(recipient.country) and not recipient.safeguard:
                yield MissingItem(item="15.2", where=f"{activity.name}: {recipient.name}")
