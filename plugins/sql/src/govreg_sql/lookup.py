"""Conditions that look rows up: by a folded text, by keys.

- A look-up that an index serves is written in the index's form. Such an index holds outer blanks
  as letters, so the wanted texts are asked for with the few blanks that occur in practice.
- Where the source's own equality is wider than ours (letter case, trailing blanks), the condition
  is followed by an exact one. Only over a foreign key the source's own equality stands alone: it
  is what makes the child the parent's.
- SQLite lowers ASCII letters only, so a text is compared by a function of ours, which is as quick
  as its own; an index on `lower(column)` is used while every wanted text is ASCII. PostgreSQL with
  a plain C locale borrows an ICU collation for other letters.
- Without an index the whole collection is read at the source; `ColumnFacts.indexed` says so.
- Keys are converted to the column's type; one that does not convert matches nothing.
"""

from __future__ import annotations

import decimal
import json
import re
import uuid
from collections.abc import Iterator, Sequence
from typing import Any

import pyarrow as pa
import sqlalchemy as sa
from sqlalchemy.dialects import postgresql
from sqlalchemy.sql.elements import ColumnElement

from govreg.connectors.record import RowKey
from govreg.connectors.values import NotComparable, coerced, number_of
from govreg.register.catalogue import Fold
from govreg_sql.shape import Form, Shape
from govreg_sql.types import Kind, Raw, Way, record_type

_DROPPED = " -.()/\u00a0\u2010\u2011\u2012\u2013\t"
_TABLE = str.maketrans("", "", _DROPPED)
_LIKE_A_NUMBER = re.compile(r"\s*[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?\s*", re.ASCII)
"""What SQLite takes for a number where it is compared with a column of numbers."""
_BLANKS = " \t\n\r\x0b\x0c\x1c\x1d\x1e\x1f\x85\u00a0\u2000\u2002\u2003\u2009\u202f\u3000"
_BEFORE = ("", " ", "  ", "\t", "\u00a0")
_AFTER = ("", " ", "  ", "\t", "\n", "\r", "\r\n", "\u00a0")
_MOST_VALUES = {"sqlite": 30_000, "postgresql": 60_000}


def folded(value: Any) -> str | None:
    """A stored value without outer blanks and letter case."""
    return None if value is None else str(value).strip().lower()


def compact(value: Any) -> str | None:
    """A stored value without the signs that people put between digits."""
    return None if value is None else str(value).translate(_TABLE).lower()


