"""Whoever is asked for a fact is told the one place where it can be stated."""

from __future__ import annotations

from govreg.policy.facts import FACTS
from govreg.requests.way_out import ADOPT, ways_to_state


def test_each_group_has_its_place():
    said = ways_to_state(
        [
            "person.objects",
            "person.state",
            "organisation.kind",
            "item.phi",
            "item.psychotherapy_notes",
            "activity.necessary",
            "activity.basis",
        ]
    )
    assert said.split("; ") == [
        "state what is known: `--fact person.objects=yes|no`, `--fact person.state=PLACE`",
        "in `govreg.toml`, under `[organisation]`: `kind = private|public_authority|non_profit`",
        "in the source's file, under `facts`: `phi: true|false`, `psychotherapy_notes: true|false`",
        "in the activity's file, under `facts`: `necessary: true|false`",
        "name the field's `activities` in the source's file, for `activity.basis`",
    ]


def test_where_no_fact_is_missing_an_adoption_is():
    assert ways_to_state([]) == ADOPT


def test_every_fact_has_a_way():
    for name in FACTS:
        assert name.partition(".")[2] in ways_to_state([name])
