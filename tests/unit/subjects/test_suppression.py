"""The list holds keyed values alone, covers what it says, and ends when it says."""

import datetime as dt

import pytest

from govreg.database import Store, sqlite_url
from govreg.migrations.upgrade import upgrade
from govreg.subjects.suppression import (
    Why,
    counts,
    expire_suppressions,
    left_out,
    lift,
    suppress,
    suppressed,
)

NOW = dt.datetime(2026, 3, 5, tzinfo=dt.UTC)
ANNA, MATTI = ("email", b"a" * 33), ("email", b"m" * 33)
PHONE = ("phone", b"a" * 33)


@pytest.fixture
def connection(tmp_path):
    store = Store(sqlite_url(tmp_path / "store.db"))
    upgrade(store)
    with store.write() as open_connection:
        yield open_connection
    store.close()


def scopes(connection, *references, asked=(), now=NOW):
    return [one.scope for one in suppressed(connection, references, scopes=asked, now=now)]


def entered(connection, *references, scope="newsletter", reason=Why.OBJECTED, **more):
    return suppress(connection, references, scope=scope, reason=reason, now=NOW, **more)


def test_a_value_is_entered_once_under_a_scope(connection):
    assert entered(connection, ANNA, PHONE) == 2
    assert entered(connection, ANNA, MATTI) == 1
    assert entered(connection, ANNA, scope="*", reason=Why.ERASED) == 1
    assert counts(connection) == {("*", Why.ERASED): 1, ("newsletter", Why.OBJECTED): 3}


def test_the_same_value_of_another_kind_is_another(connection):
    entered(connection, ANNA)
    assert scopes(connection, PHONE) == []
    assert scopes(connection, ANNA) == ["newsletter"]


def test_everything_covers_every_scope_and_a_scope_only_itself(connection):
    entered(connection, ANNA)
    entered(connection, MATTI, scope="*")
    assert scopes(connection, ANNA, asked=["newsletter"]) == ["newsletter"]
    assert scopes(connection, ANNA, asked=["orders"]) == []
    assert scopes(connection, MATTI, asked=["orders"]) == ["*"]
    both = left_out(connection, [ANNA, MATTI, PHONE], scopes=["orders"], now=NOW)
    assert both == {MATTI}
    both = left_out(connection, [ANNA, MATTI, PHONE], scopes=["newsletter"], now=NOW)
    assert both == {ANNA, MATTI}


def test_an_entry_ends(connection):
    end = NOW + dt.timedelta(days=1)
    entered(connection, ANNA, ends_at=end)
    assert scopes(connection, ANNA, now=end - dt.timedelta(milliseconds=1)) == ["newsletter"]
    assert scopes(connection, ANNA, now=end) == []
    assert left_out(connection, [ANNA], scopes=["newsletter"], now=end) == frozenset()
    assert expire_suppressions(connection, end - dt.timedelta(milliseconds=1)) == 0
    assert expire_suppressions(connection, end) == 1


def test_what_was_entered_for_another_reason_is_not_lifted(connection):
    entered(connection, ANNA, reason=Why.REQUEST)
    ours = frozenset({Why.OBJECTED, Why.WITHDRAWN})
    assert lift(connection, [ANNA], scope="newsletter", reasons=ours) == 0
    assert lift(connection, [ANNA], scope="orders") == 0
    assert lift(connection, [ANNA], scope="newsletter") == 1
    assert scopes(connection, ANNA) == []


def test_many_values_at_once(connection):
    many = [("email", at.to_bytes(33, "big")) for at in range(3000)]
    assert entered(connection, *many) == 3000
    held = left_out(connection, [*many[::2], ANNA], scopes=["newsletter"], now=NOW)
    assert held == frozenset(many[::2])
