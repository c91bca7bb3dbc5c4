"""Judgements about a request have an author and a validity, and lapse."""

from __future__ import annotations

import datetime as dt

import pytest
from tests.journeys.test_traps import build
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
