"""Consent and what goes with it: suppression, row map, outbox, first uses of rules."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

BIG_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "consent_notice",
        sa.Column("notice", sa.String(length=80), nullable=False),
        sa.Column("version", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("content_hash", sa.String(length=64), nullable=False),
        sa.Column("document", sa.Text(), nullable=False),
        sa.Column("published_at", sa.BigInteger(), nullable=False),
        sa.Column("published_by", sa.String(length=80), nullable=False),
        sa.PrimaryKeyConstraint("notice", "version", name=op.f("pk_consent_notice")),
        sqlite_strict=True,
    )
    op.create_table(
        "consent_circumstance",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("content_hash", sa.String(length=64), nullable=False),
        sa.Column("document", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_consent_circumstance")),
        sa.UniqueConstraint("content_hash", name=op.f("uq_consent_circumstance_content_hash")),
        sqlite_strict=True,
    )
    op.create_table(
        "consent_batch",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("import_id", sa.String(length=40), nullable=False),
        sa.Column("source", sa.String(length=120), nullable=False),
        sa.Column("events", sa.Integer(), nullable=False),
        sa.Column("root", sa.String(length=64), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("actor", sa.String(length=80), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_consent_batch")),
        sqlite_strict=True,
    )
    op.create_index("ix_consent_batch_import_id", "consent_batch", ["import_id"])
    op.create_table(
        "consent_event",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("subject_id", sa.String(length=40), nullable=False),
        sa.Column("activity", sa.String(length=80), nullable=False),
        sa.Column("kind", sa.String(length=30), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("until", sa.BigInteger(), nullable=True),
        sa.Column("received_at", sa.BigInteger(), nullable=False),
        sa.Column("circumstance_id", sa.BigInteger(), nullable=False),
        sa.Column("key", sa.LargeBinary(), nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("batch_id", sa.String(length=40), nullable=True),
        sa.Column("sealed", sa.LargeBinary(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_consent_event")),
        sa.UniqueConstraint("key", name=op.f("uq_consent_event_key")),
        sqlite_autoincrement=True,
        sqlite_strict=True,
    )
    op.create_index(
        "ix_consent_event_subject_id_activity_at",
        "consent_event",
        ["subject_id", "activity", "at"],
    )
    op.create_table(
        "consent_preference",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("subject_id", sa.String(length=40), nullable=False),
        sa.Column("channel", sa.String(length=20), nullable=False),
        sa.Column("wanted", sa.SmallInteger(), nullable=True),
        sa.Column("hours", sa.String(length=11), nullable=True),
        sa.Column("language", sa.String(length=35), nullable=True),
        sa.Column("origin", sa.String(length=120), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("received_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_consent_preference")),
        sqlite_autoincrement=True,
        sqlite_strict=True,
    )
    op.create_index(
        "ix_consent_preference_subject_id_channel", "consent_preference", ["subject_id", "channel"]
    )
    op.create_table(
        "consent_proof",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("proof_id", sa.String(length=40), nullable=False),
        sa.Column("activity", sa.String(length=80), nullable=False),
        sa.Column("kind", sa.String(length=30), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("until", sa.BigInteger(), nullable=True),
        sa.Column("received_at", sa.BigInteger(), nullable=False),
        sa.Column("circumstance_id", sa.BigInteger(), nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("batch_id", sa.String(length=40), nullable=True),
        sa.Column("request_id", sa.String(length=40), nullable=False),
        sa.Column("ends_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_consent_proof")),
        sqlite_strict=True,
    )
    op.create_index("ix_consent_proof_ends_at", "consent_proof", ["ends_at"])
    op.create_index("ix_consent_proof_proof_id", "consent_proof", ["proof_id"])
    op.create_table(
        "consent_proof_reference",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("proof_id", sa.String(length=40), nullable=False),
        sa.Column("kind", sa.String(length=60), nullable=False),
        sa.Column("blind", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_consent_proof_reference")),
        sqlite_strict=True,
    )
    op.create_index(
        "ix_consent_proof_reference_kind_blind", "consent_proof_reference", ["kind", "blind"]
    )
    op.create_index("ix_consent_proof_reference_proof_id", "consent_proof_reference", ["proof_id"])
    op.create_table(
        "suppression_entry",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("kind", sa.String(length=60), nullable=False),
        sa.Column("blind", sa.LargeBinary(), nullable=False),
        sa.Column("scope", sa.String(length=80), nullable=False),
        sa.Column("reason", sa.String(length=40), nullable=False),
        sa.Column("since", sa.BigInteger(), nullable=False),
        sa.Column("ends_at", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_suppression_entry")),
        sa.UniqueConstraint(
            "kind", "blind", "scope", name=op.f("uq_suppression_entry_kind_blind_scope")
        ),
        sqlite_strict=True,
    )
    op.create_table(
        "row_map",
        sa.Column("collection", sa.String(length=200), nullable=False),
        sa.Column("rows", sa.BigInteger(), nullable=False),
        sa.Column("unmatched", sa.BigInteger(), nullable=False),
        sa.Column("subjects", sa.BigInteger(), nullable=False),
        sa.Column("filled_at", sa.BigInteger(), nullable=False),
        sa.Column("register_hash", sa.String(length=64), nullable=False),
        sa.Column("content_hash", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("collection", name=op.f("pk_row_map")),
        sqlite_strict=True,
    )
    op.create_table(
        "outbox",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("hook", sa.String(length=60), nullable=False),
        sa.Column("payload", sa.Text(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("attempts", sa.Integer(), server_default="0", nullable=False),
        sa.Column("failed", sa.String(length=200), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outbox")),
        sqlite_strict=True,
    )
    op.create_index("ix_outbox_attempts", "outbox", ["attempts"])
    op.create_table(
        "rule_use",
        sa.Column("rule", sa.String(length=120), nullable=False),
        sa.Column("content_hash", sa.String(length=64), nullable=False),
        sa.Column("request_id", sa.String(length=40), nullable=False),
        sa.Column("used_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("rule", "content_hash", name=op.f("pk_rule_use")),
        sqlite_strict=True,
    )
    op.create_index("ix_subject_merged_into", "subject", ["merged_into"])
