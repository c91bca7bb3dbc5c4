"""YAML 1.2 with line numbers: `NO` is Norway, comments survive, every error names its line.

Files are read and written with comments and order kept; a write replaces the file whole.
Validation reports what is wrong, where, and what to write instead; it never repeats a value.
"""

from __future__ import annotations

import datetime as dt
import io
import os
import re
import tempfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel, ConfigDict, ValidationError
from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap, CommentedSeq
from ruamel.yaml.error import MarkedYAMLError
from ruamel.yaml.scalarbool import ScalarBoolean
from ruamel.yaml.timestamp import TimeStamp

from govreg.errors import ConfigurationProblem
from govreg.validation import Loc, wrongs

_LARGEST = 5_000_000
_DEEPEST = 64
_MOST_NODES = 1_000_000
_OTHER_VERSION = re.compile(r"^\ufeff?%YAML[ \t]+(?!1\.2(?:\s|$))", re.MULTILINE)
_ID = re.compile(r"[a-z][a-z0-9_.]{0,79}\Z")
_QUOTED = re.compile(r"""'.'|'<[^']*>'|(?P<written>(['"]).*\2)""")
"""What the reader's library puts in quotes: one sign, a kind of token, or a piece of the file."""

M = TypeVar("M", bound=BaseModel)


class StrictModel(BaseModel):
    """The base of every file model: unknown keys are refused, input stays out of errors."""

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)


@dataclass(slots=True)
class Document:
    """A file as read: its path and its mapping, comments included."""

    path: Path
    data: CommentedMap


def _yaml() -> YAML:
    yaml = YAML(typ="rt")
    yaml.version = (1, 2)
    yaml.allow_duplicate_keys = False
    yaml.preserve_quotes = True
    yaml.width = 4096
    yaml.indent(mapping=2, sequence=4, offset=2)
    return yaml


def read(path: Path) -> Document:
    """Read a file.

    Raises:
        ConfigurationProblem: missing, too large, not YAML, or not a mapping.
    """
    return parse(text_in(raw_of(path), path), path)


def raw_of(path: Path) -> bytes:
    """The bytes of a file: what is hashed and what is parsed must be the same.

    Raises:
        ConfigurationProblem: missing, too large, or not to be read.
    """
    try:
        with path.open("rb") as file:
            raw = file.read(_LARGEST + 1)
    except FileNotFoundError:
        raise ConfigurationProblem("there is no such file", file=path) from None
    except OSError as problem:
        raise ConfigurationProblem(
            f"the file cannot be read ({problem.strerror})", file=path
        ) from None
    if len(raw) > _LARGEST:
        raise ConfigurationProblem("the file is larger than 5 MB", file=path)
    return raw


def text_in(raw: bytes, path: Path) -> str:
    """The text of a file's bytes, lines ending as everywhere; `path` is only named in errors.

    Raises:
        ConfigurationProblem: it is not UTF-8.
    """
    try:
        return io.StringIO(raw.decode("utf-8"), newline=None).read()
    except UnicodeDecodeError:
        raise ConfigurationProblem("the file is not UTF-8", file=path) from None


def files_in(folder: Path) -> list[Path]:
    """The `*.yaml` files of a folder, by name.

    Raises:
        ConfigurationProblem: a file has the other ending, and would be left out in silence.
    """
    if not folder.is_dir():
        return []
    found = []
    for path in sorted(folder.iterdir()):
        if path.suffix == ".yaml" and not path.name.startswith("."):
            found.append(path)
        elif path.suffix.lower() in {".yaml", ".yml"} and not path.name.startswith("."):
            raise ConfigurationProblem(
                "only files that end in `.yaml` are read",
                f"rename it to `{path.stem}.yaml`, or take it out of `{folder.name}/`",
                file=path,
            )
    return found


def parse(text: str, path: Path) -> Document:
    """Read a document from its text; `path` is only named in errors."""
    other = _OTHER_VERSION.search(text)
    if other:
        at = text.count("\n", 0, other.start()) + 1
        raise ConfigurationProblem("files are YAML 1.2; take this line out", file=path, line=at)
    try:
        data = _yaml().load(text)
    except MarkedYAMLError as problem:
        line = problem.problem_mark.line + 1 if problem.problem_mark else None
        what = _unquoted(str(problem.problem or "it cannot be read").split("\n", 1)[0])
        if "duplicate key" in what:
            what = "a key stands here twice"
        raise ConfigurationProblem(f"not valid YAML: {what}", file=path, line=line) from None
    except Exception:  # noqa: BLE001 - the library fails in many ways on odd tags
        raise ConfigurationProblem("not valid YAML", file=path) from None
    if not isinstance(data, CommentedMap):
        raise ConfigurationProblem("a mapping of keys to values is expected", file=path, line=1)
    if not _bounded(data):
        raise ConfigurationProblem(
            "it is nested too deeply, or its aliases multiply without end", file=path
        )
    return Document(path, data)


