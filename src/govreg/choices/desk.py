"""What people choose, as an application or the command line sees it: one place, plain calls."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import sqlalchemy as sa

from govreg.bulk.standing import Use
from govreg.choices.exporting import Exported, Wanted, export_file
from govreg.choices.impact import Impact, impact_of
from govreg.choices.import_model import Declared, Imported
from govreg.choices.importing import RefusedRow, import_file
from govreg.choices.judging import Judging
from govreg.choices.model import Choice, Outcome, Past
from govreg.choices.person import whose
from govreg.choices.record import announce, enter, new_event, suppress_for
from govreg.condition.truth import Truth
from govreg.consent.ledger import events_of
from govreg.consent.model import Channel, EventKind, Recorded
from govreg.consent.preference import Preference, latest, prefer
from govreg.consent.proof import Proof, proofs_of
from govreg.consent.status import Status, fold
from govreg.consent.validity import Counts
from govreg.policy.rule import RuleKind
from govreg.requests.parts import Parts
from govreg.requests.people import RECORDING, require
from govreg.runner.outbox import Delivery
from govreg.subjects.index import kin, resolve

if TYPE_CHECKING:
    import pyarrow as pa

    from govreg.choices.subset import Named, Permitted

ENDS = frozenset({EventKind.WITHDRAWN, EventKind.REVOKED, EventKind.EXPIRED, EventKind.OBJECTED})
"""Kinds of events that take an activity its basis."""

Identifiers = Mapping[str, str] | Sequence[tuple[str, str]]


class Consents:
    """Everything that can be done with what people choose."""

    def __init__(self, parts: Parts, deliver: Callable[[], Delivery]) -> None:
        self.parts = parts
        self._deliver = deliver
        self._judging = Judging(parts)

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

    def import_file(
        self,
        path: Path,
        declared: Declared,
        *,
        renamed: Mapping[str, str] | None = None,
        stated: Mapping[str, str] | None = None,
        ignored: Sequence[str] = (),
        actor: str,
        refused: RefusedRow | None = None,
    ) -> Imported:
        """Take over choices of the past from a file, in batches that are whole or not at all.

        Args:
            path: A file of CSV, Parquet or JSON Lines, as `docs/spec/consent-file.md` says.
            declared: Where they come from, and of which period they are.
            renamed: By name, the file's column that holds it.
            stated: By name, the value of every row.
            ignored: Columns that are passed over.
            actor: Who imports, a key of `[people]`.
            refused: Told the number of each refused row, and why.

        Raises:
            Refused: the actor may not import.
            UsageProblem: the file cannot be read, or its columns or the period cannot be so.
            NotFound: there is no such file.
        """
        made = import_file(
            self.parts,
            path,
            declared,
            renamed=renamed or {},
            stated=stated or {},
            ignored=ignored,
            actor=actor,
            judging=self._judging,
            refused=refused,
        )
        self._deliver()
        return made

    def export_file(self, path: Path, wanted: Wanted, *, actor: str) -> Exported:
        """Write recorded choices to a file of CSV, Parquet or JSON Lines, as an import reads them.

        Raises:
            Refused: the actor may not.
            UsageProblem: the file's name says no such form.
        """
        return export_file(self.parts, path, wanted, actor=actor)

    @contextmanager
    def permitted(
        self,
        table: pa.RecordBatchReader,
        activity: str,
        named: Named,
        *,
        use: Use = Use.USE,
    ) -> Iterator[Permitted]:
        """The rows of a table that people's choices permit for an activity, as they are read.

        Args:
            table: The rows; read once.
            activity: Name of a processing activity.
            named: How its rows say whose they are.
            use: What is about to be done.

        Raises:
            NotFound: no such activity, or the collection has no row map.
            UsageProblem: a column is missing, or the extra `bulk` is not installed.
            Conflict: another process writes the copies.
        """
        from govreg.choices.subset import permitted

        with permitted(self.parts, self._judging, table, activity, named, use) as held:
            yield held

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
        with self.parts.store.read() as connection:
            return self._status(connection, subject, purpose, at or self.parts.clock())

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
