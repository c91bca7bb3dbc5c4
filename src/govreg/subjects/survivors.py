"""Aliases of many subjects at once: whom each id stands for, and who stood for it before.

People merge subjects by hand, so there are few aliases: all are read, and the many are not asked.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping

import sqlalchemy as sa

from govreg.loading import among
from govreg.subjects.tables import subject


def merged(connection: sa.Connection) -> Mapping[str, str]:
    """Every alias, with the subject that it stands for now."""
    query = sa.select(subject.c.id, subject.c.merged_into).where(subject.c.merged_into > "")
    into: dict[str, str] = {row.id: row.merged_into for row in connection.execute(query)}
    return {alias: _end(alias, into) for alias in into}


def _end(one: str, into: Mapping[str, str]) -> str:
    while one in into:
        one = into[one]
    return one


def existing(connection: sa.Connection, ids: Collection[str]) -> Mapping[str, str]:
    """Of some ids those that there are, each with the subject that it stands for now."""
    now = merged(connection)
    found = among(connection, subject.c.id, list(ids), [subject.c.id])
    return {one: now.get(one, one) for (one,) in found}


def with_aliases(connection: sa.Connection, people: Iterable[str]) -> Mapping[str, str]:
    """Subjects and all their aliases, each with the subject that it stands for."""
    of = {one: one for one in people}
    return of | {alias: one for alias, one in merged(connection).items() if one in of}
