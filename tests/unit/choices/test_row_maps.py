"""Whose each row of a source is: by what identifies it, or by whom it links to."""

from __future__ import annotations

import sqlite3

import pyarrow as pa
import pytest
import sqlalchemy as sa
from tests.journeys.test_traps import SOURCE, rows

from govreg.bulk.standing import Verdict
from govreg.choices.copies import copies_of
from govreg.choices.subset import Named
from govreg.consent.model import EventKind
from govreg.errors import Conflict, IntegrityProblem, NotFound, Refused, UsageProblem
from govreg.runner.claim import claimed
from govreg.subjects.index import merge
from govreg.subjects.leaving import WORK, let_leave
from govreg.subjects.row_map import freshness, mapped_rows

from .test_subset import asked
from .world import NOW, Ticking, given, shop, withdrawn

PEOPLE = Named(rows="shop.people")


@pytest.fixture
def clock():
    return Ticking()


@pytest.fixture
def engine(tmp_path, clock):
    with shop(tmp_path, clock=clock) as made:
        yield made


def change(folder, *statements):
    with sqlite3.connect(folder / "shop.db") as database:
        for one in statements:
            database.execute(one)
    database.close()


def synced(engine, *collections):
    return {one.collection: one for one in engine.row_maps.sync(collections, actor="dpo")}


def table_of(folder, query, names):
    held = rows(folder, query)
    return pa.table({n: [row[i] for row in held] for i, n in enumerate(names)}).to_reader()


def owners(engine, collection):
    with engine.store.read() as connection:
        held = freshness(connection)[collection]
    return {
        row["id"]: row["subject"]
        for batch in mapped_rows(copies_of(engine.parts).rows, held)
        for row in batch.to_pylist()
    }


def record(engine, choice=None, **identifiers):
    return engine.consent.record(
        choice or given(), identifiers=identifiers or {"email": "one@a.example"}, actor="dpo"
    ).subject


def test_everybody_in_the_source_becomes_known_and_links_lead_to_them(engine):
    done = synced(engine)
    assert {
        ref: (one.made.rows, one.made.mapped, one.new_people)
        for ref, one in done.items()
        if one.made
    } == {
        "shop.people": (3, 3, 3),
        "shop.visits": (2, 2, 0),
        "shop.tickets": (3, 3, 0),
    }
    assert done["shop.addresses"].why_not.startswith("neither an identifier")
    people = owners(engine, "shop.people")
    assert owners(engine, "shop.visits") == {1: people[1], 2: people[2]}
    assert owners(engine, "shop.tickets") == {1: people[1], 2: people[2], 3: people[2]}
    again = synced(engine)
    assert again["shop.people"].new_people == 0
    assert owners(engine, "shop.people") == people


def test_who_was_known_by_the_address_gains_the_number(engine):
    who = record(engine)
    synced(engine)
    assert owners(engine, "shop.people")[1] == who
    assert engine.consent.find({"customer_id": "1"}) == who


def test_consent_filters_rows_by_their_key(engine, tmp_path, clock):
    record(engine)
    synced(engine)
    every = "SELECT id, name FROM people ORDER BY id"
    out, counts = asked(engine, table_of(tmp_path, every, ["id", "name"]), PEOPLE)
    assert out.to_pylist() == [{"id": 1, "name": "One"}]
    assert counts == {Verdict.PERMITTED: 1, Verdict.NEVER_CHOSE: 2}
    clock.later(days=1)
    record(engine, withdrawn())
    record(engine, email="two@a.example")
    visits = table_of(tmp_path, "SELECT id, person_id FROM visits", ["id", "person_id"])
    out, counts = asked(engine, visits, Named(rows="shop.visits"))
    assert out.to_pylist() == [{"id": 2, "person_id": 2}]
    assert counts == {Verdict.PERMITTED: 1, Verdict.SUPPRESSED: 1}


