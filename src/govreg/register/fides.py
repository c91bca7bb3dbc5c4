"""Read Fides Dataset YAML as proposals for source files.

- Collections, fields (nested ones dotted), primary keys, identities, references and data
  categories are carried over.
- Of several categories the one that asks for most care is taken; the others are noted.
- Whatever has no place in a source file is named in a note.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from govreg.errors import ConfigurationProblem
from govreg.register.model import LinkRole, Origin
from govreg.register.proposal import (
    CollectionProposal,
    FieldProposal,
    LinkProposal,
    SourceProposal,
)
from govreg.register.taxonomy import NOT_PERSONAL, is_known, matches, special
from govreg.yaml12 import plain, read

_DEEPEST = 20
_IDENTITIES: Mapping[str, str] = {
    "email": "email",
    "phone_number": "phone",
    "phone": "phone",
    "user_id": "customer_id",
    "customer_id": "customer_id",
    "external_id": "customer_id",
    "fides_user_device_id": "device_id",
    "device_id": "device_id",
}
_CATEGORY_OF: Mapping[str, str] = {
    "email": "user.contact.email",
    "phone": "user.contact.phone_number",
    "customer_id": "user.unique_id",
    "device_id": "user.device.device_id",
}
_METAS = ("fides_meta", "fidesops_meta")


@dataclass(frozen=True, slots=True)
class _Reference:
    """A reference as written: where it stands and where it points."""

    dataset: str
    collection: str
    field: str
    to_dataset: str
    to: str
    direction: str | None


@dataclass(slots=True)
class _Reading:
    """What is gathered while a file is read."""

    notes: list[str] = field(default_factory=list)
    dropped: dict[str, list[str]] = field(default_factory=dict)
    references: list[_Reference] = field(default_factory=list)
    keys: dict[tuple[str, str], list[str]] = field(default_factory=dict)

    def drop(self, keys: Mapping[str, Any], known: Sequence[str], place: str) -> None:
        """Remember keys that have no place here."""
        for key in keys:
            if key not in known:
                self.dropped.setdefault(key, []).append(place)

    def all_notes(self) -> tuple[str, ...]:
        """Every note, each once."""
        lost = [
            f"`{key}` is not carried over: {', '.join(places)}"
            for key, places in self.dropped.items()
        ]
        return tuple(dict.fromkeys([*self.notes, *lost]))


def read_fides(path: Path) -> tuple[tuple[SourceProposal, ...], tuple[str, ...]]:
    """The sources of a Fides Dataset file, and notes on what could not be mapped.

    Raises:
        ConfigurationProblem: the file is no list of datasets under `dataset:`.
    """
    try:
        document = plain(read(path).data)
    except RecursionError:
        raise ConfigurationProblem("an alias in it leads back to itself", file=path) from None
    datasets = document.get("dataset")
    if isinstance(datasets, Mapping):
        datasets = [datasets]
    if not isinstance(datasets, list):
        raise ConfigurationProblem(
            "no Fides datasets are here", "they stand in a list under `dataset:`", file=path
        )
    reading = _Reading()
    reading.drop(document, ("dataset",), path.name)
    sources: dict[str, SourceProposal] = {}
    for number, written in enumerate(datasets, 1):
        source = _source(written, f"dataset {number}", reading)
        if source is None:
            continue
        if source.name in sources:
            reading.notes.append(f"a second dataset `{source.name}` was left out")
            continue
        sources[source.name] = source
    linked = _linked(sources, reading)
    return tuple(linked.values()), reading.all_notes()


def _source(written: Any, place: str, reading: _Reading) -> SourceProposal | None:
    if not isinstance(written, Mapping) or not isinstance(written.get("fides_key"), str):
        reading.notes.append(f"{place} has no `fides_key` and was left out")
        return None
    key = written["fides_key"]
    name = _name(key)
    if name != key:
        reading.notes.append(f"dataset `{key}` is called `{name}` here")
    known = ("fides_key", "name", "description", "collections", "data_categories")
    reading.drop(written, known, name)
    if written.get("data_categories"):
        reading.notes.append(f"categories of the whole dataset `{name}` are not carried over")
    collections: dict[str, CollectionProposal] = {}
    for held in _mappings(written.get("collections"), name, reading):
        collection = _collection(held, name, reading)
        if collection.name in collections:
            reading.notes.append(f"a second `{name}.{collection.name}` was left out")
            continue
        collections[collection.name] = collection
    return SourceProposal(
        name=name,
        title=str(written.get("name") or key),
        reason=str(written.get("description") or "imported from a Fides dataset"),
        collections=tuple(collections.values()),
    )


def _name(key: str) -> str:
    name = re.sub(r"[^a-z0-9_-]+", "_", key.lower()).strip("_-")
    return name if re.match(r"[a-z]", name) else f"source_{name}".rstrip("_")


def _mappings(held: Any, place: str, reading: _Reading) -> Iterator[Mapping[str, Any]]:
    """The named entries of a list; others are noted."""
    if held is None:
        return
    for number, entry in enumerate(held if isinstance(held, list) else [held], 1):
        if isinstance(entry, Mapping) and isinstance(entry.get("name"), str | int):
            yield entry
        else:
            reading.notes.append(f"entry {number} of `{place}` has no name and was left out")


def _collection(written: Mapping[str, Any], source: str, reading: _Reading) -> CollectionProposal:
    name = str(written["name"])
    place = f"{source}.{name}"
    reading.drop(written, ("name", "description", "fields", "data_categories", *_METAS), place)
    reading.drop(_meta(written), (), place)
    fields: dict[str, FieldProposal] = {}
    for found in _fields(written.get("fields"), (source, name), "", reading, 0):
        if found.name in fields:
            reading.notes.append(f"a second `{place}.{found.name}` was left out")
        else:
            fields[found.name] = found
    if written.get("data_categories"):
        reading.notes.append(f"categories of the whole collection `{place}` are not carried over")
    return CollectionProposal(
        name=name,
        key=tuple(reading.keys.get((source, name), ())),
        reason=str(written.get("description") or "imported"),
        fields=tuple(fields.values()),
    )


def _fields(
    held: Any, at: tuple[str, str], prefix: str, reading: _Reading, depth: int
) -> Iterator[FieldProposal]:
    place = f"{'.'.join(at)}.{prefix}".rstrip(".")
    if depth > _DEEPEST:
        reading.notes.append(f"what lies deeper than {_DEEPEST} levels in `{place}` was left out")
        return
    for written in _mappings(held, place, reading):
        name = f"{prefix}{written['name']}"
        inner = written.get("fields")
        if inner:
            if written.get("data_categories"):
                reading.notes.append(
                    f"categories of `{'.'.join(at)}.{name}` are left to the fields inside it"
                )
            yield from _fields(inner, at, f"{name}.", reading, depth + 1)
        else:
            yield _field(written, name, at, reading)


def _field(
    written: Mapping[str, Any], name: str, at: tuple[str, str], reading: _Reading
) -> FieldProposal:
    place = f"{'.'.join(at)}.{name}"
    meta = _meta(written)
    reading.drop(written, ("name", "description", "fields", "data_categories", *_METAS), place)
    reading.drop(meta, ("primary_key", "identity", "references", "data_type"), place)
    if meta.get("primary_key") is True:
        reading.keys.setdefault(at, []).append(name)
    identifier = None
    if meta.get("identity") is not None:
        identifier = _IDENTITIES.get(str(meta["identity"]))
        if identifier is None:
            reading.notes.append(f"`{place}` has an identity of an unknown kind")
    for reference in _listed(meta.get("references")):
        _refer(reference, name, at, reading)
    category, why = _category(written.get("data_categories"), place, reading)
    if category is None and identifier is not None:
        category, why = _CATEGORY_OF[identifier], "imported: its identity"
    kind = f", {meta['data_type']}" if meta.get("data_type") else ""
    told = f"; {written['description']}" if written.get("description") else ""
    return FieldProposal(
        name=name,
        category=category,
        identifier=identifier,
        origin=Origin.DERIVED if matches(category, "user.unique_id") else Origin.PROVIDED,
        free_text=matches(category, "user.content") and category != "user.content.self_image",
        reason=f"{why}{kind}{told}",
    )


def _meta(written: Mapping[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name in _METAS:
        held = written.get(name)
        if isinstance(held, Mapping):
            found |= held
    return found


def _listed(held: Any) -> list[Any]:
    if held is None:
        return []
    return held if isinstance(held, list) else [held]


def _category(held: Any, place: str, reading: _Reading) -> tuple[str | None, str]:
    """The category that asks for most care, and why it stands there."""
    known: list[str] = []
    for written in map(str, _listed(held)):
        near = _nearest(written)
        if near is None:
            reading.notes.append(f"`{place}`: category `{written}` is not known here")
            continue
        if near != written:
            reading.notes.append(f"`{place}`: category `{written}` became `{near}`")
        known.append(near)
    if not known:
        return None, "imported without a category that is known here"
    first = max(known, key=lambda c: (matches(c, "user"), special(c), c.count(".")))
    rest = [category for category in known if category != first]
    if rest:
        reading.notes.append(f"`{place}`: `{first}` was taken, not {', '.join(rest)}")
    if matches(first, "system"):
        return NOT_PERSONAL, f"imported as {first}, which is not about a person"
    return first, "imported"


def _nearest(category: str) -> str | None:
    """The category itself, or the closest one above it that is known."""
    parts = category.split(".")
    for length in range(len(parts), 0, -1):
        if is_known(".".join(parts[:length])):
            return ".".join(parts[:length])
    return None


def _refer(written: Any, name: str, at: tuple[str, str], reading: _Reading) -> None:
    place = f"{'.'.join(at)}.{name}"
    held = written if isinstance(written, Mapping) else {}
    dataset, to = held.get("dataset"), held.get("field")
    if not isinstance(dataset, str) or not isinstance(to, str) or "." not in to:
        reading.notes.append(f"a reference of `{place}` cannot be read")
        return
    reading.drop(held, ("dataset", "field", "direction"), f"a reference of {place}")
    direction = held.get("direction")
    reading.references.append(
        _Reference(
            *at, name, _name(dataset), to, direction if direction in {"from", "to"} else None
        )
    )


def _linked(
    sources: Mapping[str, SourceProposal], reading: _Reading
) -> Mapping[str, SourceProposal]:
    """The sources with a link for each reference."""
    links: dict[tuple[str, str], list[LinkProposal]] = {}
    for reference in reading.references:
        found = _link(reference, sources, reading)
        if found is not None:
            at, link = found
            held = links.setdefault(at, [])
            if not any((link.fields, link.to) == (one.fields, one.to) for one in held):
                held.append(link)
    return {
        name: replace(
            source,
            collections=tuple(
                replace(one, links=tuple(links.get((name, one.name), ())))
                for one in source.collections
            ),
        )
        for name, source in sources.items()
    }


def _link(
    reference: _Reference, sources: Mapping[str, SourceProposal], reading: _Reading
) -> tuple[tuple[str, str], LinkProposal] | None:
    """A reference as a link of the collection whose rows belong to the other's."""
    here = (reference.dataset, reference.collection)
    place = f"{'.'.join(here)}.{reference.field}"
    collection, _, name = reference.to.partition(".")
    target = _held(sources, reference.to_dataset, collection)
    if target is None or name not in {one.name for one in target.fields}:
        reading.notes.append(f"`{place}` refers to what is not in this file")
        return None
    there = (reference.to_dataset, collection)
    own_key = reading.keys.get(here) == [reference.field]
    if reference.direction == "to" and own_key and reading.keys.get(there) != [name]:
        child, fields, parent, to_fields = there, name, here, reference.field
        role = LinkRole.OWNS
    else:
        child, fields, parent, to_fields = here, reference.field, there, name
        personal = any(matches(one.category, "user") for one in target.fields)
        onward = LinkRole.SHARED if personal else LinkRole.LOOKUP
        role = onward if reference.direction == "to" else LinkRole.OWNS
    if reference.direction is None:
        reading.notes.append(f"`{place}` has a reference without direction: confirm its role")
    to = parent[1] if parent[0] == child[0] else ".".join(parent)
    return child, LinkProposal(
        fields=(fields,),
        to=to,
        to_fields=(to_fields,),
        role=role,
        inferred=reference.direction is None,
        reason=f"imported reference, direction {reference.direction or 'not said'}",
    )


def _held(
    sources: Mapping[str, SourceProposal], source: str, collection: str
) -> CollectionProposal | None:
    found = sources.get(source)
    if found is None:
        return None
    return next((one for one in found.collections if one.name == collection), None)
