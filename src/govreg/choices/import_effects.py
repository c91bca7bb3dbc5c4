"""The suppression list and an import: whom it may not take in, and whom it puts on or takes off.

- Who was erased, has died or asked for it is not taken in again, whatever a file says; nor is a
  stranger whose withdrawal or objection came after the choice.
- After a batch, what stands for each of its people decides, not the order of its rows: whoever
  last withdrew from marketing, or objects to it, goes on the list with the day on which they did;
  whose consent counts anew comes off what their own withdrawal put them on.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from typing import NamedTuple

import sqlalchemy as sa

from govreg.choices.impact import impact_of
from govreg.choices.judging import Judging
from govreg.choices.model import Choice
from govreg.clock import to_millis
from govreg.condition.truth import Truth
from govreg.consent.intake import Row, Turn
from govreg.consent.model import EVERYTHING, FAMILIES, EventKind, Family
from govreg.consent.tables import consent_event
from govreg.loading import among
from govreg.requests.parts import Parts
from govreg.subjects.suppression import Entry, Reference, Why, enter_many, lift_many
from govreg.subjects.survivors import merged, with_aliases
from govreg.subjects.tables import subject_identifier, suppression_entry

TAKING = frozenset(
    {
        *(EventKind.REQUESTED, EventKind.GIVEN, EventKind.RENEWED, EventKind.OPTED_IN),
        *(EventKind.PARENT_AUTHORISED, EventKind.AUTHORISED),
    }
)
"""Choices that would take a person in."""
_FOR_GOOD = frozenset({Why.ERASED, Why.DECEASED, Why.REQUEST})
_OWN_CHOICE = frozenset({Why.WITHDRAWN, Why.OBJECTED})
_STAND = frozenset({EventKind.GIVEN, EventKind.RENEWED})
_ENDED = frozenset({EventKind.WITHDRAWN, EventKind.REVOKED})
_AWAY = frozenset({EventKind.WITHDRAWN, EventKind.REVOKED, EventKind.OBJECTED})
_TURNS = frozenset(
    {
        *(EventKind.GIVEN, EventKind.RENEWED, EventKind.WITHDRAWN, EventKind.REVOKED),
        *(EventKind.OBJECTED, EventKind.OBJECTION_ENDED),
    }
)


class Listed:
    """The entries of the suppression list that cover a batch's people."""

    def __init__(self, parts: Parts, connection: sa.Connection) -> None:
        self.parts, self.connection = parts, connection
        any_entry = sa.select(suppression_entry.c.id).limit(1)
        for_good = suppression_entry.c.reason.in_([str(one) for one in _FOR_GOOD])
        self.empty = connection.execute(any_entry).first() is None
        self.strangers_only = connection.execute(any_entry.where(for_good)).first() is None
        """Whether only people who become known can be on it for what they chose themselves."""
        self._held: dict[Reference, list[tuple[str, Why, int]]] = {}
        self._known: dict[str, list[tuple[str, Why, int]]] = defaultdict(list)

    def read(self, references: Collection[Reference]) -> None:
        """Read what covers the look-up values of a batch, and what covers people who are known."""
        table = suppression_entry.c
        read = [table.blind, table.scope, table.reason, table.since, table.ends_at]
        now = to_millis(self.parts.clock())
        for kind in {kind for kind, _ in references}:
            blinds = [blind for other, blind in references if other == kind]
            found = among(self.connection, table.blind, blinds, read, given={table.kind: kind})
            for blind, scope, reason, since, ends in found:
                if ends is None or ends > now:
                    held = self._held.setdefault((kind, bytes(blind)), [])
                    held.append((scope, Why(reason), since))
        rows = self.connection.execute(_LISTED_PEOPLE, {"now": now}).all()
        now_is = merged(self.connection)
        for row in rows:
            entry = (row.scope, Why(row.reason), row.since)
            self._known[now_is.get(row.subject_id, row.subject_id)].append(entry)

    def keeps_out(
        self,
        person: str,
        named: Collection[Reference],
        activity: str,
        at: int,
        *,
        stranger: bool,
    ) -> bool:
        """Whether the list keeps a person from being taken in for an activity."""
        entries = [*self._known.get(person, ())]
        entries += (entry for one in named for entry in self._held.get(one, ()))
        return any(
            scope in {EVERYTHING, activity}
            and (why in _FOR_GOOD or (stranger and why in _OWN_CHOICE and at <= since))
            for scope, why, since in entries
        )


_LISTED_PEOPLE = (
    sa.select(
        subject_identifier.c.subject_id,
        suppression_entry.c.scope,
        suppression_entry.c.reason,
        suppression_entry.c.since,
    )
    .join(
        subject_identifier,
        sa.and_(
            subject_identifier.c.kind == suppression_entry.c.kind,
            subject_identifier.c.blind == suppression_entry.c.blind,
        ),
    )
    .where(
        suppression_entry.c.reason.in_([str(Why.DECEASED), str(Why.REQUEST)]),
        sa.or_(
            suppression_entry.c.ends_at.is_(None),
            suppression_entry.c.ends_at > sa.bindparam("now"),
        ),
    )
)
"""People who are known, and listed for good by any of their identifiers."""


def references_of_many(
    connection: sa.Connection, people: Collection[str]
) -> Mapping[str, list[Reference]]:
    """What names some people and their aliases, as keyed look-up values."""
    of = with_aliases(connection, people)
    found: dict[str, list[Reference]] = defaultdict(list)
    table = subject_identifier.c
    read = [table.subject_id, table.kind, table.blind]
    for who, kind, blind in among(connection, table.subject_id, list(of), read):
        found[of[who]].append((kind, bytes(blind)))
    return found


