"""Try rules on recorded cases: what each must answer, and which rules no case exercises.

Every rule counts as adopted here: a case says what a rule does, not who answers for it.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from zoneinfo import ZoneInfo

from govreg.condition.closure import compiled
from govreg.condition.truth import Truth
from govreg.errors import GovregError, UsageProblem
from govreg.policy.adopt import Adopted, Adoption
from govreg.policy.calendars import calendar_for
from govreg.policy.case_file import (
    DATES,
    FORMAT,
    KINDS,
    CasesFile,
    DeadlineCase,
    DecisionCase,
    Kind,
    MinimumCase,
    RetentionCase,
)
from govreg.policy.clocks import Deadline, due
from govreg.policy.evaluate import decide
from govreg.policy.facts import PRESUMED
from govreg.policy.minimum import keep_until
from govreg.policy.outcome import Decision
from govreg.policy.own import with_overrides
from govreg.policy.precedence import Asked, Hold, Precedence, of_class, what_decides
from govreg.policy.rule import Rule, RuleBook
from govreg.yaml12 import line_of, read, validate, version_of

Case = DecisionCase | DeadlineCase | MinimumCase | RetentionCase


@dataclass(frozen=True, slots=True)
class Written:
    """A case, and where it stands."""

    file: Path
    line: int | None
    kind: Kind
    case: Case


@dataclass(frozen=True, slots=True)
class Tried:
    """A case, and what came out otherwise than it says."""

    written: Written
    wrong: tuple[str, ...]


def read_cases(path: Path) -> tuple[Written, ...]:
    """The cases of a file.

    Raises:
        ConfigurationProblem: with file, line and key.
    """
    document = read(path)
    version_of(document, "govreg_cases", FORMAT)
    held = validate(CasesFile, document)
    return tuple(
        Written(path, line_of(document, (kind, at)), kind, case)
        for kind in KINDS
        for at, case in enumerate(getattr(held, kind))
    )


def tried(cases: Iterable[Written], rules: RuleBook, *, on: dt.date) -> Iterator[Tried]:
    """Each case with what is wrong, if anything.

    Args:
        cases: The cases.
        rules: Every rule that is loaded.
        on: The date that the rules must be in force.
    """
    adopted = everything_adopted(rules, on)
    rules = with_overrides(rules, adopted)
    for written in cases:
        try:
            wrong = tuple(_wrong(written.case, rules, adopted, on))
        except GovregError as problem:
            wrong = (str(problem),)
        yield Tried(written, wrong)


def without_case(rules: Iterable[Rule], cases: Sequence[Written]) -> tuple[str, ...]:
    """Rules and exceptions that no case exercises."""
    named = {name for written in cases for name in names_of(written.case)}
    wanted = [name for rule in rules for name in (rule.id, *(one.id for one in rule.unless))]
    return tuple(name for name in wanted if name not in named)


def names_of(case: Case) -> Iterator[str]:
    """The rules and exceptions that a case exercises."""
    if isinstance(case, DecisionCase):
        yield from (*case.rules, *case.duties, *case.exceptions)
    elif isinstance(case, RetentionCase):
        yield from dict.fromkeys((*case.rules, *case.under))
    else:
        yield case.rule


def everything_adopted(rules: RuleBook, on: dt.date) -> Adopted:
    """Every rule as if a named person had adopted it."""
    return Adopted(
        adoptions={
            rule.id: Adoption(rule=rule.id, content_hash=rule.content_hash, by="cases", on=on)
            for rule in rules.rules.values()
        }
    )


def deadline_of(case: DeadlineCase, rules: RuleBook) -> Deadline:
    """When the answer of a case is due, by rules that have the case's rule.

    Raises:
        UsageProblem: a moment without its zone, or a reading that the rule does not have.
    """
    zone = ZoneInfo(case.zone)
    moment = case.received
    if not isinstance(moment, dt.datetime):
        moment = dt.datetime.combine(moment, dt.time(12), zone)
    elif moment.tzinfo is None:
        raise UsageProblem("a moment in a case names its zone")
    on = moment.astimezone(zone).date()
    if not rules.rules[case.rule].in_force(on):
        raise UsageProblem(f"rule `{case.rule}` is not in force on {on}")
    return due(
        rules.rules[case.rule],
        moment,
        zone=zone,
        calendar=calendar_for(rules, case.calendar),
        options=case.options,
    )


def kept_until(case: MinimumCase, rules: RuleBook) -> dt.date | None:
    """Until when the record of a case is kept, by rules that have the case's rule."""
    held = case.dates if case.dates is not None else (case.event or {})
    rule = rules.rules[case.rule]
    return keep_until(rule, held, financial_year_end=case.financial_year_end)


def decided_over(case: RetentionCase, rules: RuleBook) -> Precedence:
    """What decides over the records of a case, by rules that have the case's rules."""
    under = (
        of_class(rules, case.record_class, case.on)
        if case.record_class is not None
        else [rules.rules[name] for name in case.under]
    )
    hold = Hold(
        case="case", ground="claim" if case.hold == "grounded" else None, review_on=case.on
    )
    return what_decides(
        under,
        case.dates if case.dates is not None else (case.event or {}),
        on=case.on,
        adopted=everything_adopted(rules, case.on),
        financial_year_end=case.financial_year_end,
        asked=Asked(opens=_TRUTHS[case.asked]),
        holds=[hold] if case.hold else [],
    )


