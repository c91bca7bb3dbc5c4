"""The first erasure under a wording is shown, and approved by a second person whatever is set."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
import sqlalchemy as sa
from tests.journeys.test_traps import build
from tests.journeys.workspace import GONE, confirmed_plan, erased, opened, verified

from govreg.cli.request_words import plan_words
from govreg.errors import Refused
from govreg.policy.adopt import Adoption
from govreg.requests import store
from govreg.requests.erase import plan_hash
from govreg.requests.first_use import certified_uses
from govreg.requests.papers import read
from govreg.requests.tables import request_paper


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
        assert certified(engine, request)["first_uses"] == rules_of(plan)
        page = engine.requests.certificate(request).joinpath("certificate.html").read_text()
        assert f"First erasure under the present wording of: {', '.join(rules_of(plan))}" in page

        again, second = planned(engine, "two@a.example")
        assert rules_of(second) == []
        assert engine.requests.approve(again, actor="dpo").approved_by == "dpo"


def certified(engine, request):
    text = (engine.requests.certificate(request) / "certificate.json").read_text()
    return json.loads(text)["certificate"]["statement"]["plan"]


def test_of_plans_side_by_side_only_the_erasure_that_came_first_is_certified_as_the_first(folder):
    """Both showed a first use to whoever approved them, and both took a second person."""
    with opened(folder) as engine:
        one, plan = planned(engine, "one@a.example")
        two, other = planned(engine, "two@a.example")
        assert rules_of(plan) == rules_of(other) != []
        for request in (one, two):
            with pytest.raises(Refused, match="made this plan"):
                engine.requests.approve(request, actor="dpo")
            engine.requests.approve(request, actor="second")
        list(engine.requests.run(two, actor="dpo"))
        list(engine.requests.run(one, actor="dpo"))
        assert certified(engine, two)["first_uses"] == rules_of(plan)
        assert "first_uses" not in certified(engine, one)


def test_a_certificate_that_replaces_the_first_one_says_so_too(folder):
    with opened(folder) as engine:
        request, plan = planned(engine, "one@a.example")
        engine.requests.approve(request, actor="second")
        list(engine.requests.run(request, actor="dpo"))
        with engine.parts.store.read() as connection:
            held = store.get(connection, request)
            again = certified_uses(connection, (), held)
        assert sorted(again) == sorted(rules_of(plan))


def test_the_command_line_shows_the_first_use_with_who_adopted_it_and_when(folder):
    with opened(folder) as engine:
        _, plan = planned(engine, "one@a.example")
        on = plan["first_uses"][0]["adopted_on"]
        lines = [line for line in plan_words(plan) if line.startswith("FIRST USE")]
    assert len(lines) == len(rules_of(plan))
    assert lines[0] == (
        f"FIRST USE of this wording of `{rules_of(plan)[0]}`, adopted by dpo on {on}: "
        "a second person approves"
    )
    nobody = {**plan, "first_uses": [{"rule": "a.b", "adopted_by": "", "adopted_on": ""}]}
    assert "FIRST USE of this wording of `a.b`, adopted by nobody: a second person approves" in (
        list(plan_words(nobody))
    )


def test_what_the_approver_reads_of_first_uses_is_under_the_hash_that_is_approved(folder):
    with opened(folder) as engine:
        request, plan = planned(engine, "one@a.example")
        with engine.parts.store.read() as connection:
            shown = read(
                connection,
                engine.parts.request_key(connection, request),
                workspace=engine.parts.workspace_id,
                request_id=request,
                name="summary",
            )
            papers = {
                row.name: row.content_hash
                for row in connection.execute(
                    sa.select(request_paper).where(request_paper.c.request_id == request)
                )
            }
        assert shown["first_uses"] == plan["first_uses"]
        assert plan["plan_hash"] == plan_hash(papers["plan"], papers["summary"])


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
