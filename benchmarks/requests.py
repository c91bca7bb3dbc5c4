"""Access and erasure of one person among many, in SQLite and PostgreSQL.

Own time is wall time less the time inside the database driver. Statements are counted for each
collection. One person is ordinary (some 8 rows), one is heavy (11,000 rows to read, 2,000 to erase).
"""

from __future__ import annotations

import gc
import sqlite3
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import sqlalchemy as sa
from sqlalchemy.pool import NullPool
from tests.journeys.workspace import GONE, confirmed_plan, make, verified

from benchmarks.frame import Result, against_limit
from govreg.cli.main import COLLECT_AFTER
from govreg.engine import Engine, open_engine
from govreg.testing.servers import own_database, postgresql_url

SOURCE = """\
govreg_source: 1
source: big
title: Big
connector: sql
config: {url: "URL"}
owner: O
collections:
  customers:
    key: [id]
    subject: customer
    fields:
      id: {category: user.unique_id, identifier: customer_id, activities: [orders]}
      email: {category: user.contact.email, identifier: email, activities: [orders]}
      name: {category: user.name, activities: [orders]}
  orders:
    key: [id]
    links: [{fields: [customer_id], to: customers, role: owns}]
    fields:
      id: {category: none}
      customer_id: {category: user.unique_id, activities: [orders]}
      note: {category: user.behavior, activities: [orders]}
  events:
    key: [id]
    links: [{fields: [customer_id], to: customers, role: owns}]
    fields:
      id: {category: none}
      customer_id: {category: user.unique_id, activities: [orders]}
      what: {category: user.behavior, activities: [orders]}
"""

NUMBERS = {
    "sqlite": "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {n}) "
    "SELECT {what} FROM n",
    "postgresql": "SELECT {what} FROM generate_series(1, {n}) AS n(i)",
}
READ, ERASE = 2, 3
HEAVY = {READ: 11_000, ERASE: 2_000}


def statements(kind: str, customers: int) -> Iterator[str]:
    """The statements that fill the database."""
    series = NUMBERS[kind]
    yield "CREATE TABLE customers (id BIGINT PRIMARY KEY, email TEXT, name TEXT)"
    yield "CREATE TABLE orders (id BIGINT PRIMARY KEY, customer_id BIGINT REFERENCES customers, note TEXT)"
    yield "CREATE TABLE events (id BIGINT PRIMARY KEY, customer_id BIGINT REFERENCES customers, what TEXT)"
    yield "INSERT INTO customers " + series.format(
        n=customers, what="i, 'c' || i || '@a.example', 'Name ' || i"
    )
    for table, count in (("orders", 2 * customers), ("events", 3 * customers)):
        what = f"i, 1 + mod(i * 7, {customers}), 'row ' || i"
        yield f"INSERT INTO {table} " + series.format(n=count, what=what)
    at = 3 * customers
    for person, rows in HEAVY.items():
        yield "INSERT INTO events " + series.format(
            n=rows, what=f"i + {at}, {person}, 'heavy ' || i"
        )
        at += rows
    yield "CREATE INDEX customers_email ON customers (lower(email))"
    yield "CREATE INDEX orders_customer ON orders (customer_id)"
    yield "CREATE INDEX events_customer ON events (customer_id)"


class Driver:
    """Time inside the database driver, and statements by collection, while it is watched."""

    def __init__(self) -> None:
        self.seconds = 0.0
        self.statements: Counter[str] = Counter()
        self._began = 0.0

    @contextmanager
    def watched(self) -> Iterator[None]:
        """Watch every engine."""
        sa.event.listen(sa.Engine, "before_cursor_execute", self._before)
        sa.event.listen(sa.Engine, "after_cursor_execute", self._after)
        try:
            yield
        finally:
            sa.event.remove(sa.Engine, "before_cursor_execute", self._before)
            sa.event.remove(sa.Engine, "after_cursor_execute", self._after)

    def _before(self, *_: object) -> None:
        self._began = time.perf_counter()

    def _after(self, _c: object, _cursor: object, statement: str, *_: object) -> None:
        self.seconds += time.perf_counter() - self._began
        if statement.lstrip().upper().startswith("PRAGMA") or "sqlite_" in statement:
            return  # reads of the schema, one set for each connection
        for table in ("customers", "orders", "events"):
            if f" {table} " in f"{statement} " or f'"{table}"' in statement:
                self.statements[table] += 1
                break


