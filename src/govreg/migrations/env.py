"""Runs migrations on the connection that `upgrade` passes."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import context

from govreg.migrations.tables import metadata
from govreg.migrations.upgrade import VERSION_TABLE

_LOCK = 7_416_203_377

connection: sa.Connection = context.config.attributes["connection"]
if connection.dialect.name == "postgresql":
    connection.execute(sa.select(sa.func.pg_advisory_xact_lock(_LOCK)))
context.configure(
    connection=connection,
    target_metadata=metadata,
    version_table=VERSION_TABLE,
    render_as_batch=connection.dialect.name == "sqlite",
)
context.run_migrations()
