"""A re-read sees what is there: also what should not be, and that it can see at all."""

from __future__ import annotations

import pytest
from tests.journeys.test_traps import build
from tests.journeys.workspace import opened

from govreg.erasure.model import Cause, Fate, RowAction, RowPlan
from govreg.erasure.verify import Checked, Expected, SelfTest, Verification, verify

GONE = Cause(fate=Fate.ERASE, code="ground")
KEPT = Cause(fate=Fate.WITHHOLD, code="no_ground")


def plan(action, key=(1,), assign=None, email=GONE):
    return RowPlan(
        collection="shop.people",
        key=key,
        action=action,
        causes={"email": email, "id": KEPT},
        assign=assign or {},
    )


@pytest.fixture
def look(tmp_path):
    build(tmp_path)
    with opened(tmp_path) as engine:
        parts = engine.parts
        mine = parts.kinds.identifier("email", "one@a.example")

        def check(*rows, staying=(), identifiers=(mine,)):
            return verify(
                parts.border,
                parts.kinds,
                parts.limits,
                Expected(rows=rows, identifiers=identifiers, staying=set(staying)),
            )

        yield check


def test_a_row_that_is_still_there(look):
    seen = look(plan(RowAction.DELETE))
    found = seen.collections["shop.people"]
    assert (found.still_there, found.gone, found.leftovers) == (1, 0, 1)
    assert seen.failed == ("shop.people",)
    assert not found.clean


def test_a_row_that_is_gone(look):
    seen = look(plan(RowAction.DELETE, key=(77,)), identifiers=())
    found = seen.collections["shop.people"]
    assert (found.still_there, found.gone, found.self_test) == (0, 1, SelfTest.FOUND)
    assert found.clean
    assert seen.proven


def test_a_field_that_does_not_hold_its_new_value(look):
    seen = look(plan(RowAction.UPDATE, assign={"email": None, "name": "One"}))
    found = seen.collections["shop.people"]
    assert found.unchanged == {"email": 1}
    assert found.cells_written == 1
    assert found.leftovers == 1


def test_a_row_that_vanished_though_it_should_stay(look):
    seen = look(plan(RowAction.UPDATE, key=(77,), assign={"email": None}), identifiers=())
    assert seen.collections["shop.people"].unchanged == {"(row)": 1}
    assert seen.failed


def test_what_was_meant_to_stay_is_no_leftover(look):
    assert not look(plan(RowAction.KEEP, email=KEPT)).failed
    assert not look(staying=[("shop.people", (1,))]).failed
    assert look().failed == ("shop.people",)


def test_a_check_that_missed_proves_nothing():
    missed = Verification(collections={"a": Checked(collection="a", self_test=SelfTest.MISSED)})
    assert missed.unread == ("a",)
    assert not missed.proven
    assert not Verification(collections={"a": Checked(collection="a")}).proven
