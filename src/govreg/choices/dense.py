"""Verdicts by whole-number keys that lie close together: one byte for each key, looked up at once.

Most tables are numbered by their database. A join over ten million of them takes seconds; this
takes a fraction, and no more memory than the span of the keys.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import pyarrow as pa

from govreg.bulk.standing import Verdict, number_of

_SPREAD = 4
_FEW = 1_000_000


class Dense:
    """The verdict on each key between the lowest and the highest."""

    def __init__(self, lowest: int, held: Any) -> None:
        self._lowest, self._held = lowest, held

    @classmethod
    def of(cls, keys: Sequence[pa.Array], verdicts: Sequence[pa.Array]) -> Dense | None:
        """The verdicts by key; None where the keys lie too far apart."""
        import numpy as np

        numbers = [one.to_numpy(zero_copy_only=False) for one in keys if len(one)]
        if not numbers:
            return None
        lowest = int(min(one.min() for one in numbers))
        span = int(max(one.max() for one in numbers)) - lowest + 1
        if span > _SPREAD * sum(len(one) for one in numbers) + _FEW:
            return None
        held = np.full(span, number_of(Verdict.NOT_MAPPED), dtype=np.uint8)
        filled = (one for one in verdicts if len(one))
        for some, why in zip(numbers, filled, strict=True):
            held[some.astype(np.int64) - lowest] = why.to_numpy(zero_copy_only=False)
        return cls(lowest, held)

    def marks(self, column: Any) -> pa.Array:
        """The verdict on each key of a column; a key that is missing or unknown is nobody's."""
        import numpy as np

        keys = column.cast(pa.int64()).fill_null(self._lowest - 1).to_numpy(zero_copy_only=False)
        places = keys - self._lowest
        inside = (places >= 0) & (places < len(self._held))
        found = np.where(
            inside, self._held[np.where(inside, places, 0)], number_of(Verdict.NOT_MAPPED)
        )
        return pa.array(found, pa.uint8())


def marked(
    table: pa.RecordBatchReader, column: str, dense: Dense, name: str
) -> Iterator[pa.RecordBatch]:
    """A table with the verdict on each row in one more column."""
    for batch in table:
        yield batch.append_column(name, dense.marks(batch.column(column)))
