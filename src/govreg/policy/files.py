"""Pack files: rules in YAML, readable by a lawyer; grammar in `docs/spec/policy-pack.md`."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from ruamel.yaml.comments import CommentedMap

from govreg.condition.expression import Expression
from govreg.errors import ConfigurationProblem
from govreg.policy.clock_file import ChoiceFile
from govreg.policy.consent_law import consent_law
from govreg.policy.contradiction import refuse_contradictions
from govreg.policy.country import country_of
from govreg.policy.define import Definitions
from govreg.policy.fact import ACTS
from govreg.policy.holiday import HolidayChange
from govreg.policy.own import lent, own_rules
from govreg.policy.pack_cache import keep, kept
from govreg.policy.pack_file import ABOUT, FORMAT, NEEDS, ONLY, SAYS, GateFile, PackFile, RuleFile
from govreg.policy.periods import Periods
from govreg.policy.rule import (
    PERIODS,
    ConsentLaw,
    Exempt,
    Gate,
    Rule,
    RuleBook,
    RuleKind,
    content_hash,
)
from govreg.validation import suggestion
from govreg.yaml12 import (
    Document,
    parse,
    plain,
    problem_at,
    raw_of,
    text_in,
    validate,
    version_of,
)

_COUNTRY = "write the code of a country (ISO 3166), `FI`, or of a state of one, `US-CA`"


@dataclass(frozen=True, slots=True)
class _Read:
    """A pack file as read; `raw` are the bytes that were parsed."""

    document: Document
    pack: PackFile
    raw: bytes = b""
    kept: bool = False
    own: bool = False


def load_pack(path: Path, choices: Mapping[str, ChoiceFile] | None = None) -> RuleBook:
    """The rules of one pack file.

    Args:
        path: The file.
        choices: What was chosen elsewhere of the ranges that the law leaves, by parameter.

    Raises:
        ConfigurationProblem: with file, line, key and what to write instead.
    """
    return _book(_read(path), choices or {})


def pack_file(path: Path, cache: Path | None = None) -> PackFile:
    """A pack as it is written.

    Raises:
        ConfigurationProblem: with file, line, key and what to write instead.
    """
    return _opened(path, cache).pack


def load_books(
    paths: Iterable[Path], cache: Path | None = None, *, own: Iterable[Path] = ()
) -> RuleBook:
    """The rules of several pack files together; a rule may not be defined twice.

    Args:
        paths: The files.
        cache: A folder where parsed files are kept.
        own: The organisation's own files, which narrow what the others allow.

    Raises:
        ConfigurationProblem: with file, line, rule and what to write instead.
    """
    each = [*((path, False) for path in paths), *((path, True) for path in own)]
    held = [replace(_opened(path, cache), own=ours) for path, ours in each]
    try:
        book = _together(held)
    except ConfigurationProblem as problem:
        if not any(one.kept and one.document.path == problem.file for one in held):
            raise
        held = [  # that file's bytes are parsed again, so that the problem names its line
            replace(_parsed(one.raw, path), own=ours) if path == problem.file else one
            for (path, ours), one in zip(each, held, strict=True)
        ]
        book = _together(held)
    for one in held:
        if cache and one.raw and not one.kept:
            keep(cache, one.raw, plain(one.document.data))
    return book


def _opened(path: Path, cache: Path | None) -> _Read:
    raw = raw_of(path)
    held = kept(cache, raw) if cache else None
    if held is None:
        return replace(_parsed(raw, path), raw=raw)
    document = Document(path, CommentedMap(held))
    try:
        return _Read(document, validate(PackFile, document), raw, kept=True)
    except ConfigurationProblem:
        return replace(_parsed(raw, path), raw=raw)  # an earlier release kept it, with other keys


def _read(path: Path) -> _Read:
    return _parsed(raw_of(path), path)


def _parsed(raw: bytes, path: Path) -> _Read:
    document = parse(text_in(raw, path), path)
    version_of(document, "govreg_pack", FORMAT)
    return _Read(document, validate(PackFile, document))


def _together(held: Sequence[_Read]) -> RuleBook:
    rules: dict[str, Rule] = {}
    packs: dict[str, str] = {}
    holidays: dict[str, tuple[HolidayChange, ...]] = {}
    gates: dict[str, Gate] = {}
    consent: dict[str, ConsentLaw] = {}
    choices = _choices(held)
    given = [one.pack for one in held if not one.own]
    for one in held:
        if one.own:
            _named_apart(one, given)
        book = _book(one, choices, given)
        if one.own:
            book = replace(book, rules=own_rules(one.document, one.pack, book.rules, rules))
        for name in filter(rules.__contains__, book.rules):
            raise problem_at(
                one.document,
                ("rules",),
                f"rule `{name}` is defined in pack `{rules[name].pack}` too",
            )
        for name in filter(gates.__contains__, book.gates):
            raise problem_at(one.document, ("gates", name), f"gate `{name}` is defined twice")
        rules |= book.rules
        packs |= book.packs
        gates |= book.gates
        for law in filter(consent.__contains__, book.consent):
            raise problem_at(
                one.document, ("consent",), f"another pack says how `{law}` judges consent"
            )
        consent |= book.consent
        for place, days in book.holidays.items():
            holidays[place] = (*holidays.get(place, ()), *days)
    ours = [rule for rule in rules.values() if rule.own]
    for one in held:
        same = ours if one.own else [rules[written.id] for written in one.pack.rules]
        refuse_contradictions(one.document, one.pack, same)
    return RuleBook(rules=rules, packs=packs, holidays=holidays, gates=gates, consent=consent)


def _named_apart(own: _Read, given: Sequence[PackFile]) -> None:
    """The organisation's own would else be adopted under the name of what was published."""
    if own.pack.pack in {one.pack for one in given}:
        raise problem_at(
            own.document,
            ("pack",),
            f"`{own.pack.pack}` is the name of an installed pack, and this file is the "
            "organisation's own",
            "give it a name of its own, such as `pack: ours`",
        )


