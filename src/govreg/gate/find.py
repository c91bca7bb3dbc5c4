"""Find one person in every source: a work list of identifiers over the link graph.

    (1) seed: the identifiers that the person proved
    (2) round: look new identifiers up, follow links from new rows, take identifiers out of own
        rows; strong ones go on the list, weak ones are put aside
    (3) when nothing new comes: look weak identifiers up and follow links upward; what they reach
        are candidates, and a confirmed candidate goes back to (2)
    (4) for shared rows, see who else points at them
    (5) fetch context rows for look-up links
    (6) say what was not searched

- `owns` is followed from the owner to the owned. Upward it only makes candidates.
- `mentions` is followed to rows that name the person, never to the person that a row names.
- `shared` is followed to the shared row, and no further. `lookup` never spreads.
- Every cap that is hit and every source that does not answer is in the result.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from govreg.connectors.plan import fingerprint
from govreg.connectors.record import RowKey
from govreg.gate.ask import Asker, Hits
from govreg.gate.border import Rows, Visit
from govreg.gate.scope import (
    Candidate,
    Cap,
    CapCode,
    Doubt,
    FoundRow,
    Limits,
    NotSearched,
    Relation,
    Remembered,
    Scope,
    Settled,
    Step,
    StepCode,
)
from govreg.gate.surroundings import context_rows, gaps, with_others
from govreg.register.model import Collection, Link, LinkRole, Register
from govreg.subjects.identifier import Identifier, Kind, Kinds

Refer = Callable[..., str]
"""Makes a keyed reference out of texts; it tells nothing to who lacks the key."""

_BY_IDENTIFIER = frozenset({Doubt.AMBIGUOUS, Doubt.UNVERIFIED})
_STRENGTH = {Relation.OWN: 3, Relation.SHARED: 2, Relation.MENTION: 1}


def find(
    visit: Visit,
    kinds: Kinds,
    seeds: Sequence[Identifier],
    *,
    settled: Settled,
    limits: Limits,
    refer: Refer,
    remembered: Sequence[Remembered] = (),
) -> Scope:
    """Find a person by identifiers that they proved.

    Args:
        visit: The sources, opened when needed.
        kinds: The identifier kinds known here.
        seeds: Proven identifiers.
        settled: Candidates that a named person confirmed or rejected.
        limits: Where to stop.
        refer: Makes the candidates' ids.
        remembered: Rows of an earlier search, which an erasure may have cut off from the rest.

    Returns:
        What was found, with everything that was not searched in it.
    """
    search = _Search(Asker(visit, kinds, limits), settled, refer)
    for seed in seeds:
        search.learn(seed)
    search.recall(remembered)
    search.close()
    return search.scope()


class _Search:
    """The state of one search."""

    def __init__(self, asker: Asker, settled: Settled, refer: Refer) -> None:
        self.asker, self.settled, self.refer = asker, settled, refer
        self.kinds, self.limits = asker.kinds, asker.limits
        self.register: Register = asker.register
        self.rows: dict[str, dict[RowKey, FoundRow]] = {
            collection.ref: {} for collection in self.register.collections()
        }
        self.known: dict[Identifier, None] = {}
        self.weak: dict[Identifier, Step] = {}
        self.new_identifiers: list[Identifier] = []
        self.new_rows: list[FoundRow] = []
        self.by_identifier: dict[str, list[FoundRow]] = defaultdict(list)
        self.loose: set[tuple[str, RowKey]] = set()
        """Rows that a weak identifier alone led to and that are no person's: a gift order bears
        my e-mail and somebody else's number."""
        self.offers: dict[str, tuple[Candidate, Rows]] = {}
        self.caps = asker.caps

    # steps 1 and 2: the strong closure

    def learn(self, identifier: Identifier) -> None:
        """Put a strong identifier on the work list."""
        if identifier in self.known:
            return
        same_kind = sum(1 for held in self.known if held.kind == identifier.kind)
        if same_kind >= self.limits.identifiers_per_kind:
            self._hit(CapCode.IDENTIFIERS, same_kind, kind=identifier.kind)
            return
        self.known[identifier] = None
        self.weak.pop(identifier, None)
        self.new_identifiers.append(identifier)

    def recall(self, remembered: Sequence[Remembered]) -> None:
        """Take rows up again that an earlier search found, as far as they are there."""
        grouped: dict[str, list[Remembered]] = defaultdict(list)
        for held in remembered:
            grouped[held.collection].append(held)
        for ref, rows in grouped.items():
            collection = self.register.collection(ref)
            if collection is None or not collection.key:
                continue
            by_key = {held.key: held for held in rows}
            step = Step(code=StepCode.ONCE_FOUND, collection=ref)
            for row in self.asker.rows(collection, collection.key, list(by_key), step):
                held = by_key[self.asker.key(ref, row)]
                self._add(ref, row, held.relation, (step,), own_fields=held.own_fields)

    def close(self) -> None:
        """Rounds until nothing new comes, confirmed candidates included."""
        rounds = 0
        while True:
            while self.new_identifiers or self.new_rows:
                rounds += 1
                if rounds > self.limits.rounds:
                    self._hit(CapCode.ROUNDS, self.limits.rounds)
                    return
                self._round()
            self._look_for_candidates()
            if not self.new_rows:
                return

    def _round(self) -> None:
        asked, self.new_identifiers = self.new_identifiers, []
        self._judge(self.asker.look_up(asked))
        rows, self.new_rows = self.new_rows, []
        grouped: dict[str, list[FoundRow]] = defaultdict(list)
        for row in rows:
            if row.relation is Relation.OWN:
                grouped[row.collection].append(row)
        for ref, own in grouped.items():
            self._take_identifiers(ref, own)
            self._go_down(ref, own)
            self._go_to_shared(ref, own)

    def _judge(self, hits: Hits) -> None:
        """Own rows, unless the identifier turns out to be held by several people."""
        for identifier, by_collection in hits.items():
            kind = self.kinds.kind(identifier.kind)
            several = not kind.strong and any(
                self.asker.is_person(ref) and len({self.asker.key(ref, row) for row in rows}) > 1
                for ref, rows in by_collection.items()
            )
            for ref, rows in by_collection.items():
                path = (_by(ref, kind),)
                if several:
                    self._offer(
                        Doubt.AMBIGUOUS,
                        ref,
                        rows,
                        via=kind.name,
                        path=path,
                        secret=identifier.value,
                    )
                else:
                    for row in rows:
                        self._add(
                            ref,
                            row,
                            Relation.OWN,
                            path,
                            by_identifier=True,
                            loose=not kind.strong and not self.asker.is_person(ref),
                        )

    def _take_identifiers(self, ref: str, own: Sequence[FoundRow]) -> None:
        """Identifiers out of own rows: strong kinds go on, weak kinds are put aside."""
        collection = self.register.collection(ref)
        for field in collection.identifier_fields if collection else ():
            for row in own:
                found = self.kinds.read(str(field.identifier), row.values.get(field.name))
                if found is None or found in self.known:
                    continue
                leads = (ref, row.key) not in self.loose
                if leads and self.kinds.kind(found.kind).strong:
                    self.learn(found)
                else:
                    step = Step(code=StepCode.FOUND_IN, collection=ref, through=found.kind)
                    self.weak.setdefault(found, step)

    def _go_down(self, ref: str, own: Sequence[FoundRow]) -> None:
        """From own rows to the rows that they own, and from a person to rows that name them."""
        for child, link in self.register.links_to(ref):
            if link.role not in {LinkRole.OWNS, LinkRole.MENTIONS}:
                continue
            if link.role is LinkRole.MENTIONS and not self.asker.is_person(ref):
                continue
            found = self.asker.follow(child, link.fields, own, link.to_fields, link)
            path = (*own[0].path, _over(child, link))
            if link.inferred:
                self._offer(
                    Doubt.INFERRED, child.ref, found, via=link.name, path=path, secret=link.name
                )
                continue
            relation = Relation.OWN if link.role is LinkRole.OWNS else Relation.MENTION
            for row in found:
                self._add(child.ref, row, relation, path, own_fields=link.fields)

    def _go_to_shared(self, ref: str, own: Sequence[FoundRow]) -> None:
        collection = self.register.collection(ref)
        for link in collection.links if collection else ():
            target = self.register.collection(link.to)
            if link.role is not LinkRole.SHARED or target is None:
                continue
            found = self.asker.follow(target, link.to_fields, own, link.fields, link)
            path = (*own[0].path, _over(target, link))
            if link.inferred:
                self._offer(
                    Doubt.INFERRED, target.ref, found, via=link.name, path=path, secret=link.name
                )
                continue
            for row in found:
                self._add(target.ref, row, Relation.SHARED, path)

    # step 3: candidates

    def _look_for_candidates(self) -> None:
        asked = [identifier for identifier in self.weak if identifier not in self.known]
        for identifier, by_collection in self.asker.look_up(asked).items():
            kind = self.kinds.kind(identifier.kind)
            for ref, rows in by_collection.items():
                path = (self.weak[identifier], _by(ref, kind))
                self._offer(
                    Doubt.UNVERIFIED, ref, rows, via=kind.name, path=path, secret=identifier.value
                )
        for ref, own in list(self.by_identifier.items()):
            self._look_upward(ref, own)
        for candidate, rows in list(self.offers.values()):
            if candidate.id in self.settled.confirmed:
                steps = (*candidate.path, Step(code=StepCode.CONFIRMED))
                loose = candidate.doubt in _BY_IDENTIFIER and not self.asker.is_person(
                    candidate.collection
                )
                for row in rows:
                    self._add(candidate.collection, row, Relation.OWN, steps, loose=loose)

    def _look_upward(self, ref: str, own: Sequence[FoundRow]) -> None:
        collection = self.register.collection(ref)
        for link in collection.links if collection else ():
            target = self.register.collection(link.to)
            if link.role is not LinkRole.OWNS or target is None:
                continue
            found = self.asker.follow(target, link.to_fields, own, link.fields, link)
            path = (Step(code=StepCode.BELONGS_TO, collection=ref, through=target.ref),)
            self._offer(
                Doubt.UPWARD, target.ref, found, via=link.name, path=path, secret=link.name
            )

    def _offer(
        self, doubt: Doubt, ref: str, rows: Rows, *, via: str, path: tuple[Step, ...], secret: str
    ) -> None:
        """Make candidates: one for each row of people, one for all rows of anything else.

        The id covers the rows: what comes after a confirmation was not confirmed.
        """
        left = [row for row in rows if self.asker.key(ref, row) not in self.rows[ref]]
        people = self.asker.is_person(ref)
        groups = [[row] for row in left] if people else [left] if left else []
        for group in groups:
            keys = tuple(self.asker.key(ref, row) for row in group)
            marked = keys if people else [self.asker.key(ref, row) for row in rows]
            mark = " ".join(sorted({fingerprint(key) for key in marked}))
            made = Candidate(
                id=self.refer("candidate", str(doubt), ref, via, secret, mark)[:10],
                doubt=doubt,
                collection=ref,
                via=via,
                rows=keys,
                path=path,
            )
            self.offers[made.id] = (made, group)

    def _add(
        self,
        ref: str,
        row: Mapping[str, Any],
        relation: Relation,
        path: tuple[Step, ...],
        *,
        own_fields: tuple[str, ...] = (),
        by_identifier: bool = False,
        loose: bool = False,
    ) -> None:
        key = self.asker.key(ref, row)
        held = self.rows[ref].get(key)
        if held is not None and _STRENGTH[held.relation] >= _STRENGTH[relation]:
            return
        if held is None and len(self.rows[ref]) >= self.limits.rows_per_collection:
            self._hit(CapCode.ROWS, self.limits.rows_per_collection, collection=ref)
            return
        made = FoundRow(
            collection=ref,
            key=key,
            values=row,
            relation=relation,
            path=path,
            own_fields=own_fields if relation is Relation.MENTION else (),
        )
        self.rows[ref][key] = made
        self.new_rows.append(made)
        if loose:
            self.loose.add((ref, key))
        if by_identifier:
            self.by_identifier[ref].append(made)

    def _hit(self, code: CapCode, number: int, *, collection: str = "", kind: str = "") -> None:
        self.caps[Cap(code=code, number=number, collection=collection, kind=kind)] = None

    # steps 4 to 6: the surroundings and the result

    def scope(self) -> Scope:
        """The result, with sharers counted, context fetched and gaps named."""
        asker = self.asker
        rows = with_others(self.rows, asker)
        context = context_rows(rows, asker)
        offered = [candidate for candidate, _ in self.offers.values()]
        return Scope(
            rows={ref: found for ref, found in rows.items() if found},
            context=context,
            candidates=tuple(c for c in offered if self._pending(c)),
            confirmed=tuple(c for c in offered if c.id in self.settled.confirmed),
            rejected=tuple(c for c in offered if c.id in self.settled.rejected),
            not_searched=(
                *gaps(asker, {identifier.kind for identifier in self.known}),
                *(
                    NotSearched(place=f"{ref}.{name}", code="no_column")
                    for ref, names in asker.absent_fields.items()
                    for name in sorted(names)
                ),
            ),
            caps=tuple(self.caps),
            searched={ref: tuple(ways) for ref, ways in asker.searched.items()},
            identifiers=tuple(self.known),
        )

    def _pending(self, candidate: Candidate) -> bool:
        if candidate.id in self.settled.confirmed | self.settled.rejected:
            return False
        return any(key not in self.rows[candidate.collection] for key in candidate.rows)


def _by(ref: str, kind: Kind) -> Step:
    return Step(code=StepCode.BY, collection=ref, through=kind.name)


def _over(target: Collection, link: Link) -> Step:
    return Step(code=StepCode.OVER, collection=target.ref, through=link.name)