class Conditions:
    """Makes the conditions of one table's look-ups."""

    def __init__(self, shape: Shape, dialect: str, *, letters: str | None = None) -> None:
        self.shape, self.dialect = shape, dialect
        self.letters = letters
        """PostgreSQL: the collation that knows every letter, where the database's own does not."""

    # by a folded text

    def matching(
        self, field: str, wanted: Sequence[str], fold: Fold
    ) -> Iterator[ColumnElement[bool]]:
        """The conditions, one for each statement, that a field equals one of some folded texts."""
        kind = self.shape.kinds[field]
        typed = not pa.types.is_string(kind.arrow) or kind.way in {Way.NUMBER, Way.UUID}
        if fold is Fold.EXACT or typed:
            yield from self.among([field], [(text,) for text in wanted], exact=True)
            return
        texts = [text for text in dict.fromkeys(wanted) if self._is_text(text)]
        form = self._form(field, fold, texts)
        width = 1 if form is None else len(_BEFORE) * len(_AFTER) + 1
        for part in self._parts(texts, width):
            if fold is Fold.COMPACT:
                yield self._exactly(self._compacted(field, part), part)
            else:
                yield self._caseless(field, part, form)

    def _form(self, field: str, fold: Fold, texts: Sequence[str]) -> Form | None:
        form = self.shape.forms.get(field) if fold is Fold.CASE else None
        ascii_only = all(text.isascii() for text in texts)
        return form if ascii_only or (self.dialect != "sqlite" and not self.letters) else None

    def _caseless(
        self, field: str, texts: Sequence[str], form: Form | None
    ) -> ColumnElement[bool]:
        column = self._column(field)
        exact = self._exactly(self._trimmed(field, texts), texts)
        if form is None:
            return exact
        padded = [
            f"{before}{text}{after}" for text in texts for before in _BEFORE for after in _AFTER
        ]
        match form:
            case Form.PLAIN:
                return sa.and_(column.in_(padded), exact)
            case Form.LOWER:
                return sa.func.lower(column, type_=Raw()).in_(padded)
            case Form.LOWER_TRIM:
                trimmed = sa.func.trim(column, type_=Raw())
                return sa.func.lower(trimmed, type_=Raw()).in_(padded)

    def _trimmed(self, field: str, texts: Sequence[str]) -> ColumnElement[Any]:
        column = self._text(field)
        if self.dialect == "sqlite":
            return sa.func.govreg_fold(column, type_=Raw())
        if self.dialect == "postgresql":
            trimmed = sa.func.btrim(column, _BLANKS, type_=sa.Text())
            return sa.func.lower(self._lettered(trimmed, texts), type_=Raw())
        trimmed = sa.func.regexp_replace(column, r"^[\s\x{a0}]+|[\s\x{a0}]+$", "")
        return sa.func.lower(trimmed, type_=Raw())

    def _compacted(self, field: str, texts: Sequence[str]) -> ColumnElement[Any]:
        column = self._text(field)
        if self.dialect == "sqlite":
            return sa.func.govreg_compact(column, type_=Raw())
        if self.dialect == "postgresql":
            kept = sa.func.translate(column, _DROPPED, "", type_=sa.Text())
            return sa.func.lower(self._lettered(kept, texts), type_=Raw())
        for sign in _DROPPED:
            column = sa.func.replace(column, sign, "", type_=Raw())
        return sa.func.lower(column, type_=Raw())

    def _lettered(
        self, expression: ColumnElement[Any], texts: Sequence[str]
    ) -> ColumnElement[Any]:
        if self.letters is None or all(text.isascii() for text in texts):
            return expression
        return sa.collate(expression, self.letters)

    # by keys

    def among(
        self, fields: Sequence[str], keys: Sequence[RowKey], *, exact: bool = False
    ) -> Iterator[ColumnElement[bool]]:
        """The conditions, one for each statement, that fields equal one of some keys."""
        wide = [name for name in fields if self.shape.kinds[name].wide]
        if not exact and tuple(fields) in self.shape.linked:
            wide = []
        wanted = self.converted(fields, keys)
        for part in self._parts(wanted, len(fields) + len(wide)):
            condition: ColumnElement[bool]
            if len(fields) == 1:
                condition = self.comparable(fields[0]).in_([key[0] for key in part])
            elif self.dialect == "postgresql":
                condition = self._among_records(fields, part)
            else:
                columns = [self.comparable(name) for name in fields]
                condition = sa.tuple_(*columns).in_(list(part))
            for name in wide:
                texts = dict.fromkeys(key[list(fields).index(name)] for key in part)
                condition = sa.and_(condition, self._exactly(self._text(name), list(texts)))
            yield condition

    def _among_records(self, fields: Sequence[str], keys: Sequence[RowKey]) -> ColumnElement[bool]:
        """PostgreSQL: its parser nests a list of rows so deep that a few thousand break it."""
        records = [dict(zip(fields, map(in_json, key), strict=True)) for key in keys]
        listed = sa.cast(sa.literal(json.dumps(records), sa.Text()), postgresql.JSONB())
        typed = (sa.column(name, record_type(self.shape.kinds[name])) for name in fields)
        made = sa.func.jsonb_to_recordset(listed).table_valued(*typed, name="wanted")
        wanted = made.render_derived(with_types=True)
        columns = [self.comparable(name) for name in fields]
        return sa.tuple_(*columns).in_(sa.select(*(wanted.c[name] for name in fields)))

    def converted(self, fields: Sequence[str], keys: Sequence[RowKey]) -> list[RowKey]:
        """Keys in the types of their columns, each once, without those that match nothing."""
        done: dict[RowKey, None] = {}
        for key in keys:
            try:
                values = tuple(
                    self.value(name, part) for name, part in zip(fields, key, strict=True)
                )
            except NotComparable:
                continue
            if None not in values:
                done[values] = None
        return list(done)

    def value(self, name: str, value: Any, *, written: bool = False) -> Any:
        """A value as it is compared with a column, or written to it.

        Raises:
            NotComparable: the column cannot hold it.
        """
        if value is None:
            return None
        kind = self.shape.kinds[name]
        if kind.way in {Way.NUMBER, Way.UUID}:
            return _number_or_uuid(value, kind.way)
        try:
            made = coerced(value, kind.arrow)
        except NotComparable:
            # SQLite may hold a text where a number is declared
            if written or self.dialect != "sqlite" or not isinstance(value, str):
                raise
            if _LIKE_A_NUMBER.fullmatch(value):  # it would be taken for that number
                raise
            made = value
        if kind.affine and not written and _LIKE_A_NUMBER.fullmatch(made):
            number_of(made)
        if isinstance(made, str):
            if not self._is_text(made) or made not in self.shape.allowed.get(name, (made,)):
                raise NotComparable
            return made.rstrip(" ") if kind.way is Way.PADDED else made
        if isinstance(made, int) and made.bit_length() > kind.arrow.bit_width - _is_signed(kind):
            raise NotComparable
        return made

    def comparable(self, name: str) -> ColumnElement[Any]:
        """A column in the form in which it is compared and ordered."""
        column = self._column(name)
        return sa.cast(column, Raw()) if self._is_cast(name) else column

    # parts of conditions

    def _is_cast(self, name: str) -> bool:
        return self.shape.kinds[name].way is Way.CAST and self.dialect != "mysql"

    def _column(self, name: str) -> ColumnElement[Any]:
        return self.shape.table.c[name]

    def _text(self, name: str) -> ColumnElement[Any]:
        kind = self.shape.kinds[name]
        plain = self.dialect == "mysql" or (kind.way is Way.PLAIN and not kind.wide)
        return self._column(name) if plain else sa.cast(self._column(name), Raw())

    def _exactly(
        self, expression: ColumnElement[Any], texts: Sequence[str]
    ) -> ColumnElement[bool]:
        """That an expression is one of some texts, sign by sign."""
        if self.dialect == "mysql":
            encoded = sa.func.convert(expression.op("USING")(sa.literal_column("utf8mb4")))
            in_bytes = sa.type_coerce(sa.cast(encoded, sa.LargeBinary), Raw())
            return in_bytes.in_([text.encode() for text in texts])
        if self.dialect == "sqlite":
            return sa.type_coerce(sa.collate(expression, "BINARY"), Raw()).in_(list(texts))
        return expression.in_(list(texts))

    def _is_text(self, text: str) -> bool:
        """Whether the source can hold a text at all."""
        try:
            text.encode()
        except UnicodeEncodeError:
            return False
        return self.dialect != "postgresql" or "\0" not in text

    def _parts(self, values: Sequence[Any], width: int) -> Iterator[Sequence[Any]]:
        """Values in as few statements as the driver's limit allows."""
        size = max(1, _MOST_VALUES.get(self.dialect, 60_000) // max(1, width))
        for start in range(0, len(values), size):
            yield values[start : start + size]


def _is_signed(kind: Kind) -> bool:
    return bool(pa.types.is_signed_integer(kind.arrow))


def in_json(value: Any) -> Any:
    """A value in JSON, as PostgreSQL reads it into a column of its type."""
    if value is None:
        return None
    if isinstance(value, bytes):
        return "\\x" + value.hex()
    return value if isinstance(value, int | str) else str(value)


def _number_or_uuid(value: Any, way: Way) -> Any:
    try:
        if way is Way.UUID:
            return str(uuid.UUID(coerced(value, pa.string()).strip()))
        number = number_of(value)
    except (ValueError, decimal.InvalidOperation):
        raise NotComparable from None
    if not number.is_finite():
        raise NotComparable
    return number
