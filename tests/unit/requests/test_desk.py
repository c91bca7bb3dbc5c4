"""The desk is the door to every request."""

from __future__ import annotations

import json

import pytest
from click.testing import CliRunner
from tests.journeys.test_traps import SOURCE, build
from tests.journeys.workspace import erased, opened, verified

from govreg.cli.main import cli
from govreg.errors import NotFound, Refused, UsageProblem


@pytest.fixture
def desk(tmp_path):
    build(tmp_path)
    with opened(tmp_path) as engine:
        yield engine


def test_what_is_not_there_yet(desk):
    request = verified(desk, "erasure", {"email": "one@a.example"})
    with pytest.raises(NotFound):
        desk.requests.certificate(request)
    with pytest.raises(NotFound):
        desk.requests.summary(request)
    with pytest.raises(UsageProblem, match="not ready"):
        desk.requests.deliver(request, channel="mail", actor="dpo")
    with pytest.raises(NotFound):
        desk.requests.get("req_nothing")


def test_texts_are_for_a_reviewers_eyes(desk):
    request = verified(desk, "access", {"email": "one@a.example"})
    desk.requests.plan(request, actor="dpo")
    assert desk.requests.texts(request, actor="second") == []
    with pytest.raises(Refused):
        desk.requests.texts(request, actor="engineer")
    with pytest.raises(NotFound):
        desk.requests.decide_texts(request, {"made.up": True}, actor="second")


def test_whoever_confirms_a_candidate_sees_what_tells_it_apart(tmp_path):
    two = "UPDATE people SET email = 'one@a.example' WHERE id = 2;"
    source = SOURCE.replace(
        "name: {category: user.name, activities: [orders]}",
        "name: {category: user.name, activities: [orders]}\n"
        "      pass: {category: user.authorization.password, activities: [orders]}",
    )
    build(tmp_path, source=source, extra_sql="ALTER TABLE people ADD COLUMN pass TEXT;" + two)
    with opened(tmp_path) as engine:
        request = verified(engine, "access", {"email": "one@a.example"})
        engine.requests.plan(request, actor="dpo")
        with pytest.raises(Refused):
            engine.requests.candidates(request, actor="engineer")
        seen = engine.requests.candidates(request, actor="second")
        people = [one for one in seen if one.candidate.collection == "shop.people"]
        assert sorted(row["name"] for one in people for row in one.rows) == ["One", "Two"]
        assert {name for one in people for row in one.rows for name in row} == {
            *("id", "email", "name", "address_id")
        }
        with engine.store.read() as connection:
            bodies = [
                bytes(b) for (b,) in connection.exec_driver_sql("SELECT body FROM audit_entry")
            ]
    assert any(b"request.candidates_read" in body for body in bodies)
    assert not any(b"Two" in body for body in bodies)


def test_an_erasure_is_answered_by_who_may(desk):
    request = erased(desk, {"email": "one@a.example"})
    with pytest.raises(Refused):
        desk.requests.deliver(request, channel="mail", actor="engineer")
    assert desk.requests.deliver(request, channel="mail", actor="dpo").state == "answered"
    assert desk.requests.list() == ()
    assert [r.id for r in desk.requests.list(closed=True)] == [request]
    assert [s.name for s in desk.requests.steps(request)][-1] == "certificate"


def test_a_due_date_without_known_holidays_says_so(tmp_path):
    """Phones are read and days counted by the country; of this one no holidays are known."""
    build(tmp_path)
    settings = tmp_path / "govreg.toml"
    settings.write_text(settings.read_text().replace('country = "FI"', 'country = "XX"', 1))
    said = CliRunner().invoke(
        cli,
        [
            *("--workspace", str(tmp_path), "--actor", "dpo", "--json", "request", "open"),
            *("--type", "access", "--law", "gdpr", "--identifier", "email=one@a.example"),
        ],
    )
    assert said.exit_code == 0
    assert json.loads(said.output)["findings"] == [
        "due without public holidays: none are known for `XX`; weekends alone were looked at"
    ]
