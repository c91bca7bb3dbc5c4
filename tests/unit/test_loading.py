"""Many values asked for and many rows added, on both kinds of store."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from govreg.database import Store, metadata, sqlite_url
from govreg.loading import among, load, rows_among
from govreg.subjects.tables import subject, subject_identifier
from govreg.testing.servers import own_database

MANY = 45_000
"""More than one question to SQLite can hold."""


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)])
def store(request, tmp_path):
    def made(url):
        held = Store(url)
        with held.write() as connection:
            metadata.create_all(connection, tables=[subject, subject_identifier])
        return held

    if request.param == "sqlite":
        held = made(sqlite_url(tmp_path / "store.db"))
        yield held
        held.close()
        return
    with own_database("postgresql") as url:
        held = made(url.render_as_string(hide_password=False))
        yield held
        held.close()


def test_rows_are_added_in_their_order_and_found_again(store):
    ids = [f"sub_{number:016d}" for number in range(MANY)]
    blinds = [number.to_bytes(4, "big") for number in range(MANY)]
    with store.write() as connection:
        assert load(connection, subject, {"id": ids, "created_at": [1] * MANY}) == MANY
        columns = {
            "subject_id": ids,
            "kind": ["email", "phone"] * (MANY // 2),
            "blind": blinds,
            "created_at": [2] * MANY,
        }
        assert load(connection, subject_identifier, columns) == MANY
    table = subject_identifier.c
    with store.read() as connection:
        first = connection.scalars(sa.select(table.blind).order_by(table.id).limit(3))
        assert [bytes(one) for one in first] == blinds[:3]
        read = [table.subject_id, table.blind]
        found = list(among(connection, table.blind, blinds, read))
        assert {(who, bytes(blind)) for who, blind in found} == set(zip(ids, blinds, strict=True))
        mails = among(connection, table.blind, blinds, read, given={table.kind: "email"})
        assert sum(1 for _ in mails) == MANY // 2


def test_rows_that_are_there_already_are_passed_over(store):
    with store.write() as connection:
        assert load(connection, subject, {"id": ["a", "b"], "created_at": [1, 1]}) == 2
        assert load(connection, subject, {"id": ["b", "c"], "created_at": [2, 2]}) == 1
        rows = connection.execute(sa.select(subject.c.id, subject.c.created_at)).all()
    assert {tuple(row) for row in rows} == {("a", 1), ("b", 1), ("c", 2)}


def test_nothing_is_asked_about_no_values_and_nothing_added(store):
    with store.write() as connection:
        assert load(connection, subject, {"id": [], "created_at": []}) == 0
        assert list(among(connection, subject.c.id, [], [subject.c.id])) == []


def test_a_statement_of_the_callers_own(store):
    with store.write() as connection:
        load(connection, subject, {"id": ["a", "b", "c"], "created_at": [1, 2, 3]})
        asked = "SELECT id FROM subject WHERE created_at > ? AND id {among}"
        assert sorted(row[0] for row in rows_among(connection, asked, ["a", "b", "c"], 1)) == [
            "b",
            "c",
        ]


def test_values_are_no_statements(store):
    evil = "x'); DROP TABLE subject; --"
    with store.write() as connection:
        load(connection, subject, {"id": [evil], "created_at": [1]})
        assert list(among(connection, subject.c.id, [evil], [subject.c.id])) == [(evil,)]


def test_a_loading_that_is_rolled_back_leaves_nothing(store):
    with store.write() as connection:
        load(connection, subject, {"id": ["a"], "created_at": [1]})
        connection.get_transaction().rollback()
    with store.read() as connection:
        assert connection.scalar(sa.select(sa.func.count()).select_from(subject)) == 0


def test_a_question_past_the_library_has_the_same_answer(store):
    with store.write() as connection:
        load(connection, subject, {"id": ["a", "b"], "created_at": [1, 2]})
    rows = store.ask("SELECT id FROM subject WHERE created_at = ? OR id = ?", (2, "z"))
    assert [tuple(row) for row in rows] == [("b",)]
