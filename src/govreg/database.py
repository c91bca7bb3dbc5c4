"""The store: one schema for SQLite and PostgreSQL, and the only place that begins a write.

- Tables are declared by the slice that owns them, on `metadata`; Alembic builds them.
- Store functions take an open connection and never commit.
- `write()` begins a writing transaction (SQLite: BEGIN IMMEDIATE), `read()` a reading one that
  never takes the write lock.
- Moments are stored as epoch milliseconds in UTC.
"""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.pool import QueuePool

from govreg.errors import ConfigurationProblem

metadata = sa.MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)

BigId = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
"""An integer primary key that the database counts up by itself."""

_STRICT = {
    sa.SmallInteger: "INTEGER",
    sa.BigInteger: "INTEGER",
    sa.Boolean: "INTEGER",
    sa.String: "TEXT",
    sa.Text: "TEXT",
    sa.JSON: "TEXT",
}


def _strict_names() -> None:
    """SQLite's STRICT tables know five type names; every type is written as one of them."""
    for kind, name in _STRICT.items():

        def render(_type: Any, _compiler: Any, _name: str = name, **_: Any) -> str:
            return _name

        compiles(kind, "sqlite")(render)


_strict_names()


def parsed_url(text: str) -> sa.URL:
    """The URL of a store.

    Raises:
        ConfigurationProblem: it is none; the text is not repeated.
    """
    try:
        return sa.make_url(text.strip())
    except (sa.exc.ArgumentError, ValueError):
        raise ConfigurationProblem(
            "the store's URL cannot be read",
            "write `sqlite:///path/register.db` or `postgresql+psycopg://host/name`",
            key="store.url",
        ) from None


_AS_EVER = ("cache_size=-65536", "wal_autocheckpoint=1000")
_FOR_MANY = ("cache_size=-262144", "wal_autocheckpoint=60000")
"""KiB of pages in memory, and pages of the write-ahead log after which it is emptied."""
_MAPPED = f"mmap_size={1 << 33}"
"""What is read of the file is read where it lies in memory, up to so many bytes of it."""


class Store:
    """An open store. `write()` is the only begin in the program."""

    def __init__(self, url: str) -> None:
        self.url = parsed_url(url)
        self.dialect = self.url.get_backend_name()
        if self.dialect not in {"sqlite", "postgresql"}:
            raise ConfigurationProblem(
                f"a store on `{self.dialect}` is not supported",
                "use SQLite for one person, PostgreSQL for a team",
                key="store.url",
            )
        self._pragmas = _AS_EVER
        self._writer = self._engine(writes=True)
        self._reader = self._engine(writes=False)
        self._quick = threading.local()
        self._quick_ones: list[sqlite3.Connection] = []

    def _engine(self, *, writes: bool) -> sa.Engine:
        if self.dialect == "postgresql":
            engine = sa.create_engine(self.url, hide_parameters=True, pool_pre_ping=True)
            if not writes:
                engine = engine.execution_options(postgresql_readonly=True)
            return engine
        # one connection stays open: to open one costs more than most transactions
        engine = sa.create_engine(
            self.url, hide_parameters=True, poolclass=QueuePool, pool_size=1, max_overflow=-1
        )
        begin = "BEGIN IMMEDIATE" if writes else "BEGIN"

        @sa.event.listens_for(engine, "connect")
        def _connected(raw: Any, _record: Any) -> None:
            raw.isolation_level = None  # the driver must not begin by itself
            for pragma in (
                "journal_mode=WAL",
                "synchronous=FULL",  # the audit log must not lose what it has answered for
                "busy_timeout=10000",
                "foreign_keys=ON",
                "secure_delete=ON",
                *(self._pragmas if writes else _AS_EVER),
                _MAPPED,
            ):
                raw.execute(f"PRAGMA {pragma}")

        @sa.event.listens_for(engine, "begin")
        def _begun(connection: sa.Connection) -> None:
            connection.exec_driver_sql(begin)

        return engine

    @contextmanager
    def write(self) -> Iterator[sa.Connection]:
        """A writing transaction: committed at the end of the block, rolled back on any error."""
        with self._writer.begin() as connection:
            yield connection

    @contextmanager
    def for_many(self) -> Iterator[None]:
        """While the block lasts, writing is set for rows by the ten thousand, as of an import.

        More pages are kept in memory, and the write-ahead log is emptied less often.
        """
        self._pragmas = _FOR_MANY
        self._writer.dispose()
        try:
            yield
        finally:
            self._pragmas = _AS_EVER
            self._writer.dispose()

    @contextmanager
    def read(self) -> Iterator[sa.Connection]:
        """A reading transaction that never takes the write lock."""
        with self._reader.begin() as connection:
            yield connection

    @property
    def asks_past_library(self) -> bool:
        """Whether `ask` costs less than a transaction does: with a store in a file."""
        return self.dialect == "sqlite"

    def ask(self, statement: str, values: tuple[Any, ...]) -> list[Any]:
        """The rows of one reading statement, past the library: for what is asked all day long.

        Args:
            statement: In SQL, a `?` for each value.
            values: They go as parameters.
        """
        if self.dialect == "postgresql":
            with self.read() as connection:
                return list(connection.exec_driver_sql(statement.replace("?", "%s"), values))
        held: sqlite3.Connection | None = getattr(self._quick, "held", None)
        if held is None:
            held = sqlite3.connect(
                str(self.url.database), isolation_level=None, check_same_thread=False
            )
            held.execute("PRAGMA busy_timeout=10000")
            held.execute("PRAGMA query_only=ON")
            self._quick.held = held
            self._quick_ones.append(held)
        return held.execute(statement, values).fetchall()

    def drop_deleted(self) -> bool:
        """Let what was deleted leave the bytes too: on SQLite, empty the write-ahead log.

        Returns:
            Whether it is gone. While somebody reads, it stays until the next time.
        """
        if self.dialect != "sqlite":
            return True
        self._writer.dispose()
        self._reader.dispose()  # a kept connection may have a question open
        with self._reader.connect() as connection:
            connection.rollback()
            raw: Any = connection.connection.driver_connection
            raw.execute("PRAGMA busy_timeout=500")
            (busy, *_) = raw.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
        self._reader.dispose()
        return not busy

    def close(self) -> None:
        """Release every connection; nothing that was deleted stays in the bytes."""
        while self._quick_ones:
            self._quick_ones.pop().close()
        self._quick = threading.local()
        self.drop_deleted()
        self._writer.dispose()
        self._reader.dispose()


def sqlite_url(path: Path) -> str:
    """The URL of a store in one file."""
    return f"sqlite:///{path.absolute()}"
