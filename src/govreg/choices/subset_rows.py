"""Whose each row of a table is, and the verdict on it: in one more column, a number.

The database that is asked holds the table `verdict`: a subject and a number.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import TYPE_CHECKING

import pyarrow as pa
import pyarrow.compute as pc
import sqlalchemy as sa

from govreg.bulk.duck import arrow_of, fed, quoted
from govreg.bulk.standing import Verdict, number_of
from govreg.choices.dense import Dense, marked
from govreg.clock import to_millis
from govreg.errors import NotFound, UsageProblem
from govreg.loading import among
from govreg.protection.sealed_rows import by_bucket
from govreg.requests.parts import Parts
from govreg.subjects.row_map import NOBODY_SURE, Freshness, MapPlace, freshness, mapped_buckets
from govreg.subjects.survivors import merged
from govreg.subjects.tables import subject as subject_table
from govreg.subjects.tables import subject_identifier, suppression_entry
from govreg.validation import suggestion

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

MARK = "govreg_verdict"
_ROWS = 100_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What a table is asked about."""

    parts: Parts
    connection: sa.Connection
    db: DuckDBPyConnection
    scopes: Sequence[str]
    """Of the suppression list."""
    nobody: Verdict
    """What holds for a person who never chose anything."""


def by_rows(
    asked: Asked, place: MapPlace, table: pa.RecordBatchReader, collection: str
) -> tuple[Iterator[pa.RecordBatch], dt.datetime]:
    """By the key of a mapped collection; also answers when its map was filled.

    Raises:
        NotFound: the collection has no row map.
        UsageProblem: a key column is missing, or of another type.
    """
    maps = freshness(asked.connection)
    held = maps.get(collection)
    if held is None:
        raise NotFound(
            f"there is no row map of `{collection}`",
            suggestion(collection, sorted(maps)) or f"fill it: `govreg subject sync {collection}`",
        )
    rows = _judged(asked, place, held)
    first = next(rows, None)
    if first is None:
        raise NotFound(
            f"the row map of `{collection}` is empty", f"`govreg subject sync {collection}`"
        )
    key = [name for name in first.schema.names if name != "why"]
    _require_columns(table.schema, first.schema, key, collection)
    whole = len(key) == 1 and _both_whole(table.schema, first.schema, key[0])
    kept = [first, *rows] if whole else []
    if whole:
        dense = Dense.of([b.column(key[0]) for b in kept], [b.column("why") for b in kept])
        if dense is not None:
            return marked(table, key[0], dense, MARK), held.filled_at
    with fed(asked.db, "judged_rows", first.schema, kept or chain([first], rows)):
        names = ", ".join(_as_in(table.schema, name) for name in key)
        asked.db.execute(
            f"CREATE OR REPLACE TEMP TABLE row_verdict AS SELECT {names}, why FROM judged_rows"  # noqa: S608 - column names
        )
    return _joined(asked, table, key, Verdict.NOT_MAPPED), held.filled_at


def _judged(asked: Asked, place: MapPlace, held: Freshness) -> Iterator[pa.RecordBatch]:
    """The mapped rows by their key, with the verdict on whose each is, in the column `why`."""
    nobody = number_of(asked.nobody)
    verdicts = _by_bucket(asked, nobody)
    none = (pa.array([], pa.string()), pa.array([], pa.uint8()))
    for bucket, batches in mapped_buckets(place, held):
        people, numbers = verdicts.get(bucket, none)
        for batch in batches:
            subjects = batch.column("subject")
            if bucket == NOBODY_SURE:
                of_each = pa.array([number_of(Verdict.AMBIGUOUS)] * len(subjects.dictionary))
            else:
                of_each = numbers.take(pc.index_in(subjects.dictionary, people))
            why = of_each.fill_null(nobody).cast(pa.uint8()).take(subjects.indices)
            yield batch.drop_columns(["subject"]).append_column("why", why)


