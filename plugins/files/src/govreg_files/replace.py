"""Put new files in the place of old ones, so that a crash in between can be made good.

    (1) what a killed run left is settled: a started replacement goes on, loose parts are removed
    (2) new files are written beside the old ones and synced
    (3) an intent names every old file with its stamp and its new file, and is synced
    (4) each old file is replaced by its new one, the folder is synced
    (5) the intent is removed

- Before (3) a crash leaves every old file as it was. After (3) the next change of the folder
  carries the replacement on, so a set of files ends as all new or, where a file was changed by
  another program meanwhile, with that file as the other program left it.
- The intent is locked while its run lives: a replacement is carried on by one process only.
"""

from __future__ import annotations

import fcntl
import json
import os
import re
import tempfile
from collections.abc import Generator, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from govreg.files import sync_folder

Stamp = tuple[int, int, int]
_PART = r"\.{name}\.[a-z0-9_]{{8}}\.part"
_FORMAT = 1


class Busy(Exception):
    """Another process is replacing files here."""


@dataclass(frozen=True, slots=True)
class New:
    """A new file beside the one that it will replace."""

    collection: str
    path: Path
    part: Path
    stamp: Stamp


def stamp(path: Path) -> Stamp:
    """What tells one state of a file from another."""
    stat = path.stat()
    return (stat.st_ino, stat.st_mtime_ns, stat.st_size)


def locked(path: Path, held: ExitStack) -> int:
    """Lock the file that stands at a path until the stack is closed; returns its inode.

    Raises:
        Busy: another process holds it.
    """
    while True:
        file = held.enter_context(path.open("rb"))
        _lock(file.fileno())
        inode = os.fstat(file.fileno()).st_ino
        if inode == path.stat().st_ino:  # else it was replaced before the lock was there
            return inode


def settle(root: Path, paths: Sequence[Path]) -> None:
    """Step (1): carry started replacements on, remove loose parts beside some locked files.

    Raises:
        Busy: a replacement is under way in another process.
    """
    folder = root if root.is_dir() else root.parent
    for intent in sorted(folder.glob(".govreg-*.intent")):
        try:
            file = intent.open("rb")
        except FileNotFoundError:
            continue  # its run has just come to its end
        with file:
            _lock(file.fileno())
            _carried_on(folder, file.read())
            intent.unlink(missing_ok=True)
    for path in paths:
        pattern = re.compile(_PART.format(name=re.escape(path.name)))
        for part in path.parent.iterdir():
            if pattern.fullmatch(part.name):
                part.unlink(missing_ok=True)


@contextmanager
def beside(path: Path) -> Iterator[Path]:
    """A place for a new file; whatever is left of it afterwards is removed."""
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.", suffix=".part")
    os.close(handle)
    part = Path(name)
    try:
        yield part
    finally:
        part.unlink(missing_ok=True)


def keep_ownership(path: Path, part: Path) -> None:
    """Give a new file the old one's mode and owner, and put it on disk."""
    with part.open("rb+") as file:
        os.fsync(file.fileno())
    stat = path.stat()
    part.chmod(stat.st_mode & 0o7777)
    if (stat.st_uid, stat.st_gid) != (os.getuid(), os.getgid()):
        os.chown(part, stat.st_uid, stat.st_gid)


def replace(root: Path, made: Sequence[New]) -> Generator[New, None, None]:
    """Steps (3) to (5); gives each file once it is replaced. Closing it early replaces the rest.

    Raises:
        OSError: a file could not be replaced; those given so far are.
    """
    folder = root if root.is_dir() else root.parent
    handle, name = tempfile.mkstemp(dir=folder, prefix=".govreg-", suffix=".intent")
    intent = Path(name)
    waiting = list(made)
    try:
        _lock(handle)
        os.write(handle, _said(folder, made))
        os.fsync(handle)
        sync_folder(folder)
        while waiting:
            yield _put(waiting.pop(0))
    except GeneratorExit:
        for new in waiting:
            _put(new)
        raise
    finally:
        intent.unlink(missing_ok=True)
        os.close(handle)


def _put(new: New) -> New:
    new.part.replace(new.path)
    sync_folder(new.path.parent)
    return new


def _lock(handle: int) -> None:
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        raise Busy from None


def _said(folder: Path, made: Sequence[New]) -> bytes:
    files = [
        {
            "path": str(new.path.relative_to(folder)),
            "part": str(new.part.relative_to(folder)),
            "stamp": list(new.stamp),
        }
        for new in made
    ]
    return json.dumps({"version": _FORMAT, "files": files}).encode()


def _carried_on(folder: Path, intent: bytes) -> None:
    try:
        held = json.loads(intent)
    except ValueError:
        return  # it was cut off while it was written, so nothing was replaced
    for one in held["files"]:
        _finished(folder, one)


def _finished(folder: Path, one: Mapping[str, object]) -> None:
    path, part = folder / str(one["path"]), folder / str(one["part"])
    inside = all(p.parent.resolve().is_relative_to(folder.resolve()) for p in (path, part))
    if not inside or not part.exists():
        return  # it was replaced, or is not ours to touch
    if path.exists() and list(stamp(path)) == one["stamp"]:
        part.replace(path)
        sync_folder(path.parent)
    else:
        part.unlink()  # another program has changed the file since
