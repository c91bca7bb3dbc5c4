"""Which rows of a batch are wanted: by a folded text, or by keys. Vectorised by Arrow."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from govreg.connectors.record import RowKey
from govreg.connectors.values import NotComparable, coerced
from govreg.register.catalogue import Fold
from govreg.subjects.identifier import folded

_BLANKS = " \t\n\r\x0b\x0c\x1c\x1d\x1e\x1f"
_DROPPED = "[ \\-.()/\t]"


def wanted_texts(texts: Sequence[str]) -> pa.Array:
    """The texts that a column can hold: half of a surrogate pair is in none."""
    return pa.array([text for text in texts if _fits(text, pa.string())], type=pa.string())


def folded_mask(column: pa.Array, wanted: pa.Array, fold: Fold) -> pa.Array:
    """Where a column equals one of the wanted texts under a fold. Bytes are no text."""
    if pa.types.is_binary(column.type) or pa.types.is_fixed_size_binary(column.type):
        return pa.array([False] * len(column))
    text = column if pa.types.is_string(column.type) else column.cast(pa.string())
    if fold is Fold.EXACT:
        return pc.is_in(text, value_set=wanted)
    plain = pc.string_is_ascii(text)
    mask = pc.and_(plain, pc.is_in(_ascii_folded(text, fold), value_set=wanted))
    others = pc.indices_nonzero(pc.fill_null(pc.invert(plain), fill_value=False))
    if not len(others):
        return mask
    # beyond ASCII, libraries differ in what they call lower case and blank: ask the core
    sought = set(wanted.to_pylist())
    hits = [
        at
        for at, value in zip(others.to_pylist(), text.take(others).to_pylist(), strict=True)
        if folded(value, fold) in sought
    ]
    every = pa.array(range(len(text)), type=pa.int64())
    return pc.or_kleene(mask, pc.is_in(every, value_set=pa.array(hits, type=pa.int64())))


def _ascii_folded(text: pa.Array, fold: Fold) -> pa.Array:
    if fold is Fold.CASE:
        return pc.ascii_lower(pc.ascii_trim(text, characters=_BLANKS))
    return pc.ascii_lower(pc.replace_substring_regex(text, _DROPPED, ""))


class KeyMatch:
    """Keys in the types of some columns, ready to be asked of batches."""

    def __init__(self, keys: Sequence[RowKey], kinds: Sequence[pa.DataType]) -> None:
        self.keys = {key for key in (_converted(key, kinds) for key in keys) if key is not None}
        self._sets = [
            pa.array({key[at] for key in self.keys}, type=kind) for at, kind in enumerate(kinds)
        ]

    def mask(self, columns: Sequence[pa.Array]) -> pa.Array:
        """Where the columns equal one of the keys."""
        mask = pc.is_in(columns[0], value_set=self._sets[0])
        for column, values in zip(columns[1:], self._sets[1:], strict=True):
            mask = pc.and_(mask, pc.is_in(column, value_set=values))
        if len(columns) == 1 or not pc.any(mask).as_py():
            return mask
        rows = zip(*(column.to_pylist() for column in columns), strict=True)
        return pa.array([row in self.keys for row in rows])


def _converted(key: RowKey, kinds: Sequence[pa.DataType]) -> RowKey | None:
    """A key in its columns' types, or None when one of them cannot hold its part."""
    try:
        values = tuple(coerced(part, kind) for part, kind in zip(key, kinds, strict=True))
    except NotComparable:
        return None
    fits = all(
        part is not None and _fits(part, kind) for part, kind in zip(values, kinds, strict=True)
    )
    return values if fits else None


def _fits(value: Any, kind: pa.DataType) -> bool:
    try:
        pa.scalar(value, type=kind)
    except (pa.ArrowException, UnicodeEncodeError, OverflowError, TypeError, ValueError):
        return False
    return True
