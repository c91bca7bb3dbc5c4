"""What a statutory minimum keeps: exactly the fields that it names, linked ones too, until a date.

- A row whose anchor value is missing or unreadable is kept without a date and said to be so: a
  record that the law may want is not destroyed over a gap.
- A minimum whose end has passed keeps nothing.
- A maximum keeps nothing; the cells whose maximum has passed are named, as that is a ground of its
  own (Art. 17(1)(e) GDPR). One that nobody has adopted, or whose date is not known, asks a person.
- A hold goes before a minimum, a minimum before what is asked for, and a maximum comes last.
- Fields through which a linked field is reached are kept with it.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from govreg.connectors.record import RowKey
from govreg.connectors.values import joined
from govreg.erasure.ground import Law
from govreg.erasure.model import Cause, Fate
from govreg.errors import ConfigurationProblem
from govreg.gate.scope import FoundRow, Scope
from govreg.policy.minimum import keep_until
from govreg.policy.rule import Rule, RuleKind
from govreg.register.model import Collection, Link, Minimum, Register

_ANCHOR = re.compile(r"^(?:financial_year_of|calendar_year_of|date_of)\((?P<field>[^()]+)\)$")
_DAY_FIRST = re.compile(r"^(\d{1,2})\.(\d{1,2})\.(\d{4})")

_MOMENT = re.compile(r"^\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}.*(?:Z|[+-]\d{2}:?\d{2})$")

Kept = dict[tuple[str, RowKey, str], Cause]
"""Causes by collection, row key and field."""

Passed = set[tuple[str, RowKey]]
"""Rows whose minimums have all run out."""

Over = dict[tuple[str, RowKey, str], tuple[bool | None, tuple[str, ...]]]
"""Cells that a maximum is about: whether it has run out, None where that is not known, and the
rules that say so."""


@dataclass(frozen=True, slots=True, kw_only=True)
class YearEnd:
    """When the organisation's financial year ends, by the clock on its wall."""

    month: int
    day: int
    zone: dt.tzinfo = dt.UTC


def kept_cells(
    register: Register, scope: Scope, law: Law, year_end: YearEnd
) -> tuple[Kept, Passed]:
    """Every cell that a minimum in force keeps, with the longest end date where several do.

    And the rows that minimums name and none keeps any more.
    """
    kept: Kept = {}
    passed: Passed = set()
    for ref, rows in scope.rows.items():
        collection = register.collection(ref)
        for minimum in collection.minimums if collection else ():
            rule = _rule(minimum, law, collection)
            if rule.kind is RuleKind.MAXIMUM:
                continue
            for row in rows.values():
                cause = _cause(rule, minimum, row, law, year_end)
                if cause is None:
                    passed.add((ref, row.key))
                elif collection is not None:
                    for cell in _cells(scope, collection, minimum, row):
                        kept[cell] = _longer(kept.get(cell), cause)
    return kept, passed - {(ref, key) for ref, key, _ in kept}


def over_cells(register: Register, scope: Scope, law: Law, year_end: YearEnd) -> Over:
    """Every cell that a maximum names, with whether one of them has run out."""
    over: Over = {}
    for ref, rows in scope.rows.items():
        collection = register.collection(ref)
        for minimum in collection.minimums if collection else ():
            rule = _rule(minimum, law, collection)
            if rule.kind is not RuleKind.MAXIMUM or collection is None:
                continue
            for row in rows.values():
                passed = _passed(rule, minimum, row, law, year_end)
                for cell in _cells(scope, collection, minimum, row):
                    over[cell] = _either(over.get(cell), passed, rule.id)
    return over


def _passed(
    rule: Rule, minimum: Minimum, row: FoundRow, law: Law, year_end: YearEnd
) -> bool | None:
    """Whether a maximum has run out for a row; not known without its date or an adoption."""
    anchor = _anchor(minimum, row.values, year_end.zone)
    if anchor is None:
        return None
    end = keep_until(rule, anchor, financial_year_end=(year_end.month, year_end.day))
    if end is not None and end >= law.on:
        return False
    return True if end is not None and law.adopted.holds(rule) else None


def _either(
    held: tuple[bool | None, tuple[str, ...]] | None,
    passed: bool | None,  # noqa: FBT001 - three-valued
    rule: str,
) -> tuple[bool | None, tuple[str, ...]]:
    """One that has run out is enough; the rules named are those that did, or may have."""
    if held is None:
        return passed, (() if passed is False else (rule,))
    before, rules = held
    if passed is False or (before is True and passed is None):
        return held
    if before is passed:
        return before, (*rules, rule)
    return (True, (rule,)) if passed else (None, (rule,))


def _rule(minimum: Minimum, law: Law, collection: Collection | None) -> Rule:
    rule = law.rules.speaking(minimum.rule, law.on)
    if rule is None:
        raise ConfigurationProblem(
            f"collection `{collection.ref if collection else '?'}` is kept by the unknown rule "
            f"`{minimum.rule}`",
            "install the pack that has it, or correct the name under `retention:`",
            key="retention.rule",
        )
    return rule


def _cause(
    rule: Rule, minimum: Minimum, row: FoundRow, law: Law, year_end: YearEnd
) -> Cause | None:
    anchor = _anchor(minimum, row.values, year_end.zone)
    until = None
    if anchor is not None:
        until = keep_until(rule, anchor, financial_year_end=(year_end.month, year_end.day))
        if until is not None and until < law.on:
            return None
    return Cause(
        fate=Fate.WITHHOLD,
        code="statutory_minimum" if until else "anchor_missing",
        rules=(rule.id,),
        cites=tuple(rule.citation),
        text=rule.text.get("en", rule.id),
        until=until,
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


def _longer(held: Cause | None, new: Cause) -> Cause:
    if held is None:
        return new
    if held.until is None or new.until is None:
        return held if held.until is None else new
    return held if held.until >= new.until else new