def _by_bucket(asked: Asked, nobody: int) -> dict[str, tuple[pa.Array, pa.Array]]:
    """The verdicts on people and on their aliases, by the bucket that their rows are in."""
    _aliases(asked)
    table = arrow_of(
        asked.db,
        "SELECT subject, why FROM verdict UNION ALL "  # noqa: S608 - a number of the program's own
        f"SELECT alias, coalesce(verdict.why, {nobody})::UTINYINT FROM aliases "
        "LEFT JOIN verdict ON verdict.subject = aliases.who",
    ).combine_chunks()
    return {
        bucket: (part.column("subject"), part.column("why"))
        for batch in table.to_batches()
        for bucket, part in by_bucket(batch)
    }


def _both_whole(table: pa.Schema, mapped: pa.Schema, name: str) -> bool:
    kinds = (table.field(name).type, mapped.field(name).type)
    return all(pa.types.is_integer(one) and not pa.types.is_uint64(one) for one in kinds)


def by_subject(asked: Asked, table: pa.RecordBatchReader, column: str) -> Iterator[pa.RecordBatch]:
    """By a column of subjects' ids; an id that nobody has is nobody's."""
    _require_columns(table.schema, pa.schema([(column, pa.string())]), [column], "subjects")
    _aliases(asked)
    asked.db.execute(
        "CREATE OR REPLACE TEMP TABLE row_verdict AS "  # noqa: S608 - the caller's column name
        f"SELECT subject AS {quoted(column)}, why FROM verdict UNION ALL "
        "SELECT aliases.alias, coalesce(verdict.why, $nobody)::UTINYINT FROM aliases "
        "LEFT JOIN verdict ON verdict.subject = aliases.who",
        {"nobody": number_of(asked.nobody)},
    )
    if asked.nobody is not Verdict.PERMITTED:
        return _joined(asked, table, [column], asked.nobody)
    ids = asked.connection.execution_options(yield_per=_ROWS).execute(
        sa.select(subject_table.c.id)
    )
    batches = (
        pa.record_batch({"id": pa.array([row.id for row in some], pa.string())})
        for some in ids.partitions()
    )
    asked.db.register("known", pa.RecordBatchReader.from_batches(_ID, batches))
    asked.db.execute(
        "INSERT INTO row_verdict SELECT id, $nobody FROM known "  # noqa: S608 - the caller's column
        f"WHERE id NOT IN (SELECT {quoted(column)} FROM row_verdict)",
        {"nobody": number_of(asked.nobody)},
    )
    asked.db.unregister("known")
    return _joined(asked, table, [column], Verdict.NOT_MAPPED)


_ID = pa.schema([("id", pa.string())])


def by_identifier(
    asked: Asked, table: pa.RecordBatchReader, kind: str, column: str
) -> Iterator[pa.RecordBatch]:
    """By a column of identifiers, looked up batch by batch.

    Whom nobody knows never chose; a look-up value on the suppression list needs no known person.
    """
    held = asked.parts.kinds.kind(kind)
    _require_columns(table.schema, pa.schema([(column, pa.string())]), [column], kind)
    blind = asked.parts.blind(asked.connection).of(kind)
    aliases = merged(asked.connection)
    for batch in table:
        texts = batch.column(column).to_pylist()
        blinds = {
            text: blind(normal)
            for text in set(texts)
            if text is not None
            and (normal := held.normalise(text, asked.parts.kinds.country)) is not None
        }
        people = _people(asked, kind, list(blinds.values()), aliases)
        listed = _listed(asked, kind, list(blinds.values()))
        verdicts = _verdicts(asked, {one for held in people.values() for one in held})
        why = {
            text: _of_one(people.get(found, ()), verdicts, asked.nobody)
            if found not in listed
            else Verdict.SUPPRESSED
            for text, found in blinds.items()
        }
        marks = [number_of(why.get(text, Verdict.NOT_MAPPED)) for text in texts]
        yield batch.append_column(MARK, pa.array(marks, pa.uint8()))


