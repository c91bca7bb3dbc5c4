"""What comes after an erasure: recipients are told and answer, the person is informed.

    (1) it is written down, with who did it
    (2) the latest certificate is read back and checked: ours, unaltered
    (3) a new one says the same of the erasure, and what has happened since
    (4) it is signed and logged, and names the one that it replaces by hash

Nothing but the head, the recipients and the time of informing differs from the earlier one.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace

import sqlalchemy as sa

from govreg.errors import UsageProblem
from govreg.ids import new_id
from govreg.reports.certificate_document import ToldRecipient
from govreg.reports.certificate_reading import read_statement
from govreg.requests import store as rows
from govreg.requests.issue import check_own, issue, latest, replaced_by_next
from govreg.requests.parts import Parts
from govreg.requests.people import DECIDING, require
from govreg.runner.claim import claimed

ANSWERS = ("erased", "refused", "pending")
"""What a recipient may have answered; other words could hold anything of a person."""


NOT_TOLD = ("impossible", "disproportionate")
"""Why a recipient need not be told (Art. 19 GDPR)."""
_CHANNEL = re.compile(r"[a-z][a-z0-9_-]{0,39}")


def tell_recipient(
    parts: Parts,
    request_id: str,
    recipient: str,
    *,
    answer: str | None = None,
    channel: str | None = None,
    not_told: str | None = None,
    actor: str,
) -> None:
    """Write down that a recipient was told of the erasure, how, and what it answered; or why not.

    Raises:
        UsageProblem: answer or reason is none of those known; the channel is no short word.
        NotFound: the recipient is none of this request.
        Refused: the actor may not.
    """
    require(parts.settings, actor, DECIDING, "tell recipients")
    _known("the answer of a recipient", answer, ANSWERS)
    _known("the reason for which a recipient is not told", not_told, NOT_TOLD)
    if channel is not None and not _CHANNEL.fullmatch(channel):
        raise UsageProblem(
            "how a recipient was told is one short word, such as `letter` or `secure_mail`"
        )
    with claimed(parts.store, request_id):
        with parts.store.write() as connection:
            rows.tell_recipient(
                connection,
                request_id,
                recipient,
                actor=actor,
                at=parts.clock(),
                answer=answer,
                channel=channel,
                not_told=not_told,
            )
            event = "request.recipient_told" if not_told is None else "request.recipient_not_told"
            parts.log(connection, event, actor, request=request_id, outcome=not_told or answer)
        reissue(parts, request_id, reason="recipients", actor=actor)


def _known(what: str, word: str | None, words: Sequence[str]) -> None:
    if word is not None and word not in words:
        raise UsageProblem(f"{what} is one word", f"one of {', '.join(f'`{w}`' for w in words)}")


def reissue(parts: Parts, request_id: str, *, reason: str, actor: str) -> Mapping[str, str] | None:
    """Steps (2) to (4), for a request that is claimed; nothing where none has been issued yet."""
    found = latest(parts, request_id)
    if found is None:
        return None
    _, held = found
    check_own(parts, held)
    document = read_statement(held.statement)
    with parts.store.read() as connection:
        request = rows.get(connection, request_id)
        told = told_recipients(connection, request_id)
    return issue(
        parts,
        replace(
            document,
            head=replace(
                document.head,
                certificate_id=new_id("cert"),
                issued_at=parts.clock(),
                issued_by=actor,
                replaces=replaced_by_next(held, reason),
            ),
            times=replace(document.times, informed=request.answered_at),
            recipients=told,
        ),
        actor=actor,
    )


def told_recipients(connection: sa.Connection, request_id: str) -> tuple[ToldRecipient, ...]:
    """Whom the law wants to be told, and how far that is."""
    return tuple(
        ToldRecipient(
            name=held.name,
            sent_at=held.told_at,
            answer=held.answer or ("pending" if held.told_at else None),
            answered_at=held.answered_at,
            channel=held.channel,
            not_told=None if held.told_at else held.not_told or "not_yet",
        )
        for held in rows.recipients(connection, request_id)
    )
