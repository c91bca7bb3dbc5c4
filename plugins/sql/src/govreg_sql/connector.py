"""The connector `sql`: SQLite, PostgreSQL and MariaDB by URL.

- A URL is plain when it holds no password, else a reference to where it is kept.
- A SQLite file that is not there is refused, never made.
- Drivers are optional; a missing one is named with the command that installs it.
"""

from __future__ import annotations

import importlib.util
from pathlib import Path
from typing import ClassVar

import sqlalchemy as sa
from sqlalchemy.pool import NullPool

from govreg.connectors.interface import ConnectorConfig, Context
from govreg.errors import ConfigurationProblem, SourceProblem
from govreg_sql.faults import fault
from govreg_sql.lookup import compact, folded
from govreg_sql.session import SqlSession

_DRIVERS = {
    "postgresql": ("psycopg", "postgresql+psycopg", "govreg-sql[postgresql]"),
    "mysql": ("pymysql", "mysql+pymysql", "govreg-sql[mariadb]"),
    "mariadb": ("pymysql", "mariadb+pymysql", "govreg-sql[mariadb]"),
}


class SqlConfig(ConnectorConfig):
    """Settings of a source with connector `sql`."""

    url: str
    """A SQLAlchemy URL without a password, or a reference to one."""
    password: str | None = None
    """A reference to the password, where the URL has none."""
    schemas: tuple[str, ...] = ()
    """Schemas beside the default one; their collections are named `schema.table`."""
    connect_timeout: int = 10
    """In seconds."""


class SqlConnector:
    """Opens databases."""

    Config: ClassVar[type[ConnectorConfig]] = SqlConfig
    api_version: ClassVar[int] = 1

    def open(self, config: ConnectorConfig, context: Context) -> SqlSession:
        """Open a database; see the connector contract."""
        if not isinstance(config, SqlConfig):
            raise TypeError("the connector `sql` needs its own configuration")
        url = _url(config, context)
        engine = _engine(url, config, context)
        try:
            connection = engine.connect()
        except sa.exc.DBAPIError as problem:
            raise fault(problem, context.source, opening=True) from None
        return SqlSession(
            engine=engine, connection=connection, source=context.source, schemas=config.schemas
        )


def _url(config: SqlConfig, context: Context) -> sa.URL:
    is_reference = config.url.partition(":")[0] in {"env", "file", "keyring"}
    text = context.secret(config.url) if is_reference else config.url
    try:
        url = sa.make_url(text)
    except sa.exc.ArgumentError:
        raise ConfigurationProblem(
            f"the URL of source `{context.source}` cannot be read",
            "write one such as `sqlite:///shop.db` or `postgresql://user@host/name`",
            key="config.url",
        ) from None
    if url.password and not is_reference:
        raise ConfigurationProblem(
            f"the URL of source `{context.source}` holds a password",
            "put it behind `password: env:NAME`",
            key="config.url",
        )
    if config.password is not None:
        url = url.set(password=context.secret(config.password))
    return _with_driver(url, context.source)


def _with_driver(url: sa.URL, source: str) -> sa.URL:
    name = url.get_backend_name()
    if name == "sqlite":
        return url
    if name not in _DRIVERS:
        raise ConfigurationProblem(
            f"source `{source}`: a database of kind `{name}` is not supported",
            f"supported: sqlite, {', '.join(sorted(_DRIVERS))}",
            key="config.url",
        )
    module, driver, extra = _DRIVERS[name]
    if importlib.util.find_spec(module) is None:
        raise ConfigurationProblem(
            f"source `{source}` needs the driver `{module}`", f"`pip install '{extra}'`"
        )
    return url.set(drivername=driver)


def _engine(url: sa.URL, config: SqlConfig, context: Context) -> sa.Engine:
    if url.get_backend_name() == "sqlite":
        return _sqlite(url, context)
    arguments: dict[str, object] = {"connect_timeout": config.connect_timeout}
    if url.get_backend_name() in {"mysql", "mariadb"}:
        from pymysql.constants import CLIENT

        arguments["client_flag"] = CLIENT.FOUND_ROWS  # count rows that matched, not that differed
    return sa.create_engine(url, hide_parameters=True, poolclass=NullPool, connect_args=arguments)


def _sqlite(url: sa.URL, context: Context) -> sa.Engine:
    path = Path(url.database or "")
    path = path if path.is_absolute() else context.workspace / path
    if not path.is_file():
        raise SourceProblem(
            "unreachable", "there is no database file at its URL", source=context.source
        )
    target = sa.URL.create("sqlite", database=f"file:{path}", query={"mode": "rw", "uri": "true"})
    engine = sa.create_engine(target, hide_parameters=True, poolclass=NullPool)

    @sa.event.listens_for(engine, "connect")
    def _connected(raw: object, _record: object) -> None:
        raw.isolation_level = None  # type: ignore[attr-defined]
        raw.create_function("govreg_fold", 1, folded, deterministic=True)  # type: ignore[attr-defined]
        raw.create_function("govreg_compact", 1, compact, deterministic=True)  # type: ignore[attr-defined]
        for pragma in ("foreign_keys=ON", "secure_delete=ON", "busy_timeout=10000"):
            raw.execute(f"PRAGMA {pragma}")  # type: ignore[attr-defined]

    @sa.event.listens_for(engine, "begin")
    def _begun(connection: sa.Connection) -> None:
        connection.exec_driver_sql(connection.get_execution_options().get("govreg_begin", "BEGIN"))

    return engine