def timed(act: Callable[[], object]) -> tuple[float, float, Counter[str]]:
    """Wall seconds, own seconds and statements of an act."""
    driver = Driver()
    with driver.watched():
        began = time.perf_counter()
        act()
        wall = time.perf_counter() - began
    return wall, wall - driver.seconds, driver.statements


def access(engine: Engine, customer: int) -> tuple[float, float, Counter[str]]:
    """One access, from the search to the sealed answer."""
    request = verified(engine, "access", {"email": f"c{customer}@a.example"})
    engine.requests.plan(request, actor="dpo")
    return timed(lambda: list(engine.requests.run(request, actor="dpo")))


def erasure(engine: Engine, customer: int) -> tuple[float, float, Counter[str], float]:
    """One approved erasure, from the first write to the certificate; clean-up apart."""
    request = verified(engine, "erasure", {"email": f"c{customer}@a.example"}, GONE)
    confirmed_plan(engine, request)
    engine.requests.approve(request, actor="second")
    cleaning: list[float] = []
    import govreg.erasure.apply as apply_module

    real = apply_module.clean

    def clean(*arguments: object) -> object:
        began = time.perf_counter()
        done = real(*arguments)  # type: ignore[arg-type]
        cleaning.append(time.perf_counter() - began)
        return done

    apply_module.clean = clean  # type: ignore[assignment]
    try:
        wall, own, counted = timed(lambda: list(engine.requests.run(request, actor="dpo")))
    finally:
        apply_module.clean = real
    if engine.requests.get(request).outcome != "complete":
        raise RuntimeError("the erasure that was measured is not complete")
    return wall - sum(cleaning), own - sum(cleaning), counted, sum(cleaning)


def measure(say: Callable[[str], None], *, customers: int) -> list[Result]:
    """Every case of this area."""
    results: list[Result] = []
    with tempfile.TemporaryDirectory() as name:
        path = Path(name) / "big.db"
        began = time.perf_counter()
        with sqlite3.connect(path) as database:
            database.create_function("mod", 2, lambda a, b: a % b, deterministic=True)
            database.execute("PRAGMA journal_mode=OFF")
            for statement in statements("sqlite", customers):
                database.execute(statement)
        database.close()
        say(f"sqlite: {customers:,} customers in {time.perf_counter() - began:.0f} s")
        results += cases(say, "sqlite", Path(name), "sqlite:///big.db")
    if postgresql_url() is None:
        say("postgresql: not measured, no server answers")
        return results
    with own_database("postgresql") as url, tempfile.TemporaryDirectory() as name:
        began = time.perf_counter()
        filling = sa.create_engine(url, poolclass=NullPool, isolation_level="AUTOCOMMIT")
        with filling.connect() as connection:
            for statement in statements("postgresql", customers):
                connection.exec_driver_sql(statement)
            connection.exec_driver_sql("ANALYZE")
        filling.dispose()
        say(f"postgresql: {customers:,} customers in {time.perf_counter() - began:.0f} s")
        text = url.render_as_string(hide_password=False)
        results += cases(say, "postgresql", Path(name), text)
    return results


def cases(say: Callable[[str], None], kind: str, folder: Path, url: str) -> list[Result]:
    """The cases on one database."""
    gc.set_threshold(COLLECT_AFTER)
    make(folder, {"big": SOURCE.replace("URL", url)})
    with open_engine(folder) as engine:
        access(engine, 50)  # imports and caches
        erasure(engine, 51)
        reads = [access(engine, 100 + at) for at in range(5)]
        erasures = [erasure(engine, 200 + at) for at in range(5)]
        heavy_read = [access(engine, READ) for _ in range(3)]
        heavy_erase = [erasure(engine, ERASE)]
    say(f"{kind}: statements of one access {dict(reads[0][2])}, erasure {dict(erasures[0][2])}")
    say(f"{kind}: byte clean-up after an erasure {erasures[0][3]:.2f} s, not counted below")
    worst = max(max(counts.values(), default=0) for _, _, counts, _ in erasures)
    return [
        against_limit("requests", f"{kind} access, own s", [r[1] for r in reads], 0.3, "s"),
        against_limit("requests", f"{kind} erasure, own s", [r[1] for r in erasures], 0.3, "s"),
        against_limit(
            "requests", f"{kind} access 11,000 rows, wall s", [r[0] for r in heavy_read], 0.5, "s"
        ),
        against_limit(
            "requests", f"{kind} erasure 2,000 rows, wall s", [r[0] for r in heavy_erase], 1.0, "s"
        ),
        against_limit(
            "requests", f"{kind} erasure, statements a collection", [worst], 8, "statements"
        ),
    ]
