"""The first erasure under a wording is shown, and approved by a second person whatever is set."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from tests.journeys.test_traps import build
from tests.journeys.workspace import GONE, confirmed_plan, erased, opened, verified

from govreg.errors import Refused
from govreg.policy.adopt import Adoption


@pytest.fixture
def folder(tmp_path):
    build(tmp_path)
    text = (tmp_path / "govreg.toml").read_text()
    alone = 'four_eyes = {enabled = false, reason = "a company of one person"}\nlanguages'
    (tmp_path / "govreg.toml").write_text(text.replace("languages", alone, 1))
    return tmp_path


def planned(engine, email):
    request = verified(engine, "erasure", {"email": email}, GONE)
    return request, confirmed_plan(engine, request)


def rules_of(plan):
    return [one["rule"] for one in plan["first_uses"]]


def test_the_first_use_takes_a_second_person_although_four_eyes_are_off(folder):
    with opened(folder) as engine:
        request, plan = planned(engine, "one@a.example")
        assert rules_of(plan)
        assert {one["adopted_by"] for one in plan["first_uses"]} == {"dpo"}
        with pytest.raises(Refused, match="nothing was erased under the present wording") as no:
            engine.requests.approve(request, actor="dpo")
        assert rules_of(plan)[0] in no.value.message
        engine.requests.approve(request, actor="second")
        list(engine.requests.run(request, actor="dpo"))
        certificate = json.loads(
            (engine.requests.certificate(request) / "certificate.json").read_text()
        )
        statement = certificate["certificate"]["statement"]
        assert statement["plan"]["first_uses"] == rules_of(plan)

        again, second = planned(engine, "two@a.example")
        assert rules_of(second) == []
        assert engine.requests.approve(again, actor="dpo").approved_by == "dpo"


def test_a_changed_wording_is_used_for_the_first_time_again(folder, monkeypatch):
    with opened(folder) as engine:
        erased(engine, {"email": "one@a.example"})
    with opened(folder) as engine:
        _, plan = planned(engine, "two@a.example")
        assert rules_of(plan) == []
        rule = next(
            name for held in plan["cells"] for name in held["rules"] if held["fate"] == "erase"
        )
        changed = replace(engine.parts.rules.rules[rule], content_hash="f" * 64)
        engine.parts.rules.rules[rule] = changed
        engine.parts.rules.compiled.clear()
        held = engine.parts.adopted.adoptions
        held[rule] = Adoption(
            rule=rule, content_hash="f" * 64, by="second", on=engine.parts.today()
        )
        _, anew = planned(engine, "two@a.example")
        (use,) = anew["first_uses"]
        assert use["rule"] == rule
        assert use["adopted_by"] == "second"


def test_an_erasure_that_was_only_planned_is_no_use(folder):
    with opened(folder) as engine:
        request, plan = planned(engine, "one@a.example")
        engine.requests.approve(request, actor="second")
        _, other = planned(engine, "two@a.example")
        assert rules_of(other) == rules_of(plan)
