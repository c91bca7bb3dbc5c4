import pyarrow as pa
import pytest
import sqlalchemy as sa

from govreg.register.catalogue import Fold, ForeignKey, Trigger

SQLITE = """
CREATE TABLE customers (
    id INTEGER PRIMARY KEY, email TEXT COLLATE NOCASE UNIQUE, name VARCHAR(20) NOT NULL, nick, photo BLOB,
    balance DECIMAL(10, 2), ratio REAL, vip BOOLEAN, born DATE,
    shown TEXT GENERATED ALWAYS AS (upper(name)) VIRTUAL
);
CREATE TABLE orders (
    id INTEGER PRIMARY KEY, customer_id INTEGER NOT NULL REFERENCES customers ON DELETE CASCADE,
    replaces INTEGER REFERENCES orders (id) ON DELETE SET NULL
);
CREATE TABLE codes (code TEXT NOT NULL, region TEXT NOT NULL, other TEXT, UNIQUE (code, region));
CREATE TABLE words (word TEXT, UNIQUE (word));
CREATE VIEW everybody AS SELECT * FROM customers;
CREATE INDEX ix_name ON customers (lower(name));
CREATE INDEX ix_part ON orders (replaces) WHERE replaces > 5;
CREATE TRIGGER keep_update_of AFTER DELETE ON customers BEGIN UPDATE orders SET id = id; END;
CREATE TRIGGER "on update" BEFORE UPDATE OF name ON customers BEGIN SELECT 1; END;
"""


def test_sqlite(lite):
    lite.run(SQLITE)
    with lite.open() as session:
        catalogue = session.discover()
    assert list(catalogue.collections) == ["codes", "customers", "orders", "words"]
    customers = catalogue.collections["customers"]
    assert {name: (c.type, c.source_type) for name, c in customers.columns.items()} == {
        "id": (pa.int64(), "INTEGER"),
        "email": (pa.string(), "TEXT"),
        "name": (pa.string(), "VARCHAR(20)"),
        "nick": (pa.string(), ""),
        "photo": (pa.binary(), "BLOB"),
        "balance": (pa.decimal128(10, 2), "DECIMAL(10, 2)"),
        "ratio": (pa.float64(), "REAL"),
        "vip": (pa.bool_(), "BOOLEAN"),
        "born": (pa.string(), "DATE"),
        "shown": (pa.string(), "TEXT"),
    }
    assert customers.key == ("id",)
    assert not customers.columns["id"].nullable
    assert customers.columns["email"].unique
    assert customers.columns["email"].indexed == {Fold.EXACT, Fold.CASE}
    assert customers.columns["name"].indexed == {Fold.CASE}
    assert customers.columns["name"].max_length is None  # declared, never enforced
    assert [name for name, c in customers.columns.items() if c.generated] == ["shown"]
    assert catalogue.collections["orders"].columns["replaces"].indexed == set()
    assert catalogue.collections["codes"].key == ("code", "region")
    assert not catalogue.collections["codes"].columns["code"].unique
    assert catalogue.collections["words"].key == ()  # a unique column that may be null is no key
    assert set(catalogue.foreign_keys) == {
        ForeignKey(
            name=None,
            collection="orders",
            fields=("customer_id",),
            to_collection="customers",
            to_fields=("id",),
            on_delete="cascade",
            deferrable=True,
        ),
        ForeignKey(
            name=None,
            collection="orders",
            fields=("replaces",),
            to_collection="orders",
            to_fields=("id",),
            on_delete="set_null",
            deferrable=True,
        ),
    }
    assert catalogue.triggers == (
        Trigger(name="keep_update_of", collection="customers", event="delete"),
        Trigger(name="on update", collection="customers", event="update"),
    )


def test_sqlite_estimates_come_from_analyze(lite):
    lite.run(
        "CREATE TABLE words (id INTEGER PRIMARY KEY, word TEXT); CREATE INDEX i ON words (word);"
    )
    lite.run("INSERT INTO words (word) VALUES ('a'), ('b'), ('c'); ANALYZE;")
    with lite.open() as session:
        assert session.discover().collections["words"].estimated_rows == 3


