"""Parquet: read batch by batch; each column in a type that crosses the border.

- Nested values are JSON text, a UUID is text.
- Times finer than a microsecond are cut to it when they are read, which is noted; a file that is
  rewritten keeps them.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from govreg_files.format import BadFile, Edit, Layout
from govreg_files.parquet_rewrite import rewritten

_ROWS = 10_000
_BROKEN = (pa.ArrowInvalid, OSError, pa.ArrowNotImplementedError)


class ParquetFormat:
    """Parquet files."""

    def layout(self, path: Path, given: Mapping[str, str]) -> Layout:
        """The file's schema."""
        del given
        with _opened(path) as file:
            schema = file.schema_arrow
        doubled = sorted({name for name in schema.names if schema.names.count(name) > 1})
        if doubled:
            raise BadFile("duplicate_column", f"column `{doubled[0]}` stands twice")
        return Layout(
            columns={field.name: plain(field.type) for field in schema},
            required=frozenset(field.name for field in schema if not field.nullable),
            notes=tuple(note for field in schema if (note := _note(field))),
        )

    def batches(
        self, path: Path, layout: Layout, columns: Sequence[str]
    ) -> Iterator[pa.RecordBatch]:
        """The rows, a row group at a time."""
        kinds = {name: layout.columns[name] for name in columns}
        with _opened(path) as file:
            try:
                for batch in file.iter_batches(batch_size=_ROWS, columns=list(columns)):
                    yield _as_layout(batch, kinds)
            except (*_BROKEN, KeyError):
                raise BadFile("corrupt_file", "the file is cut off or damaged") from None

    def rewrite(self, path: Path, target: Path, layout: Layout, edits: Mapping[int, Edit]) -> int:
        """Write row groups, leaving out or changing the rows that are named."""
        del layout
        with _opened(path) as file:
            return rewritten(file, target, edits)


def _opened(path: Path) -> Any:
    with path.open("rb"):
        pass  # what may not be read at all is no damaged file
    try:
        return pq.ParquetFile(path)
    except _BROKEN:
        raise BadFile("corrupt_file", "the file is no Parquet file, cut off or damaged") from None


def plain(kind: pa.DataType) -> pa.DataType:  # noqa: C901, PLR0911 - one line for each kind
    """The type that a column crosses the border in."""
    if isinstance(kind, pa.BaseExtensionType):
        return pa.string() if isinstance(kind, pa.UuidType) else plain(kind.storage_type)
    if pa.types.is_dictionary(kind):
        return plain(kind.value_type)
    if _is_text(kind) or pa.types.is_nested(kind) or pa.types.is_null(kind):
        return pa.string()
    if pa.types.is_uint64(kind):
        return pa.decimal128(20, 0)
    if pa.types.is_integer(kind):
        return pa.int64()
    if pa.types.is_floating(kind):
        return pa.float64()
    if pa.types.is_date(kind):
        return pa.date32()
    if pa.types.is_timestamp(kind):
        return pa.timestamp("us", tz=kind.tz)
    if pa.types.is_time(kind):
        return pa.time64("us")
    if pa.types.is_duration(kind):
        return pa.duration("us")
    return pa.binary() if _is_bytes(kind) else kind


def _is_text(kind: pa.DataType) -> bool:
    return bool(
        pa.types.is_string(kind) or pa.types.is_large_string(kind) or pa.types.is_string_view(kind)
    )


def _is_bytes(kind: pa.DataType) -> bool:
    return bool(
        pa.types.is_large_binary(kind)
        or pa.types.is_binary_view(kind)
        or pa.types.is_fixed_size_binary(kind)
    )


def _note(field: pa.Field) -> str | None:
    if getattr(field.type, "unit", None) == "ns":
        return f"{field.name}: nanoseconds are cut to microseconds when read"
    if plain(field.type) == pa.string() and not _is_text(field.type):
        return f"{field.name}: type {field.type} is read as text"
    return None


def _as_layout(batch: pa.RecordBatch, kinds: Mapping[str, pa.DataType]) -> pa.RecordBatch:
    arrays = [
        _as(batch.column(batch.schema.get_field_index(name)), kind) for name, kind in kinds.items()
    ]
    return pa.RecordBatch.from_arrays(arrays, names=list(kinds))


def _as(array: Any, kind: pa.DataType) -> Any:
    if array.type == kind:
        return array
    if isinstance(array.type, pa.UuidType):
        return pa.array([None if v is None else str(v) for v in array.to_pylist()], type=kind)
    if isinstance(array.type, pa.BaseExtensionType):
        return _as(array.storage, kind)
    if pa.types.is_dictionary(array.type):
        return _as(array.dictionary_decode(), kind)
    if pa.types.is_nested(array.type):
        return pa.array([_json(value) for value in array.to_pylist()], type=kind)
    return array.cast(kind, safe=getattr(array.type, "unit", None) != "ns")


def _json(value: Any) -> str | None:
    if value is None:
        return None
    return json.dumps(value, ensure_ascii=False, sort_keys=True, default=str)
