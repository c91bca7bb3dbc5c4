import datetime as dt

import pytest

from govreg.errors import ConfigurationProblem
from govreg.policy.adopt import Adoption
from govreg.policy.cases import everything_adopted, read_cases, tried, without_case
from govreg.policy.files import load_pack

ON = dt.date(2026, 11, 25)
OWN = """\
govreg_pack: 1
pack: own
version: "1"
law: gdpr
title: {en: Own}
rules:
  - id: own.ended
    kind: ground
    act: erase
    effect: allow
    citation: [House rule 1]
    title: {en: Ended}
    text: {en: it has ended}
    when: {fact: activity.ended, is: true}
    checked_on: 2026-01-01
    confidence: low
  - id: own.claims
    kind: prohibition
    act: erase
    effect: deny
    citation: [House rule 2]
    title: {en: Claims}
    text: {en: there are claims}
    when: {fact: person.restricted, is: true}
    unless:
      - {id: asked, citation: [House rule 2], text: {en: asked}, when: {fact: person.agreed, is: true}}
      - {id: gone, citation: [House rule 2], text: {en: gone}, when: {fact: person.deceased, is: true}}
    checked_on: 2026-01-01
    confidence: low
  - id: own.secrets
    kind: prohibition
    act: erase
    effect: deny
    citation: [House rule 2]
    title: {en: Secrets}
    text: {en: there are secrets}
    when: {fact: item.secret, is: true}
    unless:
      - {id: today, citation: [H], text: {en: today}, when: {fact: decision.date, ge: 2026-11-25}}
    in_force_to: 2026-11-25
    checked_on: 2026-01-01
    confidence: low
  - id: own.tell
    kind: duty
    act: erase
    effect: oblige
    citation: [House rule 3]
    title: {en: Tell}
    text: {en: tell}
    when: {fact: person.inmate, is: true}
    obligations: [tell, log]
    checked_on: 2026-01-01
    confidence: low
  - id: own.also
    kind: duty
    act: erase
    effect: oblige
    citation: [House rule 3]
    title: {en: Also}
    text: {en: also}
    when: {fact: person.protected_address, is: true}
    obligations: [tell, log]
    checked_on: 2026-01-01
    confidence: low
  - id: own.write
    kind: duty
    act: erase
    effect: oblige
    citation: [House rule 3]
    title: {en: Write}
    text: {en: write}
    obligations: [write]
    checked_on: 2026-01-01
    confidence: low
  - id: own.access
    kind: right
    effect: allow
    citation: [House rule 4]
    title: {en: Access}
    text: {en: access}
    clock:
      n: 10
      unit: calendar_day
      extension: 10
      target: {roll: none}
      options:
        first: {count_start: include, citation: [House rule 4], text: {en: the first day counts}}
    confirm: {n: 2, unit: business_day}
    verification: reasonable
    checked_on: 2026-01-01
    confidence: low
  - id: own.hours
    kind: deadline
    effect: allow
    citation: [House rule 5]
    title: {en: Hours}
    text: {en: hours}
    clock: {n: 72, unit: hour}
    checked_on: 2026-01-01
    confidence: low
  - id: own.kept
    kind: minimum
    effect: retain
    citation: [House rule 6]
    title: {en: Kept}
    text: {en: kept}
    period: P1Y
    anchor: end_of_financial_year
    checked_on: 2026-01-01
    confidence: low
"""
FACTS = "request.act: erase, request.law: gdpr, activity.ended: true, item.secret: SECRET"
SURE = FACTS.replace("SECRET", "false")
HOLDS = (
    f"facts: {{{SURE}, person.restricted: false, person.inmate: false}}, outcome: allow, "
    "rules: [own.ended]"
)
BOTH = (
    f"{{{FACTS.replace('SECRET', 'true')}, decision.date: 2020-01-01, person.restricted: true, "
    "person.agreed: false, person.deceased: false}"
)
TOLD = (
    f"{{{SURE}, person.restricted: false, person.inmate: false, person.protected_address: true}}"
)
LATE = f"{{{FACTS.replace('SECRET', 'true')}, person.restricted: false, person.inmate: false}}"


def wrong(tmp_path, rules, text):
    path = tmp_path / "our.cases.yaml"
    path.write_text("govreg_cases: 1\n" + text, "utf-8")
    cases = read_cases(path)
    return cases, [one.wrong for one in tried(cases, rules, on=ON)]


@pytest.fixture
def own(tmp_path):
    (tmp_path / "own.yaml").write_text(OWN)
    return load_pack(tmp_path / "own.yaml")


def said(tmp_path, own, **case):
    """What is wrong with one case of a kind."""
    ((kind, text),) = case.items()
    _, (found,) = wrong(tmp_path, own, f"{kind}: [{{note: n, {text}}}]\n")
    return found


CLAIMS = f"{{{SURE}, person.restricted: true, person.agreed: true, person.inmate: false}}"


