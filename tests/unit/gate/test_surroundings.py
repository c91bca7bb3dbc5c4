"""Who shares a row, over every writing of its key."""

from __future__ import annotations

import sqlite3

import pytest
from tests.journeys.workspace import make, opened, verified
from tests.unit.gate.shared_world import SCHEMA, SOURCE

from govreg.gate.scope import Relation
from govreg.requests import store as rows
from govreg.requests.seek import seek


@pytest.fixture
def shared(tmp_path):
    """The shared address of person 1, in a world with these rows."""

    def search(sql, source=SOURCE):
        database = sqlite3.connect(tmp_path / "shop.db")
        database.executescript(SCHEMA + sql)
        database.close()
        make(tmp_path, {"shop": source})
        with opened(tmp_path) as engine:
            request_id = verified(engine, "access", {"email": "one@a.example"})
            with engine.store.read() as connection:
                request = rows.get(connection, request_id)
            with engine.parts.border.visit() as visit:
                scope = seek(engine.parts, visit, request)
        return scope.rows["shop.addresses"][2,]

    return search


PEOPLE = "INSERT INTO addresses VALUES (2, 'Yhteistie 2', NULL);"


def test_a_sharer_is_counted_though_the_pointer_is_text_and_the_key_a_number(shared):
    found = shared(
        PEOPLE + "INSERT INTO people VALUES (1, 'one@a.example', '2'), (2, 'two@a.example', '2');"
    )
    assert found.relation is Relation.SHARED
    assert found.others == 1


def test_another_row_of_the_same_person_is_nobody_else(shared):
    found = shared(
        PEOPLE + "INSERT INTO people VALUES (1, 'one@a.example', '2');"
        "INSERT INTO visits VALUES (1, '2', NULL);"
    )
    assert found.others == 0


def test_somebody_elses_row_that_only_names_the_person_is_somebody_else(shared):
    found = shared(
        PEOPLE + "INSERT INTO people VALUES (1, 'one@a.example', '2'), (3, 'x@a.example', NULL);"
        "INSERT INTO tickets VALUES (1, 3, 1, 2);"
    )
    assert found.others == 1


def test_a_row_that_looks_a_shared_row_up_counts_as_well(shared):
    found = shared(
        PEOPLE + "INSERT INTO people VALUES (1, 'one@a.example', '2'), (3, 'x@a.example', NULL);"
        "INSERT INTO parcels VALUES (1, 3, 2);"
    )
    assert found.others == 1
