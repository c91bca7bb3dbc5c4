"""Rows that are people, or name them by identifiers of their own: given to subjects in batches."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import TYPE_CHECKING

import pyarrow as pa
import sqlalchemy as sa

from govreg.bulk.duck import fed
from govreg.clock import Clock, to_millis
from govreg.database import Store
from govreg.ids import new_id
from govreg.loading import among, load
from govreg.subjects.identifier import Kinds
from govreg.subjects.row_map import NOBODY_SURE
from govreg.subjects.survivors import merged, with_aliases
from govreg.subjects.tables import subject as subject_table
from govreg.subjects.tables import subject_identifier

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

_ROWS = 50_000
Reference = tuple[str, bytes]


@dataclass(slots=True)
class Tally:
    """What was seen of a collection."""

    rows: int = 0
    mapped: int = 0
    subjects: int = 0
    ambiguous: int = 0
    new_people: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Identified:
    """A collection whose rows bear identifiers."""

    key: Sequence[str]
    fields: Sequence[tuple[str, str]]
    """Its identifier fields, each with its kind."""
    kinds: Kinds
    blind: Callable[[str], Callable[[str], bytes]]
    store: Store
    clock: Clock

    def strong(self, kind: str) -> bool:
        """Whether a kind names one person alone."""
        return self.kinds.kind(kind).strong


def people(
    db: DuckDBPyConnection,
    who: Identified,
    batches: Iterator[pa.RecordBatch],
    tally: Tally,
) -> Iterator[pa.RecordBatch]:
    """The rows by their key, with the subject, or with nobody for sure.

    Rows without an identifier that can be read are left out.
    """
    first = next(batches, None)
    if first is None:
        return
    schema = _with_blinds(who, first).schema
    with fed(db, "rows", schema, (_with_blinds(who, one) for one in chain([first], batches))):
        db.execute("CREATE TEMP TABLE seen AS FROM rows")
    shared = _shared(db, who)
    for batch in db.sql("FROM seen").to_arrow_reader(_ROWS):
        yield from _given(who, batch, shared, tally)


def _with_blinds(who: Identified, batch: pa.RecordBatch) -> pa.RecordBatch:
    """The key, and for each identifier field the look-up value; no identifier goes further."""
    names, columns = list(who.key), [batch.column(name) for name in who.key]
    for number, (field, kind) in enumerate(who.fields):
        blind = who.blind(kind)
        values = batch.column(field).to_pylist()
        held = {
            value: blind(found.value) if (found := who.kinds.read(kind, value)) else None
            for value in set(values)
        }
        names.append(f"blind_{number}")
        columns.append(pa.array([held[value] for value in values], pa.binary()))
    return pa.RecordBatch.from_arrays(columns, names=names)


def _shared(db: DuckDBPyConnection, who: Identified) -> frozenset[bytes]:
    """(3): weak values that rows with different strong ones have in common."""
    strong = [n for n, (_, kind) in enumerate(who.fields) if who.strong(kind)]
    weak = [n for n, (_, kind) in enumerate(who.fields) if not who.strong(kind)]
    found: set[bytes] = set()
    for one in weak:
        for other in strong:
            rows = db.execute(
                f"SELECT blind_{one} FROM seen WHERE blind_{one} IS NOT NULL "  # noqa: S608 - numbers
                f"GROUP BY blind_{one} HAVING count(DISTINCT blind_{other}) > 1"
            )
            found.update(bytes(blind) for (blind,) in rows.fetchall())
    return frozenset(found)


def _given(
    who: Identified, batch: pa.RecordBatch, shared: frozenset[bytes], tally: Tally
) -> Iterator[pa.RecordBatch]:
    """(4): one batch, in one transaction."""
    columns = [batch.column(f"blind_{n}").to_pylist() for n in range(len(who.fields))]
    kinds = [kind for _, kind in who.fields]
    with who.store.write() as connection:
        giving = _Giving(who, connection, kinds, columns, shared)
        subjects = [giving.whose(said) for said in zip(*columns, strict=True)]
        giving.keep()
    tally.new_people += len(giving.new)
    column = pa.array(subjects, pa.string())
    made = batch.select(list(who.key)).append_column("subject", column)
    yield made.filter(column.is_valid())


class _Giving:
    """Whose the rows of a batch are."""

    def __init__(
        self,
        who: Identified,
        connection: sa.Connection,
        kinds: Sequence[str],
        columns: Sequence[Sequence[bytes | None]],
        shared: frozenset[bytes],
    ) -> None:
        self.who, self.connection, self.kinds, self.shared = who, connection, kinds, shared
        self.new: set[str] = set()
        self._gained: list[tuple[str, str, bytes]] = []
        self._strong = [who.strong(kind) for kind in kinds]
        self._people: dict[Reference, set[str]] = defaultdict(set)
        self._holds: dict[tuple[str, str], set[bytes]] = defaultdict(set)
        self._known: dict[tuple[bytes | None, ...], str | None] = {}
        self._look_up(columns)

    def whose(self, said: tuple[bytes | None, ...]) -> str | None:
        """The subject of a row, nobody for sure, or none where nothing identifies it."""
        if said not in self._known:
            self._known[said] = self._decided(said)
        return self._known[said]

    def keep(self) -> None:
        """Write down who became known, and what is new of whom."""
        now = to_millis(self.who.clock())
        names = sorted(self.new)
        load(self.connection, subject_table, {"id": names, "created_at": [now] * len(names)})
        load(
            self.connection,
            subject_identifier,
            {
                "subject_id": [who for who, _, _ in self._gained],
                "kind": [kind for _, kind, _ in self._gained],
                "blind": [blind for _, _, blind in self._gained],
                "created_at": [now] * len(self._gained),
            },
        )

    def _decided(self, said: tuple[bytes | None, ...]) -> str | None:
        named = [(kind, blind) for kind, blind in zip(self.kinds, said, strict=True) if blind]
        strong = [one for one, is_strong in self._weighed(said) if is_strong]
        if not named:
            return None
        sure = set().union(*(self._people[one] for one in strong if one in self._people))
        maybe = {
            person
            for one in named
            if one not in strong and one in self._people
            for person in self._people[one]
            if not self._contradicts(person, strong)
        }
        found = sure | maybe
        if len(found) > 1:
            return NOBODY_SURE
        if not found:
            return self._becomes_known(named)
        (person,) = found
        if person not in sure and strong:
            if any(blind in self.shared for _, blind in named):
                return NOBODY_SURE  # any of those who share the value may be meant
            for one in strong:
                self._gains(person, one)
        return person

    def _weighed(self, said: tuple[bytes | None, ...]) -> Iterator[tuple[Reference, bool]]:
        for kind, blind, strong in zip(self.kinds, said, self._strong, strict=True):
            if blind:
                yield (kind, blind), strong

    def _contradicts(self, person: str, strong: Sequence[Reference]) -> bool:
        """Whether a person has another value of a kind that names one person alone."""
        return any(
            (held := self._holds.get((person, kind))) and blind not in held
            for kind, blind in strong
        )

    def _becomes_known(self, named: Sequence[Reference]) -> str:
        person = new_id("sub")
        self.new.add(person)
        for one in dict.fromkeys(named):
            self._gains(person, one)
        return person

    def _gains(self, person: str, one: Reference) -> None:
        kind, blind = one
        self._gained.append((person, kind, blind))
        self._people[one].add(person)
        if self.who.strong(kind):
            self._holds[(person, kind)].add(blind)

    def _look_up(self, columns: Sequence[Sequence[bytes | None]]) -> None:
        table = subject_identifier.c
        now = merged(self.connection)
        for kind in dict.fromkeys(self.kinds):
            wanted = {
                blind
                for other, column in zip(self.kinds, columns, strict=True)
                if other == kind
                for blind in column
                if blind
            }
            read, given = [table.blind, table.subject_id], {table.kind: kind}
            for blind, who in among(self.connection, table.blind, list(wanted), read, given=given):
                self._people[(kind, bytes(blind))].add(now.get(who, who))
        found = set().union(*self._people.values()) if self._people else set()
        of: Mapping[str, str] = with_aliases(self.connection, found)
        read = [table.subject_id, table.kind, table.blind]
        for who, kind, blind in among(self.connection, table.subject_id, list(of), read):
            if kind in self.kinds and self.who.strong(kind):
                self._holds[(of[who], kind)].add(bytes(blind))
