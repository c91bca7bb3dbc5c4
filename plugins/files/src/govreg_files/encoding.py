"""Which encoding a text file is in: by its mark, by what is given, or by trying.

An encoding is only taken when the whole file is text in it and would be written back with the
same bytes, so that rewriting a file leaves untouched records as they are.
"""

from __future__ import annotations

import codecs
from pathlib import Path

from govreg_files.format import BadFile

_BLOCK = 8 << 20
_GUESSES = ("utf-8", "cp1252", "iso-8859-15")
_PLAIN = {"utf-8-sig": "utf-8", "utf-16": "utf-16-le", "utf-32": "utf-32-le"}
"""Encodings that write a mark of their own; a file without one is in the plain form."""
_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)


def encoding_of(path: Path, given: str | None) -> tuple[str, bool, bool]:
    """Encoding, byte order mark, and whether it was guessed.

    Raises:
        BadFile: the file is no text in it, or in none that is known.
    """
    with path.open("rb") as file:
        head = file.read(4)
    for mark, name in _MARKS:
        if head.startswith(mark):
            _decodes(path, name, strict=True)
            return name, True, False
    if given:
        name = _named(given)
        _decodes(path, name, strict=True)
        return name, False, False
    for name in _GUESSES:
        if _decodes(path, name, strict=name == _GUESSES[-1]):
            return name, False, name != "utf-8"
    raise BadFile("wrong_encoding", "the file is in no known encoding")


def _named(given: str) -> str:
    try:
        found = codecs.lookup(given)
        "a".encode(found.name)
    except LookupError:
        raise BadFile("wrong_encoding", f"there is no encoding `{given}`") from None
    return _PLAIN.get(found.name, found.name)


def _decodes(path: Path, encoding: str, *, strict: bool) -> bool:
    """Whether the whole file is text in an encoding; a NUL is never text."""
    line = 1
    decoder = codecs.getincrementaldecoder(encoding)()
    encoder = codecs.getincrementalencoder(encoding)()
    waiting = b""
    with path.open("rb") as file:
        while True:
            chunk = file.read(_BLOCK)
            try:
                text = decoder.decode(chunk, final=not chunk)
                again = encoder.encode(text, final=not chunk)
            except UnicodeError as problem:
                if not strict:
                    return False
                start = problem.start if isinstance(problem, UnicodeDecodeError) else 0
                at = line + chunk[:start].count(b"\n")
                raise BadFile("wrong_encoding", f"a byte is no text in {encoding}", at) from None
            waiting += chunk
            if not waiting.startswith(again):
                raise BadFile(
                    "wrong_encoding", f"{encoding} would not give the same bytes back", line
                )
            waiting = waiting[len(again) :]
            if "\0" in text:
                at = line + text[: text.index("\0")].count("\n")
                raise BadFile("nul_byte", "the file holds a NUL byte", at)
            line += text.count("\n")
            if not chunk:
                return True
