"""What is done for many people at once: imports, exports, and what choices permit of a table."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from govreg.bulk.standing import Use, Verdict
from govreg.choices.import_model import Declared, Imported
from govreg.choices.judging import Judging
from govreg.requests.parts import Parts
from govreg.runner.outbox import Delivery

if TYPE_CHECKING:
    import pyarrow as pa

    from govreg.choices.exporting import Exported, Wanted
    from govreg.choices.filtering import Filtered
    from govreg.choices.importing import RefusedRow
    from govreg.choices.subset import Named, Permitted
    from govreg.consent.model import Channel


class OverMany:
    """The part of `Consents` that works over many rows; its files are read when first used."""

    def __init__(self, parts: Parts, deliver: Callable[[], Delivery]) -> None:
        self.parts = parts
        self._deliver = deliver
        self._judging = Judging(parts)

    def import_file(
        self,
        path: Path,
        declared: Declared,
        *,
        renamed: Mapping[str, str] | None = None,
        stated: Mapping[str, str] | None = None,
        ignored: Sequence[str] = (),
        actor: str,
        refused: RefusedRow | None = None,
    ) -> Imported:
        """Take over choices of the past from a file, in batches that are whole or not at all.

        Args:
            path: A file of CSV, Parquet or JSON Lines, as `docs/spec/consent-file.md` says.
            declared: Where they come from, and of which period they are.
            renamed: By name, the file's column that holds it.
            stated: By name, the value of every row.
            ignored: Columns that are passed over.
            actor: Who imports, a key of `[people]`.
            refused: Told the number of each refused row, and why.

        Raises:
            Refused: the actor may not import.
            UsageProblem: the file cannot be read, or its columns or the period cannot be so.
            NotFound: there is no such file.
        """
        from govreg.choices.importing import import_file

        made = import_file(
            self.parts,
            path,
            declared,
            renamed=renamed or {},
            stated=stated or {},
            ignored=ignored,
            actor=actor,
            judging=self._judging,
            refused=refused,
        )
        self._deliver()
        return made

    def export_file(self, path: Path, wanted: Wanted, *, actor: str) -> Exported:
        """Write recorded choices to a file of CSV, Parquet or JSON Lines, as an import reads them.

        Raises:
            Refused: the actor may not.
            UsageProblem: the file's name says no such form.
        """
        from govreg.choices.exporting import export_file

        return export_file(self.parts, path, wanted, actor=actor)

    @contextmanager
    def permitted(
        self,
        table: pa.RecordBatchReader,
        activity: str,
        named: Named,
        *,
        use: Use = Use.USE,
        channel: Channel | None = None,
    ) -> Iterator[Permitted]:
        """The rows of a table that people's choices permit for an activity, as they are read.

        Args:
            table: The rows; read once.
            activity: Name of a processing activity.
            named: How its rows say whose they are.
            use: What is about to be done.
            channel: By which people are to be reached, where they are.

        Raises:
            NotFound: no such activity, or the collection has no row map.
            UsageProblem: a column is missing, or the extra `bulk` is not installed.
            Conflict: another process writes the copies.
        """
        from govreg.choices.subset import permitted

        with permitted(self.parts, self._judging, table, activity, named, use, channel) as held:
            yield held

    def check(
        self, subjects: Sequence[str], activity: str, *, use: Use = Use.USE
    ) -> Mapping[str, Verdict]:
        """What people's choices say of an activity, for each of some ids.

        Raises:
            NotFound: no such activity.
            UsageProblem: the extra `bulk` is not installed.
        """
        from govreg.choices.checking import check

        return check(self.parts, self._judging, subjects, activity, use)

    def filter_file(
        self,
        path: Path,
        target: Path,
        activity: str,
        named: Named,
        *,
        use: Use = Use.USE,
        channel: Channel | None = None,
        actor: str,
    ) -> Filtered:
        """Write the rows of a file that people's choices permit to another one.

        Raises:
            Refused: the actor may not.
            NotFound, UsageProblem, Conflict: as `permitted`.
        """
        from govreg.choices.filtering import filter_file

        return filter_file(
            self.parts,
            self._judging,
            path,
            target,
            activity,
            named,
            use=use,
            channel=channel,
            actor=actor,
        )
