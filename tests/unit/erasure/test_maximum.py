"""A hold goes before a minimum, a minimum before what is asked for, a maximum comes last."""

from __future__ import annotations

import datetime as dt
import sqlite3
from dataclasses import replace
from itertools import product

import pytest
from tests.journeys.workspace import confirmed_plan, make, opened, verified
from tests.unit.erasure.test_ground import ACTIVITIES
from tests.unit.gate.test_cells import REGISTER, TICKETS, row
from tests.unit.gate.test_read import ADOPTED, ON, RULES

from govreg.clock import fixed_clock
from govreg.condition.truth import Truth
from govreg.erasure.ground import Law
from govreg.erasure.keep import YearEnd
from govreg.erasure.model import Fate
from govreg.erasure.plan import plan_rows
from govreg.gate.scope import Relation, Scope
from govreg.policy.adopt import Adopted
from govreg.policy.precedence import Asked, Decides, what_decides
from govreg.register.model import Field, Minimum

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


FIELDS = {
    "id": Field(name="id", category="none"),
    "kept": Field(name="kept", category="none"),
    "ends": Field(name="ends", category="none"),
    "text": Field(name="text", category="user.content", activities=("orders",)),
}
LEAST, MOST, LIMIT = "fi.accounting.books", "fi.whistleblowing", "fi.recruitment"
STATED = {"ended": False, "assessed_unlawful": False, "erasure_duty": False}


def caused(
    *, kept=None, ends=None, asked=False, most=MOST, rules=RULES, adopted=ADOPTED, more=(), **facts
):
    """The cause of a cell that a minimum and a maximum name, each counted from a date."""
    minimums = (
        Minimum(rule=LEAST, anchor="financial_year_of(kept)", fields=("text",)),
        Minimum(rule=most, anchor="date_of(ends)", fields=("text",)),
    )
    named = tuple(one for one, day in zip(minimums, (kept, ends), strict=True) if day is not None)
    named += tuple(Minimum(rule=one, anchor="date_of(ends)", fields=("text",)) for one in more)
    collection = replace(TICKETS, fields=FIELDS, minimums=named)
    source = replace(REGISTER.sources["shop"], collections={"tickets": collection})
    activities = {"orders": replace(ACTIVITIES["orders"], **STATED)}
    register = replace(REGISTER, sources={"shop": source}, activities=activities)
    found = row(Relation.OWN)._replace(values={"id": 1, "kept": kept, "ends": ends, "text": "x"})
    law = Law(
        rules=rules,
        adopted=adopted,
        on=ON,
        facts={
            "request.law": "gdpr",
            "request.right": "erase",
            "request.verification": "account",
            "organisation.country": "FI",
            "person.objection_upheld": False,
            "person.relationship_ended": asked,
            **facts,
        },
    )
    (plan,) = plan_rows(
        register,
        Scope(rows={"shop.tickets": {(1,): found}}),
        law,
        year_end=YearEnd(month=12, day=31),
        pseudonym=lambda _collection, _field, value: f"p_{value}",
    )
    return plan.causes["text"]


DATES = {"none": None, "runs": "2026-01-01", "over": "2010-01-01", "unknown": ""}
GOES = {Truth.TRUE: Fate.ERASE, Truth.FALSE: Fate.WITHHOLD, Truth.UNKNOWN: Fate.UNDECIDED}


