"""What of a person's rows may be handed to that person: decided field by field, with reasons.

    (1) decide each field of each collection under the law of the request
    (2) withhold what tells of other people, what is privileged, what is a credential
    (3) free text waits for a person's review, row by row
    (4) hand out the rest

Every cell of the scope comes out either with its value or as withheld with a reason.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, NamedTuple

from govreg.gate.cells import cell_fields, item_facts
from govreg.gate.scope import FoundRow, Relation, Scope
from govreg.policy.adopt import Adopted
from govreg.policy.evaluate import decide
from govreg.policy.house import CREDENTIAL, OTHERS, REVIEWED_OUT, cites_of
from govreg.policy.outcome import Decision, Outcome
from govreg.policy.rule import RuleBook
from govreg.protection.cells import is_sealed
from govreg.register.model import Collection, Field, Register
from govreg.subjects.identifier import Identifier, Kinds


@dataclass(frozen=True, slots=True, kw_only=True)
class Withholding:
    """Why a cell is not disclosed; equal ones are reported together."""

    code: str
    """`pending_review`, `reviewed_out`, `others`, or the rule's id."""
    rules: tuple[str, ...] = ()
    cites: tuple[str, ...] = ()
    text: str = ""
    pending: bool = False
    """A person has yet to decide: the answer is partial until then."""
    missing: tuple[str, ...] = ()
    """The facts that were not known, where that is why."""


