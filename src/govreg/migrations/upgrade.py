"""Bring a store's schema up to this program, forward only."""

from __future__ import annotations

from pathlib import Path

import sqlalchemy as sa

from govreg.database import Store
from govreg.errors import ConfigurationProblem

HEAD = "0005"
"""The schema that this program works with."""

VERSION_TABLE = "govreg_alembic"


def version_of(store: Store) -> str | None:
    """The schema version of a store; None where there is none yet."""
    with store.read() as connection:
        if not sa.inspect(connection).has_table(VERSION_TABLE):
            return None
        return connection.execute(
            sa.text(f"SELECT version_num FROM {VERSION_TABLE}")  # noqa: S608 - a constant name
        ).scalar()


def require_current(store: Store) -> None:
    """Refuse a store whose schema is not this program's.

    Raises:
        ConfigurationProblem: with what to run.
    """
    held = version_of(store)
    if held == HEAD:
        return
    if held is not None and held > HEAD:
        raise ConfigurationProblem(
            f"the store has schema {held}, this program knows up to {HEAD}",
            "use the program that made it, or a newer one",
        )
    raise ConfigurationProblem(
        f"the store has schema {held or 'none'}, this program needs {HEAD}",
        "`govreg upgrade` brings it forward",
    )


def upgrade(store: Store, *, to: str = "head") -> tuple[str | None, str]:
    """Bring the schema forward, as far as it goes or to one version; answers before and after."""
    from alembic import command
    from alembic.config import Config

    before = version_of(store)
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent))
    config.set_main_option("path_separator", "os")
    with store.write() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, to)
    return before, version_of(store) or HEAD
