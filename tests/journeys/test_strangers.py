"""Attacks of everyday life: somebody else's data lies next to mine, and stays theirs."""

from __future__ import annotations

import sqlite3
import unicodedata

import pytest
from tests.journeys.workspace import GONE, confirmed_plan, make, opened, rows_found, verified

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
      - {fields: [home_id], to: homes, role: shared}
      - {fields: [boss_id], to: people, role: mentions, inferred: true}
    fields:
      id: {category: user.unique_id, identifier: customer_id, activities: [orders]}
      email: {category: user.contact.email, identifier: email, activities: [orders]}
      name: {category: user.name, activities: [orders]}
      home_id: {category: user.contact.address, activities: [orders]}
      boss_id: {category: user.unique_id, activities: [orders]}
  homes:
    key: [id]
    level: household
    fields:
      id: {category: none}
      street: {category: user.contact.address.street, activities: [orders]}
      phone: {category: user.contact.phone_number, identifier: phone, activities: [orders]}
  posts:
    key: [id]
    links:
      - {fields: [author_id], to: people, role: owns}
      - {fields: [thread_id], to: posts, role: owns}
    fields:
      id: {category: none}
      author_id: {category: user.unique_id, activities: [orders]}
      thread_id: {category: none}
      text: {category: user.content, activities: [orders]}
"""

SCHEMA = """
CREATE TABLE homes (id INTEGER PRIMARY KEY, street TEXT, phone TEXT);
CREATE TABLE people (id INTEGER PRIMARY KEY, email TEXT, name TEXT, home_id INTEGER, boss_id INTEGER);
CREATE TABLE posts (id INTEGER PRIMARY KEY, author_id INTEGER, thread_id INTEGER, text TEXT);
INSERT INTO homes VALUES (1, 'Kotikatu 1', '040 123 4567'), (2, 'Kotikatu 2', '050 123 4567');
INSERT INTO people VALUES (1, 'one@a.example', 'One', 1, NULL), (2, 'two@a.example', 'Two', 1, 1),
  (3, 'three@a.example', 'Three', 2, NULL);
INSERT INTO posts VALUES (1, 1, NULL, 'mine'), (2, 2, 1, 'a reply of two'), (3, 1, 1, 'mine'),
  (4, NULL, 1, 'nobody says whose');
"""


@pytest.fixture
def shop(tmp_path):
    with sqlite3.connect(tmp_path / "shop.db") as database:
        database.executescript(SCHEMA)
    database.close()
    make(tmp_path, {"shop": SOURCE})
    with opened(tmp_path) as engine:
        yield engine, tmp_path


def rows(folder, query):
    with sqlite3.connect(folder / "shop.db") as database:
        return database.execute(query).fetchall()


def carried_out(engine, request):
    engine.requests.approve(request, actor="second")
    list(engine.requests.run(request, actor="dpo"))
    return engine.requests.get(request)


def test_a_reply_under_my_post_is_somebody_elses(shop):
    engine, folder = shop
    request = verified(engine, "erasure", {"email": "one@a.example"}, GONE)
    plan = engine.requests.plan(request, actor="dpo")
    assert rows_found(plan)["shop.posts"] == 3
    asked = [c for c in plan["candidates"] if c["collection"] == "shop.posts"]
    assert [(c["doubt"], c["rows"]) for c in asked] == [("ambiguous", 1)]
    choices = {c["id"]: False for c in plan["candidates"]}
    engine.requests.decide_links(request, choices, actor="second")
    engine.requests.plan(request, actor="dpo")
    assert carried_out(engine, request).state == "ready"
    assert rows(folder, "SELECT id, text FROM posts") == [(2, "a reply of two")]


def test_the_telephone_of_a_home_does_not_make_the_home_mine_alone(shop):
    """The telephone leads to the home itself; others live there, whoever confirms what."""
    engine, folder = shop
    request = verified(engine, "erasure", {"email": "one@a.example", "phone": "0401234567"}, GONE)
    plan = confirmed_plan(engine, request)
    kept = {(a["collection"], a["action"]): a["rows"] for a in plan["actions"]}
    assert kept["shop.homes", "keep"] == 1
    assert carried_out(engine, request).outcome == "complete_with_withheld"
    assert rows(folder, "SELECT street FROM homes WHERE id = 1") == [("Kotikatu 1",)]


def test_the_home_of_one_alone_goes_with_its_telephone(shop):
    engine, folder = shop
    request = verified(
        engine, "erasure", {"email": "three@a.example", "phone": "0501234567"}, GONE
    )
    confirmed_plan(engine, request)
    assert carried_out(engine, request).outcome == "complete"
    assert rows(folder, "SELECT id FROM homes") == [(1,)]


def test_homes_with_one_telephone_are_asked_about_one_by_one(shop):
    engine, folder = shop
    with sqlite3.connect(folder / "shop.db") as database:
        database.execute("UPDATE homes SET phone = '0401234567'")
    database.close()
    request = verified(engine, "access", {"phone": "0401234567"})
    plan = engine.requests.plan(request, actor="dpo")
    asked = [c for c in plan["candidates"] if c["collection"] == "shop.homes"]
    assert [c["rows"] for c in asked] == [1, 1]
    assert not rows_found(plan)


def test_a_guessed_mention_that_is_confirmed_stays_a_mention(shop):
    """Two names one as boss: confirming the guess makes the pointer mine, not two's row."""
    engine, folder = shop
    request = verified(engine, "access", {"email": "one@a.example"})
    plan = engine.requests.plan(request, actor="dpo")
    (asked,) = (c for c in plan["candidates"] if c["collection"] == "shop.people")
    assert asked["doubt"] == "inferred"
    engine.requests.decide_links(request, {asked["id"]: True}, actor="second")
    engine.requests.plan(request, actor="dpo")
    list(engine.requests.run(request, actor="dpo"))
    folder = engine.requests.export(request, folder / "answer", actor="dpo")
    told = (folder / "data.json").read_text()
    assert "one@a.example" in told
    assert "two@a.example" not in told


def test_an_address_whose_marks_are_stored_apart_is_found(shop):
    engine, folder = shop
    with sqlite3.connect(folder / "shop.db") as database:
        apart = unicodedata.normalize("NFD", "käsi@a.example")
        assert apart != "käsi@a.example"
        database.execute("UPDATE people SET email = ? WHERE id = 3", [apart])
    database.close()
    request = verified(engine, "access", {"email": "käsi@a.example"})
    assert rows_found(engine.requests.plan(request, actor="dpo"))["shop.people"] == 1


@pytest.mark.parametrize(
    ("stored", "asked"),
    [
        ("strasse@a.example", "straße@a.example"),
        ("inci@a.example", "ınci@a.example"),
        ("inci@a.example", "İnci@a.example"),
        ("inci@a.example", "ｉｎｃｉ@a.example"),
        ("sam@a.example", "ſam@a.example"),
    ],
)
def test_letters_that_look_alike_are_two_people(shop, stored, asked):
    engine, folder = shop
    with sqlite3.connect(folder / "shop.db") as database:
        database.execute("UPDATE people SET email = ? WHERE id = 3", [stored])
    database.close()
    request = verified(engine, "access", {"email": asked})
    plan = engine.requests.plan(request, actor="dpo")
    assert not rows_found(plan)
    assert not plan["candidates"]