class Told(NamedTuple):
    """One row as it is handed out; a tuple, as `FoundRow` is."""

    row: FoundRow
    values: Mapping[str, Any]
    withheld: Mapping[str, Withholding]
    overrides: tuple[str, ...] = ()
    """Rules of the organisation's own that spoke in place of a pack's for a cell of it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Disclosing:
    """Under what a disclosure is decided."""

    rules: RuleBook
    adopted: Adopted
    on: dt.date
    facts: Mapping[str, object]
    reviewed: Callable[[FoundRow, Field], bool | None]
    """Whether a free text may go out: yes, no, or not reviewed."""


_UNREADABLE = Withholding(
    code="unreadable",
    text="it is sealed under a key that is gone or does not fit: nobody can read it",
)
_HOUSE = {
    OTHERS: "it identifies another person who shares this record",
    CREDENTIAL: "it is a credential, and no credential leaves the place where it is used",
    REVIEWED_OUT: "a person reviewed the text and withheld it",
}


def disclose(
    register: Register, scope: Scope, kinds: Kinds, under: Disclosing
) -> Mapping[str, tuple[Told, ...]]:
    """Every row of a scope, each cell disclosed or withheld, by collection."""
    told: dict[str, tuple[Told, ...]] = {}
    own = frozenset(scope.identifiers)
    for ref, rows in scope.rows.items():
        collection = register.collection(ref)
        if collection is None:
            continue
        decisions = _Decisions(collection, under)
        told[ref] = tuple(_tell(row, decisions, kinds, own) for row in rows.values())
    return told


_Verdict = tuple[Withholding | None, tuple[str, ...]]


class _Decisions:
    """The decisions for the fields of one collection, each made once."""

    def __init__(self, collection: Collection, under: Disclosing) -> None:
        self.collection, self.under = collection, under
        self._made: dict[tuple[str, bool | None], _Verdict] = {}

    def of(self, row: FoundRow, field: Field) -> _Verdict:
        """None to disclose, else why not; and the organisation's rules that overrode a pack's."""
        reviewed = self.under.reviewed(row, field) if field.free_text else None
        at = (field.name, reviewed)
        if at not in self._made:
            self._made[at] = self._decided(field, reviewed=reviewed)
        return self._made[at]

    @cached_property
    def all_told(self) -> tuple[tuple[str, ...], tuple[str, ...]] | None:
        """The fields and overrides of a row of which all is disclosed whatever it holds."""
        fields = self.collection.personal_fields
        if any(field.free_text for field in fields):
            return None
        verdicts = [self._decided(field, reviewed=None) for field in fields]
        if any(why is not None for why, _ in verdicts):
            return None
        overrides = dict.fromkeys(one for _, overriding in verdicts for one in overriding)
        return tuple(field.name for field in fields), tuple(overrides)

    def house(self, code: str) -> Withholding:
        """What is withheld whatever rules are loaded."""
        cites = cites_of(code, self.under.facts.get("request.law"))
        return Withholding(code=code, cites=cites, text=_HOUSE[code])

    def _decided(self, field: Field, *, reviewed: bool | None) -> _Verdict:
        if field.free_text and reviewed is False:
            return self.house(REVIEWED_OUT), ()
        question = {
            **self.under.facts,
            "request.act": "disclose",
            **item_facts(self.collection, field),
            "item.reviewed": reviewed is True,
        }
        decision = decide(question, self.under.rules, on=self.under.on, adopted=self.under.adopted)
        overrides = tuple(override.own for override in decision.overrides)
        if decision.outcome is Outcome.ALLOW and field.secret:
            return self.house(CREDENTIAL), overrides  # whatever rules are loaded
        return _withholding(decision), overrides


def _tell(row: FoundRow, decisions: _Decisions, kinds: Kinds, own: frozenset[Identifier]) -> Told:
    shut = [name for name, value in row.values.items() if is_sealed(value)]
    if decisions.all_told and row.relation is Relation.OWN and not shut:
        names, touching = decisions.all_told
        told = {name: row.values.get(name) for name in names}
        return Told(row=row, values=told, withheld={}, overrides=touching)
    values: dict[str, Any] = {}
    withheld: dict[str, Withholding] = {}
    shared = row.relation is Relation.SHARED and row.others > 0
    overrides: dict[str, None] = {}
    for field in cell_fields(decisions.collection, row):
        value = row.values.get(field.name)
        why, overriding = decisions.of(row, field)
        overrides |= dict.fromkeys(overriding)
        if why is None and shared and _others(field, value, kinds, own):
            why = decisions.house(OTHERS)
        if field.name in shut:
            why = _UNREADABLE
        if why is None or (value is None and why.pending):
            values[field.name] = value
        else:
            withheld[field.name] = why
    return Told(row=row, values=values, withheld=withheld, overrides=tuple(overrides))


def _others(field: Field, value: Any, kinds: Kinds, own: frozenset[Identifier]) -> bool:
    """Whether a field of a shared row identifies somebody else."""
    found = kinds.read(field.identifier, value) if field.identifier else None
    return found is not None and found not in own


def _withholding(decision: Decision) -> Withholding | None:
    if decision.outcome is Outcome.ALLOW:
        return None
    reasons = decision.reasons
    return Withholding(
        code=next((reason.rule for reason in reasons if reason.rule), str(decision.outcome)),
        rules=tuple(dict.fromkeys(reason.rule for reason in reasons if reason.rule)),
        cites=tuple(dict.fromkeys(cite for reason in reasons for cite in reason.cite)),
        text="; ".join(dict.fromkeys(reason.text for reason in reasons)),
        pending=decision.outcome is Outcome.NEEDS_HUMAN,
        missing=decision.unknown_facts,
    )


def overriding(told: Mapping[str, Iterable[Told]]) -> Iterator[str]:
    """The organisation's own rules that spoke in place of a pack's for any cell."""
    yield from dict.fromkeys(name for rows in told.values() for r in rows for name in r.overrides)


def held_fields(collection: Collection, rows: Iterable[Told]) -> dict[str, Field]:
    """The fields in which something about this person is held, handed out or not.

    What tells of other people only is not about this person, and an empty field holds nothing.
    """
    held: set[str] = set()
    open_names = {field.name for field in collection.personal_fields}
    open_names |= {name for link in collection.links for name in link.fields}
    for told in rows:
        found = {name for name in open_names if _holds(told, collection.fields[name])}
        held |= found
        open_names -= found
        if not open_names:
            break
    return {name: field for name, field in collection.fields.items() if name in held}


def _holds(told: Told, field: Field) -> bool:
    if told.row.values.get(field.name) is None:
        return False
    why = told.withheld.get(field.name)
    if field.name not in told.values and (why is None or why.code == OTHERS):
        return False
    # in a row that names the person, the field that does so is about them
    return told.row.relation is Relation.MENTION or not field.about_other


def free_texts(register: Register, scope: Scope) -> Iterator[tuple[Collection, FoundRow, Field]]:
    """Every free text of a scope that holds something, for a person to review."""
    for ref, rows in scope.rows.items():
        collection = register.collection(ref)
        if collection is None:
            continue
        for row in rows.values():
            for field in cell_fields(collection, row):
                if field.free_text and row.values.get(field.name) not in {None, ""}:
                    yield collection, row, field
