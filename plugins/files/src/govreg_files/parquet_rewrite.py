"""Write a Parquet file anew, row group by row group, as the file is written.

Kept: schema with its metadata, row groups, each column's compression and dictionary, the format
version, old 96-bit timestamps. Untouched values pass through nothing but Arrow. The new file's
schema and number of rows are read back before it may replace the old one.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from govreg_files.format import BadFile, Edit

_UNFIT = (pa.ArrowInvalid, pa.ArrowTypeError, TypeError, ValueError, OverflowError)


def rewritten(file: Any, target: Path, edits: Mapping[int, Edit]) -> int:
    """Copy an open file without or with changed rows; returns how many rows it had.

    Raises:
        BadFile: a new value does not fit its column, or the copy is not what it must be.
    """
    schema = file.schema_arrow
    start = left = 0
    with target.open("wb") as sink, pq.ParquetWriter(sink, schema, **_style(file)) as writer:
        for number in range(file.num_row_groups):
            group = file.read_row_group(number)
            here = {
                at - start: edit for at, edit in edits.items() if 0 <= at - start < group.num_rows
            }
            table = _edited(group, here) if here else group
            start += group.num_rows
            left += table.num_rows
            if table.num_rows or file.num_row_groups == 1:
                writer.write_table(table, row_group_size=max(1, table.num_rows))
    with pq.ParquetFile(target) as made:
        same = made.schema_arrow.equals(schema, check_metadata=True)
        if not same or made.metadata.num_rows != left:
            raise BadFile("not_kept", "the new file would not have the old one's schema and rows")
    return start


def _style(file: Any) -> dict[str, Any]:
    """How the file is written, as the writer takes it."""
    held = file.metadata
    if not held.num_row_groups or not held.num_columns:
        return {}
    first = [held.row_group(0).column(at) for at in range(held.num_columns)]
    compression = {
        column.path_in_schema: "NONE"
        if column.compression == "UNCOMPRESSED"
        else column.compression
        for column in first
    }
    return {
        "compression": compression,
        "use_dictionary": [c.path_in_schema for c in first if c.has_dictionary_page] or False,
        "version": "1.0" if held.format_version == "1.0" else "2.6",
        "use_deprecated_int96_timestamps": any(
            file.schema.column(at).physical_type == "INT96" for at in range(held.num_columns)
        ),
    }


def _edited(table: Any, edits: Mapping[int, Edit]) -> Any:
    """A row group without or with changed rows."""
    schema = table.schema
    movable = pa.schema([f.with_type(_movable(f.type)) for f in schema], schema.metadata)
    return (
        _changed(table.cast(movable), edits).cast(schema)
        if movable != schema
        else _changed(table, edits)
    )


def _movable(kind: pa.DataType) -> pa.DataType:
    """Arrow cannot pick rows out of views."""
    if pa.types.is_string_view(kind):
        return pa.large_string()
    return pa.large_binary() if pa.types.is_binary_view(kind) else kind


def _changed(table: Any, edits: Mapping[int, Edit]) -> Any:
    changes = {at: edit.values for at, edit in edits.items() if edit.values is not None}
    for name in dict.fromkeys(name for values in changes.values() for name in values):
        new = {at: values[name] for at, values in changes.items() if name in values}
        place = table.schema.get_field_index(name)
        field = table.schema.field(place)
        if not field.nullable and None in new.values():
            raise BadFile("bad_value", "the column cannot be null")
        try:
            table = table.set_column(place, field, _with(table.column(place), new))
        except _UNFIT:
            raise BadFile("bad_value", "a new value does not fit its column") from None
    gone = {at for at, edit in edits.items() if edit.values is None}
    if not gone:
        return table
    return _taken(table, (at for at in range(table.num_rows) if at not in gone))


def _with(column: Any, new: Mapping[int, Any]) -> Any:
    """A column with some values replaced; the others are taken as they are."""
    values = [value for value in new.values() if value is not None]
    places = iter(range(len(column), len(column) + len(values)))
    taken: list[int | None] = list(range(len(column)))
    for at, value in new.items():
        taken[at] = None if value is None else next(places)
    if values:
        more = pa.array(values, type=column.type)
        column = pa.chunked_array([*column.chunks, more], type=column.type)
    return column.take(pa.array(taken, type=pa.int64()))


def _taken(table: Any, rows: Iterable[int]) -> Any:
    return table.take(pa.array(rows, type=pa.int64()))
