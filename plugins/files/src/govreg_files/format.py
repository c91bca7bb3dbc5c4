"""What a file format must offer, and what can go wrong in a file."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import pyarrow as pa

from govreg.register.catalogue import Catalogue


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    """What was found out about a file: its columns and how it is written."""

    columns: Mapping[str, pa.DataType]
    required: frozenset[str] = frozenset()
    """Columns that cannot be null."""
    notes: tuple[str, ...] = ()
    encoding: str = "utf-8"
    bom: bool = False
    delimiter: str = ","


@dataclass(frozen=True, slots=True, kw_only=True)
class Edit:
    """What becomes of one row of a file."""

    seen: Mapping[str, Any]
    """What was read in the row when it was looked for."""
    values: Mapping[str, Any] | None
    """New values, each in the type that the file's layout gives its column; None to delete."""


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
    fault: str | None = None
    """Why it cannot be used at all: `no_table`, `outside_folder`."""


class Folder(Protocol):
    """An open folder, as changing it needs it."""

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

    def rewrite(self, path: Path, target: Path, layout: Layout, edits: Mapping[int, Edit]) -> int:
        """Write the file anew with some rows changed or left out; returns how many rows it had.

        Rows are numbered from 0 in the order in which `batches` gives them. Rows that are not
        named are written as they were, byte for byte where the format has bytes for a row.

        Raises:
            BadFile: a new value does not fit (`bad_value`), or the row at a number is not the one
                that was seen there (`row_not_met`).
        """
