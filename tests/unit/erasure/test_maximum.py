"""A hold goes before a minimum, a minimum before what is asked for, a maximum comes last."""

from __future__ import annotations

import datetime as dt
import sqlite3

import pytest
from tests.journeys.workspace import confirmed_plan, make, opened, verified

from govreg.clock import fixed_clock

NOW = fixed_clock(dt.datetime(2026, 11, 25, 12, tzinfo=dt.UTC))
WHO = {"email": "one@a.example"}
SOURCE = """\
govreg_source: 1
source: desk
title: Desk
connector: sql
config: {url: "sqlite:///desk.db"}
owner: Desk
collections:
  people:
    key: [id]
    subject: employee
    fields:
      id: {category: user.unique_id, identifier: customer_id, activities: [orders]}
      email: {category: user.contact.email, identifier: email, activities: [orders]}
  reports:
    key: [id]
    links:
      - {fields: [person], to: people, role: owns}
    retention:
      - {rule: fi.whistleblowing, anchor: date_of(day), fields: [text]}
      OTHER
    fields:
      id: {category: none}
      person: {category: user.unique_id, activities: [orders]}
      day: {category: none}
      text: {category: user.content, activities: [orders]}
"""
RUNS = {"person.relationship_ended": False, "person.objection_upheld": False}
"""Nothing that the person says opens an erasure of what the contract needs."""


def planned(folder, day, *, other="", adopt=True, facts=RUNS):
    database = sqlite3.connect(folder / "desk.db")
    database.executescript(
        "CREATE TABLE people (id INTEGER PRIMARY KEY, email TEXT);"
        "CREATE TABLE reports (id INTEGER PRIMARY KEY, person INTEGER, day TEXT, text TEXT);"
        "INSERT INTO people VALUES (1, 'one@a.example'), (2, 'two@a.example');"
        f"INSERT INTO reports VALUES (1, 1, {day}, 'a'), (2, 2, '2015-01-01', 'b');"
    )
    database.close()
    text = SOURCE.replace("OTHER", other)
    make(folder, {"desk": text}, adopt=adopt)
    path = folder / "activities" / "orders.yaml"
    stated = "ended: false\nassessed_unlawful: false\nerasure_duty: false\n"
    if "erasure_duty" not in path.read_text():
        path.write_text(path.read_text() + stated)
    engine = opened(folder, clock=NOW)
    with engine:
        request = verified(engine, "erasure", WHO, facts)
        return confirmed_plan(engine, request)


def of_text(plan):
    (held,) = [
        one
        for one in plan["cells"]
        if one["collection"] == "desk.reports" and "text" in one["fields"]
    ]
    return held


@pytest.mark.parametrize(
    ("day", "fate"),
    [
        ("'2021-11-24'", "erase"),
        ("'2021-11-25'", "withhold"),  # its last day
        ("'2026-01-01'", "withhold"),
        ("NULL", "undecided"),
    ],
)
def test_a_maximum_that_has_run_out_is_a_ground_of_its_own(tmp_path, day, fate):
    held = of_text(planned(tmp_path, day))
    assert held["fate"] == fate
    if fate == "erase":
        assert held["rules"] == ["gdpr.erase.legal_duty", "fi.whistleblowing"]
        assert "GDPR Art 17(1)(e)" in held["cites"]
    if fate == "undecided":
        assert "item.maximum_passed" in held["missing"]


def test_what_a_maximum_does_not_name_stays_as_it_was(tmp_path):
    plan = planned(tmp_path, "'2010-01-01'")
    fates = {
        (one["collection"], name): one["fate"] for one in plan["cells"] for name in one["fields"]
    }
    assert fates["desk.reports", "text"] == "erase"
    assert fates["desk.people", "email"] == "withhold"


def test_a_running_minimum_goes_before_it(tmp_path):
    other = "- {rule: fi.accounting.books, anchor: financial_year_of(day), fields: [text]}"
    held = of_text(planned(tmp_path, "'2018-03-01'", other=other))
    assert (held["fate"], held["rules"]) == ("withhold", ["fi.accounting.books"])


def test_a_minimum_that_has_run_out_leaves_it_to_the_maximum(tmp_path):
    other = "- {rule: fi.accounting.voucher, anchor: financial_year_of(day), fields: [text]}"
    held = of_text(planned(tmp_path, "'2010-03-01'", other=other))
    assert (held["fate"], held["rules"][-1]) == ("erase", "fi.whistleblowing")


def test_what_is_asked_for_goes_before_a_maximum_that_still_runs(tmp_path):
    held = of_text(
        planned(tmp_path, "'2026-01-01'", facts={**RUNS, "person.relationship_ended": True})
    )
    assert (held["fate"], held["rules"]) == ("erase", ["gdpr.erase.purpose_ended"])


def test_a_maximum_that_nobody_has_adopted_asks_a_person(tmp_path):
    held = of_text(planned(tmp_path, "'2010-01-01'", adopt=False))
    assert held["fate"] == "undecided"
