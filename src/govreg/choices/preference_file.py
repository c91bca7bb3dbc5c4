"""How people want to be reached, out of files and into them, batch by batch.

(1) the actor may, and the columns are known
(2) whose each row is, as for imported choices; who is new becomes known
(3) what a row says; one that says what the latest entry of its channel says adds nothing
(4) one batch, one transaction, one audit entry
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pyarrow as pa
import sqlalchemy as sa

from govreg.choices import tabular
from govreg.choices.import_events import milliseconds
from govreg.choices.import_model import Refusal, RefusedRows
from govreg.choices.import_people import People
from govreg.clock import from_millis, to_millis
from govreg.consent.model import Channel
from govreg.consent.preference import Preference
from govreg.consent.tables import consent_preference
from govreg.errors import UsageProblem
from govreg.files import whole
from govreg.loading import among, load
from govreg.progress import working
from govreg.requests.parts import Parts
from govreg.requests.people import DECIDING, RECORDING, require
from govreg.subjects.survivors import merged, with_aliases
from govreg.validation import suggestion

SUBJECT = "subject"
OWN_COLUMNS = ("channel", "wanted", "hours", "language", "origin", "at")
_FLAGS = {"true": True, "yes": True, "1": True, "false": False, "no": False, "0": False}
_SCHEMA = pa.schema([(name, pa.string()) for name in (SUBJECT, *OWN_COLUMNS)])
_ROWS = 50_000


@dataclass(slots=True)
class Preferred:
    """What became of a file."""

    rows: int = 0
    recorded: int = 0
    already: int = 0
    people: int = 0
    refused: dict[Refusal, RefusedRows] = field(default_factory=dict)

    @property
    def refusals(self) -> int:
        """How many rows were refused."""
        return sum(one.count for one in self.refused.values())


def import_preferences(
    parts: Parts, path: Path, *, renamed: Mapping[str, str], origin: str, actor: str
) -> Preferred:
    """Take over preferences from a file.

    Args:
        parts: The engine's parts.
        path: CSV, Parquet or JSON Lines: `subject` or identifier kinds, `channel`, `wanted`,
            `hours`, `language`, `origin`, `at`.
        renamed: By name, the file's column that holds it.
        origin: Where it was said, where a row does not say.
        actor: Who imports.

    Raises:
        Refused: the actor may not.
        UsageProblem: a column is unknown or missing.
        NotFound: there is no such file.
    """
    require(parts.settings, actor, RECORDING, "import preferences")
    columns = _columns(parts, tabular.columns(path), renamed)
    made = Preferred()
    with working(parts.border.progress, "importing", tabular.batches_about(path)):
        for first, batch in tabular.batches(path):
            parts.border.progress.reached(f"row {first}")
            held = {name: batch.column(column).to_pylist() for name, column in columns.items()}
            enter_rows(parts, held, batch.num_rows, first, made, origin=origin, actor=actor)
            parts.border.progress.rows(batch.num_rows)
    return made


def _columns(
    parts: Parts, columns: Sequence[str], renamed: Mapping[str, str]
) -> Mapping[str, str]:
    taken = {column: name for name, column in renamed.items()}
    kinds = sorted(parts.kinds.known)
    names = (SUBJECT, *kinds, *OWN_COLUMNS)
    for column in renamed.values():
        if column not in columns:
            raise UsageProblem(f"the file has no column `{column}`", suggestion(column, columns))
    held = {taken.get(column, column): column for column in columns}
    for name, column in held.items():
        if name not in names:
            raise UsageProblem(
                f"nothing is known of the file's column `{column}`", suggestion(name, names)
            )
    if SUBJECT in held and any(kind in held for kind in kinds):
        raise UsageProblem("people are named by `subject` or by identifiers, one of the two")
    if SUBJECT not in held and not any(kind in held for kind in kinds):
        raise UsageProblem("no column names a person", f"`subject`, or one of {', '.join(kinds)}")
    if "channel" not in held:
        raise UsageProblem("no column says the channel", "`--column channel=COLUMN`")
    return held


Columns = Mapping[str, Sequence[str | None]]


def enter_rows(
    parts: Parts,
    held: Columns,
    rows: int,
    first: int,
    made: Preferred,
    *,
    origin: str,
    actor: str,
) -> None:
    """Steps (2) to (4): columns of text by name, of rows whose first has a number."""
    refused: list[tuple[int, Refusal]] = []
    with parts.store.write() as connection:
        kinds = [name for name in held if name in parts.kinds.known]
        people = People(parts, connection, kinds)
        who = (
            people.by_id(held[SUBJECT])
            if SUBJECT in held
            else people.by_identifiers([held[kind] for kind in kinds])
        )
        said: list[tuple[int, str, Preference]] = []
        for place, person in enumerate(who):
            one = _said(parts, held, place, origin)
            why = person if isinstance(person, Refusal) else one
            if isinstance(why, Refusal):
                refused.append((place, why))
            elif isinstance(one, Preference):
                said.append((place, str(person), one))
        people.keep({person for _, person, _ in said})
        new = _new(connection, said)
        _load(connection, new, to_millis(parts.clock()))
        parts.log(
            connection,
            "consent.preferences_imported",
            actor,
            source="consent",
            counts={"rows": rows, "recorded": len(new), "refused": len(refused)},
        )
    made.rows += rows
    made.recorded += len(new)
    made.already += len(said) - len(new)
    made.people += len(people.new)
    for place, why in refused:
        made.refused.setdefault(why, RefusedRows()).add(first + place)


def _said(parts: Parts, held: Columns, place: int, origin: str) -> Preference | Refusal:
    def of(name: str) -> str | None:
        return held[name][place] if name in held else None

    if of("channel") not in set(Channel):
        return Refusal.CHANNEL
    wanted = of("wanted")
    if wanted is not None and wanted.lower() not in _FLAGS:
        return Refusal.PREFERENCE
    at = milliseconds(of("at"), parts.zone) if of("at") else to_millis(parts.clock())
    if isinstance(at, Refusal):
        return Refusal.MOMENT
    if at > to_millis(parts.clock() + dt.timedelta(minutes=5)):
        return Refusal.FUTURE
    try:
        return Preference(
            channel=Channel(str(of("channel"))),
            wanted=_FLAGS[wanted.lower()] if wanted is not None else None,
            hours=of("hours"),
            language=of("language"),
            at=from_millis(at),
            origin=(of("origin") or origin)[:120],
        )
    except UsageProblem:
        return Refusal.PREFERENCE


_Says = tuple[bool | None, str | None, str | None]


def _new(
    connection: sa.Connection, said: Sequence[tuple[int, str, Preference]]
) -> list[tuple[str, Preference]]:
    """Those that say something else than the latest entry of their moment."""
    of = with_aliases(connection, {person for _, person, _ in said})
    table = consent_preference.c
    read = [
        *(table.subject_id, table.channel, table.at, table.id),
        *(table.wanted, table.hours, table.language),
    ]
    before: dict[tuple[str, str], list[tuple[int, int, _Says]]] = {}
    for alias, channel, at, number, wanted, hours, language in among(
        connection, table.subject_id, list(of), read
    ):
        says = (None if wanted is None else bool(wanted), hours, language)
        before.setdefault((of[alias], channel), []).append((at, number, says))
    new: list[tuple[str, Preference]] = []
    for place, person, one in said:
        past = before.setdefault((person, str(one.channel)), [])
        at, says = to_millis(one.at), (one.wanted, one.hours, one.language)
        held = max((entry for entry in past if entry[0] <= at), default=None)
        if held is None or held[2] != says:
            past.append((at, 2**62 + place, says))
            new.append((person, one))
    return new


def _load(connection: sa.Connection, new: Sequence[tuple[str, Preference]], received: int) -> None:
    load(
        connection,
        consent_preference,
        {
            "subject_id": [person for person, _ in new],
            "channel": [str(one.channel) for _, one in new],
            "wanted": [None if one.wanted is None else int(one.wanted) for _, one in new],
            "hours": [one.hours for _, one in new],
            "language": [one.language for _, one in new],
            "origin": [one.origin for _, one in new],
            "at": [to_millis(one.at) for _, one in new],
            "received_at": [received] * len(new),
        },
    )


def export_preferences(parts: Parts, path: Path, *, actor: str) -> tuple[int, str]:
    """Write what counts of each person and channel; answers how many rows, and the file's hash.

    People are named by their ids; the file is readable by its owner alone.

    Raises:
        Refused: the actor may not.
        UsageProblem: the file's name says no form that is known.
    """
    require(parts.settings, actor, DECIDING, "export preferences")
    kind = tabular.format_of(path)
    rows = 0
    with (
        parts.store.read() as connection,
        whole(path) as out,
        tabular.table_writer(kind, out, _SCHEMA) as to,
    ):
        for batch in latest_entries(connection):
            rows += batch.num_rows
            to(batch)
    named = tabular.hash_of(path)
    with parts.store.write() as connection:
        parts.log(
            connection,
            "consent.preferences_exported",
            actor,
            source="consent",
            counts={"rows": rows},
            hashes={"file": named},
        )
    return rows, named


def latest_entries(connection: sa.Connection) -> Iterator[pa.RecordBatch]:
    """The latest entry of each person and channel, person by person, in columns of text."""
    table = consent_preference.c
    aliases = merged(connection)
    query = sa.select(consent_preference).order_by(table.subject_id, table.at, table.id)
    held: dict[tuple[str, str], sa.Row[tuple[object, ...]]] = {}
    rows = connection.execute(query.execution_options(yield_per=_ROWS))
    for row in rows:
        key = (aliases.get(row.subject_id, row.subject_id), row.channel)
        before = held.get(key)
        if before is None or (row.at, row.id) > (before.at, before.id):
            held[key] = row
        if len(held) >= _ROWS and not aliases:
            last = held.pop(key)
            yield _batch(held)
            held = {key: last}
    if held:
        yield _batch(held)


def _batch(held: Mapping[tuple[str, str], sa.Row[tuple[object, ...]]]) -> pa.RecordBatch:
    words = {None: None, 0: "no", 1: "yes"}
    columns = [
        [who for who, _ in held],
        [channel for _, channel in held],
        [words[row.wanted] for row in held.values()],
        [row.hours for row in held.values()],
        [row.language for row in held.values()],
        [row.origin for row in held.values()],
        [from_millis(row.at).isoformat().replace("+00:00", "Z") for row in held.values()],
    ]
    return pa.RecordBatch.from_arrays([pa.array(c, pa.string()) for c in columns], schema=_SCHEMA)
