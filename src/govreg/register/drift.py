"""Where a live source is no longer what the register says of it.

Nothing here reads a source: the catalogue is passed in.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from govreg.register.catalogue import Catalogue, CollectionFacts, Fold, ForeignKey
from govreg.register.finding import RegisterFinding
from govreg.register.model import Collection, Source

_INDEX = {
    Fold.EXACT: "an index on the column",
    Fold.CASE: "an index on the column in lower case, or a column that ignores case",
    Fold.COMPACT: "an index on the column without blanks and hyphens",
}


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
