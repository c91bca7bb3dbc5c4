"""What the register states of items and activities beyond its own words, for laws that ask.

A hospital says which collections are a designated record set; a shop says which field a loyalty
programme needs. The words are the facts of rules, without their group.
"""

from __future__ import annotations

from collections.abc import Mapping

from govreg.policy.fact import Fact, FactKind
from govreg.policy.facts import FACTS
from govreg.validation import suggestion

Stated = Mapping[str, bool | str]

ITEM, ACTIVITY = "item", "activity"
_SAID_OTHERWISE = frozenset(
    {
        *("item.source", "item.collection", "item.field", "item.category", "item.origin"),
        *("item.level", "item.record_class", "item.secret", "item.about_other"),
        *("item.privileged", "item.free_text", "item.reviewed", "item.shared"),
        *("item.minimum_passed", "item.maximum_passed", "item.limit_passed", "item.hold"),
        *("activity.basis", "activity.direct_marketing", "activity.ended"),
        *("activity.unlawful", "activity.erasure_duty"),
    }
)
"""What the register has keys of its own for, and what is true of a row and not of its kind."""


def statable(group: str) -> dict[str, Fact]:
    """The facts of a group that can be stated, by their names without it."""
    return {
        fact.name.partition(".")[2]: fact
        for fact in FACTS.values()
        if fact.name.partition(".")[0] == group
        and fact.name not in _SAID_OTHERWISE
        and (fact.kind is FactKind.FLAG or (fact.kind is FactKind.TEXT and fact.values))
    }


def checked(stated: Stated, group: str) -> Stated:
    """The facts as written.

    Raises:
        ValueError: one is not known, or cannot have that value.
    """
    known = statable(group)
    for name, value in stated.items():
        fact = known.get(name)
        if fact is None:
            near = suggestion(name, sorted(known))
            raise ValueError(f"there is no fact `{name}` to state here; {near}")
        if fact.kind is FactKind.FLAG and not isinstance(value, bool):
            raise ValueError(f"`{name}` is `true` or `false`")
        if fact.values and value not in fact.values:
            raise ValueError(f"`{name}` is one of {', '.join(fact.values)}")
    return stated


def as_facts(stated: Stated, group: str) -> dict[str, object]:
    """Stated facts under their full names."""
    return {f"{group}.{name}": value for name, value in stated.items()}
