"""Published notices in the store: added version by version, read, never changed."""

from __future__ import annotations

import datetime as dt
import json

import sqlalchemy as sa

from govreg.clock import to_millis
from govreg.consent.model import canonical
from govreg.consent.notice import Notice, notice_of
from govreg.consent.tables import consent_notice
from govreg.errors import Conflict, IntegrityProblem


def publish(connection: sa.Connection, notice: Notice, *, by: str, at: dt.datetime) -> bool:
    """Publish a version; answers False where exactly this was published before.

    Raises:
        Conflict: the version was published with another content, or a later one is there.
    """
    held = connection.execute(
        sa.select(consent_notice.c.version, consent_notice.c.content_hash)
        .where(consent_notice.c.notice == notice.name)
        .order_by(consent_notice.c.version)
    ).all()
    hashes = {row.version: row.content_hash for row in held}
    named = notice.content_hash()
    if hashes.get(notice.version) == named:
        return False
    latest = max(hashes, default=0)
    if notice.version in hashes:
        raise Conflict(
            f"version {notice.version} of notice `{notice.name}` was published and says something "
            "else",
            f"published versions never change: write `version: {latest + 1}` and what it changed",
        )
    if notice.version != latest + 1:
        raise Conflict(
            f"notice `{notice.name}` was published up to version {latest}",
            f"the next one is `version: {latest + 1}`",
        )
    connection.execute(
        consent_notice.insert().values(
            notice=notice.name,
            version=notice.version,
            content_hash=named,
            document=canonical(notice.document()).decode(),
            published_at=to_millis(at),
            published_by=by,
        )
    )
    return True


def published(connection: sa.Connection, name: str | None = None) -> list[Notice]:
    """Every published version, or those of one notice, the first first.

    Raises:
        IntegrityProblem: `notice_unreadable`: one is none, or a newer govreg wrote it.
    """
    query = sa.select(consent_notice.c.document).order_by(
        consent_notice.c.notice, consent_notice.c.version
    )
    if name is not None:
        query = query.where(consent_notice.c.notice == name)
    try:
        return [
            notice_of(json.loads(document)) for document in connection.execute(query).scalars()
        ]
    except ValueError:
        raise IntegrityProblem("notice_unreadable", "a published notice cannot be read") from None


def version_of(
    connection: sa.Connection, name: str, version: int | None = None
) -> tuple[Notice, str] | None:
    """One version, or the latest, with its hash; None where it was never published."""
    query = sa.select(consent_notice.c.document, consent_notice.c.content_hash).where(
        consent_notice.c.notice == name
    )
    if version is not None:
        query = query.where(consent_notice.c.version == version)
    row = connection.execute(query.order_by(consent_notice.c.version.desc()).limit(1)).first()
    if row is None:
        return None
    try:
        return notice_of(json.loads(row.document)), str(row.content_hash)
    except ValueError:
        raise IntegrityProblem("notice_unreadable", "a published notice cannot be read") from None
