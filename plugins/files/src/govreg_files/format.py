"""What a file format must offer, and what can go wrong in a file."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import pyarrow as pa

from govreg.connectors.record import RowKey

Action = Mapping[str, Any] | None
"""New values for a row, or None to delete it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    """What was found out about a file: its columns and how it is written."""

    columns: Mapping[str, pa.DataType]
    notes: tuple[str, ...] = ()
    encoding: str = "utf-8"
    bom: bool = False
    delimiter: str = ","


class BadFile(Exception):
    """A file is not what it claims to be; code and line, never a value."""

    def __init__(self, code: str, message: str, line: int | None = None) -> None:
        super().__init__(message)
        self.code, self.message, self.line = code, message, line


class Format(Protocol):
    """Reads and rewrites files of one kind."""

    def layout(self, path: Path, given: Mapping[str, str]) -> Layout:
        """Look at a whole file: columns, encoding, dialect.

        Raises:
            BadFile: it cannot be read.
        """

    def batches(
        self, path: Path, layout: Layout, columns: Sequence[str]
    ) -> Iterator[pa.RecordBatch]:
        """Columns of the file's rows in order, in memory that does not grow with the file.

        Raises:
            BadFile: a row cannot be read; none is passed over.
        """

    def rewrite(
        self,
        path: Path,
        target: Path,
        layout: Layout,
        key: tuple[str, ...],
        actions: Mapping[RowKey, Action],
    ) -> int:
        """Write the file anew with some rows changed or left out; returns how many.

        Rows that are not named are written as they were, byte for byte where the format has bytes
        for a row.
        """
