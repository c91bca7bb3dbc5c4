"""A plan as a person reads it has counts and reasons, and no value."""

from __future__ import annotations

from tests.journeys.test_traps import build
from tests.journeys.workspace import GONE, confirmed_plan, opened, verified

from govreg.erasure.model import Blocker, Cause, ErasurePlan, Fate, RowAction, RowPlan
from govreg.requests.summary import plan_summary


def test_cells_with_one_cause_are_counted_together():
    gone, kept = Cause(fate=Fate.ERASE, code="ground"), Cause(fate=Fate.WITHHOLD, code="shared")
    plan = ErasurePlan(
        rows=tuple(
            RowPlan(
                collection="shop.people",
                key=(number,),
                action=RowAction.UPDATE,
                causes={"name": gone, "email": gone, "street": kept},
            )
            for number in (1, 2)
        ),
        sources=(),
        blockers=(Blocker(code="ring", place="shop", text="t", way_out="w"),),
    )
    told = plan_summary(plan)
    assert told["actions"] == [{"collection": "shop.people", "action": "update", "rows": 2}]
    assert {c["code"]: c["count"] for c in told["cells"]} == {"ground": 4, "shared": 2}
    assert told["blockers"][0]["way_out"] == "w"


def test_a_summary_of_a_real_plan_holds_nothing_of_the_person(tmp_path):
    build(tmp_path)
    with opened(tmp_path) as engine:
        request = verified(engine, "erasure", {"email": "one@a.example"}, GONE)
        plan = confirmed_plan(engine, request)
        assert engine.requests.summary(request)["found"] == plan["found"]
    for value in ("one@a.example", "one.alt@a.example", "Kotikatu", "Yhteistie"):
        assert value not in str(plan)
