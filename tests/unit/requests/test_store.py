"""Requests come back as they were written; the latest word on an item counts."""

from __future__ import annotations

import datetime as dt

import pytest
from tests.journeys.test_traps import build
from tests.journeys.workspace import opened, verified

from govreg.errors import NotFound
from govreg.requests import store as rows
from govreg.requests.model import RequestState

NOW = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)
LATER = NOW + dt.timedelta(days=3)


@pytest.fixture
def engine(tmp_path):
    build(tmp_path)
    with opened(tmp_path) as made:
        yield made


def test_changes_come_back(engine):
    request = verified(engine, "access", {"email": "one@a.example"})
    with engine.store.write() as connection:
        rows.change(
            connection, request, planned_at=NOW, facts={"person.objects": True}, plan_hash=None
        )
        held = rows.get(connection, request)
    assert (held.planned_at, held.facts, held.plan_hash) == (NOW, {"person.objects": True}, None)
    with engine.store.read() as connection, pytest.raises(NotFound):
        rows.get(connection, "req_nothing")


def test_closed_requests_are_listed_when_asked_for(engine):
    request = verified(engine, "access", {"email": "one@a.example"})
    with engine.store.write() as connection:
        rows.change(connection, request, state=RequestState.ANSWERED)
        assert rows.listed(connection) == ()
        assert [r.id for r in rows.listed(connection, closed=True)] == [request]
        subject = rows.get(connection, request).subject_id
        assert [r.id for r in rows.of_subject(connection, [subject])] == [request]


def test_the_latest_choice_counts(engine):
    request = verified(engine, "access", {"email": "one@a.example"})
    with engine.store.write() as connection:
        for choice, actor in (("yes", "dpo"), ("no", "second")):
            rows.choose(
                connection, request, kind="link", item="x", choice=choice, actor=actor, at=NOW
            )
        assert rows.choices(connection, request, "link") == {"x": ("no", "second")}
        assert rows.choices(connection, request, "text") == {}


def test_recipients_are_named_once_and_told(engine):
    request = verified(engine, "access", {"email": "one@a.example"})
    with engine.store.write() as connection:
        rows.name_recipients(connection, request, ["Host", "Host", "Post"])
        rows.tell_recipient(connection, request, "Host", actor="dpo", at=NOW, answer=None)
        rows.tell_recipient(connection, request, "Host", actor="dpo", at=LATER, answer="erased")
        rows.name_recipients(connection, request, ["Host"])
        told = rows.recipients(connection, request)
        assert [(r.name, r.told_at, r.answer, r.answered_at) for r in told] == [
            ("Host", NOW, "erased", LATER),
            ("Post", None, None, None),
        ]
        with pytest.raises(NotFound):
            rows.tell_recipient(connection, request, "Else", actor="dpo", at=NOW, answer=None)
