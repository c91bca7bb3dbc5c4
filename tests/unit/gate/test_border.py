"""A visit opens each source once, counts, and never forgets one that did not answer."""

from __future__ import annotations

import pytest
from tests.journeys.test_traps import build
from tests.journeys.workspace import opened

from govreg.errors import NotFound, SourceProblem
from govreg.gate.border import titles


def test_a_source_is_opened_once_and_calls_are_counted(tmp_path):
    build(tmp_path)
    with opened(tmp_path) as engine, engine.parts.border.visit() as visit:
        people = engine.register.collection("shop.people")
        assert visit.session("shop") is visit.session("shop")
        rows = visit.follow(people, ("id",), [(1,), (2,)], ("id",))
        assert sorted(row["id"] for row in rows) == [1, 2]
        assert visit.tally("shop", "visits", ("person_id",), [(1,)]) == 1
        assert visit.referencing("shop", "visits", ("person_id",), [(1,)], ("id",)) == [(1,)]
        assert len(visit.sample(people, 2)) == 2
        assert visit.calls.statements == {"shop.people": 2, "shop.visits": 2}
        assert visit.calls.seconds > 0
        assert titles(engine.register) == {"shop": "Shop"}


def test_a_source_that_is_gone_stays_failed_for_the_visit(tmp_path):
    build(tmp_path)
    (tmp_path / "shop.db").unlink()
    with opened(tmp_path) as engine, engine.parts.border.visit() as visit:
        for _ in range(2):
            with pytest.raises(SourceProblem):
                visit.session("shop")
        assert set(visit.failed) == {"shop"}
        with pytest.raises(NotFound):
            engine.parts.border.open("nowhere")
