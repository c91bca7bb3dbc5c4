"""How people want to be reached comes from files and goes into them, and is never consent."""

from __future__ import annotations

import datetime as dt
import sqlite3

import pytest

from govreg.choices.import_model import Refusal
from govreg.choices.preference_file import export_preferences, import_preferences
from govreg.choices.preference_source import preferences_of_source
from govreg.consent.model import Channel
from govreg.consent.status import Standing
from govreg.errors import NotFound, Refused, UsageProblem
from govreg.subjects.index import merge

from .test_importing import why, written
from .world import NOW, Ticking, shop


@pytest.fixture
def clock():
    return Ticking()


@pytest.fixture
def engine(tmp_path, clock):
    with shop(tmp_path, clock=clock) as made:
        yield made


ROW = {
    "email": "one@a.example",
    "channel": "email",
    "wanted": "no",
    "hours": "",
    "language": "fi",
    "at": "2026-02-01T10:00:00Z",
}


def taken(engine, folder, held, name="preferences.csv", **more):
    said = {"renamed": {}, "origin": "crm"}
    return import_preferences(
        engine.parts, written(folder, held, name), actor="dpo", **{**said, **more}
    )


def held_by(engine, email):
    return engine.consent.preferences(engine.consent.find({"email": email}))


@pytest.mark.parametrize("name", ["p.csv", "p.jsonl", "p.parquet"])
def test_preferences_are_taken_over_once_and_are_no_consent(engine, tmp_path, name):
    held = [ROW, ROW | {"channel": "phone", "wanted": "yes", "hours": "08:00-18:00"}]
    made = taken(engine, tmp_path, held, name)
    assert (made.rows, made.recorded, made.people) == (2, 2, 1)
    phone = held_by(engine, "one@a.example")[Channel.PHONE]
    assert (phone.wanted, phone.hours, phone.origin) == (True, "08:00-18:00", "crm")
    again = taken(engine, tmp_path, held, name)
    assert (again.recorded, again.already) == (0, 2)
    who = engine.consent.find({"email": "one@a.example"})
    assert engine.consent.status(who, "newsletter").consent is Standing.UNKNOWN


def test_the_moment_decides_not_the_order_of_rows(engine, tmp_path):
    later = ROW | {"wanted": "yes", "at": "2026-02-02T10:00:00Z"}
    taken(engine, tmp_path, [later, ROW])
    assert held_by(engine, "one@a.example")[Channel.EMAIL].wanted is True


def test_without_a_moment_only_what_is_new_is_recorded(engine, tmp_path, clock):
    bare = {"email": "one@a.example", "channel": "email", "wanted": "no"}
    assert taken(engine, tmp_path, [bare]).recorded == 1
    clock.later(days=1)
    assert taken(engine, tmp_path, [bare]).already == 1
    assert taken(engine, tmp_path, [bare | {"wanted": "yes"}]).recorded == 1


def test_rows_are_refused_by_reason(engine, tmp_path):
    held = [
        ROW | {"email": "x"},
        ROW | {"email": ""},
        ROW | {"channel": "pigeon"},
        ROW | {"wanted": "perhaps"},
        ROW | {"hours": "mornings"},
        ROW | {"at": "then"},
        ROW | {"at": "2030-01-01T00:00:00Z"},
        ROW,
    ]
    made = taken(engine, tmp_path, held)
    assert made.recorded == 1
    assert why(made) == {
        Refusal.IDENTIFIER: (1, [1]),
        Refusal.NOBODY: (1, [2]),
        Refusal.CHANNEL: (1, [3]),
        Refusal.PREFERENCE: (2, [4, 5]),
        Refusal.MOMENT: (1, [6]),
        Refusal.FUTURE: (1, [7]),
    }


