"""What a statutory minimum keeps: exactly the fields that it names, linked ones too, until a date.

- A row whose anchor value is missing or unreadable is kept without a date and said to be so: a
  record that the law may want is not destroyed over a gap.
- A minimum whose end has passed keeps nothing.
- A maximum keeps nothing; the cells whose maximum has passed are named, as that is a ground of its
  own. One that is not in force says nothing.
- What goes before what is the order of `policy/precedence`.
- Fields through which a linked field is reached are kept with it.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cache, partial
from typing import Any

from govreg.connectors.record import RowKey
from govreg.connectors.values import joined
from govreg.erasure.ground import Ends, Law
from govreg.erasure.model import Cause, Fate
from govreg.errors import ConfigurationProblem
from govreg.gate.scope import FoundRow, Scope
from govreg.policy.precedence import Period, either, ended, keeps, longer, period_of
from govreg.policy.rule import Rule, RuleKind
from govreg.register.model import Collection, Link, Minimum, Register

_ANCHOR = re.compile(r"^(?:financial_year_of|calendar_year_of|date_of)\((?P<field>[^()]+)\)$")
_DAY_FIRST = re.compile(r"^(\d{1,2})\.(\d{1,2})\.(\d{4})")

_MOMENT = re.compile(r"^\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}.*(?:Z|[+-]\d{2}:?\d{2})$")

Cell = tuple[str, RowKey, str]
"""Collection, row key and field."""

Kept = dict[Cell, Cause]
"""Causes by cell."""

Passed = set[tuple[str, RowKey]]
"""Rows whose minimums have all run out."""

Over = dict[Cell, Ends]
"""What maximums say of cells."""


@dataclass(frozen=True, slots=True, kw_only=True)
class YearEnd:
    """When the organisation's financial year ends, by the clock on its wall."""

    month: int
    day: int
    zone: dt.tzinfo = dt.UTC


def kept_cells(
    register: Register, scope: Scope, law: Law, year_end: YearEnd
) -> tuple[Kept, Passed]:
    """Every cell that a minimum keeps, with the longest end date where several do.

    And the rows that minimums name and none keeps any more.
    """
    held: dict[Cell, tuple[Period, Cause]] = {}
    passed: Passed = set()
    for collection, minimum, rule in _named(register, scope, law):
        if rule.kind is RuleKind.MAXIMUM:
            continue
        says = cache(partial(_kept_until, rule, minimum, law, year_end))
        for row in scope.rows[collection.ref].values():
            period, cause = says(_anchor(minimum, row.values, year_end.zone))
            if cause is None:
                passed.add((collection.ref, row.key))
                continue
            for cell in _cells(scope, collection, minimum, row):
                before = held.get(cell)
                if before is None or longer(before[0], period) is period:
                    held[cell] = period, cause
    kept = {cell: cause for cell, (_, cause) in held.items()}
    return kept, passed - {(ref, key) for ref, key, _ in kept}


def over_cells(register: Register, scope: Scope, law: Law, year_end: YearEnd) -> Over:
    """Every cell that a maximum in force names, with whether one of them has run out."""
    over: Over = {}
    for collection, minimum, rule in _named(register, scope, law):
        if rule.kind is not RuleKind.MAXIMUM or not rule.in_force(law.on):
            continue
        says = cache(partial(_over, rule, law, year_end))
        for row in scope.rows[collection.ref].values():
            new = says(_anchor(minimum, row.values, year_end.zone))
            for cell in _cells(scope, collection, minimum, row):
                before = over.get(cell)
                over[cell] = _both(before, new) if before else new
    return over


def _both(one: Ends, other: Ends) -> Ends:
    return {
        **one,
        **{key: either(one[key], new) if key in one else new for key, new in other.items()},
    }


def _named(
    register: Register, scope: Scope, law: Law
) -> Iterator[tuple[Collection, Minimum, Rule]]:
    """What `retention:` names in the collections of the scope, with the rule that speaks there."""
    for ref in scope.rows:
        collection = register.collection(ref)
        for minimum in collection.minimums if collection else ():
            if collection is not None:
                yield collection, minimum, _rule(minimum, law, collection)


