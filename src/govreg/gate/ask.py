"""Ask the sources for rows during a search, and remember who did not answer.

- A key is asked once for each link; a look-up once for each identifier.
- A column that is gone is left out of the question and named in `absent_fields`.
- A collection that does not answer is named in `missing`; the search goes on without it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Container, Iterable, Mapping, Sequence
from typing import Any

from govreg.connectors.plan import fingerprint
from govreg.connectors.record import RowKey
from govreg.errors import SourceProblem
from govreg.gate.border import Rows, Visit
from govreg.gate.scope import Cap, CapCode, FoundRow, Limits, Step, StepCode
from govreg.register.model import Collection, Field, Level, Link, Register
from govreg.subjects.identifier import Identifier, Kinds

Hits = Mapping[Identifier, Mapping[str, Rows]]
"""Rows by the identifier that found them and by collection."""


class Asker:
    """Questions to the sources, with their gaps."""

    def __init__(self, visit: Visit, kinds: Kinds, limits: Limits) -> None:
        self.visit, self.kinds, self.limits = visit, kinds, limits
        self.register: Register = visit.border.register
        self.missing: dict[str, str] = {}
        self.absent_fields: dict[str, set[str]] = defaultdict(set)
        self.caps: dict[Cap, None] = {}
        self.searched: dict[str, dict[Step, None]] = defaultdict(dict)
        self._key_names = {held.ref: held.key for held in self.register.collections()}
        self._followed: dict[tuple[str, ...], set[RowKey]] = defaultdict(set)

    def look_up(self, asked: Iterable[Identifier]) -> Hits:
        """Rows that hold an identifier, each hit re-checked under the identifier's own rule."""
        by_kind: dict[str, set[Identifier]] = defaultdict(set)
        for identifier in asked:
            by_kind[identifier.kind].add(identifier)
        hits: dict[Identifier, dict[str, Rows]] = defaultdict(lambda: defaultdict(list))
        for collection in self.register.collections():
            for field in collection.identifier_fields:
                wanted = by_kind.get(str(field.identifier))
                if wanted:
                    self._look_up_field(collection, field, wanted, hits)
        return hits

    def _look_up_field(
        self,
        collection: Collection,
        field: Field,
        wanted: set[Identifier],
        hits: Mapping[Identifier, dict[str, Rows]],
    ) -> None:
        kind = self.kinds.kind(str(field.identifier))
        texts = self.kinds.wanted(kind.name, wanted)
        rows = self._asking(
            collection,
            lambda columns: self.visit.find(collection, field.name, texts, kind.fold, columns),
        )
        if field.protect is not None:
            rows = self._with_sealed(collection, field, wanted, rows)
        step = Step(code=StepCode.BY, collection=collection.ref, through=kind.name)
        self.searched[collection.ref][step] = None
        for row in rows:
            found = self.kinds.read(kind.name, row.get(field.name))
            if found is not None and found in wanted:
                hits[found][collection.ref].append(row)

    def _with_sealed(
        self, collection: Collection, field: Field, wanted: set[Identifier], rows: Rows
    ) -> Rows:
        """Rows in clear, and those that are found by look-up values, each once."""
        normal = sorted(identifier.value for identifier in wanted)
        more = self._asking(
            collection, lambda columns: self.visit.find_sealed(collection, field, normal, columns)
        )
        held = {self.key(collection.ref, row) for row in rows}
        return [*rows, *(row for row in more if self.key(collection.ref, row) not in held)]

    def follow(
        self,
        target: Collection,
        fields: Sequence[str],
        rows: Sequence[FoundRow],
        key_fields: Sequence[str],
        link: Link,
    ) -> Rows:
        """Rows of `target` whose fields equal `key_fields` of the rows; each key is asked once."""
        done = self._followed[target.ref, link.name, *fields]
        keys = {tuple(row.values.get(name) for name in key_fields) for row in rows}
        wanted = [key for key in keys - done if None not in key]
        if not wanted:
            return []
        done.update(wanted)
        step = Step(code=StepCode.OVER, collection=target.ref, through=link.name)
        self.searched[target.ref][step] = None
        return self.rows(target, fields, wanted, step)

    def held_by_several(
        self, ref: str, fields: Sequence[str], own: Sequence[FoundRow], mine: Container[RowKey]
    ) -> frozenset[RowKey]:
        """Values of own rows that rows of other people hold too: over these a link leads to both.

        A key tells people apart and is not asked about.
        """
        collection = self.register.collection(ref)
        if collection is None or not self.is_person(ref):
            return frozenset()
        if collection.key and set(collection.key) <= set(fields):
            return frozenset()
        wanted = {tuple(row.values.get(name) for name in fields) for row in own}
        keys = [key for key in wanted if None not in key]
        step = Step(code=StepCode.HELD_BY_OTHERS, collection=ref)
        found = self.rows(collection, fields, keys, step) if keys else []
        return frozenset(
            tuple(row.get(name) for name in fields)
            for row in found
            if self.key(ref, row) not in mine
        )

    def rows(
        self, target: Collection, fields: Sequence[str], keys: Sequence[RowKey], step: Step
    ) -> Rows:
        """Rows of `target` by any fields, up to the fan-out limit, which is named when hit."""
        cap = self.limits.fan_out
        found = self._asking(
            target, lambda columns: self.visit.follow(target, fields, keys, columns, cap + 1)
        )
        if len(found) > cap:
            hit = Cap(code=CapCode.FAN_OUT, number=cap, collection=target.ref, step=step)
            self.caps[hit] = None
            del found[cap:]
        return found

    def _asking(self, collection: Collection, ask: Callable[[tuple[str, ...]], Rows]) -> Rows:
        """Ask for every registered column; where one is gone, ask for the rest and say so."""
        columns = tuple(collection.fields)
        try:
            try:
                return ask(columns)
            except SourceProblem as problem:
                if problem.code != "no_column":
                    raise
                facts = self.visit.catalogue(collection.source).collections.get(collection.name)
                live = set(facts.columns) if facts else set()
                self.absent_fields[collection.ref] |= set(columns) - live
                return ask(tuple(name for name in columns if name in live))
        except SourceProblem as problem:
            # `unreachable` is the word for what no link leads to
            code = "connection" if problem.code == "unreachable" else problem.code
            self.missing.setdefault(collection.ref, code)
            return []

    def hit(self, code: CapCode, number: int, *, collection: str = "", kind: str = "") -> None:
        """Say that a limit was hit."""
        self.caps[Cap(code=code, number=number, collection=collection, kind=kind)] = None

    def key(self, ref: str, row: Mapping[str, Any]) -> RowKey:
        """A row's key; a row of a collection without one is told apart by all its values."""
        names = self._key_names.get(ref)
        if not names:
            return ("#", fingerprint(list(row.values())))
        return tuple([row.get(name) for name in names])

    def is_apart(self, ref: str) -> bool:
        """Whether each row of the collection is one person, household or organisation."""
        collection = self.register.collection(ref)
        return self.is_person(ref) or (
            collection is not None and collection.level is not Level.INDIVIDUAL
        )

    def is_person(self, ref: str) -> bool:
        """Whether each row of the collection is one person."""
        collection = self.register.collection(ref)
        return (
            collection is not None
            and collection.subject is not None
            and collection.level is Level.INDIVIDUAL
        )
