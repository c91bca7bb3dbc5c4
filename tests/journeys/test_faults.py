"""What goes wrong in life: each ends in a clear error or a state that can be gone on from."""

from __future__ import annotations

import multiprocessing
import os
import signal
import sqlite3
import subprocess
import sys
import textwrap
import time

import pyarrow as pa
import pyarrow.parquet as pq
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

from govreg.errors import Conflict, GovregError, IntegrityProblem, Refused

SHOP = """\
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
    fields:
      id: {category: user.unique_id, identifier: customer_id, activities: [orders]}
      email: {category: user.contact.email, identifier: email, activities: [orders]}
      name: {category: user.name, activities: [orders]}
  orders:
    key: [id]
    links: [{fields: [person_id], to: people, role: owns}]
    fields:
      id: {category: none}
      person_id: {category: user.unique_id, activities: [orders]}
      note: {category: user.content, activities: [orders]}
"""

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
    fields:
      id: {category: none}
      email: {category: user.contact.email, identifier: email, activities: [orders]}
      text: {category: user.content, activities: [orders]}
"""

ARCHIVE = LETTERS.replace("letters", "archive").replace("Letters", "Archive")

CANARY = "canary-anna-kanarialintu"
EMAIL = f"{CANARY}@a.example"


@pytest.fixture
def place(tmp_path):
    with sqlite3.connect(tmp_path / "shop.db") as database:
        database.executescript(
            f"""
            CREATE TABLE people (id INTEGER PRIMARY KEY, email TEXT, name TEXT);
            CREATE TABLE orders (id INTEGER PRIMARY KEY, person_id INTEGER REFERENCES people, note TEXT);
            INSERT INTO people VALUES (1, '{EMAIL}', '{CANARY}'), (2, 'two@a.example', 'Two');
            INSERT INTO orders VALUES (1, 1, '{CANARY}'), (2, 2, 'two'), (3, 1, '{CANARY}');
            """
        )
    database.close()
    (tmp_path / "letters").mkdir()
    (tmp_path / "letters" / "sent.csv").write_text(
        f"id,email,text\n1,{EMAIL},{CANARY} one\n2,two@a.example,Dear Two\n3,{EMAIL},{CANARY} two\n"
    )
    return make(tmp_path, {"shop": SHOP, "letters": LETTERS})


def gaps(folder, **options):
    """What a plan for the person says was not searched."""
    with opened(folder, **options) as engine:
        request = verified(engine, "access", {"email": EMAIL})
        plan = engine.requests.plan(request, actor="dpo")
        list(engine.requests.run(request, actor="dpo"))
        return request, plan, engine.requests.get(request).outcome


def change_source(folder, name, old, new):
    path = folder / "sources" / f"{name}.yaml"
    text = path.read_text()
    assert old in text
    return make(folder, {name: text.replace(old, new)})


class TestSourcesThatDoNotAnswer:
    """A source that cannot be read is in the result, in bold; the answer is never complete."""

    def test_missing_database(self, place):
        (place / "shop.db").unlink()
        _, plan, outcome = gaps(place)
        assert {"place": "shop.people", "code": "connection"} in plan["not_searched"]
        assert rows_found(plan) == {"letters.sent": 2}
        assert outcome == "partial"
        assert not (place / "shop.db").exists(), "a missing database is never made"

    @pytest.mark.mariadb
    def test_wrong_password(self, place):
        change_source(place, "shop", "sqlite:///shop.db", "mysql://nobody@127.0.0.1/nowhere")
        _, plan, outcome = gaps(place)
        codes = {gap["code"] for gap in plan["not_searched"]}
        assert codes <= {"login_refused", "connection", "no_database"}
        assert codes
        assert outcome == "partial"

    def test_missing_table(self, place):
        with sqlite3.connect(place / "shop.db") as database:
            database.execute("DROP TABLE orders")
        _, plan, outcome = gaps(place)
        assert {"place": "shop.orders", "code": "no_table"} in plan["not_searched"]
        assert outcome == "partial"

    def test_renamed_column(self, place):
        with sqlite3.connect(place / "shop.db") as database:
            database.execute("ALTER TABLE people RENAME COLUMN name TO full_name")
        _, plan, outcome = gaps(place)
        assert {"place": "shop.people.name", "code": "no_column"} in plan["not_searched"]
        assert rows_found(plan)["shop.people"] == 1
        assert outcome == "partial"

    def test_ragged_csv(self, place):
        with (place / "letters" / "sent.csv").open("a") as file:
            file.write("4,three@a.example\n")
        _, plan, outcome = gaps(place)
        assert {"place": "letters.sent", "code": "ragged_row"} in plan["not_searched"]
        assert outcome == "partial"

    def test_wrong_encoding(self, place):
        change_source(
            place,
            "letters",
            "config: {path: letters}",
            "config: {path: letters, files: {sent: {path: sent.csv, encoding: utf-8}}}",
        )
        with (place / "letters" / "sent.csv").open("ab") as file:
            file.write(b"4,x@a.example,\xe4\n")
        _, plan, outcome = gaps(place)
        assert {"place": "letters.sent", "code": "wrong_encoding"} in plan["not_searched"]
        assert outcome == "partial"

    def test_truncated_parquet(self, place):
        path = place / "letters" / "sent.parquet"
        pq.write_table(pa.table({"id": [1], "email": [EMAIL], "text": [CANARY]}), path)
        path.write_bytes(path.read_bytes()[:-20])
        (place / "letters" / "sent.csv").unlink()
        _, plan, outcome = gaps(place)
        assert {"place": "letters.sent", "code": "corrupt_file"} in plan["not_searched"]
        assert outcome == "partial"

    def test_an_incomplete_answer_needs_a_named_persons_word(self, place):
        (place / "shop.db").unlink()
        request, _, _ = gaps(place)
        with opened(place) as engine:
            with pytest.raises(Refused, match="partial"):
                engine.requests.deliver(request, channel="mail", actor="dpo")
            engine.requests.deliver(request, channel="mail", override=True, actor="dpo")
            assert engine.requests.get(request).state == "answered"

    def test_an_erasure_that_could_not_search_everything_is_never_complete(self, place):
        (place / "letters" / "sent.csv").rename(place / "letters" / "sent.away")
        with opened(place) as engine:
            request = erased(engine, {"email": EMAIL})
            assert engine.requests.get(request).outcome == "partial"


class TestIdentityAndAdoption:
    def test_nothing_is_planned_or_exported_for_an_unconfirmed_identity(self, place):
        with opened(place) as engine:
            made = engine.requests.open(
                kind="access", law="gdpr", identifiers={"email": EMAIL}, actor="dpo"
            )
            for act in (
                engine.requests.plan,
                lambda r, actor: list(engine.requests.run(r, actor=actor)),
            ):
                with pytest.raises(Refused, match="identity"):
                    act(made.id, actor="dpo")
            with pytest.raises(Refused, match="identity"):
                engine.requests.export(made.id, place / "answer", actor="dpo")

    def test_a_rule_that_nobody_adopted_discloses_and_destroys_nothing(self, place):
        (place / "policies" / "adopted.yaml").unlink()
        with opened(place) as engine:
            request = verified(engine, "access", {"email": EMAIL})
            engine.requests.plan(request, actor="dpo")
            list(engine.requests.run(request, actor="dpo"))
            answer = engine.requests.export(request, place / "answer", actor="dpo")
            text = "".join(
                p.read_text() for p in answer.rglob("*") if p.suffix in {".json", ".csv"}
            )
            assert f"{CANARY} one" not in text
            engine.requests.deliver(request, channel="mail", override=True, actor="dpo")
            erasure = verified(engine, "erasure", {"email": EMAIL}, GONE)
            plan = confirmed_plan(engine, erasure)
            assert {b["code"] for b in plan["blockers"]} == {"undecided"}
            assert not [a for a in plan["actions"] if a["action"] != "keep"]

    def test_no_ground_is_refused_with_its_reason(self, place):
        facts = {**dict.fromkeys(GONE, False), "person.child_service": False}
        with opened(place) as engine:
            request = verified(engine, "erasure", {"email": EMAIL}, facts)
            plan = confirmed_plan(engine, request)
            assert {c["code"] for c in plan["cells"]} == {"no_ground"}
            engine.requests.approve(request, actor="second")
            list(engine.requests.run(request, actor="dpo"))
            assert engine.requests.get(request).outcome == "refused"

    def test_an_unknown_fact_asks_a_person(self, place):
        with opened(place) as engine:
            request = verified(engine, "erasure", {"email": EMAIL}, {})
            plan = confirmed_plan(engine, request)
            assert {b["code"] for b in plan["blockers"]} == {"undecided"}
            engine.requests.state_facts(request, GONE, actor="second")
            assert not confirmed_plan(engine, request)["blockers"]

    def test_erasure_waits_for_the_answer_that_is_owed(self, place):
        with opened(place) as engine:
            verified(engine, "access", {"email": EMAIL})
            request = verified(engine, "erasure", {"email": EMAIL}, GONE)
            with pytest.raises(Refused, match="has not been answered"):
                engine.requests.plan(request, actor="dpo")

    def test_two_people_with_one_email_disclose_nothing_until_somebody_says_who(self, place):
        with sqlite3.connect(place / "shop.db") as database:
            database.execute("INSERT INTO people VALUES (3, ?, 'Third')", [EMAIL])
        with opened(place) as engine:
            request = verified(engine, "access", {"email": EMAIL})
            plan = engine.requests.plan(request, actor="dpo")
            assert rows_found(plan) == {}
            assert {c["doubt"] for c in plan["candidates"]} == {"ambiguous"}
            people = [c for c in plan["candidates"] if c["collection"] == "shop.people"]
            assert len(people) == 2
            with pytest.raises(Refused, match="may not"):
                engine.requests.decide_links(request, {people[0]["id"]: True}, actor="engineer")


class TestChangesMeanwhile:
    def test_a_row_that_changed_after_the_plan_stops_its_source_only(self, place):
        with opened(place) as engine:
            request = verified(engine, "erasure", {"email": EMAIL}, GONE)
            confirmed_plan(engine, request)
            engine.requests.approve(request, actor="second")
            with sqlite3.connect(place / "shop.db") as database:
                database.execute("UPDATE orders SET note = 'changed' WHERE id = 3")
            list(engine.requests.run(request, actor="dpo"))
            held = engine.requests.get(request)
            assert held.outcome == "partial"
            assert held.state == "needs_attention"
        with sqlite3.connect(place / "shop.db") as database:
            assert database.execute("SELECT count(*) FROM orders").fetchone() == (3,)

    def test_a_schema_that_moved_after_the_plan_is_refused(self, place):
        with opened(place) as engine:
            request = verified(engine, "erasure", {"email": EMAIL}, GONE)
            confirmed_plan(engine, request)
            engine.requests.approve(request, actor="second")
            with sqlite3.connect(place / "shop.db") as database:
                database.execute("ALTER TABLE people ADD COLUMN extra TEXT")
            list(engine.requests.run(request, actor="dpo"))
            notes = {s.name: s.note for s in engine.requests.steps(request)}
            assert notes["apply:shop"]["code"] == "schema_moved"
        with sqlite3.connect(place / "shop.db") as database:
            assert database.execute("SELECT count(*) FROM people").fetchone() == (2,)

    def test_a_new_plan_voids_the_approval(self, place):
        with opened(place) as engine:
            request = verified(engine, "erasure", {"email": EMAIL}, GONE)
            plan = confirmed_plan(engine, request)
            engine.requests.approve(request, actor="second")
            engine.requests.plan(request, actor="dpo")
            with pytest.raises(Refused):
                list(engine.requests.run(request, actor="dpo"))
            with pytest.raises(Conflict):
                engine.requests.approve(request, actor="second", wanted=plan["plan_hash"] + "0")

    def test_a_plan_that_was_altered_in_the_store_is_not_carried_out(self, place):
        with opened(place) as engine:
            request = verified(engine, "erasure", {"email": EMAIL}, GONE)
            confirmed_plan(engine, request)
            engine.requests.approve(request, actor="second")
            with sqlite3.connect(place / ".govreg" / "register.db") as store:
                store.execute("UPDATE request_paper SET content_hash = 'x' WHERE name = 'plan'")
            with pytest.raises(IntegrityProblem):
                list(engine.requests.run(request, actor="dpo"))

    def test_two_runs_at_once(self, place):
        with opened(place) as engine:
            request = verified(engine, "erasure", {"email": EMAIL}, GONE)
            confirmed_plan(engine, request)
            engine.requests.approve(request, actor="second")
            first = engine.requests.run(request, actor="dpo")
            next(first)
            with opened(place) as other, pytest.raises(Conflict, match="another process"):
                list(other.requests.run(request, actor="dpo"))
            list(first)
            assert engine.requests.get(request).outcome == "complete"

    def test_a_disk_that_fills_during_a_rewrite(self, place):
        with opened(place) as engine:
            request = verified(engine, "erasure", {"email": EMAIL}, GONE)
            confirmed_plan(engine, request)
            engine.requests.approve(request, actor="second")
        before = (place / "letters" / "sent.csv").read_bytes()
        (place / "letters" / "sent.csv").write_bytes(before)
        program = f"""
            import resource, signal
            from tests.journeys.workspace import opened
            from pathlib import Path
            import govreg_files.rewrite as rewrite
            signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
            real = rewrite._write
            def small(*arguments):
                resource.setrlimit(resource.RLIMIT_FSIZE, (8, resource.RLIM_INFINITY))
                try:
                    return real(*arguments)
                finally:
                    resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
            rewrite._write = small
            with opened(Path({str(place)!r})) as engine:
                list(engine.requests.run({request!r}, actor="dpo"))
                print(engine.requests.get({request!r}).outcome)
        """
        done = subprocess.run(
            [sys.executable, "-c", textwrap.dedent(program)],
            capture_output=True,
            text=True,
            cwd=os.getcwd(),
            check=False,
        )
        assert done.stdout.strip() == "partial", done.stderr
        assert (place / "letters" / "sent.csv").read_bytes() == before
        assert [p.name for p in (place / "letters").iterdir()] == ["sent.csv"]
        with opened(place) as engine:
            list(engine.requests.run(request, actor="dpo"))
            assert engine.requests.get(request).outcome == "complete"


def _run_and_be_killed(folder, request, after):
    """Run in a process of its own, stopping just after a named step's note is written."""
    with opened(folder) as engine:
        for step in engine.requests.run(request, actor="dpo"):
            if step.name == after:
                os.kill(os.getpid(), signal.SIGKILL)


