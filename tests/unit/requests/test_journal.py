"""Notes stand though nothing else was committed."""

from __future__ import annotations

from govreg.clock import system_clock
from govreg.database import Store
from govreg.migrations.upgrade import upgrade
from govreg.requests.journal import Notes


def test_each_note_stands_at_once_and_apart(tmp_path):
    store = Store(f"sqlite:///{tmp_path / 'store.db'}")
    upgrade(store)
    shop = Notes(store, "work", "shop", system_clock)
    other = Notes(store, "work", "crm", system_clock)
    shop.note(position=0, collection="people", state="sent")
    shop.note(position=0, collection="people", state="committed", code="x")
    assert shop.read() == [[0, "people", "sent"], [0, "people", "committed"]]
    assert other.read() == []
    store.close()
