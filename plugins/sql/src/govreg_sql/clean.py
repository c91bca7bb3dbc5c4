"""Clear what a change leaves in a database's own files, and say what it cannot clear."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import sqlalchemy as sa

from govreg.connectors.record import Cleaning
from govreg_sql.catalogue import Reader
from govreg_sql.faults import code_of

_LARGEST_VACUUM = 512 * 1024 * 1024


def clean(
    engine: sa.Engine, connection: sa.Connection, reader: Reader, collections: Sequence[str]
) -> Cleaning:
    """Clear old row versions of some tables."""
    if reader.dialect == "sqlite":
        return _sqlite(connection)
    if reader.dialect == "postgresql":
        return _postgresql(engine, reader, collections)
    return Cleaning(
        remains=(
            "InnoDB undo and redo logs until they are reused",
            "the binary log, where it is on",
        )
    )


def _sqlite(connection: sa.Connection) -> Cleaning:
    raw = connection.connection.driver_connection
    if raw is None:
        return Cleaning(remains=("free pages of the file",))
    done, remains = ["deleted values were overwritten"], ["file system blocks freed earlier"]
    path = Path(raw.execute("PRAGMA database_list").fetchone()[2])
    try:
        busy = raw.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0]
        if busy:
            remains.append("the write-ahead log, while another program reads the file")
        else:
            done.append("the write-ahead log was emptied")
        if path.stat().st_size > _LARGEST_VACUUM:
            remains.append("free pages: the file is too large to be rewritten on the way")
        else:
            raw.execute("VACUUM")
            raw.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            done.append("the file was rewritten without free pages")
    except Exception as problem:  # noqa: BLE001 - any driver error leaves the bytes where they are
        remains.append(f"free pages: the file could not be rewritten ({type(problem).__name__})")
    return Cleaning(done=tuple(done), remains=tuple(remains))


def _postgresql(engine: sa.Engine, reader: Reader, collections: Sequence[str]) -> Cleaning:
    done, remains = [], ["the write-ahead log until it is recycled", "replicas that lag behind"]
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        quote = connection.dialect.identifier_preparer.quote
        for collection in collections:
            schema, table = reader.split(collection)
            name = ".".join(quote(part) for part in (schema, table) if part)
            try:
                connection.execute(sa.text(f"VACUUM {name}"))
                done.append(f"vacuumed {collection}")
            except sa.exc.DBAPIError as problem:
                remains.append(f"dead rows of {collection} ({code_of(problem)})")
    return Cleaning(done=tuple(done), remains=tuple(remains))
