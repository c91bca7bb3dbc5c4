"""An import that is killed leaves whole batches; imported again, everything is there once."""

from __future__ import annotations

import datetime as dt
import os
import signal
import subprocess
import sys
import time

import sqlalchemy as sa
from tests.unit.choices.world import NOW, shop

from govreg.choices.batch_check import check_batches
from govreg.choices.import_model import Declared
from govreg.clock import fixed_clock
from govreg.consent.tables import consent_batch, consent_event
from govreg.engine import open_engine

ROWS, BATCH = 4_000, 200
CHILD = """
import datetime as dt, sys
from pathlib import Path
from govreg.choices import tabular
from govreg.choices.import_model import Declared
from govreg.clock import fixed_clock
from govreg.engine import open_engine
tabular.batches.__kwdefaults__["rows"] = {batch}
now = dt.datetime(2026, 3, 5, 9, 30, tzinfo=dt.UTC)
with open_engine({folder!r}, clock=fixed_clock(now)) as engine:
    period = Declared(source="x", begins=dt.datetime(2019, 1, 1, tzinfo=dt.UTC), ends=now)
    engine.consent.import_file(Path({path!r}), period, actor="dpo")
"""


def count(engine, table=consent_event):
    with engine.store.read() as connection:
        return connection.scalar(sa.select(sa.func.count()).select_from(table))


def test_killed_and_imported_again(tmp_path):
    path = tmp_path / "choices.csv"
    lines = [f"p{n}@a.example,newsletter,refused,2026-02-01T10:00:00Z" for n in range(ROWS)]
    path.write_text("email,activity,kind,at\n" + "\n".join(lines) + "\n")
    with shop(tmp_path) as engine:
        code = CHILD.format(batch=BATCH, folder=str(tmp_path), path=str(path))
        child = subprocess.Popen([sys.executable, "-c", code])
        until = time.monotonic() + 60
        while count(engine) < 3 * BATCH and child.poll() is None and time.monotonic() < until:
            time.sleep(0.01)
        os.kill(child.pid, signal.SIGKILL)
        assert child.wait() == -signal.SIGKILL
        there = count(engine)
        assert 3 * BATCH <= there < ROWS
        assert there % BATCH == 0
        assert count(engine, consent_batch) == there // BATCH
    with open_engine(tmp_path, clock=fixed_clock(NOW)) as engine:
        period = Declared(source="x", begins=dt.datetime(2019, 1, 1, tzinfo=dt.UTC), ends=NOW)
        made = engine.consent.import_file(path, period, actor="dpo")
        assert (made.recorded, made.already) == (ROWS - there, there)
        assert count(engine) == ROWS
        found = check_batches(engine.parts)
        assert (found.reduced, found.wrong) == (0, [])
