"""What a table of a pack says of each row's fact, as few branches as the table allows.

Keys that mean the same are one branch, and a key that means what it would mean without its row is
none: a table of fifty categories that is asked one question has two or three branches.
"""

from __future__ import annotations

from collections.abc import Callable

from govreg.bulk.extra import Column, library
from govreg.condition.expression import Lookup, Value

Meaning = Callable[[Value | None], Value | None]
"""What a table's value is taken for, and what it is taken for that there is none."""


def looked_up(table: Lookup, held: Column | None, meaning: Meaning, kind: str) -> Column | None:
    """The meaning of the table's value for each row; None where it is not known in any.

    Args:
        table: The table.
        held: The column of the fact that the table is asked by; None where it is not known at all.
        meaning: What each of its values is taken for; null is what is not known.
        kind: The type of what it means, in the library's words.
    """
    ibis = library()

    def value(meant: Value | None) -> Column:
        return ibis.null(kind) if meant is None else ibis.literal(meant, kind)

    absent, default = meaning(None), meaning(table.default)
    if held is None or not held.type().is_string():
        return None if absent is None else value(absent)
    branches = [] if _same(absent, default) else [(held.isnull(), value(absent))]
    branches += (
        (_at(held, keys, dotted=table.dotted), value(meant))
        for meant, keys in _grouped(table, meaning, default)
    )
    if branches:
        return ibis.cases(*branches, else_=value(default))
    return None if default is None else value(default)


def _grouped(
    table: Lookup, meaning: Meaning, default: Value | None
) -> list[tuple[Value | None, list[str]]]:
    """Keys by what they mean, deeper ones first, so that the closest category counts."""
    meant = {key: meaning(value) for key, value in table.rows}

    def without(key: str) -> Value | None:
        """What the key would mean if it had no row."""
        while table.dotted and "." in key:
            key = key.rpartition(".")[0]
            if key in meant:
                return meant[key]
        return default

    groups: dict[tuple[int, type, Value | None], list[str]] = {}
    for key, means in meant.items():
        if not _same(means, without(key)):
            depth = key.count(".") if table.dotted else 0
            groups.setdefault((-depth, type(means), means), []).append(key)
    ordered = sorted(groups.items(), key=lambda group: group[0][0])
    return [(means, keys) for (_, _, means), keys in ordered]


def _same(one: Value | None, other: Value | None) -> bool:
    return type(one) is type(other) and one == other


def _at(held: Column, keys: list[str], *, dotted: bool) -> Column:
    """Whether the column holds one of the keys or, of dotted ones, something below."""
    found = held.isin(keys)
    if dotted:
        for key in keys:
            found = found | held.startswith(f"{key}.")
    return found