def _rule(minimum: Minimum, law: Law, collection: Collection) -> Rule:
    rule = law.rules.speaking(minimum.rule, law.on)
    if rule is None:
        raise ConfigurationProblem(
            f"collection `{collection.ref}` is kept by the unknown rule `{minimum.rule}`",
            "install the pack that has it, or correct the name under `retention:`",
            key="retention.rule",
        )
    return rule


def _kept_until(
    rule: Rule, minimum: Minimum, law: Law, year_end: YearEnd, day: dt.date | None
) -> tuple[Period, Cause | None]:
    """What a minimum says of rows with a date, and why; no cause once it has run out."""
    period = _period(rule, year_end, day)
    return period, _cause(rule, minimum, period, law) if keeps(period, on=law.on) else None


def _over(rule: Rule, law: Law, year_end: YearEnd, day: dt.date | None) -> Ends:
    """What a maximum says of rows with a date, without the date: rows are judged alike."""
    found = ended(_period(rule, year_end, day), on=law.on, holds=law.adopted.holds(rule))
    return {rule.ordered: replace(found, until=None, missing=())}


def _period(rule: Rule, year_end: YearEnd, day: dt.date | None) -> Period:
    return period_of(rule, day, financial_year_end=(year_end.month, year_end.day))


def _cause(rule: Rule, minimum: Minimum, period: Period, law: Law) -> Cause:
    return Cause(
        fate=Fate.WITHHOLD,
        code="statutory_minimum" if period.until else "anchor_missing",
        rules=(rule.id,),
        cites=tuple(rule.citation),
        text=rule.text.get("en", rule.id),
        until=period.until,
        confidence=str(rule.confidence),
        adopted_by=law.adopted.by(rule),
        purpose=rule.record_class or minimum.record_class,
    )


def _anchor(minimum: Minimum, values: Mapping[str, Any], zone: dt.tzinfo) -> dt.date | None:
    match = _ANCHOR.match(minimum.anchor)
    if match is None:
        raise ConfigurationProblem(
            f"the anchor `{minimum.anchor}` is not understood",
            "write `financial_year_of(FIELD)`, `calendar_year_of(FIELD)` or `date_of(FIELD)`",
            key="retention.anchor",
        )
    return as_date(values.get(match["field"]), zone)


def as_date(value: Any, zone: dt.tzinfo = dt.UTC) -> dt.date | None:
    """A stored value as a date, or None when it is none.

    A moment with a zone of its own falls on the date that it has in `zone`: New Year comes to
    Helsinki while it is still December in UTC.
    """
    if isinstance(value, dt.datetime):
        return value.date() if value.tzinfo is None else value.astimezone(zone).date()
    if not isinstance(value, str):
        return value if isinstance(value, dt.date) else None
    day_first = _DAY_FIRST.match(value.strip())
    try:
        if day_first:
            day, month, year = (int(part) for part in day_first.groups())
            return dt.date(year, month, day)
        if _MOMENT.match(value.strip()):
            return as_date(dt.datetime.fromisoformat(value.strip()), zone)
        return dt.date.fromisoformat(value.strip()[:10])
    except ValueError:
        return None


def _cells(
    scope: Scope, collection: Collection, minimum: Minimum, row: FoundRow
) -> Iterator[tuple[str, RowKey, str]]:
    for named in minimum.fields:
        if named in collection.fields:
            yield collection.ref, row.key, named
            continue
        target, _, field = named.rpartition(".")
        ref = target if "." in target else f"{collection.source}.{target}"
        for link in collection.links:
            if link.to == ref:
                for name in link.fields:
                    yield collection.ref, row.key, name
                for key in _targets(scope, link, row):
                    for name in (field, *link.to_fields):
                        yield ref, key, name


def _targets(scope: Scope, link: Link, row: FoundRow) -> Iterator[RowKey]:
    wanted = joined([row.values.get(name) for name in link.fields])
    for key, target in scope.rows.get(link.to, {}).items():
        if joined([target.values.get(name) for name in link.to_fields]) == wanted:
            yield key
