"""A request's place, what happens to its clock, and how recipients are told."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

BIG_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.add_column("subject_request", sa.Column("place", sa.String(length=10), nullable=True))
    op.add_column(
        "subject_request",
        sa.Column("clock", sa.String(length=10), server_default="running", nullable=False),
    )
    op.add_column("request_recipient", sa.Column("channel", sa.String(length=80), nullable=True))
    op.add_column("request_recipient", sa.Column("not_told", sa.String(length=20), nullable=True))
    op.create_table(
        "request_clock_event",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("request_id", sa.String(length=40), nullable=False),
        sa.Column("event", sa.String(length=10), nullable=False),
        sa.Column("reason", sa.String(length=40), nullable=True),
        sa.Column("note", sa.String(length=200), nullable=True),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("actor", sa.String(length=80), nullable=False),
        sa.Column("recorded_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["request_id"], ["subject_request.id"], name=op.f("fk_request_clock_event_request_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_request_clock_event")),
        sqlite_strict=True,
    )
