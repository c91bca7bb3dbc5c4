"""An answer holds the person's data, nobody else's, and never a credential."""

from __future__ import annotations

import sqlite3

import pytest
from tests.journeys.test_traps import SOURCE, build
from tests.journeys.workspace import make, opened, verified
from tests.unit.gate.shared_world import SCHEMA
from tests.unit.gate.shared_world import SOURCE as SHARED

from govreg.errors import NotFound, Refused


def answer(engine, tmp_path, identifiers):
    request = verified(engine, "access", identifiers)
    engine.requests.plan(request, actor="dpo")
    list(engine.requests.run(request, actor="dpo"))
    folder = engine.requests.export(request, tmp_path / f"answer-{request}", actor="dpo")
    return request, "\n".join(
        path.read_text() for path in sorted(folder.rglob("*")) if path.suffix in {".json", ".csv"}
    )


def test_nothing_of_a_stranger_goes_out(tmp_path):
    build(tmp_path)
    with opened(tmp_path) as engine:
        _, text = answer(engine, tmp_path, {"email": "one@a.example"})
    assert "one@a.example" in text
    for strange in ("two@a.example", "two.alt@a.example", "agent@a.example", "Agent"):
        assert strange not in text


def test_an_e_mail_of_a_sharer_is_withheld_though_the_pointer_is_text(tmp_path):
    database = sqlite3.connect(tmp_path / "shop.db")
    database.executescript(
        SCHEMA + "INSERT INTO addresses VALUES (2, 'Yhteistie 2', 'two@a.example');"
        "INSERT INTO people VALUES (1, 'one@a.example', '2'), (2, 'two@a.example', '2');"
    )
    database.close()
    shared = SHARED.replace(
        "email: {category: user.contact.email, activities: [orders]}",
        "email: {category: user.contact.email, identifier: email, activities: [orders]}",
    )
    make(tmp_path, {"shop": shared})
    with opened(tmp_path) as engine:
        _, text = answer(engine, tmp_path, {"customer_id": "1"})
    assert "two@a.example" not in text
    assert "Yhteistie 2" in text


@pytest.mark.parametrize("adopt", [True, False])
def test_credentials_never_go_out_whether_rules_are_adopted_or_not(tmp_path, adopt):
    source = SOURCE.replace(
        "name: {category: user.name,", "name: {category: user.authorization.password,"
    )
    build(tmp_path, source=source, adopt=adopt, extra_sql="UPDATE people SET name = 'hunter2';")
    with opened(tmp_path) as engine:
        _, text = answer(engine, tmp_path, {"email": "one@a.example"})
    assert "hunter2" not in text


def test_an_identity_that_nobody_confirmed_gets_nothing(tmp_path):
    build(tmp_path)
    with opened(tmp_path) as engine:
        request = engine.requests.open(
            kind="access", law="gdpr", identifiers={"email": "one@a.example"}, actor="dpo"
        )
        with pytest.raises(Refused):
            engine.requests.plan(request.id, actor="dpo")
        with pytest.raises(Refused):
            list(engine.requests.run(request.id, actor="dpo"))
        with pytest.raises((Refused, NotFound)):
            engine.requests.export(request.id, tmp_path / "out", actor="dpo")


def test_an_incomplete_answer_goes_out_only_when_somebody_takes_it_on(tmp_path):
    build(tmp_path, extra_sql="UPDATE people SET email = 'one@a.example' WHERE id = 2;")
    with opened(tmp_path) as engine:
        request, text = answer(engine, tmp_path, {"email": "one@a.example"})
        assert "Two" not in text
        assert engine.requests.get(request).outcome == "partial"
        with pytest.raises(Refused, match="partial"):
            engine.requests.deliver(request, channel="mail", actor="dpo")
        engine.requests.deliver(request, channel="mail", override=True, actor="dpo")
        assert engine.requests.get(request).state == "answered"
