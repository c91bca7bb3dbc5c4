"""A pack file that says everything one can, and the rules that it makes."""

import datetime as dt

from govreg.condition.expression import Compare, Lookup, Op
from govreg.policy.clock_rule import ClockRule
from govreg.policy.rule import Effect, Exempt, Rule, RuleKind
from govreg.policy.term import Term

FULL = """\
govreg_pack: 1
pack: own
version: "7"
law: gdpr
title: {en: Own}
in_force_from: 2020-01-01
holidays:
  FI: [{name: Ours, public: true, cite: ours, on: {day: 09-09}}]
tables:
  gdpr.age: {by: person.country, citation: [Art 8], rows: {FI: 13}}
derive:
  gdpr.child: {words: a child, when: {fact: person.age, lt: {table: gdpr.age}}}
parameters:
  own.range: {low: P1Y, high: P2Y, chosen: P18M, citation: [Act 1]}
gates:
  own.basis:
    acts: [process, send]
    citation: [Art 6]
    text: {en: no basis}
    when: {fact: gdpr.child, is: true}
  own.wide: {acts: [process], citation: [Art 7], text: {en: closed}, open: true}
rules:
  - id: own.permits
    kind: permission
    effect: allow
    act: [process, send]
    gate: own.basis
    citation: [Act 2, Act 3]
    title: {en: Permits}
    text: {en: permitted}
    when: {fact: person.deceased, is: false}
    obligations: [tell]
    in_force_from: 2021-02-03
    in_force_to: 2031-02-03
    checked_on: 2026-01-01
    confidence: high
    note: a note
  - id: own.forbids
    kind: prohibition
    effect: restrict
    act: process
    citation: [Act 2]
    title: {en: Forbids}
    text: {en: forbidden}
    when: {fact: gdpr.child, is: true}
    unless:
      - {id: asked, citation: [Act 4], text: {en: asked}, when: {fact: person.agreed, is: true}}
    checked_on: 2026-01-02
    confidence: medium
  - id: own.tells
    kind: duty
    effect: oblige
    act: process
    citation: [Act 2]
    title: {en: Tells}
    text: {en: told}
    obligations: [tell, log]
    outcomes: [allow, deny]
    checked_on: 2026-01-01
    confidence: low
  - id: own.asks
    kind: right
    effect: allow
    citation: [Act 2]
    title: {en: Asks}
    text: {en: asked}
    clock: {n: 1, unit: month}
    confirm: {n: 2, unit: business_day}
    verification: account
    checked_on: 2026-01-01
    confidence: low
  - id: own.kept
    kind: minimum
    effect: retain
    citation: [Act 2]
    title: {en: Kept}
    text: {en: kept}
    period: {parameter: own.range}
    anchor: event
    record_class: voucher
    checked_on: 2026-01-01
    confidence: low
"""
IN_2020, NEW_YEAR = dt.date(2020, 1, 1), dt.date(2026, 1, 1)
CHILD = Compare(
    fact="person.age",
    op=Op.LT,
    value=Lookup(table="gdpr.age", by="person.country", rows=(("FI", 13),)),
)
ABOUT = {"pack": "own", "law": "gdpr"}
RULES = [
    Rule(
        id="own.permits",
        kind=RuleKind.PERMISSION,
        effect=Effect.ALLOW,
        citation=("Act 2", "Act 3"),
        title={"en": "Permits"},
        text={"en": "permitted"},
        acts=("process", "send"),
        gate="own.basis",
        when=Compare(fact="person.deceased", op=Op.IS, value=False),
        obligations=("tell",),
        in_force_from=dt.date(2021, 2, 3),
        in_force_to=dt.date(2031, 2, 3),
        checked_on=NEW_YEAR,
        confidence="high",
        note="a note",
        uses=("own.basis",),
        **ABOUT,
    ),
    Rule(
        id="own.forbids",
        kind=RuleKind.PROHIBITION,
        effect=Effect.RESTRICT,
        citation=("Act 2",),
        title={"en": "Forbids"},
        text={"en": "forbidden"},
        acts=("process",),
        when=CHILD,
        unless=(
            Exempt(
                id="own.forbids.asked",
                citation=("Act 4",),
                text={"en": "asked"},
                when=Compare(fact="person.agreed", op=Op.IS, value=True),
            ),
        ),
        in_force_from=IN_2020,
        checked_on=dt.date(2026, 1, 2),
        confidence="medium",
        uses=("gdpr.age", "gdpr.child"),
        **ABOUT,
    ),
    Rule(
        id="own.tells",
        kind=RuleKind.DUTY,
        effect=Effect.OBLIGE,
        citation=("Act 2",),
        title={"en": "Tells"},
        text={"en": "told"},
        acts=("process",),
        obligations=("tell", "log"),
        outcomes=("allow", "deny"),
        in_force_from=IN_2020,
        checked_on=NEW_YEAR,
        **ABOUT,
    ),
    Rule(
        id="own.asks",
        kind=RuleKind.RIGHT,
        effect=Effect.ALLOW,
        citation=("Act 2",),
        title={"en": "Asks"},
        text={"en": "asked"},
        in_force_from=IN_2020,
        checked_on=NEW_YEAR,
        clock=ClockRule(n=1, unit="month"),
        confirm=ClockRule(n=2, unit="business_day"),
        verification="account",
        **ABOUT,
    ),
    Rule(
        id="own.kept",
        kind=RuleKind.MINIMUM,
        effect=Effect.RETAIN,
        citation=("Act 2",),
        title={"en": "Kept"},
        text={"en": "kept"},
        in_force_from=IN_2020,
        checked_on=NEW_YEAR,
        keep=Term(anchor="event", period="P18M"),
        record_class="voucher",
        uses=("own.range",),
        **ABOUT,
    ),
]
