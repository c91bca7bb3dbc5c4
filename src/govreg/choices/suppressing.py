"""Suppressing by hand, lifting, and looking: who may, and the entry in the log.

A withdrawal of consent to marketing, or an objection to it, suppresses by itself: see `record`.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence

import sqlalchemy as sa

from govreg.choices.person import whose
from govreg.consent.model import Channel
from govreg.errors import NotFound, UsageProblem
from govreg.requests.parts import Parts
from govreg.requests.people import DECIDING, INTAKE, require
from govreg.subjects.identifier import Identifier
from govreg.subjects.index import family, references_of
from govreg.subjects.suppression import (
    EVERYTHING,
    Reference,
    Suppressed,
    Why,
    counts,
    lift,
    suppress,
    suppressed,
)
from govreg.validation import suggestion

_CHANNEL = "channel:"


def known_scope(parts: Parts, scope: str) -> str:
    """The scope as it is written.

    Raises:
        UsageProblem: it is no activity, no channel and not `*`.
    """
    activities = sorted(parts.border.register.activities)
    channels = [f"{_CHANNEL}{one}" for one in Channel]
    if scope != EVERYTHING and scope not in {*activities, *channels}:
        raise UsageProblem(
            f"`{scope}` is no scope: an activity, `channel:` and a channel, or `*`",
            suggestion(scope, [*activities, *channels]),
        )
    return scope


def suppress_person(
    parts: Parts,
    *,
    subject: str | None = None,
    identifiers: Sequence[Identifier] = (),
    scope: str,
    reason: Why,
    until: dt.datetime | None = None,
    actor: str,
) -> int:
    """Suppress a known subject, or whoever has the identifiers; returns how many values are new.

    Raises:
        Refused: the actor may not.
        UsageProblem: nobody is named, or no such scope.
        NotFound: no such subject, or nothing by which it could be recognised.
    """
    require(parts.settings, actor, INTAKE, "suppress a person")
    with parts.store.write() as connection:
        found = _references(parts, connection, subject, identifiers)
        if not found:
            raise NotFound(
                "nothing is known by which the person could be recognised",
                "name them by what they are reached at: `--identifier KIND=VALUE`",
            )
        new = suppress(
            connection,
            found,
            scope=known_scope(parts, scope),
            reason=reason,
            now=parts.clock(),
            ends_at=until,
        )
        _log(parts, connection, "subject.suppressed", actor, scope, values=new)
    return new


def lift_suppression(
    parts: Parts,
    *,
    subject: str | None = None,
    identifiers: Sequence[Identifier] = (),
    scope: str,
    actor: str,
) -> int:
    """Take a person off a scope; returns how many values were on it.

    Raises:
        Refused: the actor may not.
        UsageProblem: nobody is named, or no such scope.
        NotFound: no such subject.
    """
    require(parts.settings, actor, DECIDING, "lift a suppression")
    with parts.store.write() as connection:
        found = _references(parts, connection, subject, identifiers)
        gone = lift(connection, found, scope=known_scope(parts, scope))
        _log(parts, connection, "subject.suppression_lifted", actor, scope, values=gone)
    return gone


def suppressions_of(
    parts: Parts,
    *,
    subject: str | None = None,
    identifiers: Sequence[Identifier] = (),
    scopes: Sequence[str] = (),
) -> tuple[Suppressed, ...]:
    """The entries that cover a person.

    Raises:
        UsageProblem: nobody is named, or no such scope.
        NotFound: no such subject.
    """
    asked = [known_scope(parts, scope) for scope in scopes]
    with parts.store.read() as connection:
        found = _references(parts, connection, subject, identifiers)
        return suppressed(connection, found, scopes=asked, now=parts.clock())


def suppression_counts(parts: Parts) -> Mapping[tuple[str, Why], int]:
    """How many values are suppressed, by scope and reason."""
    with parts.store.read() as connection:
        return counts(connection)


def _references(
    parts: Parts,
    connection: sa.Connection,
    subject: str | None,
    identifiers: Sequence[Identifier],
) -> list[Reference]:
    if subject is not None or not identifiers:
        who = whose(parts, connection, subject=subject, identifiers=identifiers)
        return references_of(connection, family(connection, who))
    blind = parts.blind(connection)
    return [(one.kind, blind(one)) for one in identifiers]


def _log(
    parts: Parts, connection: sa.Connection, action: str, actor: str, scope: str, *, values: int
) -> None:
    parts.log(
        connection,
        action,
        actor,
        source="consent",
        collection=None if scope == EVERYTHING else scope,
        counts={"values": values},
    )
