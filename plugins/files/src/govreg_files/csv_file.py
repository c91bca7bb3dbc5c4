"""CSV: read by Arrow, rewritten record by record so that untouched records keep their bytes.

- Every value is text.
- Encoding and delimiter are found out and stated; both can be given.
- A record with too many or too few fields is an error with its line, never padded or passed over.
"""

from __future__ import annotations

import io
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, TextIO

import pyarrow as pa
import pyarrow.csv as pacsv

from govreg_files.csv_record import fields, is_blank, joined, records, value, written
from govreg_files.encoding import encoding_of
from govreg_files.format import BadFile, Edit, Layout

_BLOCK = 8 << 20
_DELIMITERS = (",", ";", "\t", "|")


class CsvFormat:
    """Files of delimited text with a header."""

    def layout(self, path: Path, given: Mapping[str, str]) -> Layout:
        """Find encoding, delimiter and header."""
        encoding, bom, guessed = encoding_of(path, given.get("encoding"))
        delimiter, names = _header(path, encoding, given.get("delimiter"), bom=bom)
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
            notes=(f"encoding: {encoding}{mark}{guess}", f"delimiter: {shown}"),
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
                _Rows(path, layout),
                read_options=pacsv.ReadOptions(
                    block_size=_BLOCK, column_names=names, encoding=layout.encoding
                ),
                parse_options=pacsv.ParseOptions(
                    delimiter=layout.delimiter, newlines_in_values=True
                ),
                convert_options=pacsv.ConvertOptions(
                    column_types=layout.columns,
                    include_columns=list(dict.fromkeys([*columns, names[-1]])),
                    strings_can_be_null=True,
                    quoted_strings_can_be_null=False,
                    null_values=[""],
                ),
            )
            yield from _without_end(reader, list(columns))
        except (pa.ArrowInvalid, UnicodeDecodeError, _Swallowed):
            pass  # Arrow's words quote the row; look for the line and say only that
        else:
            return
        for _ in _checked(path, layout):
            pass
        raise BadFile("bad_record", "a record cannot be read")

    def rewrite(self, path: Path, target: Path, layout: Layout, edits: Mapping[int, Edit]) -> int:
        """Copy records, leaving out or changing those that are named."""
        number = -1
        try:
            with (
                target.open("w", encoding=layout.encoding, newline="") as out,
                _opened(path, layout.encoding, bom=layout.bom) as file,
            ):
                out.write("\ufeff" if layout.bom else "")
                held = records(file, layout.delimiter)
                out.write(next(held, ("", 1))[0])
                for record, line in held:
                    if is_blank(record):
                        out.write(record)
                        continue
                    number += 1
                    edit = edits.get(number)
                    out.write(record if edit is None else _edited(record, line, layout, edit))
        except UnicodeEncodeError:
            raise BadFile(
                "bad_value", f"a new value cannot be written in {layout.encoding}"
            ) from None
        return number + 1


class _Swallowed(Exception):
    """The record at the end is missing: a quote before it was not closed."""


class _Rows(io.RawIOBase):
    """A file's bytes from the first record on, and one record more: a row of empty texts.

    Arrow takes a quoted field that is never closed for a value that ends with the file. It would
    swallow that last record; where it is missing, a quote was open.
    """

    def __init__(self, path: Path, layout: Layout) -> None:
        with _opened(path, layout.encoding, bom=layout.bom) as file:
            header, _ = next(records(file, layout.delimiter))
        mark = "\ufeff" if layout.bom else ""
        end = layout.delimiter.join(['""'] * len(layout.columns))
        self._end = io.BytesIO(f"\n{end}\n".encode(layout.encoding))
        self._file = path.open("rb")
        self._file.seek(len((mark + header).encode(layout.encoding)))

    def readable(self) -> bool:
        """It can be read."""
        return True

    def readinto(self, buffer: Any) -> int:
        """Fill the buffer from the file, then from what comes after it."""
        return self._file.readinto(buffer) or self._end.readinto(buffer)

    def close(self) -> None:
        """Close the file."""
        self._file.close()
        super().close()


def _without_end(
    reader: Iterator[pa.RecordBatch], columns: Sequence[str]
) -> Iterator[pa.RecordBatch]:
    """All rows but the one of empty texts that `_Rows` adds."""
    last: pa.RecordBatch | None = None
    for batch in reader:
        if batch.num_rows:
            if last is not None:
                yield last.select(columns)
            last = batch
    if last is None or last.column(last.num_columns - 1)[-1].as_py() != "":
        raise _Swallowed
    if last.num_rows > 1:
        yield last.slice(0, last.num_rows - 1).select(columns)


def _opened(path: Path, encoding: str, *, bom: bool) -> TextIO:
    file = path.open("r", encoding=encoding, newline="")
    if bom:
        file.read(1)
    return file


def _header(
    path: Path, encoding: str, delimiter: str | None, *, bom: bool
) -> tuple[str, list[str]]:
    """The delimiter and the column names; without a given one, the delimiter that cuts most."""
    found: list[tuple[str, list[str]]] = []
    for sign in (delimiter,) if delimiter else _DELIMITERS:
        with _opened(path, encoding, bom=bom) as file:
            header, _ = next(records(file, sign), ("", 1))
        if is_blank(header):
            raise BadFile("no_header", "the file has no header line", 1)
        found.append((sign, [value(field) or "" for field in fields(header, sign)]))
    return max(found, key=lambda one: len(one[1]))


def _values(record: str, layout: Layout, line: int) -> list[str]:
    """A record's fields as written, as many as the header has."""
    parts = fields(record, layout.delimiter)
    if len(parts) != len(layout.columns):
        raise BadFile(
            "ragged_row",
            f"the record has {len(parts)} fields, the header {len(layout.columns)}",
            line,
        )
    return parts


def _edited(record: str, line: int, layout: Layout, edit: Edit) -> str:
    """A record with new values, the other fields as they are written; or nothing."""
    parts = dict(zip(layout.columns, _values(record, layout, line), strict=True))
    if any(value(parts[name]) != text for name, text in edit.seen.items() if name in parts):
        raise BadFile("row_not_met", "a row that was read cannot be met again", line)
    if edit.values is None:
        return ""
    for name, text in edit.values.items():
        if text is not None and "\0" in text:
            raise BadFile("bad_value", "a new value holds a NUL", line)
        parts[name] = written(text, layout.delimiter)
    return joined(list(parts.values()), layout.delimiter, record)


def _checked(path: Path, layout: Layout) -> Iterator[None]:
    """Read every record one by one; the first that is wrong is an error with its line."""
    with _opened(path, layout.encoding, bom=layout.bom) as file:
        for number, (record, line) in enumerate(records(file, layout.delimiter)):
            if number and not is_blank(record):
                _values(record, layout, line)
                yield
