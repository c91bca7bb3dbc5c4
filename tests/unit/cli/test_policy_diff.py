import shutil

import pytest
from tests.journeys.workspace import make

from govreg.plugins import announced
from govreg.policy.files import load_books

PACKS = announced().packs
SIX = "period: P6Y\n    anchor: end_of_calendar_year_of_fy_end"


@pytest.fixture
def draft(tmp_path):
    """A pack as a draft with some of its text replaced."""

    def made(name, *swaps):
        folder = tmp_path / "drafts" / name
        shutil.copytree(PACKS[name], folder)
        text = (folder / "pack.yaml").read_text("utf-8")
        for before, after in swaps:
            assert before in text
            text = text.replace(before, after)
        (folder / "pack.yaml").write_text(text, "utf-8")
        return folder

    return made


def test_a_copy_changes_nothing(govreg, draft):
    said = govreg("policy", "diff", "gdpr-fi", draft("gdpr-fi", ('"2026.11"', '"2027.01"')))
    assert said.code == 0, said
    assert "before: gdpr-fi 2026.11 (installed)" in said.out
    assert "after:  gdpr-fi 2027.01 (" in said.out
    assert "Nothing changes" in said.out
    assert "No workspace here" in said.out


def test_outside_a_workspace_rules_and_recorded_dates_are_compared(govreg, draft):
    said = govreg("policy", "diff", "gdpr-fi", draft("gdpr-fi", (SIX, SIX.replace("6", "8"))))
    assert said.code == 1, said
    text = " ".join(said.out.split())
    assert "Rules: 0 added, 0 removed, 1 changed." in text
    assert "before: 6 years from the end of the calendar year in which" in text
    assert "after: 8 years" in text
    assert "a calendar year [gdpr-fi/cases.yaml" in text
    assert "kept until: 2030-12-31 → 2032-12-31" in text
    assert "`govreg policy adopt gdpr-fi`" in text
    assert max(map(len, said.out.splitlines()[2:])) < 80  # no path is broken


def test_a_decision_is_shown_before_and_after_with_its_reasons(govreg, draft):
    folder = draft("gdpr", ("DE: 16, IE", "DE: 14, IE"))
    said = govreg("policy", "diff", "gdpr", folder)
    text = " ".join(said.out.split())
    assert "what it rests on has changed: gdpr.child_age" in text
    assert "table gdpr.child_age, DE: 16 → 14" in text
    assert "fifteen years old in Germany" in text
    assert "before: deny gdpr.child_consent: the child is too young" in text
    assert "after: allow gdpr.basis.consent" in text
    assert "follows now: keep proof of consent" in text
    held = govreg("--json", "policy", "diff", folder, "gdpr").json  # and back
    assert held["differs"]
    assert [one["rule"] for one in held["changed"]] == ["gdpr.child_consent"]
    outcomes = {(d["before"]["outcome"], d["after"]["outcome"]) for d in held["decisions"]}
    assert ("allow", "deny") in outcomes


VOUCHERS = """\
govreg_source: 1
source: books
title: Books
connector: sql
config: {url: "sqlite:///books.db"}
owner: Books
collections:
  invoices:
    key: [id]
    fields:
      id: {category: none}
      total: {category: user.payment, activities: [orders]}
      paid_at: {category: none}
    retention: {rule: fi.accounting.voucher, anchor: financial_year_of(paid_at), fields: [total, paid_at]}
"""


@pytest.fixture
def acme(tmp_path):
    """A workspace whose register in force has a minimum, and whose rules are adopted."""
    folder = tmp_path / "acme"
    folder.mkdir()
    return make(folder, {"books": VOUCHERS})


def test_in_a_workspace_end_dates_of_fields_and_lost_adoptions_are_shown(govreg, draft, acme):
    folder = draft("gdpr-fi", (SIX, SIX.replace("6", "8")))
    words = ("--workspace", acme, "policy", "diff", "gdpr-fi", folder, "--on", "2026-03-05")
    said = govreg(*words)
    assert said.code == 1, said
    text = " ".join(said.out.split())
    assert "adopted by dpo on" in text
    assert "that ends with the change" in text
    assert "counted in books.invoices, financial_year_of(paid_at)" in text
    assert "where that date is 2026-03-05: kept until 2032-12-31 → kept until 2034-12-31" in text
    assert "books.invoices.total, used for orders" in text
    assert "2 of 2 fields" in text
    held = govreg("--json", *words).json
    assert held["register"] == 1
    assert [(f["field"], f["before"], f["after"]) for f in held["fields"]] == [
        ("books.invoices.total", "2032-12-31", "2034-12-31"),
        ("books.invoices.paid_at", "2032-12-31", "2034-12-31"),
    ]
    assert held["changed"][0]["adopted_by"] == "dpo"