@pytest.mark.parametrize(
    ("text", "found"),
    [
        (HOLDS, ()),
        (HOLDS.replace("allow", "deny"), ("the outcome is allow, not deny",)),
        (
            HOLDS.replace("rules: [own.ended]", "rules: [own.ended, own.claims]"),
            ("it is made by own.ended, not own.ended, own.claims",),
        ),
        (
            HOLDS.replace("[own.ended]", "[]").replace("ended: true", "ended: false"),
            ("the outcome is deny, not allow",),
        ),
        (
            f"{HOLDS.replace('allow', 'deny')}".replace("own.ended]", "own.claims, own.ended]"),
            (
                "the outcome is allow, not deny",
                "it is made by own.ended, not own.claims, own.ended",
            ),
        ),
        (f"facts: {BOTH}, outcome: deny, rules: [own.claims]", ()),
        (
            f"facts: {BOTH}, outcome: deny, rules: [own.ended, own.claims]",
            ("it is made by own.claims, not own.ended, own.claims",),
        ),
        (
            HOLDS.replace("request.act: erase, ", ""),
            (
                "the outcome is needs_human, not allow",
                "it is made by no rule, not own.ended",
            ),
        ),
        (
            f"facts: {TOLD}, outcome: allow, rules: [own.ended], duties: [own.tell]",
            ("the duty `own.tell` is not added",),
        ),
        (
            f"facts: {LATE}, outcome: allow, rules: [own.ended], exceptions: [own.secrets.today]",
            (),
        ),
        (
            HOLDS.replace("rules: [own.ended]", "rules: [own.ended, own.no, own.claims.no]"),
            ("there is no rule `own.no`, `own.claims.no`",),
        ),
        (f"{HOLDS}, obligations: [write]", ()),
        (
            f"{HOLDS}, obligations: [write, tell, sing]",
            ("it does not oblige to tell, sing",),
        ),
        (f"{HOLDS}, duties: [own.write], no_duties: [own.tell]", ()),
        (f"{HOLDS}, duties: [own.tell]", ("the duty `own.tell` is not added",)),
        (f"{HOLDS}, no_duties: [own.write]", ("the duty `own.write` is added",)),
        (
            f"{HOLDS}, no_duties: [own.no, own.write]",
            ("there is no rule `own.no`", "the duty `own.write` is added"),
        ),
        (
            f"facts: {CLAIMS}, outcome: allow, rules: [own.ended], exceptions: [own.claims.asked]",
            (),
        ),
        (
            f"facts: {CLAIMS}, outcome: allow, rules: [own.ended], exceptions: [own.claims.gone]",
            ("it does not turn on the exception `own.claims.gone` alone",),
        ),
        (
            f"facts: {CLAIMS.replace('restricted: true', 'restricted: false')}, outcome: allow, "
            "rules: [own.ended], exceptions: [own.claims.asked]",
            ("it does not turn on the exception `own.claims.asked` alone",),
        ),
        (
            f"facts: {CLAIMS.replace('}', ', person.deceased: true}')}, outcome: allow, "
            "rules: [own.ended], exceptions: [own.claims.asked]",
            ("it does not turn on the exception `own.claims.asked` alone",),
        ),
        (
            f"facts: {CLAIMS}, outcome: deny, rules: [], obligations: [sing], duties: [own.tell], "
            "exceptions: [own.claims.gone]",
            (
                "the outcome is allow, not deny",
                "it is made by own.ended, not none",
                "it does not oblige to sing",
                "the duty `own.tell` is not added",
                "it does not turn on the exception `own.claims.gone` alone",
            ),
        ),
    ],
)
def test_what_is_wrong_with_a_decision(tmp_path, own, text, found):
    assert said(tmp_path, own, cases=text) == found


ASKED = "rule: own.access, received: 2026-06-01, calendar: none"


