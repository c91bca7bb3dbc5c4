"""How people want to be reached, written into a field of a source: whose a row is, the map says.

(1) the actor may, the collection is mapped, the field is one of it and no key
(2) what counts of each person, and what the field says of each row: rows that differ are put
    aside; rows of several people and of people who never said are left
(3) page by page: the rows are read again, and the intent goes into the audit log
(4) the source changes the rows that are still as they were read, or none of the page
(5) what became of the page goes into the audit log

What is asked for again writes only what still differs, so that a killed run is run again.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import chain
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.compute as pc

from govreg.bulk.duck import duck, fed, quoted
from govreg.choices.copies import copies_of
from govreg.choices.preference_file import latest_entries
from govreg.choices.preference_source import NO, YES, mapped_collection
from govreg.connectors.plan import (
    SETTLED,
    Change,
    ChangeKind,
    SourcePlan,
    fingerprint,
    schema_hash,
)
from govreg.connectors.record import Outcome, RowKey
from govreg.consent.model import Channel
from govreg.errors import UsageProblem
from govreg.gate.border import Visit
from govreg.gate.erase import carry_out
from govreg.gate.sealed_cells import as_stored
from govreg.ids import new_id
from govreg.progress import working
from govreg.register.model import Collection as Held
from govreg.requests.journal import Notes
from govreg.requests.parts import Parts
from govreg.requests.people import DECIDING, require
from govreg.subjects.leaving import see_off
from govreg.subjects.row_map import NOBODY_SURE, mapped_into

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

PAGE = 2_000
"""Rows that change as one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """What became of a field."""

    said: int
    """Rows of people who said whether they want the channel."""
    differ: int
    """Those in which the field says something else, or nothing."""
    written: int
    failed: Mapping[str, int] = field(default_factory=dict)
    """Rows that the source did not change, by code: `row_changed` where one changed meanwhile."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """Where it is written, and in which words."""

    held: Held
    name: str
    yes: Sequence[str]
    """Texts that mean yes."""
    no: Sequence[str]
    values: Mapping[bool, Any]
    """What is written for yes and for no, of the column's own type."""


def write_preferences(
    parts: Parts,
    collection: str,
    name: str,
    channel: Channel,
    *,
    yes: Collection[str] = (),
    no: Collection[str] = (),
    dry_run: bool = False,
    actor: str,
) -> Written:
    """Write into a source's field what counts of a channel for each person who said it.

    Args:
        parts: The engine's parts.
        collection: `source.collection`, which has a row map.
        name: Its field that says whether the person wants the channel.
        channel: Which.
        yes: The field's values that mean that they do; the first one is written. Needed, as
            `no`, where the field is text.
        no: Those that mean that they do not.
        dry_run: Count what differs and change nothing.
        actor: Who asks for it.

    Raises:
        Refused: the actor may not.
        NotFound: no such collection or field, or no row map.
        UsageProblem: the field's words are not known, or the extra `bulk` is not installed.
        SourceProblem: the source cannot be read.
    """
    require(parts.settings, actor, DECIDING, "write preferences into a source")
    held, maps = mapped_collection(parts, collection, name)
    copies = copies_of(parts)
    see_off(parts.store, copies)
    with (
        working(parts.border.progress, "writing preferences", 1),
        parts.border.visit() as visit,
        duck(copies.rows.folder.parent / "scratch") as db,
    ):
        to = _field(visit, held, name, yes, no)
        _people_into(db, parts, channel)
        if not mapped_into(db, copies.rows, maps):
            return Written(said=0, differ=0, written=0)
        said, differ = _differing(db, visit, to)
        if dry_run or not differ:
            return Written(said=said, differ=differ, written=0)
        written, failed = _write(db, visit, parts, to, actor)
        return Written(said=said, differ=differ, written=written, failed=failed)


def _people_into(db: DuckDBPyConnection, parts: Parts, channel: Channel) -> None:
    """(2): the table `wanted`: each person who said whether they want the channel."""
    db.execute("CREATE TEMP TABLE wanted (subject VARCHAR, wanted BOOLEAN)")
    with parts.store.read() as connection:
        for batch in latest_entries(connection):
            mine = batch.filter(pc.equal(batch.column("channel"), str(channel)))
            db.register("entries", pa.Table.from_batches([mine]))
            db.execute(
                "INSERT INTO wanted SELECT subject, wanted = 'yes' FROM entries "
                "WHERE wanted IS NOT NULL"
            )
            db.unregister("entries")


