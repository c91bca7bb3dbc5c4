"""What a pack defines for its own conditions: tables, and facts that follow from others.

A condition that names one is rewritten when the pack is loaded, so that only declared facts and
values are left in it. What goes round in a circle is refused.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from govreg.condition.expression import (
    Compare,
    Expression,
    FactRef,
    Known,
    Lookup,
    Not,
    Op,
    TableRef,
    Value,
    comparisons,
    mapped,
)
from govreg.condition.parse import NotACondition, parse
from govreg.policy.country import country_of
from govreg.policy.fact import PYTHON, Fact, FactKind
from govreg.policy.facts import FACTS
from govreg.policy.pack_file import DerivedFile, PackFile, TableFile
from govreg.validation import suggestion
from govreg.yaml12 import Document, problem_at

Place = tuple[str | int, ...]
_PLACES = (".country", ".state")
"""How facts end whose values are places."""
_ORDERED = frozenset({Op.LT, Op.LE, Op.GT, Op.GE})


class Definitions:
    """The tables and derived facts of one pack."""

    def __init__(self, document: Document, pack: PackFile) -> None:
        self.document = document
        self.pack = pack
        self.used: set[str] = set()
        """What conditions have asked for since it was last emptied."""
        self._open: list[str] = []
        self._tables = {name: self._table(name, one) for name, one in pack.tables.items()}
        for name, one in pack.derive.items():
            self._declared(name, one)
        for name in pack.derive:
            self._meaning(name, ("derive", name))

    def condition(self, written: Mapping[str, Any], place: Place) -> Expression:
        """A condition as written, checked, with everything defined put in.

        Raises:
            ConfigurationProblem: it is none, or names what there is not.
        """
        try:
            expression = parse(written)
        except NotACondition as problem:
            raise problem_at(self.document, (*place, *problem.path), str(problem)) from None
        for compare in comparisons(expression):
            self._check(compare, place)
        return mapped(expression, lambda compare: self._put_in(compare, place))

    def uses(self, ask: Callable[[], None]) -> dict[str, object]:
        """The definitions, as written, that conditions name while `ask` runs."""
        self.used.clear()
        ask()
        held = {**self.pack.tables, **self.pack.derive}
        return {name: held[name].model_dump(mode="json") for name in sorted(self.used)}

    def _table(self, name: str, table: TableFile) -> Lookup:
        if table.by not in FACTS:
            raise problem_at(
                self.document,
                ("tables", name, "by"),
                f"there is no fact `{table.by}`",
                suggestion(table.by, sorted(FACTS)),
            )
        for key in (*table.rows, *table.covers):
            listed = "rows" if key in table.rows else "covers"
            self._check_place(table.by, key, ("tables", name, listed))
        holes = [key for key in table.covers if key not in table.rows]
        if holes:
            raise problem_at(
                self.document,
                ("tables", name, "rows"),
                f"table `{name}` has no row for {', '.join(f'`{hole}`' for hole in holes)}",
                "add it, or take it out of `covers:`",
            )
        return Lookup(
            table=name,
            by=table.by,
            rows=tuple(table.rows.items()),
            default=table.default,
            dotted=table.dotted,
        )

    def _declared(self, name: str, one: DerivedFile) -> None:
        place = ("derive", name)
        if not name.startswith(f"{self.pack.law}."):
            raise problem_at(
                self.document, place, f"a fact of this pack is called `{self.pack.law}.…`"
            )
        if (one.when is None) is (one.table is None):
            raise problem_at(self.document, place, "a derived fact has `when:` or `table:`")
        if one.table is not None and one.table not in self._tables:
            raise self._unknown_table(one.table, (*place, "table"))

    def _meaning(self, name: str, place: Place) -> Expression | Lookup:
        if name in self._open:
            ring = " → ".join([*self._open[self._open.index(name) :], name])
            raise problem_at(self.document, place, f"`{name}` is defined by itself: {ring}")
        self.used.add(name)
        one = self.pack.derive[name]
        if one.table is not None:
            self.used.add(one.table)
            return self._tables[one.table]
        self._open.append(name)
        found = self.condition(one.when or {}, ("derive", name, "when"))
        self._open.pop()
        return found

    def _put_in(self, compare: Compare, place: Place) -> Expression:
        value = compare.value
        if isinstance(value, TableRef):
            self.used.add(value.name)
            value = self._tables[value.name]
        if compare.fact not in self.pack.derive:
            return Compare(fact=compare.fact, op=compare.op, value=value)
        meaning = self._meaning(compare.fact, place)
        if isinstance(meaning, Lookup):
            return Compare(fact=meaning.by, op=compare.op, value=value, through=meaning)
        asked = Known(part=meaning) if compare.op is Op.KNOWN else meaning
        wanted = value if compare.op in {Op.IS, Op.KNOWN} else not value
        return asked if wanted else Not(part=asked)

    def _fact(self, name: str, place: Place) -> Fact:
        one = self.pack.derive.get(name)
        if one is not None:
            kind = FactKind.FLAG if one.table is None else FactKind.TEXT
            return Fact(name=name, kind=kind, words=one.words)
        if name not in FACTS:
            known = sorted([*FACTS, *self.pack.derive])
            raise problem_at(
                self.document, place, f"there is no fact `{name}`", suggestion(name, known)
            )
        return FACTS[name]

    def _check(self, compare: Compare, place: Place) -> None:
        fact = self._fact(compare.fact, place)
        if compare.op is Op.KNOWN:
            return
        self._check_kind(fact, compare, place)
        match compare.value:
            case FactRef(name=name):
                other = self._fact(name, place)
                if other.kind is not fact.kind or name in self.pack.derive:
                    raise problem_at(
                        self.document, place, f"`{fact.name}` cannot be compared with `{name}`"
                    )
            case TableRef(name=name):
                if name not in self._tables:
                    raise self._unknown_table(name, place)
            case tuple() as values:
                for value in values:
                    self._check_value(fact, compare.op, value, place)
            case value:
                self._check_value(fact, compare.op, value, place)  # type: ignore[arg-type]

    def _check_kind(self, fact: Fact, compare: Compare, place: Place) -> None:
        if compare.op is Op.CONTAINS and fact.kind is not FactKind.SET:
            raise problem_at(self.document, place, f"`{fact.name}` is no set")
        if compare.op is Op.UNDER and fact.kind is not FactKind.TEXT:
            raise problem_at(self.document, place, f"`{fact.name}` is no category")
        flag = compare.fact in self.pack.derive and fact.kind is FactKind.FLAG
        if flag and compare.op not in {Op.IS, Op.IS_NOT}:
            raise problem_at(self.document, place, f"`{fact.name}` is true or false")

    def _check_value(self, fact: Fact, op: Op, value: Value, place: Place) -> None:
        if fact.kind is FactKind.FLAG and not isinstance(value, bool):
            raise problem_at(self.document, place, f"`{fact.name}` is true or false")
        self._check_place(fact.name, value, place)
        if fact.values is not None and value not in fact.values:
            raise problem_at(
                self.document,
                place,
                f"`{value}` is no value of `{fact.name}`",
                suggestion(str(value), fact.values),
            )
        right = isinstance(value, PYTHON[fact.kind])
        if not right or (fact.kind is not FactKind.FLAG and isinstance(value, bool)):
            raise problem_at(
                self.document, place, f"`{fact.name}` is a {fact.kind}, and `{value}` is none"
            )
        if op in _ORDERED and fact.kind not in {FactKind.NUMBER, FactKind.DATE}:
            raise problem_at(self.document, place, f"`{fact.name}` has no order")

    def _check_place(self, name: str, value: object, place: Place) -> None:
        """A country that there is not would be looked for in vain, for ever."""
        if name.endswith(_PLACES) and isinstance(value, str) and country_of(value) is None:
            raise problem_at(
                self.document,
                place,
                f"`{value}` is no country, and `{name}` is one",
                "write its code (ISO 3166), such as `FI`, or `US-CA` for a state of one",
            )

    def _unknown_table(self, name: str, place: Place) -> Exception:
        return problem_at(
            self.document,
            place,
            f"there is no table `{name}`",
            suggestion(name, sorted(self._tables)),
        )
