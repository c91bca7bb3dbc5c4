"""What is recorded of a clock moves the due date as the law says, and nothing else does."""

from __future__ import annotations

import datetime as dt
from zoneinfo import ZoneInfo

import pytest
from tests.journeys.test_traps import build
from tests.journeys.workspace import opened

from govreg.errors import Refused, UsageProblem
from govreg.requests.upkeep import expire

HELSINKI = ZoneInfo("Europe/Helsinki")


def at(month, day, hour=12):
    return dt.datetime(2026, month, day, hour, tzinfo=HELSINKI)


class Watch:
    """A clock that the test sets."""

    def __init__(self, now):
        self.now = now

    def __call__(self):
        return self.now


@pytest.fixture
def watch():
    return Watch(at(3, 5))


@pytest.fixture
def engine(tmp_path, watch):
    build(tmp_path)
    with opened(tmp_path, clock=watch) as engine:
        yield engine


def asked(engine, kind="access", law="gdpr", place=None):
    held = engine.requests.open(
        kind=kind, law=law, identifiers={"email": "one@a.example"}, actor="dpo", place=place
    )
    return held.id


def due(engine, request):
    return engine.requests.get(request).due_at.astimezone(HELSINKI).date()


def test_an_extension_counts_from_the_receipt_once_the_person_is_told(engine, watch):
    request = asked(engine)
    assert due(engine, request) == dt.date(2026, 4, 7)  # the 5th is Easter Sunday
    watch.now = at(4, 2)
    held = engine.requests.extend(request, reason="many systems", told_at=at(4, 1), actor="dpo")
    assert (held.clock, due(engine, request)) == ("extended", dt.date(2026, 6, 5))
    assert held.target_at == held.due_at
    assert not engine.requests.standing(request).findings
    with pytest.raises(Refused, match="extended once"):
        engine.requests.extend(request, reason="again", actor="dpo")


def test_an_extension_told_late_is_kept_said_and_changes_nothing(engine, watch):
    request = asked(engine)
    watch.now = at(4, 20)
    held = engine.requests.extend(request, reason="many systems", actor="dpo")
    assert (held.clock, due(engine, request)) == ("running", dt.date(2026, 4, 7))
    assert "does not count" in engine.requests.standing(request).findings[0]


def test_while_the_clock_stands_still_nobody_knows_the_due_date(engine, watch):
    request = asked(engine)
    watch.now = at(3, 20)
    held = engine.requests.pause(
        request, reason="identity_in_doubt", asked_at=at(3, 10), evidence="message-1", actor="dpo"
    )
    assert held.clock == "still"
    assert "not known" in engine.requests.standing(request).findings[0]
    with pytest.raises(Refused, match="still already"):
        engine.requests.pause(request, reason="broad_request", evidence="message-2", actor="dpo")
    with pytest.raises(UsageProblem, match="before the question"):
        engine.requests.go_on(request, answered_at=at(3, 9), actor="dpo")
    held = engine.requests.go_on(request, answered_at=at(3, 15), actor="dpo")
    assert (held.clock, due(engine, request)) == ("running", dt.date(2026, 4, 10))
    with pytest.raises(Refused, match="does not stand still"):
        engine.requests.go_on(request, actor="dpo")


def test_a_second_suspension_adds_to_the_first(engine, watch):
    request = asked(engine)
    for start, end in ((at(3, 10), at(3, 12)), (at(3, 20), at(3, 24))):
        watch.now = end
        engine.requests.pause(
            request, reason="identity_in_doubt", asked_at=start, evidence="message", actor="dpo"
        )
        engine.requests.go_on(request, actor="dpo")
    # six days more than 5 April is 11 April, a Saturday
    assert due(engine, request) == dt.date(2026, 4, 13)


