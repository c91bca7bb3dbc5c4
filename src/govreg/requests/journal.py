"""How far a source has come, written down outside its transaction."""

from __future__ import annotations

import sqlalchemy as sa

from govreg.clock import Clock, to_millis
from govreg.database import BigId, Store, metadata

work_journal = sa.Table(
    "work_journal",
    metadata,
    sa.Column("id", BigId, primary_key=True),
    sa.Column("work_id", sa.String(80), nullable=False),
    sa.Column("source", sa.String(80), nullable=False),
    sa.Column("position", sa.Integer, nullable=False),
    sa.Column("collection", sa.String(120), nullable=False),
    sa.Column("state", sa.String(20), nullable=False),
    sa.Column("code", sa.String(80)),
    sa.Column("at", sa.BigInteger, nullable=False),
    sqlite_strict=True,
)


class Notes:
    """A journal of one source's changes; each note is committed at once."""

    def __init__(self, store: Store, work_id: str, source: str, clock: Clock) -> None:
        self.store, self.work_id, self.source, self.clock = store, work_id, source, clock

    def note(self, *, position: int, collection: str, state: str, code: str | None = None) -> None:
        """Write down that a change reached a state."""
        with self.store.write() as connection:
            connection.execute(
                work_journal.insert().values(
                    work_id=self.work_id,
                    source=self.source,
                    position=position,
                    collection=collection,
                    state=state,
                    code=code,
                    at=to_millis(self.clock()),
                )
            )

    def read(self) -> list[list[object]]:
        """Every note, as position, collection and state."""
        with self.store.read() as connection:
            held = connection.execute(
                sa.select(work_journal)
                .where(
                    work_journal.c.work_id == self.work_id, work_journal.c.source == self.source
                )
                .order_by(work_journal.c.id)
            )
            return [[row.position, row.collection, row.state] for row in held]
