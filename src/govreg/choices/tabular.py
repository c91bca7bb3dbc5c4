"""Tables in files: CSV, Parquet and JSON Lines, read as batches of text columns, and written.

- Every column comes as text; an empty cell is null. Moments of typed columns become RFC 3339 text.
- A file is read to its end or its reading is an error: a row that cannot be read is never passed
  over. Errors name the file, and the row as far as the reader knows it, never a value.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pa_csv
import pyarrow.json as pa_json
import pyarrow.parquet as pq

from govreg.errors import NotFound, UsageProblem

ROWS = 100_000
_BLOCK = 4 << 20
_FORMATS = {".csv": "csv", ".parquet": "parquet", ".jsonl": "jsonl", ".ndjson": "jsonl"}


def format_of(path: Path) -> str:
    """`csv`, `parquet` or `jsonl`, by the ending of a file's name.

    Raises:
        UsageProblem: it is none of them.
    """
    found = _FORMATS.get(path.suffix.lower())
    if found is None:
        raise UsageProblem(
            f"`{path.name}` is no table that can be read",
            "name it `.csv`, `.parquet` or `.jsonl` (JSON Lines)",
        )
    return found


def columns(path: Path) -> tuple[str, ...]:
    """The names of a file's columns, in order.

    Raises:
        UsageProblem: as for `batches`.
        NotFound: there is no such file.
    """
    for _, batch in batches(path, rows=1):
        return tuple(batch.schema.names)
    if format_of(path) == "parquet":
        return tuple(pq.read_schema(path).names)
    return tuple(_heading(path)) if format_of(path) == "csv" else ()


def batches(path: Path, *, rows: int = ROWS) -> Iterator[tuple[int, pa.RecordBatch]]:
    """The rows of a file in batches of text columns, each with the number of its first row.

    Rows count from 1, without a heading.

    Raises:
        UsageProblem: the file cannot be read as what its name says.
        NotFound: there is no such file.
    """
    kind = format_of(path)
    if not path.is_file():
        raise NotFound(f"there is no file `{path}`")
    first = 1
    try:
        for batch in _rebatched(_READERS[kind](path), rows):
            yield first, batch
            first += batch.num_rows
    except (pa.ArrowInvalid, pa.ArrowNotImplementedError, pa.ArrowTypeError, OSError):
        # the reader's own words hold pieces of the file
        raise UsageProblem(
            f"`{path.name}` cannot be read as {kind} at or after row {first}",
            "each row needs every column, in UTF-8; nothing after this row was read",
        ) from None


def batches_about(path: Path, *, rows: int = ROWS) -> int | None:
    """About how many batches a file has, for who shows how long it will take; None where unknown.

    Parquet says how many rows it has; of text, lines are counted in the first megabyte.
    """
    if not path.is_file():
        return None
    if format_of(path) == "parquet":
        try:
            return int(-(-pq.read_metadata(path).num_rows // rows))
        except (pa.ArrowInvalid, OSError):
            return None  # its reading will say what is wrong
    with path.open("rb") as file:
        start = file.read(1 << 20)
    lines = max(start.count(b"\n"), 1)
    return int(path.stat().st_size * lines / max(len(start), 1) / rows) + 1


def _csv(path: Path) -> Iterator[pa.RecordBatch]:
    names = _heading(path)
    if not names:
        return iter(())
    _distinct(names, path)
    return iter(
        pa_csv.open_csv(
            path,
            read_options=pa_csv.ReadOptions(block_size=_BLOCK),
            parse_options=pa_csv.ParseOptions(newlines_in_values=True, delimiter=_delimiter(path)),
            convert_options=pa_csv.ConvertOptions(
                column_types=dict.fromkeys(names, pa.string()),
                strings_can_be_null=True,
                quoted_strings_can_be_null=True,
                null_values=[""],
            ),
        )
    )


def _heading(path: Path) -> list[str]:
    if not path.stat().st_size:
        return []
    with pa_csv.open_csv(
        path,
        read_options=pa_csv.ReadOptions(block_size=min(_BLOCK, 1 << 16)),
        parse_options=pa_csv.ParseOptions(delimiter=_delimiter(path)),
    ) as head:
        return list(head.schema.names)


def _delimiter(path: Path) -> str:
    """What parts the heading's names: a comma, or another sign that spreadsheets write."""
    with path.open("rb") as file:
        heading = file.readline(1 << 16).decode("utf-8", "replace")
    outside = "".join(heading.split('"')[::2])
    return max(",;\t", key=outside.count)


