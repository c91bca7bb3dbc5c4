import datetime as dt

import pytest

from govreg.policy.cases import read_cases
from govreg.policy.diff_cases import dates_that_differ, decisions_that_differ, same_once
from govreg.policy.files import load_pack

ON = dt.date(2026, 11, 25)
PACK = """\
govreg_pack: 1
pack: ours
version: "1"
law: ours
title: {en: Ours}
rules:
  - id: ours.access
    kind: right
    effect: allow
    citation: [Art 1]
    title: {en: Access}
    text: {en: a right}
    clock: {n: 1, unit: month, extension: 2, options: {late: {roll: next_working_day, citation: [A], text: {en: late}}}}
    verification: reasonable
    checked_on: 2026-11-22
    confidence: high
  - id: ours.copy
    kind: disclosure
    effect: allow
    act: disclose
    citation: [Art 2]
    title: {en: Copy}
    text: {en: a copy}
    when: {fact: person.age, ge: 16}
    obligations: [log_it]
    checked_on: 2026-11-22
    confidence: high
  - id: ours.breach
    kind: deadline
    effect: allow
    citation: [Art 3]
    title: {en: Breach}
    text: {en: a notice}
    clock: {n: 72, unit: hour, start: known}
    checked_on: 2026-11-22
    confidence: high
  - id: ours.books
    kind: minimum
    effect: retain
    citation: [Art 4]
    title: {en: Books}
    text: {en: kept}
    period: P6Y
    anchor: end_of_calendar_year
    checked_on: 2026-11-22
    confidence: high
"""
CASES = """\
govreg_cases: 1
cases:
  - {note: old enough, facts: {request.act: disclose, request.law: ours, person.age: 16}, outcome: allow, rules: [ours.copy]}
  - {note: too young, facts: {request.act: disclose, request.law: ours, person.age: 9}, outcome: deny, rules: []}
  - {note: nobody knows, facts: {request.act: disclose, request.law: ours}, outcome: needs_human, rules: [ours.copy]}
deadlines:
  - {note: on a Friday, rule: ours.access, received: 2026-11-13, calendar: none, legal_due: 2026-12-13}
  - {note: found out, rule: ours.breach, received: 2026-11-13T09:00:00+02:00}
minimums:
  - {note: a year, rule: ours.books, event: 2026-05-01, keep_until: 2032-12-31}
"""
RETENTION = """\
retention:
  - {note: kept, under: [ours.books], event: 2026-05-01, on: 2028-01-01, asked: true, decides: minimum, goes: false, rules: [ours.books], until: 2032-12-31}
"""


@pytest.fixture
def compared(tmp_path):
    def run(*swaps, asked=CASES):
        file, changed = tmp_path / "cases.yaml", PACK
        file.write_text(asked, "utf-8")
        for before, after in swaps:
            assert before in changed
            changed = changed.replace(before, after)
        books = []
        for name, text in (("old.yaml", PACK), ("new.yaml", changed)):
            (tmp_path / name).write_text(text, "utf-8")
            books.append(load_pack(tmp_path / name))
        cases = read_cases(file)
        return (
            list(decisions_that_differ(cases, *books, on=ON)),
            list(dates_that_differ(cases, *books)),
        )

    return run


def dates(changes):
    return {(c.written.case.note, c.about): (str(c.before), str(c.after)) for c in changes}


def test_the_same_rules_answer_alike(compared):
    assert compared() == ([], [])


def test_another_outcome_is_shown_with_the_reasons_of_both(compared):
    (change,), dated = compared(("ge: 16", "ge: 18"))
    assert change.written.case.note == "old enough"
    assert (change.before.outcome, change.after.outcome) == ("allow", "deny")
    assert change.before.reasons[0].rule == "ours.copy"
    assert change.after.reasons[0].text
    assert dated == []


def test_another_duty_and_another_missing_fact_are_changes_too(compared):
    found, _ = compared(("log_it", "say_it"))
    assert [c.written.case.note for c in found] == ["old enough", "nobody knows"]
    assert [c.after.obligations for c in found] == [("say_it",)] * 2
    found, _ = compared(
        (
            "{fact: person.age, ge: 16}",
            "{all: [{fact: person.age, ge: 16}, {fact: person.state, is_not: US-NY}]}",
        )
    )
    assert [c.written.case.note for c in found] == ["old enough", "nobody knows"]
    assert "person.state" in found[1].after.unknown_facts


