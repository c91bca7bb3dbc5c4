"""What people choose, as an application or the command line sees it: one place, plain calls."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping, Sequence
from typing import TYPE_CHECKING

import sqlalchemy as sa

from govreg.choices.evidence import evidence
from govreg.choices.impact import Impact, impact_of
from govreg.choices.model import Choice, Identifiers, Outcome, Past
from govreg.choices.over_many import OverMany
from govreg.choices.person import whose
from govreg.choices.record import announce, enter, new_event, suppress_for
from govreg.condition.truth import Truth
from govreg.consent.ledger import events_of, events_of_one
from govreg.consent.model import Channel, EventKind, Recorded
from govreg.consent.preference import Preference, latest, prefer
from govreg.consent.proof import Proof, proofs_of
from govreg.consent.status import Status, fold
from govreg.consent.validity import Counts
from govreg.policy.rule import RuleKind
from govreg.requests.people import RECORDING, require
from govreg.subjects.index import kin, resolve, stands_alone

if TYPE_CHECKING:
    from govreg.choices.signalled import Received

ENDS = frozenset({EventKind.WITHDRAWN, EventKind.REVOKED, EventKind.EXPIRED, EventKind.OBJECTED})
"""Kinds of events that take an activity its basis."""


class Consents(OverMany):
    """Everything that can be done with what people choose."""

    def record(
        self,
        choice: Choice,
        *,
        subject: str | None = None,
        identifiers: Identifiers = (),
        actor: str,
    ) -> Outcome:
        """Record a choice. It is kept also where it does not count: the status says so.

        Args:
            choice: What was chosen, and how.
            subject: The person's id, or
            identifiers: identifier kinds and values that name the person; one whom nobody knows
                becomes known.
            actor: Who records it, a key of `[people]`.

        Raises:
            Refused: the actor may not, several people may be meant, or it was not chosen now.
            NotFound: no such activity, notice or person.
            Conflict: another choice was recorded under its key.
            UsageProblem: something about the choice cannot be so.
        """
        pairs = identifiers.items() if isinstance(identifiers, Mapping) else identifiers
        named = [self.parts.kinds.identifier(kind, text) for kind, text in pairs]
        with self.parts.store.write() as connection:
            event = new_event(
                self.parts, connection, choice, subject=subject, identifiers=named, actor=actor
            )
            number = enter(self.parts, connection, event, actor=actor)
            now = max(event.at, self.parts.clock())
            status = self._status(connection, event.subject, event.activity, now)
            added = 0
            if number is not None:
                added = suppress_for(self.parts, connection, event, status)
                announce(self.parts, connection, event, status)
        if number is not None:
            self._deliver()
        return Outcome(
            subject=event.subject,
            number=number,
            status=status,
            impact=self.impact(choice.activity) if choice.kind in ENDS else None,
            suppressed=added,
        )

    def receive(
        self,
        strings: Sequence[str],
        *,
        gpc: bool = False,
        applicable: Collection[int] = (),
        at: dt.datetime | None = None,
        subject: str | None = None,
        identifiers: Identifiers = (),
        dry_run: bool = False,
        actor: str,
    ) -> Received:
        """Record what signals say of a person, by the workspace's `signals.yaml`.

        Args:
            strings: TC strings, GPP strings or US Privacy strings, as they came.
            gpc: Whether the request carried Global Privacy Control.
            applicable: The ids that came with a GPP string as `gpp_sid`.
            at: When the request came; sent again with the same moment it is recorded once. Now,
                when not said.
            subject: The person's id, or
            identifiers: what names the person.
            dry_run: Only say what they mean.
            actor: Who records, a key of `[people]`.

        Raises:
            UsageProblem: no signal was received, or nobody or one person twice is named.
            NotFound: the workspace does not say what signals mean, or there is no such person.
            Refused: the actor may not, several people may be meant, or it was not received now.
        """
        from govreg.choices.signalled import Sent, receive

        return receive(
            self,
            Sent(strings=strings, gpc=gpc, applicable=applicable, at=at),
            subject=subject,
            identifiers=identifiers,
            dry_run=dry_run,
            actor=actor,
        )

    def prefer(self, subject: str, preference: Preference, *, actor: str) -> bool:
        """Record how a person wants to be reached; False where that was said before.

        Raises:
            Refused: the actor may not.
            NotFound: no such person.
        """
        require(self.parts.settings, actor, RECORDING, "record a preference")
        with self.parts.store.write() as connection:
            who = resolve(connection, subject)
            new = prefer(connection, who, preference, received_at=self.parts.clock())
            if new:
                self.parts.log(
                    connection,
                    "consent.preference_recorded",
                    actor,
                    subject_ref=self.parts.subject_ref(connection, who, create=True),
                    source="consent",
                    collection=f"channel:{preference.channel}",
                )
        return new

    def preferences(self, subject: str) -> Mapping[Channel, Preference]:
        """How a person wants to be reached, by channel.

        Raises:
            NotFound: no such person.
        """
        with self.parts.store.read() as connection:
            return latest(connection, kin(connection, subject))

    def impact(self, activity: str) -> Impact:
        """What a withdrawal of consent to an activity, or an objection to it, changes."""
        rules = self.parts.rules.rules.values()
        ending = {rule.id for rule in rules if rule.kind is RuleKind.MAXIMUM}
        return impact_of(self.parts.border.register, activity, ending=ending)

    def status(self, subject: str, purpose: str, at: dt.datetime | None = None) -> Status:
        """What stands for a person and an activity.

        Args:
            subject: The person's id.
            purpose: Name of the activity, or `*`.
            at: The moment that is asked about; now, when not said.

        Raises:
            NotFound: no such person.
        """
        moment, ask = at or self.parts.clock(), self.parts.store.ask
        if not self.parts.store.asks_past_library or not stands_alone(ask, subject):
            with self.parts.store.read() as connection:
                return self._status(connection, subject, purpose, moment)
        events = events_of_one(ask, subject, purpose, self._judging.circumstance)
        return fold(
            events,
            subject,
            purpose,
            moment,
            lambda event, guardian: self._judging.held(event, purpose, guardian=guardian),
        )

    def find(self, identifiers: Identifiers) -> str:
        """The id of the person whom identifiers name.

        Raises:
            NotFound: nobody is known by them.
            Refused: several people may be meant.
        """
        pairs = identifiers.items() if isinstance(identifiers, Mapping) else identifiers
        named = [self.parts.kinds.identifier(kind, text) for kind, text in pairs]
        with self.parts.store.read() as connection:
            return whose(self.parts, connection, subject=None, identifiers=named)

    def proofs(self, identifiers: Identifiers) -> tuple[Proof, ...]:
        """What proves the choices of a person who was erased, found by what names them."""
        pairs = identifiers.items() if isinstance(identifiers, Mapping) else identifiers
        named = [self.parts.kinds.identifier(kind, text) for kind, text in pairs]
        with self.parts.store.read() as connection:
            blind = self.parts.blind(connection)
            return proofs_of(connection, [(one.kind, blind(one)) for one in named])

    def history(self, subject: str) -> tuple[Past, ...]:
        """Everything that a person chose, oldest first, and what stood after each.

        Raises:
            NotFound: no such person.
        """
        with self.parts.store.read() as connection:
            events = self._events(connection, subject, None)
            return tuple(self._past(connection, events, event) for event in events)

    def evidence(self, subject: str, number: int, *, actor: str) -> Mapping[str, str]:
        """What is sealed of a person's event: where proof lies, the signal as it came.

        Raises:
            Refused: the actor may not.
            NotFound: no such person or event, or nothing is sealed of it, or its key is gone.
            IntegrityProblem: what is sealed was altered, or moved from another event.
        """
        return evidence(self.parts, subject, number, actor=actor)

    def statuses(self, subject: str, at: dt.datetime | None = None) -> tuple[Status, ...]:
        """What stands for each activity that a person chose anything about."""
        moment = at or self.parts.clock()
        with self.parts.store.read() as connection:
            events = self._events(connection, subject, None)
            names = dict.fromkeys(event.activity for event in events)
            return tuple(self._fold(connection, events, subject, name, moment) for name in names)

    def _past(
        self, connection: sa.Connection, events: Sequence[Recorded], event: Recorded
    ) -> Past:
        until_then = [e for e in events if (e.at, e.number) <= (event.at, event.number)]
        status = self._fold(connection, until_then, event.subject, event.activity, event.at)
        return Past(
            event=event,
            standing=status.consent,
            counts=None if status.counts is Truth.UNKNOWN else status.counts is Truth.TRUE,
        )

    def _status(
        self, connection: sa.Connection, subject: str, activity: str, at: dt.datetime
    ) -> Status:
        events = self._events(connection, subject, activity)
        return self._fold(connection, events, subject, activity, at)

    def _events(
        self, connection: sa.Connection, subject: str, activity: str | None
    ) -> list[Recorded]:
        names = kin(connection, subject)
        return events_of(connection, names, activity, known=self._judging.circumstances)

    def _fold(
        self,
        connection: sa.Connection,
        events: Sequence[Recorded],
        subject: str,
        activity: str,
        at: dt.datetime,
    ) -> Status:
        def judge(event: Recorded, guardian: bool) -> Counts:  # noqa: FBT001 - a judge's form
            return self._judging.counts(connection, event, activity, guardian=guardian)

        return fold(events, subject, activity, at, judge)
