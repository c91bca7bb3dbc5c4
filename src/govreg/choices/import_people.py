"""Whose choices the rows of a batch are: by id, or by keyed look-up, in sets.

- The rule is that of `person.whose`, for thousands of rows at once: one person who is known,
  nobody who then becomes known, or several, which is refused.
- Whoever is new by an earlier row is known to the later ones.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence

import sqlalchemy as sa

from govreg.choices.import_model import Refusal
from govreg.clock import to_millis
from govreg.ids import new_id
from govreg.loading import among, load
from govreg.requests.parts import Parts
from govreg.subjects.suppression import Reference
from govreg.subjects.survivors import existing, merged, with_aliases
from govreg.subjects.tables import subject as subject_table
from govreg.subjects.tables import subject_identifier

_NOBODY: frozenset[str] = frozenset()


class People:
    """The people of one batch; use it inside one writing transaction."""

    def __init__(self, parts: Parts, connection: sa.Connection, kinds: Sequence[str]) -> None:
        self.parts, self.connection, self.kinds = parts, connection, kinds
        self.new: dict[str, tuple[Reference, ...]] = {}
        """People who became known, with what names them."""
        self._blind = parts.blind(connection)
        self._strong = {kind for kind in kinds if parts.kinds.kind(kind).strong}
        self._values: list[dict[str | None, bytes | None]] = []
        self._who: dict[Reference, set[str]] = defaultdict(set)
        self._holds: dict[tuple[str, str], set[bytes]] = defaultdict(set)

    def by_id(self, ids: Sequence[str | None]) -> list[str | Refusal]:
        """For each id, whom it stands for now."""
        now = existing(self.connection, {one for one in ids if one})
        return [now.get(one, Refusal.SUBJECT) if one else Refusal.NOBODY for one in ids]

    def by_identifiers(self, columns: Sequence[Sequence[str | None]]) -> list[str | Refusal]:
        """For each row, whom its identifiers name.

        Args:
            columns: The values by kind, in the order of the kinds.
        """
        self._look_up(columns)
        if len(columns) == 1:
            held = self._singles()
            return [held[text] for text in columns[0]]
        made: dict[tuple[str | None, ...], str | Refusal] = {}
        found: list[str | Refusal] = []
        for said in zip(*columns, strict=True):
            one = made.get(said)
            if one is None:
                one = made[said] = self._one(said)
            found.append(one)
        return found

    def named(self) -> set[Reference]:
        """Every look-up value of the batch."""
        pairs = zip(self.kinds, self._values, strict=True)
        return {(kind, blind) for kind, held in pairs for blind in held.values() if blind}

    def references(self, said: Iterable[str | None]) -> tuple[Reference, ...]:
        """The look-up values that a row's identifiers have."""
        pairs = zip(self.kinds, self._values, said, strict=True)
        return tuple((kind, blind) for kind, held, text in pairs if (blind := held.get(text)))

    def keep(self, used: Collection[str]) -> None:
        """Write down who became known: those of whom an event is recorded."""
        self.new = {who: held for who, held in self.new.items() if who in used}
        if not self.new:
            return
        now = to_millis(self.parts.clock())
        load(
            self.connection,
            subject_table,
            {"id": list(self.new), "created_at": [now] * len(self.new)},
        )
        rows = [(who, *one) for who, held in self.new.items() for one in held]
        load(
            self.connection,
            subject_identifier,
            {
                "subject_id": [who for who, _, _ in rows],
                "kind": [kind for _, kind, _ in rows],
                "blind": [blind for _, _, blind in rows],
                "created_at": [now] * len(rows),
            },
        )

    def _singles(self) -> dict[str | None, str | Refusal]:
        """The same where there is one kind: nearly always each names one known person."""
        (kind,), (values,) = self.kinds, self._values
        found: dict[str | None, str | Refusal] = {}
        for text, blind in values.items():
            people = self._who.get((kind, blind), _NOBODY) if blind else _NOBODY
            found[text] = next(iter(people)) if len(people) == 1 else self._one((text,))
        return found

    def _one(self, said: tuple[str | None, ...]) -> str | Refusal:
        named = self.references(said)
        if len(named) < sum(text is not None for text in said):
            return Refusal.IDENTIFIER
        if not named:
            return Refusal.NOBODY
        people = set().union(*(self._who[one] for one in named if one in self._who))
        if len(people) > 1 or self._contradicted(people, named):
            return Refusal.SEVERAL
        if people:
            return next(iter(people))
        who = new_id("sub")
        self.new[who] = named
        for kind, blind in named:
            self._who[(kind, blind)].add(who)
            self._holds[(who, kind)].add(blind)
        return who

    def _contradicted(self, people: set[str], named: tuple[Reference, ...]) -> bool:
        """Whether who was found holds another value of a kind that names one person alone."""
        return any(
            kind in self._strong and (held := self._holds.get((who, kind))) and blind not in held
            for who in people
            for kind, blind in named
        )

    def _look_up(self, columns: Sequence[Sequence[str | None]]) -> None:
        country = self.parts.kinds.country
        for kind, column in zip(self.kinds, columns, strict=True):
            normalise, blind = self.parts.kinds.kind(kind).normalise, self._blind.of(kind)
            held: dict[str | None, bytes | None] = {}
            for text in set(column):
                normal = normalise(text, country) if text is not None else None
                held[text] = blind(normal) if normal is not None else None
            self._values.append(held)
        table = subject_identifier.c
        now = merged(self.connection)
        for kind, values in zip(self.kinds, self._values, strict=True):
            # in the order of the index, which is read so much faster
            blinds = sorted(blind for blind in values.values() if blind)
            read = [table.blind, table.subject_id]
            given = {table.kind: kind}
            people = self._who
            for blind, who in among(self.connection, table.blind, blinds, read, given=given):
                people[(kind, bytes(blind))].add(now.get(who, who) if now else who)
        if self._strong and len(self.kinds) > 1:
            self._read_strong(set().union(*self._who.values()))

    def _read_strong(self, people: set[str]) -> None:
        of: Mapping[str, str] = with_aliases(self.connection, people)
        table = subject_identifier.c
        read = [table.subject_id, table.kind, table.blind]
        for who, kind, blind in among(self.connection, table.subject_id, list(of), read):
            if kind in self._strong:
                self._holds[(of[who], kind)].add(bytes(blind))
