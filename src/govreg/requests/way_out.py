"""Where a fact that nobody has stated can be stated: on the request, or in one of the files."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from govreg.policy.assessment import PREFIX
from govreg.policy.fact import FactKind
from govreg.policy.facts import FACTS
from govreg.register.stated import ACTIVITY, ITEM, statable
from govreg.requests.facts import PLACES, statable_of_request
from govreg.settings import OrganisationPart

ADOPT = "have the rule adopted by a named person: `govreg policy adopt`"
_REQUEST = "state what is known: "
_SOURCE, _ACTIVITY = (
    "in the source's file, under `facts`: ",
    "in the activity's file, under `facts`: ",
)
_SETTINGS = "in `govreg.toml`, under `[organisation]`: "
_USE = "name the field's `activities` in the source's file, for "
_NOBODY = "let a person judge "


def ways_to_state(missing: Sequence[str]) -> str:
    """How to state what is missing; where nothing is, an adoption is."""
    if not missing:
        return ADOPT
    places: dict[str, list[str]] = defaultdict(list)
    for name in dict.fromkeys(missing):
        place, text = _way(name)
        places[place].append(f"`{text}`")
    if any(name.startswith(PREFIX) for name in missing):
        places[_REQUEST].append("`--valid-until DAY`")
    return "; ".join(place + ", ".join(texts) for place, texts in places.items())


def _way(name: str) -> tuple[str, str]:
    """Where a fact is stated, and what is written there."""
    group, _, short = name.partition(".")
    fact = FACTS.get(name)
    if fact is None:
        return _NOBODY, name
    if statable_of_request(fact):
        return _REQUEST, f"--fact {name}={_values(name, 'yes|no')}"
    if group == "organisation" and short in OrganisationPart.model_fields:
        return _SETTINGS, f"{short} = {_values(name, 'true|false')}"
    for files, place in ((ITEM, _SOURCE), (ACTIVITY, _ACTIVITY)):
        if group == files and short in statable(files):
            return place, f"{short}: {_values(name, 'true|false')}"
    return (_USE if group == ACTIVITY else _NOBODY), name


def _values(name: str, flag: str) -> str:
    fact = FACTS[name]
    if fact.kind is FactKind.FLAG:
        return flag
    return "PLACE" if name in PLACES else "|".join(fact.values or ())
