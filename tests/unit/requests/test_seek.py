"""What people settle about a search holds, also when they change their minds."""

from __future__ import annotations

import sqlite3

import pytest
from tests.journeys.test_traps import SCHEMA, SOURCE, build, rows
from tests.journeys.workspace import GONE, confirmed_plan, make, opened, rows_found, verified

from govreg.errors import NotFound, Refused

TWO_WITH_ONE_EMAIL = "UPDATE people SET email = 'one@a.example' WHERE id = 2;"


@pytest.mark.parametrize("kind", ["access", "erasure"])
def test_a_confirmation_taken_back_leaves_nothing_of_the_stranger(tmp_path, kind):
    """The stranger's number was learned while they were confirmed; it must not lead again."""
    build(tmp_path, extra_sql=TWO_WITH_ONE_EMAIL)
    with opened(tmp_path) as engine:
        request = verified(engine, kind, {"email": "one@a.example"}, GONE)
        plan = confirmed_plan(engine, request)
        assert rows_found(plan)["shop.people"] == 2
        if kind == "access":
            list(engine.requests.run(request, actor="dpo"))
        people = [c["id"] for c in plan["confirmed"] if c["collection"] == "shop.people"]
        engine.requests.decide_links(request, dict.fromkeys(people, False), actor="second")
        again = engine.requests.plan(request, actor="dpo")
    assert "shop.people" not in rows_found(again)
    assert "shop.visits" not in rows_found(again)


def test_erasing_one_of_two_leaves_the_other_and_is_not_called_failed(tmp_path):
    build(tmp_path, extra_sql=TWO_WITH_ONE_EMAIL)
    with opened(tmp_path) as engine:
        request = verified(engine, "erasure", {"email": "one@a.example", "customer_id": "1"}, GONE)
        plan = engine.requests.plan(request, actor="dpo")
        assert plan["candidates"]
        engine.requests.decide_links(
            request, {c["id"]: False for c in plan["candidates"]}, actor="second"
        )
        engine.requests.plan(request, actor="dpo")
        engine.requests.approve(request, actor="second")
        list(engine.requests.run(request, actor="dpo"))
        assert engine.requests.get(request).outcome == "complete_with_withheld"
    assert rows(tmp_path, "SELECT id FROM people ORDER BY id") == [(2,), (9,)]
    assert rows(tmp_path, "SELECT id FROM visits") == [(2,)]


def test_a_text_that_changed_after_its_review_waits_again(tmp_path):
    source = SOURCE.replace(
        "name: {category: user.name, activities: [orders]}",
        "name: {category: user.name, activities: [orders], free_text: true}",
    )
    build(tmp_path, source=source)
    with opened(tmp_path) as engine:
        request = verified(engine, "access", {"email": "one@a.example"})
        engine.requests.plan(request, actor="dpo")
        texts = engine.requests.texts(request, actor="second")
        engine.requests.decide_texts(request, {t[0]: True for t in texts}, actor="second")
        assert engine.requests.plan(request, actor="dpo")["pending_review"] == 0
        with sqlite3.connect(tmp_path / "shop.db") as database:
            database.execute("UPDATE people SET name = 'Two owes money' WHERE id = 1")
        database.close()
        assert engine.requests.plan(request, actor="dpo")["pending_review"] == 1


def test_a_choice_after_a_failed_run_voids_the_approved_plan(tmp_path):
    trigger = """
    CREATE TRIGGER undo AFTER UPDATE OF email ON people WHEN NEW.email IS NULL
    BEGIN UPDATE people SET email = OLD.email WHERE id = OLD.id; END;
    """
    source = SOURCE.replace(
        "    subject: customer\n",
        "    subject: customer\n    on_erase: blank\n    triggers_reviewed: [undo]\n",
    )
    build(tmp_path, extra_sql=trigger + TWO_WITH_ONE_EMAIL, source=source)
    with opened(tmp_path) as engine:
        request = verified(engine, "erasure", {"email": "one@a.example"}, GONE)
        plan = confirmed_plan(engine, request)
        engine.requests.approve(request, actor="second")
        list(engine.requests.run(request, actor="dpo"))
        assert engine.requests.get(request).state == "needs_attention"
        wrong = plan["confirmed"][0]["id"]
        engine.requests.decide_links(request, {wrong: False}, actor="second")
        with pytest.raises(Refused):
            list(engine.requests.run(request, actor="dpo"))


def test_what_was_never_offered_cannot_be_decided(tmp_path):
    build(tmp_path)
    with opened(tmp_path) as engine:
        request = verified(engine, "access", {"email": "one@a.example"})
        engine.requests.plan(request, actor="dpo")
        with pytest.raises(NotFound, match="no candidate"):
            engine.requests.decide_links(request, {"made-up": True}, actor="second")
        with pytest.raises(Refused):
            engine.requests.decide_links(request, {}, actor="engineer")


