"""The organisation's own rules: they narrow what packs allow, or say which rule they override.

- A rule that could only widen, without `overrides`, is refused when it is loaded.
- A rule overrides one of a pack's, of the same law and kind, and speaks in its place wherever that
  one is asked for by name. Its hash covers the overridden rule: where that one changes, whoever
  answers for the override must look again.
- An override counts once a named person has adopted it, and while whoever answers for it is one of
  the organisation's people. Until then both rules speak.
- A law that no pack speaks for is the organisation's alone, and is not held to this.
- How long records are kept is of no one law: own minimums and maximums name a class of records
  that is known; a minimum is no shorter, a maximum no longer than those of every pack.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace
from typing import TypeVar

from govreg.policy.adopt import Adopted
from govreg.policy.minimum import length
from govreg.policy.pack_file import OverrideFile, PackFile
from govreg.policy.rule import (
    PERIODS,
    REQUIRED,
    Override,
    Rule,
    RuleBook,
    RuleKind,
    content_hash,
)
from govreg.policy.term import Term
from govreg.validation import suggestion
from govreg.yaml12 import Document, problem_at

T = TypeVar("T")

_WIDENS: Mapping[RuleKind, str] = {
    RuleKind.PERMISSION: "opens a gate",
    RuleKind.GROUND: "opens what a person asks for",
    RuleKind.DISCLOSURE: "opens a disclosure",
    RuleKind.SCOPE: "says where the law does not apply",
}
_WAY_OUT = (
    "say it as a `prohibition`, with what it excepts under `unless:`; or name the rule that it "
    "stands for: `overrides: {rule: …, because: …, by: …, on: …}`"
)


def lent(pack: PackFile, packs: Iterable[PackFile]) -> PackFile:
    """A file of the organisation's with the definitions of the packs of its law beside its own."""
    same = [one for one in packs if one.law == pack.law]
    return pack.model_copy(
        update={
            "tables": _joined([*(one.tables for one in same), pack.tables]),
            "derive": _joined([*(one.derive for one in same), pack.derive]),
            "gates": _joined([*(one.gates for one in same), pack.gates]),
        }
    )


def classes_of(files: Iterable[tuple[PackFile, bool]]) -> frozenset[str]:
    """The classes of records that packs name, and those that any file declares.

    Args:
        files: Each file, and whether it is the organisation's own.
    """
    named: set[str] = set()
    for pack, own in files:
        named |= pack.record_classes.keys()
        named |= {rule.record_class for rule in pack.rules if rule.record_class and not own}
    return frozenset(named)


def own_rules(
    document: Document,
    pack: PackFile,
    rules: Mapping[str, Rule],
    before: Mapping[str, Rule],
    classes: Collection[str],
) -> dict[str, Rule]:
    """The rules of a file of the organisation's, each with what it overrides.

    Args:
        document: The file.
        pack: The file as read.
        rules: Its rules, by id.
        before: The rules of the packs, and of the organisation's files that were read before.
        classes: The classes of records that are known.

    Raises:
        ConfigurationProblem: one could only widen what a pack allows, overrides what there is
            not, or what another one overrides, or is about a class of records that nobody knows.
    """
    of_packs = {name: rule for name, rule in before.items() if not rule.own}
    law = [rule for rule in of_packs.values() if rule.law == pack.law]
    if law:
        _widens_unsaid(document, pack)
    made: dict[str, Rule] = {}
    for at, written in enumerate(pack.rules):
        rule = replace(rules[written.id], own=True)
        if rule.kind in PERIODS:
            _of_known_class(document, at, rule, classes)
        if written.overrides is not None:
            rule = _overriding(document, at, rule, written.overrides, of_packs)
            _once(document, at, rule, [*before.values(), *made.values()])
        elif law or rule.kind in PERIODS:
            _narrows(document, at, rule, of_packs.values())
        made[rule.id] = rule
    return made


def answered(book: RuleBook, people: Collection[str], on: dt.date) -> RuleBook:
    """The rules, with what is wrong with those who answer for overrides.

    Args:
        book: Every rule that is loaded.
        people: The keys of `[people]`: only they can answer for an override.
        on: The day by which they must have said so.
    """
    wrong = {}
    for rule in book.rules.values():
        if rule.overrides and rule.overrides.by not in people:
            wrong[rule.id] = (
                f"the override `{rule.id}` does not count: `by: {rule.overrides.by}` is nobody "
                "under `[people]` in `govreg.toml`; name who answers for it there"
            )
        elif rule.overrides and rule.overrides.on > on:
            wrong[rule.id] = (
                f"the override `{rule.id}` does not count: `on: {rule.overrides.on}` is in the "
                "future; write the day on which it was said"
            )
    return replace(book, unanswered=wrong)


def with_overrides(book: RuleBook, adopted: Adopted) -> RuleBook:
    """The rules with the overrides that count: adopted, and a named person answers for them."""
    held = [
        rule
        for rule in book.rules.values()
        if rule.overrides and adopted.holds(rule) and rule.id not in book.unanswered
    ]
    if not held and not book.replaced:
        return book
    return replace(book, replaced={r.overrides.rule: r.overrides for r in held if r.overrides})


def of_packs_alone(book: RuleBook) -> RuleBook:
    """The rules without the organisation's own."""
    rules = {name: rule for name, rule in book.rules.items() if not rule.own}
    gates = {name: gate for name, gate in book.gates.items() if not gate.own}
    return replace(book, rules=rules, gates=gates, replaced={})


