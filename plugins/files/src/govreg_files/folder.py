"""Which files of a folder are collections, and that none lies outside it.

- A collection is one file, or several parts of one kind.
- A link inside the folder is followed; one that leads out is named and never read.
- No file is lost and none belongs to two collections.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from govreg.errors import ConfigurationProblem
from govreg_files.format import FileSet, Format

FORMATS = {".csv": "csv", ".jsonl": "jsonl", ".ndjson": "jsonl", ".parquet": "parquet"}
"""Formats by the ending of a file's name."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Declared:
    """A collection as the source's settings describe it."""

    path: str
    kind: str | None
    key: tuple[str, ...]
    given: Mapping[str, str]


def collections_of(
    root: Path, declared: Mapping[str, Declared], readers: Mapping[str, Format], source: str
) -> dict[str, FileSet]:
    """The collections of a folder or of one file, those that cannot be read with their fault.

    Raises:
        ConfigurationProblem: the settings do not make sense.
        OSError: the folder cannot be looked into.
    """
    is_file = root.is_file()
    folder = root.parent if is_file else root
    present = [root] if is_file else sorted(p for p in folder.iterdir() if not _is_ours(p))
    if declared:
        sets = {
            name: _declared(name, one, folder, readers, source) for name, one in declared.items()
        }
    else:
        sets = _by_stem(folder, present, readers, source)
        if is_file and not sets:
            raise ConfigurationProblem(
                f"source `{source}`: the format of `{root.name}` is not known",
                "describe it under `files:` with `format: csv`, `jsonl` or `parquet`",
                key="config.path",
            )
    _no_file_twice(sets, source)
    return sets


def _is_ours(path: Path) -> bool:
    """A file that a change writes beside others and takes away again."""
    return path.name.startswith(".") and path.suffix in {".part", ".intent"}


def _declared(
    name: str, one: Declared, folder: Path, readers: Mapping[str, Format], source: str
) -> FileSet:
    key = f"config.files.{name}"
    if Path(one.path).is_absolute() or ".." in Path(one.path).parts:
        raise ConfigurationProblem(
            f"source `{source}`: `{one.path}` leads out of the source's folder", key=f"{key}.path"
        )
    kind = one.kind or FORMATS.get(Path(one.path).suffix.lower())
    if kind is None:
        raise ConfigurationProblem(
            f"source `{source}`: the format of `{name}` is not known",
            "write `format: csv`, `jsonl` or `parquet`",
            key=f"{key}.format",
        )
    try:
        paths = sorted(p for p in folder.glob(one.path) if not p.is_dir() and not _is_ours(p))
    except (ValueError, NotImplementedError, IndexError):
        raise ConfigurationProblem(
            f"source `{source}`: `{one.path}` is no file name and no pattern",
            "write a file name such as `a.csv`, or a pattern such as `a-*.csv`",
            key=f"{key}.path",
        ) from None
    return _set(name, kind, paths, folder, readers, one)


def _by_stem(
    folder: Path, present: list[Path], readers: Mapping[str, Format], source: str
) -> dict[str, FileSet]:
    """Every file of a known kind; `invoices-2019` and `invoices-2020` are parts of `invoices`."""
    files = [path for path in present if path.is_symlink() or path.is_file()]
    own = {path for path in files if not path.is_symlink()}
    grouped: dict[tuple[str, str], list[Path]] = {}
    for path in files:
        kind = FORMATS.get(path.suffix.lower())
        same = path.is_symlink() and path.resolve() in own and _kind(path.resolve()) is not None
        if kind is not None and not same and not path.is_dir():
            grouped.setdefault((_stem(path), kind), []).append(path)
    sets: dict[str, FileSet] = {}
    for (stem, kind), paths in grouped.items():
        name = f"{stem}_{kind}" if sum(other == stem for other, _ in grouped) > 1 else stem
        if name in sets:
            raise ConfigurationProblem(
                f"source `{source}`: two collections would be called `{name}`",
                "name the files yourself under `files:`",
                key="config.files",
            )
        sets[name] = _set(name, kind, paths, folder, readers, None)
    return sets


def _kind(path: Path) -> str | None:
    return FORMATS.get(path.suffix.lower())


def _stem(path: Path) -> str:
    head, dash, tail = path.stem.rpartition("-")
    return head if dash and tail.isdigit() and head else path.stem


def _set(
    name: str,
    kind: str,
    paths: list[Path],
    folder: Path,
    readers: Mapping[str, Format],
    one: Declared | None,
) -> FileSet:
    real = list(dict.fromkeys(path.resolve() for path in paths))
    fault = None
    if not all(path.is_relative_to(folder.resolve()) for path in real):
        fault = "outside_folder"
    elif not real or not all(path.exists() for path in real):
        fault = "no_table"
    return FileSet(
        name=name,
        format=readers[kind],
        kind=kind,
        paths=() if fault else tuple(real),
        given=one.given if one else {},
        key=one.key if one else (),
        fault=fault,
    )


def _no_file_twice(sets: Mapping[str, FileSet], source: str) -> None:
    owner: dict[Path, str] = {}
    for name, path in _pairs(sets):
        if owner.setdefault(path, name) != name:
            raise ConfigurationProblem(
                f"source `{source}`: `{path.name}` belongs to `{owner[path]}` and to `{name}`",
                "a file can be in one collection only",
                key="config.files",
            )


def _pairs(sets: Mapping[str, FileSet]) -> Iterator[tuple[str, Path]]:
    for name, held in sets.items():
        for path in held.paths:
            yield name, path
