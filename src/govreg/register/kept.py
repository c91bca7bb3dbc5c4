"""Which fields the register keeps for the law: what minimums name, and what leads there."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from govreg.policy.diff_ends import KeptField
from govreg.register.model import Collection, Minimum, Register


def kept_fields(register: Register) -> tuple[KeptField, ...]:
    """Every field that a minimum keeps, linked ones and the fields of the links too."""
    found: dict[tuple[str, str], dict[str, list[str]]] = {}
    for collection in register.collections():
        for minimum in collection.minimums:
            for place in dict.fromkeys(_named(collection, minimum)):
                anchors = found.setdefault(place, {}).setdefault(minimum.rule, [])
                anchors.append(f"{collection.ref}, {minimum.anchor}")
    return tuple(_kept(register, place, rules) for place, rules in found.items())


def _kept(register: Register, place: tuple[str, str], rules: Mapping[str, list[str]]) -> KeptField:
    ref, name = place
    collection = register.collection(ref)
    field = collection.fields.get(name) if collection else None
    return KeptField(
        field=f"{ref}.{name}",
        activities=field.activities if field else (),
        rules=tuple(rules),
        anchors=tuple(" and ".join(each) for each in rules.values()),
    )


def _named(collection: Collection, minimum: Minimum) -> Iterator[tuple[str, str]]:
    """The fields of one minimum, by collection and name, as an erasure keeps them."""
    for named in minimum.fields:
        if named in collection.fields:
            yield collection.ref, named
            continue
        target, _, field = named.rpartition(".")
        ref = target if "." in target else f"{collection.source}.{target}"
        for link in collection.links:
            if link.to == ref:
                yield from ((collection.ref, name) for name in link.fields)
                yield from ((ref, name) for name in (field, *link.to_fields))
