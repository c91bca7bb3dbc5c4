"""Faults that were measured elsewhere, rebuilt on data of our own: each must come out right."""

from __future__ import annotations

import sqlite3

import pytest
from tests.journeys.workspace import (
    GONE,
    confirmed_plan,
    erased,
    make,
    opened,
    rows_found,
    verified,
)

from govreg.errors import Blocked, Refused

SOURCE = """\
govreg_source: 1
source: shop
title: Shop
connector: sql
config: {url: "sqlite:///shop.db"}
owner: Shop
collections:
  people:
    key: [id]
    subject: customer
    links:
      - {fields: [address_id], to: addresses, role: shared}
    fields:
      id: {category: user.unique_id, identifier: customer_id, activities: [orders]}
      email: {category: user.contact.email, identifier: email, activities: [orders, newsletter]}
      name: {category: user.name, activities: [orders]}
      address_id: {category: user.contact.address, activities: [orders]}
  addresses:
    key: [id]
    fields:
      id: {category: none}
      street: {category: user.contact.address.street, activities: [orders]}
      city: {category: user.contact.address.city, activities: [orders]}
  visits:
    key: [id]
    links:
      - {fields: [person_id], to: people, role: owns}
    fields:
      id: {category: none}
      person_id: {category: user.unique_id, activities: [orders]}
      email: {category: user.contact.email, activities: [orders]VISIT}
  tickets:
    key: [id]
    links:
      - {fields: [person_id], to: people, role: owns}
      - {fields: [agent_id], to: people, role: mentions}
    fields:
      id: {category: none}
      person_id: {category: user.unique_id, activities: [orders]}
      agent_id: {category: user.unique_id, activities: [orders], about_other: true}
      alt_email: {category: user.contact.email, activities: [orders]}
"""

SCHEMA = """
CREATE TABLE addresses (id INTEGER PRIMARY KEY, street TEXT, city TEXT);
CREATE TABLE people (id INTEGER PRIMARY KEY, email TEXT, name TEXT, address_id INTEGER REFERENCES addresses);
CREATE INDEX people_email ON people (lower(email));
CREATE TABLE visits (id INTEGER PRIMARY KEY, person_id INTEGER REFERENCES people, email TEXT NOT NULL);
CREATE TABLE tickets (id INTEGER PRIMARY KEY, person_id INTEGER REFERENCES people, agent_id INTEGER, alt_email TEXT);
INSERT INTO addresses VALUES (1, 'Kotikatu 1', 'Oulu'), (2, 'Yhteistie 2', 'Turku');
INSERT INTO people VALUES (1, 'one@a.example', 'One', 2), (2, 'two@a.example', 'Two', 2), (9, 'agent@a.example', 'Agent', 1);
INSERT INTO visits VALUES (1, 1, 'one@a.example'), (2, 2, 'two@a.example');
INSERT INTO tickets VALUES (1, 1, 9, 'one.alt@a.example'), (2, 2, 9, 'two.alt@a.example'), (3, 2, 9, NULL);
"""


def build(folder, *, extra_sql="", visit="", source=SOURCE, **options):
    database = sqlite3.connect(folder / "shop.db")
    database.executescript(SCHEMA + extra_sql)
    database.close()
    return make(folder, {"shop": source.replace("VISIT", visit)}, **options)


def rows(folder, query):
    with sqlite3.connect(folder / "shop.db") as database:
        return database.execute(query).fetchall()


def test_false_complete_a_field_that_stays_is_never_called_complete(tmp_path):
    """An address outside the plan's reach stays: the certificate says so, and is not complete."""
    build(tmp_path)
    with opened(tmp_path) as engine:
        request = erased(engine, {"email": "one@a.example"})
        held = engine.requests.get(request)
        assert held.outcome == "complete_with_withheld"
        folder = engine.requests.certificate(request)
    assert '"shared"' in (folder / "certificate.json").read_text()
    assert rows(tmp_path, "SELECT street FROM addresses WHERE id = 2") == [("Yhteistie 2",)]


def test_no_read_back_a_trigger_that_undoes_the_change_ends_as_failed(tmp_path):
    """The database says that one row was changed; the re-read says that it was not."""
    trigger = """
    CREATE TRIGGER undo AFTER UPDATE OF email ON people WHEN NEW.email IS NULL
    BEGIN UPDATE people SET email = OLD.email WHERE id = OLD.id; END;
    """
    source = SOURCE.replace(
        "    subject: customer\n",
        "    subject: customer\n    on_erase: blank\n    triggers_reviewed: [undo]\n",
    )
    build(tmp_path, extra_sql=trigger, source=source)
    with opened(tmp_path) as engine:
        request = erased(engine, {"email": "one@a.example"})
        assert engine.requests.get(request).outcome == "failed"
        assert engine.requests.get(request).state == "needs_attention"
        steps = {step.name: step.note for step in engine.requests.steps(request)}
    assert "shop.people" in steps["verify"]["failed"]
    assert rows(tmp_path, "SELECT email FROM people WHERE id = 1") == [("one@a.example",)]


