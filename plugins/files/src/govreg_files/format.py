"""What a file format must offer, and what can go wrong in a file."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import pyarrow as pa

from govreg.connectors.record import RowKey
from govreg.register.catalogue import Catalogue

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


@dataclass(frozen=True, slots=True, kw_only=True)
class FileSet:
    """A collection: one file or several parts of one kind."""

    name: str
    format: Format
    kind: str
    paths: tuple[Path, ...]
    given: Mapping[str, str]
    """What the source's settings say of it: encoding, delimiter."""
    key: tuple[str, ...]


class Folder(Protocol):
    """An open folder, as rewriting needs it."""

    sets: Mapping[str, FileSet]

    def discover(self) -> Catalogue:
        """The live schema of every collection."""

    def layout(self, held: FileSet, path: Path) -> Layout:
        """How a file is written."""

    def columns(self, held: FileSet) -> Mapping[str, pa.DataType]:
        """The columns of all parts together."""

    def batches(
        self, held: FileSet, columns: Sequence[str], path: Path | None = None
    ) -> Iterator[pa.RecordBatch]:
        """The rows of all parts, or of one."""


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