def turn_of(parts: Parts, choice: Choice) -> Turn:
    """What a choice may do to the suppression list: only those of marketing do anything."""
    if choice.kind not in _TURNS or not impact_of(parts.border.register, choice.activity).suppress:
        return Turn.NONE
    return Turn.AWAY if choice.kind in _AWAY else Turn.BACK


class Effects:
    """Brings the suppression list up to what stands after each batch of one import."""

    def __init__(self, parts: Parts, judging: Judging) -> None:
        self.parts, self.judging = parts, judging
        self._listed: dict[str, set[str]] = {}

    def of(self, connection: sa.Connection, recorded: Iterable[Row]) -> tuple[int, int]:
        """How many look-up values went on the list, and how many came off it.

        Args:
            connection: The writing one of the batch.
            recorded: Its events.
        """
        turned: dict[str, tuple[set[str], set[str]]] = defaultdict(lambda: (set(), set()))
        for row in recorded:
            if row.what.turn is not Turn.NONE:
                turned[row.what.activity][row.what.turn is Turn.AWAY].add(row.subject)
        by_scope: dict[str, tuple[set[str], set[str]]] = defaultdict(lambda: (set(), set()))
        for activity, (back, away) in turned.items():
            for scope in impact_of(self.parts.border.register, activity).suppress:
                by_scope[scope][0].update(back)
                by_scope[scope][1].update(away)
        on = off = 0
        for scope, (back, away) in sorted(by_scope.items()):
            if scope not in self._listed:
                self._listed[scope] = _listed(connection, scope)
            people = away | (back & self._listed[scope])
            added, lifted = self._settle(connection, scope, people)
            on, off = on + added, off + lifted
        return on, off

    def _settle(
        self, connection: sa.Connection, scope: str, people: Collection[str]
    ) -> tuple[int, int]:
        """One activity: who goes on the list, who comes off."""
        entering: dict[str, tuple[Why, int]] = {}
        leaving: list[str] = []
        now = to_millis(self.parts.clock())
        for who, last in _latest(connection, people, scope, now).items():
            objection, consent = last.get(Family.OBJECTION), last.get(Family.CONSENT)
            objects = objection is not None and objection.kind is not EventKind.OBJECTION_ENDED
            if objection and objection.kind is EventKind.OBJECTED:
                entering[who] = (Why.OBJECTED, objection.at)
            elif consent and consent.kind in _ENDED:
                entering[who] = (Why.WITHDRAWN, consent.at)
            elif consent and not objects and _counts(connection, last, scope, self.judging, now):
                leaving.append(who)
        named = references_of_many(connection, [*entering, *leaving])
        entries: list[Entry] = [
            (*one, scope, str(why), at, None)
            for who, (why, at) in entering.items()
            for one in named[who]
        ]
        off = [one for who in leaving for one in named[who]]
        self._listed[scope] |= entering.keys()
        self._listed[scope] -= set(leaving)
        added = enter_many(connection, entries)
        return added, lift_many(connection, off, scope=scope, reasons=_OWN_CHOICE)


def _listed(connection: sa.Connection, scope: str) -> set[str]:
    """Whom their own withdrawal or objection put on the list of an activity."""
    query = (
        sa.select(subject_identifier.c.subject_id)
        .join(
            suppression_entry,
            sa.and_(
                subject_identifier.c.kind == suppression_entry.c.kind,
                subject_identifier.c.blind == suppression_entry.c.blind,
            ),
        )
        .where(
            suppression_entry.c.scope == scope,
            suppression_entry.c.reason.in_([str(one) for one in _OWN_CHOICE]),
        )
        .distinct()
    )
    now_is = merged(connection)
    found = (row.subject_id for row in connection.execute(query))
    return {now_is.get(one, one) for one in found}


class _Last(NamedTuple):
    at: int
    number: int
    kind: EventKind
    until: int | None
    circumstance: int


_Latest = dict[Family, _Last]


def _counts(
    connection: sa.Connection, last: _Latest, scope: str, judging: Judging, now: int
) -> bool:
    """Whether consent stands and counts, without a guardian's authorisation to help it."""
    consent = last[Family.CONSENT]
    if consent.kind not in _STAND or (consent.until is not None and consent.until <= now):
        return False
    day = judging.day_of(consent.at)
    held = judging.of(connection, consent.circumstance, scope, on=day, guardian=False)
    return held.truth is Truth.TRUE


def _latest(
    connection: sa.Connection, people: Collection[str], activity: str, now: int
) -> Mapping[str, _Latest]:
    """For each person, the event that counts of each family, as `consent/status.latest` has it."""
    of = with_aliases(connection, people)
    table = consent_event.c
    read = [
        *(table.subject_id, table.activity, table.at, table.id, table.kind),
        *(table.until, table.circumstance_id),
    ]
    found: dict[str, _Latest] = defaultdict(dict)
    for alias, named, *event in among(connection, table.subject_id, list(of), read):
        at, number, kind, until, circumstance = event
        if named not in {activity, EVERYTHING} or kind == EventKind.REQUESTED or at > now:
            continue
        family = _FAMILY[kind]
        held = found[of[alias]].get(family)
        if held is None or (at, number) > (held.at, held.number):
            last = _Last(at, number, EventKind(kind), until, circumstance)
            found[of[alias]][family] = last
    return found


_FAMILY: Mapping[str, Family] = {str(kind): family for kind, family in FAMILIES.items()}
