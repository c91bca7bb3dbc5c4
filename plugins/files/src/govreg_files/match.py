"""Which rows of a batch are wanted: by a folded text, or by keys. Vectorised by Arrow."""

from __future__ import annotations

from collections.abc import Sequence

import pyarrow as pa
import pyarrow.compute as pc

from govreg.connectors.record import RowKey
from govreg.connectors.values import NotComparable, coerced
from govreg.register.catalogue import Fold

_DROPPED = "[ \\-.()/\u00a0\u2010\u2011\u2012\u2013\t]"


def folded_mask(column: pa.Array, wanted: pa.Array, fold: Fold) -> pa.Array:
    """Where a column equals one of the wanted texts under a fold."""
    text = column if pa.types.is_string(column.type) else column.cast(pa.string())
    if fold is not Fold.EXACT:
        text = pc.utf8_lower(pc.utf8_trim_whitespace(text))
    if fold is Fold.COMPACT:
        text = pc.replace_substring_regex(text, _DROPPED, "")
    return pc.is_in(text, value_set=wanted)


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
    try:
        values = tuple(coerced(part, kind) for part, kind in zip(key, kinds, strict=True))
    except NotComparable:
        return None
    return None if None in values else values
