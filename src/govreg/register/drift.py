"""Findings: what the register leaves open, and where a live source is no longer what it says.

- An error makes an answer or an erasure incomplete; a warning makes it slow or leaves a loose end.
- A finding carries names and the way out, never a value.
- Nothing here reads a source: the catalogue is passed in.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

from govreg.register.catalogue import Catalogue, CollectionFacts, Fold, ForeignKey
from govreg.register.model import Activity, Collection, LinkRole, Register, Source

EEA = frozenset(
    [
        "AT",
        "BE",
        "BG",
        "HR",
        "CY",
        "CZ",
        "DK",
        "EE",
        "FI",
        "FR",
        "DE",
        "GR",
        "HU",
        "IE",
        "IT",
        "LV",
        "LT",
        "LU",
        "MT",
        "NL",
        "PL",
        "PT",
        "RO",
        "SK",
        "SI",
        "ES",
        "SE",
        "IS",
        "LI",
        "NO",
    ]
)
"""The countries of the European Economic Area: no transfer under Chapter V GDPR."""

_INDEX = {
    Fold.EXACT: "an index on the column",
    Fold.CASE: "an index on the column in lower case, or a column that ignores case",
    Fold.COMPACT: "an index on the column without blanks and hyphens",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class RegisterFinding:
    """Something that is open, missing or no longer true."""

    code: str
    place: str
    """`source.collection.field`, as far as it goes, or `activities.NAME`."""
    message: str
    way_out: str
    severity: Literal["error", "warning"] = "error"


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
    if not activity.recipients:
        yield (
            "nobody is named who gets the data",
            "list processors and others under `recipients:` (Art. 15(1)(c) GDPR)",
        )
    for recipient in activity.recipients:
        outside = recipient.country is not None and recipient.country not in EEA
        if outside and not _said(recipient.safeguard):
            yield (
                f"recipient `{recipient.name}` is in a third country and has no safeguard",
                "write the instrument under `safeguard:` (Art. 15(2) GDPR)",
            )


def _said(words: Mapping[str, str]) -> bool:
    return any(text.strip() for text in words.values())


def compare(
    source: Source, catalogue: Catalogue, folds: Mapping[str, Fold]
) -> tuple[RegisterFinding, ...]:
    """Where a live source is not what the register says.

    Args:
        source: As registered.
        catalogue: What the live source says of itself.
        folds: How values of each known identifier kind are compared.
    """
    found: list[RegisterFinding] = []
    for name, code in catalogue.unreadable.items():
        found.append(
            RegisterFinding(
                code="unreadable_collection",
                place=f"{source.name}.{name}",
                message=f"it is there and cannot be read ({code})",
                way_out="give govreg's account the right to read it, or repair the file",
            )
        )
    found += (
        RegisterFinding(
            code="unregistered_collection",
            place=f"{source.name}.{name}",
            message="the source has it and the register does not",
            way_out=f"`govreg source discover {source.name}` proposes an entry",
        )
        for name in catalogue.collections
        if name not in source.collections
    )
    indexes = any(
        column.indexed
        for held in catalogue.collections.values()
        for column in held.columns.values()
    )
    for collection in source.collections.values():
        facts = catalogue.collections.get(collection.name)
        if facts is not None:
            found += _columns(collection, facts)
            found += _key(collection, facts)
            if indexes:  # a source that has none, such as a folder, is always read whole
                found += _lookups(collection, facts, folds)
        elif collection.name not in catalogue.unreadable:
            found.append(
                RegisterFinding(
                    code="missing_collection",
                    place=collection.ref,
                    message="the register has it and the source does not",
                    way_out="correct its name, or take it out of the file",
                )
            )
    return (*found, *_foreign_keys(source, catalogue), *_triggers(source, catalogue))


def _columns(collection: Collection, facts: CollectionFacts) -> Iterator[RegisterFinding]:
    nested = {name.partition(".")[0] for name in collection.fields}
    for name in facts.columns:
        if name not in collection.fields and name not in nested:
            yield RegisterFinding(
                code="unregistered_field",
                place=f"{collection.ref}.{name}",
                message="the source has it and the register does not",
                way_out=f"`govreg source discover {collection.source}` proposes an entry",
            )
    for name in collection.fields:
        if name not in facts.columns and name.partition(".")[0] not in facts.columns:
            yield RegisterFinding(
                code="missing_field",
                place=f"{collection.ref}.{name}",
                message="the register has it and the source does not",
                way_out="correct its name, or take it out of the file",
            )


def _key(collection: Collection, facts: CollectionFacts) -> Iterator[RegisterFinding]:
    if not collection.key or not facts.key:
        return
    unique = [set(names) for names in (facts.key, *facts.unique_sets)]
    unique += [{column.name} for column in facts.columns.values() if column.unique]
    if set(collection.key) not in unique:
        yield RegisterFinding(
            code="key_changed",
            place=collection.ref,
            message=f"the source does not say that `{', '.join(collection.key)}` is unique",
            way_out=f"the source's own key is `[{', '.join(facts.key)}]`",
        )


def _lookups(
    collection: Collection, facts: CollectionFacts, folds: Mapping[str, Fold]
) -> Iterator[RegisterFinding]:
    for field in collection.identifier_fields:
        column, fold = facts.columns.get(field.name), folds.get(field.identifier or "")
        if column is not None and fold is not None and fold not in column.indexed:
            yield RegisterFinding(
                code="unindexed_lookup",
                place=f"{collection.ref}.{field.name}",
                message="each search for a person reads the whole collection",
                way_out=f"add {_INDEX[fold]}",
                severity="warning",
            )


def _foreign_keys(source: Source, catalogue: Catalogue) -> Iterator[RegisterFinding]:
    for key in catalogue.foreign_keys:
        child = source.collections.get(key.collection)
        if key.to_collection not in source.collections:
            continue
        if child is None:
            # One that the catalogue lists is reported as unregistered already.
            if key.collection not in catalogue.collections:
                yield RegisterFinding(
                    code="unregistered_collection",
                    place=f"{source.name}.{key.collection}",
                    message=f"it links to `{key.to_collection}` and lies outside of the source",
                    way_out="extend the source's `config:` so that it is read, and register it",
                )
        elif not _declared(child, source.name, key):
            yield RegisterFinding(
                code="undeclared_foreign_key",
                place=f"{child.ref}.{'+'.join(key.fields)}",
                message=f"the source links it to `{key.to_collection}` and the register does not",
                way_out="add it under `links:` with its role",
            )


def _declared(child: Collection, source: str, key: ForeignKey) -> bool:
    wanted = set(zip(key.fields, key.to_fields, strict=False))
    return any(
        link.to == f"{source}.{key.to_collection}"
        and set(zip(link.fields, link.to_fields, strict=False)) == wanted
        for link in child.links
    )


def _triggers(source: Source, catalogue: Catalogue) -> Iterator[RegisterFinding]:
    for trigger in catalogue.triggers:
        held = source.collections.get(trigger.collection)
        if held is not None and trigger.name not in held.triggers_reviewed:
            yield RegisterFinding(
                code="unreviewed_trigger",
                place=f"{held.ref}.{trigger.name}",
                message=f"code of the source runs on {trigger.event} and nobody has read it",
                way_out="read it, then list it under `triggers_reviewed:`",
                severity="warning",
            )
