"""What a person chose opens an erasure, and voids an approved plan when it changes."""

from __future__ import annotations

import pytest
from tests.journeys.workspace import confirmed_plan, verified
from tests.unit.choices.world import WHO, Ticking, given, shop, withdrawn

from govreg.choices.model import Choice
from govreg.consent.model import EventKind
from govreg.errors import Refused
from govreg.requests.chosen import chosen

ENDED = {"person.relationship_ended": True, "person.objection_upheld": True}


@pytest.fixture
def clock():
    return Ticking()


@pytest.fixture
def engine(tmp_path, clock):
    with shop(tmp_path, clock) as made:
        yield made


def test_a_withdrawal_in_the_ledger_is_the_ground(engine):
    engine.consent.record(given(), identifiers=WHO, actor="dpo")
    request = verified(engine, "erasure", WHO, ENDED)
    plan = confirmed_plan(engine, request)
    assert {b["code"] for b in plan["blockers"]} == {"undecided"}
    assert [c["consent"] for c in plan["choices"]] == ["given"]

    engine.consent.record(withdrawn(), identifiers=WHO, actor="dpo")
    engine.consent.record(
        Choice(activity="newsletter", kind=EventKind.OBJECTED), identifiers=WHO, actor="dpo"
    )
    plan = confirmed_plan(engine, request)
    assert plan["blockers"] == []
    grounds = {name for held in plan["cells"] if held["fate"] == "erase" for name in held["rules"]}
    assert "gdpr.erase.consent_withdrawn" in grounds
    (choice,) = plan["choices"]
    assert (choice["activity"], choice["consent"], choice["objection"]) == (
        "newsletter",
        "withdrawn",
        "objected",
    )


def test_a_choice_that_changes_after_the_plan_voids_it(engine, clock):
    engine.consent.record(withdrawn(), **known(engine), actor="dpo")
    request = verified(engine, "erasure", WHO, {**ENDED, "person.objects": True})
    confirmed_plan(engine, request)
    engine.requests.approve(request, actor="second")
    clock.later(minutes=1)
    engine.consent.record(given(), identifiers=WHO, actor="dpo")
    with pytest.raises(Refused, match="the person's choices changed after the plan"):
        list(engine.requests.run(request, actor="dpo"))


def known(engine):
    return {"subject": engine.consent.record(given(), identifiers=WHO, actor="dpo").subject}


def test_only_what_is_true_is_said_and_objecting_is_about_marketing(engine, clock):
    who = known(engine)["subject"]

    def said():
        with engine.store.read() as connection:
            return dict(chosen(engine.parts, connection, who, clock.later(seconds=1)))

    assert said() == {}
    for activity in ("orders", "newsletter"):
        objected = Choice(activity=activity, kind=EventKind.OBJECTED)
        engine.consent.record(objected, subject=who, actor="dpo")
    assert said() == {
        "newsletter": {"person.objects": True, "person.objection_pending": True},
        "orders": {"person.objection_pending": True},
    }
