"""Who is this? Subjects by keyed look-up, merged and split with history.

- A subject's id is random; everything that is kept about a person points at it.
- Identifiers are stored as keyed look-up values only.
- A merge makes one subject an alias of another. Nothing that pointed at the alias is rewritten; a
  split takes the alias away again.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from govreg.clock import from_millis, to_millis
from govreg.errors import NotFound, Refused
from govreg.ids import new_id
from govreg.subjects.identifier import Identifier, Kinds
from govreg.subjects.tables import subject, subject_event, subject_identifier

Blind = Callable[[Identifier], bytes]
"""Makes the keyed look-up value of an identifier."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SubjectEvent:
    """A merge or a split."""

    kind: str
    other: str | None
    actor: str
    at: dt.datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """A person as the register knows them: an id, kinds of identifiers, aliases, history."""

    id: str
    created_at: dt.datetime
    merged_into: str | None
    kinds: tuple[str, ...]
    aliases: tuple[str, ...]
    history: tuple[SubjectEvent, ...]


def matching(
    connection: sa.Connection, identifiers: Iterable[Identifier], blind: Blind
) -> list[str]:
    """The subjects that any of the identifiers names, aliases resolved, oldest first."""
    found: dict[str, int] = {}
    for identifier in identifiers:
        rows = connection.execute(
            sa.select(subject.c.id, subject.c.created_at)
            .join(subject_identifier, subject_identifier.c.subject_id == subject.c.id)
            .where(
                subject_identifier.c.kind == identifier.kind,
                subject_identifier.c.blind == blind(identifier),
            )
        )
        for row in rows:
            found.setdefault(resolve(connection, row.id), row.created_at)
    return sorted(found, key=lambda name: (found[name], name))


@dataclass(frozen=True, slots=True, kw_only=True)
class Claimants:
    """The known people whom some identifiers name."""

    people: tuple[str, ...]
    contradicted: bool = False
    """One of them holds another value of a kind that names one person alone."""

    @property
    def only(self) -> str | None:
        """The one whom they name, where there is no doubt."""
        return self.people[0] if len(self.people) == 1 and not self.contradicted else None


def claimants(
    connection: sa.Connection, identifiers: Sequence[Identifier], blind: Blind, kinds: Kinds
) -> Claimants:
    """Whom identifiers name: nobody known, one person, or several of whom a person must choose.

    A household shares an e-mail address; a customer number that differs tells its people apart.
    """
    found = matching(connection, identifiers, blind)
    strong = [i for i in identifiers if kinds.kind(i.kind).strong]
    return Claimants(
        people=tuple(found),
        contradicted=any(
            _holds_another(connection, family(connection, person), identifier, blind)
            for person in found
            for identifier in strong
        ),
    )


def _holds_another(
    connection: sa.Connection, names: Sequence[str], identifier: Identifier, blind: Blind
) -> bool:
    held = {
        row.blind
        for row in connection.execute(
            sa.select(subject_identifier.c.blind).where(
                subject_identifier.c.subject_id.in_(list(names)),
                subject_identifier.c.kind == identifier.kind,
            )
        )
    }
    return bool(held) and blind(identifier) not in held


def resolve(connection: sa.Connection, subject_id: str) -> str:
    """The subject that an id stands for now.

    Raises:
        NotFound: no such subject.
    """
    current = subject_id
    while True:
        row = connection.execute(
            sa.select(subject.c.merged_into).where(subject.c.id == current)
        ).first()
        if row is None:
            raise NotFound(f"there is no subject `{subject_id}`")
        if row.merged_into is None:
            return current
        current = row.merged_into


def mint(connection: sa.Connection, now: dt.datetime) -> str:
    """A new subject with a random id."""
    made = new_id("sub")
    connection.execute(subject.insert().values(id=made, created_at=to_millis(now)))
    return made


def attach(
    connection: sa.Connection,
    subject_id: str,
    identifiers: Sequence[Identifier],
    *,
    blind: Blind,
    verified: bool,
    now: dt.datetime,
) -> None:
    """Remember identifiers of a subject; one that is known already may become verified."""
    moment = to_millis(now)
    for identifier in identifiers:
        same = sa.and_(
            subject_identifier.c.subject_id == subject_id,
            subject_identifier.c.kind == identifier.kind,
            subject_identifier.c.blind == blind(identifier),
        )
        held = connection.execute(sa.select(subject_identifier.c.id).where(same)).first()
        if held is None:
            connection.execute(
                subject_identifier.insert().values(
                    subject_id=subject_id,
                    kind=identifier.kind,
                    blind=blind(identifier),
                    verified_at=moment if verified else None,
                    created_at=moment,
                )
            )
        elif verified:
            connection.execute(
                subject_identifier.update()
                .where(subject_identifier.c.id == held.id)
                .values(verified_at=moment)
            )


