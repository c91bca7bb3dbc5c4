"""The rows of a query as Arrow batches, one after another: memory does not grow with the rows."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pyarrow import RecordBatchReader

BATCH_ROWS = 100_000


def streamed(engine: Any, query: Any, batch_rows: int = BATCH_ROWS) -> RecordBatchReader:
    """The query's rows, read from the engine as they are asked for.

    The library's own way to batches calls a method that DuckDB 2 no longer has.

    Args:
        engine: A connection of the library to DuckDB.
        query: The library's expression of a table that the engine holds; another query on the same
            connection ends this one.
        batch_rows: Rows in a batch, at most.
    """
    pending = engine.con.sql(engine.compile(query))
    return pending.to_arrow_reader(batch_rows)
