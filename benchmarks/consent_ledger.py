"""The ledger of choices: imports, one person's status, thousands checked, a large table filtered.

The people are a source's customers, mapped before; choices name them by e-mail address, so that
each is normalised, made a keyed look-up value and found; one choice in ten is a withdrawal. What is not
equivalent to a plain table's import is that, a hash of each event, and a root over each batch. Of
marketing every withdrawal goes on the suppression list besides, which is told apart.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
import os
import random
import resource
import sqlite3
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import sqlalchemy as sa
from tests.journeys.workspace import make, opened
from tests.unit.choices.world import NOTICE, publish, put_in_force

from benchmarks.frame import Result, against_limit
from govreg.choices.copies import built, copies_of
from govreg.choices.import_model import Declared
from govreg.choices.subset import Named
from govreg.clock import system_clock, to_millis
from govreg.consent.tables import consent_event
from govreg.engine import Engine
from govreg.loading import load
from govreg.subjects.tables import subject
from govreg.testing.servers import own_database, postgresql_url

SOURCE = """\
govreg_source: 1
source: big
title: Big
connector: sql
config: {url: "sqlite:///big.db"}
owner: O
collections:
  customers:
    key: [id]
    subject: customer
    fields:
      id: {category: user.unique_id, identifier: customer_id, activities: [orders]}
      email: {category: user.contact.email, identifier: email, activities: [orders, newsletter]}
  visits:
    key: [id]
    links: [{fields: [customer_id], to: customers, role: owns}]
    fields:
      id: {category: none}
      customer_id: {category: user.unique_id, activities: [orders]}
