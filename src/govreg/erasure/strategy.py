"""How a value is made to go while its row stays: the new value of each field.

A strategy that the column cannot take raises nothing here: preflight reads the same facts and
stops the plan with the reason.
"""

from __future__ import annotations

import datetime as dt
import re
import secrets
from collections.abc import Callable
from typing import Any

from govreg.register.model import Field, OnErase, Strategy

_ISO = re.compile(r"^\d{4}-\d{2}-\d{2}")
_UNIQUE = "{unique}"

SET_NULL = OnErase()


def strategy_of(field: Field) -> OnErase:
    """The field's strategy; nothing declared means null."""
    return field.on_erase or SET_NULL


def new_value(field: Field, old: Any, pseudonym: Callable[[Any], str]) -> Any:
    """The value that replaces `old`.

    Args:
        field: The field and its strategy.
        old: The present value; a missing value stays missing.
        pseudonym: Makes a keyed, linkable stand-in.
    """
    if old is None:
        return None
    chosen = strategy_of(field)
    match chosen.strategy:
        case Strategy.SET_NULL:
            return None
        case Strategy.CONSTANT:
            return (chosen.constant or "").replace(_UNIQUE, secrets.token_hex(8))
        case Strategy.PSEUDONYM:
            return pseudonym(old)
        case Strategy.GENERALISE_DATE:
            return generalised(old, chosen.keep)


def generalised(old: Any, keep: str) -> Any:
    """The first day of a date's year, or of its month; None for what is no date."""
    if isinstance(old, dt.datetime):
        first = old.replace(day=1, hour=0, minute=0, second=0, microsecond=0)
        return first if keep == "month" else first.replace(month=1)
    if isinstance(old, dt.date):
        return old.replace(day=1) if keep == "month" else old.replace(month=1, day=1)
    if isinstance(old, str) and _ISO.match(old):
        return f"{old[:7]}-01" if keep == "month" else f"{old[:4]}-01-01"
    return None


def makes_unique(chosen: OnErase) -> bool:
    """Whether a strategy gives each row a value of its own."""
    return chosen.strategy is Strategy.PSEUDONYM or _UNIQUE in (chosen.constant or "")
