import dataclasses

import pytest
from tests.unit.reports.samples import certificate, clean, outcome

from govreg.errors import UsageProblem
from govreg.gate.scope import Cap, CapCode
from govreg.reports.certificate_document import Reread, Tally


def test_a_clean_erasure_is_complete():
    assert clean().shortfalls == ()
    assert clean().cells.total == 318


@pytest.mark.parametrize(
    ("block", "told"),
    [
        ({"not_searched": certificate().not_searched}, "not searched: 1"),
        ({"caps": (Cap(code=CapCode.ROUNDS, number=6),)}, "limits hit: 1"),
        ({"cells": Tally(erased=1, failed=2)}, "cells failed: 2"),
        ({"collections": (outcome("orders", outcome="pending_vendor"),)}, "not done: 1"),
        ({"collections": (outcome("orders", remaining=None),)}, "not read again: 1"),
        ({"collections": (outcome("orders", remaining=3),)}, "cells found again: 3"),
        ({"reread": None}, "check without a found leftover: 1"),
        ({"reread": Reread(method="every_cell", cells=1, leftover_found=False)}, "leftover: 1"),
        (
            {"reread": Reread(method="every_cell", cells=1, leftover_found=True, found_again=1)},
            "found again: 1",
        ),
    ],
)
@pytest.mark.parametrize("state", ["complete", "complete_with_withheld"])
def test_no_certificate_claims_more_than_it_shows(block, told, state):
    with pytest.raises(UsageProblem, match=told):
        clean(state=state, **block)


@pytest.mark.parametrize("kept", [Tally(erased=1, withheld=1), Tally(erased=1, restricted=1)])
def test_kept_cells_are_never_simply_complete(kept):
    with pytest.raises(UsageProblem, match="kept: 1"):
        clean(cells=kept)
    assert clean(cells=kept, state="complete_with_withheld").cells == kept


@pytest.mark.parametrize("state", ["partial", "unverifiable", "refused", "failed"])
def test_a_lesser_state_may_show_anything(state):
    assert certificate(state=state).state == state


def test_an_unknown_state_is_refused():
    with pytest.raises(UsageProblem, match="`fine` is no state"):
        clean(state="fine")


def test_who_planned_and_approved_alone_is_the_same_person():
    plan = clean().plan
    assert not plan.same_person
    assert dataclasses.replace(plan, approvers=("pekka",)).same_person
    assert not dataclasses.replace(plan, approvers=("pekka", "maija")).same_person
