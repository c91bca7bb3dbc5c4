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
from typing import Any

from govreg.gate.cells import cell_fields, item_facts
from govreg.gate.scope import FoundRow, Relation, Scope
from govreg.policy.adopt import Adopted
from govreg.policy.evaluate import decide
from govreg.policy.outcome import Decision, Outcome
from govreg.policy.rule import RuleBook
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """One row as it is handed out."""

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


OTHERS = Withholding(
    code="others",
    cites=("GDPR Art 15(4)",),
    text="it identifies another person who shares this record",
)
CREDENTIAL = Withholding(
    code="credential",
    cites=("GDPR Art 32",),
    text="it is a credential, and no credential leaves the place where it is used",
)
REVIEWED_OUT = Withholding(
    code="reviewed_out",
    cites=("GDPR Art 15(4)",),
    text="a person reviewed the text and withheld it",
)


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

    def verdict(self, field: Field, *, reviewed: bool | None) -> _Verdict:
        """None to disclose, else why not; and the organisation's rules that overrode a pack's."""
        at = (field.name, reviewed)
        if at not in self._made:
            question = {
                **self.under.facts,
                "request.act": "disclose",
                **item_facts(self.collection, field),
                "item.reviewed": reviewed is True,
            }
            decision = decide(
                question, self.under.rules, on=self.under.on, adopted=self.under.adopted
            )
            overrides = tuple(override.own for override in decision.overrides)
            self._made[at] = _withholding(decision), overrides
        return self._made[at]


def _tell(row: FoundRow, decisions: _Decisions, kinds: Kinds, own: frozenset[Identifier]) -> Told:
    values: dict[str, Any] = {}
    withheld: dict[str, Withholding] = {}
    overrides: dict[str, None] = {}
    for field in cell_fields(decisions.collection, row):
        value = row.values.get(field.name)
        reviewed = decisions.under.reviewed(row, field) if field.free_text else None
        why, overriding = decisions.verdict(field, reviewed=reviewed)
        overrides |= dict.fromkeys(overriding)
        if field.free_text and reviewed is False:
            why = REVIEWED_OUT
        if why is None and field.secret:
            why = CREDENTIAL  # whatever rules are loaded
        if why is None and _others(row, field, value, kinds, own):
            why = OTHERS
        if why is None or (value is None and why.pending):
            values[field.name] = value
        else:
            withheld[field.name] = why
    return Told(row=row, values=values, withheld=withheld, overrides=tuple(overrides))


def _others(
    row: FoundRow, field: Field, value: Any, kinds: Kinds, own: frozenset[Identifier]
) -> bool:
    """Whether a field of a shared row identifies somebody else."""
    if row.relation is not Relation.SHARED or not row.others or field.identifier is None:
        return False
    found = kinds.read(field.identifier, value)
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
    )


def overriding(told: Mapping[str, Iterable[Told]]) -> Iterator[str]:
    """The organisation's own rules that spoke in place of a pack's for any cell."""
    yield from dict.fromkeys(name for rows in told.values() for r in rows for name in r.overrides)


def held_fields(collection: Collection, rows: Iterable[Told]) -> dict[str, Field]:
    """The fields in which something about this person is held, handed out or not.

    What tells of other people only is not about this person, and an empty field holds nothing.
    """
    names = {
        name
        for told in rows
        for name in (*told.values, *told.withheld)
        if told.row.values.get(name) is not None and told.withheld.get(name) != OTHERS
        # in a row that names the person, the field that does so is about them
        if told.row.relation is Relation.MENTION or not collection.fields[name].about_other
    }
    return {name: field for name, field in collection.fields.items() if name in names}


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
