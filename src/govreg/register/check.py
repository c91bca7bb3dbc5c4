"""What a register leaves open by itself. Nothing here reads a source."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from govreg.register.catalogue import Fold
from govreg.register.countries import outside_eea
from govreg.register.finding import RegisterFinding
from govreg.register.model import Activity, Collection, LinkRole, Register


def check_register(register: Register, folds: Mapping[str, Fold]) -> tuple[RegisterFinding, ...]:
    """What is wrong with a register by itself.

    Args:
        register: As the files declare it.
        folds: How values of each known identifier kind are compared.
    """
    reached = _reached(register)
    found = [
        finding
        for collection in register.collections()
        for finding in (*_fields(collection, folds), *_whole(collection, reached))
    ]
    return (*found, *check_activities(register))


def _fields(collection: Collection, folds: Mapping[str, Fold]) -> Iterator[RegisterFinding]:
    for field in collection.fields.values():
        place = f"{collection.ref}.{field.name}"
        if field.category is None:
            yield RegisterFinding(
                code="unclassified_field",
                place=place,
                message="nobody has said what this field holds",
                way_out="write `category:`, with `none` for what is not personal data",
            )
        elif field.personal and not field.activities:
            yield RegisterFinding(
                code="field_without_activity",
                place=place,
                message="personal data that no processing activity uses",
                way_out="name activities under `activities:`; "
                "if there are none, the data has no ground to be held",
            )
        if field.identifier is not None and field.identifier not in folds:
            yield RegisterFinding(
                code="unknown_identifier_kind",
                place=place,
                message=f"there is no identifier kind `{field.identifier}`",
                way_out=f"known: {', '.join(sorted(folds))}",
            )


def _whole(collection: Collection, reached: frozenset[str]) -> Iterator[RegisterFinding]:
    if not collection.personal_fields:
        return
    if not collection.key:
        yield RegisterFinding(
            code="no_key",
            place=collection.ref,
            message="personal data in rows that no key tells apart: nothing here can be changed",
            way_out="name the fields that identify a row under `key:`",
        )
    if collection.ref not in reached:
        yield RegisterFinding(
            code="unreachable_collection",
            place=collection.ref,
            message="no search for a person ever arrives here",
            way_out="give a field its `identifier:`, or link the collection to one that has it",
        )


def _reached(register: Register) -> frozenset[str]:
    """The collections at which a search by identifiers arrives, as the search itself goes."""
    ways: dict[str, set[str]] = {collection.ref: set() for collection in register.collections()}
    for collection in register.collections():
        for link in collection.links:
            if link.role in {LinkRole.OWNS, LinkRole.SHARED}:
                ways[collection.ref].add(link.to)
            if link.role in {LinkRole.OWNS, LinkRole.MENTIONS}:
                ways.setdefault(link.to, set()).add(collection.ref)
    todo = [held.ref for held in register.collections() if held.identifier_fields]
    seen: set[str] = set()
    while todo:
        ref = todo.pop()
        if ref not in seen:
            seen.add(ref)
            todo += ways.get(ref, ())
    return frozenset(seen)


def check_activities(register: Register) -> tuple[RegisterFinding, ...]:
    """What activities leave unsaid that Art. 13-15 and 30 GDPR ask for."""
    used = {
        name
        for collection in register.collections()
        for field in collection.fields.values()
        for name in field.activities
    }
    found: list[RegisterFinding] = []
    for name, activity in register.activities.items():
        found += (
            RegisterFinding(
                code="activity_incomplete",
                place=f"activities.{name}",
                message=message,
                way_out=way_out,
            )
            for message, way_out in _blanks(activity)
        )
        if name not in used:
            found.append(
                RegisterFinding(
                    code="unused_activity",
                    place=f"activities.{name}",
                    message="no field is used for this activity",
                    way_out="name it under `activities:` of the fields, or remove its file",
                    severity="warning",
                )
            )
    return tuple(found)


def _blanks(activity: Activity) -> Iterator[tuple[str, str]]:
    if not _said(activity.retention):
        yield (
            "how long the data stays is not said",
            "write the period or the criteria under `retention:` (Art. 15(1)(d) GDPR)",
        )
    if not _said(activity.source_of_data):
        yield (
            "where the data comes from is not said",
            "write it under `source_of_data:` (Art. 15(1)(g) GDPR)",
        )
    if not activity.recipients and not activity.no_recipients:
        yield (
            "nobody is named who gets the data",
            "name them under `recipients:`, or write `no_recipients: true` (Art. 15(1)(c) GDPR)",
        )
    if activity.recipients and activity.no_recipients:
        yield (
            "recipients are named, and it is said that there are none",
            "take out `no_recipients:` or the recipients",
        )
    for recipient in activity.recipients:
        if outside_eea(recipient.country) and not _said(recipient.safeguard):
            yield (
                f"recipient `{recipient.name}` is in a third country and has no safeguard",
                "write the instrument under `safeguard:` (Art. 15(2) GDPR)",
            )


def _said(words: Mapping[str, str]) -> bool:
    return any(text.strip() for text in words.values())
