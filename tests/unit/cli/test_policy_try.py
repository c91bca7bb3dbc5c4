import json
import re
from pathlib import Path

import pytest

GUIDE = Path(__file__).parents[3] / "docs" / "guides" / "rules.md"

ASKED = {
    "request.act": "erase",
    "request.law": "gdpr",
    "activity.basis": "gdpr.6.1.a",
    "person.consent_withdrawn": True,
}


JUDGED = {"outcome": "no", "by": "dpo", "on": "2020-01-01", "until": "2020-12-31"}


@pytest.fixture
def workspace(govreg, tmp_path):
    govreg("init", tmp_path / "acme")
    return tmp_path / "acme"


@pytest.fixture
def ask(govreg, workspace):
    def run(question, *words, code=0):
        file = workspace / "question.json"
        text = question if isinstance(question, str) else json.dumps(question)
        file.write_text(text, "utf-8")
        said = govreg(
            "--workspace", workspace, "--json", "policy", "decide", "--question", file, *words
        )
        assert said.code == code, said
        return said

    return run


def test_a_rule_that_nobody_adopted_asks_and_says_how_to_adopt(ask):
    found = ask({"facts": ASKED}, code=1).json
    assert found["outcome"] == "needs_human"
    assert "govreg policy adopt --rule gdpr.erase.consent_withdrawn" in found["reasons"][0]["text"]


def test_a_what_if_shows_rule_citation_and_confidence(ask):
    found = ask({"facts": ASKED}, "--as-adopted").json
    assert found["outcome"] == "allow"
    (reason,) = found["reasons"]
    assert reason["rule"] == "gdpr.erase.consent_withdrawn"
    assert reason["cite"] == ["GDPR Art 17(1)(b)"]
    assert reason["confidence"] == "high"


def test_several_items_are_answered_each(ask):
    items = [{"item.field": "a"}, {"activity.basis": "gdpr.6.1.b"}]
    found = ask({"facts": ASKED, "items": items}, "--as-adopted", code=1).json
    assert [one["outcome"] for one in found["items"]] == ["allow", "needs_human"]
    assert found["outcome"] == "needs_human"


def test_a_judgement_past_its_validity_is_not_known_and_the_reason_says_so(ask):
    facts = {**ASKED, "request.excessive_claimed": True, "assessment.excessive": JUDGED}
    found = ask({"facts": facts}, "--as-adopted", code=1).json
    assert found["unknown_facts"] == ["assessment.excessive"]
    assert (
        "judged by dpo on 2020-01-01, holds until 2020-12-31 only" in found["reasons"][-1]["text"]
    )
    facts["assessment.excessive"] = {**JUDGED, "until": "9999-12-31"}
    assert ask({"facts": facts}, "--as-adopted").json["outcome"] == "allow"


def test_several_laws_are_answered_each_and_the_organisation_is_known(ask):
    found = ask({"facts": {"request.act": "sell"}}, "--as-adopted", code=1).json
    by_law = {one["law"]: one["outcome"] for one in found["regimes"]}
    assert by_law["ccpa"] == by_law["hipaa"] == "not_applicable"  # so says the new workspace
    assert by_law["gdpr"] == "needs_human"


def test_in_words(ask, govreg, workspace):
    ask({"facts": ASKED}, "--as-adopted")
    words = ("policy", "decide", "--question", workspace / "question.json", "--as-adopted")
    said = govreg("--workspace", workspace, *words)
    assert said.out.startswith("allow under gdpr\n  gdpr.erase.consent_withdrawn: consent was")


@pytest.mark.parametrize(
    ("question", "words"),
    [
        ("{", "no JSON"),
        ("[]", "an object with `facts`"),
        ({"facts": ASKED, "items": []}, "an object with `facts`"),
        ({"facts": ASKED, "more": 1}, "an object with `facts`"),
        ({"facts": {"person.mood": "canary"}}, "there is no fact `person.mood`"),
        ({"facts": {"decision.date": "canary"}}, "a day such as"),
        ({"facts": {"person.country": "canary"}}, "by ISO 3166"),
        ({"facts": {"assessment.excessive": "yes"}}, "an outcome, an author, a day"),
        (
            {"facts": {"assessment.excessive": {**JUDGED, "outcome": "canary"}}},
            "outcomes: yes, no",
        ),
        ({"facts": {"assessment.excessive": {**JUDGED, "until": "canary"}}}, "a validity"),
    ],
)
def test_a_question_of_another_form_says_what_is_expected(ask, question, words):
    said = ask(question, code=2)
    assert words in said.err
    assert "canary" not in said.err


