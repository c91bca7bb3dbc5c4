"""Databases to test on, and a world for the connector suite on each kind."""

import decimal
import sqlite3

import pyarrow as pa
import pytest
import sqlalchemy as sa
from sqlalchemy.pool import NullPool

from govreg.connectors.interface import Context
from govreg.testing.connector_world import Lack
from govreg.testing.servers import own_database
from govreg_sql.connector import SqlConnector

TYPES = {
    "sqlite": {
        pa.int64(): "INTEGER",
        pa.string(): "TEXT",
        pa.decimal128(12, 2): "DECIMAL(12,2)",
        pa.bool_(): "BOOLEAN",
    },
    "postgresql": {
        pa.int64(): "integer",
        pa.string(): "text",
        pa.decimal128(12, 2): "numeric(12,2)",
        pa.date32(): "date",
        pa.timestamp("us"): "timestamp",
        pa.bool_(): "boolean",
    },
    "mariadb": {
        pa.int64(): "BIGINT",
        pa.string(): "VARCHAR(120)",
        pa.decimal128(12, 2): "DECIMAL(12,2)",
        pa.date32(): "DATE",
        pa.timestamp("us"): "DATETIME(6)",
    },
}
LACKS = {
    "sqlite": frozenset({Lack.DATE, Lack.TIMESTAMP}),
    "postgresql": frozenset(),
    "mariadb": frozenset({Lack.BOOLEAN}),
}


class Database:
    """One database, reached without the connector."""

    def __init__(self, kind, url, folder):
        self.kind, self.url, self.folder = kind, url, folder
        self.connector = SqlConnector()
        self.engine = sa.create_engine(url, poolclass=NullPool)

    # the connector's side

    def context(self, secrets=None):
        return Context(
            source="tested", workspace=self.folder, secret=lambda name: (secrets or {})[name]
        )

    def config(self):
        return {"url": self.url.render_as_string(hide_password=False)}

    def open(self, **more):
        config = SqlConnector.Config.model_validate({**self.config(), **more})
        return self.connector.open(config, self.context())

    def unreachable(self, secret):
        if self.kind == "sqlite":
            reference = f"sqlite:///{self.folder}/{secret}/none.db"
        else:
            reference = self.url.set(username="nobody", password=secret, database=secret)
            reference = reference.render_as_string(hide_password=False)
        return {"url": "env:URL"}, self.context({"env:URL": reference})

    # our own side

    def run(self, *statements):
        if self.kind == "sqlite":
            with sqlite3.connect(self.url.database) as raw:
                for statement in statements:
                    raw.executescript(statement)
            raw.close()
            return
        with self.engine.begin() as connection:
            for statement in statements:
                connection.exec_driver_sql(statement)

    def quoted(self, name):
        return self.engine.dialect.identifier_preparer.quote(name)

    def rows(self, statement):
        with self.engine.connect() as connection:
            return [tuple(row) for row in connection.exec_driver_sql(statement)]

    def clear(self):
        for name in sa.inspect(self.engine).get_table_names():
            self.run(f"DROP TABLE {self.quoted(name)}")

    def load(self, tables):
        self.clear()
        types = TYPES[self.kind]
        for name, table in tables.items():
            columns = [f"{column} {types[kind]}" for column, kind in table.columns.items()]
            if table.key:
                columns.append(f"PRIMARY KEY ({', '.join(table.key)})")
            self.run(f"CREATE TABLE {self.quoted(name)} ({', '.join(columns)})")
            if table.rows:
                marks = ", ".join(f":{column}" for column in table.columns)
                query = sa.text(f"INSERT INTO {self.quoted(name)} VALUES ({marks})")
                with self.engine.begin() as connection:
                    connection.execute(query, [self._bound(row) for row in table.rows])

    def _bound(self, row):
        if self.kind != "sqlite":
            return row
        return {n: str(v) if isinstance(v, decimal.Decimal) else v for n, v in row.items()}

    def read_raw(self, collection):
        with self.engine.connect() as connection:
            rows = [
                dict(row)
                for row in connection.exec_driver_sql(
                    f"SELECT * FROM {self.quoted(collection)}"
                ).mappings()
            ]
        return [self._raw(row) for row in rows]

    def _raw(self, row):
        """SQLite has neither decimals nor booleans: what the declared type means is said here."""
        if self.kind == "sqlite":
            if row.get("balance") is not None:
                row["balance"] = decimal.Decimal(str(row["balance"])).quantize(
                    decimal.Decimal("0.01")
                )
            if row.get("active") is not None:
                row["active"] = bool(row["active"])
        return row


@pytest.fixture(scope="session")
def postgresql():
    with own_database("postgresql") as url:
        yield url


@pytest.fixture(scope="session")
def mariadb():
    with own_database("mariadb") as url:
        yield url


@pytest.fixture
def lite(tmp_path):
    path = tmp_path / "shop.db"
    sqlite3.connect(path).close()
    return Database("sqlite", sa.URL.create("sqlite", database=str(path)), tmp_path)


@pytest.fixture
def post(postgresql, tmp_path):
    database = Database("postgresql", postgresql, tmp_path)
    yield database
    database.run(
        "DROP SCHEMA public CASCADE",
        "CREATE SCHEMA public",
        "GRANT USAGE ON SCHEMA public TO PUBLIC",
    )


@pytest.fixture
def maria(mariadb, tmp_path):
    database = Database("mariadb", mariadb, tmp_path)
    yield database
    database.run(
        "SET FOREIGN_KEY_CHECKS = 0",
        *(
            f"DROP TABLE {database.quoted(t)}"
            for t in sa.inspect(database.engine).get_table_names()
        ),
    )


EVERY = [
    pytest.param("lite", id="sqlite"),
    pytest.param("post", id="postgresql", marks=pytest.mark.postgresql),
    pytest.param("maria", id="mariadb", marks=pytest.mark.mariadb),
]


@pytest.fixture(params=EVERY)
def database(request):
    """Each kind of database in turn."""
    return request.getfixturevalue(request.param)
