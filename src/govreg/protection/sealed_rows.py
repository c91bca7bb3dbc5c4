"""Rows in sealed files: Arrow batches, compressed, that memory need never hold at once.

    sealed file (see `sealed_file`) of an Arrow IPC stream, buffers compressed with LZ4

A set of rows is split into buckets by the last character of the subject's id, so that one person
is taken out by writing one bucket anew.
"""

from __future__ import annotations

import dataclasses
import io
from collections.abc import Iterable, Iterator
from contextlib import ExitStack
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import pyarrow as pa
import pyarrow.compute as pc

from govreg.errors import IntegrityProblem
from govreg.protection.envelope import Context, Key
from govreg.protection.sealed_file import Sealing, opened, sealing

BUCKETS = "0123456789abcdefghjkmnpqrstvwxyz"
"""The last characters that a subject's id can have."""
_OPTIONS = pa.ipc.IpcWriteOptions(compression="lz4")


def write_rows(
    key: Key, path: Path, schema: pa.Schema, batches: Iterable[pa.RecordBatch], context: Context
) -> int:
    """Write batches of one schema to a sealed file; answers how many rows."""
    rows = 0
    with sealing(key, path, context) as out:
        file = pa.PythonFile(_Sink(out), mode="w")
        with pa.ipc.new_stream(file, schema, options=_OPTIONS) as to:
            for batch in batches:
                to.write_batch(batch)
                rows += batch.num_rows
    return rows


def read_rows(key: Key, path: Path, context: Context) -> Iterator[pa.RecordBatch]:
    """The batches of a sealed file.

    Raises:
        IntegrityProblem: it was altered, cut off or moved, or is no stream of rows.
    """
    try:
        with pa.ipc.open_stream(
            pa.PythonFile(_Opened(opened(key, path, context)), mode="r")
        ) as held:
            yield from held
    except pa.ArrowInvalid:
        raise IntegrityProblem("not_rows", "a sealed file of rows cannot be read") from None


def bucket_of(subject: str) -> str:
    """The bucket that a subject's rows are in."""
    return subject[-1]


def by_bucket(
    batch: pa.RecordBatch, subject: str = "subject"
) -> Iterator[tuple[str, pa.RecordBatch]]:
    """A batch split by bucket; rows keep their order inside each."""
    last = pc.utf8_slice_codeunits(batch.column(subject), -1)
    order = pc.sort_indices(last)  # stable
    sorted_batch, sorted_last = batch.take(order), last.take(order)
    begin = 0
    runs = pc.run_end_encode(sorted_last)
    for value, end in zip(runs.values.to_pylist(), runs.run_ends.to_pylist(), strict=True):
        yield value, sorted_batch.slice(begin, end - begin)
        begin = end


class Buckets:
    """Sealed files that are written side by side, one for each bucket that has rows.

    A context manager: the files take their names when the block ends well, and are gone otherwise.
    """

    def __init__(self, key: Key, folder: Path, schema: pa.Schema, context: Context) -> None:
        self._key, self._folder, self._schema, self._context = key, folder, schema, context
        self._files = ExitStack()
        self._open: dict[str, Any] = {}
        self.rows: dict[str, int] = {}

    def __enter__(self) -> Self:
        return self

    def write(self, batch: pa.RecordBatch) -> None:
        """Add the rows of a batch to their buckets."""
        for name, part in by_bucket(batch):
            if name not in self._open:
                path = bucket_path(self._folder, name)
                place = bucket_context(self._context, name)
                file = self._files.enter_context(sealing(self._key, path, place))
                sink = pa.PythonFile(_Sink(file), mode="w")
                self._open[name] = pa.ipc.new_stream(sink, self._schema, options=_OPTIONS)
            self._open[name].write_batch(part)
            self.rows[name] = self.rows.get(name, 0) + part.num_rows

    def __exit__(
        self,
        kind: type[BaseException] | None,
        problem: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if kind is None:
            for to in self._open.values():
                to.close()
        self._files.__exit__(kind, problem, trace)


def bucket_path(folder: Path, bucket: str) -> Path:
    """The file of a bucket."""
    return folder / f"{bucket}.sealed"


def bucket_context(context: Context, bucket: str) -> Context:
    """The place that a bucket is sealed for."""
    return dataclasses.replace(context, record=bucket)


class _Sink(io.RawIOBase):
    """What Arrow writes to."""

    def __init__(self, to: Sealing) -> None:
        self._to = to

    def writable(self) -> bool:
        return True

    def write(self, data: Any) -> int:
        return self._to.write(bytes(data))


class _Opened(io.RawIOBase):
    """What Arrow reads from."""

    def __init__(self, chunks: Iterator[bytes]) -> None:
        self._chunks = chunks
        self._held = b""
        self._at = 0

    def readable(self) -> bool:
        return True

    def read(self, size: int = -1) -> bytes:
        parts: list[bytes] = []
        left = size
        while left:
            if self._at == len(self._held):
                self._held, self._at = next(self._chunks, b""), 0
                if not self._held:
                    break
            part = self._held[self._at :] if left < 0 else self._held[self._at : self._at + left]
            self._at += len(part)
            left = left if left < 0 else left - len(part)
            parts.append(part)
        return b"".join(parts)
