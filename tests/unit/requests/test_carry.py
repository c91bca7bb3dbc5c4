"""An approved erasure is carried out as approved, resumed where it stopped, and told."""

from __future__ import annotations

import sqlite3

import pytest
from tests.journeys.test_traps import SCHEMA, SOURCE, build, rows
from tests.journeys.workspace import GONE, confirmed_plan, erased, make, opened, verified

from govreg.errors import IntegrityProblem, Refused
from govreg.requests.tables import request_paper, subject_request
from govreg.subjects.ledger import ledger_entry


def approved(engine):
    request = verified(engine, "erasure", {"email": "one@a.example"}, GONE)
    confirmed_plan(engine, request)
    engine.requests.approve(request, actor="second")
    return request


def test_another_plan_than_the_approved_one_is_not_carried_out(tmp_path):
    build(tmp_path)
    with opened(tmp_path) as engine:
        request = approved(engine)
        with engine.store.write() as connection:
            connection.execute(
                request_paper.update()
                .where(request_paper.c.request_id == request, request_paper.c.name == "plan")
                .values(content_hash="0" * 64)
            )
        with pytest.raises(IntegrityProblem):
            list(engine.requests.run(request, actor="dpo"))
    assert rows(tmp_path, "SELECT count(*) FROM people") == [(3,)]


def test_an_earlier_plan_put_back_under_the_approved_hash_is_not_carried_out(tmp_path):
    """It opens, because it was sealed for this place; it is not what was approved."""
    build(tmp_path)
    with opened(tmp_path) as engine:
        request = verified(engine, "erasure", {"email": "one@a.example"}, GONE)
        confirmed_plan(engine, request)
        mine = (request_paper.c.request_id == request) & (request_paper.c.name == "plan")
        with engine.store.read() as connection:
            old = connection.execute(request_paper.select().where(mine)).one().sealed
        with sqlite3.connect(tmp_path / "shop.db") as database:
            database.execute("UPDATE people SET name = 'Another' WHERE id = 1")
        database.close()
        confirmed_plan(engine, request)
        engine.requests.approve(request, actor="second")
        with engine.store.write() as connection:
            connection.execute(request_paper.update().where(mine).values(sealed=old))
        with pytest.raises(IntegrityProblem) as caught:
            list(engine.requests.run(request, actor="dpo"))
        assert caught.value.code == "paper_changed"
    assert rows(tmp_path, "SELECT count(*) FROM people") == [(3,)]


def test_a_row_that_changed_since_the_plan_stops_its_source(tmp_path):
    build(tmp_path)
    with opened(tmp_path) as engine:
        request = approved(engine)
        with sqlite3.connect(tmp_path / "shop.db") as database:
            database.execute("UPDATE people SET name = 'Another' WHERE id = 1")
        database.close()
        list(engine.requests.run(request, actor="dpo"))
        assert engine.requests.get(request).outcome == "failed"
    assert rows(tmp_path, "SELECT count(*) FROM people") == [(3,)]
    assert rows(tmp_path, "SELECT count(*) FROM visits") == [(2,)]


def test_a_leftover_that_appears_while_the_erasure_runs_is_found(tmp_path):
    """Somebody imports the person anew between the change and the re-read."""
    build(tmp_path)
    with opened(tmp_path) as engine:
        request = approved(engine)
        for step in engine.requests.run(request, actor="dpo"):
            if step.name == "apply:shop":
                with sqlite3.connect(tmp_path / "shop.db") as database:
                    database.execute(
                        "INSERT INTO people VALUES (50, 'ONE@a.example', 'One', NULL)"
                    )
                database.close()
        assert engine.requests.get(request).outcome == "failed"
        assert engine.requests.get(request).state == "needs_attention"


def test_a_run_that_is_cut_off_after_the_change_goes_on(tmp_path):
    build(tmp_path)
    with opened(tmp_path) as engine:
        request = approved(engine)
        work = engine.requests.run(request, actor="dpo")
        next(work)
        work.close()
        assert engine.requests.get(request).state == "running"
    with opened(tmp_path) as engine:
        list(engine.requests.run(request, actor="dpo"))
        held = engine.requests.get(request)
        assert (held.state, held.outcome) == ("ready", "complete_with_withheld")
        with engine.store.read() as connection:
            assert len(connection.execute(ledger_entry.select()).all()) >= 3
        with pytest.raises(Refused):
            list(engine.requests.run(request, actor="dpo"))


