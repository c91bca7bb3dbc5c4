import datetime as dt

import pytest

from govreg.errors import ConfigurationProblem
from govreg.policy.cases import read_cases, tried, without_case

ON = dt.date(2026, 11, 25)
WITHDRAWN = (
    "{request.act: erase, request.law: gdpr, activity.basis: gdpr.6.1.a, "
    "person.consent_withdrawn: true}"
)


def wrong(tmp_path, rules, text):
    path = tmp_path / "our.cases.yaml"
    path.write_text("govreg_cases: 1\n" + text, "utf-8")
    cases = read_cases(path)
    return cases, [one.wrong for one in tried(cases, rules, on=ON)]


def test_a_case_that_holds_has_nothing_wrong(tmp_path, rules):
    cases, found = wrong(
        tmp_path,
        rules,
        f"cases:\n  - {{note: it holds, facts: {WITHDRAWN}, outcome: allow, "
        "rules: [gdpr.erase.consent_withdrawn]}\n"
        "deadlines:\n  - {note: on time, rule: gdpr.access, received: 2026-03-05, "
        "legal_due: 2026-04-07}\n"
        "minimums:\n  - {note: kept, rule: fi.accounting.voucher, event: 2023-06-01, "
        "financial_year_end: [3, 31], keep_until: 2030-12-31}\n",
    )
    assert found == [(), (), ()]
    assert [one.line for one in cases] == [3, 5, 7]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (
            f"cases: [{{note: n, facts: {WITHDRAWN}, outcome: deny, rules: []}}]",
            "the outcome is allow, not deny",
        ),
        (
            f"cases: [{{note: n, facts: {WITHDRAWN}, outcome: allow, rules: []}}]",
            "it is made by gdpr.erase.consent_withdrawn, not none",
        ),
        (
            f"cases: [{{note: n, facts: {WITHDRAWN}, outcome: allow, rules: [gdpr.nothing]}}]",
            "there is no rule `gdpr.nothing`",
        ),
        (
            "deadlines: [{note: n, rule: gdpr.access, received: 2026-03-05, "
            "legal_due: 2026-04-06}]",
            "legal_due is 2026-04-07, not 2026-04-06",
        ),
        (
            "deadlines: [{note: n, rule: gdpr.access, received: 2026-03-05, "
            "confirm_due: 2026-04-06}]",
            "confirm_due is None, not 2026-04-06",
        ),
        (
            "minimums: [{note: n, rule: fi.accounting.voucher, event: 2023-06-01, "
            "keep_until: 2029-12-30}]",
            "kept until 2029-12-31, not 2029-12-30",
        ),
        (
            "minimums: [{note: n, rule: gdpr.access, event: 2023-06-01, keep_until: 2029-12-30}]",
            "no period",
        ),
    ],
)
def test_what_comes_out_otherwise_is_said(tmp_path, rules, text, words):
    _, (found,) = wrong(tmp_path, rules, text + "\n")
    assert any(words in one for one in found), found


def test_rules_and_exceptions_without_a_case_are_named(tmp_path, rules):
    cases, _ = wrong(
        tmp_path,
        rules,
        f"cases: [{{note: n, facts: {WITHDRAWN}, outcome: allow, "
        "rules: [gdpr.erase.consent_withdrawn]}]\n",
    )
    bare = without_case(rules.rules.values(), cases)
    assert "gdpr.erase.consent_withdrawn" not in bare
    assert "gdpr.access" in bare
    exempt = next(one.id for rule in rules.rules.values() for one in rule.unless)
    assert exempt in bare


@pytest.mark.parametrize("text", ["cases: [{note: n}]", "case: []", "cases: {}"])
def test_a_file_of_another_form_says_where(tmp_path, rules, text):
    with pytest.raises(ConfigurationProblem) as caught:
        wrong(tmp_path, rules, text + "\n")
    assert caught.value.line