def _of_one(people: Sequence[str], verdicts: dict[str, Verdict], nobody: Verdict) -> Verdict:
    if len(people) > 1:
        return Verdict.AMBIGUOUS
    return verdicts.get(people[0], nobody) if people else nobody


def _people(
    asked: Asked, kind: str, blinds: Sequence[bytes], now: Mapping[str, str]
) -> dict[bytes, Sequence[str]]:
    table = subject_identifier.c
    found: dict[bytes, set[str]] = defaultdict(set)
    read, given = [table.blind, table.subject_id], {table.kind: kind}
    for blind, who in among(asked.connection, table.blind, blinds, read, given=given):
        found[bytes(blind)].add(now.get(who, who))
    return {blind: tuple(held) for blind, held in found.items()}


def _listed(asked: Asked, kind: str, blinds: Sequence[bytes]) -> set[bytes]:
    table, now = suppression_entry.c, to_millis(asked.parts.clock())
    read, given = [table.blind, table.scope, table.ends_at], {table.kind: kind}
    return {
        bytes(blind)
        for blind, scope, ends in among(asked.connection, table.blind, blinds, read, given=given)
        if scope in asked.scopes and (ends is None or ends > now)
    }


def _verdicts(asked: Asked, people: set[str]) -> dict[str, Verdict]:
    from govreg.bulk.standing import verdict_of

    asked.db.register("asked", pa.table({"subject": pa.array(sorted(people), pa.string())}))
    rows = asked.db.execute("SELECT subject, why FROM verdict SEMI JOIN asked USING (subject)")
    found = {subject: verdict_of(why) for subject, why in rows.fetchall()}
    asked.db.unregister("asked")
    return found


def _joined(
    asked: Asked, table: pa.RecordBatchReader, key: Sequence[str], otherwise: Verdict
) -> Iterator[pa.RecordBatch]:
    asked.db.register("asked", table)
    same = " AND ".join(f"asked.{one} = row_verdict.{one}" for one in map(quoted, key))
    pending = asked.db.sql(
        f"SELECT asked.*, coalesce(row_verdict.why, {number_of(otherwise)})::UTINYINT AS {MARK} "  # noqa: S608
        f"FROM asked LEFT JOIN row_verdict ON {same}"
    )
    yield from pending.to_arrow_reader(_ROWS)


def _aliases(asked: Asked) -> None:
    held = merged(asked.connection)
    alias = pa.array(list(held), pa.string())
    who = pa.array(list(held.values()), pa.string())
    asked.db.register("aliases", pa.table({"alias": alias, "who": who}))


def _as_in(table: pa.Schema, name: str) -> str:
    """A key's column, as text where the table has it as text: a table may come out of a file."""
    column = quoted(name)
    text = _family(table.field(name).type) == "text"
    return f"{column}::VARCHAR AS {quoted(name)}" if text else column


def _require_columns(schema: pa.Schema, wanted: pa.Schema, key: Sequence[str], what: str) -> None:
    for name in key:
        if name not in schema.names:
            raise UsageProblem(
                f"the table has no column `{name}`, by which `{what}` is known",
                suggestion(name, schema.names),
            )
        if _family(schema.field(name).type) not in {"text", _family(wanted.field(name).type)}:
            raise UsageProblem(
                f"column `{name}` is of another type than in `{what}`",
                f"it is {schema.field(name).type}, and must be {wanted.field(name).type}",
            )


def _family(kind: pa.DataType) -> str:
    if pa.types.is_dictionary(kind):
        return _family(kind.value_type)
    if pa.types.is_integer(kind):
        return "integer"
    text = pa.types.is_string(kind) or pa.types.is_large_string(kind)
    return "text" if text or pa.types.is_string_view(kind) else str(kind)