def _book(
    held: _Read, choices: Mapping[str, ChoiceFile], given: Sequence[PackFile] = ()
) -> RuleBook:
    pack = held.pack
    meant = lent(pack, given) if held.own else pack
    for place in pack.holidays:
        if country_of(place) is None:
            raise problem_at(
                held.document, ("holidays", place), f"there is no country `{place[:2]}`", _COUNTRY
            )
    made = _Pack(held.document, meant, {**pack.choose, **choices})
    for at, rule in enumerate(pack.rules):
        if rule.overrides and not held.own:
            raise problem_at(
                held.document,
                ("rules", at, "overrides"),
                f"rule `{rule.id}` is a pack's; only the organisation's own override",
            )
    rules = made.rules()
    return RuleBook(
        rules=rules,
        consent=consent_law(held.document, meant, rules, made.definitions),
        packs={pack.pack: pack.version},
        gates={name: replace(made.gates[name], own=held.own) for name in pack.gates},
        holidays={
            place: tuple(day.change() for day in days) for place, days in pack.holidays.items()
        },
    )


def _choices(held: Sequence[_Read]) -> dict[str, ChoiceFile]:
    """What any of the packs chooses, of ranges that one of them has."""
    ranges = sorted(name for one in held for name in one.pack.parameters)
    chosen: dict[str, ChoiceFile] = {}
    for one in held:
        for name, choice in one.pack.choose.items():
            if name not in ranges or name in chosen:
                raise problem_at(
                    one.document,
                    ("choose", name),
                    f"`{name}` is chosen twice"
                    if name in chosen
                    else f"there is no parameter `{name}`",
                    "" if name in chosen else suggestion(name, ranges),
                )
            chosen[name] = choice
    return chosen