class TestKilled:
    """kill -9 after any step, and in the middle of one: resuming ends where an unbroken run ends."""

    @pytest.mark.parametrize(
        "after", ["apply:letters", "apply:shop", "settle", "verify", "recipients", "certificate"]
    )
    def test_after_each_step(self, place, after):
        with opened(place) as engine:
            request = verified(engine, "erasure", {"email": EMAIL}, GONE)
            confirmed_plan(engine, request)
            engine.requests.approve(request, actor="second")
        child = multiprocessing.get_context("spawn").Process(
            target=_run_and_be_killed, args=(place, request, after)
        )
        child.start()
        child.join(60)
        assert child.exitcode == -signal.SIGKILL
        self.finish(place, request, done=after == "certificate")

    def test_in_the_middle_of_a_run(self, place):
        for delay in (0.5, 0.8, 0.9, 1.0, 1.1):
            with opened(place) as engine:
                request = verified(engine, "erasure", {"email": EMAIL}, GONE)
                confirmed_plan(engine, request)
                if not engine.requests.summary(request)["statements"]:
                    return
                engine.requests.approve(request, actor="second")
            program = (
                "from pathlib import Path; from tests.journeys.workspace import opened\n"
                f"with opened(Path({str(place)!r})) as e: list(e.requests.run({request!r}, actor='dpo'))"
            )
            child = subprocess.Popen([sys.executable, "-c", program], cwd=os.getcwd())
            time.sleep(delay)
            child.kill()
            child.wait()
            self.finish(place, request, done=False)

    def finish(self, place, request, *, done):
        with opened(place) as engine:
            if engine.requests.get(request).state not in {"ready"}:
                assert not done
                list(engine.requests.run(request, actor="dpo"))
            assert engine.requests.get(request).outcome == "complete"
        with sqlite3.connect(place / "shop.db") as database:
            assert database.execute("SELECT id FROM people").fetchall() == [(2,)]
            assert database.execute("SELECT id FROM orders").fetchall() == [(2,)]
        assert (place / "letters" / "sent.csv").read_text() == (
            "id,email,text\n2,two@a.example,Dear Two\n"
        )