@pytest.mark.parametrize(
    ("kept", "ends", "asked", "adopt"),
    list(product(DATES, DATES, (True, False, None), (True, False))),
)
def test_a_plan_does_what_the_precedence_says(kept, ends, asked, adopt):
    """For each state of minimum, request and maximum; where a minimum lacks its date, it keeps."""
    without = {name: one for name, one in ADOPTED.adoptions.items() if adopt or name != MOST}
    adopted = Adopted(adoptions=without)
    cause = caused(kept=DATES[kept], ends=DATES[ends], asked=asked, adopted=adopted)
    named = ((LEAST, DATES[kept]), (MOST, DATES[ends]))
    dates = {"kept": DATES[kept], "ends": DATES[ends]}
    said = what_decides(
        [
            replace(RULES.rules[name], keep=replace(RULES.rules[name].keep, date=date))
            for (name, day), date in zip(named, dates, strict=True)
            if day is not None
        ],
        {name: dt.date.fromisoformat(day) if day else None for name, day in dates.items()},
        on=ON,
        adopted=adopted,
        financial_year_end=(12, 31),
        asked=Asked(opens={True: Truth.TRUE, False: Truth.FALSE, None: Truth.UNKNOWN}[asked]),
    )
    if said.decides is Decides.MINIMUM:
        assert (cause.fate, cause.until) == (Fate.WITHHOLD, said.until)
        assert cause.rules == said.rules == (LEAST,)
        assert cause.code == ("statutory_minimum" if said.until else "anchor_missing")
    else:
        assert cause.fate is GOES[said.goes]
    if said.decides is Decides.MAXIMUM and said.goes is not Truth.FALSE:
        assert cause.rules[-1:] == said.rules == (MOST,)
    elif asked is not None:  # where both are unclear, both are told
        assert MOST not in cause.rules


def test_a_maximum_that_a_law_orders_is_a_duty_and_another_says_no_longer_needed():
    ordered = caused(ends=DATES["over"])
    assert (ordered.fate, ordered.rules) == (Fate.ERASE, ("gdpr.erase.legal_duty", MOST))
    assert ordered.cites == ("GDPR Art 17(1)(e)",)
    limit = caused(ends=DATES["over"], most=LIMIT)
    assert (limit.fate, limit.rules) == (Fate.ERASE, ("gdpr.erase.purpose_ended", LIMIT))
    assert limit.cites == ("GDPR Art 17(1)(a)",)
    assert caused(ends=DATES["unknown"], most=LIMIT).missing[-1:] == ("item.limit_passed",)


@pytest.mark.parametrize(
    "days",
    [{"in_force_to": ON - dt.timedelta(days=1)}, {"in_force_from": ON + dt.timedelta(days=1)}],
)
def test_a_maximum_that_is_not_in_force_ends_nothing(days):
    rules = replace(RULES, rules={**RULES.rules, MOST: replace(RULES.rules[MOST], **days)})
    assert caused(ends=DATES["over"], rules=rules).fate is Fate.WITHHOLD
    assert caused(ends=DATES["over"]).fate is Fate.ERASE


def test_what_a_claim_keeps_is_not_said_to_rest_on_a_maximum():
    field = replace(FIELDS["text"], facts={"claim": True})
    with pytest.MonkeyPatch.context() as patched:
        patched.setitem(FIELDS, "text", field)
        cause = caused(ends=DATES["over"], **{"assessment.legal_claims": "yes"})
    assert cause.fate is Fate.WITHHOLD
    assert cause.rules == ("gdpr.erase.exempt.claims",)


def test_of_minimums_with_the_same_rule_each_keeps_its_own_purpose():
    """A rule without a class of its own leaves the purpose to the register."""
    bare = replace(RULES.rules[LEAST], record_class=None)
    rules = replace(RULES, rules={**RULES.rules, LEAST: bare})
    assert caused(kept=DATES["runs"], rules=rules).purpose == "record"
    assert caused(kept=DATES["runs"]).purpose == "accounting"


@pytest.mark.parametrize(
    ("most", "more", "ends", "rules"),
    [
        (MOST, [LIMIT], DATES["over"], ["gdpr.erase.purpose_ended", "gdpr.erase.legal_duty", MOST, LIMIT]),
        (MOST, [LIMIT], "2023-06-01", ["gdpr.erase.purpose_ended", LIMIT]),
        (LIMIT, [MOST], "2023-06-01", ["gdpr.erase.purpose_ended", LIMIT]),
        (MOST, ["fi.aml.ends"], DATES["over"], ["gdpr.erase.legal_duty", MOST, "fi.aml.ends"]),
    ],
)  # fmt: skip
def test_of_several_maximums_those_that_have_run_out_are_named(most, more, ends, rules):
    """Reports may stay for five years, applicants for two."""
    cause = caused(ends=ends, most=most, more=more)
    assert (cause.fate, list(cause.rules)) == (Fate.ERASE, rules)
