"""A notice goes with its change, is told after it, and again until it is taken."""

import datetime as dt

import pytest
import sqlalchemy as sa

from govreg.clock import fixed_clock
from govreg.database import Store, sqlite_url
from govreg.migrations.upgrade import upgrade
from govreg.runner.outbox import ATTEMPTS, Delivery, deliver, put, waiting
from govreg.runner.tables import outbox

CLOCK = fixed_clock(dt.datetime(2026, 3, 5, tzinfo=dt.UTC))


@pytest.fixture
def store(tmp_path):
    made = Store(sqlite_url(tmp_path / "store.db"))
    upgrade(made)
    yield made
    made.close()


def put_one(store, number, *, fails=False):
    with store.write() as connection:
        put(connection, "hook", {"n": number}, clock=CLOCK)
        if fails:
            raise RuntimeError("rolled back")


def held(store):
    with store.read() as connection:
        return connection.scalar(sa.select(sa.func.count()).select_from(outbox))


def test_what_is_rolled_back_tells_nobody(store):
    with pytest.raises(RuntimeError, match="rolled back"):
        put_one(store, 1, fails=True)
    told = []
    assert deliver(store, lambda *said: told.append(said) or ()) == Delivery(told=0, failed=0)
    assert told == []


def test_notices_are_told_in_order_and_once(store):
    for number in range(3):
        put_one(store, number)
    told = []

    def tell(hook, payload):
        told.append((hook, payload["n"]))
        return ()

    assert deliver(store, tell) == Delivery(told=3, failed=0)
    assert told == [("hook", 0), ("hook", 1), ("hook", 2)]
    assert deliver(store, tell) == Delivery(told=0, failed=0)
    assert held(store) == 0


def test_one_that_fails_keeps_no_other_back_and_is_named_until_it_is_taken(store):
    put_one(store, 1)
    put_one(store, 2)
    assert deliver(store, lambda _hook, said: ("crm",) if said["n"] == 1 else ()) == Delivery(
        told=1, failed=1
    )
    with store.read() as connection:
        assert waiting(connection) == {"crm": 1}
    assert deliver(store, lambda _hook, _said: ()) == Delivery(told=1, failed=0)
    with store.read() as connection:
        assert waiting(connection) == {}


def test_what_is_never_taken_is_not_told_for_ever(store):
    put_one(store, 1)
    for _ in range(ATTEMPTS):
        assert deliver(store, lambda _hook, _said: ("crm",)).failed == 1
    assert deliver(store, lambda _hook, _said: ("crm",)) == Delivery(told=0, failed=0)
    with store.read() as connection:
        assert waiting(connection) == {"crm": 1}
