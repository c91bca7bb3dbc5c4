"""Subject requests as an application or the command line sees them: one place, plain calls."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from govreg.errors import NotFound, UsageProblem
from govreg.gate.glimpse import Glimpse, glimpse
from govreg.gate.read import free_texts
from govreg.policy.events import Standing
from govreg.requests import store as rows
from govreg.requests.access import deliver, export_access, plan_access, run_access
from govreg.requests.carry import run_erasure
from govreg.requests.clock import extend, go_on, standing_of, suspend
from govreg.requests.erase import approve, plan_erasure
from govreg.requests.inform import inform, ways_out
from govreg.requests.intake import open_request, require_identity, verify_identity
from govreg.requests.issue import latest
from govreg.requests.model import RequestKind, SubjectRequest, Verification
from govreg.requests.papers import read
from govreg.requests.parts import Parts
from govreg.requests.people import DECIDING, require
from govreg.requests.reissue import tell_recipient
from govreg.requests.seek import LINK, TEXT, seek, settle, state_facts, text_item, text_mark
from govreg.requests.upkeep import expire
from govreg.runner.steps import StepRecord, records


class SubjectRequests:
    """Everything that can be done with subject requests."""

    def __init__(self, parts: Parts) -> None:
        self.parts = parts

    def open(
        self,
        *,
        kind: str,
        law: str,
        identifiers: Mapping[str, str] | Sequence[tuple[str, str]],
        actor: str,
        facts: Mapping[str, bool | str] | None = None,
        received_at: dt.datetime | None = None,
        place: str | None = None,
        valid_until: dt.date | None = None,
    ) -> SubjectRequest:
        """Take a request in.

        Args:
            kind: `access` or `erasure`.
            law: A law of an installed pack, such as `gdpr`.
            identifiers: Identifier kinds and values as the person gave them.
            actor: Who takes it in, a key of `[people]`.
            facts: What is known of the person, such as `person.consent_withdrawn`.
            received_at: When it came; now, when not said.
            place: Where the answer is given, such as `FI` or `DE-BY`: its public holidays count.
            valid_until: The last day on which judgements among the facts (`assessment.…`) hold.

        Raises:
            UsageProblem: no such kind, law, identifier kind, fact or place.
            Refused: the actor may not.
        """
        try:
            wanted = RequestKind(kind)
        except ValueError:
            raise UsageProblem(
                f"`{kind}` is no kind of request", f"kinds: {', '.join(RequestKind)}"
            ) from None
        expire(self.parts)
        pairs = identifiers.items() if isinstance(identifiers, Mapping) else identifiers
        return open_request(
            self.parts,
            kind=wanted,
            law=law,
            identifiers=[self.parts.kinds.identifier(name, text) for name, text in pairs],
            facts=facts or {},
            actor=actor,
            received_at=received_at or self.parts.clock(),
            place=place,
            valid_until=valid_until,
        )

    def standing(self, request_id: str) -> Standing:
        """Where the deadline stands: dates, readings, what is not known and does not count."""
        with self.parts.store.read() as connection:
            return standing_of(self.parts, connection, rows.get(connection, request_id))

    def suspend(
        self,
        request_id: str,
        *,
        reason: str,
        asked_at: dt.datetime | None = None,
        evidence: str,
        actor: str,
    ) -> SubjectRequest:
        """The clock stands still from the moment at which the person was asked.

        Args:
            request_id: The request.
            reason: `identity_in_doubt` or `broad_request`.
            asked_at: When; now, when not said.
            evidence: Where the question can be looked up, never its text.
            actor: Who records it.
        """
        asked = asked_at or self.parts.clock()
        return suspend(
            self.parts, request_id, reason=reason, asked_at=asked, evidence=evidence, actor=actor
        )

    def go_on(
        self, request_id: str, *, answered_at: dt.datetime | None = None, actor: str
    ) -> SubjectRequest:
        """The clock goes on, as the person has answered."""
        answered = answered_at or self.parts.clock()
        return go_on(self.parts, request_id, answered_at=answered, actor=actor)

    def extend(
        self, request_id: str, *, reason: str, told_at: dt.datetime | None = None, actor: str
    ) -> SubjectRequest:
        """The person was told that the answer takes longer, and why."""
        told = told_at or self.parts.clock()
        return extend(self.parts, request_id, reason=reason, told_at=told, actor=actor)

    def get(self, request_id: str) -> SubjectRequest:
        """The request of that id."""
        with self.parts.store.read() as connection:
            return rows.get(connection, request_id)

    def list(self, *, closed: bool = False) -> tuple[SubjectRequest, ...]:
        """Requests by due date."""
        with self.parts.store.read() as connection:
            return rows.listed(connection, closed=closed)

    def verify_identity(
        self, request_id: str, *, level: str, how: str, actor: str, subject: str | None = None
    ) -> SubjectRequest:
        """Confirm who asks, to a level: `reasonable`, `reasonably_high` or `account`.

        Where several known people may be meant, `subject` says which, or `new`.
        """
        try:
            wanted = Verification(level)
        except ValueError:
            raise UsageProblem(
                f"`{level}` is no level", f"levels: {', '.join(Verification)}"
            ) from None
        return verify_identity(
            self.parts, request_id, level=wanted, how=how, actor=actor, subject=subject
        )

    def plan(self, request_id: str, *, actor: str) -> Mapping[str, Any]:
        """Search and plan; answers what a person reads before anything happens."""
        if self.get(request_id).kind is RequestKind.ACCESS:
            return plan_access(self.parts, request_id, actor=actor)
        return plan_erasure(self.parts, request_id, actor=actor)

    def summary(self, request_id: str) -> Mapping[str, Any]:
        """The latest plan as a person reads it."""
        with self.parts.store.read() as connection:
            return read(
                connection,
                self.parts.request_key(connection, request_id),
                workspace=self.parts.workspace_id,
                request_id=request_id,
                name="summary",
            )

    def approve(self, request_id: str, *, actor: str, wanted: str | None = None) -> SubjectRequest:
        """Approve exactly the present plan."""
        return approve(self.parts, request_id, actor=actor, wanted=wanted)

    def run(self, request_id: str, *, actor: str) -> Iterator[StepRecord]:
        """Do the work, or go on where it stopped; yields each step as it is finished."""
        if self.get(request_id).kind is RequestKind.ACCESS:
            return run_access(self.parts, request_id, actor=actor)
        return run_erasure(self.parts, request_id, actor=actor)

    def steps(self, request_id: str) -> tuple[StepRecord, ...]:
        """Every step of a request's work so far."""
        request = self.get(request_id)
        work = (
            f"{request_id}/access"
            if request.kind is RequestKind.ACCESS
            else f"{request_id}/{str(request.plan_hash)[:12]}"
        )
        with self.parts.store.read() as connection:
            return records(connection, work)

    def decide_links(
        self, request_id: str, choices: Mapping[str, bool], *, actor: str
    ) -> SubjectRequest:
        """Say of candidates whether they are this person."""
        pending = {c["id"] for c in self.summary(request_id)["candidates"]}
        pending |= {c["id"] for c in self.summary(request_id)["confirmed"]}
        self._known(choices, pending, "candidate")
        return settle(self.parts, request_id, kind=LINK, items=dict(choices), actor=actor)

    def candidates(self, request_id: str, *, actor: str) -> Sequence[Glimpse]:
        """What tells the candidates apart, for the eyes of whoever confirms or rejects them."""
        require(self.parts.settings, actor, DECIDING, "look at candidates")
        request = self.get(request_id)
        require_identity(self.parts, request)
        with self.parts.border.visit() as visit:
            scope = seek(self.parts, visit, request)
            seen = [glimpse(visit, candidate) for candidate in scope.candidates]
        with self.parts.store.write() as connection:
            counts = {"candidates": len(seen)}
            self.parts.log(
                connection, "request.candidates_read", actor, request=request_id, counts=counts
            )
        return seen

    def texts(self, request_id: str, *, actor: str) -> Sequence[tuple[str, str, str]]:
        """Free texts to review: name, label, and the text itself, for a reviewer's eyes."""
        require(self.parts.settings, actor, DECIDING, "review free texts")
        request = self.get(request_id)
        with self.parts.border.visit() as visit:
            scope = seek(self.parts, visit, request)
        with self.parts.store.write() as connection:
            key = self.parts.reference_key(connection, request_id)
            self.parts.log(connection, "request.texts_read", actor, request=request_id)
        return [
            (
                text_item(text_mark(key, row, field), row, field),
                field.label.get("en", field.name),
                str(row.values[field.name]),
            )
            for _collection, row, field in free_texts(self.parts.border.register, scope)
        ]

    def decide_texts(
        self, request_id: str, choices: Mapping[str, bool], *, actor: str
    ) -> SubjectRequest:
        """Say of free texts whether they go out."""
        known = {name for name, _, _ in self.texts(request_id, actor=actor)}
        self._known(choices, known, "text")
        return settle(self.parts, request_id, kind=TEXT, items=dict(choices), actor=actor)

    def state_facts(
        self,
        request_id: str,
        facts: Mapping[str, bool | str],
        *,
        actor: str,
        valid_until: dt.date | None = None,
    ) -> SubjectRequest:
        """State facts about the person who asks; judgements among them hold until a day."""
        return state_facts(
            self.parts, request_id, facts=facts, actor=actor, valid_until=valid_until
        )

    def export(self, request_id: str, folder: Path, *, actor: str) -> Path:
        """Open the sealed answer into a new folder."""
        return export_access(self.parts, request_id, folder, actor=actor)

    def deliver(
        self, request_id: str, *, channel: str, override: bool = False, actor: str
    ) -> SubjectRequest:
        """Say that the person has been answered."""
        access = self.get(request_id).kind is RequestKind.ACCESS
        act = deliver if access else inform
        return act(self.parts, request_id, channel=channel, override=override, actor=actor)

    def ways_out(self, request_id: str) -> tuple[str, ...]:
        """What a person can do about a request that needs attention; nothing where none does."""
        return ways_out(self.get(request_id))

    def tell_recipient(
        self,
        request_id: str,
        recipient: str,
        *,
        answer: str | None = None,
        channel: str | None = None,
        not_told: str | None = None,
        actor: str,
    ) -> None:
        """Write down that a recipient was told of the erasure, how, and what it answered.

        Or why it is not told: `impossible` or `disproportionate`. A certificate that says so is
        issued in place of the latest one.
        """
        tell_recipient(
            self.parts,
            request_id,
            recipient,
            answer=answer,
            channel=channel,
            not_told=not_told,
            actor=actor,
        )

    def untold(self, request_id: str) -> Sequence[str]:
        """The recipients that nobody has told of the erasure yet (Art. 19 GDPR)."""
        with self.parts.store.read() as connection:
            held = rows.recipients(connection, request_id)
        return [one.name for one in held if one.told_at is None and one.not_told is None]

    def certificate(self, request_id: str) -> Path:
        """The folder of the latest certificate of an erasure.

        Raises:
            NotFound: there is none yet.
        """
        self.get(request_id)
        found = latest(self.parts, request_id)
        if found is None:
            raise NotFound(
                f"request `{request_id}` has no certificate yet",
                f"`govreg request run {request_id}`",
            )
        return found[0]

    def _known(self, choices: Mapping[str, bool], known: set[str], what: str) -> None:
        for item in choices:
            if item not in known:
                raise NotFound(
                    f"there is no {what} `{item}`", "`govreg request review ID` lists them"
                )
