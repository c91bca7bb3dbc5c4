"""Notices of the workspace: published with an entry in the log; whom a change asks again."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import sqlalchemy as sa

from govreg.clock import to_millis
from govreg.consent.model import EVERYTHING, EventKind
from govreg.consent.notice import Notice, renewal_after
from govreg.consent.notice_file import load_notices
from govreg.consent.notice_store import publish, published
from govreg.consent.tables import consent_circumstance, consent_event
from govreg.errors import NotFound
from govreg.policy.minimum import later_by
from govreg.requests.parts import Parts
from govreg.requests.people import DECIDING, require
from govreg.validation import suggestion
from govreg.yaml12 import problem_at


@dataclass(frozen=True, slots=True, kw_only=True)
class Due:
    """How many people must be asked again for an activity, and why."""

    notice: str
    version: int
    """The version that they consented under."""
    activity: str
    people: int
    asked_by: int | None
    """The later version that asks for it; None where consent has only become old."""
    words: Mapping[str, str]


def declared(parts: Parts) -> Mapping[str, Notice]:
    """The notices of the workspace's files, each held against the register in force.

    Raises:
        ConfigurationProblem: with file, line, key and the way out.
    """
    found = {}
    activities = parts.border.register.activities
    files = load_notices(parts.workspace, controller=parts.settings.controller.name)
    for name, (notice, document) in files.items():
        for at, activity in enumerate(notice.activities):
            if activity not in activities:
                raise problem_at(
                    document,
                    ("activities", at),
                    f"there is no activity `{activity}` in the register in force",
                    suggestion(activity, sorted(activities)) or "`govreg register apply`",
                )
        found[name] = notice
    return found


def publish_notices(
    parts: Parts, names: Sequence[str] = (), *, actor: str
) -> list[tuple[Notice, bool]]:
    """Publish notices of the workspace's files; answers each with whether it is new.

    Raises:
        Refused: the actor may not.
        NotFound: no file has a notice of a name.
        Conflict: a published version was changed, or a number left out.
    """
    require(parts.settings, actor, DECIDING, "publish a notice")
    held = declared(parts)
    for name in names:
        if name not in held:
            raise NotFound(f"no file has a notice `{name}`", suggestion(name, sorted(held)))
    done = []
    with parts.store.write() as connection:
        for name in names or sorted(held):
            notice = held[name]
            new = publish(connection, notice, by=actor, at=parts.clock())
            if new:
                parts.log(
                    connection,
                    "consent.notice_published",
                    actor,
                    source="consent",
                    collection=notice.name,
                    counts={"version": notice.version, "languages": len(notice.texts)},
                    hashes={"notice": notice.content_hash()},
                )
            done.append((notice, new))
    return done


def renewals(parts: Parts) -> list[Due]:
    """Whom to ask again: by later versions that say so, and by age where a notice names one.

    Counts people whose latest choice for an activity is a consent that has not ended.
    """
    today = parts.today()
    with parts.store.read() as connection:
        every = published(connection)
        by_version = {(one.name, one.version): one for one in every}
        found = []
        for name, version, activity, day, people in _standing(connection, parts):
            renewal = renewal_after(name, version, activity, every, on=today)
            notice = by_version.get((name, version))
            old = (
                notice is not None
                and notice.valid_for is not None
                and later_by(notice.valid_for, day, whole=False) < today
            )
            if renewal is not None or old:
                found.append(
                    Due(
                        notice=name,
                        version=version,
                        activity=activity,
                        people=people,
                        asked_by=renewal.version if renewal else None,
                        words=renewal.words if renewal else {},
                    )
                )
    return _together(found)


def _standing(
    connection: sa.Connection, parts: Parts
) -> Iterator[tuple[str, int, str, dt.date, int]]:
    """Notice, version, activity, day of consent and people, of consents that stand."""
    event = consent_event
    latest = (
        sa.select(
            event.c.id,
            event.c.subject_id,
            event.c.activity,
            event.c.kind,
            event.c.at,
            event.c.until,
            event.c.circumstance_id,
            sa.func.row_number()
            .over(
                partition_by=(event.c.subject_id, event.c.activity),
                order_by=(event.c.at.desc(), event.c.id.desc()),
            )
            .label("back"),
        )
        .where(event.c.kind.in_([str(kind) for kind in _CONSENT]))
        .subquery()
    )
    now = to_millis(parts.clock())
    day = latest.c.at // 86_400_000
    ended = sa.exists().where(
        event.c.subject_id == latest.c.subject_id,
        event.c.activity == EVERYTHING,
        event.c.kind.in_([str(kind) for kind in _CONSENT]),
        sa.or_(
            event.c.at > latest.c.at,
            sa.and_(event.c.at == latest.c.at, event.c.id > latest.c.id),
        ),
    )
    rows = connection.execute(
        sa.select(
            consent_circumstance.c.document,
            latest.c.activity,
            day.label("day"),
            sa.func.count().label("people"),
        )
        .join(consent_circumstance, consent_circumstance.c.id == latest.c.circumstance_id)
        .where(
            latest.c.back == 1,
            latest.c.kind.in_([str(EventKind.GIVEN), str(EventKind.RENEWED)]),
            sa.or_(latest.c.until.is_(None), latest.c.until > now),
            ~ended,
        )
        .group_by(consent_circumstance.c.document, latest.c.activity, day)
    )
    for row in rows:
        held = json.loads(row.document)
        if held.get("notice") and held.get("notice_version"):
            first = dt.date(1970, 1, 1) + dt.timedelta(days=int(row.day))
            yield held["notice"], held["notice_version"], row.activity, first, row.people


_CONSENT = (
    EventKind.GIVEN,
    EventKind.RENEWED,
    EventKind.REFUSED,
    EventKind.WITHDRAWN,
    EventKind.REVOKED,
    EventKind.EXPIRED,
    EventKind.INVALIDATED,
)


def _together(found: Sequence[Due]) -> list[Due]:
    """One line for each reason."""
    sums: dict[tuple[str, int, str, int | None], Due] = {}
    for one in found:
        key = (one.notice, one.version, one.activity, one.asked_by)
        held = sums.get(key)
        people = one.people + (held.people if held else 0)
        sums[key] = Due(
            notice=one.notice,
            version=one.version,
            activity=one.activity,
            people=people,
            asked_by=one.asked_by,
            words=one.words,
        )
    return [sums[key] for key in sorted(sums, key=str)]