POSTGRESQL = (
    "CREATE TYPE mood AS ENUM ('glad', 'sad')",
    "CREATE DOMAIN short AS varchar(7)",
    """CREATE TABLE customers (
        id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, email varchar(80) UNIQUE, code char(6),
        mood mood, small numeric(5, 1), big numeric, at timestamptz, local timestamp, born date, ratio real,
        uid uuid, doc jsonb, tags text[], photo bytea, place point, nick short,
        shown text GENERATED ALWAYS AS (upper(email)) STORED)""",
    "CREATE TABLE orders (id int, customer bigint CONSTRAINT fk_customer REFERENCES customers ON DELETE SET NULL DEFERRABLE)",
    "CREATE UNIQUE INDEX ON orders (id) WHERE id > 5",
    "CREATE INDEX ON customers (lower(code))",
    "CREATE INDEX ON customers (lower(trim(nick)))",
    "CREATE INDEX ON customers USING gin (doc)",
    "CREATE VIEW everybody AS SELECT * FROM customers",
    "COMMENT ON TABLE customers IS 'who buys'",
    "COMMENT ON COLUMN customers.email IS 'where to write'",
    "CREATE TABLE log (id int PRIMARY KEY, at date) PARTITION BY RANGE (id)",
    "CREATE TABLE log_1 PARTITION OF log FOR VALUES FROM (0) TO (100)",
    "CREATE FUNCTION noop() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END'",
    "CREATE TRIGGER watch BEFORE INSERT OR UPDATE ON customers FOR EACH ROW EXECUTE FUNCTION noop()",
    "CREATE SCHEMA crm",
    "CREATE TABLE crm.people (id int PRIMARY KEY, customer bigint REFERENCES customers ON DELETE CASCADE)",
    "CREATE TABLE crm.notes (id int PRIMARY KEY, person int REFERENCES crm.people ON DELETE RESTRICT)",
    "CREATE TRIGGER crm_watch AFTER DELETE ON crm.people FOR EACH ROW EXECUTE FUNCTION noop()",
)


@pytest.fixture
def shop(post):
    post.run(*POSTGRESQL)
    yield post
    post.run("DROP SCHEMA crm CASCADE")


@pytest.mark.postgresql
def test_postgresql(shop):
    with shop.open() as session:
        catalogue = session.discover()
    assert set(catalogue.collections) == {"customers", "orders", "log"}
    customers = catalogue.collections["customers"]
    columns = customers.columns
    assert {name: c.type for name, c in columns.items()} == {
        "id": pa.int64(),
        "email": pa.string(),
        "code": pa.string(),
        "mood": pa.string(),
        "small": pa.decimal128(5, 1),
        "big": pa.string(),
        "at": pa.timestamp("us", tz="UTC"),
        "local": pa.timestamp("us"),
        "born": pa.date32(),
        "ratio": pa.float64(),
        "uid": pa.string(),
        "doc": pa.string(),
        "tags": pa.string(),
        "photo": pa.binary(),
        "place": pa.string(),
        "nick": pa.string(),
        "shown": pa.string(),
    }
    assert columns["mood"].allowed == ("glad", "sad")
    assert columns["email"].max_length == 80
    assert columns["email"].comment == "where to write"
    assert customers.comment == "who buys"
    assert {name for name, c in columns.items() if c.generated} == {"id", "shown"}
    assert columns["email"].indexed == {Fold.EXACT}
    assert columns["code"].indexed == {Fold.CASE}
    assert columns["nick"].indexed == {Fold.CASE}
    assert columns["doc"].indexed == set()
    assert [note for note in customers.notes if "place" in note]
    assert catalogue.collections["orders"].key == ()
    fk = {
        (k.collection, k.fields): (k.to_collection, k.to_fields, k.on_delete, k.deferrable)
        for k in catalogue.foreign_keys
    }
    assert fk == {
        ("orders", ("customer",)): ("customers", ("id",), "set_null", True),
        ("crm.people", ("customer",)): ("customers", ("id",), "cascade", False),
        ("crm.notes", ("person",)): ("crm.people", ("id",), "restrict", False),
    }
    assert {k.name for k in catalogue.foreign_keys} >= {"fk_customer"}
    assert set(catalogue.triggers) == {
        Trigger(name="watch", collection="customers", event="insert,update"),
        Trigger(name="crm_watch", collection="crm.people", event="delete"),
    }


@pytest.mark.postgresql
def test_postgresql_other_schema(shop):
    shop.run("INSERT INTO crm.people VALUES (1, NULL), (2, NULL)")
    with shop.open(schemas=["public", "crm"]) as session:
        assert set(session.discover().collections) == {
            "customers",
            "orders",
            "log",
            "crm.people",
            "crm.notes",
        }
        assert session.count("crm.people").value == 2
        assert session.capabilities("crm.people").ops >= session.capabilities("customers").ops
    with shop.open(schemas=["crm"]) as session:
        assert set(session.discover().collections) == {"crm.people", "crm.notes"}
    with shop.open() as session:  # an unregistered table can still be counted in
        assert session.tally("crm.people", ["id"], [(1,), (7,)]) == 1


@pytest.mark.postgresql
def test_postgresql_table_that_may_not_be_read(shop):
    shop.run("CREATE ROLE govreg_test_clerk LOGIN", "GRANT SELECT ON orders TO govreg_test_clerk")
    shop.url = shop.url.set(username="govreg_test_clerk")
    try:
        with shop.open() as session:
            catalogue = session.discover()
        assert set(catalogue.collections) == {"orders"}
        assert catalogue.unreadable == {"customers": "not_permitted", "log": "not_permitted"}
        assert {k.collection for k in catalogue.foreign_keys} >= {"orders", "crm.people"}
    finally:
        shop.run("DROP OWNED BY govreg_test_clerk", "DROP ROLE govreg_test_clerk")


