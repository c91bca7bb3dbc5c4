"""Pack files: rules in YAML, readable by a lawyer; grammar in `docs/spec/policy-pack.md`."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, Literal

from pydantic import Field

from govreg.condition.expression import Compare, Expression, Op, comparisons
from govreg.condition.parse import NotACondition, parse
from govreg.policy.facts import FACTS, FactKind
from govreg.policy.rule import (
    ClockRule,
    Effect,
    HolidayChange,
    Rule,
    RuleBook,
    RuleKind,
    content_hash,
)
from govreg.validation import suggestion
from govreg.yaml12 import (
    Document,
    StrictModel,
    plain,
    problem_at,
    read,
    validate,
    version_of,
)

FORMAT = 1

_SAYS: Mapping[RuleKind, Mapping[str, tuple[str, ...]]] = {
    RuleKind.RIGHT: {"effect": (Effect.ALLOW,)},
    RuleKind.GROUND: {"effect": (Effect.ALLOW,), "act": ("erase",)},
    RuleKind.DISCLOSURE: {"effect": (Effect.ALLOW,), "act": ("disclose",)},
    RuleKind.PROHIBITION: {"effect": (Effect.DENY, Effect.NEEDS_HUMAN)},
    RuleKind.MINIMUM: {"effect": (Effect.RETAIN,)},
}
"""What a rule of each kind may say: one that opens never denies, and opens its own act only."""


class ClockFile(StrictModel):
    """`clock:` of a right."""

    n: int = Field(gt=0)
    unit: Literal["month", "calendar_day", "business_day", "hour"]
    count_start: Literal["exclude", "include"] = "exclude"
    roll: Literal["none", "next_working_day"] = "none"
    extension: int = Field(default=0, ge=0)


class RuleFile(StrictModel):
    """One rule as written."""

    id: str = Field(pattern=r"^[a-z][a-z0-9_]*(\.[a-z0-9_]+)+$")
    kind: RuleKind
    effect: Effect
    act: Literal["erase", "disclose"] | None = None
    citation: list[str] = Field(min_length=1)
    title: dict[str, str]
    text: dict[str, str]
    when: dict[str, Any] | None = None
    obligations: list[str] = []
    in_force_from: dt.date | None = None
    in_force_to: dt.date | None = None
    checked_on: dt.date
    confidence: Literal["high", "medium", "low"]
    note: str | None = None
    clock: ClockFile | None = None
    verification: Literal["none", "reasonable", "reasonably_high", "account"] | None = None
    period: str | None = Field(default=None, pattern=r"^P\d+[YM]$")
    anchor: (
        Literal[
            "event",
            "end_of_calendar_year",
            "end_of_financial_year",
            "end_of_calendar_year_of_fy_end",
        ]
        | None
    ) = None
    record_class: str | None = None


class HolidayFile(StrictModel):
    """A correction of the library's list of public holidays."""

    name: str
    public: bool
    cite: str


class PackFile(StrictModel):
    """A pack as written."""

    govreg_pack: int
    pack: str
    version: str
    law: str
    title: dict[str, str]
    note: str | None = None
    holidays: dict[str, list[HolidayFile]] = {}
    rules: list[RuleFile]


def load_pack(path: Path) -> RuleBook:
    """The rules of one pack file.

    Raises:
        ConfigurationProblem: with file, line, key and what to write instead.
    """
    document = read(path)
    version_of(document, "govreg_pack", FORMAT)
    held = validate(PackFile, document)
    written = plain(document.data)["rules"]
    _only_removals(document, held)
    rules: dict[str, Rule] = {}
    for at, rule in enumerate(held.rules):
        if rule.id in rules:
            raise problem_at(document, ("rules", at, "id"), f"rule `{rule.id}` stands here twice")
        rules[rule.id] = _rule(document, held, rule, at, written[at])
    return RuleBook(
        rules=rules,
        packs={held.pack: held.version},
        holidays={
            country: tuple(
                HolidayChange(name=day.name, public=day.public, cite=day.cite) for day in days
            )
            for country, days in held.holidays.items()
        },
    )


