"""An answer tells what is kept of a person's choices, and says so where nothing is."""

from __future__ import annotations

import json

import pytest
from tests.journeys.workspace import confirmed_plan, verified
from tests.unit.choices.world import WHO, Ticking, given, shop, withdrawn

from govreg.consent.model import Channel, EventKind
from govreg.consent.preference import Preference
from govreg.subjects.suppression import Why, suppress


@pytest.fixture
def clock():
    return Ticking()


@pytest.fixture
def engine(tmp_path, clock):
    with shop(tmp_path, clock=clock) as made:
        yield made


def answered(engine, folder):
    request = verified(engine, "access", WHO)
    confirmed_plan(engine, request)
    list(engine.requests.run(request, actor="dpo"))
    engine.requests.export(request, folder, actor="dpo")
    return json.loads((folder / "data.json").read_text())["chosen"], (
        folder / "index.html"
    ).read_text()


def test_everything_that_was_chosen_is_told(engine, tmp_path, clock):
    sealed = given(particulars={"evidence": "call 17, recorded"})
    who = engine.consent.record(sealed, identifiers=WHO, actor="dpo").subject
    clock.later(days=1)
    engine.consent.record(withdrawn(), subject=who, actor="dpo")
    objection = given(activity="orders", kind=EventKind.OBJECTED, notice=None, language=None)
    engine.consent.record(objection, subject=who, actor="dpo")
    said = Preference(channel=Channel.PHONE, wanted=False, at=clock.now, origin="desk")
    engine.consent.prefer(who, said, actor="dpo")
    chosen, page = answered(engine, tmp_path / "answer")
    events = [(one["activity"], one["kind"], one["evidence"]) for one in chosen["events"]]
    assert events == [
        ("newsletter", "given", True),
        ("newsletter", "withdrawn", False),
        ("orders", "objected", False),
    ]
    standing = {one["activity"]: (one["consent"], one["objection"]) for one in chosen["standing"]}
    assert standing == {"newsletter": ("withdrawn", None), "orders": ("unknown", "objected")}
    assert [(one["channel"], one["wanted"]) for one in chosen["preferences"]] == [("phone", False)]
    assert [(one["scope"], one["reason"]) for one in chosen["suppressions"]] == [
        ("newsletter", "withdrawn")
    ]
    assert "Proof of it is kept under seal." in page
    assert "Objection made" in page
    assert "you do not want it" in page
    assert "call 17" not in page + json.dumps(chosen)


def test_where_nothing_was_chosen_the_answer_says_so(engine, tmp_path):
    chosen, page = answered(engine, tmp_path / "answer")
    assert chosen == {"events": [], "standing": [], "preferences": [], "suppressions": []}
    assert "No choice of yours is recorded." in page


def test_who_is_listed_by_the_identifier_alone_is_told(engine, tmp_path, clock):
    with engine.store.write() as connection:
        named = engine.parts.kinds.identifier("email", WHO["email"])
        blind = engine.parts.blind(connection)(named)
        entry = [("email", blind)]
        suppress(connection, entry, scope="channel:email", reason=Why.REQUEST, now=clock.now)
    chosen, page = answered(engine, tmp_path / "answer")
    assert [one["scope"] for one in chosen["suppressions"]] == ["channel:email"]
    assert "What you are left out of" in page
