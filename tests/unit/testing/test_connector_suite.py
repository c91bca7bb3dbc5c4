"""The suite is run against connectors that are broken on purpose; the named law must catch each."""

import inspect
import itertools
import sqlite3
from dataclasses import replace

import pyarrow as pa
import pytest

from govreg.connectors.interface import Context
from govreg.connectors.plan import fingerprint, schema_hash
from govreg.connectors.record import Count, Outcome, OutcomeKind, Page, VerdictKind
from govreg.errors import SourceProblem
from govreg.register.catalogue import Fold
from govreg.testing.connector_suite import ConnectorConformance
from govreg.testing.connector_world import Lack, fitted, lines, loose, opened, orders, people
from govreg_sql.connector import SqlConnector

LACKS = frozenset({Lack.DATE, Lack.TIMESTAMP, Lack.DECIMAL, Lack.BOOLEAN})
LAWS = {
    name: law
    for name, law in inspect.getmembers(ConnectorConformance, inspect.isfunction)
    if name.startswith("test_")
}


class Honest:
    """A session that hands every question on."""

    def __init__(self, session):
        self.session = session

    def __enter__(self):
        return self

    def __exit__(self, *exc):
        self.session.__exit__(*exc)

    def __getattr__(self, name):
        return getattr(self.session, name)


class DropsTheLastRow(Honest):
    def scan(self, *asked, **more):
        for page in self.session.scan(*asked, **more):
            yield replace(page, batch=page.batch.slice(0, max(0, page.batch.num_rows - 1)))


class StopsAfterTheFirstPage(Honest):
    def scan(self, *asked, **more):
        yield replace(next(self.session.scan(*asked, **more)), cursor=None)


class ForgetsTheCursor(Honest):
    def scan(self, *asked, cursor=None, **more):
        yield from self.session.scan(*asked, **more)


class LooksForTheBeginning(Honest):
    def find(self, collection, field, wanted, *, fold, columns):
        for page in self.session.scan(collection, [*dict.fromkeys((*columns, field))]):
            texts = [str(text) for text in page.batch.column(field).to_pylist()]
            mask = [any(text.startswith(one) for one in wanted) for text in texts]
            yield Page(batch=page.batch.filter(pa.array(mask)).select(list(columns)))


class KnowsNoLetterCase(Honest):
    def find(self, *asked, fold, **more):
        yield from self.session.find(*asked, fold=Fold.EXACT, **more)


class KnowsNoSignsBetweenDigits(Honest):
    def find(self, *asked, fold, **more):
        fold = Fold.CASE if fold is Fold.COMPACT else fold
        yield from self.session.find(*asked, fold=fold, **more)


class FollowsTheFirstKeysOnly(Honest):
    def follow(self, collection, fields, keys, **more):
        yield from self.session.follow(collection, fields, keys[:20], **more)


class GivesARowForEachKey(Honest):
    def follow(self, collection, fields, keys, **more):
        for key in keys:
            yield from self.session.follow(collection, fields, [key], **more)


class ConvertsNothing(Honest):
    def follow(self, collection, fields, keys, **more):
        kept = [key for key in keys if not isinstance(key[0], str) and fields != ["code"]]
        yield from self.session.follow(collection, fields, kept, **more)


class GluesKeysTogether(Honest):
    def follow(self, collection, fields, keys, *, columns, limit=None):
        glued = {"".join(str(part) for part in key) for key in keys}
        for page in self.session.scan(collection, [*dict.fromkeys((*columns, *fields))]):
            mask = [
                "".join(str(row[name]) for name in fields) in glued
                for row in page.batch.to_pylist()
            ]
            yield Page(batch=page.batch.filter(pa.array(mask)).select(list(columns)))


class KnowsNoLimit(Honest):
    def follow(self, *asked, limit=None, **more):
        yield from self.session.follow(*asked, **more)


class CountsAllButOne(Honest):
    def count(self, collection):
        return Count(value=self.session.count(collection).value - 1, exact=True)


