"""Parquet: read and rewritten row group by row group, schema, metadata and compression kept."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from govreg.connectors.record import RowKey
from govreg_files.format import Action, BadFile, Layout

_ROWS = 10_000
_BROKEN = (pa.ArrowInvalid, OSError, pa.ArrowNotImplementedError)


class ParquetFormat:
    """Parquet files."""

    def layout(self, path: Path, given: Mapping[str, str]) -> Layout:
        """The file's schema."""
        del given
        with _opened(path) as file:
            schema = file.schema_arrow
            return Layout(
                columns={field.name: _plain(field.type) for field in schema},
                notes=tuple(
                    f"{field.name}: type {field.type} is read as text"
                    for field in schema
                    if _plain(field.type) != field.type and not _is_text(field.type)
                ),
            )

    def batches(
        self, path: Path, layout: Layout, columns: Sequence[str]
    ) -> Iterator[pa.RecordBatch]:
        """The rows, a row group at a time."""
        try:
            with _opened(path) as file:
                kinds = {name: layout.columns[name] for name in columns}
                for batch in file.iter_batches(batch_size=_ROWS, columns=list(columns)):
                    yield _as_layout(batch, kinds)
        except _BROKEN:
            raise BadFile("corrupt_file", "the file is cut off or damaged") from None

    def rewrite(
        self,
        path: Path,
        target: Path,
        layout: Layout,
        key: tuple[str, ...],
        actions: Mapping[RowKey, Action],
    ) -> int:
        """Write row groups, leaving out or changing the rows that are named."""
        changed = 0
        try:
            with _opened(path) as file:
                schema = file.schema_arrow
                codec = _compression(file)
                with pq.ParquetWriter(target, schema, compression=codec) as writer:
                    for number in range(file.num_row_groups):
                        group = file.read_row_group(number)
                        table, here = _changed(group, layout, key, actions)
                        changed += here
                        if table.num_rows or file.num_row_groups == 1:
                            writer.write_table(table, row_group_size=max(1, table.num_rows))
        except (pa.ArrowInvalid, pa.ArrowTypeError, TypeError, ValueError):
            raise BadFile("bad_value", "a new value does not fit its column") from None
        return changed


def _opened(path: Path) -> Any:
    try:
        return pq.ParquetFile(path)
    except _BROKEN:
        raise BadFile("corrupt_file", "the file is no Parquet file, cut off or damaged") from None


def _compression(file: Any) -> str:
    if file.num_row_groups and file.metadata.num_columns:
        return str(file.metadata.row_group(0).column(0).compression)
    return "SNAPPY"


def _is_text(kind: pa.DataType) -> bool:
    return bool(
        pa.types.is_string(kind) or pa.types.is_large_string(kind) or pa.types.is_dictionary(kind)
    )


def _plain(kind: pa.DataType) -> pa.DataType:
    """The type that a column crosses the border in."""
    if pa.types.is_nested(kind) or _is_text(kind) or pa.types.is_null(kind):
        return pa.string()
    if pa.types.is_integer(kind):
        return pa.int64()
    if pa.types.is_floating(kind):
        return pa.float64()
    if pa.types.is_date(kind):
        return pa.date32()
    if pa.types.is_timestamp(kind):
        return pa.timestamp("us", tz=kind.tz)
    return kind


def _as_layout(batch: pa.RecordBatch, kinds: Mapping[str, pa.DataType]) -> pa.RecordBatch:
    arrays = [
        _as(batch.column(batch.schema.get_field_index(name)), kind) for name, kind in kinds.items()
    ]
    return pa.RecordBatch.from_arrays(arrays, names=list(kinds))


def _as(array: Any, kind: pa.DataType) -> Any:
    if array.type == kind:
        return array
    if pa.types.is_nested(array.type):
        import json

        texts = [
            None
            if value is None
            else json.dumps(value, ensure_ascii=False, sort_keys=True, default=str)
            for value in array.to_pylist()
        ]
        return pa.array(texts, type=pa.string())
    return array.cast(kind)


def _changed(
    table: Any, layout: Layout, key: tuple[str, ...], actions: Mapping[RowKey, Action]
) -> tuple[Any, int]:
    columns = [_as(table.column(name).combine_chunks(), layout.columns[name]) for name in key]
    keys = list(zip(*(column.to_pylist() for column in columns), strict=True))
    hits = {at: actions[row] for at, row in enumerate(keys) if row in actions}
    if not hits:
        return table, 0
    for name in {name for action in hits.values() if action for name in action}:
        place = table.schema.get_field_index(name)
        values = table.column(name).to_pylist()
        for at, action in hits.items():
            if action and name in action:
                values[at] = action[name]
        field = table.schema.field(place)
        table = table.set_column(place, field, pa.array(values, type=field.type))
    keep = [at not in hits or hits[at] is not None for at in range(table.num_rows)]
    return table.filter(pa.array(keep)), len(hits)
