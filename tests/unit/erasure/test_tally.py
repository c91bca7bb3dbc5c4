"""The counts of a certificate say what became of each field and row, and no more."""

from __future__ import annotations

import json
import re
import sqlite3

import pytest
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
    fields:
      id: {category: user.unique_id, identifier: customer_id, activities: [orders]}
      email: {category: user.contact.email, identifier: email, activities: [orders]}
  orders:
    key: [id]
    links: [{fields: [person], to: people, role: owns}]
    retention: {rule: fi.accounting.voucher, anchor: financial_year_of(paid), fields: [id, paid]}
    fields:
      id: {category: user.unique_id, activities: [orders]}
      person: {category: user.unique_id, activities: [orders]}
      note: {category: user.content, activities: [orders]NOTE}
      paid: {category: user.payment, activities: [orders]}
"""
SQL = """
CREATE TABLE people (id INTEGER PRIMARY KEY, email TEXT);
CREATE TABLE orders (id INTEGER PRIMARY KEY, person INTEGER, note TEXT, paid TEXT);
INSERT INTO people VALUES (1, 'one@a.example'), (2, 'two@a.example');
INSERT INTO orders VALUES (1, 1, 'long ago', '2001-02-03'), (2, 1, 'now', '2025-02-03'),
    (3, 1, NULL, '2025-02-04'), (4, 2, 'other', '2025-02-05');
"""


def certified(folder, *, note="", sql=SQL):
    database = sqlite3.connect(folder / "shop.db")
    database.executescript(sql)
    database.close()
    make(folder, {"shop": SOURCE.replace("NOTE", note)})
    with opened(folder) as engine:
        file = engine.requests.certificate(erased(engine, {"email": "one@a.example"}))
    statement = json.loads((file / "certificate.json").read_text())["certificate"]["statement"]
    return statement, (file / "certificate.html").read_text()


def test_a_collection_of_which_some_is_kept_is_mixed_and_says_so_field_by_field(tmp_path):
    statement, page = certified(tmp_path)
    orders = next(c for c in statement["collections"] if c["collection"] == "orders")
    assert orders["strategy"] == "mixed"
    assert {field["name"]: field["cells"] for field in orders["fields"]} == {
        "id": {"delete": 1, "retain": 2},
        "person": {"delete": 1, "set_null": 2},
        "note": {"delete": 1, "set_null": 1, "empty": 1},
        "paid": {"delete": 1, "retain": 2},
    }
    assert orders["rows"] | {"erased_whole": 1, "partly_kept": 2} == orders["rows"]
    people = next(c for c in statement["collections"] if c["collection"] == "people")
    assert people["strategy"] == "delete"
    assert people["disposition"] == "permanent"
    assert re.fullmatch(r"sql \d+\.\d+\.\d+.*", people["connector"])
    assert {held["decided_by"] for held in statement["withheld"]} == {"second"}
    assert "before a court (Art. 79 GDPR)" in page
    assert statement["rows"] == {
        "erased_whole": 2,
        "partly_kept": 2,
        "withheld": 0,
        "restricted": 0,
        "refused": 0,
        "failed": 0,
    }
    assert statement["cells"]["erased"] == 2 + 4 + 4
    assert "some erased, some kept: see each field" in page


@pytest.mark.parametrize(
    ("note", "way"),
    [(", on_erase: {constant: x}", "constant"), (", on_erase: pseudonym", "pseudonym")],
)
def test_the_strategy_of_a_field_is_its_own(tmp_path, note, way):
    statement, _ = certified(tmp_path, note=note)
    orders = next(c for c in statement["collections"] if c["collection"] == "orders")
    cells = {field["name"]: field["cells"] for field in orders["fields"]}
    assert cells["note"][way] == 1
    assert statement["cells"]["restricted"] == (2 if way == "pseudonym" else 0)


def test_what_failed_is_no_row_and_no_cell_erased(tmp_path):
    trigger = """
    CREATE TRIGGER again AFTER UPDATE OF note ON orders WHEN NEW.note IS NULL
    BEGIN UPDATE orders SET note = OLD.note WHERE id = NEW.id; END;
    """
    held = SOURCE.replace("  orders:\n", "  orders:\n    triggers_reviewed: [again]\n")
    database = sqlite3.connect(tmp_path / "shop.db")
    database.executescript(SQL + trigger)
    database.close()
    make(tmp_path, {"shop": held.replace("NOTE", "")})
    with opened(tmp_path) as engine:
        file = engine.requests.certificate(erased(engine, {"email": "one@a.example"}))
    statement = json.loads((file / "certificate.json").read_text())["certificate"]["statement"]
    orders = next(c for c in statement["collections"] if c["collection"] == "orders")
    assert orders["outcome"] == "failed"
    assert orders["rows"]["failed"] == 3
    assert orders["rows"]["erased_whole"] == 0
    assert orders["fields"][2]["cells"] == {"failed": 2, "empty": 1}
