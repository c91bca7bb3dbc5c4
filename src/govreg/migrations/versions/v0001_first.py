"""The store of the first release."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

BIG_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "audit_checkpoint",
        sa.Column("size", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("size", name=op.f("pk_audit_checkpoint")),
        sqlite_strict=True,
    )
    op.create_table(
        "audit_entry",
        sa.Column("index", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.Column("leaf", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("index", name=op.f("pk_audit_entry")),
        sqlite_strict=True,
    )
    op.create_index(op.f("ix_audit_entry_at"), "audit_entry", ["at"], unique=False)
    op.create_table(
        "audit_node",
        sa.Column("level", sa.SmallInteger(), autoincrement=False, nullable=False),
        sa.Column("index", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("hash", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("level", "index", name=op.f("pk_audit_node")),
        sqlite_strict=True,
        sqlite_with_rowid=False,
    )
    op.create_table(
        "key_epoch",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("provider", sa.String(length=40), nullable=False),
        sa.Column("root_ref", sa.String(length=200), nullable=False),
        sa.Column("wrapped", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("destroyed_at", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_key_epoch")),
        sqlite_strict=True,
    )
    op.create_table(
        "key_shredded",
        sa.Column("key_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("purpose", sa.String(length=20), nullable=False),
        sa.Column("kcv", sa.LargeBinary(), nullable=False),
        sa.Column("epoch", sa.Integer(), nullable=False),
        sa.Column("shredded_at", sa.BigInteger(), nullable=False),
        sa.Column("request_id", sa.String(length=40), nullable=True),
        sa.PrimaryKeyConstraint("key_id", name=op.f("pk_key_shredded")),
        sqlite_strict=True,
    )
    op.create_table(
        "ledger_entry",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("request_id", sa.String(length=40), nullable=False),
        sa.Column("source", sa.String(length=80), nullable=False),
        sa.Column("collection", sa.String(length=120), nullable=False),
        sa.Column("reference", sa.String(length=64), nullable=False),
        sa.Column("action", sa.String(length=10), nullable=False),
        sa.Column("erased_at", sa.BigInteger(), nullable=False),
        sa.Column("ends_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ledger_entry")),
        sa.UniqueConstraint(
            "request_id", "reference", name=op.f("uq_ledger_entry_request_id_reference")
        ),
        sqlite_strict=True,
    )
    op.create_index("ix_ledger_entry_reference", "ledger_entry", ["reference"], unique=False)
    op.create_table(
        "register_version",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("content_hash", sa.String(length=64), nullable=False),
        sa.Column("document", sa.Text(), nullable=False),
        sa.Column("applied_at", sa.BigInteger(), nullable=False),
        sa.Column("applied_by", sa.String(length=80), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_register_version")),
        sqlite_strict=True,
    )
    op.create_table(
        "subject",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("merged_into", sa.String(length=40), nullable=True),
        sa.ForeignKeyConstraint(
            ["merged_into"], ["subject.id"], name=op.f("fk_subject_merged_into")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_subject")),
        sqlite_strict=True,
    )
    op.create_table(
        "work_journal",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("work_id", sa.String(length=80), nullable=False),
        sa.Column("source", sa.String(length=80), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("collection", sa.String(length=120), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("code", sa.String(length=80), nullable=True),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_work_journal")),
        sqlite_strict=True,
    )
    op.create_table(
        "work_step",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("work_id", sa.String(length=80), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("started_at", sa.BigInteger(), nullable=True),
        sa.Column("finished_at", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_work_step")),
        sa.UniqueConstraint("work_id", "name", name=op.f("uq_work_step_work_id_name")),
        sqlite_strict=True,
    )
    op.create_table(
        "key_row",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("purpose", sa.String(length=20), nullable=False),
        sa.Column("owner", sa.String(length=80), nullable=False),
        sa.Column("suite", sa.Integer(), nullable=False),
        sa.Column("epoch", sa.Integer(), nullable=False),
        sa.Column("wrapped", sa.LargeBinary(), nullable=False),
        sa.Column("kcv", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["epoch"], ["key_epoch.id"], name=op.f("fk_key_row_epoch")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_key_row")),
        sa.UniqueConstraint("purpose", "owner", name=op.f("uq_key_row_purpose_owner")),
        sqlite_autoincrement=True,
        sqlite_strict=True,
    )
    op.create_table(
        "subject_event",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("subject_id", sa.String(length=40), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("other_id", sa.String(length=40), nullable=True),
        sa.Column("actor", sa.String(length=80), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["subject_id"], ["subject.id"], name=op.f("fk_subject_event_subject_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_subject_event")),
        sqlite_strict=True,
    )
    op.create_table(
        "subject_identifier",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("subject_id", sa.String(length=40), nullable=False),
        sa.Column("kind", sa.String(length=60), nullable=False),
        sa.Column("blind", sa.LargeBinary(), nullable=False),
        sa.Column("verified_at", sa.BigInteger(), nullable=True),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["subject_id"], ["subject.id"], name=op.f("fk_subject_identifier_subject_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_subject_identifier")),
        sa.UniqueConstraint(
            "subject_id", "kind", "blind", name=op.f("uq_subject_identifier_subject_id_kind_blind")
        ),
        sqlite_strict=True,
    )
    op.create_index(
        "ix_subject_identifier_kind_blind", "subject_identifier", ["kind", "blind"], unique=False
    )
    op.create_table(
        "subject_request",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("law", sa.String(length=20), nullable=False),
        sa.Column("subject_id", sa.String(length=40), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("received_at", sa.BigInteger(), nullable=False),
        sa.Column("opened_by", sa.String(length=80), nullable=False),
        sa.Column("due_at", sa.BigInteger(), nullable=False),
        sa.Column("target_at", sa.BigInteger(), nullable=False),
        sa.Column("verification", sa.String(length=20), nullable=False),
        sa.Column("verified_by", sa.String(length=80), nullable=True),
        sa.Column("verified_how", sa.String(length=80), nullable=True),
        sa.Column("verified_at", sa.BigInteger(), nullable=True),
        sa.Column("facts", sa.Text(), nullable=False),
        sa.Column("planned_by", sa.String(length=80), nullable=True),
        sa.Column("planned_at", sa.BigInteger(), nullable=True),
        sa.Column("plan_hash", sa.String(length=64), nullable=True),
        sa.Column("approved_by", sa.String(length=80), nullable=True),
        sa.Column("approved_at", sa.BigInteger(), nullable=True),
        sa.Column("outcome", sa.String(length=40), nullable=True),
        sa.Column("executed_at", sa.BigInteger(), nullable=True),
        sa.Column("answered_at", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(
            ["subject_id"], ["subject.id"], name=op.f("fk_subject_request_subject_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_subject_request")),
        sqlite_strict=True,
    )
    op.create_table(
        "request_choice",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("request_id", sa.String(length=40), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("item", sa.String(length=200), nullable=False),
        sa.Column("choice", sa.String(length=20), nullable=False),
        sa.Column("actor", sa.String(length=80), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["request_id"], ["subject_request.id"], name=op.f("fk_request_choice_request_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_request_choice")),
        sqlite_strict=True,
    )
    op.create_table(
        "request_paper",
        sa.Column("request_id", sa.String(length=40), nullable=False),
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("content_hash", sa.String(length=64), nullable=False),
        sa.Column("written_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["request_id"], ["subject_request.id"], name=op.f("fk_request_paper_request_id")
        ),
        sa.PrimaryKeyConstraint("request_id", "name", name=op.f("pk_request_paper")),
        sqlite_strict=True,
    )
    op.create_table(
        "request_recipient",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("request_id", sa.String(length=40), nullable=False),
        sa.Column("recipient", sa.String(length=120), nullable=False),
        sa.Column("told_at", sa.BigInteger(), nullable=True),
        sa.Column("told_by", sa.String(length=80), nullable=True),
        sa.Column("answer", sa.String(length=40), nullable=True),
        sa.Column("answered_at", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(
            ["request_id"], ["subject_request.id"], name=op.f("fk_request_recipient_request_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_request_recipient")),
        sa.UniqueConstraint(
            "request_id", "recipient", name=op.f("uq_request_recipient_request_id_recipient")
        ),
        sqlite_strict=True,
    )
