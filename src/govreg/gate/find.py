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
from collections.abc import Mapping, Sequence
from typing import Any

from govreg.gate.ask import Asker, Hits
from govreg.gate.border import Rows, Visit
from govreg.gate.haul import NOTHING, Haul, fewer
from govreg.gate.offers import Offers, Refer
from govreg.gate.owners import at, owned_alone, recalled
from govreg.gate.scope import (
    CapCode,
    Doubt,
    FoundRow,
    Limits,
    Memory,
    NotSearched,
    Relation,
    Remembered,
    Scope,
    Settled,
    Step,
    StepCode,
    mark_of,
)
from govreg.gate.surroundings import context_rows, gaps, with_others
from govreg.register.model import Link, LinkRole, Register
from govreg.subjects.identifier import Identifier, Kind, Kinds

NOTHING_REMEMBERED = Memory()
_BY_IDENTIFIER = frozenset({Doubt.AMBIGUOUS, Doubt.UNVERIFIED})


def find(
    visit: Visit,
    kinds: Kinds,
    seeds: Sequence[Identifier],
    *,
    settled: Settled,
    limits: Limits,
    refer: Refer,
    memory: Memory = NOTHING_REMEMBERED,
) -> Scope:
    """Find a person by identifiers that they proved.

    Args:
        visit: The sources, opened when needed.
        kinds: The identifier kinds known here.
        seeds: Proven identifiers.
        settled: Candidates that a named person confirmed or rejected.
        limits: Where to stop.
        refer: Makes the candidates' ids.
        memory: What an earlier search learned, which an erasure may have cut off from the rest.
            What rests on a candidate that was rejected since is asked about anew.

    Returns:
        What was found, with everything that was not searched in it.
    """
    search = _Search(Asker(visit, kinds, limits), settled, refer)
    for seed in seeds:
        search.learn(seed)
    search.recall(memory)
    search.close()
    return search.scope()


