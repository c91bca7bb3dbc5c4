"""Cases of what decides over records: what is wrong with one, and which rules it exercises."""

import pytest
from tests.unit.policy import test_cases_wrong as cases
from tests.unit.policy.test_cases_wrong import said, wrong

from govreg.errors import ConfigurationProblem
from govreg.policy.cases import without_case

own = cases.own
KEPT = "under: [own.kept], event: 2026-06-01, on: 2026-11-25"
"""Kept until the end of 2027."""


@pytest.mark.parametrize(
    ("text", "found"),
    [
        (
            f"{KEPT}, asked: true, decides: minimum, goes: false, rules: [own.kept], "
            "until: 2027-12-31",
            (),
        ),
        (
            f"{KEPT}, decides: maximum, goes: true, until: 2027-12-30",
            (
                "the minimum decides, not the maximum",
                "it stays",
                "by own.kept, not none",
                "the end is 2027-12-31, not 2027-12-30",
            ),
        ),
        (
            "under: [own.kept], on: 2026-11-25, decides: minimum, goes: true, rules: [own.kept]",
            ("it stays until a person decides",),
        ),
        (
            "under: [own.kept], dates: {event: 2020-01-01}, on: 2026-11-25, asked: true, "
            "decides: request, goes: null",
            ("it goes",),
        ),
        (
            "under: [own.kept], event: 2020-01-01, on: 2026-11-25, asked: null, "
            "decides: request, goes: null",
            (),
        ),
        (f"{KEPT}, hold: grounded, decides: hold, goes: false", ()),
        (
            "under: [own.kept], event: 2020-01-01, on: 2026-11-25, hold: ungrounded, "
            "decides: hold, goes: null",
            (),
        ),
        (
            "record_class: nothing, on: 2026-11-25, decides: minimum, goes: false, rules: [own.kept]",
            ("the nothing decides, not the minimum", "by no rule, not own.kept"),
        ),
        (
            "under: [own.keeps], on: 2026-11-25, decides: nothing, goes: false",
            ("there is no rule `own.keeps`",),
        ),
        (
            f"{KEPT}, financial_year_end: [3, 31], decides: minimum, goes: false, "
            "rules: [own.kept], until: 2028-03-31",
            (),
        ),
    ],
)
def test_what_is_wrong_with_what_decides_over_records(tmp_path, own, text, found):
    assert said(tmp_path, own, retention=text) == found


@pytest.mark.parametrize(
    "text", ["on: 2026-11-25", "record_class: books, under: [own.kept], on: 2026-11-25"]
)
def test_records_are_named_by_their_class_or_by_their_rules(tmp_path, own, text):
    with pytest.raises(ConfigurationProblem, match="write `record_class:`, or `under:`"):
        said(tmp_path, own, retention=f"{text}, decides: nothing, goes: false")


def test_a_case_exercises_the_rules_that_the_records_are_under(tmp_path, own):
    text = f"retention: [{{note: n, {KEPT}, decides: nothing, goes: false}}]\n"
    held, _ = wrong(tmp_path, own, text)
    assert "own.kept" not in without_case(own.rules.values(), held)