ARCHIVE = """\
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


class TestRejectedAfterTheErasureBegan:
    """The shop's rows went, the archive failed; then a candidate turns out to be somebody else."""

    @pytest.fixture
    def begun(self, tmp_path):
        (tmp_path / "archive").mkdir()
        letters = tmp_path / "archive" / "letters.csv"
        letters.write_text("id,person,text\n1,1,Dear One\n2,2,Dear Two\n3,1,Dear\n")
        with sqlite3.connect(tmp_path / "shop.db") as database:
            database.executescript(SCHEMA + TWO_WITH_ONE_EMAIL)
        database.close()
        make(tmp_path, {"shop": SOURCE.replace("VISIT", ""), "archive": ARCHIVE})
        with opened(tmp_path) as engine:
            request = verified(
                engine, "erasure", {"email": "one@a.example", "customer_id": "1"}, GONE
            )
            plan = confirmed_plan(engine, request)
            assert rows_found(plan)["archive.letters"] == 3
            engine.requests.approve(request, actor="second")
            letters.write_text(letters.read_text().replace("Dear One", "Dear One and more"))
            list(engine.requests.run(request, actor="dpo"))
            assert engine.requests.get(request).state == "needs_attention"
            yield engine, request, plan, letters

    def test_what_rested_on_it_is_asked_about_and_not_erased(self, begun):
        engine, request, plan, letters = begun
        wrong = {c["id"]: False for c in plan["confirmed"] if c["collection"] == "shop.people"}
        engine.requests.decide_links(request, wrong, actor="second")
        again = engine.requests.plan(request, actor="dpo")
        assert rows_found(again)["archive.letters"] == 1
        asked = {c["path"][-1].rpartition("search ")[2]: c["id"] for c in again["candidates"]}
        assert asked.keys() == {"over a candidate that is rejected now", "and has changed since"}
        choices = {asked[why]: "changed" in why for why in asked}
        engine.requests.decide_links(request, choices, actor="second")
        assert not engine.requests.plan(request, actor="dpo")["candidates"]
        engine.requests.approve(request, actor="second")
        list(engine.requests.run(request, actor="dpo"))
        assert letters.read_text() == "id,person,text\n2,2,Dear Two\n"
        assert engine.requests.get(request).state == "ready"

    def test_what_is_confirmed_again_goes_on(self, begun):
        engine, request, plan, letters = begun
        wrong = {c["id"]: False for c in plan["confirmed"] if c["collection"] == "shop.people"}
        engine.requests.decide_links(request, wrong, actor="second")
        confirmed_plan(engine, request)
        engine.requests.approve(request, actor="second")
        list(engine.requests.run(request, actor="dpo"))
        assert letters.read_text() == "id,person,text\n"


def test_a_candidate_that_appears_between_plan_and_run_is_asked_about(tmp_path):
    """Somebody else registers under my e-mail after the approval: their row is not touched."""
    build(tmp_path)
    with opened(tmp_path) as engine:
        request = verified(engine, "erasure", {"email": "one@a.example", "customer_id": "1"}, GONE)
        assert not engine.requests.plan(request, actor="dpo")["candidates"]
        engine.requests.approve(request, actor="second")
        with sqlite3.connect(tmp_path / "shop.db") as database:
            database.execute("UPDATE people SET email = 'one@a.example' WHERE id = 2")
        database.close()
        list(engine.requests.run(request, actor="dpo"))
        held = engine.requests.get(request)
        assert (held.state, held.outcome) == ("needs_attention", "failed")
        (asked,) = engine.requests.plan(request, actor="dpo")["candidates"]
        engine.requests.decide_links(request, {asked["id"]: False}, actor="second")
        engine.requests.plan(request, actor="dpo")
        engine.requests.approve(request, actor="second")
        list(engine.requests.run(request, actor="dpo"))
        held = engine.requests.get(request)
        assert (held.state, held.outcome) == ("ready", "complete_with_withheld")
    assert rows(tmp_path, "SELECT id FROM people ORDER BY id") == [(2,), (9,)]


def test_a_number_that_is_given_out_again_does_not_lead_to_its_new_owner(tmp_path):
    """SQLite, and many a person, gives numbers out again: somebody else has the erased one's."""
    (tmp_path / "archive").mkdir()
    letters = tmp_path / "archive" / "letters.csv"
    letters.write_text("id,person,text\n1,9,Dear Agent\n")
    with sqlite3.connect(tmp_path / "shop.db") as database:
        database.executescript(SCHEMA)
    database.close()
    make(tmp_path, {"shop": SOURCE.replace("VISIT", ""), "archive": ARCHIVE})
    with opened(tmp_path) as engine:
        request = verified(engine, "erasure", {"email": "agent@a.example"}, GONE)
        confirmed_plan(engine, request)
        engine.requests.approve(request, actor="second")
        letters.write_text("id,person,text\n1,9,Dear Agent and more\n")
        list(engine.requests.run(request, actor="dpo"))
        with sqlite3.connect(tmp_path / "shop.db") as database:
            database.execute("INSERT INTO people VALUES (9, 'new@a.example', 'New', NULL)")
        database.close()
        again = engine.requests.plan(request, actor="dpo")
        assert "shop.people" not in rows_found(again)
        assert {c["collection"] for c in again["candidates"]} == {
            "shop.people",
            "archive.letters",
        }
