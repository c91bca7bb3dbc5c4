"""What a model finds wrong with a file, as sentences: the place, what is expected, the way out.

- A place is made of keys of the file; branches of a union are none.
- Of a union, the branch that came furthest is believed: a list with a faulty entry is no mapping.
- What stands in the file is never repeated.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from pydantic import BaseModel, ValidationError

Loc = tuple[str | int, ...]
"""Where something stands: keys and positions from the top."""

_EXTRA, _MISSING = "extra_forbidden", "missing"
_EXPECTED: Final[Mapping[str, str]] = {
    "string_type": "a text",
    "int_type": "a whole number",
    "int_parsing": "a whole number",
    "int_from_float": "a whole number",
    "float_type": "a number",
    "bool_type": "`true` or `false`",
    "bool_parsing": "`true` or `false`",
    "list_type": "a list such as `[a, b]`",
    "tuple_type": "a list such as `[a, b]`",
    "dict_type": "a mapping of keys to values",
    "model_type": "a mapping of keys to values",
    "model_attributes_type": "a mapping of keys to values",
    "date_type": "a date such as `2026-03-05`",
    "date_parsing": "a date such as `2026-03-05`",
    "date_from_datetime_parsing": "a date such as `2026-03-05`",
}
_FORMS: Final[Mapping[str, str]] = {
    "^[A-Z]{2}$": "write a country as two capital letters (ISO 3166), such as `FI`",
    "^[a-z][a-z0-9_-]*$": "write small letters, digits, `_` and `-`, a letter first",
    "^[A-Z]{2}(-[A-Za-z0-9]+)?$": "write a country, `FI`, or a state of one, `US-CA`",
    r"^P[1-9]\d{0,3}[YMD]$": "write years, months or days, such as `P6Y`, `P24M` or `P30D`",
    "^[0-9a-f]{64}$": "`govreg policy adopt` writes a rule's hash, 64 digits long",
    "^[a-z0-9.-]+(/[A-Za-z0-9._-]+)+$": "write host and path, such as `acme.example/register`",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Wrong:
    """One thing that is wrong."""

    place: Loc
    message: str
    way_out: str = ""


def wrongs(model: type[BaseModel], held: Any, problem: ValidationError) -> list[Wrong]:
    """Everything that is wrong with `held`, one entry for each place, in the model's order."""
    places: dict[Loc, list[Any]] = {}
    for error in problem.errors(include_input=False, include_url=False, include_context=False):
        place = _written(held, error["loc"], missing=error["type"] == _MISSING)
        places.setdefault(place, []).append(error)
    deeper = {place[:at] for place in places for at in range(len(place))}
    unknown = {
        place[:-1] for place, errors in places.items() if any(e["type"] == _EXTRA for e in errors)
    }
    return [
        _wrong(model, place, errors)
        for place, errors in places.items()
        if not (place in deeper and all(map(_expected, errors)))
        and not (place[:-1] in unknown and all(_of_a_branch(e, place) for e in errors))
    ]


def _of_a_branch(error: Any, place: Loc) -> bool:
    """Whether a key is missing only if the union was meant to be this branch."""
    return error["type"] == _MISSING and len(error["loc"]) > len(place)


def suggestion(word: str, known: Sequence[str]) -> str:
    """A near word as a question, or the known words when none is close."""
    close = difflib.get_close_matches(word, known, n=1)
    if close:
        return f"did you mean `{close[0]}`?"
    return f"known: {', '.join(known)}" if known else ""


def _wrong(model: type[BaseModel], place: Loc, errors: Sequence[Any]) -> Wrong:
    kinds = {error["type"] for error in errors}
    if kinds == {_EXTRA}:
        known = [name for error in errors for name in _keys_at(model, error["loc"][:-1])]
        hint = suggestion(str(place[-1]), list(dict.fromkeys(known)))
        return Wrong(place=place, message="there is no such key", way_out=hint)
    if _MISSING in kinds:
        return Wrong(place=place, message="this key is required", way_out="add it")
    errors = [error for error in errors if error["type"] != _EXTRA]  # another branch knows it
    expected = dict.fromkeys(filter(None, map(_expected, errors)))
    if expected:
        quotes = "put what YAML or TOML would read as something else in quotes"
        return Wrong(
            place=place,
            message=f"{' or '.join(expected)} is expected here",
            way_out=quotes if "a text" in expected else "",
        )
    return _other(place, errors[0])


def _expected(error: Any) -> str | None:
    if error["type"] in {"literal_error", "enum"}:
        words = str(error["msg"]).removeprefix("Input should be ")
        return re.sub(r"'([^']*)'", r"`\1`", words)
    return _EXPECTED.get(error["type"])


def _other(place: Loc, error: Any) -> Wrong:
    message = str(error["msg"]).removeprefix("Value error, ")
    pattern = re.search(r"match pattern '(.*)'$", message)
    if pattern:
        return Wrong(
            place=place,
            message="this is not of the form that is needed",
            way_out=_FORMS.get(pattern[1], f"its form is `{pattern[1]}`"),
        )
    message = message.replace("Input should be", "it must be").replace(" after validation", "")
    message = re.sub(r"^(String|List|Tuple|Dictionary) should have", "it must have", message)
    lead, _, rest = message.partition("; ")
    return Wrong(place=place, message=lead[:1].lower() + lead[1:], way_out=rest)


def _written(held: Any, loc: Loc, *, missing: bool) -> Loc:
    """The parts of pydantic's location that are keys of the file, not branches of a union.

    The last part of a missing key's place is a key, though the file does not hold it.
    """
    kept: list[str | int] = []
    for part in loc[:-1] if missing else loc:
        in_list = isinstance(held, list) and isinstance(part, int) and part < len(held)
        if in_list or (isinstance(held, dict) and part in held):
            kept.append(part)
            held = held[part]
    return (*kept, *loc[-1:]) if missing else tuple(kept)


def _keys_at(model: type[BaseModel], loc: Loc) -> list[str]:
    """The keys that a place allows, as far as the model tells."""
    current = [model]
    for part in loc:
        named = [held for held in current if held.__name__ == part]
        fields = [
            field
            for held in current
            for name, field in held.model_fields.items()
            if part in {name, field.alias}
        ]
        current = named or [m for field in fields for m in _models(field.annotation)] or current
    return [field.alias or name for held in current for name, field in held.model_fields.items()]


def _models(annotation: Any) -> list[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return [annotation]
    return [m for argument in getattr(annotation, "__args__", ()) for m in _models(argument)]