def test_a_minimum_that_goes_is_said_of_the_fields_that_it_kept(govreg, draft, acme):
    folder = draft("gdpr-fi", ("id: fi.accounting.voucher\n", "id: fi.accounting.slip\n"))
    said = govreg("--workspace", acme, "policy", "diff", "gdpr-fi", folder)
    text = " ".join(said.out.split())
    assert "- fi.accounting.voucher: Accounting vouchers" in text
    assert "+ fi.accounting.slip: Accounting vouchers" in text
    assert "the new pack has no minimum fi.accounting.voucher" in text
    assert "→ not kept" in text
    assert "after: there is no such rule" in text


def test_rules_of_the_organisations_own_are_compared_with_their_cases(govreg, acme, tmp_path):
    own = acme / "policies" / "ours.yaml"
    own.write_text(OURS, "utf-8")
    own.with_name("ours.cases.yaml").write_text(OUR_CASES, "utf-8")
    other = tmp_path / "ours.yaml"
    other.write_text(OURS.replace("effect: deny", "effect: needs_human"), "utf-8")
    said = govreg("--workspace", acme, "--json", "policy", "diff", "ours", other)
    assert said.code == 1, said
    assert [c["rule"] for c in said.json["changed"]] == ["ours.no_sale"]
    (decision,) = said.json["decisions"]
    assert (decision["case"], decision["before"]["outcome"], decision["after"]["outcome"]) == (
        "we sell nothing", "deny", "needs_human",
    )  # fmt: skip


OURS = """\
govreg_pack: 1
pack: ours
version: "1"
law: gdpr
title: {en: Ours}
rules:
  - id: ours.no_sale
    kind: prohibition
    effect: deny
    act: sell
    citation: [our own word]
    title: {en: No sale}
    text: {en: we sell nothing}
    when: {fact: request.act, is: sell}
    checked_on: 2026-11-22
    confidence: high
"""
OUR_CASES = """\
govreg_cases: 1
cases:
  - {note: we sell nothing, facts: {request.act: sell, request.law: gdpr}, outcome: deny, rules: [ours.no_sale]}
"""


LONGER = """\
govreg_pack: 1
pack: ours
version: "1"
law: fi
title: {en: Ours}
rules:
  - id: ours.vouchers
    kind: minimum
    effect: retain
    citation: [our own word]
    title: {en: Vouchers}
    text: {en: we keep them longer}
    period: P9Y
    anchor: end_of_calendar_year_of_fy_end
    record_class: accounting
    checked_on: 2026-11-22
    confidence: high
    overrides: {rule: fi.accounting.voucher, because: counsel says so, by: dpo, on: 2026-10-01}
"""


@pytest.fixture
def overriding(govreg, acme):
    """The workspace with an override of the minimum that its register names."""
    law = load_books([PACKS["gdpr-fi"] / "pack.yaml"]).rules["fi.accounting.voucher"].law
    (acme / "policies" / "ours.yaml").write_text(LONGER.replace("law: fi", f"law: {law}"), "utf-8")
    return acme


def test_beside_overrides_of_the_organisations_own_packs_are_compared(govreg, draft, overriding):
    """While an override is not adopted, both rules are there, and the pack's speaks."""
    words = ("policy", "diff", "gdpr-fi", draft("gdpr-fi", (SIX, SIX.replace("6", "8"))))
    held = govreg("--workspace", overriding, "--json", *words, "--on", "2026-03-05").json
    assert [(f["before"], f["after"]) for f in held["fields"]] == [
        ("2032-12-31", "2034-12-31")
    ] * 2
    held = govreg("--workspace", overriding, "--json", "policy", "diff", "gdpr-de", "gdpr-de").json
    assert not held["differs"]


def test_an_adopted_override_speaks_until_what_it_overrides_changes(govreg, draft, overriding):
    here = ("--workspace", overriding, "--actor", "dpo")
    assert govreg(*here, "policy", "adopt", "ours", "--read", "high").code == 0
    words = ("policy", "diff", "gdpr-fi", draft("gdpr-fi", (SIX, SIX.replace("6", "8"))))
    held = govreg(*here, "--json", *words, "--on", "2026-03-05").json
    assert [(f["before"], f["after"]) for f in held["fields"]] == [
        ("2035-12-31", "2034-12-31")
    ] * 2
    other = overriding / "ours-new.yaml"
    other.write_text((overriding / "policies" / "ours.yaml").read_text().replace("P9Y", "P7Y"))
    said = govreg(*here, "policy", "diff", "ours", other)
    assert (said.code, said.err) == (1, "")
    assert "ours.vouchers" in said.out
    assert govreg(*here, "policy", "page", "ours").code == 0