class SampleMoves(Honest):
    turn = itertools.count()

    def sample(self, collection, rows):
        batch = self.session.sample(collection, rows + 3)
        return batch.slice(next(self.turn) % 3, rows)


class ForgetsAColumn(Honest):
    def discover(self):
        found = self.session.discover()
        held = found.collections["people"]
        columns = {name: column for name, column in held.columns.items() if name != "age"}
        return replace(
            found, collections={**found.collections, "people": replace(held, columns=columns)}
        )


class DeletesANeighbour(Honest):
    def apply(self, plan, journal):
        outcomes = self.session.apply(plan, journal)
        self.session.connection.exec_driver_sql(
            "DELETE FROM people WHERE id = (SELECT max(id) FROM people)"
        )
        self.session.connection.commit()
        return outcomes


class SaysDoneAndDoesNothing(Honest):
    def apply(self, plan, journal):
        journal.note(position=0, collection="people", state="sent")
        return tuple(
            Outcome(position=n, kind=OutcomeKind.DONE, affected=len(c.rows))
            for n, c in enumerate(plan.changes)
        )


class OverwritesWhatMoved(Honest):
    def apply(self, plan, journal):
        changes = []
        for change in plan.changes:
            pages = self.session.follow(
                change.collection, change.key, change.rows, columns=[*change.key, *change.guard]
            )
            live = {
                tuple(r[n] for n in change.key): r
                for page in pages
                for r in page.batch.to_pylist()
            }
            marks = tuple(
                fingerprint([live[row][n] for n in change.guard]) if row in live else ""
                for row in change.rows
            )
            changes.append(replace(change, fingerprints=marks))
        return self.session.apply(replace(plan, changes=tuple(changes)), journal)


class CaresForNoSchema(Honest):
    def apply(self, plan, journal):
        live = schema_hash(self.session.discover(), plan.collections)
        return self.session.apply(replace(plan, schema_hash=live), journal)


class ChangesOneByOne(Honest):
    def apply(self, plan, journal):
        outcomes = []
        for position, change in enumerate(plan.changes):
            live = schema_hash(self.session.discover(), [change.collection])
            part = replace(plan, schema_hash=live, changes=(change,))
            outcomes.append(replace(self.session.apply(part, journal)[0], position=position))
        return tuple(outcomes)


class SaysGoneAtOnce(Honest):
    def verify(self, collection, key, rows):
        return (VerdictKind.GONE,) * len(rows)


class SaysNeverGone(Honest):
    def verify(self, collection, key, rows):
        return (VerdictKind.PRESENT,) * len(rows)


class ShowsValues(Honest):
    def render(self, plan):
        return tuple(
            replace(one, statement=f"{one.statement} {plan.changes[one.position].assign}")
            for one in self.session.render(plan)
        )


class WritesWhileRendering(Honest):
    def render(self, plan):
        self.session.connection.exec_driver_sql("UPDATE people SET age = 1 WHERE id = 2")
        self.session.connection.commit()
        return self.session.render(plan)


class RepeatsValues(Honest):
    def find(self, collection, field, wanted, **more):
        try:
            yield from self.session.find(collection, field, wanted, **more)
        except SourceProblem as problem:
            raise SourceProblem(problem.code, "refused") from ValueError(wanted)


class CleansTooWell(Honest):
    def clean(self, collections):
        self.session.connection.exec_driver_sql("DELETE FROM orders")
        self.session.connection.commit()
        return self.session.clean(collections)


