"""`govreg protect` as the guide walks through it."""

from __future__ import annotations

import json

import pytest
from tests.unit.protecting.world import change, people
from tests.unit.protecting.world import shop as sealed_shop


@pytest.fixture
def run(govreg, tmp_path):
    folder = tmp_path / "shop"
    folder.mkdir()
    sealed_shop(folder).close()

    def call(*words):
        return govreg("--workspace", folder, "--actor", "dpo", *words)

    call.folder = folder
    return call


def test_a_field_is_planned_sealed_counted_rotated_and_given_back(run):
    plan = run("protect", "plan", "shop.people")
    assert plan.code == 1
    assert "shop.people: 3 rows" in plan.out
    assert "fewer than 16 rows: nothing hides in so small a crowd" in plan.out
    refused = run("protect", "run", "shop.people")
    assert refused.code == 1
    assert "cannot be sealed as it stands" in refused.err
    assert run("protect", "plan", "--expect", "1000").code == 0

    done = run("protect", "run", "--expect", "1000")
    assert done.code == 0
    assert "sealed: 3 of email, 3 of email_x, 3 of name" in done.out
    assert "may still hold clear values" in done.out
    held = run("protect", "status")
    assert held.code == 0
    assert [line.split()[:3] for line in held.out.splitlines()[2:]] == [
        ["email", "3", "0"],
        ["name", "3", "0"],
    ]
    assert "example" not in plan.out + done.out + held.out
    change(run.folder, "UPDATE people SET name = 'New' WHERE id = 1")
    stale = run("protect", "status")
    assert stale.code == 1
    assert "shop.people.name: 1 values are clear: `govreg protect run`" in stale.out

    turned = json.loads(run("--json", "protect", "rotate", "shop.people").out)
    assert turned[0]["changed"] == {"email": 3, "email_x": 3, "name": 3}
    assert run("protect", "unprotect").code == 2
    assert run("protect", "unprotect", "shop.people").code == 0
    assert [row[1] for row in people(run.folder)] == [
        "one@a.example",
        "two@a.example",
        "agent@a.example",
    ]


def test_known_leaks_may_be_accepted_and_strangers_may_nothing(run, govreg):
    assert run("protect", "run", "--accept-leak").code == 0
    other = govreg(
        "--workspace", run.folder, "--actor", "engineer", "protect", "unprotect", "shop.people"
    )
    assert other.code == 1
    assert "may not give sealed fields back" in other.err


def test_json_tells_what_the_words_tell(run):
    (plan,) = json.loads(run("--json", "protect", "plan", "--expect", "1000").out)
    assert plan["fields"][0]["bits"] == 8
    assert "learns which rows may hold one value" in plan["fields"][0]["leak"]
    run("protect", "run", "--expect", "1000")
    (state,) = json.loads(run("--json", "protect", "status").out)
    assert state["fields"][0]["sealed"] == 3
