"""One person is found in real sources, and nobody else."""

from __future__ import annotations

import sqlite3

import pytest
from tests.journeys.workspace import make, opened

from govreg.gate.find import find
from govreg.gate.scope import Doubt, Limits, Relation, Settled

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
    links:
      - {fields: [boss_id], to: people, role: mentions}
      - {fields: [address_id], to: addresses, role: shared}
    fields:
      id: {category: user.unique_id, identifier: customer_id}
      email: {category: user.contact.email, identifier: email}
      phone: {category: user.contact.phone_number, identifier: phone}
      nat: {category: user.government_id, identifier: national_id}
      boss_id: {category: user.unique_id, identifier: customer_id}
      address_id: {category: user.contact.address}
  addresses:
    key: [id]
    fields:
      id: {category: none}
      street: {category: user.contact.address.street}
  orders:
    key: [id]
    links:
      - {fields: [customer_id], to: people, role: owns}
    fields:
      id: {category: none}
      customer_id: {category: user.unique_id, identifier: customer_id}
      email: {category: user.contact.email, identifier: email}
  notes:
    key: [id]
    links:
      - {fields: [person], to: people, role: owns, inferred: true}
      - {fields: [parent], to: notes, role: owns}
    fields:
      id: {category: none}
      person: {category: user.unique_id}
      parent: {category: user.unique_id}
      body: {category: user.content}
"""

SCHEMA = """
CREATE TABLE addresses (id INTEGER PRIMARY KEY, street TEXT);
CREATE TABLE people (id INTEGER PRIMARY KEY, email TEXT, phone TEXT, nat TEXT, boss_id INTEGER,
  address_id TEXT);
CREATE TABLE orders (id INTEGER PRIMARY KEY, customer_id INTEGER, email TEXT);
CREATE TABLE notes (id INTEGER PRIMARY KEY, person INTEGER, parent INTEGER, body TEXT);
"""


@pytest.fixture
def look(tmp_path):
    """Look a person up in a shop with these rows; closes the workspace at the end."""
    engines = []

    def search(rows, wanted, *, confirmed=(), rejected=(), limits=None, source=SOURCE):
        if not engines:
            database = sqlite3.connect(tmp_path / "shop.db")
            database.executescript(SCHEMA + rows)
            database.close()
            make(tmp_path, {"shop": source})
            engines.append(opened(tmp_path))
        parts = engines[0].parts
        seeds = [parts.kinds.identifier(kind, text) for kind, text in wanted.items()]
        with parts.border.visit() as visit:
            return find(
                visit,
                parts.kinds,
                seeds,
                settled=Settled(confirmed=frozenset(confirmed), rejected=frozenset(rejected)),
                limits=limits or Limits(),
                refer=lambda *texts: f"{hash(texts) & 0xFFFFFFFFFF:010x}",
            )

    yield search
    for engine in engines:
        engine.close()


def keys(scope, name):
    return sorted(key[0] for key in scope.rows.get(f"shop.{name}", {}))


def test_one_email_in_many_writings_is_one_person(look):
    scope = look(
        "INSERT INTO people (id, email) VALUES (1, ' One@A.example '), (2, 'two@a.example');",
        {"email": "ONE@a.example"},
    )
    assert keys(scope, "people") == [1]
    assert not scope.candidates


def test_a_shared_phone_makes_candidates_and_discloses_nobody(look):
    scope = look(
        "INSERT INTO people (id, phone) VALUES (1, '040 123 4567'), (2, '+358401234567');",
        {"phone": "0401234567"},
    )
    assert keys(scope, "people") == []
    assert {c.doubt for c in scope.candidates} == {Doubt.AMBIGUOUS}
    assert len(scope.candidates) == 2


def test_empty_identifiers_lead_nowhere(look):
    scope = look(
        "INSERT INTO people (id, email, phone, nat) VALUES (1, 'one@a.example', '', ' '),"
        " (2, '', '', ' '), (3, NULL, '-', '');"
        "INSERT INTO orders VALUES (1, NULL, ''), (2, 1, NULL);",
        {"email": "one@a.example"},
    )
    assert keys(scope, "people") == [1]
    assert keys(scope, "orders") == [2]
    assert not scope.candidates


@pytest.mark.parametrize("filler", ["unknown", "ei tiedossa", "000000-0000", "XXXXXXXXXXX"])
def test_a_filler_for_a_national_code_is_nobodys(look, filler):
    scope = look(
        f"INSERT INTO people (id, email, nat) VALUES (1, 'one@a.example', '{filler}'),"
        f" (2, 'two@a.example', '{filler}');",
        {"email": "one@a.example"},
    )
    assert keys(scope, "people") == [1]


def test_customer_number_zero_is_nobodys(look):
    """Shops write 0 for guests: one guest's order must not lead to all guests' orders."""
    scope = look(
        "INSERT INTO orders VALUES (1, 0, 'one@a.example'), (2, 0, 'two@a.example');",
        {"email": "one@a.example"},
    )
    assert keys(scope, "orders") == [1]


def test_an_order_found_by_email_does_not_lead_to_its_customer(look):
    """A gift order bears my e-mail and somebody else's customer number."""
    scope = look(
        "INSERT INTO people (id, email) VALUES (1, 'one@a.example'), (2, 'two@a.example');"
        "INSERT INTO orders VALUES (1, 2, 'one@a.example'), (2, 2, 'two@a.example');",
        {"email": "one@a.example"},
    )
    assert keys(scope, "people") == [1]
    assert keys(scope, "orders") == [1]
    assert {c.collection for c in scope.candidates} >= {"shop.people"}


