"""Whether a recorded choice counts, with what its activity and its notice say; judged once."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Mapping

import sqlalchemy as sa

from govreg.consent.model import Channel, Circumstance, Recorded
from govreg.consent.tables import consent_notice
from govreg.consent.validity import Counts, Terms, judge
from govreg.erasure.ground import activity_facts
from govreg.requests.parts import Parts

_Judged = tuple[int, str, bool, dt.date]


class Judging:
    """Judgements of one engine: its rules and its register stay what they are."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts
        self._counts: dict[_Judged, Counts] = {}
        self._terms: dict[tuple[str, int], Terms | None] = {}
        self.circumstances: dict[int, Circumstance] = {}
        """Those that were read, by number: they never change."""

    def counts(
        self, connection: sa.Connection, event: Recorded, activity: str, *, guardian: bool
    ) -> Counts:
        """Whether a choice counts for an activity, as of the day on which it was made."""
        on = event.at.astimezone(self._parts.zone).date()
        key = (event.circumstance_id, activity, guardian, on)
        held = self._counts.get(key)
        if held is None:
            held = self._counts[key] = judge(
                event.circumstance,
                self._parts.rules,
                on=on,
                terms=self._terms_of(connection, event.circumstance),
                activity=self._facts(activity),
                guardian=guardian,
            )
        return held

    def _facts(self, name: str) -> Mapping[str, object]:
        activity = self._parts.border.register.activities.get(name)
        return activity_facts(activity) if activity else {}

    def _terms_of(self, connection: sa.Connection, held: Circumstance) -> Terms | None:
        if held.notice is None or held.notice_version is None:
            return None
        key = (held.notice, held.notice_version)
        if key not in self._terms:
            self._terms[key] = _read_terms(connection, *key)
        return self._terms[key]


def _read_terms(connection: sa.Connection, notice: str, version: int) -> Terms | None:
    document = connection.scalar(
        sa.select(consent_notice.c.document).where(
            consent_notice.c.notice == notice, consent_notice.c.version == version
        )
    )
    if document is None:
        return None
    said = json.loads(document)
    withdrawal = said.get("withdrawal", {})
    return Terms(
        attested=said.get("attested", {}),
        withdrawal_steps=withdrawal.get("steps"),
        withdrawal_channels=frozenset(map(Channel, withdrawal.get("channels", ()))),
    )