def test_a_row_that_is_newer_than_the_map_is_not_let_through(engine, tmp_path):
    synced(engine)
    change(tmp_path, "INSERT INTO people VALUES (10, 'ten@a.example', 'Ten', 1)")
    every = table_of(tmp_path, "SELECT id FROM people", ["id"])
    out, counts = asked(engine, every, PEOPLE, activity="orders")
    assert sorted(out.column("id").to_pylist()) == [1, 2, 9]
    assert counts[Verdict.NOT_MAPPED] == 1


class TestSharedAddresses:
    """A household's address names nobody alone."""

    def test_each_of_a_household_is_somebody_by_their_number(self, engine, tmp_path):
        change(tmp_path, "UPDATE people SET email = 'One@a.example' WHERE id = 2")
        done = synced(engine)["shop.people"]
        assert (done.made.mapped, done.made.ambiguous, done.made.subjects) == (3, 0, 3)
        with pytest.raises(Refused, match="several known people"):
            record(engine)

    def test_who_chose_by_the_address_alone_may_be_any_of_them(self, engine, tmp_path, clock):
        change(tmp_path, "UPDATE people SET email = 'one@a.example' WHERE id = 2")
        record(
            engine, given(activity="orders", notice=None, language=None, kind=EventKind.OBJECTED)
        )
        done = synced(engine)["shop.people"]
        assert (done.made.mapped, done.made.ambiguous) == (1, 2)
        every = table_of(tmp_path, "SELECT id FROM people", ["id"])
        out, counts = asked(engine, every, PEOPLE, activity="orders")
        assert out.column("id").to_pylist() == [9]
        assert counts == {Verdict.AMBIGUOUS: 2, Verdict.PERMITTED: 1}
        (state,) = [s for s in engine.row_maps.states() if s.held.collection == "shop.people"]
        assert state.findings[0].startswith("2 rows may be of several people")

    def test_two_known_people_who_are_one_row_are_told_until_merged(self, engine, tmp_path):
        one = record(engine)
        two = record(engine, customer_id="1")
        assert synced(engine)["shop.people"].made.ambiguous == 1
        with engine.store.write() as connection:
            merge(connection, one, two, actor="dpo", now=NOW)
        assert synced(engine)["shop.people"].made.ambiguous == 0
        assert owners(engine, "shop.people")[1] == one

    def test_two_links_that_disagree_leave_nobody_sure(self, tmp_path, clock):
        source = SOURCE.replace("to: people, role: mentions", "to: people, role: owns").replace(
            ", about_other: true", ""
        )
        with shop(tmp_path, clock=clock, source=source) as engine:
            done = synced(engine)["shop.tickets"]
            assert (done.made.mapped, done.made.ambiguous) == (0, 3)


def test_rows_without_anything_that_identifies_are_counted(engine, tmp_path):
    change(
        tmp_path,
        "INSERT INTO visits VALUES (3, NULL, 'x@a.example')",
        "INSERT INTO people VALUES (0, 'no address', 'Zero', 1)",
    )
    done = synced(engine)
    assert done["shop.visits"].made.unmatched == 1
    assert done["shop.people"].made.unmatched == 1  # a number of zeros is nobody's


def test_keys_of_other_types_are_linked_as_text(tmp_path, clock):
    with shop(tmp_path, clock=clock) as engine:
        change(
            tmp_path,
            "DROP TABLE visits",
            "CREATE TABLE visits (id INTEGER PRIMARY KEY, person_id TEXT, email TEXT)",
            "INSERT INTO visits VALUES (1, '2', 'x'), (2, 'two', 'x')",
        )
        done = synced(engine)["shop.visits"]
        assert (done.made.mapped, done.made.unmatched) == (1, 1)


def test_only_what_was_asked_for(engine):
    assert list(synced(engine, "shop.people")) == ["shop.people"]
    with pytest.raises(NotFound, match=r"no collection `shop\.peple`"):
        synced(engine, "shop.peple")
    with pytest.raises(Refused, match="may not map rows"):
        engine.row_maps.sync(actor="nobody")


def test_linked_rows_need_the_map_of_what_they_link_to(engine):
    done = synced(engine, "shop.visits")["shop.visits"]
    assert done.made is None
    assert "has no row map by its key" in done.why_not


