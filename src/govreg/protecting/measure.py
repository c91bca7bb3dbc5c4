"""What a collection holds now: read once, counted in columns, no value kept.

- How many cells are empty, clear and sealed, and how wide the widest clear one is.
- For fields that get look-up values: how many different values there are, and how often the
  commonest occurs.
"""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from govreg.bulk.duck import duck
from govreg.gate.border import Visit
from govreg.protecting.guarded import Guarded
from govreg.protection.cells import BYTES_SIGN, TEXT_SIGN
from govreg.register.model import Collection

_ROWS = 50_000


@dataclass(slots=True)
class Measured:
    """What a field holds."""

    empty: int = 0
    clear: int = 0
    sealed: int = 0
    widest: int = 0
    """Bytes of the widest clear value in UTF-8."""
    distinct: int = 0
    most_frequent: int = 0

    @property
    def filled(self) -> int:
        """Cells that hold something."""
        return self.clear + self.sealed


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """What a collection holds, by field, and what reading it took."""

    rows: int
    fields: Mapping[str, Measured]
    seconds: float


def measured(
    visit: Visit, collection: Collection, fields: Sequence[Guarded], scratch: Path
) -> Reading:
    """Read a collection once.

    Raises:
        SourceProblem: it cannot be read.
        UsageProblem: the extra `bulk` is not installed.
    """
    names = [one.name for one in fields]
    counted = [one.name for one in fields if one.protect.index is not None]
    found = {name: Measured() for name in names}
    rows, began = 0, time.perf_counter()
    with duck(scratch) as db:
        db.execute("CREATE TEMP TABLE seen (field INTEGER, value UBIGINT)")
        for batch in visit.scan(collection, names, batch_rows=_ROWS):
            rows += batch.num_rows
            for number, name in enumerate(names):
                column = batch.column(name)
                clear = _count(found[name], column)
                if name in counted and clear is not None and len(clear):
                    db.register("page", pa.table({"value": clear}))
                    db.execute(
                        "INSERT INTO seen SELECT $field, hash(lower(trim(value::VARCHAR))) "
                        "FROM page",
                        {"field": number},
                    )
                    db.unregister("page")
        tallied = db.execute(
            "SELECT field, count(*), max(n) FROM (SELECT field, value, count(*) AS n FROM seen "
            "GROUP BY ALL) GROUP BY field"
        ).fetchall()
    for number, distinct, most in tallied:
        found[names[number]].distinct = distinct
        found[names[number]].most_frequent = most
    return Reading(rows=rows, fields=found, seconds=time.perf_counter() - began)


def _count(held: Measured, column: Any) -> Any:
    """Count a column's cells; answers the clear ones, as far as they are text or bytes."""
    held.empty += column.null_count
    filled = column.drop_null()
    if not (_is_text(filled.type) or _is_bytes(filled.type)):
        held.clear += len(filled)
        return None
    sign = TEXT_SIGN if _is_text(filled.type) else BYTES_SIGN
    sealed = pc.match_substring_regex(filled, sign)
    clear = filled.filter(pc.invert(sealed))
    held.sealed += len(filled) - len(clear)
    held.clear += len(clear)
    if len(clear):
        held.widest = max(held.widest, pc.max(pc.binary_length(clear)).as_py())
    return clear


def _is_text(kind: pa.DataType) -> bool:
    return bool(pa.types.is_string(kind) or pa.types.is_large_string(kind))


def _is_bytes(kind: pa.DataType) -> bool:
    return bool(pa.types.is_binary(kind) or pa.types.is_large_binary(kind))
