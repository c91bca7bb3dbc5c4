"""Roles decide; four eyes can be closed only with a reason."""

from __future__ import annotations

import pytest
from tests.journeys.workspace import make

from govreg.errors import Refused
from govreg.requests.people import DECIDING, INTAKE, require, require_second_person
from govreg.settings import load


@pytest.fixture(scope="module")
def settings(tmp_path_factory):
    return load(make(tmp_path_factory.mktemp("people"), {}))


def test_roles(settings):
    require(settings, "dpo", DECIDING, "decide")
    for actor in ("engineer", "nobody", ""):
        with pytest.raises(Refused, match="may not decide"):
            require(settings, actor, DECIDING | INTAKE, "decide")


def test_a_second_person(settings):
    require_second_person(settings, planner="dpo", approver="second")
    with pytest.raises(Refused, match="cannot approve"):
        require_second_person(settings, planner="dpo", approver="dpo")