def test_a_source_that_cannot_be_read_is_told_and_the_old_map_stays(engine, tmp_path):
    synced(engine)
    before = owners(engine, "shop.people")
    change(tmp_path, "ALTER TABLE people RENAME TO persons")
    done = synced(engine)
    assert done["shop.people"].made is None
    assert owners(engine, "shop.people") == before


def test_one_process_at_a_time(engine):
    with claimed(engine.store, WORK), pytest.raises(Conflict, match="another process"):
        synced(engine)


def test_stale_maps_are_findings(engine, tmp_path, clock):
    synced(engine, "shop.people")
    (state,) = engine.row_maps.states()
    assert state.findings == ()
    clock.later(days=2)
    (state,) = engine.row_maps.states()
    assert state.findings == ("it was filled more than 1 day ago: newer rows are not in it",)


def test_the_files_tell_nothing_and_are_all_needed(engine, tmp_path):
    change(tmp_path, "UPDATE people SET id = 712345678 WHERE id = 9")
    synced(engine)
    files = list((tmp_path / ".govreg" / "copies").rglob("*.sealed"))
    assert files
    for path in files:
        assert b"sub_" not in path.read_bytes()
        assert (712345678).to_bytes(8, "little") not in path.read_bytes()
        assert path.stat().st_mode & 0o77 == 0
    with engine.store.read() as connection:
        held = freshness(connection)["shop.people"]
    place = copies_of(engine.parts).rows
    (place.of("shop.people") / held.set_name).rename(place.of("shop.people") / "away")
    with pytest.raises(IntegrityProblem, match="not where the store says"):
        list(mapped_rows(place, held))


def test_who_is_to_leave_is_gone_from_the_map_by_the_next_reading(engine, tmp_path):
    synced(engine)
    people = owners(engine, "shop.people")
    with engine.store.write() as connection:
        let_leave(connection, [people[1]], NOW)
    asked(engine, table_of(tmp_path, "SELECT id FROM people", ["id"]), PEOPLE)
    left = owners(engine, "shop.people")
    assert left == {2: people[2], 9: people[9]}
    with engine.store.read() as connection:
        assert connection.execute(sa.text("SELECT count(*) FROM copy_leaving")).scalar() == 0


def test_a_table_whose_key_is_of_another_kind_is_refused(engine):
    synced(engine)
    with pytest.raises(UsageProblem, match="of another type"):
        asked(engine, pa.table({"id": [1.0]}).to_reader(), PEOPLE)


def test_keys_as_text_and_keys_far_apart_have_the_same_answer(engine, tmp_path):
    record(engine)
    far = 10**15
    change(tmp_path, f"INSERT INTO people VALUES ({far}, 'far@a.example', 'Far', 1)")
    record(engine, email="far@a.example")
    synced(engine)
    ids = [1, 2, far, 77, None]
    out, counts = asked(engine, pa.table({"id": ids}).to_reader(), PEOPLE)
    assert sorted(out.column("id").to_pylist()) == [1, far]
    texts = [None if one is None else str(one) for one in ids]
    as_text, same = asked(engine, pa.table({"id": texts}).to_reader(), PEOPLE)
    assert sorted(as_text.column("id").to_pylist()) == ["1", str(far)]
    assert (
        counts
        == same
        == {
            Verdict.PERMITTED: 2,
            Verdict.NEVER_CHOSE: 1,
            Verdict.NOT_MAPPED: 2,
        }
    )


def test_an_alias_is_judged_as_whom_it_stands_for(engine, tmp_path, clock):
    synced(engine)
    people = owners(engine, "shop.people")
    engine.consent.record(given(), subject=people[2], actor="dpo")
    with engine.store.write() as connection:
        merge(connection, people[2], people[1], actor="dpo", now=NOW)
    every = table_of(tmp_path, "SELECT id FROM people", ["id"])
    out, _ = asked(engine, every, PEOPLE)
    assert sorted(out.column("id").to_pylist()) == [1, 2]