_TRUTHS = {True: Truth.TRUE, False: Truth.FALSE, None: Truth.UNKNOWN}


def _wrong(case: Case, rules: RuleBook, adopted: Adopted, on: dt.date) -> Iterator[str]:
    unknown = [name for name in names_of(case) if _known(rules, name) is None]
    if unknown:
        yield f"there is no rule {', '.join(f'`{name}`' for name in unknown)}"
        return
    match case:
        case DecisionCase():
            yield from _decided(case, rules, adopted, on)
        case DeadlineCase():
            yield from _dated(case, rules)
        case MinimumCase():
            until = kept_until(case, rules)
            if until != case.keep_until:
                yield f"kept until {until}, not {case.keep_until}"
        case RetentionCase():
            yield from _retained(case, decided_over(case, rules))


def _retained(case: RetentionCase, found: Precedence) -> Iterator[str]:
    if found.decides is not case.decides:
        yield f"the {found.decides} decides, not the {case.decides}"
    if found.goes is not _TRUTHS[case.goes]:
        yield f"it {_GOES[found.goes]}"
    if list(found.rules) != case.rules:
        yield f"by {', '.join(found.rules) or 'no rule'}, not {', '.join(case.rules) or 'none'}"
    if found.until != case.until:
        yield f"the end is {found.until}, not {case.until}"


_GOES = {
    Truth.TRUE: "goes",
    Truth.FALSE: "stays",
    Truth.UNKNOWN: "stays until a person decides",
}


def _known(rules: RuleBook, name: str) -> Rule | None:
    """The rule of a name, or the one that an exception belongs to."""
    held = rules.get(name) or rules.get(name.rpartition(".")[0])
    if held is None or held.id == name or any(one.id == name for one in held.unless):
        return held
    return None


def _decided(case: DecisionCase, rules: RuleBook, adopted: Adopted, on: dt.date) -> Iterator[str]:
    decision = decide(case.facts, rules, on=on, adopted=adopted)
    if decision.outcome is not case.outcome:
        yield f"the outcome is {decision.outcome}, not {case.outcome}"
    made = [reason.rule for reason in decision.reasons if reason.rule]
    if made != case.rules:
        wanted = ", ".join(case.rules) or "none"
        yield f"it is made by {', '.join(made) or 'no rule'}, not {wanted}"
    lacking = [word for word in case.obligations if word not in decision.obligations]
    if lacking:
        yield f"it does not oblige to {', '.join(lacking)}"
    facts = {**PRESUMED, **case.facts, "decision.date": on}
    yield from _duties(case, rules, facts, decision)
    for name in case.exceptions:
        rule = rules.rules[name.rpartition(".")[0]]
        closes = rule.when is not None and compiled(rule.when)(facts) is Truth.TRUE
        true = [one.id for one in rule.unless if compiled(one.when)(facts) is Truth.TRUE]
        if not closes or true != [name]:
            yield f"it does not turn on the exception `{name}` alone"


def _duties(
    case: DecisionCase, rules: RuleBook, facts: Mapping[str, object], decision: Decision
) -> Iterator[str]:
    """A duty that nobody knows to be owed is done rather than forgotten."""
    for name in case.duties:
        rule = rules.rules[name]
        not_owed = rule.when is not None and compiled(rule.when)(facts) is Truth.FALSE
        if not_owed or not set(rule.obligations) <= set(decision.obligations):
            yield f"the duty `{name}` is not added"
    for name in case.no_duties:
        held = rules.get(name)
        if held is None:
            yield f"there is no rule `{name}`"
        elif set(held.obligations) & set(decision.obligations):
            yield f"the duty `{name}` is added"


def _dated(case: DeadlineCase, rules: RuleBook) -> Iterator[str]:
    zone = ZoneInfo(case.zone)
    held = deadline_of(case, rules)
    for name in DATES:
        if name in case.model_fields_set:
            yield from _one_date(name, getattr(held, name), getattr(case, name), zone)
    if case.readings is not None:
        found = [(r.about, r.name, r.due.astimezone(zone).date()) for r in held.readings]
        wanted = [(r.about, r.reading, r.due) for r in case.readings]
        if found != wanted:
            yield f"the readings are {_words(held, zone)}"


def _one_date(
    name: str, found: dt.datetime | None, wanted: dt.datetime | dt.date | None, zone: ZoneInfo
) -> Iterator[str]:
    held: dt.datetime | dt.date | None = found
    if found is not None and not isinstance(wanted, dt.datetime):
        held = found.astimezone(zone).date()
    if held != wanted:
        yield f"{name} is {held}, not {wanted}"


def _words(held: Deadline, zone: ZoneInfo) -> str:
    return (
        "; ".join(f"{r.about} {r.name} {r.due.astimezone(zone).date()}" for r in held.readings)
        or "none"
    )
