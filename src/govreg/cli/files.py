"""Small files that commands are given."""

from __future__ import annotations

from pathlib import Path

from govreg.errors import NotFound


def text_of(path: Path) -> str:
    """The text of a file that a person named.

    Raises:
        NotFound: it cannot be read.
    """
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        raise NotFound(f"`{path}` cannot be read as text") from None
