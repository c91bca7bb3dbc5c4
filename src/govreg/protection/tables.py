"""Tables of keys: wrapped bytes only. Layout and authenticated data: `docs/spec/key-record.md`."""

from __future__ import annotations

import sqlalchemy as sa

from govreg.database import BigId, metadata

key_epoch = sa.Table(
    "key_epoch",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("provider", sa.String(40), nullable=False),
    sa.Column("root_ref", sa.String(200), nullable=False),
    sa.Column("wrapped", sa.LargeBinary, nullable=False),
    sa.Column("created_at", sa.BigInteger, nullable=False),
    sa.Column("destroyed_at", sa.BigInteger),
    sqlite_strict=True,
)

key_row = sa.Table(
    "key_row",
    metadata,
    sa.Column("id", BigId, primary_key=True),
    sa.Column("purpose", sa.String(20), nullable=False),
    sa.Column("owner", sa.String(320), nullable=False),
    sa.Column("suite", sa.Integer, nullable=False),
    sa.Column("epoch", sa.Integer, sa.ForeignKey("key_epoch.id"), nullable=False),
    sa.Column("wrapped", sa.LargeBinary, nullable=False),
    sa.Column("kcv", sa.LargeBinary, nullable=False),
    sa.Column("created_at", sa.BigInteger, nullable=False),
    sa.UniqueConstraint("purpose", "owner"),
    sqlite_strict=True,
    sqlite_autoincrement=True,  # a shredded key's id is never given to another key
)

key_shredded = sa.Table(
    "key_shredded",
    metadata,
    sa.Column("key_id", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("purpose", sa.String(20), nullable=False),
    sa.Column("kcv", sa.LargeBinary, nullable=False),
    sa.Column("epoch", sa.Integer, nullable=False),
    sa.Column("shredded_at", sa.BigInteger, nullable=False),
    sa.Column("request_id", sa.String(40)),
    sqlite_strict=True,
)
"""Tombstones: which keys are gone, since when, and for which erasure; never whose they were."""

field_key = sa.Table(
    "field_key",
    metadata,
    sa.Column("key_id", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("place", sa.String(300), nullable=False),
    sa.Column("use", sa.String(10), nullable=False),
    sa.Column("version", sa.Integer, nullable=False),
    sa.Column("bits", sa.Integer),
    sa.Column("used", sa.BigInteger, nullable=False, server_default="0"),
    sa.Column("made_at", sa.BigInteger, nullable=False),
    sa.UniqueConstraint("place", "use", "version"),
    sqlite_strict=True,
)
"""Keys of protected fields by version: `seal` with how many values were sealed, `index` with the
bits that are kept of a look-up value."""