@pytest.mark.parametrize(
    ("text", "found"),
    [
        (
            f"{ASKED}, legal_due: 2026-06-11, internal_target: 2026-06-11, "
            "confirm_due: 2026-06-03, confirm_target: 2026-06-03, extended_due: 2026-06-21, "
            "extension_notice_by: 2026-06-11",
            (),
        ),
        (
            f"{ASKED}, legal_due: 2026-06-12, internal_target: 2026-06-12, "
            "confirm_due: 2026-06-12, confirm_target: 2026-06-12, extended_due: 2026-06-12, "
            "extension_notice_by: 2026-06-12",
            (
                "legal_due is 2026-06-11, not 2026-06-12",
                "internal_target is 2026-06-11, not 2026-06-12",
                "confirm_due is 2026-06-03, not 2026-06-12",
                "confirm_target is 2026-06-03, not 2026-06-12",
                "extended_due is 2026-06-21, not 2026-06-12",
                "extension_notice_by is 2026-06-11, not 2026-06-12",
            ),
        ),
        (f"{ASKED}, confirm_due: null", ("confirm_due is 2026-06-03, not None",)),
        (ASKED, ()),
        (f"{ASKED}, options: [first], legal_due: 2026-06-10", ()),
        (
            f"{ASKED}, options: [last]",
            ("rule `own.access` has no other reading `last`\n  it has: `first`",),
        ),
        (
            f"{ASKED}, readings: [{{about: legal_due, reading: first, due: 2026-06-10}}, "
            "{about: extended_due, reading: first, due: 2026-06-20}]",
            (),
        ),
        (
            f"{ASKED}, readings: []",
            ("the readings are legal_due first 2026-06-10; extended_due first 2026-06-20",),
        ),
        (
            "rule: own.hours, received: 2026-06-01, calendar: none, readings: "
            "[{about: legal_due, reading: first, due: 2026-06-10}]",
            ("the readings are none",),
        ),
        ("rule: own.hours, received: 2026-06-01, calendar: none, readings: []", ()),
        (
            'rule: own.hours, received: "2026-06-01T10:00:00", calendar: none',
            ("a moment in a case names its zone",),
        ),
        (
            'rule: own.hours, received: "2026-06-01T10:00:00+03:00", calendar: none, '
            'legal_due: "2026-06-04T10:00:00+03:00"',
            (),
        ),
        (
            'rule: own.hours, received: "2026-06-01T10:00:00+03:00", calendar: none, '
            'legal_due: "2026-06-04T10:00:01+03:00"',
            ("legal_due is 2026-06-04 07:00:00+00:00, not 2026-06-04 10:00:01+03:00",),
        ),
        (
            # noon in Honolulu; a day ends there at 10 o'clock of the next in UTC
            "rule: own.access, received: 2026-06-01, calendar: none, zone: Pacific/Honolulu, "
            "legal_due: 2026-06-11, readings: []",
            ("the readings are legal_due first 2026-06-10; extended_due first 2026-06-20",),
        ),
        (
            "rule: own.access, received: 2026-06-01, calendar: none, zone: Pacific/Honolulu, "
            "readings: [{about: legal_due, reading: first, due: 2026-06-10}, "
            "{about: extended_due, reading: first, due: 2026-06-20}]",
            (),
        ),
        (
            "rule: own.hours, received: 2026-06-01, calendar: none, zone: Pacific/Honolulu, "
            'legal_due: "2026-06-04T22:00:00+00:00"',
            (),
        ),
    ],
)
def test_what_is_wrong_with_a_deadline(tmp_path, own, text, found):
    assert said(tmp_path, own, deadlines=text) == found


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("event: 2026-06-01, keep_until: 2027-12-31", ()),
        ("event: 2026-06-01, keep_until: 2027-12-30", ("kept until 2027-12-31, not 2027-12-30",)),
        ("event: 2026-06-01, financial_year_end: [3, 31], keep_until: 2028-03-31", ()),
        ("dates: {event: 2026-06-01}, keep_until: 2027-12-31", ()),
        ("dates: {}, event: 2026-06-01, keep_until: null", ()),
        ("keep_until: null", ()),
        ("keep_until: 2027-12-31", ("kept until None, not 2027-12-31",)),
    ],
)
def test_what_is_wrong_with_a_minimum(tmp_path, own, text, found):
    assert said(tmp_path, own, minimums=f"rule: own.kept, {text}") == found


def test_where_a_case_stands(tmp_path, own):
    text = "cases:\n" + f"  - {{note: n, {HOLDS}}}\n" * 2
    cases, _ = wrong(tmp_path, own, text)
    assert [(one.file.name, one.line, one.kind) for one in cases] == [
        ("our.cases.yaml", 3, "cases"),
        ("our.cases.yaml", 4, "cases"),
    ]


def test_a_newer_form_of_cases_is_refused(tmp_path):
    (tmp_path / "our.cases.yaml").write_text("govreg_cases: 2\n")
    with pytest.raises(ConfigurationProblem, match=r"our.cases.yaml:1: `govreg_cases`: "):
        read_cases(tmp_path / "our.cases.yaml")


def test_a_case_speaks_for_its_rule_its_duties_and_its_exceptions(tmp_path, own):
    text = f"note: n, {HOLDS}, duties: [own.write], exceptions: [own.claims.asked], no_duties: [own.tell]"
    cases, _ = wrong(tmp_path, own, f"cases: [{{{text}}}]\n")
    assert without_case(own.rules.values(), cases) == (
        "own.claims",
        "own.claims.gone",
        "own.secrets",
        "own.secrets.today",
        "own.tell",
        "own.also",
        "own.access",
        "own.hours",
        "own.kept",
    )
    cases, _ = wrong(tmp_path, own, f"deadlines: [{{note: n, {ASKED}}}]\n")
    assert "own.access" not in without_case(own.rules.values(), cases)


def test_what_counts_as_adopted_is_what_the_rule_says_now(own):
    held = everything_adopted(own, ON).adoptions
    assert list(held) == list(own.rules)
    rule = own.rules["own.ended"]
    assert held["own.ended"] == Adoption(
        rule="own.ended", content_hash=rule.content_hash, by="cases", on=ON
    )
