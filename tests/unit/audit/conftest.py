"""A log in a real store, written, signed and published."""

import datetime as dt
import json
import uuid
from pathlib import Path

import pytest
import sqlalchemy as sa

from govreg.audit.entry import Entry
from govreg.audit.log import append, sign_checkpoint
from govreg.audit.signature import SigningKey
from govreg.audit.tables import audit_checkpoint, audit_entry, audit_node
from govreg.database import Store, metadata, sqlite_url

VECTORS = Path(__file__).parents[2] / "vectors" / "audit"
ORIGIN = "acme.example/audit"
TABLES = [audit_entry, audit_node, audit_checkpoint]
POSTGRESQL = "postgresql+psycopg://postgres@127.0.0.1:5432/test"


class Log:
    """A store with one log, and the few moves that tests make on it."""

    def __init__(self, store):
        self.store = store
        self.key = SigningKey(bytes(range(32)))
        self.origin = ORIGIN
        self.verify_key = self.key.verify_key(ORIGIN)
        self.key_text = self.verify_key.to_text()
        self.at = dt.datetime(2026, 3, 5, 8, 30, tzinfo=dt.UTC)

    def entry(self, number):
        return Entry(
            at=self.at + dt.timedelta(seconds=number),
            action="request.opened",
            actor="maija",
            counts={"number": number},
        )

    def add(self, count):
        with self.store.write() as connection:
            first = connection.scalar(sa.select(sa.func.count()).select_from(audit_entry))
            return append(connection, [self.entry(first + each) for each in range(count)])

    def sign(self, key=None, **options):
        with self.store.write() as connection:
            return sign_checkpoint(connection, key or self.key, self.origin, self.at, **options)

    def grow(self, count):
        self.add(count)
        return self.sign()

    def run(self, statement, **values):
        """Tamper: what somebody with the database's password can do."""
        with self.store.write() as connection:
            connection.execute(sa.text(statement), values)


@pytest.fixture
def vectors():
    def read(name):
        body = json.loads((VECTORS / f"{name}.json").read_text(encoding="utf-8"))
        assert body["format"] == f"govreg-audit-{name}-vectors"
        assert body["version"] == 1
        return body

    return read


@pytest.fixture
def log(tmp_path):
    store = Store(sqlite_url(tmp_path / "register.db"))
    with store.write() as connection:
        metadata.create_all(connection, tables=TABLES)
    yield Log(store)
    store.close()


@pytest.fixture
def postgresql_log():
    engine = sa.create_engine(POSTGRESQL, connect_args={"connect_timeout": 2})
    schema = f"audit_{uuid.uuid4().hex}"
    try:
        with engine.begin() as connection:
            connection.execute(sa.schema.CreateSchema(schema))
    except sa.exc.OperationalError:
        engine.dispose()
        pytest.skip("no PostgreSQL server")
    store = Store(f"{POSTGRESQL}?options=-csearch_path%3D{schema}")
    try:
        with store.write() as connection:
            metadata.create_all(connection, tables=TABLES)
        yield Log(store)
    finally:
        store.close()
        with engine.begin() as connection:
            connection.execute(sa.schema.DropSchema(schema, cascade=True))
        engine.dispose()
