"""CSV: read by Arrow, rewritten record by record so that untouched records keep their bytes.

- Every value is text. An empty field without quotes is null, `""` is an empty text.
- Encoding and delimiter are found out and stated; both can be given.
- A record with too many or too few fields is an error with its line, never padded or passed over.
"""

from __future__ import annotations

import codecs
import csv
import io
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, TextIO

import pyarrow as pa
import pyarrow.csv as pacsv

from govreg.connectors.record import RowKey
from govreg_files.format import Action, BadFile, Layout

_BLOCK = 8 << 20
_GUESSES = ("utf-8", "cp1252", "iso-8859-15")
_DELIMITERS = (",", ";", "\t", "|")


class CsvFormat:
    """Files of delimited text with a header."""

    def layout(self, path: Path, given: Mapping[str, str]) -> Layout:
        """Find encoding, delimiter and header."""
        encoding, bom, guessed = _encoding(path, given.get("encoding"))
        quotes = _quotes(path)
        with _opened(path, encoding) as file:
            header, _ = next(_records(file, "".join(_DELIMITERS)), ("", 1))
        text = header.lstrip("\ufeff")
        if not text.strip("\r\n"):
            raise BadFile("no_header", "the file has no header line", 1)
        delimiter = given.get("delimiter") or max(_DELIMITERS, key=text.count)
        names = _fields(text, delimiter)
        if quotes % 2:
            with _opened(path, encoding) as file:
                for _ in _records(file, delimiter):
                    pass  # an open quote would make the rest of the file one field
        doubled = sorted({name for name in names if names.count(name) > 1})
        if doubled:
            raise BadFile(
                "duplicate_column", f"column `{doubled[0]}` stands twice in the header", 1
            )
        mark = " with byte order mark" if bom else ""
        guess = ", guessed" if guessed else ""
        shown = {"\t": "tab"}.get(delimiter, delimiter)
        return Layout(
            columns=dict.fromkeys(names, pa.string()),
            notes=(
                f"encoding: {encoding}{mark}{guess}",
                f"delimiter: {shown}",
            ),
            encoding=encoding,
            bom=bom,
            delimiter=delimiter,
        )

    def batches(
        self, path: Path, layout: Layout, columns: Sequence[str]
    ) -> Iterator[pa.RecordBatch]:
        """Batches of text columns."""
        names = list(layout.columns)
        try:
            reader = pacsv.open_csv(
                _Ended(path, "\n".encode(layout.encoding)),
                read_options=pacsv.ReadOptions(
                    block_size=_BLOCK,
                    column_names=names,
                    skip_rows=1,
                    encoding="utf-8" if layout.encoding == "utf-8" else layout.encoding,
                ),
                parse_options=pacsv.ParseOptions(
                    delimiter=layout.delimiter, newlines_in_values=True
                ),
                convert_options=pacsv.ConvertOptions(
                    column_types=layout.columns,
                    include_columns=list(columns),
                    strings_can_be_null=True,
                    quoted_strings_can_be_null=False,
                    null_values=[""],
                ),
            )
            yield from reader
        except (pa.ArrowInvalid, UnicodeDecodeError):
            # Arrow's words quote the row; look for the line and say only that
            for _ in _checked(path, layout):
                pass
            if _data_lines(path, layout) == 0:
                return
            raise BadFile("bad_record", "a record cannot be read") from None

    def rewrite(
        self,
        path: Path,
        target: Path,
        layout: Layout,
        key: tuple[str, ...],
        actions: Mapping[RowKey, Action],
    ) -> int:
        """Copy records, leaving out or changing those that are named."""
        names = list(layout.columns)
        at = [names.index(name) for name in key]
        changed = 0
        with (
            target.open("w", encoding=layout.encoding, newline="") as out,
            _opened(path, layout.encoding) as file,
        ):
            for number, (record, line) in enumerate(_records(file, layout.delimiter)):
                if number == 0:
                    out.write(record)
                    continue
                values = _values(record, layout, line)
                found = tuple(values[place] for place in at)
                if found not in actions:
                    out.write(record)
                    continue
                changed += 1
                action = actions[found]
                if action is not None:
                    new = [action.get(name, old) for name, old in zip(names, values, strict=True)]
                    out.write(_written(new, layout.delimiter) + _ending(record))
        return changed


class _Ended(io.RawIOBase):
    """A file that always ends with a line end: Arrow misreads an empty last field without one."""

    def __init__(self, path: Path, ending: bytes) -> None:
        self._file = path.open("rb")
        self._ending, self._last = ending, b""

    def readable(self) -> bool:
        """It can be read."""
        return True

    def readinto(self, buffer: Any) -> int:
        """Fill the buffer from the file, at its end with what is missing."""
        count = self._file.readinto(buffer)
        if count:
            self._last = bytes(buffer[max(0, count - len(self._ending)) : count])
            return count
        missing = b"" if self._last == self._ending else self._ending
        self._last = self._ending
        buffer[: len(missing)] = missing
        return len(missing)

    def close(self) -> None:
        """Close the file."""
        self._file.close()
        super().close()