@pytest.mark.mariadb
def test_mariadb(maria):
    maria.run(
        """CREATE TABLE customers (
            id INT UNSIGNED PRIMARY KEY AUTO_INCREMENT, big BIGINT UNSIGNED, email VARCHAR(80) COMMENT 'where to write',
            token VARCHAR(40) COLLATE utf8mb4_bin, mood ENUM('glad', 'sad'), kinds SET('a', 'b'), doc JSON, photo LONGBLOB,
            raw VARBINARY(8), year YEAR, at TIMESTAMP(6) NULL, clock TIME, price DECIMAL(9, 3), ratio DOUBLE, free TEXT,
            shown VARCHAR(80) AS (upper(email)) VIRTUAL, KEY (email), KEY (token), FULLTEXT (free)) COMMENT 'who buys'""",
        "CREATE TABLE orders (id INT PRIMARY KEY, customer INT UNSIGNED, CONSTRAINT fk_customer FOREIGN KEY (customer) REFERENCES customers (id) ON DELETE CASCADE)",
        "CREATE TABLE kept (id INT PRIMARY KEY, word VARCHAR(9)) WITH SYSTEM VERSIONING",
        "CREATE TRIGGER watch BEFORE DELETE ON customers FOR EACH ROW SET @gone = OLD.id",
        "CREATE VIEW everybody AS SELECT id FROM customers",
    )
    try:
        with maria.open() as session:
            catalogue = session.discover()
    finally:
        maria.run("DROP VIEW everybody", "DROP TABLE kept")
    assert set(catalogue.collections) == {"customers", "kept", "orders"}
    columns = catalogue.collections["customers"].columns
    assert {name: c.type for name, c in columns.items()} == {
        "id": pa.int64(),
        "big": pa.uint64(),
        "email": pa.string(),
        "token": pa.string(),
        "mood": pa.string(),
        "kinds": pa.string(),
        "doc": pa.string(),
        "photo": pa.binary(),
        "raw": pa.binary(),
        "year": pa.int64(),
        "at": pa.timestamp("us"),
        "clock": pa.string(),
        "price": pa.decimal128(9, 3),
        "ratio": pa.float64(),
        "free": pa.string(),
        "shown": pa.string(),
    }
    assert columns["email"].indexed == {Fold.EXACT, Fold.CASE}
    assert columns["token"].indexed == {Fold.EXACT}
    assert columns["free"].indexed == set()
    assert columns["mood"].allowed == ("glad", "sad")
    assert columns["email"].comment == "where to write"
    assert columns["shown"].generated
    assert catalogue.collections["customers"].comment == "who buys"
    assert "system versioning" in catalogue.collections["kept"].notes[0]
    assert catalogue.foreign_keys == (
        ForeignKey(
            name="fk_customer",
            collection="orders",
            fields=("customer",),
            to_collection="customers",
            to_fields=("id",),
            on_delete="cascade",
        ),
    )
    assert catalogue.triggers == (Trigger(name="watch", collection="customers", event="delete"),)


@pytest.mark.mariadb
def test_mariadb_link_from_another_database(maria):
    other = f"{maria.url.database}_crm"
    ours = maria.url.database
    maria.run(
        "CREATE TABLE customers (a INT, b INT, PRIMARY KEY (a, b))", f"CREATE DATABASE {other}"
    )
    try:
        maria.run(
            f"CREATE TABLE {other}.people (id INT PRIMARY KEY, b INT, a INT, "
            f"CONSTRAINT fk FOREIGN KEY (a, b) REFERENCES {ours}.customers (a, b) ON DELETE CASCADE)",
            "INSERT INTO customers VALUES (1, 2)",
            f"INSERT INTO {other}.people VALUES (9, 2, 1)",
        )
        with maria.open() as session:
            (link,) = session.discover().foreign_keys
            assert link == ForeignKey(
                name="fk",
                collection=f"{other}.people",
                fields=("a", "b"),
                to_collection="customers",
                to_fields=("a", "b"),
                on_delete="cascade",
            )
            assert set(session.discover().collections) == {"customers"}
            assert session.tally(link.collection, link.fields, [(1, 2)]) == 1
    finally:
        maria.run(f"DROP DATABASE {other}")


def test_schema_is_read_once_and_anew_on_forget(lite):
    lite.run("CREATE TABLE a (id INTEGER PRIMARY KEY)")
    with lite.open() as session:
        first = session.discover()
        statements = []
        sa.event.listen(
            session.engine, "before_cursor_execute", lambda c, cu, s, *a: statements.append(s)
        )
        assert session.discover() is first
        assert statements == []
