"""Whose choice it is: a subject by id, or whom identifiers name."""

from __future__ import annotations

from collections.abc import Sequence

import sqlalchemy as sa

from govreg.errors import NotFound, Refused, UsageProblem
from govreg.requests.parts import Parts
from govreg.subjects.identifier import Identifier
from govreg.subjects.index import attach, claimants, mint, resolve


def whose(
    parts: Parts,
    connection: sa.Connection,
    *,
    subject: str | None,
    identifiers: Sequence[Identifier],
    new: bool = False,
) -> str:
    """The subject's id.

    Args:
        parts: The engine's parts.
        connection: A writing one where `new`.
        subject: An id that is known.
        identifiers: What names the person, where no id is.
        new: Whether a person whom nobody knows becomes known. Their identifiers are kept as keyed
            look-up values, not as proven ones; one who is known already gains none, as whoever
            names them need not be them.

    Raises:
        UsageProblem: neither an id nor an identifier is given, or both.
        NotFound: nobody is known by that id, or by the identifiers.
        Refused: several known people may be meant.
    """
    if (subject is None) is (not identifiers):
        raise UsageProblem(
            "a choice is one person's, who is named by an id or by identifiers",
            "`--subject SUBJECT`, or `--identifier KIND=VALUE`",
        )
    if subject is not None:
        return resolve(connection, subject)
    blind = parts.blind(connection)
    known = claimants(connection, identifiers, blind, parts.kinds)
    if known.contradicted or len(known.people) > 1:
        raise Refused(
            "several known people may be meant by these identifiers",
            "name the person: `--subject SUBJECT`, one of " + ", ".join(known.people),
            "or add an identifier that names one person alone",
        )
    if known.only is None and not new:
        raise NotFound("nobody is known by these identifiers")
    if known.only is not None:
        return known.only
    who = mint(connection, parts.clock())
    attach(connection, who, identifiers, blind=blind, verified=False, now=parts.clock())
    return who
