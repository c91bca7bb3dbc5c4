"""Take over choices from a file, batch by batch.

(1) the actor may import, the columns are known, the period is declared
(2) a batch is read as text, with the numbers of its rows
(3) what each row chose: distinct choices are judged once
(4) when: with a zone, inside the declared period, not in the future
(5) whose: by id or keyed look-up; who is new becomes known
(6) the suppression list keeps out whom it must
(7) the events: what is there already is passed over, a changed one is refused
(8) ledger, batch with the root over its events, suppression list, notice to plugins and one audit
    entry, in one transaction
(9) after the last batch plugins are told

A batch is there whole or not at all; a file that is imported again adds nothing.
"""

from __future__ import annotations

import datetime as dt
import gc
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import sqlalchemy as sa

from govreg.choices import tabular
from govreg.choices.import_batch import Bearings, Done, enter_batch
from govreg.choices.import_choices import Choices
from govreg.choices.import_effects import Effects
from govreg.choices.import_events import Table
from govreg.choices.import_layout import Layout, layout_of
from govreg.choices.import_model import Declared, Imported, Refusal
from govreg.choices.judging import Judging
from govreg.consent.ledger import SKEW
from govreg.errors import UsageProblem
from govreg.ids import new_id
from govreg.progress import working
from govreg.requests.parts import Parts
from govreg.requests.people import require

if TYPE_CHECKING:
    import pyarrow as pa

IMPORTING = frozenset({"dpo", "compliance", "administrator"})
"""Who may declare choices of the past."""

RefusedRow = Callable[[int, Refusal], None]
"""Told the number of each refused row, and why."""


def import_file(
    parts: Parts,
    path: Path,
    declared: Declared,
    *,
    renamed: Mapping[str, str],
    stated: Mapping[str, str],
    ignored: Sequence[str],
    actor: str,
    judging: Judging,
    refused: RefusedRow | None = None,
) -> Imported:
    """Steps (1) to (8).

    Raises:
        Refused: the actor may not import.
        UsageProblem: a column is unknown or missing, or the period cannot be so.
        NotFound: there is no such file.
    """
    require(parts.settings, actor, IMPORTING, "import choices of the past")
    _require_period(parts, declared)
    layout = layout_of(
        tabular.columns(path),
        kinds=parts.kinds.known,
        renamed=renamed,
        stated=stated,
        ignored=ignored,
    )
    made = Imported(import_id=new_id("imp"))
    to = Bearings(
        parts=parts,
        import_id=made.import_id,
        declared=declared,
        choices=Choices(parts, layout),
        actor=actor,
        effects=Effects(parts, judging),
    )
    progress = parts.border.progress
    with parts.store.for_many(), working(progress, "importing", tabular.batches_about(path)):
        for first, batch in tabular.batches(path):
            progress.reached(f"row {first}")
            table = Table(layout=layout, columns=_lists(batch, layout), rows=batch.num_rows)
            with _undisturbed(), _transaction(parts, kept=not declared.dry_run) as connection:
                done = enter_batch(connection, table, to)
            _count(made, done, first, table.rows, refused)
            progress.rows(table.rows)
    return made


def _count(made: Imported, done: Done, first: int, rows: int, refused: RefusedRow | None) -> None:
    """What a batch did counts once it is committed."""
    made.rows += rows
    made.batches += 1
    made.recorded += done.recorded
    made.already += done.already
    made.people += done.people
    made.suppressed += done.suppressed
    made.lifted += done.lifted
    made.by_kind.update(done.by_kind)
    for place, why in sorted(done.refused):
        made.refuse(first + place, why)
        if refused is not None:
            refused(first + place, why)


@contextmanager
def _transaction(parts: Parts, *, kept: bool) -> Iterator[sa.Connection]:
    """A writing transaction; what a dry run did in it is rolled back."""
    with parts.store.write() as connection:
        yield connection
        transaction = connection.get_transaction()
        if not kept and transaction is not None:
            transaction.rollback()


@contextmanager
def _undisturbed() -> Iterator[None]:
    """Without the collector of cycles: it would walk all rows of a batch again and again."""
    was = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was:
            gc.enable()


def _lists(table: pa.RecordBatch, layout: Layout) -> Mapping[str, Sequence[str | None]]:
    """The columns that are used, as lists."""
    return {name: table.column(name).to_pylist() for name in layout.column.values()}


def _require_period(parts: Parts, declared: Declared) -> None:
    if declared.begins > declared.ends:
        raise UsageProblem("the declared period ends before it begins", "`--from DAY --to DAY`")
    if declared.ends > parts.clock() + dt.timedelta(days=1) + SKEW:
        raise UsageProblem("the declared period ends in the future", "`--to` is today at most")
