"""Every pack's own cases: what it must answer, with the rules that answer it."""

import datetime as dt

import pytest

from govreg.plugins import announced
from govreg.policy.calendars import calendar_for
from govreg.policy.cases import read_cases, tried, without_case
from govreg.policy.files import load_books

ON = dt.date(2026, 11, 25)
PACKS = announced().packs
RULES = load_books([folder / "pack.yaml" for folder in PACKS.values()])
CASES = {name: read_cases(folder / "cases.yaml") for name, folder in PACKS.items()}


@pytest.mark.parametrize("name", PACKS)
def test_a_pack_says_that_it_is_no_advice(name):
    readme = (PACKS[name] / "README.md").read_text(encoding="utf-8")
    assert "engineering reference, not legal advice" in " ".join(readme.split())


@pytest.mark.parametrize("name", PACKS)
def test_every_case_comes_out_as_it_says(name):
    wrong = [
        f"{one.written.line}: {one.written.case.note}: {'; '.join(one.wrong)}"
        for one in tried(CASES[name], RULES, on=ON)
        if one.wrong
    ]
    assert wrong == []
    assert CASES[name]


@pytest.mark.parametrize("name", PACKS)
def test_every_rule_and_exception_has_a_case(name):
    own = [rule for rule in RULES.rules.values() if rule.pack == name]
    assert own
    assert without_case(own, CASES[name]) == ()


@pytest.mark.parametrize("place", RULES.holidays)
def test_what_a_pack_says_of_holidays_means_something(place):
    assert calendar_for(RULES, place).findings == ()


@pytest.mark.parametrize("rule", RULES.rules.values(), ids=lambda rule: rule.id)
def test_every_rule_is_told_in_both_languages_and_cited(rule):
    assert set(rule.title) == set(rule.text) == {"en", "fi"}
    assert rule.citation
    assert rule.checked_on
    assert rule.in_force_from
