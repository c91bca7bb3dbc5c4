"""An erasure that cannot be confirmed has a way out, and one that left something has another."""

from __future__ import annotations

import json
import sqlite3

import pytest
from tests.journeys.test_traps import build
from tests.journeys.workspace import GONE, confirmed_plan, opened, verified

from govreg.errors import Refused

EMPTIED = "DELETE FROM tickets; DELETE FROM visits; DELETE FROM people; DELETE FROM addresses;"


def meanwhile(folder, sql):
    """An erasure during which somebody else changes the source; answers the request's id."""
    build(folder)
    with opened(folder) as engine:
        request = verified(engine, "erasure", {"email": "one@a.example"}, GONE)
        confirmed_plan(engine, request)
        engine.requests.approve(request, actor="second")
        for step in engine.requests.run(request, actor="dpo"):
            if step.name == "apply:shop":
                with sqlite3.connect(folder / "shop.db") as database:
                    database.executescript(sql)
                database.close()
    return request


@pytest.mark.parametrize("sql", [EMPTIED, "DROP TABLE visits;"], ids=["emptied", "dropped"])
def test_an_unverified_erasure_is_answered_on_a_named_persons_word(tmp_path, sql):
    request = meanwhile(tmp_path, sql)
    with opened(tmp_path) as engine:
        desk = engine.requests
        assert desk.get(request).outcome == "unverifiable"
        with pytest.raises(Refused, match="unverifiable") as caught:
            desk.deliver(request, channel="mail", actor="dpo")
        assert f"request resume {request}" in str(caught.value)
        assert f"request deliver {request} --channel MEANS --override" in str(caught.value)
        with pytest.raises(Refused):
            desk.deliver(request, channel="mail", override=True, actor="engineer")
        done = desk.deliver(request, channel="mail", override=True, actor="dpo")
        assert (done.state, done.outcome) == ("answered", "unverifiable")
        certificate = desk.certificate(request) / "certificate.json"
        assert "unverifiable" in json.dumps(json.loads(certificate.read_text()))
        assert not desk.ways_out(request)


def test_a_source_that_is_back_is_verified_by_resuming(tmp_path):
    build(tmp_path)
    away = tmp_path / "away.db"
    with opened(tmp_path) as engine:
        request = verified(engine, "erasure", {"email": "one@a.example"}, GONE)
        confirmed_plan(engine, request)
        engine.requests.approve(request, actor="second")
        for step in engine.requests.run(request, actor="dpo"):
            if step.name == "apply:shop":
                (tmp_path / "shop.db").rename(away)
        assert engine.requests.get(request).outcome == "unverifiable"
        away.rename(tmp_path / "shop.db")
        list(engine.requests.run(request, actor="dpo"))
        assert engine.requests.get(request).outcome == "complete_with_withheld"


def test_no_word_helps_where_something_is_left(tmp_path):
    request = meanwhile(tmp_path, "INSERT INTO people VALUES (50, 'one@a.example', 'One', NULL);")
    with opened(tmp_path) as engine:
        assert engine.requests.get(request).outcome == "failed"
        with pytest.raises(Refused, match="failed") as caught:
            engine.requests.deliver(request, channel="mail", override=True, actor="dpo")
        assert f"request plan {request}" in str(caught.value)


def test_a_new_plan_does_not_make_an_unproven_erasure_complete(tmp_path):
    """In an empty source a search finds nothing, and proves nothing."""
    request = meanwhile(tmp_path, EMPTIED)
    with opened(tmp_path) as engine:
        confirmed_plan(engine, request)
        engine.requests.approve(request, actor="second")
        list(engine.requests.run(request, actor="dpo"))
        assert engine.requests.get(request).outcome == "unverifiable"


def test_a_new_plan_that_finds_nothing_among_others_is_complete(tmp_path):
    request = meanwhile(tmp_path, "INSERT INTO people VALUES (50, 'one@a.example', 'One', NULL);")
    with sqlite3.connect(tmp_path / "shop.db") as database:
        database.executescript(
            "DELETE FROM people WHERE id = 50; UPDATE people SET address_id = NULL;"
        )
    database.close()
    with opened(tmp_path) as engine:
        confirmed_plan(engine, request)
        engine.requests.approve(request, actor="second")
        list(engine.requests.run(request, actor="dpo"))
        assert engine.requests.get(request).state == "ready"