class _Pack:
    """One pack on its way from the file to rules."""

    def __init__(
        self, document: Document, pack: PackFile, choices: Mapping[str, ChoiceFile]
    ) -> None:
        self.document, self.pack = document, pack
        self.periods = Periods(document, pack, choices)
        self.definitions = Definitions(document, pack)
        self.gates = {name: self._gate(name, one) for name, one in pack.gates.items()}

    def rules(self) -> dict[str, Rule]:
        """Every rule, by id."""
        written = plain(self.document.data)["rules"]
        made: dict[str, Rule] = {}
        for at, rule in enumerate(self.pack.rules):
            if rule.id in made:
                raise problem_at(
                    self.document, ("rules", at, "id"), f"rule `{rule.id}` stands here twice"
                )
            made[rule.id] = self._rule(rule, at, written[at])
        return made

    def _gate(self, name: str, gate: GateFile) -> Gate:
        place = ("gates", name)
        for act in gate.acts:
            self._known_act(act, ACTS, (*place, "acts"))
        return Gate(
            id=name,
            law=self.pack.law,
            acts=tuple(gate.acts),
            citation=tuple(gate.citation),
            text=gate.text,
            when=self.definitions.condition(gate.when, (*place, "when")) if gate.when else None,
            open=gate.open,
        )

    def _rule(self, rule: RuleFile, at: int, written: Mapping[str, Any]) -> Rule:
        self._complete(rule, at)
        self._comes_into_force(rule, at)
        found: dict[str, Any] = {}

        def conditions() -> None:
            found["when"] = self._condition(rule.when, ("rules", at, "when"))
            found["unless"] = self._exempt(rule, at)

        uses = self.definitions.uses(conditions)
        gate = self.pack.gates.get(rule.gate) if rule.gate else None
        hashed = {**written, "law": self.pack.law, "in_force_from": self._begins(rule)}
        if uses:
            hashed["uses"] = uses
        keep = self.periods.keep(rule, ("rules", at))
        if ranges := self.periods.uses(rule):
            hashed["ranges"] = ranges
        if gate:
            hashed["opens"] = gate.model_dump(mode="json")
        rests_on = (*uses, *ranges, *([str(rule.gate)] if gate else ()))
        return Rule(
            id=rule.id,
            pack=self.pack.pack,
            kind=rule.kind,
            law=self.pack.law,
            effect=rule.effect,
            citation=tuple(rule.citation),
            title=rule.title,
            text=rule.text,
            acts=rule.acts,
            gate=rule.gate,
            when=found["when"],
            unless=found["unless"],
            obligations=tuple(rule.obligations),
            outcomes=tuple(rule.outcomes),
            in_force_from=self._begins(rule),
            in_force_to=rule.in_force_to,
            checked_on=rule.checked_on,
            confidence=rule.confidence,
            note=rule.note,
            clock=rule.clock.rule() if rule.clock else None,
            confirm=rule.confirm.rule() if rule.confirm else None,
            verification=rule.verification,
            keep=keep,
            record_class=rule.record_class,
            uses=rests_on,
            content_hash=content_hash(hashed),
        )

    def _condition(
        self, written: Mapping[str, Any] | None, place: tuple[str | int, ...]
    ) -> Expression | None:
        return None if written is None else self.definitions.condition(written, place)

    def _exempt(self, rule: RuleFile, at: int) -> tuple[Exempt, ...]:
        return tuple(
            Exempt(
                id=f"{rule.id}.{one.id}",
                citation=tuple(one.citation),
                text=one.text,
                when=self.definitions.condition(one.when, ("rules", at, "unless", number, "when")),
            )
            for number, one in enumerate(rule.unless)
        )

    def _begins(self, rule: RuleFile) -> dt.date | None:
        return rule.in_force_from or self.pack.in_force_from

    def _comes_into_force(self, rule: RuleFile, at: int) -> None:
        first, last = self._begins(rule), rule.in_force_to
        if first is not None and last is not None and last < first:
            raise problem_at(
                self.document,
                ("rules", at, "in_force_to"),
                f"the rule ends on {last}, before it begins on {first}",
            )

    def _complete(self, rule: RuleFile, at: int) -> None:
        """What each kind of rule cannot do without, and what it may say."""
        for name in NEEDS[rule.kind]:
            if not getattr(rule, name):
                self._wrong(at, name, f"a rule of kind `{rule.kind}` needs this key")
        for name, kinds in ONLY.items():
            if getattr(rule, name) and rule.kind not in kinds:
                self._wrong(at, name, f"a rule of kind `{rule.kind}` has no such key")
        if rule.effect not in SAYS[rule.kind]:
            words = " or ".join(f"`{word}`" for word in SAYS[rule.kind])
            self._wrong(at, "effect", f"a rule of kind `{rule.kind}` says {words} here")
        allowed = ABOUT.get(rule.kind, ACTS)
        for act in rule.acts:
            self._known_act(act, allowed, ("rules", at, "act"))
        if rule.kind is RuleKind.PERMISSION:
            self._opens(rule, at)
        if rule.kind in PERIODS:
            self._keeps(rule, at)

    def _keeps(self, rule: RuleFile, at: int) -> None:
        """A minimum or maximum has a period and an anchor, or an expression over several."""
        if rule.keep_until is not None:
            for name in ("period", "anchor"):
                if getattr(rule, name) is not None:
                    self._wrong(at, name, "`keep_until:` says it already: take one of them out")
            return
        for name in ("period", "anchor"):
            if getattr(rule, name) is None:
                self._wrong(at, name, f"a rule of kind `{rule.kind}` needs this key")

    def _opens(self, rule: RuleFile, at: int) -> None:
        gate = self.gates.get(str(rule.gate))
        if gate is None:
            raise problem_at(
                self.document,
                ("rules", at, "gate"),
                f"there is no gate `{rule.gate}`",
                suggestion(str(rule.gate), sorted(self.gates)),
            )
        if not set(rule.acts) <= set(gate.acts):
            self._wrong(at, "act", f"gate `{gate.id}` stands before {', '.join(gate.acts)} only")

    def _known_act(self, act: str, allowed: Iterable[str], place: tuple[str | int, ...]) -> None:
        if act not in allowed:
            words = " or ".join(f"`{word}`" for word in allowed)
            raise problem_at(self.document, place, f"`{act}` is none of the acts here: {words}")

    def _wrong(self, at: int, name: str, words: str) -> None:
        raise problem_at(self.document, ("rules", at, name), words)
