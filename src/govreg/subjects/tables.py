"""Tables of the people known to the register; no clear identifier is stored."""

from __future__ import annotations

import sqlalchemy as sa

from govreg.database import BigId, metadata

subject = sa.Table(
    "subject",
    metadata,
    sa.Column("id", sa.String(40), primary_key=True),
    sa.Column("created_at", sa.BigInteger, nullable=False),
    sa.Column("merged_into", sa.String(40), sa.ForeignKey("subject.id"), index=True),
    sqlite_strict=True,
)
"""A person; a merged one points at the person that it turned out to be."""

subject_identifier = sa.Table(
    "subject_identifier",
    metadata,
    sa.Column("id", BigId, primary_key=True),
    sa.Column("subject_id", sa.String(40), sa.ForeignKey("subject.id"), nullable=False),
    sa.Column("kind", sa.String(60), nullable=False),
    sa.Column("blind", sa.LargeBinary, nullable=False),
    sa.Column("verified_at", sa.BigInteger),
    sa.Column("created_at", sa.BigInteger, nullable=False),
    sa.UniqueConstraint("subject_id", "kind", "blind"),
    sa.Index("ix_subject_identifier_kind_blind_subject_id", "kind", "blind", "subject_id"),
    sqlite_strict=True,
)
"""Keyed look-up values; the identifiers themselves are not here."""

subject_event = sa.Table(
    "subject_event",
    metadata,
    sa.Column("id", BigId, primary_key=True),
    sa.Column("subject_id", sa.String(40), sa.ForeignKey("subject.id"), nullable=False),
    sa.Column("kind", sa.String(20), nullable=False),
    sa.Column("other_id", sa.String(40)),
    sa.Column("actor", sa.String(80), nullable=False),
    sa.Column("at", sa.BigInteger, nullable=False),
    sqlite_strict=True,
)
"""Merges and splits; history is added to, never rewritten."""

suppression_entry = sa.Table(
    "suppression_entry",
    metadata,
    sa.Column("id", BigId, primary_key=True),
    sa.Column("kind", sa.String(60), nullable=False),
    sa.Column("blind", sa.LargeBinary, nullable=False),
    sa.Column("scope", sa.String(80), nullable=False),
    sa.Column("reason", sa.String(40), nullable=False),
    sa.Column("since", sa.BigInteger, nullable=False),
    sa.Column("ends_at", sa.BigInteger),
    sa.UniqueConstraint("kind", "blind", "scope"),
    sqlite_strict=True,
)
"""Whom nobody may contact or take in again, as keyed look-up values; outlives an erasure."""

row_map = sa.Table(
    "row_map",
    metadata,
    sa.Column("collection", sa.String(200), primary_key=True),
    sa.Column("rows", sa.BigInteger, nullable=False),
    sa.Column("unmatched", sa.BigInteger, nullable=False),
    sa.Column("subjects", sa.BigInteger, nullable=False),
    sa.Column("filled_at", sa.BigInteger, nullable=False),
    sa.Column("register_hash", sa.String(64), nullable=False),
    sa.Column("content_hash", sa.String(64), nullable=False),
    sa.Column("ambiguous", sa.BigInteger, nullable=False, server_default="0"),
    sqlite_strict=True,
)
"""How fresh the map from a collection's rows to subjects is; the map itself is in files."""

copy_leaving = sa.Table(
    "copy_leaving",
    metadata,
    sa.Column("subject_id", sa.String(40), primary_key=True),
    sa.Column("at", sa.BigInteger, nullable=False),
    sqlite_strict=True,
)
"""People whom an erasure has yet to take out of the copies: written in its own transaction."""