def test_an_unreviewed_trigger_stops_the_plan(tmp_path):
    trigger = "CREATE TRIGGER watch AFTER DELETE ON visits BEGIN SELECT 1; END;"
    build(tmp_path, extra_sql=trigger)
    with opened(tmp_path) as engine:
        request = verified(engine, "erasure", {"email": "one@a.example"}, GONE)
        plan = confirmed_plan(engine, request)
        assert [b["code"] for b in plan["blockers"]] == ["trigger"]
        with pytest.raises(Blocked, match="cannot be carried out"):
            engine.requests.approve(request, actor="second")


def test_shared_rows_are_neither_destroyed_nor_disclosed_beyond_the_persons_part(tmp_path):
    """The address is somebody else's home too; the agent's tickets are other people's."""
    build(tmp_path)
    with opened(tmp_path) as engine:
        erased(engine, {"email": "one@a.example"})
        assert rows(tmp_path, "SELECT * FROM addresses WHERE id = 2") == [
            (2, "Yhteistie 2", "Turku")
        ]
        request = verified(engine, "access", {"email": "agent@a.example"})
        engine.requests.plan(request, actor="dpo")
        list(engine.requests.run(request, actor="dpo"))
        folder = engine.requests.export(request, tmp_path / "answer", actor="dpo")
    assert "two.alt@a.example" not in (folder / "data.json").read_text()


def test_the_last_persons_shared_row_goes(tmp_path):
    build(tmp_path)
    with opened(tmp_path) as engine:
        request = erased(engine, {"email": "agent@a.example"})
        assert engine.requests.get(request).outcome in {"complete", "complete_with_withheld"}
    assert rows(tmp_path, "SELECT count(*) FROM addresses WHERE id = 1") == [(0,)]


def test_partial_commit_not_null_is_found_before_anything_is_written(tmp_path):
    """`visits.email` must not be null: the plan stops, every row is as it was."""
    source = SOURCE.replace(
        "  visits:\n    key: [id]\n", "  visits:\n    key: [id]\n    on_erase: blank\n"
    )
    build(tmp_path, source=source)
    before = rows(tmp_path, "SELECT * FROM people") + rows(tmp_path, "SELECT * FROM visits")
    with opened(tmp_path) as engine:
        request = verified(engine, "erasure", {"email": "one@a.example"}, GONE)
        plan = confirmed_plan(engine, request)
        codes = {b["code"] for b in plan["blockers"]}
        assert "not_null" in codes
        with pytest.raises(Blocked):
            engine.requests.approve(request, actor="second")
        with pytest.raises(Refused):
            list(engine.requests.run(request, actor="dpo"))
    assert before == rows(tmp_path, "SELECT * FROM people") + rows(
        tmp_path, "SELECT * FROM visits"
    )


def test_a_constant_makes_the_same_plan_possible(tmp_path):
    source = SOURCE.replace(
        "  visits:\n    key: [id]\n", "  visits:\n    key: [id]\n    on_erase: blank\n"
    )
    build(tmp_path, source=source, visit=', on_erase: {constant: "erased"}')
    with opened(tmp_path) as engine:
        request = erased(engine, {"email": "one@a.example"})
        assert engine.requests.get(request).outcome == "complete_with_withheld"
    assert rows(tmp_path, "SELECT email, person_id FROM visits WHERE id = 1") == [("erased", None)]


def test_subject_lost_a_failed_erasure_still_finds_the_person_again(tmp_path):
    """The shop's row goes, the archive fails; a new plan still leads to the archive's rows."""
    archive = """\
govreg_source: 1
source: archive
title: Archive
connector: files
config: {path: archive}
owner: Archive
collections:
  letters:
    key: [id]
    links: [{fields: [person], to: shop.people, role: owns}]
    fields:
      id: {category: none}
      person: {category: user.unique_id, activities: [orders]}
      text: {category: user.content, activities: [orders]}
"""
    (tmp_path / "archive").mkdir()
    letters = tmp_path / "archive" / "letters.csv"
    letters.write_text("id,person,text\n1,1,Dear One\n2,2,Dear Two\n")
    database = sqlite3.connect(tmp_path / "shop.db")
    database.executescript(SCHEMA)
    database.close()
    make(tmp_path, {"shop": SOURCE.replace("VISIT", ""), "archive": archive})
    with opened(tmp_path) as engine:
        request = verified(engine, "erasure", {"email": "one@a.example"}, GONE)
        assert rows_found(confirmed_plan(engine, request))["archive.letters"] == 1
        engine.requests.approve(request, actor="second")
        letters.write_text("id,person,text\n1,1,Dear One and more\n2,2,Dear Two\n")
        list(engine.requests.run(request, actor="dpo"))
        assert engine.requests.get(request).outcome == "partial"
        assert rows(tmp_path, "SELECT count(*) FROM people WHERE id = 1") == [(0,)]
        again = confirmed_plan(engine, request)
        assert rows_found(again)["archive.letters"] == 1
        engine.requests.approve(request, actor="second")
        list(engine.requests.run(request, actor="dpo"))
        assert engine.requests.get(request).outcome in {"complete", "complete_with_withheld"}
    assert letters.read_text() == "id,person,text\n2,2,Dear Two\n"
