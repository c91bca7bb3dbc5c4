"""Judgements about a request have an author and a validity, and lapse."""

from __future__ import annotations

import datetime as dt

import pytest
from tests.journeys.test_traps import SOURCE, build, rows
from tests.journeys.workspace import GONE, confirmed_plan, opened, verified

from govreg.clock import fixed_clock
from govreg.errors import Refused, UsageProblem
from govreg.policy.assessment import Assessment

NOW = dt.datetime(2026, 11, 25, 9, tzinfo=dt.UTC)
DAY = dt.date(2026, 11, 25)
CLAIMED = {**GONE, "request.excessive_claimed": True}
JUDGED = {"assessment.excessive": "no"}


def test_a_judgement_is_written_down_and_counts_until_its_day(tmp_path):
    build(tmp_path)
    until = DAY + dt.timedelta(days=7)
    with opened(tmp_path, clock=fixed_clock(NOW)) as engine:
        request = verified(engine, "erasure", {"email": "one@a.example"}, CLAIMED)
        blocked = confirmed_plan(engine, request)["blockers"]
        assert any("--fact assessment.excessive=yes|no" in one["way_out"] for one in blocked)
        engine.requests.state_facts(request, JUDGED, actor="second", valid_until=until)
        held = engine.requests.get(request).facts["assessment.excessive"]
        assert held == Assessment(outcome="no", by="second", on=DAY, until=until)
        assert confirmed_plan(engine, request)["blockers"] == []
    with opened(tmp_path, clock=fixed_clock(NOW + dt.timedelta(days=8))) as engine:
        blocked = confirmed_plan(engine, request)["blockers"]
        assert any(f"holds until {until} only" in one["text"] for one in blocked)


@pytest.mark.parametrize(
    ("until", "actor", "problem"),
    [
        (None, "dpo", UsageProblem),
        (DAY - dt.timedelta(days=1), "dpo", UsageProblem),
        (DAY, "engineer", Refused),
    ],
)
def test_without_validity_or_authority_nothing_is_written_down(tmp_path, until, actor, problem):
    build(tmp_path)
    with opened(tmp_path, clock=fixed_clock(NOW)) as engine:
        request = verified(engine, "erasure", {"email": "one@a.example"}, CLAIMED)
        with pytest.raises(problem) as caught:
            engine.requests.state_facts(request, JUDGED, actor=actor, valid_until=until)
        if problem is UsageProblem:
            assert "--valid-until" in str(caught.value)
        assert "assessment.excessive" not in engine.requests.get(request).facts


def test_an_erasure_that_was_approved_on_a_judgement_waits_once_it_has_lapsed(tmp_path):
    moments = [dt.datetime(2026, 11, 26, 10, tzinfo=dt.UTC)]
    name = "name: {category: user.name, activities: [orders]}"
    build(tmp_path, source=SOURCE.replace(name, name[:-1] + ", facts: {claim: true}}"))
    with opened(tmp_path, clock=lambda: moments[0]) as engine:
        made = engine.requests.open(
            kind="erasure",
            law="gdpr",
            identifiers={"email": "one@a.example"},
            facts={**GONE, "assessment.legal_claims": "no", "assessment.excessive": "no"},
            actor="dpo",
            valid_until=dt.date(2026, 11, 26),
        )
        engine.requests.verify_identity(made.id, level="account", how="login", actor="dpo")
        assert not confirmed_plan(engine, made.id)["blockers"]
        moments[0] += dt.timedelta(days=1)
        with pytest.raises(Refused, match="holds no more"):
            engine.requests.approve(made.id, actor="second")
        moments[0] -= dt.timedelta(days=1)
        engine.requests.approve(made.id, actor="second")
        moments[0] += dt.timedelta(days=1)
        with pytest.raises(Refused, match="validity of judgements"):
            list(engine.requests.run(made.id, actor="dpo"))
    assert rows(tmp_path, "SELECT count(*) FROM people WHERE id = 1") == [(1,)]
