"""Clear what a change leaves in a database's own files, and say what it cannot clear."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from govreg.connectors.record import Cleaning, Remainder, RemainderKind
from govreg_sql.faults import code_of
from govreg_sql.reflect import Reflection

_Kind = RemainderKind
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
    remains = [_left(_Kind.FREED_BLOCKS, "freed blocks of the file system, and snapshots of it")]
    try:
        raw.execute(f"PRAGMA busy_timeout={_PATIENCE_MILLISECONDS}")
        path = Path(raw.execute("PRAGMA database_list").fetchone()[2])
        size = path.stat().st_size
        if size > _LARGEST_VACUUM:
            text = "old values inside pages: the file is too large to be rewritten"
            remains.append(_left(_Kind.OLD_PAGES, text))
        else:
            raw.execute("VACUUM")
            done.append("the file was rewritten")
        if raw.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0]:
            text = "the write-ahead log, while another program reads the file"
            remains.append(_left(_Kind.LOG, text))
        else:
            done.append("the write-ahead log was emptied")
    except sqlite3.Error as problem:
        name = getattr(problem, "sqlite_errorname", "SQLITE_ERROR")
        remains += [
            _left(_Kind.OLD_PAGES, f"old values inside pages ({name})"),
            _left(_Kind.LOG, f"the write-ahead log ({name})"),
        ]
    finally:
        raw.execute("PRAGMA busy_timeout=10000")
    return Cleaning(done=tuple(done), remains=tuple(remains))


def _postgresql(engine: sa.Engine, names: dict[str, tuple[str | None, str]]) -> Cleaning:
    done: list[str] = []
    remains = [
        _left(_Kind.LOG, "the write-ahead log until it is recycled, and its archive"),
        _left(_Kind.DEAD_ROWS, "row versions that a transaction older than the change can see"),
        _left(_Kind.REPLICA, "replicas that lag behind"),
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
                text = f"dead rows of {collection} ({code_of(problem)})"
                remains.append(_left(_Kind.DEAD_ROWS, text, collection))
                continue
            if "WARNING" in warned:  # a login that may not vacuum is told so by a warning
                text = f"dead rows of {collection} (not_permitted)"
                remains.append(_left(_Kind.DEAD_ROWS, text, collection))
            else:
                done.append(f"vacuumed {collection}")
    return Cleaning(done=tuple(done), remains=tuple(remains))


def _mariadb(connection: sa.Connection, names: dict[str, tuple[str | None, str]]) -> Cleaning:
    remains = [
        _left(_Kind.LOG, "undo and redo logs until they are reused"),
        _left(_Kind.FREE_SPACE, "free space inside the tables' files"),
    ]
    if connection.exec_driver_sql("SELECT @@log_bin").scalar_one():
        remains += [
            _left(_Kind.LOG, "the binary log until it is purged"),
            _left(_Kind.REPLICA, "replicas that lag behind"),
        ]
    query = sa.text(
        "SELECT 1 FROM information_schema.tables WHERE table_type = 'SYSTEM VERSIONED' "
        "AND table_schema = coalesce(:schema, DATABASE()) AND table_name = :name"
    )
    for collection, (schema, name) in names.items():
        if connection.execute(query, {"schema": schema, "name": name}).first():
            text = f"every old version of the rows of {collection} (system versioning)"
            remains.append(_left(_Kind.HISTORY, text, collection))
    connection.rollback()
    return Cleaning(remains=tuple(remains))


def _left(kind: RemainderKind, text: str, collection: str | None = None) -> Remainder:
    return Remainder(kind=kind, text=text, collection=collection)


def _quoted(connection: sa.Connection, parts: tuple[str | None, str]) -> str:
    quote = connection.dialect.identifier_preparer.quote_identifier
    return ".".join(quote(part) for part in parts if part)
