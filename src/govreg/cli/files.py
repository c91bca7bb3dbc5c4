"""Small files that commands are given."""

from __future__ import annotations

import re
from pathlib import Path

from govreg.errors import NotFound, UsageProblem

_KEY = re.compile(r"[^+\s]+\+[0-9a-fA-F]+\+\S+")
"""A public key as text: name, id and value; several stand one a line."""


def key_text(given: str) -> str:
    """A public key that was given as text, or in a file.

    Raises:
        NotFound: it is no key, and there is no such file.
        UsageProblem: the file holds no text.
    """
    lines = given.split()
    if lines and all(_KEY.fullmatch(line) for line in lines):
        return given
    return text_of(
        Path(given),
        "`govreg audit checkpoint` writes the key to `.govreg/audit/public-key.txt`",
        "`govreg erasure certificate ID -o FOLDER` copies it beside a certificate",
    )


def published_key(folder: Path) -> str:
    """The public key that a published log bears.

    Raises:
        NotFound: nothing was published there.
    """
    return text_of(
        folder / "public-key.txt", "`govreg audit checkpoint` publishes the log and its key"
    )


def checkpoint_text(path: Path) -> str:
    """A checkpoint that was kept elsewhere.

    Raises:
        NotFound: there is no such file.
        UsageProblem: the file holds no text.
    """
    return text_of(path, f"`govreg audit checkpoint > {path}` makes one")


def text_of(path: Path, *ways_out: str) -> str:
    """The text of a file that a person named.

    Raises:
        NotFound: there is no such file.
        UsageProblem: it holds no text, or may not be read.
    """
    try:
        return path.read_text(encoding="utf-8")
    except (FileNotFoundError, NotADirectoryError):
        raise NotFound(f"there is no file `{path}`", *ways_out) from None
    except IsADirectoryError:
        raise UsageProblem(f"`{path}` is a folder, not a file", *ways_out) from None
    except UnicodeDecodeError:
        raise UsageProblem(f"`{path}` holds no text", *ways_out) from None
    except (OSError, ValueError) as problem:  # ValueError: a name that no file can have
        reason = getattr(problem, "strerror", None) or "no file can have this name"
        raise UsageProblem(f"`{path}` cannot be read ({reason})", *ways_out) from None