def test_a_mention_with_an_identifier_does_not_lead_to_the_person_named(look):
    scope = look(
        "INSERT INTO people (id, email, boss_id) VALUES (1, 'one@a.example', 2),"
        " (2, 'two@a.example', NULL), (3, 'three@a.example', 2);",
        {"email": "one@a.example"},
    )
    assert keys(scope, "people") == [1]


def test_for_the_person_named_only_the_naming_field_is_theirs(look):
    scope = look(
        "INSERT INTO people (id, email, boss_id) VALUES (1, 'one@a.example', 2),"
        " (2, 'two@a.example', NULL);",
        {"email": "two@a.example"},
    )
    found = scope.rows["shop.people"]
    assert found[2,].relation is Relation.OWN
    assert found[1,].relation is Relation.MENTION
    assert found[1,].own_fields == ("boss_id",)


def test_one_who_mentions_themself_stays_whole(look):
    scope = look(
        "INSERT INTO people (id, email, boss_id) VALUES (1, 'one@a.example', 1);",
        {"email": "one@a.example"},
    )
    assert scope.rows["shop.people"][1,].relation is Relation.OWN


def test_a_ring_of_links_ends(look):
    scope = look(
        "INSERT INTO people (id, email) VALUES (1, 'one@a.example');"
        "INSERT INTO notes VALUES (1, 1, 3, 'a'), (2, NULL, 1, 'b'), (3, NULL, 2, 'c');",
        {"email": "one@a.example"},
    )
    assert keys(scope, "notes") == []
    scope = look("", {"email": "one@a.example"}, confirmed=[c.id for c in scope.candidates])
    assert keys(scope, "notes") == [1, 2, 3]
    assert not scope.caps


def test_a_guessed_link_makes_candidates_and_loses_none(look):
    """Two rounds reach the same collection over one guessed link: both must be asked about."""
    rows = (
        "INSERT INTO people (id, email, nat) VALUES (1, 'one@a.example', '131052-308T'),"
        " (2, NULL, '131052-308T');"
        "INSERT INTO notes VALUES (1, 1, NULL, 'a'), (2, 2, NULL, 'b');"
    )
    first = look(rows, {"email": "one@a.example"})
    same = [c.id for c in first.candidates if c.collection == "shop.people"]
    scope = look("", {"email": "one@a.example"}, confirmed=same)
    assert keys(scope, "people") == [1, 2]
    offered = {key for c in scope.candidates for key in c.rows}
    assert offered == {(1,), (2,)}


def test_what_comes_after_a_confirmation_was_not_confirmed(look, tmp_path):
    scope = look(
        "INSERT INTO people (id, email) VALUES (1, 'one@a.example');"
        "INSERT INTO notes VALUES (1, 1, NULL, 'a');",
        {"email": "one@a.example"},
    )
    said = [c.id for c in scope.candidates]
    with sqlite3.connect(tmp_path / "shop.db") as database:
        database.execute("INSERT INTO notes VALUES (2, 1, NULL, 'later')")
    database.close()
    scope = look("", {"email": "one@a.example"}, confirmed=said)
    assert keys(scope, "notes") == []
    assert {key for c in scope.candidates for key in c.rows} == {(1,), (2,)}


def test_a_rejected_candidate_stays_out_and_is_named(look):
    rows = "INSERT INTO people (id, email) VALUES (1, 'one@a.example'), (2, 'one@a.example');"
    scope = look(rows, {"email": "one@a.example"})
    mine = next(c.id for c in scope.candidates if (1,) in c.rows)
    other = next(c.id for c in scope.candidates if (2,) in c.rows)
    scope = look("", {"email": "one@a.example"}, confirmed=[mine], rejected=[other])
    assert keys(scope, "people") == [1]
    assert not scope.candidates
    assert [c.id for c in scope.rejected] == [other]


