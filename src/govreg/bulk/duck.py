"""The database in memory that works over many rows; what does not fit goes to a private folder."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from govreg.errors import GovregError, UsageProblem

if TYPE_CHECKING:
    import pyarrow as pa
    from duckdb import DuckDBPyConnection

MEMORY = "768MB"


@contextmanager
def duck(scratch: Path, *, memory: str = MEMORY) -> Iterator[DuckDBPyConnection]:
    """A database for the length of a block.

    Args:
        scratch: The folder under which it may spill; what it spilled is gone with the block.
        memory: How much it may take before it does.

    Raises:
        UsageProblem: the extra `bulk` is not installed.
    """
    try:
        import duckdb
    except ImportError:
        raise UsageProblem(
            "work over many rows needs the extra `bulk`", "install it: `pip install govreg[bulk]`"
        ) from None
    scratch.mkdir(mode=0o700, parents=True, exist_ok=True)
    spill = tempfile.mkdtemp(dir=scratch, prefix="spill-")
    try:
        with duckdb.connect() as made:
            made.execute("SET memory_limit = ?", [memory])
            made.execute("SET temp_directory = ?", [spill])
            made.execute("SET enable_progress_bar = false")
            made.execute("SET autoinstall_known_extensions = false")
            yield made
    finally:
        shutil.rmtree(spill)


def arrow_of(db: DuckDBPyConnection, query: str) -> pa.Table:
    """The answer to a query as a table."""
    table: pa.Table = db.sql(query).to_arrow_table()
    return table


@contextmanager
def fed(
    db: DuckDBPyConnection, name: str, schema: pa.Schema, batches: Iterable[pa.RecordBatch]
) -> Iterator[None]:
    """A table of batches that are read once, while the block lasts.

    The database wraps what a batch's reading raises in an error of its own, words and all; here
    it comes out as it was.
    """
    import pyarrow as pa

    problems: list[GovregError] = []

    def read() -> Iterator[pa.RecordBatch]:
        try:
            yield from batches
        except GovregError as problem:
            problems.append(problem)
            raise

    db.register(name, pa.RecordBatchReader.from_batches(schema, read()))
    try:
        yield
    except Exception:
        if problems:
            raise problems[0] from None
        raise
    finally:
        db.unregister(name)


def quoted(name: str) -> str:
    """A column's name as the database reads it, whatever is in it."""
    return '"' + name.replace('"', '""') + '"'
