"""Steps survive crashes and know that they were tried before."""

from __future__ import annotations

import pytest

from govreg.clock import system_clock
from govreg.database import Store
from govreg.errors import Refused, SourceProblem
from govreg.migrations.upgrade import upgrade
from govreg.runner.steps import Step, StepState, records, reopen, run


@pytest.fixture
def store(tmp_path):
    made = Store(f"sqlite:///{tmp_path / 'store.db'}")
    upgrade(made)
    yield made
    made.close()


def held(store):
    with store.read() as connection:
        return {record.name: record for record in records(connection, "work")}


def test_steps_run_in_order_and_once(store):
    done = []
    steps = [
        Step(name=name, act=lambda again, name=name: done.append((name, again)) or {"n": name})
        for name in ("first", "second")
    ]
    assert [r.name for r in run(store, "work", steps, clock=system_clock)] == ["first", "second"]
    assert list(run(store, "work", steps, clock=system_clock)) == []
    assert done == [("first", False), ("second", False)]
    assert held(store)["first"].note == {"n": "first"}


def test_a_step_that_raises_stops_the_work_and_is_told_when_it_runs_again(store):
    told = []

    def act(again):
        told.append(again)
        if not again:
            raise SourceProblem("connection", "gone", source="shop")
        return {}

    steps = [Step(name="first", act=act), Step(name="later", act=lambda again: {})]
    with pytest.raises(SourceProblem):
        list(run(store, "work", steps, clock=system_clock))
    assert held(store)["first"].state is StepState.FAILED
    assert held(store)["first"].note == {"code": "connection"}
    assert held(store)["later"].state is StepState.PENDING
    list(run(store, "work", steps, clock=system_clock))
    assert told == [False, True]
    assert held(store)["first"].attempts == 2


def test_a_step_that_was_cut_off_is_told_also_when_it_was_reopened(store):
    told = []

    def act(again):
        told.append(again)
        if len(told) == 1:
            raise KeyboardInterrupt
        return {}

    step = Step(name="first", act=act)
    with pytest.raises(KeyboardInterrupt):
        list(run(store, "work", [step], clock=system_clock))
    assert held(store)["first"].state is StepState.RUNNING
    with store.write() as connection:
        reopen(connection, "work", ["first"])
    list(run(store, "work", [step], clock=system_clock))
    assert told == [False, True]


def test_a_refusal_is_kept_by_its_kind(store):
    def act(_again):
        raise Refused("no")

    with pytest.raises(Refused):
        list(run(store, "work", [Step(name="first", act=act)], clock=system_clock))
    assert held(store)["first"].note == {"code": "Refused"}