class _Search:
    """The state of one search."""

    def __init__(self, asker: Asker, settled: Settled, refer: Refer) -> None:
        self.asker, self.settled, self.refer = asker, settled, refer
        self.kinds, self.limits = asker.kinds, asker.limits
        self.register: Register = asker.register
        self.haul = Haul(asker)
        self.rows = self.haul.rows
        self.known: dict[Identifier, frozenset[str]] = {}
        """Strong identifiers, each with the confirmed candidates that it rests on."""
        self.weak: dict[Identifier, Step] = {}
        self.new_identifiers: list[Identifier] = []
        self.offers = Offers(asker, self.rows, settled, refer)
        self.shaken: list[tuple[Remembered, Mapping[str, Any]]] = []
        """Remembered rows that have changed, or rest on a candidate that was rejected since."""
        self.cut_off = False
        """An erasure has begun: that an identifier stands in one row alone by now does not say
        any more that it is this person's row."""
        self.caps = asker.caps

    # steps 1 and 2: the strong closure

    def learn(self, identifier: Identifier, rests_on: frozenset[str] = NOTHING) -> None:
        """Put a strong identifier on the work list."""
        if identifier in self.known:
            self.known[identifier] = fewer(self.known[identifier], rests_on)
            return
        same_kind = sum(1 for held in self.known if held.kind == identifier.kind)
        if same_kind >= self.limits.identifiers_per_kind:
            self.asker.hit(CapCode.IDENTIFIERS, same_kind, kind=identifier.kind)
            return
        self.known[identifier] = rests_on
        self.weak.pop(identifier, None)
        self.new_identifiers.append(identifier)

    def recall(self, memory: Memory) -> None:
        """Take up again what an earlier search learned, as far as it is there.

        A row that has changed may be another one by now: a key may be given out again.
        """
        self.cut_off = bool(memory.rows)
        for identifier, rests_on in memory.identifiers.items():
            if not rests_on & self.settled.rejected:
                self.learn(identifier, rests_on)
            elif identifier not in self.known:
                self.weak[identifier] = Step(
                    code=StepCode.LEARNED_REJECTED, through=identifier.kind
                )
        for held, row in recalled(self.asker, memory):
            if held.mark != mark_of(row) or held.rests_on & self.settled.rejected:
                self.shaken.append((held, row))
                continue
            self.haul.add(
                held.collection,
                row,
                held.relation,
                (Step(code=StepCode.ONCE_FOUND, collection=held.collection),),
                own_fields=held.own_fields,
                rests_on=held.rests_on,
            )

    def close(self) -> None:
        """Rounds until nothing new comes, confirmed candidates included."""
        rounds = 0
        while True:
            while self.new_identifiers or self.haul.new:
                rounds += 1
                if rounds > self.limits.rounds:
                    self.asker.hit(CapCode.ROUNDS, self.limits.rounds)
                    return
                self._round()
            self._look_for_candidates()
            if not self.haul.new:
                return

    def _round(self) -> None:
        asked, self.new_identifiers = self.new_identifiers, []
        self._judge(self.asker.look_up(asked))
        rows = self.haul.taken()
        grouped: dict[str, list[FoundRow]] = defaultdict(list)
        for row in rows:
            if row.relation is Relation.OWN:
                grouped[row.collection].append(row)
        for ref, own in grouped.items():
            self._take_identifiers(ref, own)
            self._go_down(ref, own)
            self._go_to_shared(ref, own)

    def _judge(self, hits: Hits) -> None:
        """Own rows, unless the identifier is held by several people, or may have been."""
        for identifier, by_collection in hits.items():
            kind = self.kinds.kind(identifier.kind)
            several = self.cut_off or any(
                self.asker.is_apart(ref) and len({self.asker.key(ref, row) for row in rows}) > 1
                for ref, rows in by_collection.items()
            )
            for ref, rows in by_collection.items():
                path = (_by(ref, kind),)
                if several:
                    self.offers.offer(
                        Doubt.AMBIGUOUS,
                        ref,
                        rows,
                        via=kind.name,
                        path=path,
                        secret=identifier.value,
                        rests_on=self.known.get(identifier, NOTHING),
                    )
                else:
                    for row in rows:
                        self.haul.add(
                            ref,
                            row,
                            Relation.OWN,
                            path,
                            by_identifier=True,
                            rests_on=self.known.get(identifier, NOTHING),
                            loose=not kind.strong and not self.asker.is_person(ref),
                        )

    def _take_identifiers(self, ref: str, own: Sequence[FoundRow]) -> None:
        """Identifiers out of own rows: strong kinds go on, weak kinds are put aside."""
        collection = self.register.collection(ref)
        for field in collection.identifier_fields if collection else ():
            for row in own:
                found = self.kinds.read(str(field.identifier), row.values.get(field.name))
                if found is None:
                    continue
                leads = (ref, row.key) not in self.haul.loose
                if leads and self.kinds.kind(found.kind).strong:
                    self.learn(found, row.rests_on)
                elif found not in self.known:
                    step = Step(code=StepCode.FOUND_IN, collection=ref, through=found.kind)
                    self.weak.setdefault(found, step)

    def _go_down(self, ref: str, own: Sequence[FoundRow]) -> None:
        """From own rows to the rows that they own, and from a person to rows that name them."""
        for child, link in self.register.links_to(ref):
            if link.role not in {LinkRole.OWNS, LinkRole.MENTIONS}:
                continue
            if link.role is LinkRole.MENTIONS and not self.asker.is_person(ref):
                continue
            several = self.asker.held_by_several(ref, link.to_fields, own, self.rows[ref])
            for doubt in (Doubt.AMBIGUOUS, None):
                held = [
                    row
                    for row in own
                    if (at(row.values, link.to_fields) in several) is bool(doubt)
                ]
                found = self.asker.follow(child, link.fields, held, link.to_fields, link)
                relation = Relation.OWN if link.role is LinkRole.OWNS else Relation.MENTION
                self._reach(child.ref, found, relation, link, held, doubt)

    def _go_to_shared(self, ref: str, own: Sequence[FoundRow]) -> None:
        collection = self.register.collection(ref)
        for link in collection.links if collection else ():
            target = self.register.collection(link.to)
            if link.role is not LinkRole.SHARED or target is None:
                continue
            found = self.asker.follow(target, link.to_fields, own, link.fields, link)
            self._reach(target.ref, found, Relation.SHARED, link, own, None)

    def _reach(
        self,
        ref: str,
        rows: Rows,
        relation: Relation,
        link: Link,
        own: Sequence[FoundRow],
        doubt: Doubt | None,
    ) -> None:
        """Rows that a link led to from own rows; a guessed link or a doubt makes candidates."""
        if not rows:
            return
        step = Step(code=StepCode.OVER, collection=ref, through=link.name)
        path = (*own[0].path, step)
        rests_on = NOTHING.union(*(row.rests_on for row in own))
        doubt = Doubt.INFERRED if link.inferred else doubt
        if doubt is None and relation is Relation.OWN:
            rows, others = owned_alone(self.asker, self.rows, ref, rows, link)
            self._reach(ref, others, relation, link, own, Doubt.AMBIGUOUS)
        if doubt is not None:
            self.offers.offer(
                doubt,
                ref,
                rows,
                via=link.name,
                path=path,
                secret=link.name,
                relation=relation,
                own_fields=link.fields if relation is Relation.MENTION else (),
                rests_on=rests_on,
            )
            return
        for row in rows:
            self.haul.add(ref, row, relation, path, own_fields=link.fields, rests_on=rests_on)

    # step 3: candidates

    def _look_for_candidates(self) -> None:
        asked = [identifier for identifier in self.weak if identifier not in self.known]
        for identifier, by_collection in self.asker.look_up(asked).items():
            kind = self.kinds.kind(identifier.kind)
            for ref, rows in by_collection.items():
                path = (self.weak[identifier], _by(ref, kind))
                self.offers.offer(
                    Doubt.UNVERIFIED, ref, rows, via=kind.name, path=path, secret=identifier.value
                )
        for ref, own in list(self.haul.by_identifier.items()):
            self._look_upward(ref, own)
        self.offers.ask_anew(self.shaken)
        for candidate, rows in self.offers.confirmed():
            steps = (*candidate.path, Step(code=StepCode.CONFIRMED))
            people = self.asker.is_person(candidate.collection)
            for row in rows:
                self.haul.add(
                    candidate.collection,
                    row,
                    candidate.relation,
                    steps,
                    own_fields=candidate.own_fields,
                    rests_on=candidate.rests_on | {candidate.id},
                    loose=candidate.doubt in _BY_IDENTIFIER and not people,
                )

    def _look_upward(self, ref: str, own: Sequence[FoundRow]) -> None:
        collection = self.register.collection(ref)
        for link in collection.links if collection else ():
            target = self.register.collection(link.to)
            if link.role is not LinkRole.OWNS or target is None:
                continue
            found = self.asker.follow(target, link.to_fields, own, link.fields, link)
            path = (Step(code=StepCode.BELONGS_TO, collection=ref, through=target.ref),)
            self.offers.offer(
                Doubt.UPWARD, target.ref, found, via=link.name, path=path, secret=link.name
            )

    # steps 4 to 6: the surroundings and the result

    def scope(self) -> Scope:
        """The result, with sharers counted, context fetched and gaps named."""
        asker = self.asker
        rows = with_others(self.rows, asker)
        context = context_rows(rows, asker)
        return Scope(
            rows={ref: found for ref, found in rows.items() if found},
            context=context,
            candidates=self.offers.pending(),
            confirmed=tuple(candidate for candidate, _ in self.offers.confirmed()),
            rejected=self.offers.rejected(),
            not_searched=(
                *gaps(asker, {identifier.kind for identifier in self.known}),
                *(
                    NotSearched(place=f"{ref}.{name}", code="no_column")
                    for ref, names in asker.absent_fields.items()
                    for name in sorted(names)
                ),
                *(
                    NotSearched(place=place, code="sealed_unreadable")
                    for place in sorted({place for place, _ in asker.visit.unreadable})
                ),
            ),
            caps=tuple(self.caps),
            searched={ref: tuple(ways) for ref, ways in asker.searched.items()},
            identifiers=tuple(self.known),
            rests_on=dict(self.known),
        )


def _by(ref: str, kind: Kind) -> Step:
    return Step(code=StepCode.BY, collection=ref, through=kind.name)