CHOOSES = """\
govreg_pack: 1
pack: ours
version: "1"
law: gdpr
title: {en: Ours}
choose: {fi.recruitment: {chosen: P1Y, why: nobody has sued}}
rules: []
"""
APPLICANTS = VOUCHERS.replace("fi.accounting.voucher", "fi.recruitment").replace(
    "financial_year_of", "date_of"
)


def test_a_changed_choice_shows_the_rule_whose_adoption_ends_and_the_fields_that_go(
    govreg, tmp_path
):
    folder = tmp_path / "acme"
    (folder / "policies").mkdir(parents=True)
    (folder / "policies" / "ours.yaml").write_text(CHOOSES, "utf-8")
    make(folder, {"books": APPLICANTS})
    other = tmp_path / "ours.yaml"
    other.write_text(CHOOSES.replace("P1Y", "P2Y"), "utf-8")
    words = ("--workspace", folder, "policy", "diff", "ours", other, "--on", "2026-03-05")
    said = govreg(*words)
    assert said.code == 1, said
    text = " ".join(said.out.split())
    assert "Rules: 0 added, 0 removed, 1 changed." in text
    assert "~ fi.recruitment: Applicants who were not chosen what it rests on has changed" in text
    assert "adopted by dpo on" in text
    assert "choice of fi.recruitment.chosen: P1Y → P2Y" in text
    assert "where that date is 2026-03-05: goes after 2027-03-05 → goes after 2028-03-05" in text
    assert "`govreg policy adopt gdpr-fi`" in text
    held = govreg("--json", *words).json
    assert [(c["rule"], c["pack"], c["adopted_by"]) for c in held["changed"]] == [
        ("fi.recruitment", "gdpr-fi", "dpo")
    ]
    assert {f["kind"] for f in held["fields"]} == {"maximum"}


def test_what_decides_over_records_is_shown_where_it_changes(govreg, draft):
    folder = draft(
        "gdpr-fi",
        (
            "period: P5Y\n    anchor: event\n    record_class: whistle",
            "period: P4Y\n    anchor: event\n    record_class: whistle",
        ),
    )
    said = govreg("policy", "diff", "gdpr-fi", folder)
    text = " ".join(said.out.split())
    assert "a report whose maximum runs stays otherwise" in text
    assert "whistleblowing_report, counted from 2025-01-01" in text
    assert "kept until where this decides, maximum: 2030-01-01 → 2029-01-01" in text


def test_without_a_register_in_force_that_is_said(govreg, draft, tmp_path):
    govreg("init", tmp_path / "new")
    said = govreg("--workspace", tmp_path / "new", "policy", "diff", "gdpr-de", draft("gdpr-de"))
    assert said.code == 0, said
    assert "No register is in force" in said.out


@pytest.mark.parametrize(
    ("words", "code", "told"),
    [
        (("gdpr", "gdprr"), 4, "there is no pack `gdprr`"),
        (("gdpr@1999.1", "gdpr"), 4, "`gdpr` is here in version 2026.11 only"),
        (("gdpr", "gdpr", "--on", "soon"), 2, "`--on` is a day"),
        (("gdpr",), 2, "Missing argument"),
    ],
)
def test_what_cannot_be_compared_is_said(govreg, words, code, told):
    said = govreg("policy", "diff", *words)
    assert said.code == code
    assert told in said.err


def test_a_version_that_is_installed_is_the_installed_pack(govreg):
    said = govreg("policy", "diff", "gdpr-de@2026.11", "gdpr-de")
    assert (said.code, said.err) == (0, "")


def test_a_workspace_that_was_named_must_be_there(govreg, tmp_path):
    said = govreg("--workspace", tmp_path / "none", "policy", "diff", "gdpr-de", "gdpr-de")
    assert said.code == 4
    assert "govreg.toml" in said.err


def test_a_draft_that_is_wrong_names_its_file_and_line(govreg, draft):
    said = govreg(
        "policy", "diff", "gdpr-de", draft("gdpr-de", ("effect: retain", "effect: deny"))
    )
    assert said.code == 3
    assert "pack.yaml:" in said.err
