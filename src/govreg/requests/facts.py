"""What is known of a request, its person and the organisation, as facts for rules."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping

from govreg.errors import UsageProblem
from govreg.policy.assessment import PREFIX, Assessment
from govreg.policy.country import country_of
from govreg.policy.fact import Fact, FactKind
from govreg.policy.facts import FACTS
from govreg.requests.model import FactValue, SubjectRequest
from govreg.requests.parts import Parts
from govreg.requests.people import DECIDING, require
from govreg.settings import Settings

_PLACE = re.compile(r"[A-Z]{2}(-[A-Z0-9]{1,3})?")
PLACES = frozenset({"person.country", "person.state"})
_OURS = frozenset({"request.act", "request.law", "request.right", "request.verification"})


def known_facts(facts: Mapping[str, bool | str]) -> None:
    """Refuse what cannot be stated of a request.

    Raises:
        UsageProblem: naming the facts, or the values, that may be stated.
    """
    for name, value in facts.items():
        fact = FACTS.get(name)
        if fact is None or not statable_of_request(fact):
            names = ", ".join(
                sorted(one.name for one in FACTS.values() if statable_of_request(one))
            )
            raise UsageProblem(
                f"`{name}` is no fact that can be stated of a request", f"facts: {names}"
            )
        if not _fits(fact, value):
            raise UsageProblem(f"`{name}` cannot be that", f"write {_forms(fact)}")


def request_facts(parts: Parts, request: SubjectRequest, right: str) -> dict[str, object]:
    """The facts of a request; what is not known is left out."""
    return {
        "request.law": request.law,
        "request.right": right,
        "request.verification": str(request.verification),
        **organisation_facts(parts.settings),
        **{name: held for name, held in request.facts.items() if not _unsigned(name, held)},
    }


def stated(
    parts: Parts, facts: Mapping[str, bool | str], *, by: str, until: dt.date | None
) -> dict[str, FactValue]:
    """Facts as they are written down of a request: a judgement has an author and a validity.

    Args:
        parts: The engine's parts.
        facts: The facts.
        by: Who states them, and so makes the judgements among them.
        until: The last day on which the judgements hold.

    Raises:
        UsageProblem: a fact cannot be stated, or a judgement has no validity.
        Refused: a judgement by somebody who may not decide.
    """
    known_facts(facts)
    judged = [name for name in facts if name.startswith(PREFIX)]
    if not judged:
        return dict(facts)
    require(parts.settings, by, DECIDING, "make a judgement")
    on = parts.today()
    if until is None or until < on:
        raise UsageProblem(
            f"`{judged[0]}` is a judgement, and holds until a day that is said"
            + (", which has not passed" if until else ""),
            "`--valid-until YYYY-MM-DD`: from then on it must be made anew",
        )
    made = {n: Assessment(outcome=str(facts[n]), by=by, on=on, until=until) for n in judged}
    return {**facts, **made}


def _unsigned(name: str, held: FactValue) -> bool:
    """Whether it is a judgement without author and validity, as stores had before."""
    return name.startswith(PREFIX) and not isinstance(held, Assessment)


def organisation_facts(settings: Settings) -> dict[str, object]:
    """What the workspace says of the organisation; what it does not say is left out."""
    held = settings.organisation
    stated = {
        "organisation.country": settings.country,
        "organisation.kind": held.kind,
        "organisation.role": held.role,
        "organisation.hipaa_role": held.hipaa_role,
        "organisation.ccpa_business": held.ccpa_business,
        "organisation.eu_established": held.eu_established,
        "organisation.targets_eu": held.targets_eu,
    }
    return {name: value for name, value in stated.items() if value is not None}


def statable_of_request(fact: Fact) -> bool:
    """Whether a person may state it when a request is taken in or reviewed."""
    group = fact.name.partition(".")[0]
    if group not in {"person", "request", "assessment"} or fact.name in _OURS:
        return False
    named = fact.values is not None or fact.name in PLACES
    return fact.kind is FactKind.FLAG or (fact.kind is FactKind.TEXT and named)


def _fits(fact: Fact, value: bool | str) -> bool:  # noqa: FBT001 - a fact's value
    if fact.kind is FactKind.FLAG:
        return isinstance(value, bool)
    if fact.values is not None:
        return value in fact.values
    named = isinstance(value, str) and _PLACE.fullmatch(value) is not None
    return named and country_of(str(value)) is not None


def _forms(fact: Fact) -> str:
    if fact.kind is FactKind.FLAG:
        return "`yes` or `no`"
    if fact.values is not None:
        return " or ".join(f"`{value}`" for value in fact.values)
    return "a place such as `FI` or `US-CA`"
