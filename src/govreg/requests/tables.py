"""Tables of subject requests. Identifiers, plans and values are in sealed papers only."""

from __future__ import annotations

import sqlalchemy as sa

from govreg.database import BigId, metadata

subject_request = sa.Table(
    "subject_request",
    metadata,
    sa.Column("id", sa.String(40), primary_key=True),
    sa.Column("kind", sa.String(20), nullable=False),
    sa.Column("law", sa.String(20), nullable=False),
    sa.Column("subject_id", sa.String(40), sa.ForeignKey("subject.id"), nullable=False),
    sa.Column("state", sa.String(20), nullable=False),
    sa.Column("received_at", sa.BigInteger, nullable=False),
    sa.Column("opened_by", sa.String(80), nullable=False),
    sa.Column("due_at", sa.BigInteger, nullable=False),
    sa.Column("target_at", sa.BigInteger, nullable=False),
    sa.Column("verification", sa.String(20), nullable=False),
    sa.Column("verified_by", sa.String(80)),
    sa.Column("verified_how", sa.String(80)),
    sa.Column("verified_at", sa.BigInteger),
    sa.Column("facts", sa.Text, nullable=False),
    sa.Column("planned_by", sa.String(80)),
    sa.Column("planned_at", sa.BigInteger),
    sa.Column("plan_hash", sa.String(64)),
    sa.Column("approved_by", sa.String(80)),
    sa.Column("approved_at", sa.BigInteger),
    sa.Column("outcome", sa.String(40)),
    sa.Column("executed_at", sa.BigInteger),
    sa.Column("answered_at", sa.BigInteger),
    sa.Column("place", sa.String(10)),
    sa.Column("clock", sa.String(10), nullable=False, server_default="running"),
    sqlite_strict=True,
)

request_clock_event = sa.Table(
    "request_clock_event",
    metadata,
    sa.Column("id", BigId, primary_key=True),
    sa.Column("request_id", sa.String(40), sa.ForeignKey("subject_request.id"), nullable=False),
    sa.Column("event", sa.String(10), nullable=False),
    sa.Column("reason", sa.String(40)),
    sa.Column("note", sa.String(200)),
    sa.Column("at", sa.BigInteger, nullable=False),
    sa.Column("actor", sa.String(80), nullable=False),
    sa.Column("recorded_at", sa.BigInteger, nullable=False),
    sqlite_strict=True,
)
"""What happened to a request's clock; nothing is changed or taken away."""

request_paper = sa.Table(
    "request_paper",
    metadata,
    sa.Column("request_id", sa.String(40), sa.ForeignKey("subject_request.id"), primary_key=True),
    sa.Column("name", sa.String(40), primary_key=True),
    sa.Column("sealed", sa.LargeBinary, nullable=False),
    sa.Column("content_hash", sa.String(64), nullable=False),
    sa.Column("written_at", sa.BigInteger, nullable=False),
    sqlite_strict=True,
)
"""Sealed under the request's own key, which dies with the request."""

request_choice = sa.Table(
    "request_choice",
    metadata,
    sa.Column("id", BigId, primary_key=True),
    sa.Column("request_id", sa.String(40), sa.ForeignKey("subject_request.id"), nullable=False),
    sa.Column("kind", sa.String(10), nullable=False),
    sa.Column("item", sa.String(200), nullable=False),
    sa.Column("choice", sa.String(20), nullable=False),
    sa.Column("actor", sa.String(80), nullable=False),
    sa.Column("at", sa.BigInteger, nullable=False),
    sqlite_strict=True,
)
"""What named persons decided: whether a candidate is the person, whether a text may go out."""

request_recipient = sa.Table(
    "request_recipient",
    metadata,
    sa.Column("id", BigId, primary_key=True),
    sa.Column("request_id", sa.String(40), sa.ForeignKey("subject_request.id"), nullable=False),
    sa.Column("recipient", sa.String(120), nullable=False),
    sa.Column("told_at", sa.BigInteger),
    sa.Column("told_by", sa.String(80)),
    sa.Column("answer", sa.String(40)),
    sa.Column("answered_at", sa.BigInteger),
    sa.Column("channel", sa.String(80)),
    sa.Column("not_told", sa.String(20)),
    sa.UniqueConstraint("request_id", "recipient"),
    sqlite_strict=True,
)
"""Whom Art. 19 GDPR wants to be told, and what they answered."""

rule_use = sa.Table(
    "rule_use",
    metadata,
    sa.Column("rule", sa.String(120), primary_key=True),
    sa.Column("content_hash", sa.String(64), primary_key=True),
    sa.Column("request_id", sa.String(40), nullable=False),
    sa.Column("used_at", sa.BigInteger, nullable=False),
    sqlite_strict=True,
)
"""The wordings of rules that an approved erasure was carried out under, from the first time."""
