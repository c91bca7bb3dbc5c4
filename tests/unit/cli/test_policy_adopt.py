from __future__ import annotations

import pytest


@pytest.fixture
def adopt(govreg, tmp_path):
    govreg("init", tmp_path / "acme")

    def run(*words, actor="dpo"):
        place = ("--workspace", tmp_path / "acme", "--actor", actor)
        return govreg(*place, "--json", "policy", "adopt", *words)

    return run


@pytest.fixture
def policy(govreg, tmp_path):
    return lambda *words: govreg("--workspace", tmp_path / "acme", "policy", *words)


def test_a_pack_is_adopted_by_whoever_has_read_how_sure_it_is(adopt, policy, tmp_path):
    said = adopt("gdpr-de@2026.11", "--read", "medium,low")
    assert said.code == 0, said
    assert sum(said.json["read"].values()) == len(said.json["adopted"]) > 5
    text = (tmp_path / "acme" / "policies" / "adopted.yaml").read_text()
    (line,) = [one for one in text.splitlines() if one.startswith("  de.business_letter:")]
    assert "by: dpo" in line
    assert "read: " in line
    assert "gdpr.access" not in text
    assert policy("explain", "de.business_letter").out.count("adopted by: dpo") == 1


def test_one_rule(adopt):
    said = adopt("gdpr", "--rule", "gdpr.access", "--read", "high")
    assert said.json == {"adopted": ["gdpr.access"], "read": {"high": 1, "medium": 0, "low": 0}}
    assert adopt("--rule", "gdpr.access", "--read", "high").code == 0


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        ([], 2, "installed: "),
        (["gdpr"], 2, "--read medium,low"),
        (["gdpr", "--read", "low"], 2, "--read medium,low"),
        (["gdpr", "--read", "medium,unsure"], 2, "`high`, `medium`, `low`"),
        (["--rule", "gdpr.access"], 2, "--read high"),
        (["gdpr@2020.1", "--read", "medium,low"], 2, "version `2026.11`, and not `2020.1`"),
        (["gdrp", "--read", "medium,low"], 4, "there is no pack `gdrp`"),
        (["gdpr.access", "--read", "high"], 4, "`govreg policy adopt --rule gdpr.access`"),
        (["--rule", "gdpr.acces", "--read", "high"], 4, "did you mean `gdpr.access`"),
        (["ccpa", "--rule", "gdpr.access", "--read", "high"], 2, "is of pack `gdpr`"),
    ],
)
def test_what_is_refused_says_what_to_do_and_adopts_nothing(adopt, tmp_path, words, code, said):
    found = adopt(*words)
    assert (found.code, found.out) == (code, "")
    assert said in found.err
    assert not (tmp_path / "acme" / "policies" / "adopted.yaml").exists()


def test_who_has_not_read_is_shown_every_rule_that_is_not_sure(adopt):
    said = adopt("gdpr-fi")
    assert "low: fi." in said.err
    assert "medium: fi.accounting.voucher: Accounting vouchers (Kirjanpitolaki" in said.err
    assert "of high confidence" in said.err


@pytest.mark.parametrize(("answer", "code"), [(True, 0), (False, 1)])
def test_at_a_terminal_the_person_is_asked(adopt, monkeypatch, tmp_path, answer, code):
    asked = []
    monkeypatch.setattr("govreg.cli.policy_adopt._at_a_terminal", lambda: True)
    monkeypatch.setattr("click.confirm", lambda text, **_: asked.append(text) or answer)
    assert adopt("gdpr-fi").code == code
    assert len(asked) == 1
    assert (tmp_path / "acme" / "policies" / "adopted.yaml").exists() is answer


def test_a_rule_that_changed_says_who_adopted_it_in_an_earlier_wording(adopt, policy, tmp_path):
    adopt("--rule", "gdpr.access", "--read", "high")
    file = tmp_path / "acme" / "policies" / "adopted.yaml"
    held = file.read_text()
    at = held.index("content_hash: ") + len("content_hash: ")
    file.write_text(held[:at] + "a" * 64 + held[at + 64 :])
    said = policy("explain", "gdpr.access")
    assert "adopted by: nobody (by dpo on " in said.out
    assert "in an earlier wording); it may retain or ask" in said.out
    assert "in an earlier wording)" in policy("list").out


