import re

import pytest


@pytest.fixture
def listed(govreg, tmp_path, monkeypatch):
    monkeypatch.setenv("COLUMNS", "80")
    folder = tmp_path / "acme"
    govreg("init", folder)

    def run(*words, code=0):
        said = govreg("--workspace", folder, *words)
        assert said.code == code, said
        return said

    return run


def lines(said):
    return said.out.splitlines()


def test_by_itself_each_pack_is_a_line_of_counts(listed):
    rules = listed("--json", "policy", "list").json
    said = listed("policy", "list")
    assert len(lines(said)) < 30
    assert max(map(len, lines(said))) <= 80
    assert f"{len(rules)} rules in 5 packs" in said.out
    gdpr = [rule for rule in rules if rule["pack"] == "gdpr"]
    effects = (
        "allow",
        "deny",
        "restrict",
        "needs_human",
        "retain",
        "not_applicable",
        "oblige",
        "end",
    )
    wanted = [len(gdpr), *(sum(r["effect"] == e for r in gdpr) for e in effects)]
    (row,) = re.findall(r"^gdpr +([\d ]+)$", said.out, re.MULTILINE)
    assert list(map(int, row.split())) == wanted
    wanted = [sum(r["confidence"] == c for r in gdpr) for c in ("high", "medium", "low")]
    (row,) = re.findall(r"^gdpr \d+\.\d+ +([\d ]+)  +nobody$", said.out, re.MULTILINE)
    assert list(map(int, row.split())) == [*wanted, 0]


def test_a_pack_is_listed_rule_by_rule_by_what_rules_do(listed):
    said = listed("policy", "list", "--pack", "gdpr", "--pack", "gdpr-fi")
    assert max(map(len, lines(said))) <= 80
    assert "Rights (6)" in lines(said)
    assert "Where a person decides (8)" in lines(said)
    for rule in listed("--json", "policy", "list", "--pack", "gdpr", "--pack", "gdpr-fi").json:
        assert rule["pack"] in {"gdpr", "gdpr-fi"}
        assert sum(f" {rule['rule']} " in line for line in lines(said)) == 1
    assert any(re.match(r"\* high    gdpr\.access  +Right of access$", li) for li in lines(said))


def test_an_adopted_rule_has_no_star_and_its_adopter_is_named(listed, tmp_path):
    settings = tmp_path / "acme" / "govreg.toml"
    assert "[people.dpo]" in settings.read_text("utf-8")
    listed("--actor", "dpo", "policy", "adopt", "--rule", "de.business_letter", "--read", "medium")
    said = listed("policy", "list", "--pack", "gdpr-de")
    assert "adopted: 1, by dpo; `*` marks what nobody has adopted" in lines(said)
    assert [li[:2] for li in lines(said) if "de.business_letter" in li] == ["  "]
    assert [li[:2] for li in lines(said) if "de.accounting.books" in li] == ["* "]
    assert re.search(r"^gdpr-de \d+\.\d+ .* 1 +dpo$", listed("policy", "list").out, re.MULTILINE)


def test_a_law_leaves_out_the_packs_of_others(listed):
    said = listed("policy", "list", "--law", "gdpr")
    assert "hipaa" not in said.out
    assert "gdpr-fi" in said.out
    assert {r["law"] for r in listed("--json", "policy", "list", "--law", "ccpa").json} == {"ccpa"}


@pytest.mark.parametrize(("option", "name"), [("--pack", "gdprr"), ("--law", "lgpd")])
def test_a_name_that_is_not_there_is_refused_with_those_that_are(listed, option, name):
    said = listed("policy", "list", option, name, code=4)
    assert f"`{name}`" in said.err
    assert "ccpa" in said.err
