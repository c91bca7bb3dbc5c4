"""What was erased is entered once, as references."""

from __future__ import annotations

import datetime as dt

from govreg.database import Store
from govreg.migrations.upgrade import upgrade
from govreg.subjects.ledger import enter, ledger_entry

NOW = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)


def test_entering_again_adds_nothing(tmp_path):
    store = Store(f"sqlite:///{tmp_path / 'store.db'}")
    upgrade(store)
    records = [("shop", "people", "r1", "delete"), ("shop", "visits", "r2", "update")]
    ends = NOW + dt.timedelta(days=400)
    with store.write() as connection:
        assert enter(connection, "req_1", records, at=NOW, ends=ends) == 2
        assert enter(connection, "req_1", records, at=NOW, ends=ends) == 0
        assert enter(connection, "req_2", records[:1], at=NOW, ends=ends) == 1
        assert enter(connection, "req_3", [], at=NOW, ends=ends) == 0
        held = connection.execute(ledger_entry.select()).all()
    assert {row.ends_at - row.erased_at for row in held} == {400 * 86_400_000}
    store.close()
