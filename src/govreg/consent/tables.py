"""Tables of the consent ledger: events, what they were given under, notices, proofs, preferences.

- Events are added, never changed; only the erasure of the person takes them away, and leaves
  proofs.
- What many events share (notice, method, channel, who acted) is a circumstance, stored once.
- What is the person's alone (evidence, the signal as received) is sealed under the person's key.
"""

from __future__ import annotations

import sqlalchemy as sa

from govreg.database import BigId, metadata

consent_notice = sa.Table(
    "consent_notice",
    metadata,
    sa.Column("notice", sa.String(80), primary_key=True),
    sa.Column("version", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("content_hash", sa.String(64), nullable=False),
    sa.Column("document", sa.Text, nullable=False),
    sa.Column("published_at", sa.BigInteger, nullable=False),
    sa.Column("published_by", sa.String(80), nullable=False),
    sqlite_strict=True,
)
"""Published versions of notices; a version never changes."""

consent_circumstance = sa.Table(
    "consent_circumstance",
    metadata,
    sa.Column("id", BigId, primary_key=True),
    sa.Column("content_hash", sa.String(64), nullable=False, unique=True),
    sa.Column("document", sa.Text, nullable=False),
    sqlite_strict=True,
)
"""What events were given under, once for all events that share it; no word about a person."""

consent_batch = sa.Table(
    "consent_batch",
    metadata,
    sa.Column("id", sa.String(40), primary_key=True),
    sa.Column("import_id", sa.String(40), nullable=False),
    sa.Column("source", sa.String(120), nullable=False),
    sa.Column("events", sa.Integer, nullable=False),
    sa.Column("root", sa.String(64), nullable=False),
    sa.Column("at", sa.BigInteger, nullable=False),
    sa.Column("actor", sa.String(80), nullable=False),
    sa.Index("ix_consent_batch_import_id", "import_id"),
    sqlite_strict=True,
)
"""Events that were imported together, with the root over their digests."""

consent_event = sa.Table(
    "consent_event",
    metadata,
    sa.Column("id", BigId, primary_key=True),
    sa.Column("subject_id", sa.String(40), nullable=False),
    sa.Column("activity", sa.String(80), nullable=False),
    sa.Column("kind", sa.String(30), nullable=False),
    sa.Column("at", sa.BigInteger, nullable=False),
    sa.Column("until", sa.BigInteger),
    sa.Column("received_at", sa.BigInteger, nullable=False),
    sa.Column("circumstance_id", sa.BigInteger, nullable=False),
    sa.Column("key", sa.LargeBinary, nullable=False, unique=True),
    sa.Column("digest", sa.LargeBinary, nullable=False),
    sa.Column("batch_id", sa.String(40)),
    sa.Column("sealed", sa.LargeBinary),
    # with what a status asks, so that a person's events need not be looked up one by one
    sa.Index(
        "ix_consent_event_of_subject",
        *("subject_id", "activity", "at", "kind", "until", "circumstance_id"),
    ),
    sqlite_strict=True,
    sqlite_autoincrement=True,
)
"""The ledger. `activity` is `*` where the event is about everything the organisation does."""

consent_preference = sa.Table(
    "consent_preference",
    metadata,
    sa.Column("id", BigId, primary_key=True),
    sa.Column("subject_id", sa.String(40), nullable=False),
    sa.Column("channel", sa.String(20), nullable=False),
    sa.Column("wanted", sa.SmallInteger),
    sa.Column("hours", sa.String(11)),
    sa.Column("language", sa.String(35)),
    sa.Column("origin", sa.String(120), nullable=False),
    sa.Column("at", sa.BigInteger, nullable=False),
    sa.Column("received_at", sa.BigInteger, nullable=False),
    sa.Index("ix_consent_preference_subject_id_channel", "subject_id", "channel"),
    sqlite_strict=True,
    sqlite_autoincrement=True,
)
"""How people want to be reached; the latest counts. Never taken for consent."""

consent_proof = sa.Table(
    "consent_proof",
    metadata,
    sa.Column("id", BigId, primary_key=True),
    sa.Column("proof_id", sa.String(40), nullable=False),
    sa.Column("activity", sa.String(80), nullable=False),
    sa.Column("kind", sa.String(30), nullable=False),
    sa.Column("at", sa.BigInteger, nullable=False),
    sa.Column("until", sa.BigInteger),
    sa.Column("received_at", sa.BigInteger, nullable=False),
    sa.Column("circumstance_id", sa.BigInteger, nullable=False),
    sa.Column("digest", sa.LargeBinary, nullable=False),
    sa.Column("batch_id", sa.String(40)),
    sa.Column("request_id", sa.String(40), nullable=False),
    sa.Column("ends_at", sa.BigInteger, nullable=False),
    sa.Index("ix_consent_proof_proof_id", "proof_id"),
    sa.Index("ix_consent_proof_ends_at", "ends_at"),
    sqlite_strict=True,
)
"""What proves an erased person's choices (Art. 7(1) GDPR), until its end; `proof_id` is random."""

consent_proof_reference = sa.Table(
    "consent_proof_reference",
    metadata,
    sa.Column("id", BigId, primary_key=True),
    sa.Column("proof_id", sa.String(40), nullable=False),
    sa.Column("kind", sa.String(60), nullable=False),
    sa.Column("blind", sa.LargeBinary, nullable=False),
    sa.Index("ix_consent_proof_reference_kind_blind", "kind", "blind"),
    sa.Index("ix_consent_proof_reference_proof_id", "proof_id"),
    sqlite_strict=True,
)
"""Keyed look-up values by which a proof is found when the person comes back."""
