"""What a withdrawal or an objection changes: read off the register, before and after it.

Pure over the register. What lies in the sources is found by a request; this says what to look for.
"""

from __future__ import annotations

from collections.abc import Container, Iterator, Mapping
from dataclasses import dataclass

from govreg.consent.model import EVERYTHING
from govreg.register.model import Activity, Collection, Field, Register


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldImpact:
    """A field that an activity uses."""

    collection: str
    field: str
    left: tuple[str, ...]
    """Other activities that still use it; without any it has lost its basis."""
    kept_by: tuple[str, ...]
    """Statutory minimums that keep it all the same."""

    @property
    def due(self) -> bool:
        """Whether nothing is left for which it may stay (Art. 17(1)(b) GDPR)."""
        return not self.left and not self.kept_by


@dataclass(frozen=True, slots=True, kw_only=True)
class Impact:
    """What changes."""

    activities: tuple[str, ...]
    """Those that lose their basis for the person."""
    fields: tuple[FieldImpact, ...]
    recipients: tuple[str, ...]
    """Who got the data for it, and must be told (CJEU C-129/21, Art. 19 GDPR)."""
    suppress: tuple[str, ...]
    """Scopes under which the person goes on the suppression list."""

    @property
    def due(self) -> tuple[FieldImpact, ...]:
        """The fields that become due for erasure."""
        return tuple(one for one in self.fields if one.due)


def impact_of(register: Register, activity: str, *, ending: Container[str] = ()) -> Impact:
    """What changes when a person withdraws consent to an activity, or objects to it.

    Args:
        register: The one in force.
        activity: Its name, or `*` for every activity that rests on consent or is marketing.
        ending: Rules that `retention:` may name and that keep nothing: maximums.
    """
    ends = tuple(one for one in register.activities.values() if _ends(one, activity))
    names = frozenset(one.name for one in ends)
    recipients = dict.fromkeys(r.name for one in ends for r in one.recipients)
    return Impact(
        activities=tuple(sorted(names)),
        fields=tuple(_fields(register, names, ending)),
        recipients=tuple(recipients),
        suppress=tuple(sorted(one.name for one in ends if one.direct_marketing)),
    )


def _ends(one: Activity, activity: str) -> bool:
    if activity != EVERYTHING:
        return one.name == activity
    return one.basis in {"gdpr.6.1.a", "gdpr.9.2.a"} or one.direct_marketing


def _fields(
    register: Register, names: frozenset[str], ending: Container[str]
) -> Iterator[FieldImpact]:
    minimums = _minimums(register, ending)
    for collection in register.collections():
        for held in collection.personal_fields:
            if names.isdisjoint(held.activities):
                continue
            yield FieldImpact(
                collection=collection.ref,
                field=held.name,
                left=tuple(_left(register, held, names)),
                kept_by=minimums.get((collection.ref, held.name), ()),
            )


def _left(register: Register, held: Field, names: frozenset[str]) -> Iterator[str]:
    for name in held.activities:
        other = register.activities.get(name)
        if name not in names and other is not None and not other.ended:
            yield name


def _minimums(
    register: Register, ending: Container[str]
) -> Mapping[tuple[str, str], tuple[str, ...]]:
    """The rules that keep each field, by collection and field."""
    held: dict[tuple[str, str], tuple[str, ...]] = {}
    for collection in register.collections():
        for minimum in collection.minimums:
            for name in minimum.fields if minimum.rule not in ending else ():
                place = _place(register, collection, name)
                held[place] = (*held.get(place, ()), minimum.rule)
    return held


def _place(register: Register, collection: Collection, name: str) -> tuple[str, str]:
    """A minimum names a field of its own collection, or `collection.field` of another."""
    if name in collection.fields:
        return collection.ref, name
    other, _, field = name.rpartition(".")
    if register.collection(other) is not None:
        return other, field
    return f"{collection.source}.{other}", field
