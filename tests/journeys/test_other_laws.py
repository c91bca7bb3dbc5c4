"""Requests under the CCPA and HIPAA, from the register's own facts to the papers."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing

import pytest
from tests.journeys.test_traps import SOURCE, build
from tests.journeys.workspace import confirmed_plan, opened

EMAIL = {"email": "one@a.example"}
WHERE = {"person.state": "US-CA", "person.country": "US"}


OWN_RIGHT = """\
govreg_pack: 1
pack: acme
version: "1"
law: ccpa
title: {en: Ours}
rules:
  - id: acme.know
    kind: right
    effect: allow
    citation: [House rule 2]
    title: {en: Know}
    text: {en: at once}
    clock: {n: 9, unit: calendar_day}
    verification: account
    checked_on: 2026-01-01
    confidence: high
    overrides: {rule: ccpa.access, because: we are quicker, by: dpo, on: 2026-10-01}
"""


def organisation(folder, text):
    path = folder / "govreg.toml"
    path.write_text(f"{path.read_text()}\n[organisation]\n{text}\n")


def verified(engine, kind, law):
    made = engine.requests.open(
        kind=kind, law=law, identifiers=EMAIL, facts=WHERE, actor="dpo", place="US-CA"
    )
    engine.requests.verify_identity(made.id, level="account", how="login", actor="dpo")
    return made.id


@pytest.fixture
def business(tmp_path):
    build(tmp_path)
    organisation(tmp_path, 'ccpa_business = true\nkind = "private"\nhipaa_role = "none"')
    return tmp_path


def test_a_consumer_gets_what_the_business_holds_and_the_rights_of_that_law(business):
    with opened(business) as engine:
        request = verified(engine, "access", "ccpa")
        plan = engine.requests.plan(request, actor="dpo")
        assert not plan["undecided"]
        assert [held["code"] for held in plan["withheld"]] == ["ccpa.others"]
        list(engine.requests.run(request, actor="dpo"))
        folder = engine.requests.export(request, business / "answer", actor="dpo")
    answer = json.loads((folder / "data.json").read_text())
    assert answer["state"] == "complete_with_withheld"
    cited = [right["citation"] for right in answer["rights"]]
    assert any("1798.105" in cite for cite in cited)
    assert not any("GDPR" in cite for cite in cited)
    found = {section["ref"]: len(section["rows"]) for section in answer["sections"]}
    assert found == {"shop.people": 1, "shop.addresses": 1, "shop.visits": 1, "shop.tickets": 1}


def test_rights_of_the_organisations_own_are_not_told_as_the_laws(business):
    (business / "policies" / "ours.yaml").write_text(OWN_RIGHT)
    with opened(business) as engine:
        request = verified(engine, "access", "ccpa")
        engine.requests.plan(request, actor="dpo")
        list(engine.requests.run(request, actor="dpo"))
        folder = engine.requests.export(request, business / "answer", actor="dpo")
    kinds = [right["kind"] for right in json.loads((folder / "data.json").read_text())["rights"]]
    assert "ccpa.access" in kinds
    assert "acme.know" not in kinds


def test_a_consumers_data_are_deleted_and_only_theirs(business):
    with opened(business) as engine:
        request = verified(engine, "erasure", "ccpa")
        assert not confirmed_plan(engine, request)["blockers"]
        engine.requests.approve(request, actor="second")
        list(engine.requests.run(request, actor="dpo"))
        folder = engine.requests.certificate(request)
    text = (folder / "certificate.json").read_text()
    statement = json.loads(text)["certificate"]["statement"]
    assert statement["state"] == "complete_with_withheld"
    assert {each["citation"] for each in statement["withheld"]} == {"Cal. Civ. Code 1798.145(k)"}
    assert "GDPR" not in text.replace("gdpr.", "").split('"versions"')[0]
    with closing(sqlite3.connect(business / "shop.db")) as database:
        assert database.execute("SELECT count(*) FROM people WHERE id = 1").fetchone() == (0,)
        assert database.execute("SELECT count(*) FROM people WHERE id = 2").fetchone() == (1,)


def test_without_the_organisations_facts_nothing_goes_and_the_way_out_is_named(tmp_path):
    build(tmp_path)
    with opened(tmp_path) as engine:
        request = verified(engine, "access", "ccpa")
        plan = engine.requests.plan(request, actor="dpo")
    assert plan["pending_review"] == 0  # no text waits for a reader: facts do
    ways = " ".join(held["way_out"] for held in plan["undecided"])
    assert "under `[organisation]`" in ways
    assert "phi: true|false" in ways


def test_a_patient_gets_the_designated_record_set_and_no_more(tmp_path):
    chart = "    key: [id]\n    facts: {designated_record_set: true, phi: true, psychotherapy_notes: false}"
    written = SOURCE.replace("    key: [id]", chart)
    visits = written.index("  visits:")
    desk = written[visits:].replace(
        "designated_record_set: true", "designated_record_set: false", 1
    )
    build(tmp_path, source=written[:visits] + desk)
    organisation(tmp_path, 'hipaa_role = "covered_entity"')
    with opened(tmp_path) as engine:
        request = verified(engine, "access", "hipaa")
        plan = engine.requests.plan(request, actor="dpo")
    withheld = {(held["collection"], held["code"]) for held in plan["withheld"]}
    assert ("shop.visits", "hipaa.access.outside_set") in withheld
    assert not any(collection == "shop.people" for collection, _ in withheld)
    [undecided] = plan["undecided"]
    assert undecided["fields"] == ["agent_id"]  # another person: a professional judges
