"""Conditions out of plain data, as rules are written.

{all: [...]}   {any: [...]}   {not: ...}   {fact: NAME, is: VALUE}
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from govreg.condition.expression import All, Any_, Compare, Expression, Not, Op


class NotACondition(ValueError):
    """The data are no condition; says where and what is expected."""

    def __init__(self, path: tuple[str | int, ...], message: str) -> None:
        super().__init__(message)
        self.path = path


def parse(data: Any, path: tuple[str | int, ...] = ()) -> Expression:
    """The condition that the data describe.

    Raises:
        NotACondition: with the place inside the data.
    """
    if not isinstance(data, Mapping) or not data:
        raise NotACondition(path, "a condition is `all:`, `any:`, `not:` or `fact:`")
    if "fact" in data:
        return _compare(data, path)
    if len(data) != 1:
        raise NotACondition(path, "a condition has one of `all`, `any`, `not`, `fact`")
    ((word, inner),) = data.items()
    if word == "not":
        return Not(part=parse(inner, (*path, "not")))
    if word not in {"all", "any"}:
        raise NotACondition(path, f"`{word}` is none of `all`, `any`, `not`, `fact`")
    if not isinstance(inner, list) or not inner:
        raise NotACondition((*path, word), f"`{word}` needs at least one condition")
    parts = tuple(parse(part, (*path, word, at)) for at, part in enumerate(inner))
    return All(parts=parts) if word == "all" else Any_(parts=parts)


def _compare(data: Mapping[str, Any], path: tuple[str | int, ...]) -> Compare:
    fact = data["fact"]
    words = [word for word in data if word != "fact"]
    if not isinstance(fact, str) or len(words) != 1:
        raise NotACondition(path, "a comparison is `{fact: NAME, OPERATOR: VALUE}`")
    try:
        op = Op(words[0])
    except ValueError:
        known = ", ".join(Op)
        raise NotACondition((*path, words[0]), f"operators are: {known}") from None
    value = data[words[0]]
    if op in {Op.IN, Op.NOT_IN}:
        if not isinstance(value, list) or not value:
            raise NotACondition((*path, words[0]), f"`{op}` needs a list of values")
        for at, each in enumerate(value):
            if isinstance(each, list | Mapping) or each is None:
                raise NotACondition((*path, words[0], at), f"`{op}` needs a list of values")
        return Compare(fact=fact, op=op, value=tuple(value))
    if isinstance(value, list | Mapping) or value is None:
        raise NotACondition((*path, words[0]), f"`{op}` needs one value")
    if op is Op.KNOWN and not isinstance(value, bool):
        raise NotACondition((*path, words[0]), "`known` is true or false")
    return Compare(fact=fact, op=op, value=value)
