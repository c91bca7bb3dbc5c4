"""Does this consent count? Judged by the rules of its law, with what is amiss in words.

- Consent that does not count is recorded all the same: the ledger says what happened.
- What is not known of how it was given leaves the answer open; an open answer never counts.
- The law's pack says what is asked (`policy/consent_law`); this file knows the facts.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from govreg.condition.closure import compiled, conjuncts
from govreg.condition.expression import Compare, Expression, Op, facts_of
from govreg.condition.truth import Truth, both, opposite
from govreg.consent.model import AFFIRMATIVE, Channel, Chooser, Circumstance, EventKind
from govreg.policy.benches import rule_holds
from govreg.policy.facts import FACTS, PRESUMED
from govreg.policy.rule import RuleBook

Facts = Mapping[str, object]


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """What a published notice says of the consent that it asks for."""

    attested: Mapping[str, bool] = field(default_factory=dict)
    """By names of facts in the group `consent`, without the group."""
    withdrawal_steps: int | None = None
    withdrawal_channels: frozenset[Channel] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class Amiss:
    """One reason for which consent does not count, or may not."""

    text: str
    cite: tuple[str, ...]
    facts: tuple[str, ...]
    """The facts that it hangs on."""
    known: bool
    """Whether it is so; else nobody has said."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Counts:
    """Whether consent counts, and if not, why."""

    truth: Truth
    amiss: tuple[Amiss, ...] = ()


def judge(
    circumstance: Circumstance,
    rules: RuleBook,
    *,
    on: dt.date,
    terms: Terms | None,
    activity: Facts,
    guardian: bool = False,
) -> Counts:
    """Judge a choice that was given and stands, as of the day on which it was made.

    Args:
        circumstance: What it was made under.
        rules: Every rule that is loaded.
        on: The day of the choice.
        terms: What the notice said that it was made under; None where none is published.
        activity: Facts of the activity that it is for.
        guardian: Whether who holds parental responsibility gave or authorised it.
    """
    law = rules.consent.get(circumstance.law)
    if law is None:
        text = f"no rule that is loaded says when consent counts under `{circumstance.law}`"
        return Counts(
            truth=Truth.UNKNOWN, amiss=(Amiss(text=text, cite=(), facts=(), known=False),)
        )
    facts = {
        **PRESUMED,
        **activity,
        **_facts(circumstance, terms, guardian=guardian),
        "decision.date": on,
    }
    amiss = list(_amiss(law.counts, law.citation, facts))
    truth = compiled(law.counts)(facts)
    for name in law.closed_by:
        rule = rules.speaking(name, on)
        if rule is None or not rule.in_force(on):
            continue
        closed = rule_holds(rule, facts)
        if closed is not Truth.FALSE:
            lacks = tuple(dict.fromkeys(_unknown(rule.when, facts))) if rule.when else ()
            text = rule.text.get("en") or rule.id
            amiss.append(
                Amiss(text=text, cite=rule.citation, facts=lacks, known=closed is Truth.TRUE)
            )
        truth = both([truth, opposite(closed)])
    return Counts(truth=truth, amiss=tuple(amiss))


def _facts(held: Circumstance, terms: Terms | None, *, guardian: bool) -> dict[str, object]:
    """The facts that rules ask of a choice; what is not known is left out."""
    said = terms or Terms()
    facts: dict[str, object] = {
        f"consent.{name}": value for name, value in {**said.attested, **held.attested}.items()
    }
    facts |= {f"authorisation.{name}": value for name, value in held.elements.items()}
    known = {
        "person.consent": str(EventKind.GIVEN),
        "consent.affirmative_act": held.act in AFFIRMATIVE if held.act else None,
        "consent.explicit": held.explicit,
        "consent.steps_to_give": held.steps,
        "consent.steps_to_withdraw": said.withdrawal_steps,
        "consent.same_channel": held.channel in said.withdrawal_channels
        if held.channel and terms
        else None,
        "consent.parental": guardian or held.by is Chooser.GUARDIAN,
        "person.age": held.age,
        "person.country": held.country,
        "authorisation.expired": False,
        "authorisation.revoked": False,
    }
    return facts | {name: value for name, value in known.items() if value is not None}


def _amiss(asked: Expression, cite: tuple[str, ...], facts: Facts) -> Iterator[Amiss]:
    for part in conjuncts(asked):
        truth = compiled(part)(facts)
        if truth is Truth.TRUE:
            continue
        names = tuple(dict.fromkeys(facts_of(part)))
        known = truth is Truth.FALSE
        yield Amiss(text=_words(part, names, known=known), cite=cite, facts=names, known=known)


def _words(part: Expression, names: tuple[str, ...], *, known: bool) -> str:
    words = ", ".join(FACTS[name].words for name in names)
    if not known:
        return f"nobody has said: {words}"
    forbidden = isinstance(part, Compare) and part.value is False and part.op is Op.IS
    return words if forbidden else f"not as the law asks: {words}"


def _unknown(asked: Expression, facts: Facts) -> Iterator[str]:
    return (name for name in facts_of(asked) if facts.get(name) is None)
