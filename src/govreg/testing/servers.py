"""Database servers that tests may use: found, made ready and cleared up again.

A server that does not answer is a skip with its reason, unless `GOVREG_TEST_REQUIRE` names it
(`postgresql,mariadb`): then it is a failure. `GOVREG_TEST_POSTGRESQL` and `GOVREG_TEST_MARIADB`
hold other URLs than the default ones. Every caller gets a database of its own.
"""

from __future__ import annotations

import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from typing import NoReturn

import pytest
import sqlalchemy as sa
from sqlalchemy.pool import NullPool

_DEFAULT = {
    "postgresql": "postgresql+psycopg://postgres@127.0.0.1:5432/postgres",
    "mariadb": "mariadb+pymysql://root@127.0.0.1:3306",
}
_PATIENCE_SECONDS = 3


def postgresql_url() -> sa.URL | None:
    """The PostgreSQL server for tests; None when none answers."""
    return _answering("postgresql")


def mariadb_url() -> sa.URL | None:
    """The MariaDB server for tests; None when none answers."""
    return _answering("mariadb")


@contextmanager
def own_database(kind: str) -> Iterator[sa.URL]:
    """A fresh database on the server of that kind, dropped at the end.

    Args:
        kind: `postgresql` or `mariadb`.
    """
    server = _answering(kind)
    if server is None:
        _absent(kind)
    name = f"govreg_test_{secrets.token_hex(6)}"
    _run(server, f"CREATE DATABASE {name}")
    try:
        yield server.set(database=name)
    finally:
        force = " WITH (FORCE)" if kind == "postgresql" else ""
        _run(server, f"DROP DATABASE {name}{force}")


def _answering(kind: str) -> sa.URL | None:
    url = sa.make_url(os.environ.get(f"GOVREG_TEST_{kind.upper()}", _DEFAULT[kind]))
    try:
        _run(url, "SELECT 1")
    except (sa.exc.DBAPIError, ImportError):
        return None
    return url


def _absent(kind: str) -> NoReturn:
    words = f"no {kind} server answers; GOVREG_TEST_{kind.upper()} names another one"
    required = os.environ.get("GOVREG_TEST_REQUIRE", "").replace(" ", "").split(",")
    if kind in required:
        pytest.fail(words)
    pytest.skip(words)


def _run(url: sa.URL, statement: str) -> None:
    engine = sa.create_engine(
        url,
        isolation_level="AUTOCOMMIT",
        poolclass=NullPool,
        connect_args={"connect_timeout": _PATIENCE_SECONDS},
    )
    with engine.connect() as connection:
        connection.exec_driver_sql(statement)