def test_the_packs_come_out_as_their_cases_say(govreg, workspace):
    said = govreg("--workspace", workspace, "--json", "policy", "test")
    assert said.code == 0, said
    assert said.json["wrong"] == said.json["without_case"] == []
    assert said.json["cases"] > 100


def test_a_case_that_does_not_hold_is_named_with_its_line(govreg, workspace):
    file = workspace / "policies" / "our.cases.yaml"
    file.write_text(
        "govreg_cases: 1\ndeadlines:\n  - {note: too early, rule: gdpr.access, "
        "received: 2026-03-05, legal_due: 2026-04-06}\n",
        "utf-8",
    )
    said = govreg("--workspace", workspace, "policy", "test", file)
    assert said.code == 1
    assert f"{file}:3: too early: legal_due is 2026-04-07, not 2026-04-06" in said.out
    missing = govreg("--workspace", workspace, "policy", "test", workspace / "nowhere.yaml")
    assert missing.code == 4


def test_explain_names_the_cases_of_a_rule(govreg, workspace):
    words = ("--workspace", workspace, "--json", "policy", "explain", "fi.accounting.voucher")
    assert govreg(*words).json["cases"]


OURS = """\
govreg_pack: 1
pack: acme
version: "1"
law: gdpr
title: {en: Ours}
rules:
  - id: acme.secret
    kind: prohibition
    act: disclose
    effect: deny
    citation: [House rule 1]
    title: {en: One}
    text: {en: the house says so}
    when: {all: [{fact: item.secret, is: true}, {fact: item.loyalty, is: false}]}
    checked_on: 2026-01-01
    confidence: high
    overrides: {rule: gdpr.access.credentials, because: counsel says so, by: dpo, on: 2026-10-01}
"""
CASES = """\
govreg_cases: 1
cases:
  - note: ours
    facts: {request.act: disclose, request.law: gdpr, item.secret: true, item.loyalty: false}
    outcome: deny
    rules: [acme.secret]
"""


def test_cases_of_packs_are_tried_on_packs_and_own_ones_on_everything(govreg, workspace):
    (workspace / "policies" / "ours.yaml").write_text(OURS)
    (workspace / "policies" / "ours.cases.yaml").write_text(CASES)
    said = govreg("--workspace", workspace, "--json", "policy", "test")
    assert (said.code, said.json["wrong"], said.json["without_case"]) == (0, [], [])


CHOOSES = """\
govreg_pack: 1
pack: ours
version: "1"
law: gdpr
title: {en: Ours}
choose: {fi.recruitment: {chosen: P1Y, why: nobody has sued}}
rules: []
"""


def test_cases_of_packs_are_tried_on_what_the_packs_choose_themselves(govreg, workspace):
    (workspace / "policies" / "ours.yaml").write_text(CHOOSES, "utf-8")
    said = govreg("--workspace", workspace, "policy", "test")
    assert said.code == 0, said
    own = workspace / "policies" / "ours.cases.yaml"
    case = "{note: n, rule: fi.recruitment, event: 2024-02-29, keep_until: 2025-02-28}"
    own.write_text(f"govreg_cases: 1\nmaximums: [{case}]\n", "utf-8")
    assert govreg("--workspace", workspace, "policy", "test").code == 0


def test_the_maximum_of_the_guide_holds_what_its_cases_say(govreg, workspace):
    blocks = re.findall(
        r"```yaml\n# (policies/\S+)\n(.*?)```", GUIDE.read_text("utf-8"), re.DOTALL
    )
    assert [name for name, _ in blocks] == ["policies/ours.yaml", "policies/ours.cases.yaml"]
    for name, text in blocks:
        (workspace / name).write_text(text, "utf-8")
    said = govreg("--workspace", workspace, "--json", "policy", "test")
    assert (said.code, said.json["without_case"]) == (0, []), said
    page = govreg("--workspace", workspace, "policy", "page", "ours").out
    assert "Goes after: 3 years from the date itself." in page
    assert "People who asked for an offer and bought nothing" in page
