"""Pack files as they were parsed, kept by the hash of their bytes: YAML with line numbers is slow.

Only what was loaded without an error is kept, for all workspaces of a user: packs are law, not
secrets. A file whose bytes changed, a copy that is not the
one that was written, and a newer format are read anew. Where nothing can be written, packs are
parsed each time.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import hashlib
import json
import os
from pathlib import Path
from typing import Any

from govreg.files import whole

_FORMAT = 1
_DATE = "$date"


def user_folder() -> Path | None:
    """Where this user's programs keep what they can make again; None where there is no home."""
    given = os.environ.get("XDG_CACHE_HOME") or os.environ.get("LOCALAPPDATA")
    try:
        base = Path(given) if given else Path.home() / ".cache"
    except RuntimeError:
        return None
    return base / "govreg" / "packs"


def kept(folder: Path, raw: bytes) -> dict[str, Any] | None:
    """The content of a pack file, or None where it is not kept."""
    try:
        held = (folder / _name(raw)).read_bytes()
    except OSError:
        return None
    head, _, body = held.partition(b"\n")
    if head.decode("ascii", "replace") != f"{_FORMAT} {hashlib.sha256(body).hexdigest()}":
        return None
    try:
        found = json.loads(body, object_hook=_dated)
    except (ValueError, TypeError, KeyError):  # written by another release, or by somebody else
        return None
    return found if isinstance(found, dict) else None


def keep(folder: Path, raw: bytes, data: dict[str, Any]) -> None:
    """Keep the content of a pack file."""
    body = json.dumps(data, ensure_ascii=False, default=_undated).encode()
    head = f"{_FORMAT} {hashlib.sha256(body).hexdigest()}\n".encode()
    with contextlib.suppress(OSError):  # a workspace that cannot be written to is only slower
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        with whole(folder / _name(raw)) as file:
            file.write(head + body)


def _name(raw: bytes) -> str:
    return f"{hashlib.sha256(raw).hexdigest()}.json"


def _dated(held: dict[str, Any]) -> Any:
    if held.keys() != {_DATE}:
        return held
    written = held[_DATE]
    kind = dt.datetime if "T" in written else dt.date  # midnight is written as a moment, too
    return kind.fromisoformat(written)


def _undated(value: object) -> dict[str, str]:
    if isinstance(value, dt.date):
        return {_DATE: value.isoformat()}
    raise TypeError(f"a {type(value).__name__} has no place in a pack")
