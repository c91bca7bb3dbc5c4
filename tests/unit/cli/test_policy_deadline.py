import pytest

OURS = """\
govreg_pack: 1
pack: ours
version: "1"
law: ccpa
title: {en: Ours}
holidays:
  US-CA:
    - {name: Day After Thanksgiving, public: false, arguable: true, cite: Gov. Code 6700 does not list it}
rules:
  - id: ours.know
    kind: right
    effect: allow
    citation: [11 CCR 7021]
    title: {en: Know}
    text: {en: because}
    clock:
      n: 45
      unit: calendar_day
      extension: 45
      target: {count_start: include, roll: none}
      options:
        ccp_12a: {roll: next_working_day, citation: [Code Civ. Proc. 12a], text: {en: where the period moves to the next working day}}
    confirm: {n: 10, unit: business_day}
    verification: reasonable
    checked_on: 2026-01-01
    confidence: low
  - id: ours.breach
    kind: deadline
    effect: allow
    citation: [GDPR Art 33(1)]
    title: {en: Breach}
    text: {en: because}
    clock: {n: 72, unit: hour, start: known, as_soon_as_possible: true}
    checked_on: 2026-01-01
    confidence: low
"""


@pytest.fixture
def asked(govreg, shop):
    (shop / "policies").mkdir(exist_ok=True)
    (shop / "policies" / "ours.yaml").write_text(OURS)

    def ask(rule, *words, as_json=True):
        start = ["--workspace", shop, *(["--json"] if as_json else [])]
        return govreg(*start, "policy", "deadline", rule, "--received", *words)

    return ask


def test_a_deadline_in_json(asked):
    assert asked("gdpr.access", "2026-03-05", "--calendar", "FI").json == {
        "legal_due": "2026-04-07",
        "internal_target": "2026-04-02",
        "confirm_due": None,
        "extended_due": "2026-06-05",
        "extension_notice_by": "2026-04-07",
        "citations": ["GDPR Art 15", "GDPR Art 12(3)"],
        "readings": [],
        "findings": [],
    }


def test_a_state_with_a_day_open_to_argument(asked):
    held = asked("ours.know", "2026-11-20", "--calendar", "US-CA").json
    assert (held["confirm_due"], held["legal_due"]) == ("2026-12-07", "2027-01-04")
    assert (held["internal_target"], held["extended_due"]) == ("2027-01-03", "2027-02-18")
    assert held["readings"] == [
        {
            "about": "confirm_due",
            "reading": "Day After Thanksgiving",
            "due": "2026-12-08",
            "instead_of": "2026-12-07",
            "text": "if Day After Thanksgiving is a public holiday",
            "citations": ["Gov. Code 6700 does not list it"],
        }
    ]


def test_it_reads_like_a_colleague(asked):
    said = asked("ours.know", "2026-11-20", "--calendar", "US-CA", as_json=False)
    assert said.out.splitlines() == [
        "Confirm that it has come by Mon 2026-12-07; aim for Fri 2026-12-04.",
        "Aim for Sun 2027-01-03; by law it is due by Mon 2027-01-04.",
        "If you extend it, it is due by Thu 2027-02-18, and the person must be told of that by "
        "Mon 2027-01-04.",
        "Another reading, Day After Thanksgiving: its confirmation is due by Tue 2026-12-08, not "
        "Mon 2026-12-07, if Day After Thanksgiving is a public holiday (Gov. Code 6700 does not "
        "list it).",
        "Source: 11 CCR 7021.",
    ]


def test_another_reading_is_taken_when_it_is_asked_for(asked):
    words = ["2026-03-02", "--calendar", "US-CA"]
    assert asked("ours.know", *words).json["extended_due"] == "2026-05-31"
    taken = asked("ours.know", *words, "--reading", "ccp_12a").json
    assert taken["extended_due"] == "2026-06-01"
    assert [one["reading"] for one in taken["readings"]] == ["default"]
    said = asked("ours.know", *words, "--reading", "other")
    assert said.code == 2
    assert "it has: `ccp_12a`" in said.err


def test_hours_are_counted_from_a_moment(asked):
    held = asked("ours.breach", "2026-12-04T16:30+02:00").json
    assert held["legal_due"] == "2026-12-07T16:30:00+02:00"
    assert held["findings"] == [
        "rule `ours.breach` counts from when it was known: the moment is taken as that"
    ]
    said = asked("ours.breach", "2026-12-04T16:30+02:00", as_json=False).out
    assert "At once where you can; by law it is due by Mon 2026-12-07T16:30+02:00." in said


@pytest.mark.parametrize(
    ("rule", "received", "words"),
    [
        ("ours.breach", "2026-12-04", "the day alone is not enough"),
        ("gdpr.access", "2026-12-04T16:30", "the moment has no time zone"),
        ("gdpr.access", "5.3.2026", "a day such as `2026-03-05`"),
        ("gdpr.access", "9999-12-31", "lies between 1970 and 2200"),
        ("gdpr.access", "0001-01-01", "lies between 1970 and 2200"),
    ],
)
def test_when_it_came_is_a_day_or_a_moment(asked, rule, received, words):
    said = asked(rule, received, "--calendar", "FI")
    assert said.code == 2
    assert words in said.err


def test_a_moment_falls_on_the_day_that_it_has_here(asked):
    """Late on the 4th in UTC is the 5th in Helsinki."""
    held = asked("gdpr.access", "2026-03-04T23:00Z", "--calendar", "FI").json
    assert held["legal_due"] == "2026-04-07"


def test_a_place_that_is_taken_for_granted_is_said(asked):
    held = asked("gdpr.access", "2026-03-05").json
    assert held["legal_due"] == "2026-04-07"
    assert "the public holidays of `FI`, the workspace's country" in held["findings"][0]
    assert "FINDING: nobody said" in asked("gdpr.access", "2026-03-05", as_json=False).out


def test_an_unknown_place_is_refused_with_those_that_are_known(asked):
    said = asked("gdpr.access", "2026-03-05", "--calendar", "DE-XX")
    assert said.code == 2
    assert "DE-BE" in said.err
    assert asked("gdpr.access", "2026-03-05", "--calendar", "ZZ").code == 2


def test_without_holidays(asked):
    held = asked("gdpr.access", "2026-03-05", "--calendar", "none").json
    assert (held["legal_due"], held["findings"]) == ("2026-04-06", [])


def test_before_the_law_there_is_a_finding_and_its_exit_code(asked):
    before = asked("gdpr.access", "2017-01-01", "--calendar", "FI")
    assert before.code == 1
    (finding,) = before.json["findings"]
    assert finding == "rule `gdpr.access` is not in force on 2017-01-01"
    assert asked("gdpr.access", "2026-03-05", "--calendar", "FI").code == 0