def test_who_may_not_decide_adopts_nothing(adopt):
    assert adopt("gdpr", "--read", "medium,low", actor="nobody").code == 1


OURS = """\
govreg_pack: 1
pack: acme
version: "1"
law: gdpr
title: {en: Ours}
rules:
  - id: acme.access
    kind: right
    effect: allow
    citation: [House rule 2]
    title: {en: Access}
    text: {en: at once}
    clock: {n: 9, unit: calendar_day}
    verification: account
    checked_on: 2026-01-01
    confidence: low
    overrides: {rule: gdpr.access, because: we are quicker, by: dpo, on: 2026-10-01}
"""


def test_overrides_are_listed_and_explained_whether_adopted_or_not(adopt, policy, tmp_path):
    (tmp_path / "acme" / "policies" / "ours.yaml").write_text(OURS)
    words = "`acme.access` overrides the right `gdpr.access`: we are quicker (dpo, 2026-10-01)"
    for rule in ("acme.access", "gdpr.access"):
        said = policy("explain", rule).out
        assert (f"not adopted, so both speak: {words}" in said) is (rule == "acme.access")
    deadline = ("deadline", "gdpr.access", "--received", "2026-11-02")
    assert "2026-12-02" in policy(*deadline).out
    assert adopt("acme", "--read", "low").code == 0
    assert f"OVERRIDE: {words}" in policy("list").out
    for rule in ("acme.access", "gdpr.access"):
        assert f"OVERRIDE: {words}" in policy("explain", rule).out
    said = policy(*deadline).out
    assert "2026-11-11" in said
    assert words in said


def test_every_override_is_shown_before_it_is_adopted_however_sure_it_is(
    adopt, tmp_path, monkeypatch
):
    text = OURS.replace("confidence: low", "confidence: high")
    (tmp_path / "acme" / "policies" / "ours.yaml").write_text(text)
    words = "OVERRIDE: `acme.access` overrides the right `gdpr.access`: we are quicker"
    said = adopt("acme")
    assert (said.code, said.out) == (2, "")
    assert words in said.err
    assert "at once" in said.err
    assert words in adopt("acme", "--read", "high").err
    monkeypatch.setattr("govreg.cli.policy_adopt._at_a_terminal", lambda: True)
    monkeypatch.setattr("click.confirm", lambda _, **__: False)
    assert words in adopt("acme").err


@pytest.mark.parametrize(
    ("before", "after", "wrong"),
    [
        ("by: dpo", "by: stranger", "`by: stranger` is nobody under `[people]`"),
        ("on: 2026-10-01", "on: 2999-10-01", "`on: 2999-10-01` is in the future"),
    ],
)
def test_an_override_that_nobody_answers_for_does_not_count_and_is_said(
    adopt, govreg, policy, tmp_path, before, after, wrong
):
    (tmp_path / "acme" / "policies" / "ours.yaml").write_text(OURS.replace(before, after))
    assert adopt("acme", "--read", "low").code == 0
    assert "2026-12-02" in policy("deadline", "gdpr.access", "--received", "2026-11-02").out
    for words in (("list",), ("explain", "acme.access")):
        said = policy(*words).out
        assert "both speak: `acme.access` overrides" in said
        assert f"FINDING: the override `acme.access` does not count: {wrong}" in said
    said = govreg("--workspace", tmp_path / "acme", "doctor")
    assert said.code == 1
    assert wrong in said.out


def test_a_file_of_the_organisations_own_has_a_name_of_its_own(adopt, tmp_path):
    text = OURS.replace("pack: acme", "pack: gdpr")
    (tmp_path / "acme" / "policies" / "ours.yaml").write_text(text)
    said = adopt("gdpr", "--read", "high,medium,low")
    assert said.code == 3
    assert "ours.yaml:2: `pack`: `gdpr` is the name of an installed pack" in said.err
    assert "`pack: ours`" in said.err
