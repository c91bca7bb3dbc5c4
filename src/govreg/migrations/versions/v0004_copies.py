"""Copies for work over many rows: who is to leave them, rows that may be of several people."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "copy_leaving",
        sa.Column("subject_id", sa.String(length=40), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("subject_id", name=op.f("pk_copy_leaving")),
        sqlite_strict=True,
    )
    op.add_column(
        "row_map",
        sa.Column("ambiguous", sa.BigInteger(), server_default="0", nullable=False),
    )
    # what is asked most stands in the indexes: a look-up needs no second read
    op.drop_index("ix_consent_event_subject_id_activity_at", "consent_event")
    op.create_index(
        "ix_consent_event_of_subject",
        "consent_event",
        ["subject_id", "activity", "at", "kind", "until", "circumstance_id"],
    )
    op.drop_index("ix_subject_identifier_kind_blind", "subject_identifier")
    op.create_index(
        "ix_subject_identifier_kind_blind_subject_id",
        "subject_identifier",
        ["kind", "blind", "subject_id"],
    )