def _joined(each: Iterable[Mapping[str, T]]) -> dict[str, T]:
    return {name: one for many in each for name, one in many.items()}


def _widens_unsaid(document: Document, pack: PackFile) -> None:
    """What outside of rules could widen: a gate that stands open, a day that moves a deadline."""
    for name, gate in pack.gates.items():
        if gate.open:
            raise problem_at(
                document,
                ("gates", name, "open"),
                f"gate `{name}` would stand open, and the organisation's own only narrow what a "
                "pack allows",
                "take `open:` out: what nothing opens is closed",
            )
    for place, days in pack.holidays.items():
        for at, day in enumerate(days):
            if day.public:
                raise problem_at(
                    document,
                    ("holidays", place, at, "public"),
                    f"`{day.name}` could only move a deadline on, and the organisation's own only "
                    "narrow what a pack allows",
                    "take it out; or override the rule whose clock it is about",
                )


def _of_known_class(document: Document, at: int, rule: Rule, classes: Collection[str]) -> None:
    """A slip in a class's name would set a rule beside those that it must not fall short of."""
    name = rule.record_class
    if name in classes:
        return
    raise problem_at(
        document,
        ("rules", at, "record_class" if name else "kind"),
        f"rule `{rule.id}` is about `{name}`, a class of records that no pack and no file of the "
        "organisation's own names"
        if name
        else f"rule `{rule.id}` does not say which class of records it is about",
        suggestion(name or "", sorted(classes)),
        f"or declare it in a file of your own: `record_classes: {{{name or 'NAME'}: {{en: …}}}}`",
    )


def _narrows(document: Document, at: int, rule: Rule, of_packs: Iterable[Rule]) -> None:
    why = _WIDENS.get(rule.kind)
    if rule.kind in PERIODS:
        same = [
            one
            for one in of_packs
            if one.kind is rule.kind and one.record_class == rule.record_class
        ]
        if same and not any(_as_narrow(rule, one) for one in same):
            names = " or ".join(f"`{one.id}`" for one in same)
            long, keeps = ("long", "keeps") if rule.kind is RuleKind.MINIMUM else ("short", "ends")
            why = f"is not surely as {long} as {names}, which {keeps} the same class of records"
    if why is not None:
        raise problem_at(
            document,
            ("rules", at, "kind"),
            f"the organisation's own rules only narrow what a pack allows; rule `{rule.id}` {why}",
            _WAY_OUT,
        )


def _as_narrow(rule: Rule, other: Rule) -> bool:
    """Whether a minimum is seen to be no shorter than another, or a maximum no longer.

    Counted alike, that is: from the same anchor, in the same unit.
    """
    own, held = rule.keep, other.keep
    if own == held:
        return True
    if not isinstance(own, Term) or not isinstance(held, Term):
        return False
    (unit, n), (its, least) = length(own.period), length(held.period)
    alike = (own.anchor, own.date, unit) == (held.anchor, held.date, its)
    return alike and (n >= least if rule.kind is RuleKind.MINIMUM else n <= least)


def _overriding(
    document: Document, at: int, rule: Rule, said: OverrideFile, of_packs: Mapping[str, Rule]
) -> Rule:
    place = ("rules", at, "overrides", "rule")
    held = of_packs.get(said.rule)
    if held is None:
        raise problem_at(
            document,
            place,
            f"rule `{rule.id}` overrides `{said.rule}`, and no pack has such a rule",
            suggestion(said.rule, sorted(of_packs)) or "`govreg policy list` shows them",
        )
    if REQUIRED in held.obligations:
        raise problem_at(
            document,
            place,
            f"rule `{rule.id}` overrides `{held.id}`, and what that opens must be given by law",
            "take the rule out: the organisation cannot narrow what must be given",
        )
    for what in ("law", "kind", "gate"):
        mine, its = getattr(rule, what), getattr(held, what)
        if mine != its:
            raise problem_at(
                document,
                place,
                f"rule `{rule.id}` is of {what} `{mine}`, and `{held.id}`, which it overrides, "
                f"is of {what} `{its}`",
                "a rule speaks in place of one of the same law and kind, and the same gate",
            )
    unsaid = [act for act in held.acts if act not in rule.acts]
    if unsaid and rule.acts:
        raise problem_at(
            document,
            ("rules", at, "act"),
            f"`{held.id}`, which rule `{rule.id}` overrides, is about {', '.join(unsaid)} too",
            "name every act of the overridden rule: on the others nothing would speak",
        )
    override = Override(
        own=rule.id,
        rule=held.id,
        kind=held.kind,
        because=said.because,
        by=said.by,
        on=said.on,
    )
    both = content_hash({"own": rule.content_hash, "overrides": held.content_hash})
    return replace(rule, overrides=override, content_hash=both)


def _once(document: Document, at: int, rule: Rule, others: Iterable[Rule]) -> None:
    for other in others:
        if other.overrides and rule.overrides and other.overrides.rule == rule.overrides.rule:
            raise problem_at(
                document,
                ("rules", at, "overrides", "rule"),
                f"rules `{other.id}` and `{rule.id}` both override `{rule.overrides.rule}`",
                "keep one of them: nothing says which would speak",
            )