def _encoding(path: Path, given: str | None) -> tuple[str, bool, bool]:
    """Encoding, byte order mark, and whether it was guessed."""
    with path.open("rb") as file:
        head = file.read(4)
    for mark, name in (
        (codecs.BOM_UTF8, "utf-8"),
        (codecs.BOM_UTF16_LE, "utf-16-le"),
        (codecs.BOM_UTF16_BE, "utf-16-be"),
    ):
        if head.startswith(mark):
            _decodes(path, name, strict=True)
            return name, True, False
    if given:
        _decodes(path, given, strict=True)
        return given, False, False
    for name in _GUESSES:
        if _decodes(path, name, strict=name == _GUESSES[-1]):
            return name, False, name != "utf-8"
    raise BadFile("wrong_encoding", "the file is in no known encoding")


def _decodes(path: Path, encoding: str, *, strict: bool) -> bool:
    """Whether the whole file is text in an encoding; a NUL is never text."""
    line = 1
    try:
        decoder = codecs.getincrementaldecoder(encoding)()
    except LookupError:
        raise BadFile("wrong_encoding", f"there is no encoding `{encoding}`") from None
    with path.open("rb") as file:
        while True:
            chunk = file.read(_BLOCK)
            try:
                text = decoder.decode(chunk, final=not chunk)
            except UnicodeDecodeError as problem:
                if strict:
                    at = line + chunk[: problem.start].count(b"\n")
                    raise BadFile(
                        "wrong_encoding", f"a byte is no text in {encoding}", at
                    ) from None
                return False
            if "\0" in text:
                at = line + text[: text.index("\0")].count("\n")
                raise BadFile("nul_byte", "the file holds a NUL byte", at)
            line += text.count("\n")
            if not chunk:
                return True


def _quotes(path: Path) -> int:
    """How many quotes a file holds; an odd number may mean that one is open."""
    with path.open("rb") as file:
        return sum(chunk.count(b'"') for chunk in iter(lambda: file.read(_BLOCK), b""))


def _opened(path: Path, encoding: str) -> TextIO:
    return path.open("r", encoding=encoding, newline="")


def _records(file: TextIO, delimiters: str) -> Iterator[tuple[str, int]]:
    """Whole records with the line that they begin on; a quoted field may span lines."""
    parts: list[str] = []
    start = line = 1
    inside = False
    for text in file:
        parts.append(text)
        line += 1
        if inside or '"' in text:
            inside = _still_quoted(text, delimiters, inside=inside)
        if not inside:
            yield "".join(parts), start
            parts, start = [], line
    if parts:
        raise BadFile("open_quote", "a quoted field is not closed", start)


def _still_quoted(text: str, delimiters: str, *, inside: bool) -> bool:
    """Whether a line ends inside quotes. A quote in the middle of a plain field is only a sign."""
    at_start = not inside
    signs = iter(text)
    for sign in signs:
        if inside:
            if sign == '"':
                inside = False  # a doubled quote opens again at the next sign
                at_start = True
            continue
        inside = sign == '"' and at_start
        at_start = sign in delimiters
    return inside


def _fields(record: str, delimiter: str) -> list[str]:
    return next(csv.reader([record.rstrip("\r\n")], delimiter=delimiter), [])


def _values(record: str, layout: Layout, line: int) -> list[str | None]:
    """A record's values, an empty field without quotes as None."""
    body = record.rstrip("\r\n")
    raw = _split(body, layout.delimiter) if '"' in body else body.split(layout.delimiter)
    if len(raw) != len(layout.columns):
        raise BadFile(
            "ragged_row",
            f"the record has {len(raw)} fields, the header {len(layout.columns)}",
            line,
        )
    return [_unquoted(part) for part in raw]


def _split(body: str, delimiter: str) -> list[str]:
    """The fields of a record as they are written, quotes included."""
    parts: list[str] = []
    for part in body.split(delimiter):
        if parts and _still_quoted(parts[-1], delimiter, inside=False):
            parts[-1] += delimiter + part
        else:
            parts.append(part)
    return parts


def _unquoted(raw: str) -> str | None:
    if raw.startswith('"') and raw.endswith('"') and len(raw) > 1:
        return raw[1:-1].replace('""', '"')
    return raw or None


def _written(values: list[Any], delimiter: str) -> str:
    parts = []
    for value in values:
        if value is None:
            parts.append("")
            continue
        text = str(value)
        special = not text or any(sign in text for sign in (delimiter, '"', "\n", "\r"))
        quoted = text.replace('"', '""')
        parts.append(f'"{quoted}"' if special else text)
    return delimiter.join(parts)


def _ending(record: str) -> str:
    return record[len(record.rstrip("\r\n")) :]


def _checked(path: Path, layout: Layout) -> Iterator[None]:
    """Read every record one by one; the first that is wrong is an error with its line."""
    with _opened(path, layout.encoding) as file:
        for number, (record, line) in enumerate(_records(file, layout.delimiter)):
            if number and record.strip("\r\n"):
                _values(record, layout, line)
                yield


def _data_lines(path: Path, layout: Layout) -> int:
    return sum(1 for _ in _checked(path, layout))
