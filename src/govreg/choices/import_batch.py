"""One batch of an import, in one transaction: the steps that `importing` names."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import sqlalchemy as sa

from govreg.audit.tree import leaf_hash, root
from govreg.choices.import_choices import Choices, Shared
from govreg.choices.import_effects import (
    TAKING,
    Effects,
    Listed,
)
from govreg.choices.import_events import Table, events_of, moments
from govreg.choices.import_layout import SUBJECT
from govreg.choices.import_model import Declared, Refusal
from govreg.choices.import_people import People
from govreg.choices.record import HOOK, sealed_particulars
from govreg.clock import to_millis
from govreg.consent.intake import Row, add, digests_of
from govreg.consent.ledger import SKEW
from govreg.consent.tables import consent_batch
from govreg.ids import new_id
from govreg.requests.parts import Parts
from govreg.runner.outbox import put


@dataclass(slots=True)
class Done:
    """What became of a batch."""

    recorded: int = 0
    already: int = 0
    people: int = 0
    suppressed: int = 0
    lifted: int = 0
    by_kind: Counter[str] = field(default_factory=Counter)
    refused: list[tuple[int, Refusal]] = field(default_factory=list)
    """By place in the batch, from 0."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Bearings:
    """What the batches of one import have in common."""

    parts: Parts
    import_id: str
    declared: Declared
    choices: Choices
    actor: str
    effects: Effects


def enter_batch(connection: sa.Connection, table: Table, to: Bearings) -> Done:
    """Steps (3) to (8)."""
    shared = to.choices.of(connection, table.columns, table.rows)
    at = moments(table, to.declared, to.parts.clock() + SKEW)
    people = People(to.parts, connection, table.layout.who)
    who = _who(table, people)
    _keep_out(connection, to.parts, table, people, shared, at, who)
    events, refused = events_of(table, to.declared, to.choices, shared, at, who)
    if people.new:
        people.keep({event.subject for event in events})
    done = Done(refused=refused, people=len(people.new))
    _seal(connection, to.parts, events)
    batch = new_id("bat")
    new = add(connection, events, batch=batch, received_at=to.parts.clock())
    done.recorded = len(new)
    done.by_kind.update(one.what.kind for one in new)
    if len(new) < len(events):
        _known_before(connection, events, new, done)
    done.suppressed, done.lifted = to.effects.of(connection, new)
    _told(connection, to, batch, root(leaf_hash(one.digest) for one in new), done, table.rows)
    return done


def _who(table: Table, people: People) -> list[str | Refusal]:
    """Step (5): by id where a row has one, else by identifiers; never by both."""
    named = [table.of(kind) for kind in table.layout.who]
    if not table.layout.has(SUBJECT):
        return people.by_identifiers(named)
    ids = table.of(SUBJECT)
    by_id = people.by_id(ids)
    if not named:
        return by_id
    rows = list(zip(*named, strict=True))
    nobody = (None,) * len(named)
    apart = [nobody if one else said for one, said in zip(ids, rows, strict=True)]
    others = people.by_identifiers(list(zip(*apart, strict=True)))
    return [
        other if not one else Refusal.NAMED_TWICE if any(said) else known
        for one, said, known, other in zip(ids, rows, by_id, others, strict=True)
    ]


def _keep_out(
    connection: sa.Connection,
    parts: Parts,
    table: Table,
    people: People,
    shared: Sequence[Shared | Refusal],
    at: Sequence[int | Refusal],
    who: list[str | Refusal],
) -> None:
    """Step (6): refuse whom the suppression list keeps out."""
    listed = Listed(parts, connection)
    if listed.empty or (listed.strangers_only and not people.new):
        return
    taking = [
        (place, person, one.choice.activity, moment)
        for place, (one, moment, person) in enumerate(zip(shared, at, who, strict=True))
        if isinstance(one, Shared)
        and not isinstance(moment, Refusal)
        and not isinstance(person, Refusal)
        and one.choice.kind in TAKING
    ]
    if listed.strangers_only:
        taking = [one for one in taking if one[1] in people.new]
        listed.read({one for held in people.new.values() for one in held})
    else:
        listed.read(people.named())
    named = list(zip(*(table.of(kind) for kind in table.layout.who), strict=True))
    for place, person, activity, moment in taking:
        stranger = person in people.new
        own = people.references(named[place]) if named else ()
        if listed.keeps_out(person, own, activity, moment, stranger=stranger):
            who[place] = Refusal.SUPPRESSED


def _known_before(
    connection: sa.Connection, events: Sequence[Row], new: Sequence[Row], done: Done
) -> None:
    """Step (7): a changed event under a known key is refused; the same one was there already."""
    added = {event.place for event in new}
    left = [event for event in events if event.place not in added]
    held = digests_of(connection, {event.key for event in left})
    for event in left:
        if held.get(event.key) == event.digest:
            done.already += 1
        else:
            done.refused.append((event.place, Refusal.KEY_TAKEN))


def _seal(connection: sa.Connection, parts: Parts, events: Sequence[Row]) -> None:
    for event in events:
        if event.particulars:
            event.sealed = sealed_particulars(
                parts, connection, event.subject, event.particulars, event.digest
            )


def _told(
    connection: sa.Connection, to: Bearings, batch: str, tree: bytes, done: Done, rows: int
) -> None:
    """Step (8): the batch with its root, the notice to plugins, one audit entry."""
    now = to.parts.clock()
    if done.recorded:
        connection.execute(
            consent_batch.insert().values(
                id=batch,
                import_id=to.import_id,
                source=to.declared.source,
                events=done.recorded,
                root=tree.hex(),
                at=to_millis(now),
                actor=to.actor,
            )
        )
        payload = {"batch": batch, "events": done.recorded}
        put(connection, HOOK, payload, clock=to.parts.clock)
    counts: Mapping[str, int] = {
        "rows": rows,
        "recorded": done.recorded,
        "already": done.already,
        "refused": len(done.refused),
        "people": done.people,
        "suppressed": done.suppressed,
        "lifted": done.lifted,
    }
    to.parts.log(
        connection,
        "consent.imported",
        to.actor,
        source="consent",
        collection=f"{to.import_id}:{batch}",
        counts=counts,
        hashes={"root": tree.hex()},
    )
