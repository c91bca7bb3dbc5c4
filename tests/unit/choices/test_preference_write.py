"""Preferences written into a field of a source: only what differs, and nothing changed meanwhile."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing

import pytest
import sqlalchemy as sa

from govreg.audit.tables import audit_entry
from govreg.choices import preference_write
from govreg.choices.preference_source import preferences_of_source
from govreg.choices.preference_write import write_preferences
from govreg.consent.model import Channel
from govreg.consent.preference import Preference
from govreg.errors import NotFound, Refused, UsageProblem

from .world import NOW, Ticking, shop


@pytest.fixture
def engine(tmp_path):
    with shop(tmp_path, clock=Ticking()) as made:
        made.row_maps.sync(actor="dpo")
        for name, wanted in (("one", True), ("two", False)):
            who = made.consent.find({"email": f"{name}@a.example"})
            said = Preference(channel=Channel.POST, wanted=wanted, at=NOW, origin="desk")
            made.consent.prefer(who, said, actor="dpo")
        yield made


def names(folder, query="SELECT id, name FROM people"):
    with closing(sqlite3.connect(folder / "shop.db")) as database:
        return dict(database.execute(query).fetchall())


def put(engine, field="name", collection="shop.people", **more):
    said = {"yes": ["Y"], "no": ["N"], "actor": "dpo"}
    return write_preferences(engine.parts, collection, field, Channel.POST, **{**said, **more})


def logged(engine):
    with engine.store.read() as connection:
        bodies = connection.scalars(sa.select(audit_entry.c.body).order_by(audit_entry.c.index))
        held = [json.loads(one) for one in bodies]
    return [
        (one["action"].partition("_")[2], one["counts"])
        for one in held
        if one["action"].startswith("consent.preferences_writ")
    ]


def test_rows_of_people_who_said_it_are_made_to_say_it_too(engine, tmp_path):
    made = put(engine)
    assert (made.said, made.differ, made.written, made.failed) == (2, 2, 2, {})
    assert names(tmp_path) == {1: "Y", 2: "N", 9: "Agent"}
    assert logged(engine) == [
        ("writing", {"rows": 2}),
        ("written", {"rows": 2, "written": 2}),
    ]


def test_what_says_so_already_is_left_in_its_own_words(engine, tmp_path):
    with sqlite3.connect(tmp_path / "shop.db") as database:
        database.execute("UPDATE people SET name = ' yes' WHERE id = 1")
    database.close()
    made = put(engine, yes=["Y", "Yes"])
    assert (made.said, made.differ, made.written) == (2, 1, 1)
    assert names(tmp_path) == {1: " yes", 2: "N", 9: "Agent"}
    assert put(engine, yes=["Y", "Yes"]).differ == 0


def test_what_was_written_is_read_back_as_said_before(engine):
    put(engine)
    back = preferences_of_source(
        engine.parts, "shop.people", "name", Channel.POST, yes=["y"], no=["n"], actor="dpo"
    )
    # the agent's name means neither, and they said nothing
    assert (back.recorded, back.already, back.refusals) == (0, 2, 1)


def test_an_empty_field_is_filled_and_numbers_need_no_words(engine, tmp_path):
    with sqlite3.connect(tmp_path / "shop.db") as database:
        database.execute("UPDATE tickets SET agent_id = NULL WHERE id = 1")
    database.close()
    made = put(engine, field="agent_id", collection="shop.tickets", yes=(), no=())
    assert (made.differ, made.written) == (3, 3)
    assert names(tmp_path, "SELECT id, agent_id FROM tickets") == {1: 1, 2: 0, 3: 0}


def test_a_dry_run_counts_and_changes_nothing(engine, tmp_path):
    made = put(engine, dry_run=True)
    assert (made.differ, made.written) == (2, 0)
    assert names(tmp_path)[1] == "One"
    assert logged(engine) == []


def test_a_row_changed_meanwhile_is_left_and_told_and_the_next_run_does_it(
    engine, tmp_path, monkeypatch
):
    real = preference_write.carry_out

    def late(*said):
        with sqlite3.connect(tmp_path / "shop.db") as database:
            database.execute("UPDATE people SET name = 'Changed' WHERE id = 2")
        database.close()
        return real(*said)

    monkeypatch.setattr(preference_write, "carry_out", late)
    made = put(engine)
    assert (made.written, made.failed) == (0, {"row_changed": 2})
    assert names(tmp_path) == {1: "One", 2: "Changed", 9: "Agent"}
    assert logged(engine)[-1] == ("written", {"rows": 2, "written": 0})
    monkeypatch.setattr(preference_write, "carry_out", real)
    assert put(engine).written == 2


def test_pages_are_written_one_after_another(engine, tmp_path, monkeypatch):
    monkeypatch.setattr(preference_write, "PAGE", 1)
    assert put(engine).written == 2
    assert [counts for action, counts in logged(engine) if action == "written"] == [
        {"rows": 1, "written": 1},
        {"rows": 1, "written": 1},
    ]
    assert names(tmp_path) == {1: "Y", 2: "N", 9: "Agent"}


def test_what_cannot_be(engine):
    with pytest.raises(UsageProblem, match="which words"):
        put(engine, no=())
    with pytest.raises(UsageProblem, match="which words"):
        put(engine, yes=(), no=())
    with pytest.raises(UsageProblem, match="whole numbers"):
        put(engine, field="agent_id", collection="shop.tickets")
    with pytest.raises(UsageProblem, match="is the key"):
        put(engine, field="id")
    with pytest.raises(NotFound, match="no field `nam`"):
        put(engine, field="nam")
    with pytest.raises(Refused, match="may not write preferences"):
        put(engine, actor="engineer")
