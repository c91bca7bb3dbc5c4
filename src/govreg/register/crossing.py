"""What one file of the register says of another: every name must be there.

Links and kept fields must name things that exist; an error names file, line and what is near.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace

from govreg.register.model import Collection, Field, Link, Minimum, Register, Source
from govreg.validation import suggestion
from govreg.yaml12 import Document, problem_at

_ANCHOR = re.compile(r"(?:financial_year_of|calendar_year_of|date_of)\((?P<field>[^()]+)\)")


def cross_check(register: Register, source: Source, document: Document) -> None:
    """Check everything that a source's file names elsewhere.

    Raises:
        ConfigurationProblem: with file, line, key and the way out.
    """
    for name, collection in source.collections.items():
        at = ("collections", name)
        for key in collection.key:
            _need(document, (*at, "key"), key, collection.fields, "field")
        for field in collection.fields.values():
            for activity in field.activities:
                place = (*at, "fields", field.name, "activities")
                _need(document, place, activity, register.activities, "activity")
            _check_protected(register, document, collection, field, (*at, "fields", field.name))
        for number, link in enumerate(collection.links):
            _check_link(register, document, collection, link, (*at, "links", number))
        for minimum in collection.minimums:
            _check_anchor(document, collection, minimum, (*at, "retention"))
            _check_minimum(register, document, collection, minimum, (*at, "retention"))


def _check_link(
    register: Register,
    document: Document,
    collection: Collection,
    link: Link,
    at: tuple[str | int, ...],
) -> None:
    for name in link.fields:
        _need(document, (*at, "fields"), name, collection.fields, "field")
    target = register.collection(link.to)
    if target is None:
        known = [held.ref for held in register.collections()]
        raise problem_at(
            document,
            (*at, "to"),
            f"there is no collection `{link.to}`",
            suggestion(link.to, known),
        )
    to_fields = link.to_fields or target.key
    if len(to_fields) != len(link.fields):
        raise problem_at(
            document,
            at,
            f"{len(link.fields)} fields cannot point at {len(to_fields)} of `{link.to}`",
            "name as many under `to_fields:`",
        )
    for name in to_fields:
        _need(document, (*at, "to_fields"), name, target.fields, "field")


def _check_protected(
    register: Register,
    document: Document,
    collection: Collection,
    field: Field,
    at: tuple[str | int, ...],
) -> None:
    """What is sealed can be neither a row's key nor followed by a link."""
    protect = field.protect
    if protect is None:
        return
    why = None
    if field.name in collection.key:
        why = "it is the key that rows are known by"
    elif not collection.key:
        why = "its rows have no key, so nothing in them can be changed"
    elif any(field.name in link.fields for link in collection.links):
        why = "a link leads over it"
    elif any(
        link.to == collection.ref and field.name in link.to_fields
        for held in register.collections()
        for link in held.links
    ):
        why = "a link of another collection leads to it"
    if why is not None:
        raise problem_at(document, (*at, "protect"), f"`{field.name}` cannot be sealed: {why}")
    if protect.index is None:
        return
    _need(document, (*at, "protect"), protect.index, collection.fields, "field")
    beside = collection.fields[protect.index]
    taken = [one.name for one in collection.fields.values() if one.protect]
    shared = [
        one.name
        for one in collection.fields.values()
        if one.protect and one.protect.index == protect.index
    ]
    if beside.personal or beside.name in {*taken, *collection.key} or len(shared) > 1:
        raise problem_at(
            document,
            (*at, "protect"),
            f"`{beside.name}` cannot hold the look-up values of `{field.name}`",
            "name a field of its own with `category: none`, which is no key and not sealed",
        )


def _check_anchor(
    document: Document, collection: Collection, minimum: Minimum, at: tuple[str | int, ...]
) -> None:
    match = _ANCHOR.fullmatch(minimum.anchor)
    if match is None:
        raise problem_at(
            document,
            (*at, "anchor"),
            "the anchor is not understood",
            "write `financial_year_of(FIELD)`, `calendar_year_of(FIELD)` or `date_of(FIELD)`",
        )
    _need(document, (*at, "anchor"), match["field"], collection.fields, "field")


def _check_minimum(
    register: Register,
    document: Document,
    collection: Collection,
    minimum: Minimum,
    at: tuple[str | int, ...],
) -> None:
    for named in minimum.fields:
        if named in collection.fields:
            continue
        target, _, field = named.rpartition(".")
        ref = target if "." in target else f"{collection.source}.{target}"
        held = register.collection(ref)
        linked = any(link.to == ref for link in collection.links)
        if held is None or not linked or field not in held.fields:
            raise problem_at(
                document,
                (*at, "fields"),
                f"`{named}` is no field here and none of a collection that this one links to",
                suggestion(named, sorted(collection.fields)),
            )


def _need(
    document: Document,
    at: tuple[str | int, ...],
    name: str,
    known: Mapping[str, object],
    what: str,
) -> None:
    if name not in known:
        raise problem_at(
            document, at, f"there is no {what} `{name}`", suggestion(name, sorted(known))
        )


def completed(register: Register) -> Register:
    """The register with each link's target fields filled in from the target's key."""

    def link_of(link: Link) -> Link:
        target = register.collection(link.to)
        return link if link.to_fields or target is None else replace(link, to_fields=target.key)

    return replace(
        register,
        sources={
            name: replace(
                source,
                collections={
                    key: replace(held, links=tuple(link_of(link) for link in held.links))
                    for key, held in source.collections.items()
                },
            )
            for name, source in register.sources.items()
        },
    )
