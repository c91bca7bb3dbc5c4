"""The connector `files`: a folder of CSV, JSON Lines and Parquet files as a source.

Keys come from the register, as files have none; what looks like one is noted.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import ClassVar, Literal

from pydantic import Field, field_validator

from govreg.connectors.interface import ConnectorConfig, Context
from govreg.errors import SourceProblem
from govreg_files.csv_file import CsvFormat
from govreg_files.folder import Declared, collections_of
from govreg_files.format import Format
from govreg_files.json_lines import JsonLinesFormat
from govreg_files.kept import KeptLayouts
from govreg_files.parquet_file import ParquetFormat
from govreg_files.session import FilesSession

_READERS: Mapping[str, Format] = {
    "csv": CsvFormat(),
    "jsonl": JsonLinesFormat(),
    "parquet": ParquetFormat(),
}


class FileConfig(ConnectorConfig):
    """One collection."""

    path: str
    """A file name, or a pattern such as `invoices-*.parquet`."""
    format: Literal["csv", "jsonl", "parquet"] | None = None
    encoding: str | None = None
    delimiter: str | None = Field(default=None, min_length=1, max_length=1)
    key: tuple[str, ...] = ()

    @field_validator("delimiter")
    @classmethod
    def _one_sign(cls, value: str | None) -> str | None:
        if value is not None and (not value.isascii() or value in '"\r\n\0'):
            raise ValueError("must be one ASCII sign and neither a quote nor a line end")
        return value


class FilesConfig(ConnectorConfig):
    """Settings of a source with connector `files`."""

    path: str
    """A folder, or one file; relative paths start in the workspace."""
    files: dict[str, FileConfig] = {}
    """Collections by name; without it, every file by its stem, numbered parts together."""


class FilesConnector:
    """Opens folders."""

    Config: ClassVar[type[ConnectorConfig]] = FilesConfig
    api_version: ClassVar[int] = 1

    def __init__(self) -> None:
        self._layouts = KeptLayouts()

    def open(self, config: ConnectorConfig, context: Context) -> FilesSession:
        """Open a folder; see the connector contract."""
        if not isinstance(config, FilesConfig):
            raise TypeError("the connector `files` needs its own configuration")
        declared = {
            name: Declared(
                path=file.path,
                kind=file.format,
                key=file.key,
                given={
                    word: value
                    for word, value in (("encoding", file.encoding), ("delimiter", file.delimiter))
                    if value is not None
                },
            )
            for name, file in config.files.items()
        }
        try:
            root = (context.workspace / config.path).resolve()
            sets = collections_of(root, declared, _READERS, context.source)
        except OSError as problem:
            reason = os.strerror(problem.errno or 0)
        else:
            return FilesSession(source=context.source, root=root, sets=sets, layouts=self._layouts)
        raise SourceProblem(
            "unreachable", f"its path cannot be opened ({reason})", source=context.source
        )
