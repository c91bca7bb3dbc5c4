"""The table of steps: what was to be done, what was done, what was under way at a crash."""

from __future__ import annotations

import sqlalchemy as sa

from govreg.database import BigId, metadata

work_step = sa.Table(
    "work_step",
    metadata,
    sa.Column("id", BigId, primary_key=True),
    sa.Column("work_id", sa.String(80), nullable=False),
    sa.Column("position", sa.Integer, nullable=False),
    sa.Column("name", sa.String(120), nullable=False),
    sa.Column("state", sa.String(10), nullable=False),
    sa.Column("attempts", sa.Integer, nullable=False),
    sa.Column("note", sa.Text, nullable=False),
    sa.Column("started_at", sa.BigInteger),
    sa.Column("finished_at", sa.BigInteger),
    sa.UniqueConstraint("work_id", "name"),
    sqlite_strict=True,
)

outbox = sa.Table(
    "outbox",
    metadata,
    sa.Column("id", BigId, primary_key=True),
    sa.Column("hook", sa.String(60), nullable=False),
    sa.Column("payload", sa.Text, nullable=False),
    sa.Column("at", sa.BigInteger, nullable=False),
    sa.Column("attempts", sa.Integer, nullable=False, server_default="0"),
    sa.Column("failed", sa.String(200)),
    sa.Index("ix_outbox_attempts", "attempts"),
    sqlite_strict=True,
)
"""What plugins are to be told; written with the change itself, delivered after it."""
