"""What a changed pack would change, in words for a colleague."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import groupby
from typing import Any

from govreg.cli.policy_what_if import WhatIf
from govreg.cli.terminal import folded
from govreg.policy.case_file import RetentionCase
from govreg.policy.cases import Case, Written
from govreg.policy.diff import KeyChange, RuleChange
from govreg.policy.diff_cases import DateChange, DecisionChange
from govreg.policy.diff_ends import End, EndChange
from govreg.policy.facts import FACTS
from govreg.policy.outcome import Decision
from govreg.policy.rule import Rule, RuleKind
from govreg.reports.clock_words import clock_words, keep_words

_DATES: Mapping[str, str] = {
    "legal_due": "due by law",
    "internal_target": "internal target",
    "confirm_due": "receipt confirmed by",
    "confirm_target": "internal target of that",
    "extended_due": "due if extended",
    "extension_notice_by": "extension told by",
    "keep_until": "kept until",
}
_KEYS: Mapping[str, str] = {
    "act": "what it is about",
    "when": "when it applies",
    "checked_on": "checked on",
    "in_force_from": "in force from",
    "in_force_to": "in force to",
    "tables": "table",
    "derive": "definition",
    "gates": "gate",
    "parameters": "range",
    "choose": "choice of",
    "record_classes": "class of records",
    "ordered_by_law": "ordered by law",
    "holidays": "public holidays,",
    "record_class": "purpose that what is kept may still be used for",
}
_CLOCKS = {"clock": "clock", "confirm": "confirmation of receipt"}
_KEPT = ("period", "anchor", "keep_until")
_LONG = 160
_LINE = 80


def diff_words(found: WhatIf) -> Iterator[str]:
    """Everything that differs, the count first."""
    old, new = found.old, found.new
    yield f"before: {old.written.pack} {old.written.version} ({old.place})"
    yield f"after:  {new.written.pack} {new.written.version} ({new.place})"
    yield from folded(_sum(found))
    yield from _headed("Rules added", (line for r in found.rules.added for line in _rule(r, "+")))
    yield from _headed("Rules removed", _removed(found))
    yield from _headed("Rules changed: each must be adopted again", _changed(found))
    yield from _headed(
        "Definitions, gates and public holidays that change",
        (line for one in found.rules.definitions for line in _key(one, "  * ")),
    )
    yield from _headed(
        "Of the pack", (line for one in found.rules.about for line in _key(one, "  * "))
    )
    yield from _headed(
        "Recorded cases that are decided otherwise",
        (line for one in found.decisions for line in _decision(one)),
    )
    yield from _headed("Recorded cases with other dates", _dates(found.dates))
    yield from _headed(
        "Fields of the register in force that are kept until another day", _ends(found)
    )
    yield from _last(found)


def _headed(head: str, lines: Iterable[str]) -> Iterator[str]:
    held = list(lines)
    if held:
        yield from ("", head, *held)


def _sum(found: WhatIf) -> str:
    if not found:
        return f"Nothing changes: the same rules, and {found.cases} recorded cases come out alike."
    rules = found.rules
    dated = len({id(one.written) for one in found.dates})
    return (
        f"Rules: {len(rules.added)} added, {len(rules.removed)} removed, {len(rules.changed)} "
        f"changed. Of {found.cases} recorded cases {len(found.decisions)} are decided otherwise "
        f"and {dated} have other dates."
    )


def _last(found: WhatIf) -> Iterator[str]:
    """What was looked at and what was not: silence must not read as `nothing changes`."""
    around = found.around
    yield ""
    if not around.workspace:
        text = "No workspace here: end dates of a register, and adoptions, were not looked at."
    elif around.register is None:
        text = (
            "No register is in force, so no field's end date was looked at: "
            "`govreg register apply` puts one in force."
        )
    else:
        many = len(around.fields)
        text = (
            f"Register in force: version {around.register}; {len(found.ends)} of {many} fields "
            "that are kept for the law get another end date. No row was read: dates are by "
            "example."
        )
    yield from folded(text)
    moved = [*found.rules.added, *(one.after for one in found.rules.changed)]
    packs = list(dict.fromkeys(rule.pack for rule in moved))
    if moved:
        yield from folded(
            "Once the pack is in place, changed and added rules may keep or ask, and nothing "
            f"more, until somebody adopts them: `govreg policy adopt {' '.join(packs)}`."
        )


def _rule(rule: Rule, sign: str) -> Iterator[str]:
    yield from folded(
        f"{rule.id}: {rule.title.get('en', rule.id)}", lead=f"  {sign} ", under="    "
    )


def _removed(found: WhatIf) -> Iterator[str]:
    for rule in found.rules.removed:
        yield from _rule(rule, "-")
        yield from _adoption(found, rule, "its adoption means nothing any more")


def _changed(found: WhatIf) -> Iterator[str]:
    for one in found.rules.changed:
        yield from _rule(one.after, "~")
        yield from _keys(one)
        yield from _adoption(found, one.before, "that ends with the change")


def _adoption(found: WhatIf, rule: Rule, then: str) -> Iterator[str]:
    adopted = found.around.adopted
    if adopted is not None:
        by = adopted.by(rule)
        on = f" on {adopted.adoptions[rule.id].on}" if by else ""
        text = f"adopted by {by}{on}; {then}" if by else "nobody has adopted it so far"
        yield from folded(text, lead="      ", under="      ")


def _keys(change: RuleChange) -> Iterator[str]:
    lead = "      "
    own = {key.key.partition(".")[0] for key in change.keys}
    for name, words in _CLOCKS.items():
        if name in own:
            was, will_be = (
                list(clock_words(clock)) if (clock := getattr(rule, name)) else ["none"]
                for rule in (change.before, change.after)
            )
            before = "; ".join(one for one in was if one not in will_be) or "as it is"
            after = "; ".join(one for one in will_be if one not in was) or "without that"
            yield from _pair(words, before, after, lead)
    if own & set(_KEPT):
        before, after = (
            keep_words(rule.keep) if rule.keep else "not at all"
            for rule in (change.before, change.after)
        )
        yield from _pair("keeps for", before, after, lead)
    for key in change.keys:
        if key.key.partition(".")[0] not in (*_CLOCKS, *_KEPT):
            yield from _key(key, lead)
    if change.through:
        text = f"what it rests on has changed: {', '.join(change.through)}"
        yield from folded(text, lead=lead, under=f"{lead}  ")
    if not change.keys and not change.through:
        yield f"{lead}only the way of writing it has changed; it says the same"


def _pair(name: str, before: str, after: str, lead: str) -> Iterator[str]:
    """What was and what would be, one under the other where a line cannot hold both."""
    line = f"{lead}{name}: {before} → {after}"
    if len(line) < _LINE:
        yield line
        return
    yield f"{lead}{name}"
    under = " " * len(lead)
    yield from folded(before, lead=f"{under}  before: ", under=f"{under}    ")
    yield from folded(after, lead=f"{under}  after:  ", under=f"{under}    ")


def _key(change: KeyChange, lead: str) -> Iterator[str]:
    """`key: before → after`, or that it is another where that cannot be said shortly."""
    head, _, rest = change.key.partition(".")
    spoken = rest.replace(".rows.", ", ")
    name = f"{_KEYS.get(head, head)}{f' {spoken}' if spoken else ''}"
    said = [_said(value) for value in (change.before, change.after)]
    if change.before is None:
        text = f"{name}: new" if said[1] is None else f"{name}: new, {said[1]}"
    elif change.after is None:
        text = f"{name}: gone" if said[0] is None else f"{name}: gone, it was {said[0]}"
    elif None in said:
        text = f"{name}: another condition"
    else:
        yield from _pair(name, str(said[0]), str(said[1]), lead)
        return
    yield from folded(text, lead=lead, under=f"{' ' * len(lead)}  ")


def _said(value: Any) -> str | None:
    """A value in a line; None for a condition."""
    if isinstance(value, dict):
        return None
    if isinstance(value, bool):
        return "yes" if value else "no"
    text = ", ".join(map(str, value)) if isinstance(value, list) else str(value)
    return text if len(text) <= _LONG else f"{text[:_LONG].rstrip()}…"


def _decision(change: DecisionChange) -> Iterator[str]:
    before, after = change.before, change.after
    yield from _case(change.written)
    if _made(before) != _made(after) or before.outcome is not after.outcome:
        yield from _outcome("before", before)
        yield from _outcome("after", after)
    for words, one, other in (
        ("no longer follows", before.obligations, after.obligations),
        ("follows now", after.obligations, before.obligations),
        ("no longer asked for", before.unknown_facts, after.unknown_facts),
        ("now asked for", after.unknown_facts, before.unknown_facts),
    ):
        only = [_fact(name) for name in one if name not in other]
        if only:
            yield from folded(f"{words}: {'; '.join(only)}", lead="      ", under="        ")


def _case(written: Written) -> Iterator[str]:
    line = f":{written.line}" if written.line else ""
    place = f"{written.file.parent.name}/{written.file.name}{line}"
    yield from folded(f"{written.case.note}  [{place}]", lead="  * ", under="    ")


def _made(decision: Decision) -> list[str | None]:
    return [reason.rule or reason.text for reason in decision.reasons]


def _outcome(word: str, decision: Decision) -> Iterator[str]:
    yield f"      {word}: {decision.outcome.replace('_', ' ')}"
    for reason in decision.reasons:
        rule = f"{reason.rule}: " if reason.rule else ""
        cite = f" ({', '.join(reason.cite)})" if reason.cite else ""
        yield from folded(f"{rule}{reason.text}{cite}", lead="        ", under="          ")


def _fact(name: str) -> str:
    return f"{FACTS[name].words} ({name})" if name in FACTS else name.replace("_", " ")


def _dates(changes: Sequence[DateChange]) -> Iterator[str]:
    for _, group in groupby(changes, key=lambda one: id(one.written)):
        held = list(group)
        case = held[0].written.case
        yield from _case(held[0].written)
        counted = getattr(case, "received", None) or getattr(case, "event", None)
        since = f", counted from {counted}" if counted else ""
        yield f"      {_asked_of(case)}{since}"
        if held[0].missing:
            yield f"      {held[0].missing}: there is no such rule, or no such reading of it"
        for one in held:
            name, _, reading = one.about.partition(", ")
            way = "where this decides" if isinstance(case, RetentionCase) else "in another reading"
            also = f" {way}, {reading}" if reading else ""
            yield f"      {_DATES[name]}{also}: {_date(one.before)} → {_date(one.after)}"


def _asked_of(case: Case) -> str:
    """What a case asks about: a rule, or a class of records."""
    if isinstance(case, RetentionCase):
        return case.record_class or ", ".join(case.under)
    return str(getattr(case, "rule", ""))


def _date(value: dt.date | None) -> str:
    if isinstance(value, dt.datetime):
        return value.isoformat(timespec="minutes")
    return value.isoformat() if value else "none"


def _ends(found: WhatIf) -> Iterator[str]:
    grouped: dict[object, list[EndChange]] = {}
    for one in found.ends:
        grouped.setdefault((one.kind, one.kept.rules, one.kept.anchors), []).append(one)
    for held in grouped.values():
        first = held[0]
        for rule, anchor in zip(first.kept.rules, first.kept.anchors, strict=True):
            yield from folded(f"{rule}, counted in {anchor}", lead="  * ", under="    ")
        for rule in first.missing:
            text = (
                f"the new pack has no {first.kind} {rule}: nothing can be erased here before the "
                "register names another rule"
            )
            yield from folded(text, lead="      ", under="      ")
        yield (
            f"      where that date is {first.counted_from}: {_end(first.before, first.kind)} → "
            f"{_end(first.after, first.kind)}"
        )
        for one in held:
            used = ", ".join(one.kept.activities) or "no activity"
            yield from folded(
                f"{one.kept.field}, used for {used}", lead="        ", under="          "
            )


def _end(end: End, kind: RuleKind) -> str:
    if kind is RuleKind.MAXIMUM:
        if not end.rules:
            return "no end"
        return f"goes after {end.until}" if end.until else "goes on a date that is not known"
    if not end.rules:
        return "not kept"
    return f"kept until {end.until}" if end.until else "kept without an end date"
