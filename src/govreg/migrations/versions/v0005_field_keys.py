"""Keys of protected fields: which version of which field, and how many values each has sealed."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "field_key",
        sa.Column("key_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("place", sa.String(length=300), nullable=False),
        sa.Column("use", sa.String(length=10), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("bits", sa.Integer(), nullable=True),
        sa.Column("used", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("made_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("key_id", name=op.f("pk_field_key")),
        sa.UniqueConstraint(
            "place", "use", "version", name=op.f("uq_field_key_place_use_version")
        ),
        sqlite_strict=True,
    )
    if op.get_bind().dialect.name == "postgresql":  # SQLite keeps no lengths
        op.alter_column("key_row", "owner", type_=sa.String(length=320))