def test_another_wording_is_no_other_decision(compared):
    assert compared(("{en: a copy}", "{en: the copy}")) == ([], [])


def test_a_clock_changes_dates_extensions_and_readings(compared):
    decided, dated = compared(("n: 1, unit: month", "n: 31, unit: calendar_day"))
    assert decided == []
    found = dates(dated)
    assert found[("on a Friday", "legal_due")] == ("2026-12-13", "2026-12-14")
    assert found[("on a Friday", "legal_due, late")] == ("2026-12-14", "None")
    assert ("found out", "legal_due") not in found


def test_hours_are_shown_as_moments(compared):
    _, dated = compared(("n: 72", "n: 96"))
    assert dates(dated)[("found out", "legal_due")] == (
        "2026-11-16 09:00:00+02:00", "2026-11-17 09:00:00+02:00",
    )  # fmt: skip


def test_a_minimum_changes_an_end_date(compared):
    _, dated = compared(("P6Y", "P8Y"))
    assert dates(dated) == {("a year", "keep_until"): ("2032-12-31", "2034-12-31")}


def test_what_decides_over_records_changes_with_its_end(compared):
    text = "govreg_cases: 1\n" + RETENTION
    assert compared(asked=text) == ([], [])
    _, dated = compared(("P6Y", "P8Y"), asked=text)
    assert dates(dated) == {("kept", "keep_until, minimum"): ("2032-12-31", "2034-12-31")}
    _, dated = compared(("P6Y", "P1Y"), asked=text)  # it has run out: what is asked for decides
    assert dates(dated) == {("kept", "keep_until, minimum"): ("2032-12-31", "None")}
    (gone,) = compared(("ours.books", "ours.papers"), asked=text)[1]
    assert gone.missing == "after"


@pytest.mark.parametrize(
    ("before", "after", "note"),
    [("ours.books", "ours.papers", "a year"), ("ours.breach", "ours.leak", "found out")],
)
def test_a_rule_that_goes_takes_its_dates_with_it(compared, before, after, note):
    _, dated = compared((before, after))
    assert {(c.written.case.note, c.missing, c.after) for c in dated} == {(note, "after", None)}


def test_a_rule_that_comes_brings_its_dates(tmp_path):
    (tmp_path / "cases.yaml").write_text(CASES, "utf-8")
    books = []
    for name, text in (("old", PACK.replace("ours.books", "ours.papers")), ("new", PACK)):
        (tmp_path / f"{name}.yaml").write_text(text, "utf-8")
        books.append(load_pack(tmp_path / f"{name}.yaml"))
    cases = read_cases(tmp_path / "cases.yaml")
    (found,) = dates_that_differ(cases, *books)
    assert (found.missing, found.before, found.after) == ("before", None, dt.date(2032, 12, 31))
    neither = [one for one in cases if one.case.note == "a year"]
    assert list(dates_that_differ(neither, books[0], books[0])) == []


def test_rules_are_asked_on_the_day(compared):
    """A rule that is in force from the day on, and one only until the day before."""
    until = "when: {fact: person.age, ge: 16}\n    in_force_to: "
    assert compared(("when: {fact: person.age, ge: 16}", f"{until}2026-11-25")) == ([], [])
    found, _ = compared(("when: {fact: person.age, ge: 16}", f"{until}2026-11-24"))
    assert "old enough" in [one.written.case.note for one in found]


def test_of_two_cases_that_ask_the_same_the_later_one_stays(tmp_path):
    file = tmp_path / "cases.yaml"
    asked = "facts: {request.act: sell}, outcome: deny, rules: []"
    file.write_text(
        f"govreg_cases: 1\ncases: [{{note: one, {asked}}}, {{note: two, {asked}}}, "
        "{note: three, facts: {request.act: share}, outcome: deny, rules: []}]\n"
        "minimums: [{note: four, rule: a.b, event: 2026-01-01, keep_until: null}, "
        "{note: five, rule: a.b, event: 2026-01-02, keep_until: null}]\n",
        "utf-8",
    )
    assert [w.case.note for w in same_once(read_cases(file))] == ["two", "three", "four", "five"]