def _unquoted(what: str) -> str:
    """The library's sentence without what it repeats of the file: passwords may begin with `*`."""
    return _QUOTED.sub(lambda held: "" if held["written"] else held[0], what).strip()


def _bounded(data: Any) -> bool:
    """Whether a document stays small when every alias in it is written out."""
    todo: list[tuple[Any, int]] = [(data, 0)]
    seen = 0
    while todo:
        node, depth = todo.pop()
        seen += 1
        if depth > _DEEPEST or seen > _MOST_NODES:
            return False
        if isinstance(node, Mapping):
            todo += [(value, depth + 1) for value in node.values()]
        elif isinstance(node, list):
            todo += [(value, depth + 1) for value in node]
    return True


def new(path: Path, data: Mapping[str, Any] | None = None) -> Document:
    """A document that is not on disk yet."""
    return Document(path, CommentedMap(data or {}))


def text_of(document: Document) -> str:
    """The document as text, comments included."""
    out = io.StringIO()
    yaml = _yaml()
    yaml.version = None  # no `%YAML 1.2` line in people's files
    yaml.dump(document.data, out)
    return out.getvalue()


def write(document: Document) -> None:
    """Replace the file whole: a reader sees the old text or the new, never a part."""
    document.path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=document.path.parent, prefix=".part-")
    part = Path(name)
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(text_of(document))
            file.flush()
            os.fsync(file.fileno())
        part.chmod(document.path.stat().st_mode & 0o777 if document.path.exists() else 0o644)
        part.replace(document.path)
    except BaseException:
        part.unlink(missing_ok=True)
        raise


def line_of(document: Document, loc: Sequence[str | int]) -> int | None:
    """The line of a place, or of the nearest place above it that is there."""
    node: Any = document.data
    line: int | None = 1
    for part in loc:
        in_map = isinstance(node, CommentedMap) and part in node
        in_list = isinstance(node, CommentedSeq) and isinstance(part, int) and part < len(node)
        if in_map or in_list:
            held = (node.lc.data or {}).get(part)
            line = held[0] + 1 if held else line
            node = node[part]
        else:
            break
    return line


def problem_at(
    document: Document, loc: Sequence[str | int], message: str, *details: str
) -> ConfigurationProblem:
    """A problem with a place in a document."""
    return ConfigurationProblem(
        message,
        *details,
        file=document.path,
        line=line_of(document, loc),
        key=".".join(_named(document.data, loc)) or None,
    )


def _named(node: Any, loc: Sequence[str | int]) -> list[str]:
    """A place for people: what has an `id` in a list is called by it."""
    names = []
    for part in loc:
        held = isinstance(node, Mapping) or (isinstance(node, list) and isinstance(part, int))
        try:
            node = node[part] if held else None
        except (KeyError, IndexError):
            node = None
        called = node.get("id") if isinstance(part, int) and isinstance(node, Mapping) else None
        names.append(called if isinstance(called, str) and _ID.match(called) else str(part))
    return names


def version_of(document: Document, marker: str, newest: int) -> int:
    """The version of a file's format, from its first key.

    Raises:
        ConfigurationProblem: the marker is missing, or newer than this program reads.
    """
    held = document.data.get(marker)
    if held is None or next(iter(document.data)) != marker:
        raise ConfigurationProblem(
            f"the file must begin with `{marker}: {newest}`",
            "" if held is None else "move the line to the top: a reader needs it first",
            file=document.path,
            line=1 if held is None else line_of(document, (marker,)),
            key=marker,
        )
    if isinstance(held, int) and not isinstance(held, bool):
        if 1 <= held <= newest:
            return held
        its = f"version {int(held)}"
    else:
        its = "another"
    raise problem_at(
        document,
        (marker,),
        f"this program reads version {newest} of this format, the file is of {its}",
    )


def validate(model: type[M], document: Document, *, at: Loc = (), node: Any = None) -> M:
    """Check a document, or a part of it, against a model.

    Raises:
        ConfigurationProblem: the first thing that is wrong; the others follow as details.
    """
    data = plain(document.data if node is None else node)
    try:
        return model.model_validate(data)
    except ValidationError as problem:
        found = [
            problem_at(document, (*at, *wrong.place), wrong.message, wrong.way_out)
            for wrong in wrongs(model, data, problem)
        ]
        first = found[0]
        first.details = (*first.details, *(str(other) for other in found[1:]))
        raise first from None


def plain(node: Any) -> Any:
    """A node without the marks of the reader: plain mappings, lists and values."""
    if isinstance(node, Mapping):
        return {str(key): plain(value) for key, value in node.items()}
    if isinstance(node, list | tuple):
        return [plain(value) for value in node]
    if isinstance(node, bool) or node is None:
        return node
    for kind, made in _PLAIN.items():
        if isinstance(node, kind):
            return made(node)
    return node


_PLAIN: Mapping[type, Callable[[Any], Any]] = {
    ScalarBoolean: bool,  # a flag with an anchor; to the library it is a number
    TimeStamp: lambda held: dt.datetime.fromisoformat(held.isoformat()),
    str: str,
    int: int,
    float: float,
}