class TestNothingIsLeft:
    def test_no_file_holds_the_erased_values(self, place):
        """The sources' own files and the workspace itself are searched for the bytes."""
        with opened(place) as engine:
            access = verified(engine, "access", {"email": EMAIL})
            engine.requests.plan(access, actor="dpo")
            list(engine.requests.run(access, actor="dpo"))
            engine.requests.deliver(access, channel="mail", actor="dpo")
            request = erased(engine, {"email": EMAIL})
            assert engine.requests.get(request).outcome == "complete"
        holding = [
            str(path.relative_to(place))
            for path in place.rglob("*")
            if path.is_file() and CANARY.encode() in path.read_bytes()
        ]
        assert holding == []

    def test_no_message_holds_a_value(self, place):
        problems = []
        with opened(place) as engine:
            for act in (
                lambda: engine.requests.open(
                    kind="access",
                    law="gdpr",
                    identifiers={"email": f"{CANARY} no mail"},
                    actor="dpo",
                ),
                lambda: engine.requests.open(
                    kind="access", law="gdpr", identifiers={"nothing": CANARY}, actor="dpo"
                ),
            ):
                with pytest.raises(GovregError) as caught:
                    act()
                problems.append(caught.value)
        for problem in problems:
            assert CANARY not in str(problem)
            assert problem.__cause__ is None
