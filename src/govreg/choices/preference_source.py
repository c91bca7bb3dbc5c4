"""How people want to be reached, read off a field of a source: whose a row is, the row map says.

(1) the actor may, the collection is mapped, and it has the field
(2) key and field of every row are read and joined with the map; rows of several people are left
(3) a value that means yes or no becomes a preference, as out of a file; an empty one says nothing
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from itertools import chain
from typing import TYPE_CHECKING

import pyarrow as pa

from govreg.bulk.duck import duck, fed, quoted
from govreg.choices.copies import copies_of
from govreg.choices.preference_file import Preferred, enter_rows
from govreg.consent.model import Channel
from govreg.errors import NotFound, UsageProblem
from govreg.progress import working
from govreg.register.model import Collection as Held
from govreg.requests.parts import Parts
from govreg.requests.people import RECORDING, require
from govreg.subjects.leaving import see_off
from govreg.subjects.row_map import NOBODY_SURE, Freshness, freshness, mapped_into
from govreg.validation import suggestion

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

_ROWS = 50_000
YES = frozenset({"true", "t", "yes", "y", "1"})
NO = frozenset({"false", "f", "no", "n", "0"})


def preferences_of_source(
    parts: Parts,
    collection: str,
    field: str,
    channel: Channel,
    *,
    yes: Collection[str] = YES,
    no: Collection[str] = NO,
    actor: str,
) -> Preferred:
    """Take over what a field of a source says of a channel.

    Args:
        parts: The engine's parts.
        collection: `source.collection`, which has a row map.
        field: Its field that says whether the person wants the channel.
        channel: Which.
        yes: The field's values, in lower case, that mean that they do.
        no: Those that mean that they do not; any other is refused.
        actor: Who takes over.

    Raises:
        Refused: the actor may not.
        NotFound: no such collection or field, or no row map.
        UsageProblem: the extra `bulk` is not installed.
        SourceProblem: the source cannot be read.
    """
    require(parts.settings, actor, RECORDING, "import preferences")
    held, maps = mapped_collection(parts, collection, field)
    copies = copies_of(parts)
    see_off(parts.store, copies)
    made = Preferred()
    first = 1
    with (
        working(parts.border.progress, "reading preferences", 1),
        parts.border.visit() as visit,
        duck(copies.rows.folder.parent / "scratch") as db,
    ):
        if not mapped_into(db, copies.rows, maps):
            return made
        rows = visit.scan(held, list(dict.fromkeys((*held.key, field))), batch_rows=_ROWS)
        for batch in _joined(db, rows, held, field):
            wanted = [_wanted(text, yes, no) for text in batch.column("said").to_pylist()]
            columns = {
                "subject": batch.column("subject").to_pylist(),
                "channel": [str(channel)] * batch.num_rows,
                "wanted": wanted,
            }
            enter_rows(parts, columns, batch.num_rows, first, made, origin=collection, actor=actor)
            first += batch.num_rows
    return made


def mapped_collection(parts: Parts, collection: str, field: str) -> tuple[Held, Freshness]:
    """A collection whose rows are mapped, and its map.

    Raises:
        NotFound: no such collection or field, or no row map.
        UsageProblem: the field is the collection's key.
    """
    register = parts.border.register
    held = register.collection(collection)
    if held is None:
        refs = sorted(one.ref for one in register.collections())
        raise NotFound(f"there is no collection `{collection}`", suggestion(collection, refs))
    if field not in held.fields:
        raise NotFound(
            f"`{collection}` has no field `{field}`", suggestion(field, sorted(held.fields))
        )
    if field in held.key:
        raise UsageProblem(
            f"`{field}` is the key of `{collection}`, and says nothing of a channel"
        )
    with parts.store.read() as connection:
        maps = freshness(connection).get(collection)
    if maps is None:
        raise NotFound(
            f"there is no row map of `{collection}`",
            f"fill it: `govreg subject sync {collection}`",
        )
    return held, maps


def _joined(
    db: DuckDBPyConnection, rows: Iterator[pa.RecordBatch], held: Held, field: str
) -> Iterator[pa.RecordBatch]:
    """(2): subject and value of each row that is one person's and says something."""
    start = next(rows, None)
    if start is None:
        return
    same = " AND ".join(f"told.{one} = mapped.{one}" for one in map(quoted, held.key))
    with fed(db, "told", start.schema, chain([start], rows)):
        yield from db.sql(
            f"SELECT mapped.subject::VARCHAR AS subject, told.{quoted(field)}::VARCHAR AS said "  # noqa: S608 - columns of the register
            f"FROM told JOIN mapped ON {same} "
            f"WHERE mapped.subject <> '{NOBODY_SURE}' AND told.{quoted(field)} IS NOT NULL"
        ).to_arrow_reader(_ROWS)


def _wanted(text: str, yes: Collection[str], no: Collection[str]) -> str:
    plain = text.strip().lower()
    if plain in yes:
        return "yes"
    return "no" if plain in no else "neither"
