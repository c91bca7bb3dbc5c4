"""A pack on paper: what it is and how sure, what it leaves out, and every rule; rights first.

It is made of the pack alone: nothing in it depends on the day or on who adopted what.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from govreg.policy.cases import Written, names_of
from govreg.policy.clock_file import HolidayFile
from govreg.policy.pack_file import PackFile, TableFile
from govreg.policy.rule import Effect, Rule, RuleBook, RuleKind
from govreg.reports.pack_readme import leaves_out, opening
from govreg.reports.pack_rules import clock_points, rule_grid
from govreg.reports.rule_words import CONFIDENCES, GROUPS, confidence_words, grouped
from govreg.reports.sheet import Cell, Grid, Points, Prose, Section, Sheet

_OPENS = (RuleKind.GROUND, RuleKind.DISCLOSURE, RuleKind.PERMISSION)
_PARTS: tuple[tuple[str, tuple[RuleKind, ...]], ...] = (
    ("Rights and clocks", (RuleKind.RIGHT, RuleKind.DEADLINE)),
    ("Bases and gates: what opens", _OPENS),
    ("What closes, and where a person decides", (RuleKind.PROHIBITION,)),
    ("Where the law does not apply", (RuleKind.SCOPE,)),
    ("What must be kept", (RuleKind.MINIMUM,)),
    ("What must not be kept longer", (RuleKind.MAXIMUM,)),
    ("Duties that follow", (RuleKind.DUTY,)),
)
_ADVICE = (
    "Until a named person of the organisation adopts a rule, the rule may keep or ask, and never "
    "destroy or disclose. A fact that is not known never allows anything: a person is asked. A "
    "rule that has changed must be adopted again."
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Pack:
    """A pack as its page needs it."""

    written: PackFile
    rules: RuleBook
    """Rules that hold those of the pack; others may stand beside them."""
    cases: Sequence[Written]
    readme: str = ""
    further: tuple[Section, ...] = ()
    """Sections of what lies beside the rules."""

    @property
    def own(self) -> list[Rule]:
        """The rules of the pack, in its order."""
        return [self.rules.rules[one.id] for one in self.written.rules]


def pack_document(pack: Pack, *, readme_link: str | None = None) -> Sheet:
    """The page of a pack.

    Args:
        pack: The pack.
        readme_link: Where the page links to the pack's README; none: it says where that lies.
    """
    written = pack.written
    told = "The pack's README, for a lawyer"
    return Sheet(
        title=f"{written.pack}: {written.title.get('en', written.pack)}",
        above=f"govreg policy pack · {written.pack} {written.version}",
        blocks=opening(pack.readme) or ((Prose(text=written.note),) if written.note else ()),
        link=(told, readme_link) if readme_link else None,
        sections=(_about(pack), _without(pack), *_rules(pack), *_rest(pack), *pack.further),
        made_by=f"Made by `govreg policy page {written.pack}` from the pack; not written by hand.",
    )


def _about(pack: Pack) -> Section:
    own, written = pack.own, pack.written
    checked = sorted({str(rule.checked_on) for rule in own if rule.checked_on})
    dated = sum(rule.in_force_from is not None for rule in own)
    rows: list[tuple[Cell, ...]] = [
        (("Pack",), (f"`{written.pack}`",)),
        (("Version",), (written.version,)),
        (("Law that requests name",), (f"`{written.law}`",)),
        (("Rules",), (str(len(own)),)),
        (("Recorded cases",), (str(len(pack.cases)),)),
        (("Wording checked on",), (", ".join(checked) or "never",)),
        (("Rules with the day they came into force",), (f"{dated} of {len(own)}",)),
    ]
    sure = Counter(rule.confidence for rule in own)
    does = [(GROUPS[group], number) for group in GROUPS if (number := _many(own, group))]
    return Section(
        title="What it is, and how sure",
        blocks=(
            Grid(head=("", ""), rows=tuple(rows)),
            Grid(
                head=("How sure a rule's wording is", "Rules"),
                rows=tuple(
                    ((f"{mark}: {confidence_words(mark)}",), (str(sure[mark]),))
                    for mark in CONFIDENCES
                ),
            ),
            Grid(
                head=("What rules do", "Rules"),
                rows=tuple(((title,), (str(number),)) for title, number in does),
            ),
            Prose(text=_ADVICE),
        ),
    )


def _many(rules: Sequence[Rule], group: tuple[RuleKind, Effect]) -> int:
    return sum((rule.kind, rule.effect) == group for rule in rules)


def _without(pack: Pack) -> Section:
    said = leaves_out(pack.readme)
    nothing = Prose(text="The pack has no README that says what it leaves out: read it all.")
    return Section(title="What it does not cover", blocks=said or (nothing,))


def _rules(pack: Pack) -> Iterator[Section]:
    cases = _cases(pack)
    for title, kinds in _PARTS:
        held = [rule for rule in pack.own if rule.kind in kinds]
        if not held:
            continue
        permissions = [rule for rule in held if rule.kind is RuleKind.PERMISSION]
        parts = [
            Section(title=name, blocks=(rule_grid(rules, cases),))
            for name, rules in grouped(rule for rule in held if rule not in permissions)
        ]
        parts += _by_gate(pack, permissions, cases)
        if points := clock_points(held):
            parts.append(Section(title="How the clocks count", blocks=(Points(items=points),)))
        if len(parts) == 1 and not permissions:
            yield Section(title=title, blocks=parts[0].blocks)
        else:
            yield Section(title=title, blocks=_gates(pack, kinds), parts=tuple(parts))


def _by_gate(
    pack: Pack, permissions: Sequence[Rule], cases: Mapping[str, int]
) -> Iterator[Section]:
    """Permissions under the gate that they open."""
    for gate in pack.written.gates:
        held = [rule for rule in permissions if rule.gate == gate]
        if held:
            text = f"Gate `{gate}`: each of these opens it"
            yield Section(title=text.replace("`", ""), blocks=(rule_grid(held, cases),))


def _gates(pack: Pack, kinds: Sequence[RuleKind]) -> tuple[Prose | Points | Grid, ...]:
    if RuleKind.PERMISSION not in kinds or not pack.written.gates:
        return ()
    rows: list[tuple[Cell, ...]] = []
    for name, gate in pack.written.gates.items():
        opened = sum(rule.gate == name for rule in pack.own)
        rows.append(
            (
                (f"`{name}`",),
                (", ".join(act.replace("_", " ") for act in gate.acts),),
                ("open by itself; only prohibitions close it",)
                if gate.open
                else (f"closed until a rule opens it; rules that can: {opened}",),
                (gate.text.get("en", ""),),
                ("; ".join(gate.citation),),
            )
        )
    head = ("Gate", "Stands before", "How it stands", "Said when nothing opens it", "Citation")
    lead = "Every gate that stands before an act must be open; none replaces another."
    return (Prose(text=lead), Grid(head=head, rows=tuple(rows)))


def _rest(pack: Pack) -> Iterator[Section]:
    """What rules rest on: tables, and corrections of public holidays."""
    written = pack.written
    days = [_day(place, day) for place, each in written.holidays.items() for day in each]
    if days:
        head = ("Day", "Place", "The pack counts it as", "Why")
        lead = "Where the pack differs from the list of public holidays that clocks use."
        yield Section(
            title="Public holidays", blocks=(Prose(text=lead), Grid(head=head, rows=tuple(days)))
        )
    if written.tables:
        yield Section(
            title="Tables that rules look up",
            parts=tuple(_table(name, table) for name, table in written.tables.items()),
        )


def _day(place: str, day: HolidayFile) -> tuple[Cell, ...]:
    counted = "a public holiday" if day.public else "no public holiday"
    doubt = "; the law may be read the other way" if day.arguable else ""
    return (day.name,), (place,), (f"{counted}{doubt}",), (day.cite,)


def _table(name: str, table: TableFile) -> Section:
    """A table by what it says: every key under its value."""
    held: dict[str, list[str]] = {}
    for key, value in table.rows.items():
        held.setdefault(_value(value), []).append(f"`{key}`")
    rows = [((value,), (", ".join(keys),)) for value, keys in held.items()]
    if table.default is not None:
        rows.append(((_value(table.default),), ("everything else",)))
    text = f"Looked up by `{table.by}`. Source: {'; '.join(table.citation)}."
    return Section(
        title=name,
        blocks=(Prose(text=text), Grid(head=("It says", "Of"), rows=tuple(rows))),
    )


def _value(value: object) -> str:
    return str(value) if not isinstance(value, bool) else "yes" if value else "no"


def _cases(pack: Pack) -> dict[str, int]:
    """How many cases exercise each rule or an exception of it."""
    of = {one.id: rule.id for rule in pack.own for one in rule.unless}
    of |= {rule.id: rule.id for rule in pack.own}
    found: Counter[str] = Counter()
    for written in pack.cases:
        found.update({of[name] for name in names_of(written.case) if name in of})
    return found
