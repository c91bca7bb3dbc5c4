"""How rows were found, which limits were hit and what was not searched, in words of a language.

A search speaks in codes and names out of the register; the sentences are in the word tables.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from govreg.gate.scope import Cap, CapCode, Step, StepCode
from govreg.reports.words import Words

_DETAIL = {"unsettled": "doubt", "no_identifier": "identifier"}
"""Codes whose detail is a list of codes, too, and of which group."""


def step_words(step: Step, words: Words) -> str:
    """One step with the collection that it led to."""
    return words(f"step.{step.code}", **_names(step, words))


def path_words(path: Sequence[Step], words: Words) -> str:
    """The whole way to a row."""
    return "; ".join(step_words(step, words) for step in path)


def found_by_words(steps: Sequence[Step], words: Words) -> str:
    """The ways in which one collection was searched, without its name."""
    return ", ".join(words(f"way.{step.code}", **_names(step, words)) for step in steps)


def cap_words(cap: Cap, words: Words) -> str:
    """A limit that was hit."""
    return words(
        f"cap.{cap.code}",
        number=words.number(cap.number),
        collection=cap.collection,
        kind=words.code("identifier", cap.kind),
        step=step_words(cap.step, words) if cap.step else "",
    )


def why_not_words(code: str, words: Words) -> str:
    """Why a place was not searched; what follows the colon is worded, too, where it is a code."""
    name, _, detail = code.partition(":")
    group = _DETAIL.get(name)
    if group is None or not detail:
        return words.code("not_searched", code)
    told = ", ".join(words.code(group, each) for each in detail.split(","))
    return f"{words.code('not_searched', name)} ({told})"


def cap_data(cap: Cap) -> dict[str, Any]:
    """A limit as plain data."""
    step = cap.step
    return {
        "code": str(cap.code),
        "number": cap.number,
        "collection": cap.collection,
        "kind": cap.kind,
        "step": step
        and {"code": str(step.code), "collection": step.collection, "through": step.through},
    }


def cap_of(held: Mapping[str, Any]) -> Cap:
    """The limit in plain data."""
    step = held["step"]
    return Cap(
        code=CapCode(held["code"]),
        number=held["number"],
        collection=held["collection"],
        kind=held["kind"],
        step=Step(**{**step, "code": StepCode(step["code"])}) if step else None,
    )


def _names(step: Step, words: Words) -> dict[str, str]:
    return {
        "collection": step.collection,
        "through": step.through,
        "kind": words.code("identifier", step.through),
    }