def test_recipients_are_named_and_told_once(tmp_path):
    build(tmp_path)
    with opened(tmp_path) as engine:
        request = erased(engine, {"email": "one@a.example"})
        engine.requests.tell_recipient(request, "Hosting Oy", answer="erased", actor="dpo")
        with engine.store.read() as connection:
            from govreg.requests.store import recipients

            told = recipients(connection, request)
        assert [(r.name, r.answer) for r in told] == [("Hosting Oy", "erased")]


def test_one_who_is_also_staff_loses_only_what_is_theirs(tmp_path):
    """The agent is erased: others' tickets stay, and no longer name them."""
    build(tmp_path, source=SOURCE.replace(", about_other: true", ""))
    with opened(tmp_path) as engine:
        erased(engine, {"email": "agent@a.example"})
    assert rows(tmp_path, "SELECT id, person_id, agent_id, alt_email FROM tickets") == [
        (1, 1, None, "one.alt@a.example"),
        (2, 2, None, "two.alt@a.example"),
        (3, 2, None, None),
    ]


def test_a_request_of_an_alias_sees_what_is_owed_to_the_person(tmp_path):
    """Two subjects turned out to be one: the access answer that is owed holds the erasure up."""
    from govreg.clock import system_clock
    from govreg.subjects.index import merge

    build(tmp_path)
    with opened(tmp_path) as engine:
        erasing = verified(engine, "erasure", {"email": "one@a.example"}, GONE)
        asking = verified(engine, "access", {"customer_id": "1"})
        with engine.store.write() as connection:
            merge(
                connection,
                engine.requests.get(asking).subject_id,
                engine.requests.get(erasing).subject_id,
                actor="dpo",
                now=system_clock(),
            )
        with pytest.raises(Refused, match="has not been answered"):
            engine.requests.plan(erasing, actor="dpo")


def test_nothing_of_the_person_stands_in_the_store_in_clear(tmp_path):
    build(tmp_path)
    with opened(tmp_path) as engine:
        erased(engine, {"email": "one@a.example"})
        with engine.store.read() as connection:
            assert connection.execute(subject_request.select()).all()
    for path in (tmp_path / ".govreg").rglob("*"):
        if path.is_file():
            assert b"one@a.example" not in path.read_bytes()


def changed(folder, old, new):
    """Another version of the register, in force."""
    return make(folder, {"shop": SOURCE.replace("VISIT", "").replace(old, new)}, adopt=False)


class TestApprovedUnderOtherGrounds:
    """Between approval and run another register, or another rule, came into force."""

    def refused(self, folder, request, match):
        with opened(folder) as engine:
            with pytest.raises(Refused, match=match) as caught:
                list(engine.requests.run(request, actor="dpo"))
            assert f"request plan {request}" in str(caught.value)
        assert rows(folder, "SELECT count(*) FROM people") == [(3,)]

    def goes_on_with_a_new_plan(self, folder, request):
        with opened(folder) as engine:
            confirmed_plan(engine, request)
            engine.requests.approve(request, actor="second")
            list(engine.requests.run(request, actor="dpo"))
            assert engine.requests.get(request).state == "ready"

    def test_another_register(self, tmp_path):
        """The name is needed for a purpose that nobody knew of when the plan was made."""
        build(tmp_path)
        with opened(tmp_path) as engine:
            request = approved(engine)
        changed(
            tmp_path,
            "name: {category: user.name, activities: [orders]}",
            "name: {category: user.name, activities: [orders], on_erase: pseudonym}",
        )
        self.refused(tmp_path, request, "the register changed")
        self.goes_on_with_a_new_plan(tmp_path, request)

    def test_another_adoption(self, tmp_path):
        build(tmp_path)
        with opened(tmp_path) as engine:
            request = approved(engine)
        path = tmp_path / "policies" / "adopted.yaml"
        before = path.read_text()
        path.write_text("govreg_adoptions: 1\nadopted: {}\n")
        self.refused(tmp_path, request, "the rules changed")
        path.write_text(before)
        with opened(tmp_path) as engine:
            list(engine.requests.run(request, actor="dpo"))
            assert engine.requests.get(request).state == "ready"

    def test_a_rule_of_the_house_that_came_later(self, tmp_path):
        build(tmp_path)
        with opened(tmp_path) as engine:
            request = approved(engine)
        (tmp_path / "policies" / "own.yaml").write_text(OWN_RULE)
        self.refused(tmp_path, request, "the rules changed")

    def test_a_rule_of_another_law_changes_nothing(self, tmp_path):
        build(tmp_path)
        with opened(tmp_path) as engine:
            request = approved(engine)
        (tmp_path / "policies" / "own.yaml").write_text(OWN_RULE.replace("gdpr", "ccpa"))
        with opened(tmp_path) as engine:
            list(engine.requests.run(request, actor="dpo"))
            assert engine.requests.get(request).state == "ready"


