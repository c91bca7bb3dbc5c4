"""Small files that commands are given."""

from __future__ import annotations

from pathlib import Path

from govreg.errors import NotFound


def key_text(given: str) -> str:
    """A public key that was given as text, or in a file."""
    return given if "+" in given and not Path(given).exists() else text_of(Path(given))


def text_of(path: Path) -> str:
    """The text of a file that a person named.

    Raises:
        NotFound: it cannot be read.
    """
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        raise NotFound(f"`{path}` cannot be read as text") from None
