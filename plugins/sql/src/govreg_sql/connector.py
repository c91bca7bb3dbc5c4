"""The connector `sql`: SQLite, PostgreSQL and MariaDB by URL.

- A URL is plain when it holds no password, else a reference to where it is kept.
- A SQLite file that is not there is refused, never made.
- Drivers are optional; a missing one is named with the command that installs it.
"""

from __future__ import annotations

import importlib.util
from pathlib import Path
from typing import Any, ClassVar
from urllib.parse import quote

import sqlalchemy as sa
from pydantic import Field
from sqlalchemy.pool import NullPool

from govreg.connectors.interface import ConnectorConfig, Context
from govreg.errors import ConfigurationProblem, SourceProblem
from govreg_sql.faults import fault
from govreg_sql.lookup import compact, folded
from govreg_sql.session import SqlSession

_REFERENCES = ("env", "file", "keyring")
_DRIVERS = {
    "postgresql": ("psycopg", "postgresql+psycopg", "govreg-sql[postgresql]"),
    "mysql": ("pymysql", "mysql+pymysql", "govreg-sql[mariadb]"),
    "mariadb": ("pymysql", "mariadb+pymysql", "govreg-sql[mariadb]"),
}
_PRAGMAS = ("foreign_keys=ON", "secure_delete=ON", "busy_timeout=10000")


class SqlConfig(ConnectorConfig):
    """Settings of a source with connector `sql`."""

    url: str = Field(repr=False)
    """A SQLAlchemy URL without a password, or a reference to one."""
    password: str | None = Field(default=None, repr=False)
    """A reference to the password, where the URL has none."""
    schemas: tuple[str, ...] = ()
    """The schemas whose tables are collections; without it the default schema. A table of another
    schema than the default one is named `schema.table`."""
    connect_timeout: int = Field(default=10, ge=1)
    """In seconds."""


class SqlConnector:
    """Opens databases."""

    Config: ClassVar[type[ConnectorConfig]] = SqlConfig
    api_version: ClassVar[int] = 1

    def open(self, config: ConnectorConfig, context: Context) -> SqlSession:
        """Open a database; see the connector contract.

        Raises:
            ConfigurationProblem: the URL cannot be used as it is written, or a driver is missing.
            SourceProblem: the database cannot be reached, or refuses.
        """
        if not isinstance(config, SqlConfig):
            raise TypeError("the connector `sql` needs its own configuration")
        engine = _engine(_url(config, context), config, context)
        try:
            connection = engine.connect()
        except sa.exc.DBAPIError as problem:
            said = fault(problem, context.source, opening=True)
        else:
            return SqlSession(
                engine=engine,
                connection=connection,
                source=context.source,
                schemas=config.schemas,
            )
        raise said


def _is_reference(text: str) -> bool:
    return text.partition(":")[0] in _REFERENCES


def _url(config: SqlConfig, context: Context) -> sa.URL:
    url = _parsed(context.secret(config.url) if _is_reference(config.url) else config.url)
    if url is None:
        raise ConfigurationProblem(
            f"the URL of source `{context.source}` cannot be read",
            "write one such as `sqlite:///shop.db` or `postgresql://user@host/name`",
            key="config.url",
        )
    literal = url.password or {"password", "passwd"} & url.query.keys()
    if literal and not _is_reference(config.url):
        raise ConfigurationProblem(
            f"the URL of source `{context.source}` holds a password",
            "put it behind `password: env:NAME`, or the whole URL behind `url: env:NAME`",
            key="config.url",
        )
    if config.password is not None:
        if not _is_reference(config.password):
            raise ConfigurationProblem(
                f"the password of source `{context.source}` stands in the file itself",
                "write where it is kept: `env:NAME`, `file:PATH` or `keyring:NAME`",
                key="config.password",
            )
        url = url.set(password=context.secret(config.password))
    return _with_driver(url, context.source)


def _parsed(text: str) -> sa.URL | None:
    try:
        return sa.make_url(text.strip())
    except (sa.exc.ArgumentError, ValueError):
        return None


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
            f"source `{source}` needs the driver `{module}`", f"`pip install {extra}`"
        )
    return url.set(drivername=driver)


def _engine(url: sa.URL, config: SqlConfig, context: Context) -> sa.Engine:
    if url.get_backend_name() == "sqlite":
        return _sqlite(url, context)
    arguments: dict[str, object] = {"connect_timeout": config.connect_timeout}
    if url.get_backend_name() in {"mysql", "mariadb"}:
        from pymysql.constants import CLIENT

        arguments["client_flag"] = CLIENT.FOUND_ROWS  # count rows that matched, not that differed
        arguments["charset"] = "utf8mb4"
    return sa.create_engine(url, hide_parameters=True, poolclass=NullPool, connect_args=arguments)


def _sqlite(url: sa.URL, context: Context) -> sa.Engine:
    path = Path(url.database or "")
    path = path if path.is_absolute() else context.workspace / path
    if not path.is_file():
        raise SourceProblem(
            "unreachable", "there is no database file at its URL", source=context.source
        )
    # the mode `rw` never makes a file, not even when it vanishes between the two lines
    target = sa.URL.create(
        "sqlite", database=f"file:{quote(str(path))}", query={"mode": "rw", "uri": "true"}
    )
    engine = sa.create_engine(target, hide_parameters=True, poolclass=NullPool)

    @sa.event.listens_for(engine, "connect")
    def _connected(raw: Any, _record: object) -> None:
        raw.isolation_level = None  # the driver must not begin by itself
        raw.create_function("govreg_fold", 1, folded, deterministic=True)
        raw.create_function("govreg_compact", 1, compact, deterministic=True)
        for pragma in _PRAGMAS:
            raw.execute(f"PRAGMA {pragma}")

    @sa.event.listens_for(engine, "begin")
    def _begun(connection: sa.Connection) -> None:
        connection.exec_driver_sql(connection.get_execution_options().get("govreg_begin", "BEGIN"))

    return engine