def test_the_place_that_was_named_gives_the_holidays(engine):
    assert due(engine, asked(engine, place="US")) == dt.date(2026, 4, 6)  # no Easter Monday there
    assert due(engine, asked(engine, place="FI")) == dt.date(2026, 4, 7)
    with pytest.raises(UsageProblem, match="no public holidays are known of `Atlantis`"):
        asked(engine, place="Atlantis")


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"reason": "holidays", "evidence": "message-1"}, "no reason to suspend"),
        ({"reason": "identity_in_doubt", "evidence": " "}, "one line"),
        ({"reason": "identity_in_doubt", "evidence": "two\nlines"}, "one line"),
        ({"reason": "identity_in_doubt", "evidence": "m", "asked_at": at(9, 1)}, "future"),
    ],
)
def test_what_cannot_be_is_refused_and_nothing_is_written(engine, values, said):
    request = asked(engine)
    with pytest.raises(UsageProblem, match=said):
        engine.requests.pause(request, actor="dpo", **values)
    assert engine.requests.get(request).clock == "running"


def test_only_those_who_take_requests_in_change_a_clock_and_only_an_open_one(engine):
    request = asked(engine)
    with pytest.raises(Refused, match="may not"):
        engine.requests.extend(request, reason="many systems", actor="engineer")
    engine.requests.verify_identity(request, level="account", how="login", actor="dpo")
    engine.requests.plan(request, actor="dpo")
    list(engine.requests.run(request, actor="dpo"))
    engine.requests.deliver(request, channel="mail", override=True, actor="dpo")
    with pytest.raises(Refused, match="its clock has ended"):
        engine.requests.extend(request, reason="many systems", actor="dpo")


def test_the_answer_and_the_log_say_what_happened(engine, tmp_path, watch):
    request = asked(engine)
    engine.requests.extend(request, reason="many systems", actor="dpo")
    engine.requests.verify_identity(request, level="account", how="login", actor="dpo")
    engine.requests.plan(request, actor="dpo")
    list(engine.requests.run(request, actor="dpo"))
    folder = engine.requests.export(request, tmp_path / "answer", actor="dpo")
    page = (folder / "index.html").read_text(encoding="utf-8")
    assert "many systems" in page
    assert "5\N{NO-BREAK SPACE}June\N{NO-BREAK SPACE}2026" in page
    with engine.store.read() as connection:
        actions = [body for (body,) in connection.exec_driver_sql("SELECT body FROM audit_entry")]
    assert any(b"request.clock_extended" in bytes(body) for body in actions)


def test_what_lies_before_the_request_is_refused_and_the_same_day_is_enough(engine, watch):
    watch.now = at(3, 5, 15)
    request = asked(engine)
    with pytest.raises(UsageProblem, match="the notice cannot have come before the request"):
        engine.requests.extend(request, reason="many", told_at=at(3, 4), actor="dpo")
    with pytest.raises(UsageProblem, match="the question cannot have come before the request"):
        engine.requests.pause(
            request, reason="identity_in_doubt", asked_at=at(2, 5), evidence="m", actor="dpo"
        )
    held = engine.requests.pause(
        request, reason="identity_in_doubt", asked_at=at(3, 5), evidence="m", actor="dpo"
    )
    assert held.clock == "still"
    engine.requests.go_on(request, answered_at=at(3, 5), actor="dpo")
    assert not engine.requests.standing(request).findings
    held = engine.requests.extend(request, reason="many", told_at=at(3, 5), actor="dpo")
    assert held.clock == "extended"


def test_the_words_of_an_event_go_with_the_papers_of_the_request(engine, watch):
    request = asked(engine)
    engine.requests.extend(request, reason="many systems", actor="dpo")
    engine.requests.verify_identity(request, level="account", how="login", actor="dpo")
    engine.requests.plan(request, actor="dpo")
    list(engine.requests.run(request, actor="dpo"))
    engine.requests.deliver(request, channel="mail", override=True, actor="dpo")
    watch.now = at(3, 5).replace(year=2036)
    expire(engine.parts)
    with engine.store.read() as connection:
        rows = connection.exec_driver_sql("SELECT event, note FROM request_clock_event").all()
    assert [tuple(row) for row in rows] == [("extended", "forgotten")]
    assert engine.requests.standing(request).extended
