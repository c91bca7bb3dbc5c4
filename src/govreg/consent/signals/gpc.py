"""Global Privacy Control: the request header `Sec-GPC`, and `/.well-known/gpc.json` both ways.

What is not exactly the signal is no signal: the specification allows no third answer. Source:
W3C, "Global Privacy Control (GPC)", draft of 3 April 2026.
"""

from __future__ import annotations

import datetime as dt
import json
import re
from collections.abc import Iterable
from dataclasses import dataclass

PATH = "/.well-known/gpc.json"
"""Where a site says whether it honours the signal."""

MEDIA_TYPE = "application/json"

_LONGEST = 1 << 20
_MOMENT = re.compile(
    r"\d{4}-\d\d-\d\d(?P<time>[Tt]\d\d:\d\d:\d\d(?:\.\d+)?(?:[Zz]|[+-]\d\d:\d\d))?", re.ASCII
)


@dataclass(frozen=True, slots=True, kw_only=True)
class GpcSupport:
    """What a site says about its support of the signal."""

    supported: bool | None
    """None: unknown."""
    last_update: dt.date | dt.datetime | None = None
    """When the site last changed its statement; a moment has a zone. None: unknown."""
    faults: tuple[str, ...] = ()
    """Why something is unknown: `too_long`, `not_json`, `not_an_object`, `gpc_not_boolean`,
    `bad_last_update`."""


def sec_gpc(values: Iterable[str]) -> bool:
    """Whether the values of a request's `Sec-GPC` headers carry the signal: one is exactly `1`."""
    return any(value.strip(" \t") == "1" for value in values)


def read_gpc_support(body: bytes | str) -> GpcSupport:
    """Read what stands at `/.well-known/gpc.json`; what it leaves unclear is unknown."""
    if len(body) > _LONGEST:
        return GpcSupport(supported=None, faults=("too_long",))
    try:
        held = json.loads(body)
    except (ValueError, RecursionError):
        return GpcSupport(supported=None, faults=("not_json",))
    if not isinstance(held, dict):
        return GpcSupport(supported=None, faults=("not_an_object",))
    supported, stated = held.get("gpc"), held.get("lastUpdate")
    faults = []
    if not isinstance(supported, bool):
        supported = None
        faults.append("gpc_not_boolean")
    last_update = _moment(stated)
    if stated is not None and last_update is None:
        faults.append("bad_last_update")
    return GpcSupport(supported=supported, last_update=last_update, faults=tuple(faults))


def write_gpc_support(*, supported: bool, last_update: dt.date | dt.datetime | None = None) -> str:
    """The body to serve at `/.well-known/gpc.json`.

    Raises:
        ValueError: `last_update` is a moment without a zone.
    """
    held: dict[str, object] = {"gpc": supported}
    if isinstance(last_update, dt.datetime) and last_update.tzinfo is None:
        raise ValueError("`last_update` needs a zone, or is a day")
    if last_update is not None:
        held["lastUpdate"] = last_update.isoformat()
    return json.dumps(held)


def _moment(stated: object) -> dt.date | dt.datetime | None:
    if not isinstance(stated, str) or not (form := _MOMENT.fullmatch(stated)):
        return None
    try:
        if form["time"] is None:
            return dt.date.fromisoformat(stated)
        return dt.datetime.fromisoformat(stated.upper())
    except ValueError:
        return None