@pytest.mark.parametrize("name", ["out.csv", "out.jsonl", "out.parquet"])
def test_what_is_exported_comes_in_again_as_said_before(engine, tmp_path, name, clock):
    taken(engine, tmp_path, [ROW, ROW | {"email": "two@a.example", "wanted": "yes"}])
    taken(engine, tmp_path, [ROW | {"at": "2026-02-05T10:00:00Z", "wanted": "yes"}])
    path = tmp_path / name
    rows, _ = export_preferences(engine.parts, path, actor="dpo")
    assert rows == 2
    assert path.stat().st_mode & 0o777 == 0o600
    assert b"one@a.example" not in path.read_bytes()
    made = import_preferences(engine.parts, path, renamed={}, origin="x", actor="dpo")
    assert (made.recorded, made.already) == (0, 2)


def test_an_alias_is_exported_as_whom_it_stands_for(engine, tmp_path):
    taken(
        engine,
        tmp_path,
        [ROW, ROW | {"email": "two@a.example", "at": "2026-02-02T10:00:00Z", "wanted": "yes"}],
    )
    one, two = (engine.consent.find({"email": f"{n}@a.example"}) for n in ("one", "two"))
    with engine.store.write() as connection:
        merge(connection, one, two, actor="dpo", now=NOW)
    path = tmp_path / "out.csv"
    assert export_preferences(engine.parts, path, actor="dpo")[0] == 1
    assert f'"{one}","email","yes"' in path.read_text()


class TestOutOfASource:
    """A field of a mapped collection says it; whose a row is, the map says."""

    @pytest.fixture
    def source(self, engine, tmp_path):
        with sqlite3.connect(tmp_path / "shop.db") as database:
            database.execute("UPDATE people SET name = 'Y' WHERE id = 1")
            database.execute("UPDATE people SET name = 'n' WHERE id = 2")
            database.execute("UPDATE people SET name = NULL WHERE id = 9")
        database.close()
        engine.row_maps.sync(["shop.people"], actor="dpo")
        return engine

    def taken(self, engine, field="name", collection="shop.people", **more):
        return preferences_of_source(
            engine.parts, collection, field, Channel.POST, actor="dpo", **more
        )

    def test_yes_and_no_are_taken_over_once_and_silence_is_none(self, source):
        made = self.taken(source)
        assert (made.rows, made.recorded, made.refusals) == (2, 2, 0)
        one = held_by(source, "one@a.example")[Channel.POST]
        assert (one.wanted, one.origin) == (True, "shop.people")
        assert held_by(source, "two@a.example")[Channel.POST].wanted is False
        assert held_by(source, "agent@a.example") == {}
        assert self.taken(source).already == 2

    def test_a_value_that_means_neither_is_refused(self, source):
        made = self.taken(source, yes=["ja"], no=["n"])
        assert made.recorded == 1
        assert {one: rows.count for one, rows in made.refused.items()} == {Refusal.PREFERENCE: 1}

    def test_what_is_not_there(self, source):
        with pytest.raises(NotFound, match="no field `nam`"):
            self.taken(source, field="nam")
        with pytest.raises(NotFound, match=r"no collection `shop\.peple`"):
            self.taken(source, collection="shop.peple")
        with pytest.raises(NotFound, match="no row map"):
            self.taken(source, field="email", collection="shop.visits")
        with pytest.raises(UsageProblem, match="is the key"):
            self.taken(source, field="id")


def test_files_that_cannot_be(engine, tmp_path):
    with pytest.raises(UsageProblem, match="no column says the channel"):
        taken(engine, tmp_path, [{"email": "x@a.example"}])
    with pytest.raises(UsageProblem, match="no column names a person"):
        taken(engine, tmp_path, [{"channel": "email"}])
    with pytest.raises(UsageProblem, match="column `mood`"):
        taken(engine, tmp_path, [ROW | {"mood": "x"}])
    with pytest.raises(UsageProblem, match="one of the two"):
        taken(engine, tmp_path, [ROW | {"subject": "x"}])
    with pytest.raises(Refused, match="may not export"):
        export_preferences(engine.parts, tmp_path / "x.csv", actor="engineer")
    assert dt.UTC
