"""Rules of a pack as rows of a printed table: what each says, where it stands, how sure it is."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from govreg.condition.expression import facts_of
from govreg.policy.facts import FACTS
from govreg.policy.rule import Effect, Rule, RuleKind
from govreg.reports.clock_words import clock_lead, clock_words, keep_words
from govreg.reports.rule_words import confidence_words
from govreg.reports.sheet import Grid

HEAD = ("Rule", "What it says", "What it needs a person for", "Where it stands", "How sure it is")
_LEVELS: Mapping[str, str] = {
    "none": "no check of who asks",
    "reasonable": "who asks is checked to a reasonable level",
    "reasonably_high": "who asks is checked to a reasonably high level",
    "account": "who asks logs in to their account",
}


def rule_grid(rules: Iterable[Rule], cases: Mapping[str, int]) -> Grid:
    """The rules as a table.

    Args:
        rules: The rules, in the order of the table.
        cases: How many cases exercise a rule or one of its exceptions, by rule.
    """
    rows = (
        (
            (rule.title.get("en", rule.id), f"`{rule.id}`"),
            tuple(says(rule)),
            tuple(map(_sentence, needs(rule))),
            tuple(map(_sentence, stands(rule))),
            tuple(sure(rule, cases.get(rule.id, 0))),
        )
        for rule in rules
    )
    return Grid(head=HEAD, rows=tuple(rows), law=True)


def clock_points(rules: Iterable[Rule]) -> tuple[str, ...]:
    """How the clocks of the rules count: each way once, with the rules that count so."""
    held: dict[str, list[str]] = {}
    for rule in rules:
        for clock, what in ((rule.clock, ""), (rule.confirm, " (confirmation)")):
            if clock:
                said = "; ".join(clock_words(clock))
                held.setdefault(said, []).append(f"`{rule.id}`{what}")
    return tuple(f"{_sentence(said)} Rules: {', '.join(each)}." for said, each in held.items())


def says(rule: Rule) -> Iterator[str]:
    """What a rule says, with its clock or period, its exceptions and what follows from it."""
    yield _sentence(rule.text.get("en", ""))
    if rule.clock:
        more = f"; {rule.clock.extension} more if extended" if rule.clock.extension else ""
        yield f"Clock: {clock_lead(rule.clock)}{more}."
    if rule.confirm:
        yield f"Receipt is confirmed: {clock_lead(rule.confirm)}."
    if rule.verification:
        yield _sentence(_LEVELS[rule.verification])
    yield from _period(rule)
    for one in rule.unless:
        cites = f" ({', '.join(one.citation)})" if one.citation != rule.citation else ""
        yield f"Except where {one.text.get('en', one.id)}{cites}."
    if rule.obligations:
        duties = ", ".join(word.replace("_", " ") for word in rule.obligations)
        yield f"{'Duty' if rule.kind is RuleKind.DUTY else 'Then'}: {duties}."
    if rule.outcomes:
        yield f"Where the answer is: {', '.join(w.replace('_', ' ') for w in rule.outcomes)}."
    if rule.note:
        yield f"Note: {_sentence(rule.note)}"


def _period(rule: Rule) -> Iterator[str]:
    """How long a minimum keeps and what for, or when a maximum ends what."""
    ends = rule.kind is RuleKind.MAXIMUM
    if rule.keep:
        yield f"{'Goes after' if ends else 'Kept for'}: {keep_words(rule.keep)}."
    if rule.record_class:
        words = "What goes" if ends else "What is kept may still be used for"
        yield f"{words}: {rule.record_class.replace('_', ' ')}."
    if ends:
        yield f"{'A law orders' if rule.ordered else 'No law orders'} the erasure."


def needs(rule: Rule) -> Iterator[str]:
    """What a named person must decide, judge or attest for the rule; its adoption apart."""
    if rule.effect is Effect.NEEDS_HUMAN:
        yield "the decision itself"
    judged = [name for name in _facts(rule) if name.startswith("assessment.")]
    yield from (f"to judge {FACTS[name].words}" for name in judged)
    attested = "attested: "
    for name in _facts(rule):
        words = FACTS[name].words
        if words.startswith(attested):
            yield f"to attest that {words.removeprefix(attested)}"
    clock = rule.clock
    if clock is None:
        return
    if clock.start != "received":
        yield "to attest when it was known"
    if clock.extension:
        yield "to extend it, with a reason"
    if clock.suspend_for:
        yield "to let it stand still, with evidence"


def stands(rule: Rule) -> Iterator[str]:
    """Where a rule stands in the law, and since when that is in force."""
    yield "; ".join(rule.citation)
    first, last = rule.in_force_from, rule.in_force_to
    if first is None and last is None:
        yield "no day given from which it is in force"
    else:
        since = f"in force from {first}" if first else "in force"
        yield f"{since} until {last}" if last else since


def sure(rule: Rule, cases: int) -> Iterator[str]:
    """How sure a rule's wording is, when that was looked at, and how often it is tried."""
    yield f"{rule.confidence}: {confidence_words(rule.confidence)}"
    yield f"checked on {rule.checked_on}" if rule.checked_on else "not checked"
    yield f"{cases} {'case' if cases == 1 else 'cases'}"


def _facts(rule: Rule) -> tuple[str, ...]:
    """Every fact that the rule and its exceptions ask about, once."""
    conditions = [rule.when, *(one.when for one in rule.unless)]
    found = (name for condition in conditions if condition for name in facts_of(condition))
    return tuple(name for name in dict.fromkeys(found) if name in FACTS)


def _sentence(text: str) -> str:
    bare = text.strip()
    return f"{bare[:1].upper()}{bare[1:]}{'' if bare.endswith('.') else '.'}" if bare else ""