def _differing(db: DuckDBPyConnection, visit: Visit, to: Field) -> tuple[int, int]:
    """(2): the table `differ`, how many rows are somebody's who said it, and how many differ."""
    rows = visit.scan(to.held, list(dict.fromkeys((*to.held.key, to.name))), batch_rows=50_000)
    start = next(rows, None)
    if start is None:
        return 0, 0
    keys = ", ".join(f"told.{one}" for one in map(quoted, to.held.key))
    same = " AND ".join(f"told.{one} = mapped.{one}" for one in map(quoted, to.held.key))
    with fed(db, "told", start.schema, chain([start], rows)):
        db.execute(
            f"CREATE TEMP TABLE compared AS SELECT {keys}, wanted.wanted AS wanted_now, "  # noqa: S608 - columns of the register
            f"lower(trim(told.{quoted(to.name)}::VARCHAR)) AS said "
            f"FROM told JOIN mapped ON {same} JOIN wanted ON wanted.subject = mapped.subject "
            f"WHERE mapped.subject <> '{NOBODY_SURE}'"
        )
    db.execute(
        "CREATE TEMP TABLE differ AS SELECT * EXCLUDE (said) FROM compared WHERE said IS NULL "
        "OR NOT CASE WHEN wanted_now THEN said IN (SELECT unnest($yes)) "
        "ELSE said IN (SELECT unnest($no)) END",
        {"yes": [one.lower() for one in to.yes], "no": [one.lower() for one in to.no]},
    )
    said, differ = db.execute(
        "SELECT (SELECT count(*) FROM compared), (SELECT count(*) FROM differ)"
    ).fetchall()[0]
    return int(said), int(differ)


def _field(
    visit: Visit, held: Held, name: str, yes: Collection[str], no: Collection[str]
) -> Field:
    """(1): the field's words, by the column's type or as they were given."""
    column = visit.catalogue(held.source).collections[held.name].columns[name]
    if column.generated:
        raise UsageProblem(
            f"`{held.ref}.{name}` is computed by the source: nothing can be written"
        )
    words = (list(yes), list(no))
    switch, number = pa.types.is_boolean(column.type), pa.types.is_integer(column.type)
    if not yes and not no and (switch or number):
        words = (["1", *sorted(YES - {"1"})], ["0", *sorted(NO - {"0"})])
    elif not yes or not no:
        raise UsageProblem(
            f"which words does `{held.ref}.{name}` hold?", "say both: `--yes WORD --no WORD`"
        )
    values: Mapping[bool, Any] = {True: words[0][0], False: words[1][0]}
    if switch:
        values = {True: True, False: False}
    elif number:
        try:
            values = {which: int(word) for which, word in values.items()}
        except ValueError:
            raise UsageProblem(f"`{held.ref}.{name}` holds whole numbers") from None
    return Field(held=held, name=name, yes=words[0], no=words[1], values=values)


def _write(
    db: DuckDBPyConnection, visit: Visit, parts: Parts, to: Field, actor: str
) -> tuple[int, Mapping[str, int]]:
    """(3) to (5), page by page."""
    written = 0
    failed: dict[str, int] = {}
    work = new_id("job")
    names = ", ".join(map(quoted, to.held.key))
    query = f"SELECT {names}, wanted_now FROM differ ORDER BY {names}"  # noqa: S608 - of the register
    pages = db.sql(query).to_arrow_reader(PAGE)
    for page in _pages(pages):
        *columns, wanted = (column.to_pylist() for column in page.columns)
        asked = dict(zip(zip(*columns, strict=True), wanted, strict=True))
        _log(parts, actor, to, "consent.preferences_writing", rows=len(asked))
        plan = _plan(visit, to, asked)
        notes = Notes(parts.store, work, to.held.source, parts.clock)
        outcomes = carry_out(visit, plan, notes) if plan.changes else ()
        done = sum(one.affected for one in outcomes if one.kind in SETTLED)
        if done < len(asked):
            code = _cause(outcomes)
            failed[code] = failed.get(code, 0) + len(asked) - done
        written += done
        _log(parts, actor, to, "consent.preferences_written", rows=len(asked), written=done)
        parts.border.progress.rows(len(asked))
    return written, failed


def _log(parts: Parts, actor: str, to: Field, action: str, **counts: int) -> None:
    with parts.store.write() as connection:
        parts.log(
            connection,
            action,
            actor,
            source=to.held.source,
            collection=to.held.name,
            counts=counts,
        )


def _cause(outcomes: Sequence[Outcome]) -> str:
    """Why rows of a page were not changed: the first code that is not a mere consequence."""
    codes = [one.code or str(one.kind) for one in outcomes if one.kind not in SETTLED]
    return next((code for code in codes if code != "rolled_back"), "gone")


def _pages(reader: pa.RecordBatchReader) -> Iterator[pa.Table]:
    """The rows in pages that a source changes as one."""
    for batch in reader:
        for at in range(0, batch.num_rows, PAGE):
            yield batch.slice(at, PAGE)


def _plan(visit: Visit, to: Field, wanted: Mapping[RowKey, bool]) -> SourcePlan:
    """(3): one change for the rows of yes, one for those of no; each row as it is now."""
    catalogue = visit.catalogue(to.held.source)
    columns = tuple(dict.fromkeys((*to.held.key, to.name)))
    live = {
        tuple(row[one] for one in to.held.key): as_stored(row, to.name)
        for row in visit.follow(to.held, to.held.key, list(wanted), columns)
    }
    changes = []
    for yes in (True, False):
        rows = tuple(key for key in live if wanted.get(key) is yes)
        if rows:
            changes.append(
                Change(
                    collection=to.held.name,
                    key=to.held.key,
                    kind=ChangeKind.UPDATE,
                    rows=rows,
                    fingerprints=tuple(fingerprint([live[key]]) for key in rows),
                    guard=(to.name,),
                    assign={to.name: to.values[yes]},
                )
            )
    return SourcePlan(
        source=to.held.source,
        schema_hash=schema_hash(catalogue, [to.held.name]),
        changes=tuple(changes),
    )
