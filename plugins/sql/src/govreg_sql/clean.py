"""Clear what a change leaves in a database's own files, and say what it cannot clear."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from govreg.connectors.record import Cleaning
from govreg_sql.faults import code_of
from govreg_sql.reflect import Reflection

_LARGEST_VACUUM = 512 * 1024 * 1024
_PATIENCE_MILLISECONDS = 1_000


def clean(
    engine: sa.Engine,
    connection: sa.Connection,
    reflection: Reflection,
    collections: Sequence[str],
) -> Cleaning:
    """Clear old row versions of some tables."""
    if reflection.dialect == "sqlite":
        return _sqlite(connection)
    names = {name: reflection.split(name) for name in collections}
    if reflection.dialect == "postgresql":
        return _postgresql(engine, names)
    return _mariadb(connection, names)


def _sqlite(connection: sa.Connection) -> Cleaning:
    raw: Any = connection.connection.driver_connection
    done = ["deleted values were overwritten in the file"]
    remains = ["freed blocks of the file system, and snapshots of it"]
    try:
        raw.execute(f"PRAGMA busy_timeout={_PATIENCE_MILLISECONDS}")
        path = Path(raw.execute("PRAGMA database_list").fetchone()[2])
        size = path.stat().st_size
        if size > _LARGEST_VACUUM:
            remains.append("old values inside pages: the file is too large to be rewritten")
        else:
            raw.execute("VACUUM")
            done.append("the file was rewritten")
        if raw.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0]:
            remains.append("the write-ahead log, while another program reads the file")
        else:
            done.append("the write-ahead log was emptied")
    except sqlite3.Error as problem:
        name = getattr(problem, "sqlite_errorname", "SQLITE_ERROR")
        remains.append(f"old values inside pages and the write-ahead log ({name})")
    finally:
        raw.execute("PRAGMA busy_timeout=10000")
    return Cleaning(done=tuple(done), remains=tuple(remains))


def _postgresql(engine: sa.Engine, names: dict[str, tuple[str | None, str]]) -> Cleaning:
    done: list[str] = []
    remains = [
        "the write-ahead log until it is recycled, and its archive",
        "row versions that a transaction older than the change can see",
        "replicas that lag behind",
    ]
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        warned: list[str] = []
        raw: Any = connection.connection.driver_connection
        raw.add_notice_handler(lambda notice: warned.append(str(notice.severity_nonlocalized)))
        for collection, parts in names.items():
            warned.clear()
            try:
                connection.exec_driver_sql(f"VACUUM {_quoted(connection, parts)}")
            except sa.exc.DBAPIError as problem:
                remains.append(f"dead rows of {collection} ({code_of(problem)})")
                continue
            if "WARNING" in warned:  # a login that may not vacuum is told so by a warning
                remains.append(f"dead rows of {collection} (not_permitted)")
            else:
                done.append(f"vacuumed {collection}")
    return Cleaning(done=tuple(done), remains=tuple(remains))


def _mariadb(connection: sa.Connection, names: dict[str, tuple[str | None, str]]) -> Cleaning:
    remains = ["undo and redo logs until they are reused", "free space inside the tables' files"]
    if connection.exec_driver_sql("SELECT @@log_bin").scalar_one():
        remains.append("the binary log until it is purged, and replicas that lag behind")
    query = sa.text(
        "SELECT 1 FROM information_schema.tables WHERE table_type = 'SYSTEM VERSIONED' "
        "AND table_schema = coalesce(:schema, DATABASE()) AND table_name = :name"
    )
    for collection, (schema, name) in names.items():
        if connection.execute(query, {"schema": schema, "name": name}).first():
            remains.append(f"every old version of the rows of {collection} (system versioning)")
    connection.rollback()
    return Cleaning(remains=tuple(remains))


def _quoted(connection: sa.Connection, parts: tuple[str | None, str]) -> str:
    quote = connection.dialect.identifier_preparer.quote_identifier
    return ".".join(quote(part) for part in parts if part)
