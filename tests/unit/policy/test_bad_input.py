"""Bad input says file, line and rule, and what to write instead."""

from __future__ import annotations

import datetime as dt

import pytest

from govreg.errors import ConfigurationProblem
from govreg.policy.cases import read_cases, tried
from govreg.policy.evaluate import decide
from govreg.policy.files import load_books, load_pack
from govreg.policy.outcome import Outcome

ON = dt.date(2026, 11, 25)
PACK = """\
govreg_pack: 1
pack: own
version: "1"
law: house
title: {en: Own}
tables:
  house.ages:
    by: person.country
    citation: [House rule 1]
    rows: {FI: 13, SE: 13}
    covers: [FI, SE]
derive:
  house.young: {words: young, when: {fact: person.age, lt: {table: house.ages}}}
  house.child: {words: child, when: {fact: house.young, is: true}}
gates:
  house.gate: {acts: [process], citation: [House rule 1], text: {en: closed}}
rules:
  - id: house.open
    kind: permission
    act: process
    gate: house.gate
    effect: allow
    citation: [House rule 1]
    title: {en: One}
    text: {en: because}
    when: {all: [{fact: house.child, is: false}, {fact: person.deceased, is: false}]}
    in_force_from: 2020-01-01
    checked_on: 2026-01-01
    confidence: low
  - id: house.close
    kind: prohibition
    act: [process, send]
    effect: deny
    citation: [House rule 1]
    title: {en: Two}
    text: {en: because}
    when: {fact: person.restricted, is: true}
    checked_on: 2026-01-01
    confidence: low
"""
CLOSE = "when: {fact: person.restricted, is: true}"
SAME = "when: {fact: person.deceased, is: false}"


def loaded(tmp_path, text):
    (tmp_path / "own.yaml").write_text(text)
    return load_pack(tmp_path / "own.yaml")


def test_the_pack_itself_is_right(tmp_path):
    assert len(loaded(tmp_path, PACK).rules) == 2


@pytest.mark.parametrize(
    ("old", "new", "line", "words"),
    [
        ("title: {en: One}", "title: {en: One", 25, "not valid YAML"),
        ("title: {en: One}", "\ttitle: {en: One}", 24, "not valid YAML"),
        (
            "{fact: person.age, lt: {table: house.ages}}",
            "{fact: house.child, is: true}",
            14,
            "`house.young` is defined by itself: house.young → house.child → house.young",
        ),
        ("covers: [FI, SE]", "covers: [FI, SE, DE]", 10, "no row for `DE`"),
        ("rows: {FI: 13, SE: 13}", "rows: {FI: 13, SE: 13, UK: 13}", 10, "`UK` is no country"),
        ("covers: [FI, SE]", "covers: [FI, XX]", 11, "`XX` is no country"),
        (
            CLOSE,
            "when: {fact: person.country, in: [FI, UK]}",
            37,
            "`rules.house.close.when`: `UK` is no country, and `person.country` is one",
        ),
        (CLOSE, "when: {fact: person.state, is: UK-ENG}", 37, "`UK-ENG` is no country"),
        (
            "tables:",
            "holidays: {UK: [{name: Boxing Day, public: false, cite: x}]}\ntables:",
            6,
            "UK",
        ),
        (
            "in_force_from: 2020-01-01",
            "in_force_from: 2020-01-02\n    in_force_to: 2020-01-01",
            28,
            "`rules.house.open.in_force_to`: the rule ends on 2020-01-01, before it begins",
        ),
        (
            CLOSE,
            SAME,
            26,
            "`rules.house.open.when`: rule `house.open` opens what `house.close` always closes",
        ),
        (
            CLOSE,
            "when: {all: [{fact: person.deceased, is: false}, {fact: house.child, is: false}]}",
            26,
            "nothing says which goes first",
        ),
    ],
)
def test_what_is_wrong_says_file_line_rule_and_what(tmp_path, old, new, line, words):
    assert PACK.count(old) == 1
    (tmp_path / "own.yaml").write_text(PACK.replace(old, new))
    with pytest.raises(ConfigurationProblem) as caught:
        load_books([tmp_path / "own.yaml"])
    assert words in str(caught.value)
    assert f"own.yaml:{line}:" in str(caught.value)


@pytest.mark.parametrize(
    "close",
    [
        f"{SAME}\n    unless: [{{id: x, citation: [H], text: {{en: x}}, when: {{fact: person.age, ge: 3}}}}]",
        f"{SAME}\n    in_force_from: 2021-01-01",
        f"{SAME}\n    in_force_to: 2019-12-31",
        "when: {any: [{fact: person.deceased, is: false}, {fact: person.age, lt: 3}]}",
    ],
)
def test_where_something_says_which_goes_first_nothing_is_refused(tmp_path, close):
    (tmp_path / "own.yaml").write_text(PACK.replace(CLOSE, close))
    assert load_books([tmp_path / "own.yaml"]).rules


def test_the_organisation_may_close_what_a_pack_opens(tmp_path):
    (tmp_path / "pack.yaml").write_text(PACK)
    own = PACK[: PACK.index("tables:")].replace("pack: own", "pack: ours") + "rules:\n"
    own += PACK[PACK.index("  - id: house.close") :].replace(CLOSE, SAME)
    (tmp_path / "ours.yaml").write_text(own.replace("house.close", "ours.close"))
    book = load_books([tmp_path / "pack.yaml"], own=[tmp_path / "ours.yaml"])
    assert book.rules["ours.close"].own


def test_a_case_before_the_law_existed_is_named_with_file_line_and_rule(tmp_path, rules):
    file = tmp_path / "own.cases.yaml"
    file.write_text(
        "govreg_cases: 1\ndeadlines:\n"
        "  - {note: x, rule: gdpr.access, received: 2018-05-24, legal_due: 2018-06-25}\n"
    )
    (held,) = tried(read_cases(file), rules, on=ON)
    assert held.wrong == ("rule `gdpr.access` is not in force on 2018-05-24",)
    assert (held.written.file, held.written.line) == (file, 3)


def test_two_laws_that_both_claim_a_right_are_both_answered(rules, adopted):
    question = {
        "request.act": "erase",
        "activity.basis": "gdpr.6.1.a",
        "person.consent_withdrawn": True,
    }
    found = decide(question, rules, on=ON, adopted=adopted)
    assert found.outcome is Outcome.NEEDS_HUMAN
    assert found.unknown_facts == ("request.law",)
    assert {one.law for one in found.regimes} == {"gdpr", "ccpa"}
    for one in found.regimes:
        asked = {**question, "request.law": one.law}
        assert one == decide(asked, rules, on=ON, adopted=adopted)
