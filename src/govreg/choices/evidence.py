"""What is sealed of an event read back: where proof lies, the signal as it came.

(1) the actor decides for people: nobody else reads it
(2) the event is this person's, and something is sealed of it
(3) it is opened under the person's key, in the place that it was sealed for
(4) the reading is an audit entry, without a word of what was read
"""

from __future__ import annotations

import json
from collections.abc import Mapping

import sqlalchemy as sa

from govreg.choices.record import particulars_context
from govreg.consent.tables import consent_event
from govreg.errors import IntegrityProblem, NotFound
from govreg.protection.envelope import open_sealed
from govreg.requests.parts import Parts
from govreg.requests.people import DECIDING, require
from govreg.subjects.index import kin


def evidence(parts: Parts, subject: str, number: int, *, actor: str) -> Mapping[str, str]:
    """The particulars of a person's event: `evidence`, `signal`, and the like.

    Raises:
        Refused: the actor may not.
        NotFound: no such person or event, or nothing is sealed of it, or its key is gone.
        IntegrityProblem: what is sealed was altered, or moved from another event.
    """
    require(parts.settings, actor, DECIDING, "read what is sealed of a choice")
    with parts.store.write() as connection:
        table = consent_event.c
        row = connection.execute(
            sa.select(table.subject_id, table.activity, table.digest, table.sealed).where(
                table.id == number, table.subject_id.in_(kin(connection, subject))
            )
        ).first()
        if row is None:
            raise NotFound(
                f"`{subject}` has no event {number}",
                f"`govreg consent history --subject {subject}`",
            )
        if row.sealed is None:
            raise NotFound(f"nothing is sealed of event {number}")
        key = parts.subject_key(connection, row.subject_id)
        text = open_sealed(key, bytes(row.sealed), particulars_context(parts, bytes(row.digest)))
        parts.log(
            connection,
            "consent.evidence_read",
            actor,
            subject_ref=parts.subject_ref(connection, row.subject_id, create=True),
            source="consent",
            collection=None if row.activity == "*" else row.activity,
            counts={"event": number},
        )
    return _read(text)


def _read(text: object) -> Mapping[str, str]:
    try:
        held = json.loads(str(text))
        return {str(name): str(value) for name, value in held.items()}
    except (ValueError, AttributeError):
        raise IntegrityProblem(
            "particulars_unreadable", "what is sealed of the event cannot be read"
        ) from None