def _parquet(path: Path) -> Iterator[pa.RecordBatch]:
    file = pq.ParquetFile(path)
    _distinct(file.schema_arrow.names, path)
    return iter(file.iter_batches(ROWS))


def _jsonl(path: Path) -> Iterator[pa.RecordBatch]:
    """A key that some rows lack is null there; a new one after the first block is an error."""
    if not path.stat().st_size:
        return iter(())
    names = _keys(path)
    schema = pa.schema([(name, kind) for name, kind in names.items()])
    options = pa_json.ParseOptions(explicit_schema=schema, unexpected_field_behavior="error")
    return iter(
        pa_json.open_json(
            path, read_options=pa_json.ReadOptions(block_size=_BLOCK), parse_options=options
        )
    )


def _keys(path: Path) -> dict[str, pa.DataType]:
    """Every key of a file of JSON Lines, with the type to read it as."""
    found: dict[str, pa.DataType] = {}
    size = path.stat().st_size
    for block in pa_json.open_json(
        path,
        read_options=pa_json.ReadOptions(block_size=min(size + 1, _BLOCK)),
        parse_options=pa_json.ParseOptions(unexpected_field_behavior="infer"),
    ):
        for one in block.schema:
            kind = pa.string() if pa.types.is_null(one.type) else one.type
            found[one.name] = pa.string() if pa.types.is_timestamp(kind) else kind
        break
    return found


_READERS = {"csv": _csv, "parquet": _parquet, "jsonl": _jsonl}


def _distinct(names: list[str], path: Path) -> None:
    if len(set(names)) < len(names):
        raise UsageProblem(f"two columns of `{path.name}` have one name")


def _rebatched(read: Iterator[pa.RecordBatch], rows: int) -> Iterator[pa.RecordBatch]:
    """Batches of the size that was asked for, whatever the reader's own are."""
    held: list[pa.RecordBatch] = []
    count = 0
    for batch in read:
        held.append(_as_text(batch))
        count += batch.num_rows
        while count >= rows:
            table = pa.Table.from_batches(held).combine_chunks()
            yield from table.slice(0, rows).to_batches()
            held = table.slice(rows).to_batches()
            count -= rows
    if count:
        yield from pa.Table.from_batches(held).combine_chunks().to_batches()


def _as_text(batch: pa.RecordBatch) -> pa.RecordBatch:
    arrays = [_text(column) for column in batch.columns]
    return pa.RecordBatch.from_arrays(arrays, names=batch.schema.names)


def _text(column: Any) -> Any:
    kind = column.type
    if pa.types.is_dictionary(kind):
        return _text(column.dictionary_decode())
    if pa.types.is_timestamp(kind):
        if kind.tz is None:
            return pc.strftime(column.cast(pa.timestamp("ms")), format="%Y-%m-%dT%H:%M:%S")
        utc = column.cast(pa.timestamp("ms", "UTC"))
        return pc.strftime(utc, format="%Y-%m-%dT%H:%M:%SZ")
    if pa.types.is_nested(kind) or pa.types.is_binary(kind):
        raise pa.ArrowInvalid("nested")
    text = column.cast(pa.string())
    return pc.if_else(pc.equal(text, ""), None, text)


@contextmanager
def table_writer(
    kind: str, out: IO[bytes], schema: pa.Schema
) -> Iterator[Callable[[pa.RecordBatch], None]]:
    """What writes batches in a form."""
    if kind == "jsonl":
        yield lambda batch: _lines(batch, out)
        return
    made = pa_csv.CSVWriter(out, schema) if kind == "csv" else pq.ParquetWriter(out, schema)
    with made as to:
        yield to.write_batch


def _lines(batch: pa.RecordBatch, out: IO[bytes]) -> None:
    for row in batch.to_pylist():
        said = {name: value for name, value in row.items() if value is not None}
        out.write(json.dumps(said, ensure_ascii=False).encode() + b"\n")


def hash_of(path: Path) -> str:
    """SHA-256 of a file, in hex."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
