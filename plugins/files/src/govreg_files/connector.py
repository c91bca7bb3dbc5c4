"""The connector `files`: a folder of CSV, JSON Lines and Parquet files as a source.

- A collection is one file, or several parts of one kind named by a pattern.
- Paths stay inside the configured folder; a link out of it is refused.
- Keys come from the register, as files have none; what looks like one is noted.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import ClassVar, Literal

from pydantic import Field

from govreg.connectors.interface import ConnectorConfig, Context
from govreg.errors import ConfigurationProblem, SourceProblem
from govreg_files.csv_file import CsvFormat
from govreg_files.format import FileSet, Format
from govreg_files.json_lines import JsonLinesFormat
from govreg_files.parquet_file import ParquetFormat
from govreg_files.session import FilesSession

FORMATS: Mapping[str, Format] = {
    "csv": CsvFormat(),
    "jsonl": JsonLinesFormat(),
    "parquet": ParquetFormat(),
}
_SUFFIXES = {".csv": "csv", ".jsonl": "jsonl", ".ndjson": "jsonl", ".parquet": "parquet"}


class FileConfig(ConnectorConfig):
    """One collection."""

    path: str
    """A file name, or a pattern such as `invoices-*.parquet`."""
    format: Literal["csv", "jsonl", "parquet"] | None = None
    encoding: str | None = None
    delimiter: str | None = Field(default=None, min_length=1, max_length=1)
    key: tuple[str, ...] = ()


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

    def open(self, config: ConnectorConfig, context: Context) -> FilesSession:
        """Open a folder; see the connector contract."""
        if not isinstance(config, FilesConfig):
            raise TypeError("the connector `files` needs its own configuration")
        root = Path(config.path)
        root = root if root.is_absolute() else context.workspace / root
        if not root.exists():
            raise SourceProblem(
                "unreachable", "there is no file or folder at its path", source=context.source
            )
        sets = _declared(root, config, context) if config.files else _by_stem(root)
        return FilesSession(source=context.source, root=root, sets=sets)


def _declared(root: Path, config: FilesConfig, context: Context) -> dict[str, FileSet]:
    folder = root if root.is_dir() else root.parent
    sets: dict[str, FileSet] = {}
    for name, file in config.files.items():
        if Path(file.path).is_absolute() or ".." in Path(file.path).parts:
            raise ConfigurationProblem(
                f"source `{context.source}`: `{file.path}` leads out of the source's folder",
                key=f"config.files.{name}.path",
            )
        paths = tuple(sorted(p for p in folder.glob(file.path) if p.is_file()))
        kind = file.format or _SUFFIXES.get(Path(file.path).suffix.lower())
        if kind is None:
            raise ConfigurationProblem(
                f"source `{context.source}`: the format of `{name}` is not known",
                "write `format: csv`, `jsonl` or `parquet`",
                key=f"config.files.{name}.format",
            )
        given = {
            key: value
            for key, value in (("encoding", file.encoding), ("delimiter", file.delimiter))
            if value is not None
        }
        sets[name] = FileSet(
            name=name, format=FORMATS[kind], kind=kind, paths=paths, given=given, key=file.key
        )
    return sets


def _by_stem(root: Path) -> dict[str, FileSet]:
    """Every file of a known kind; `invoices-2019` and `invoices-2020` are parts of `invoices`."""
    files = [root] if root.is_file() else sorted(p for p in root.iterdir() if p.is_file())
    grouped: dict[tuple[str, str], list[Path]] = {}
    for path in files:
        kind = _SUFFIXES.get(path.suffix.lower())
        if kind is not None:
            grouped.setdefault((_stem(path), kind), []).append(path)
    sets = {}
    for (stem, kind), paths in grouped.items():
        clash = sum(1 for other, _ in grouped if other == stem) > 1
        name = f"{stem}_{kind}" if clash else stem
        sets[name] = FileSet(
            name=name, format=FORMATS[kind], kind=kind, paths=tuple(paths), given={}, key=()
        )
    return sets


def _stem(path: Path) -> str:
    head, dash, tail = path.stem.rpartition("-")
    return head if dash and tail.isdigit() and head else path.stem
