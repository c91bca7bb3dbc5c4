"""Conditions out of plain data, as rules are written.

{all: [...]}   {any: [...]}   {not: ...}   {fact: NAME, is: VALUE}

The value may also be another fact, `{fact: NAME}`, or a table of the pack, `{table: NAME}`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, cast

from govreg.condition.expression import (
    All,
    Any_,
    Compare,
    Expression,
    FactRef,
    Not,
    Op,
    Operand,
    TableRef,
    Value,
)


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
    return Compare(fact=fact, op=op, value=_operand(op, data[words[0]], (*path, words[0])))


_LISTS = frozenset({Op.IN, Op.NOT_IN})


def _operand(op: Op, value: Any, path: tuple[str | int, ...]) -> Operand:
    if isinstance(value, Mapping) and op not in {*_LISTS, Op.KNOWN}:
        return _reference(value, path)
    if op in _LISTS or (op is Op.UNDER and isinstance(value, list)):
        if not isinstance(value, list) or not value:
            raise NotACondition(path, f"`{op}` needs a list of values")
        for at, each in enumerate(value):
            if isinstance(each, list | Mapping) or each is None:
                raise NotACondition((*path, at), f"`{op}` needs a list of values")
        return tuple(value)
    if isinstance(value, list | Mapping) or value is None:
        raise NotACondition(path, f"`{op}` needs one value")
    if op is Op.KNOWN and not isinstance(value, bool):
        raise NotACondition(path, "`known` is true or false")
    return cast("Value", value)


def _reference(value: Mapping[str, Any], path: tuple[str | int, ...]) -> FactRef | TableRef:
    if len(value) == 1:
        ((word, name),) = value.items()
        if word in {"fact", "table"} and isinstance(name, str):
            return FactRef(name=name) if word == "fact" else TableRef(name=name)
    raise NotACondition(path, "a value that is looked up is `{fact: NAME}` or `{table: NAME}`")