def test_null_and_dangling_links_lead_nowhere(look):
    scope = look(
        "INSERT INTO people (id, email, boss_id, address_id)"
        " VALUES (1, 'one@a.example', 77, NULL);"
        "INSERT INTO orders VALUES (1, NULL, NULL), (2, 77, NULL);"
        "INSERT INTO addresses VALUES (1, 'Street');",
        {"email": "one@a.example"},
    )
    assert keys(scope, "orders") == []
    assert keys(scope, "addresses") == []


@pytest.mark.parametrize(
    ("limits", "code", "about"),
    [
        (Limits(rounds=1), "rounds", ""),
        (Limits(fan_out=1), "fan_out", "shop.orders"),
        (Limits(rows_per_collection=1), "rows", "shop.orders"),
        (Limits(identifiers_per_kind=1), "identifiers", ""),
    ],
)
def test_a_limit_that_is_hit_makes_the_search_incomplete(look, limits, code, about):
    scope = look(
        "INSERT INTO people (id, email, nat) VALUES (1, 'one@a.example', '131052-308T'),"
        " (2, NULL, '131052-308T');"
        "INSERT INTO orders VALUES (1, 1, NULL), (2, 1, NULL);",
        {"email": "one@a.example", "customer_id": "9"},
        limits=limits,
    )
    assert scope.incomplete
    assert (code, about) in {(cap.code, cap.collection) for cap in scope.caps}


NUMBERS = """\
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
      id: {category: none}
      nr: {category: user.unique_id, identifier: customer_id}
      email: {category: user.contact.email, identifier: email}
  orders:
    key: [id]
    links:
      - {fields: [customer_id], to: people, to_fields: [nr], role: owns}
    fields:
      id: {category: none}
      customer_id: {category: user.unique_id}
      email: {category: user.contact.email}
  letters:
    key: [id]
    fields:
      id: {category: none}
      nr: {category: user.unique_id, identifier: customer_id}
  notes:
    key: [id]
    links:
      - {fields: [person], to: people, to_fields: [nr], role: mentions}
    fields:
      id: {category: none}
      person: {category: user.unique_id}
"""
NUMBERED = """
DROP TABLE people; DROP TABLE notes;
CREATE TABLE people (id INTEGER PRIMARY KEY, nr TEXT, email TEXT);
CREATE TABLE notes (id INTEGER PRIMARY KEY, person TEXT);
CREATE TABLE letters (id INTEGER PRIMARY KEY, nr TEXT);
INSERT INTO people VALUES (1, 'K-7', 'one@a.example'), (2, 'K-7', 'two@a.example'),
  (3, 'K-3', 'three@a.example');
INSERT INTO orders VALUES (1, 'K-7', NULL), (2, 'K-7', NULL), (3, 'K-3', NULL);
INSERT INTO letters VALUES (1, 'K-7'), (2, 'K-3');
INSERT INTO notes VALUES (1, 'K-7'), (2, 'K-3');
"""


class TestOneNumberTwoPeople:
    """A customer number was given twice: it leads from neither of the two to the other."""

    def test_found_in_the_persons_own_row_it_makes_candidates(self, look):
        scope = look(NUMBERED, {"email": "one@a.example"}, source=NUMBERS)
        assert keys(scope, "people") == [1]
        assert scope.rows.keys() == {"shop.people"}
        offered = {(c.collection, key) for c in scope.candidates for key in c.rows}
        assert offered == {
            ("shop.people", (2,)),
            ("shop.letters", (1,)),
            *(("shop.orders", (number,)) for number in (1, 2)),
            ("shop.notes", (1,)),
        }
        assert {c.doubt for c in scope.candidates} == {Doubt.AMBIGUOUS}

    def test_proven_it_makes_candidates_of_both(self, look):
        scope = look(NUMBERED, {"customer_id": "K-7"}, source=NUMBERS)
        assert not scope.rows
        people = [c for c in scope.candidates if c.collection == "shop.people"]
        assert sorted(c.rows for c in people) == [((1,),), ((2,),)]

    def test_a_confirmed_row_is_mine_and_the_other_is_still_asked_about(self, look):
        scope = look(NUMBERED, {"customer_id": "K-7"}, source=NUMBERS)
        mine = next(
            c.id for c in scope.candidates if (c.collection, c.rows) == ("shop.people", ((1,),))
        )
        scope = look("", {"customer_id": "K-7"}, confirmed=[mine])
        assert keys(scope, "people") == [1]
        assert not keys(scope, "orders")
        assert {key for c in scope.candidates if "people" in c.collection for key in c.rows} == {
            (2,)
        }

    def test_a_number_of_ones_own_leads_on(self, look):
        scope = look(NUMBERED, {"email": "three@a.example"}, source=NUMBERS)
        assert (keys(scope, "people"), keys(scope, "orders")) == ([3], [3])
        assert (keys(scope, "letters"), keys(scope, "notes")) == ([2], [2])
        assert not scope.candidates