def load_books(paths: Iterable[Path]) -> RuleBook:
    """The rules of several pack files together; a rule may not be defined twice."""
    rules: dict[str, Rule] = {}
    packs: dict[str, str] = {}
    holidays: dict[str, tuple[HolidayChange, ...]] = {}
    for path in paths:
        book = load_pack(path)
        for name in book.rules.keys() & rules.keys():
            document = read(path)
            raise problem_at(
                document, ("rules",), f"rule `{name}` is defined in pack `{rules[name].pack}` too"
            )
        rules |= book.rules
        packs |= book.packs
        for country, days in book.holidays.items():
            holidays[country] = (*holidays.get(country, ()), *days)
    return RuleBook(rules=rules, packs=packs, holidays=holidays)


def _rule(
    document: Document, pack: PackFile, rule: RuleFile, at: int, written: Mapping[str, Any]
) -> Rule:
    _complete(document, rule, at)
    _in_order(document, rule, at)
    return Rule(
        id=rule.id,
        pack=pack.pack,
        kind=rule.kind,
        law=pack.law,
        effect=rule.effect,
        citation=tuple(rule.citation),
        title=rule.title,
        text=rule.text,
        act=rule.act,
        when=_condition(document, rule, at),
        obligations=tuple(rule.obligations),
        in_force_from=rule.in_force_from,
        in_force_to=rule.in_force_to,
        checked_on=rule.checked_on,
        confidence=rule.confidence,
        note=rule.note,
        clock=ClockRule(**rule.clock.model_dump()) if rule.clock else None,
        verification=rule.verification,
        period=rule.period,
        anchor=rule.anchor,
        record_class=rule.record_class,
        content_hash=content_hash({**written, "law": pack.law}),
    )


def _in_order(document: Document, rule: RuleFile, at: int) -> None:
    """A rule that ends before it begins would never hold, and nobody would notice."""
    first, last = rule.in_force_from, rule.in_force_to
    if first is not None and last is not None and last < first:
        raise problem_at(
            document,
            ("rules", at, "in_force_to"),
            f"the rule ends on {last}, before it begins on {first}",
        )


def _only_removals(document: Document, pack: PackFile) -> None:
    """A name alone cannot add a day; one that did nothing would be believed."""
    for country, days in pack.holidays.items():
        for at, day in enumerate(days):
            if day.public:
                raise problem_at(
                    document,
                    ("holidays", country, at, "public"),
                    "only `public: false` is read here: a pack takes days out, and adds none",
                )


def _complete(document: Document, rule: RuleFile, at: int) -> None:
    """What each kind of rule cannot do without, and what it may say."""
    needs: Mapping[RuleKind, tuple[str, ...]] = {
        RuleKind.RIGHT: ("clock", "verification"),
        RuleKind.GROUND: ("act", "when"),
        RuleKind.DISCLOSURE: ("act",),
        RuleKind.PROHIBITION: ("act", "when"),
        RuleKind.MINIMUM: ("period", "anchor"),
    }
    for name in needs[rule.kind]:
        if getattr(rule, name) is None:
            raise problem_at(
                document, ("rules", at, name), f"a rule of kind `{rule.kind}` needs this key"
            )
    for name, allowed in _SAYS[rule.kind].items():
        if getattr(rule, name) not in allowed:
            words = " or ".join(f"`{word}`" for word in allowed)
            raise problem_at(
                document, ("rules", at, name), f"a rule of kind `{rule.kind}` says {words} here"
            )


def _condition(document: Document, rule: RuleFile, at: int) -> Expression | None:
    if rule.when is None:
        return None
    place = ("rules", at, "when")
    try:
        expression = parse(rule.when)
    except NotACondition as problem:
        raise problem_at(document, (*place, *problem.path), str(problem)) from None
    for compare in comparisons(expression):
        _check_fact(document, place, compare)
    return expression


def _check_fact(document: Document, place: tuple[str | int, ...], compare: Compare) -> None:
    fact = FACTS.get(compare.fact)
    if fact is None:
        raise problem_at(
            document,
            place,
            f"there is no fact `{compare.fact}`",
            suggestion(compare.fact, sorted(FACTS)),
        )
    if compare.op is Op.KNOWN:
        return
    values = compare.value if isinstance(compare.value, tuple) else (compare.value,)
    for value in values:
        if fact.kind is FactKind.FLAG and not isinstance(value, bool):
            raise problem_at(document, place, f"`{fact.name}` is true or false")
        if fact.values is not None and value not in fact.values:
            raise problem_at(
                document,
                place,
                f"`{value}` is no value of `{fact.name}`",
                suggestion(str(value), fact.values),
            )
