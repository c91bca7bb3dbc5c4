from __future__ import annotations

import datetime as dt

import pytest
import sqlalchemy as sa

from govreg.database import metadata
from govreg.register.store import apply, diff, latest, register_version

AT = dt.datetime(2026, 1, 2, 3, 4, 5, tzinfo=dt.UTC)


@pytest.fixture
def connection():
    engine = sa.create_engine("sqlite://")
    metadata.create_all(engine, tables=[register_version])
    with engine.begin() as connection:
        yield connection
    engine.dispose()


def test_nothing_is_in_force_at_first(connection):
    assert latest(connection) is None


def test_the_same_register_is_put_in_force_once(connection):
    first, new = apply(connection, {"sources": {}}, by="anna", at=AT)
    again, newer = apply(connection, {"sources": {}}, by="ben", at=AT)
    assert (new, newer) == (True, False)
    assert again == first
    assert (first.number, first.applied_by, first.applied_at) == (1, "anna", AT)


def test_the_last_one_is_in_force(connection):
    apply(connection, {"a": 1}, by="anna", at=AT)
    second, _ = apply(connection, {"a": 2}, by="anna", at=AT)
    assert latest(connection) == second


def test_a_difference_is_one_line_for_each_place():
    lines = diff({"a": {"b": 1, "c": 2}}, {"a": {"b": 3, "d": 4}})
    assert lines == ("~ a.b: 1 → 3", "- a.c", "+ a.d")
