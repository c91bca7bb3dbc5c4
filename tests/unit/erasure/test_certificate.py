"""A certificate says what was seen, also where nothing is left to test the check on."""

from __future__ import annotations

import json
import sqlite3

from tests.journeys.workspace import erased, make, opened

SOURCE = """\
govreg_source: 1
source: shop
title: Shop
connector: sql
config: {url: "sqlite:///shop.db"}
owner: Shop
collections:
  people:
    key: [id]
    subject: customer
    EXTRA
    fields:
      id: {category: user.unique_id, identifier: customer_id, activities: [orders]}
      email: {category: user.contact.email, identifier: email, activities: [orders]EMAIL}
      points: {category: user.behavior, activities: [orders]POINTS}
"""


def run(folder, sql, *, extra="on_erase: delete", email="", points=""):
    database = sqlite3.connect(folder / "shop.db")
    database.executescript(sql)
    database.close()
    source = SOURCE.replace("EXTRA", extra).replace("EMAIL", email).replace("POINTS", points)
    make(folder, {"shop": source})
    with opened(folder) as engine:
        request = erased(engine, {"email": "one@a.example"})
        held = engine.requests.get(request)
        folder = engine.requests.certificate(request)
    return held, json.loads((folder / "certificate.json").read_text())


SCHEMA = "CREATE TABLE people (id INTEGER PRIMARY KEY, email TEXT, points NUMERIC);"
ONE = "INSERT INTO people VALUES (1, 'one@a.example', 7);"
TWO = "INSERT INTO people VALUES (2, 'two@a.example', 8);"


def test_where_no_row_is_left_the_check_proved_nothing_and_the_certificate_says_so(tmp_path):
    held, certificate = run(tmp_path, SCHEMA + ONE)
    assert held.outcome == "unverifiable"
    assert held.state == "needs_attention"
    assert "unverifiable" in json.dumps(certificate)


def test_a_row_that_stays_blank_is_a_row_to_test_the_check_on(tmp_path):
    held, _ = run(tmp_path, SCHEMA + ONE, extra="on_erase: blank")
    assert held.outcome == "complete_with_withheld"


def test_a_second_erasure_finds_nothing_to_change_and_is_certified(tmp_path):
    run(tmp_path, SCHEMA + ONE + TWO, extra="on_erase: blank")
    with opened(tmp_path) as engine:
        request = erased(engine, {"customer_id": "1"})
        assert engine.requests.get(request).outcome == "complete_with_withheld"
        assert engine.requests.certificate(request).is_dir()


def test_a_row_that_goes_among_others_is_complete(tmp_path):
    held, _ = run(tmp_path, SCHEMA + ONE + TWO)
    assert held.outcome == "complete"


def test_a_pseudonym_is_restricted_and_never_erased(tmp_path):
    held, certificate = run(
        tmp_path,
        SCHEMA + ONE + TWO,
        extra="on_erase: blank",
        email=", on_erase: pseudonym",
    )
    assert held.outcome == "complete_with_withheld"
    text = json.dumps(certificate)
    assert '"restricted": 1' in text or '\\"restricted\\":1' in text or '"restricted":1' in text


def test_a_constant_in_a_column_of_numbers_is_seen_to_be_written(tmp_path):
    held, _ = run(
        tmp_path,
        SCHEMA.replace("NUMERIC", "NUMERIC(8, 2)") + ONE + TWO,
        extra="on_erase: blank",
        points=', on_erase: {constant: "0"}',
    )
    assert held.outcome == "complete_with_withheld"