def any_identifier(connection: sa.Connection) -> bool:
    """Whether a look-up value of anybody is stored."""
    return connection.execute(sa.select(subject_identifier.c.id).limit(1)).first() is not None


def references_of(connection: sa.Connection, names: Sequence[str]) -> list[tuple[str, bytes]]:
    """The identifier kinds and keyed look-up values of a person and all aliases."""
    rows = connection.execute(
        sa.select(subject_identifier.c.kind, subject_identifier.c.blind).where(
            subject_identifier.c.subject_id.in_(list(names))
        )
    )
    return [(row.kind, row.blind) for row in rows]


def forget_identifiers(connection: sa.Connection, subject_id: str) -> int:
    """Remove every look-up value of a subject and its aliases; returns how many."""
    names = family(connection, resolve(connection, subject_id))
    done = connection.execute(
        subject_identifier.delete().where(subject_identifier.c.subject_id.in_(names))
    )
    return done.rowcount


def family(connection: sa.Connection, subject_id: str) -> list[str]:
    """A subject and every alias of it."""
    names = [subject_id]
    for name in names:
        rows = connection.execute(sa.select(subject.c.id).where(subject.c.merged_into == name))
        names.extend(row.id for row in rows)
    return names


def stands_alone(ask: Callable[[str, tuple[str, str]], Sequence[Any]], subject_id: str) -> bool:
    """Whether an id is a subject's that is no alias and has none, as nearly all are."""
    found = ask(_ALONE, (subject_id, subject_id))
    return len(found) == 1 and found[0][0] == subject_id and found[0][1] is None


_ALONE = "SELECT id, merged_into FROM subject WHERE id = ? OR merged_into = ?"


def kin(connection: sa.Connection, subject_id: str) -> list[str]:
    """Whom an id stands for now, and every alias: nearly always the id alone, by one question.

    Raises:
        NotFound: no such subject.
    """
    near = connection.execute(_NEAR, {"id": subject_id}).all()
    if len(near) == 1 and near[0].id == subject_id and near[0].merged_into is None:
        return [subject_id]
    return family(connection, resolve(connection, subject_id))


_NEAR = sa.select(subject.c.id, subject.c.merged_into).where(
    sa.or_(
        subject.c.id == sa.bindparam("id"),
        subject.c.merged_into == sa.bindparam("id"),
    )
)


def merge(
    connection: sa.Connection, into: str, other: str, *, actor: str, now: dt.datetime
) -> None:
    """Make `other` an alias of `into`.

    Raises:
        Refused: they are one subject already.
    """
    kept, gone = resolve(connection, into), resolve(connection, other)
    if kept == gone:
        raise Refused(f"`{into}` and `{other}` are one subject already")
    connection.execute(subject.update().where(subject.c.id == gone).values(merged_into=kept))
    _record(connection, kept, "merge", gone, actor, now)


def split(connection: sa.Connection, alias: str, *, actor: str, now: dt.datetime) -> str:
    """Take an alias away again; returns the subject that it was an alias of.

    Raises:
        NotFound: no such subject.
        Refused: it is no alias.
    """
    row = connection.execute(sa.select(subject.c.merged_into).where(subject.c.id == alias)).first()
    if row is None:
        raise NotFound(f"there is no subject `{alias}`")
    if row.merged_into is None:
        raise Refused(f"`{alias}` is not merged into another subject")
    connection.execute(subject.update().where(subject.c.id == alias).values(merged_into=None))
    _record(connection, row.merged_into, "split", alias, actor, now)
    return str(row.merged_into)


def show(connection: sa.Connection, subject_id: str) -> Subject:
    """What the register knows of a subject: no identifier, only kinds.

    Raises:
        NotFound: no such subject.
    """
    row = connection.execute(sa.select(subject).where(subject.c.id == subject_id)).first()
    if row is None:
        raise NotFound(f"there is no subject `{subject_id}`")
    names = family(connection, subject_id)
    kinds = connection.execute(
        sa.select(subject_identifier.c.kind)
        .where(subject_identifier.c.subject_id.in_(names))
        .order_by(subject_identifier.c.id)
    )
    events = connection.execute(
        sa.select(subject_event)
        .where(subject_event.c.subject_id.in_(names))
        .order_by(subject_event.c.id)
    )
    return Subject(
        id=row.id,
        created_at=from_millis(row.created_at),
        merged_into=row.merged_into,
        kinds=tuple(kind for (kind,) in kinds),
        aliases=tuple(names[1:]),
        history=tuple(
            SubjectEvent(kind=e.kind, other=e.other_id, actor=e.actor, at=from_millis(e.at))
            for e in events
        ),
    )


def _record(
    connection: sa.Connection, subject_id: str, kind: str, other: str, actor: str, now: dt.datetime
) -> None:
    connection.execute(
        subject_event.insert().values(
            subject_id=subject_id, kind=kind, other_id=other, actor=actor, at=to_millis(now)
        )
    )
