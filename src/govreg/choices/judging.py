"""Whether a recorded choice counts, with what its activity and its notice say; judged once."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

import sqlalchemy as sa

from govreg.clock import from_millis
from govreg.consent.ledger import circumstances
from govreg.consent.model import Circumstance, Recorded
from govreg.consent.notice_store import version_of
from govreg.consent.validity import Counts, Terms, judge
from govreg.erasure.ground import activity_facts
from govreg.requests.parts import Parts

_Judged = tuple[int, str, bool, dt.date]


class Judging:
    """Judgements of one engine: its rules and its register stay what they are."""

    def __init__(self, parts: Parts) -> None:
        self._parts, self._zone = parts, parts.zone
        self._counts: dict[_Judged, Counts] = {}
        self._terms: dict[tuple[str, int], Terms | None] = {}
        self.circumstances: dict[int, Circumstance] = {}
        """Those that were read, by number: they never change."""

    def counts(
        self, connection: sa.Connection, event: Recorded, activity: str, *, guardian: bool
    ) -> Counts:
        """Whether a choice counts for an activity, as of the day on which it was made."""
        on = event.at.astimezone(self._zone).date()
        self.circumstances[event.circumstance_id] = event.circumstance
        return self.of(connection, event.circumstance_id, activity, on=on, guardian=guardian)

    def held(self, event: Recorded, activity: str, *, guardian: bool) -> Counts:
        """The same without a connection: one is taken where it was not judged before."""
        day = event.at.astimezone(self._zone).date()
        known = self._counts.get((event.circumstance_id, activity, guardian, day))
        if known is not None:
            return known
        with self._parts.store.read() as connection:
            return self.counts(connection, event, activity, guardian=guardian)

    def circumstance(self, number: int) -> Circumstance:
        """The circumstance that has a number, read once."""
        if number not in self.circumstances:
            with self._parts.store.read() as connection:
                self.circumstances.update(circumstances(connection, [number]))
        return self.circumstances[number]

    def of(
        self,
        connection: sa.Connection,
        circumstance: int,
        activity: str,
        *,
        on: dt.date,
        guardian: bool,
    ) -> Counts:
        """The same for a circumstance by its number, and a day."""
        key = (circumstance, activity, guardian, on)
        held = self._counts.get(key)
        if held is None:
            if circumstance not in self.circumstances:
                self.circumstances.update(circumstances(connection, [circumstance]))
            under = self.circumstances[circumstance]
            held = self._counts[key] = judge(
                under,
                self._parts.rules,
                on=on,
                terms=self._terms_of(connection, under),
                activity=self._facts(activity),
                guardian=guardian,
            )
        return held

    def day_of(self, at: int) -> dt.date:
        """The organisation's day of a moment in milliseconds."""
        return from_millis(at).astimezone(self._zone).date()

    def _facts(self, name: str) -> Mapping[str, object]:
        activity = self._parts.border.register.activities.get(name)
        return activity_facts(activity) if activity else {}

    def _terms_of(self, connection: sa.Connection, held: Circumstance) -> Terms | None:
        if held.notice is None or held.notice_version is None:
            return None
        key = (held.notice, held.notice_version)
        if key not in self._terms:
            found = version_of(connection, *key)
            self._terms[key] = found[0].terms if found else None
        return self._terms[key]