"""
PLAIN, MARKETING = "recommendations", "newsletter"
IMPORTED = 1_000_000
ASKED = 3_000
CHECKED = 10_000
_AT_ONCE = 250_000


def measure(say: Callable[[str], None], *, rows: int) -> list[Result]:
    """Every case of this area; `rows` is the size of the ledger and of the table."""
    people = max(rows // 10, 3000)
    events = min(IMPORTED, rows)
    results = []
    with tempfile.TemporaryDirectory() as folder:
        engine = world(Path(folder), people, visits=rows)
        with engine:
            say(f"mapping {people:,} customers and {rows:,} visits")
            began = time.perf_counter()
            done = engine.row_maps.sync(actor="dpo")
            say(f"  {time.perf_counter() - began:.0f} s")
            seen(all(one.made for one in done))
            rate = imported(engine, Path(folder), people, events, PLAIN)
            results.append(_rate("imported into SQLite", rate, 50_000))
            rate = imported(engine, Path(folder), people, events // 4, MARKETING)
            say(f"of marketing, with the suppression list kept: {rate:,.0f} a second")
            fill(engine, rows)
            say(f"the ledger holds {rows:,} events")
            results += asked(engine, people, rows, say)
    if postgresql_url() is not None:
        with tempfile.TemporaryDirectory() as folder, own_database("postgresql") as url:
            text = url.render_as_string(hide_password=False)
            with world(Path(folder), people, visits=0, store=text) as engine:
                engine.row_maps.sync(["big.customers"], actor="dpo")
                rate = imported(engine, Path(folder), people, events, PLAIN)
                results.append(_rate("imported into PostgreSQL", rate, 40_000))
    return results


def seen(held: bool) -> None:  # noqa: FBT001 - a condition
    """Refuse to time what does not do its work."""
    if not held:
        raise RuntimeError("what was measured did not do what it should")


def _rate(name: str, rate: float, least: float) -> Result:
    """Events a second, as microseconds each against the limit."""
    return against_limit("consent", f"events {name}", [1e6 / rate], 1e6 / least, "µs each")


def world(folder: Path, people: int, *, visits: int, store: str | None = None) -> Engine:
    """A workspace over a source with so many customers."""
    with sqlite3.connect(folder / "big.db") as database:
        database.execute("CREATE TABLE customers (id INTEGER PRIMARY KEY, email TEXT)")
        database.execute("CREATE TABLE visits (id INTEGER PRIMARY KEY, customer_id INTEGER)")
        numbers = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ?) "
        database.execute(
            f"INSERT INTO customers {numbers} SELECT i, 'anna.' || i || '@a.example' FROM n",
            (people,),
        )
        if visits:
            database.execute(
                f"INSERT INTO visits {numbers} SELECT i, 1 + (i * 7919) % {people} FROM n",
                (visits,),
            )
    database.close()
    tables = f'[store]\nurl = "{store}"\n' if store else ""
    make(folder, {"big": SOURCE}, tables=tables, activities={PLAIN: "gdpr.6.1.a"})
    path = folder / "activities" / "newsletter.yaml"
    path.write_text(path.read_text() + "facts: {offered_to_child: false}\n")
    put_in_force(folder)
    engine = opened(folder, clock=system_clock)
    publish(engine, dataclasses.replace(NOTICE, activities=(PLAIN, MARKETING)))
    return engine


def imported(engine: Engine, folder: Path, people: int, events: int, activity: str) -> float:
    """Events a second."""
    dice = random.Random(7)
    begin = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)
    path = folder / "choices.csv"
    step = dt.timedelta(days=200) / events
    with path.open("w") as out:
        out.write("email,activity,kind,at,notice,language,method,act,channel,steps,explicit\n")
        for number in range(events):
            kind = "withdrawn" if dice.random() < 0.1 else "given"
            at = (begin + number * step).isoformat(timespec="milliseconds")
            out.write(
                f"anna.{1 + dice.randrange(people // 3)}@a.example,{activity},{kind},{at},"
                "newsletter@1,en,form@4,ticked,web,1,true\n"
            )
    declared = Declared(source="bench", begins=begin, ends=system_clock())
    began = time.perf_counter()
    made = engine.consent.import_file(path, declared, actor="dpo")
    spent = time.perf_counter() - began
    seen(made.recorded == events)
    return events / spent


def fill(engine: Engine, events: int) -> None:
    """Bring the ledger to so many events, past every check: more of the same kind."""
    with engine.store.read() as connection:
        held = connection.scalar(sa.select(sa.func.count()).select_from(consent_event)) or 0
        names = list(connection.scalars(sa.select(subject.c.id)))
        one = connection.execute(sa.select(consent_event).limit(1)).one()
    dice = random.Random(8)
    begin = to_millis(dt.datetime(2025, 1, 1, tzinfo=dt.UTC))
    while held < events:
        count = min(_AT_ONCE, events - held)
        digests = [os.urandom(32) for _ in range(count)]
        who = sorted(dice.choices(names, k=count))
        columns = {
            "subject_id": who,
            "activity": dice.choices(["newsletter", "orders", "recommendations"], k=count),
            "kind": dice.choices(["given", "withdrawn"], weights=[9, 1], k=count),
            "at": [begin + dice.randrange(30_000_000_000) for _ in range(count)],
            "received_at": [begin] * count,
            "circumstance_id": [one.circumstance_id] * count,
            "key": [digest[:16] for digest in digests],
            "digest": digests,
        }
        with engine.store.write() as connection:
            load(connection, consent_event, columns)
        held += count


def asked(engine: Engine, people: int, rows: int, say: Callable[[str], None]) -> Iterator[Result]:
    """Status, check and filter."""
    dice = random.Random(9)
    with engine.store.read() as connection:
        names = list(connection.scalars(sa.select(subject.c.id)))
    spent = []
    for who in dice.choices(names, k=ASKED):
        began = time.perf_counter()
        engine.consent.status(who, "newsletter")
        spent.append(1e6 * (time.perf_counter() - began))
    yield against_limit(
        "consent", f"status at {rows:,} events", [statistics.median(spent)], 100, "µs p50"
    )
    checked = []
    for _ in range(5):
        some = dice.sample(names, min(CHECKED, people))
        began = time.perf_counter()
        found = engine.consent.check(some, "newsletter")
        checked.append(time.perf_counter() - began)
        seen(len(found) == len(some))
    yield against_limit("consent", f"{CHECKED:,} people checked", checked, 0.2, "s")
    began = time.perf_counter()
    built(engine.parts, copies_of(engine.parts))
    say(f"snapshot of {rows:,} events built in {time.perf_counter() - began:.0f} s")
    yield from filtered(engine, rows, say)


def filtered(engine: Engine, rows: int, say: Callable[[str], None]) -> Iterator[Result]:
    """A table of so many rows, out of a Parquet file."""
    path = engine.workspace / "table.parquet"
    ids = pa.array(range(1, rows + 1), pa.int64())
    pq.write_table(pa.table({"id": ids, "amount": pc.multiply(ids, 0.37)}), path)
    spent = []
    for _ in range(3):
        file = pq.ParquetFile(path)
        table = pa.RecordBatchReader.from_batches(file.schema_arrow, file.iter_batches(1 << 17))
        began = time.perf_counter()
        with engine.consent.permitted(table, "newsletter", Named(rows="big.visits")) as held:
            out = sum(batch.num_rows for batch in held.batches)
        spent.append(time.perf_counter() - began)
    seen(sum(held.counts.values()) == rows)
    say(f"{out:,} of {rows:,} rows permitted; peak memory so far {_peak():.0f} MB")
    yield against_limit("consent", f"{rows:,} rows filtered", spent, 4.0 * max(1, rows / 1e7), "s")


def _peak() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
