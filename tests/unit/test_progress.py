"""Searches, checks and changes tell how far they are: collections and rows, never a value."""

from __future__ import annotations

import pytest
from tests.journeys.test_traps import build
from tests.journeys.workspace import verified

from govreg.engine import open_border, open_engine
from govreg.errors import SourceProblem
from govreg.gate.survey import survey
from govreg.passes.discover import discover
from govreg.progress import SILENT, working


class Told:
    """Writes down what it is told."""

    def __init__(self):
        self.works, self.open = [], False

    def begin(self, work, collections):
        assert not self.open, "pieces of work do not overlap"
        self.open = True
        self.works.append({"work": work, "of": collections, "reached": set(), "rows": 0})

    def reached(self, ref):
        if self.open:
            self.works[-1]["reached"].add(ref)

    def rows(self, count):
        if self.open:
            self.works[-1]["rows"] += count

    def end(self):
        self.open = False


@pytest.fixture
def told():
    return Told()


def test_a_discovery_says_how_far_it_is(tmp_path, told):
    build(tmp_path)
    discover(open_border(tmp_path, progress=told), "shop")
    (work,) = told.works
    assert work["work"] == "looking at shop"
    assert len(work["reached"]) == work["of"] > 0
    assert work["rows"] > 0
    assert not told.open


def test_a_check_says_how_far_it_is(tmp_path, told):
    build(tmp_path)
    survey(open_border(tmp_path, progress=told), {})
    (work,) = told.works
    assert len(work["reached"]) == work["of"] > 0


def test_a_plan_and_a_run_say_how_far_they_are(tmp_path, told):
    build(tmp_path)
    with open_engine(tmp_path, progress=told) as engine:
        request = verified(engine, "access", {"email": "one@a.example"})
        engine.requests.plan(request, actor="dpo")
        list(engine.requests.run(request, actor="dpo"))
    assert [work["work"] for work in told.works] == ["searching", "searching"]
    assert all(0 < len(work["reached"]) <= work["of"] and work["rows"] for work in told.works)
    assert "one@a.example" not in str(told.works)


def test_work_that_fails_has_ended(told):
    with pytest.raises(SourceProblem), working(told, "searching", 3):
        raise SourceProblem("gone", "it is gone")
    assert not told.open


def test_silence():
    with working(SILENT, "searching", None):
        assert SILENT.reached("shop.people") is None
        assert SILENT.rows(3) is None