OWN_RULE = """\
govreg_pack: 1
pack: own
version: "1"
law: gdpr
title: {en: Own}
rules:
  - id: own.dispute
    kind: prohibition
    act: erase
    effect: needs_human
    citation: [House rule 1]
    title: {en: Disputes}
    text: {en: a dispute may be open}
    when: {fact: item.collection, is: visits}
    checked_on: 2026-01-01
    confidence: low
"""


class TestCutOffUnderOtherGrounds:
    """A run was cut off after one source of two; then another register came into force."""

    LETTERS = """\
govreg_source: 1
source: letters
title: Letters
connector: files
config: {path: letters}
owner: Mail room
collections:
  sent:
    key: [id]
    links: [{fields: [person], to: shop.people, role: owns}]
    fields:
      id: {category: none}
      person: {category: user.unique_id, activities: [orders]}
      text: {category: user.content, activities: [orders]}
"""

    @pytest.fixture
    def cut_off(self, tmp_path):
        (tmp_path / "letters").mkdir()
        (tmp_path / "letters" / "sent.csv").write_text("id,person,text\n1,1,One\n2,2,Two\n")
        with sqlite3.connect(tmp_path / "shop.db") as database:
            database.executescript(SCHEMA)
        database.close()
        self.shop = SOURCE.replace("VISIT", "")
        make(tmp_path, {"shop": self.shop, "letters": self.LETTERS})
        with opened(tmp_path) as engine:
            request = approved(engine)
            work = engine.requests.run(request, actor="dpo")
            assert next(work).name in {"apply:shop", "apply:letters"}
            work.close()
        return tmp_path, request

    def test_resuming_is_refused_and_a_new_plan_finds_the_rest(self, cut_off):
        folder, request = cut_off
        changed = self.shop.replace("title: Shop", "title: The shop")
        make(folder, {"shop": changed, "letters": self.LETTERS})
        with opened(folder) as engine:
            with pytest.raises(Refused, match="the register changed"):
                list(engine.requests.run(request, actor="dpo"))
            assert engine.requests.get(request).state == "needs_attention"
            with engine.store.read() as connection:
                entered = len(connection.execute(ledger_entry.select()).all())
            assert entered
            confirmed_plan(engine, request)
            engine.requests.approve(request, actor="second")
            list(engine.requests.run(request, actor="dpo"))
            assert engine.requests.get(request).state == "ready"
            with engine.store.read() as connection:
                assert len(connection.execute(ledger_entry.select()).all()) > entered
        assert rows(folder, "SELECT id FROM people ORDER BY id") == [(2,), (9,)]
        assert (folder / "letters" / "sent.csv").read_text() == "id,person,text\n2,2,Two\n"

    def test_where_nothing_is_left_to_do_the_proof_goes_on(self, cut_off):
        folder, request = cut_off
        with opened(folder) as engine:
            work = engine.requests.run(request, actor="dpo")
            assert next(work).name in {"apply:shop", "apply:letters"}
            work.close()
        changed = self.shop.replace("title: Shop", "title: The shop")
        make(folder, {"shop": changed, "letters": self.LETTERS})
        with opened(folder) as engine:
            list(engine.requests.run(request, actor="dpo"))
            assert engine.requests.get(request).state == "ready"