BROKEN = {
    DropsTheLastRow: "test_scan_gives_every_row_once",
    StopsAfterTheFirstPage: "test_scan_gives_every_row_once",
    ForgetsTheCursor: "test_scan_resumes_after_every_page",
    LooksForTheBeginning: "test_find_exact_takes_texts_literally",
    KnowsNoLetterCase: "test_find_by_case",
    KnowsNoSignsBetweenDigits: "test_find_compact",
    FollowsTheFirstKeysOnly: "test_follow_of_many_keys",
    GivesARowForEachKey: "test_follow_gives_each_row_once",
    ConvertsNothing: "test_follow_converts_numbers_and_texts",
    GluesKeysTogether: "test_follow_by_two_fields",
    KnowsNoLimit: "test_follow_stops_at_its_limit",
    CountsAllButOne: "test_an_exact_count_is_exact",
    SampleMoves: "test_sample_is_stable",
    ForgetsAColumn: "test_discover_equals_what_was_loaded",
    DeletesANeighbour: "test_deletion_removes_the_planned_rows_only",
    SaysDoneAndDoesNothing: "test_update_changes_the_planned_cells_only",
    OverwritesWhatMoved: "test_a_row_that_moved_is_a_conflict",
    CaresForNoSchema: "test_another_schema_is_refused",
    ChangesOneByOne: "test_a_conflict_in_one_collection_undoes_the_other",
    SaysGoneAtOnce: "test_verify_tells_present_from_gone",
    SaysNeverGone: "test_verify_tells_present_from_gone",
    ShowsValues: "test_rendering_writes_nothing_and_shows_no_value",
    WritesWhileRendering: "test_rendering_writes_nothing_and_shows_no_value",
    RepeatsValues: "test_what_is_not_there_has_a_code",
    CleansTooWell: "test_cleaning_keeps_every_row",
}


class Connector(SqlConnector):
    session = Honest

    def open(self, config, context):
        return self.session(super().open(config, context))


class World:
    """One SQLite file."""

    def __init__(self, folder, session):
        self.folder, self.path = folder, folder / "world.db"
        self.connector = Connector()
        self.connector.session = session

    def config(self):
        return {"url": f"sqlite:///{self.path}"}

    def context(self):
        return Context(source="tested", workspace=self.folder, secret=str)

    def unreachable(self, secret):
        return {"url": f"sqlite:///{secret}.db"}, self.context()

    def load(self, tables):
        self.path.unlink(missing_ok=True)
        raw = sqlite3.connect(self.path)
        for name, table in tables.items():
            words = [
                f"{n} {'INTEGER' if pa.types.is_integer(kind) else 'TEXT'}"
                for n, kind in table.columns.items()
            ]
            words += [f"PRIMARY KEY ({', '.join(table.key)})"] if table.key else []
            raw.execute(f"CREATE TABLE {name} ({', '.join(words)})")
            marks = ", ".join(f":{n}" for n in table.columns)
            raw.executemany(f"INSERT INTO {name} VALUES ({marks})", table.rows)
        raw.commit()
        raw.close()

    def read_raw(self, collection):
        raw = sqlite3.connect(self.path)
        raw.row_factory = sqlite3.Row
        rows = [dict(row) for row in raw.execute(f"SELECT * FROM {collection}")]
        raw.close()
        return rows


def keeps(law, world):
    """Whether a law holds, for every case that it is asked in."""
    marks = [mark for mark in getattr(law, "pytestmark", ()) if mark.name == "parametrize"]
    cases = itertools.product(
        *([(mark.args[0], value) for value in mark.args[1]] for mark in marks)
    )
    for case in cases:
        tables = {
            name: fitted(made(), LACKS)
            for name, made in (
                ("people", people),
                ("orders", orders),
                ("lines", lines),
                ("loose", loose),
            )
        }
        world.load(tables)
        with opened(world) as session:
            given = {
                "world": world,
                "session": session,
                "tables": tables,
                "lacks": LACKS,
                **dict(case),
            }
            wanted = [name for name in inspect.signature(law).parameters if name != "self"]
            try:
                law(ConnectorConformance(), **{name: given[name] for name in wanted})
            except (AssertionError, pytest.fail.Exception):
                return False
    return True


@pytest.mark.parametrize("law", LAWS.values(), ids=LAWS)
def test_an_honest_connector_keeps_every_law(tmp_path, law):
    assert keeps(law, World(tmp_path, Honest))


@pytest.mark.parametrize(
    ("session", "law"), BROKEN.items(), ids=lambda held: getattr(held, "__name__", "")
)
def test_a_broken_connector_is_caught(tmp_path, session, law):
    assert not keeps(LAWS[law], World(tmp_path, session))
