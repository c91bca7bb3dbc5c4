"""Every pack's own cases: what it must answer, with the rules that answer it."""

import datetime as dt

import pytest

from govreg.plugins import announced
from govreg.policy.adopt import Adopted, Adoption
from govreg.policy.evaluate import decide
from govreg.policy.files import load_books
from govreg.yaml12 import plain, read

ON = dt.date(2026, 11, 25)
PACKS = announced().packs
RULES = load_books([folder / "pack.yaml" for folder in PACKS.values()])
ADOPTED = Adopted(
    adoptions={
        rule.id: Adoption(rule=rule.id, content_hash=rule.content_hash, by="dpo", on=ON)
        for rule in RULES.rules.values()
    }
)
CASES = [
    pytest.param(case, id=f"{name}: {case['note']}")
    for name, folder in PACKS.items()
    if (folder / "cases.yaml").exists()
    for case in plain(read(folder / "cases.yaml").data)["cases"]
]


@pytest.mark.parametrize("case", CASES)
def test_case(case):
    decision = decide(case["facts"], RULES, on=ON, adopted=ADOPTED)
    assert str(decision.outcome) == case["outcome"]
    assert [reason.rule for reason in decision.reasons if reason.rule] == case["rules"]


@pytest.mark.parametrize("rule", RULES.rules.values(), ids=lambda rule: rule.id)
def test_every_rule_is_told_in_both_languages_and_cited(rule):
    assert set(rule.title) == set(rule.text) == {"en", "fi"}
    assert rule.citation
    assert rule.checked_on
