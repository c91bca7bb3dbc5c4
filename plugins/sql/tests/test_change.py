import datetime as dt
import sqlite3
import threading

import pytest
import sqlalchemy as sa

from govreg.connectors.plan import Change, ChangeKind, fingerprint, schema_hash
from govreg.testing.connector_changes import Notes, change, planned

SHOP = (
    (
        "CREATE TABLE customers (id INTEGER PRIMARY KEY, email VARCHAR(80) NOT NULL, nick VARCHAR(80), age INTEGER, "
        "CONSTRAINT uq_nick UNIQUE (nick), CONSTRAINT ck_age CHECK (age < 150))"
    ),
    (
        "CREATE TABLE orders (id INTEGER PRIMARY KEY, customer INTEGER, note VARCHAR(80), "
        "CONSTRAINT fk_customer FOREIGN KEY (customer) REFERENCES customers (id))"
    ),
    "INSERT INTO customers VALUES (1, 'a@x', 'a', 20), (2, 'b@x', 'b', 30), (3, 'c@x', 'c', 40)",
    "INSERT INTO orders VALUES (10, 1, 'one'), (11, 1, 'two'), (12, 2, 'three')",
)


@pytest.fixture
def shop(database):
    database.run(*SHOP)
    return database


def kinds(outcomes):
    return [(str(outcome.kind), outcome.code) for outcome in outcomes]


def held(shop):
    return shop.rows("SELECT * FROM customers ORDER BY id"), shop.rows(
        "SELECT * FROM orders ORDER BY id"
    )


def test_fingerprint_of_a_followed_row_is_the_locked_one(shop):
    with shop.open() as session:
        plan = planned(session, change(session, "customers", [(1,)], {"nick": None}))
        notes = Notes()
        assert kinds(session.apply(plan, notes)) == [("done", None)]
    assert notes.written == [(0, "customers", "sent"), (0, "customers", "committed")]


@pytest.mark.parametrize(
    ("assign", "names"),
    [
        ({"email": None}, {"customers.email", "email"}),
        ({"nick": "same"}, {"customers.nick", "uq_nick", "customers.uq_nick"}),
        ({"age": 200}, {"ck_age", "customers.ck_age"}),
    ],
)
def test_violated_constraint_rolls_everything_back(shop, assign, names):
    before = held(shop)
    with shop.open() as session:
        plan = planned(
            session,
            change(session, "orders", [(10,)]),
            change(session, "customers", [(1,), (2,)], assign),
            change(session, "orders", [(12,)]),
        )
        notes = Notes()
        outcomes = session.apply(plan, notes)
        assert [str(o.kind) for o in outcomes] == ["refused"] * 3
        assert (outcomes[0].code, outcomes[2].code) == ("rolled_back", "rolled_back")
        lead, _, name = outcomes[1].code.partition(":")
        assert lead == "constraint"
        assert name in names
        assert "committed" not in {state for _, _, state in notes.written}
        assert held(shop) == before
        assert session.count("orders").value == 3  # the session is fit for more


def test_link_that_would_break(shop):
    before = held(shop)
    with shop.open() as session:
        plan = planned(session, change(session, "customers", [(1,)]))
        ((kind, code),) = kinds(session.apply(plan, Notes()))
    assert kind == "refused"
    assert code.startswith("constraint:")
    assert held(shop) == before


def test_parent_before_child_where_checks_can_wait(shop):
    if shop.kind == "mariadb":
        return  # its checks never wait
    if shop.kind == "postgresql":
        shop.run("ALTER TABLE orders ALTER CONSTRAINT fk_customer DEFERRABLE")
    with shop.open() as session:
        assert session.discover().foreign_keys[0].deferrable
        plan = planned(
            session,
            change(session, "customers", [(1,)]),
            change(session, "orders", [(10,), (11,)]),
        )
        assert kinds(session.apply(plan, Notes())) == [("done", None)] * 2
        plan = planned(session, change(session, "customers", [(2,)]))
        ((kind, code),) = kinds(session.apply(plan, Notes()))  # found at the commit
        assert (kind, code.partition(":")[0]) == ("refused", "constraint")
    assert [row[0] for row in held(shop)[0]] == [2, 3]


def test_rows_that_fall_with_others_of_the_plan(database):
    database.run(
        "CREATE TABLE staff (id INTEGER PRIMARY KEY, boss INTEGER, "
        "FOREIGN KEY (boss) REFERENCES staff (id) ON DELETE CASCADE)",
        "INSERT INTO staff VALUES (1, NULL), (2, 1), (3, 2), (4, NULL)",
    )
    with database.open() as session:
        plan = planned(session, change(session, "staff", [(1,), (2,), (3,)]))
        (outcome,) = session.apply(plan, Notes())
    assert (str(outcome.kind), outcome.affected) == ("done", 3)
    assert database.rows("SELECT id FROM staff") == [(4,)]


TRIGGERS = {
    "sqlite": (
        (
            "CREATE TRIGGER put_back AFTER UPDATE ON customers WHEN NEW.nick IS NULL BEGIN "
            "UPDATE customers SET nick = OLD.nick WHERE id = OLD.id; END"
        ),
    ),
    "postgresql": (
        "CREATE FUNCTION undo() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN NEW.nick := OLD.nick; RETURN NEW; END'",
        "CREATE TRIGGER put_back BEFORE UPDATE ON customers FOR EACH ROW EXECUTE FUNCTION undo()",
    ),
    "mariadb": (
        "CREATE TRIGGER put_back BEFORE UPDATE ON customers FOR EACH ROW SET NEW.nick = OLD.nick",
    ),
}


def test_trigger_that_undoes_an_update_shows_when_read_back(shop):
    shop.run(*TRIGGERS[shop.kind])
    with shop.open() as session:
        assert [trigger.name for trigger in session.discover().triggers] == ["put_back"]
        plan = planned(session, change(session, "customers", [(1,)], {"nick": None}))
        assert kinds(session.apply(plan, Notes())) == [("done", None)]
    with shop.open() as session:
        (page,) = session.follow("customers", ["id"], [(1,)], columns=["nick"])
    assert page.batch.to_pylist() == [{"nick": "a"}]


@pytest.mark.postgresql
def test_trigger_that_holds_a_deletion_back_is_a_conflict(post):
    post.run(
        *SHOP,
        "CREATE FUNCTION keep() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END'",
        "CREATE TRIGGER keep BEFORE DELETE ON orders FOR EACH ROW WHEN (OLD.id = 11) EXECUTE FUNCTION keep()",
    )
    with post.open() as session:
        plan = planned(session, change(session, "orders", [(10,), (11,)]))
        assert kinds(session.apply(plan, Notes())) == [("conflict", "other_count")]
    assert len(held(post)[1]) == 3


def test_update_to_what_is_there_already_counts_the_row(shop):
    """MariaDB counts rows that differ, unless it is told to count rows that match."""
    with shop.open() as session:
        plan = planned(session, change(session, "customers", [(1,), (2,)], {"age": 20}))
        (outcome,) = session.apply(plan, Notes())
    assert (str(outcome.kind), outcome.affected) == ("done", 2)


def test_one_change_already_made_does_not_hold_the_other_up(shop):
    with shop.open() as session:
        first, second = change(session, "orders", [(10,)]), change(session, "customers", [(3,)])
        both = planned(session, first, second)
        assert kinds(session.apply(planned(session, first), Notes())) == [("done", None)]
        notes = Notes()
        assert kinds(session.apply(both, notes)) == [("already", None), ("done", None)]
        assert {position for position, _, _ in notes.written} == {1}


def test_fields_that_are_no_key_are_refused(shop):
    with shop.open() as session:
        plan = planned(session, change(session, "orders", [(10,)]))
        only = plan.changes[0]
        for key, row in ((("customer",), (1,)), ((), ())):
            moved = type(only)(
                collection="orders",
                key=key,
                kind=only.kind,
                rows=(row,),
                fingerprints=(fingerprint([]),),
                guard=(),
                assign={},
            )
            bad = type(plan)(source="tested", schema_hash=plan.schema_hash, changes=(moved,))
            assert kinds(session.apply(bad, Notes())) == [("refused", "no_key")]


def test_generated_column_is_named_and_refused(database):
    words = {
        "sqlite": "AS (upper(name))",
        "postgresql": "GENERATED ALWAYS AS (upper(name)) STORED",
        "mariadb": "AS (upper(name)) PERSISTENT",
    }
    database.run(
        f"CREATE TABLE t (id INTEGER PRIMARY KEY, name VARCHAR(20), shown VARCHAR(20) {words[database.kind]})",
        "INSERT INTO t (id, name) VALUES (1, 'ada')",
    )
    with database.open() as session:
        columns = session.discover().collections["t"].columns
        assert [name for name, column in columns.items() if column.generated] == ["shown"]
        ((kind, _),) = kinds(
            session.apply(planned(session, change(session, "t", [(1,)], {"shown": "x"})), Notes())
        )
        assert kind == "refused"
        assert kinds(
            session.apply(planned(session, change(session, "t", [(1,)], {"name": None})), Notes())
        ) == [("done", None)]
    assert database.rows("SELECT name, shown FROM t") == [(None, None)]


def test_schema_hash_is_read_anew(shop):
    with shop.open() as session:
        plan = planned(session, change(session, "orders", [(10,)]))
        shop.run("ALTER TABLE orders ADD COLUMN extra INTEGER")
        assert kinds(session.apply(plan, Notes())) == [("refused", "schema_moved")]
        shop.run("CREATE TABLE bystander (id INTEGER PRIMARY KEY)")
        again = planned(session, change(session, "orders", [(10,)]))
        shop.run("DROP TABLE bystander")
        assert again.schema_hash == schema_hash(session.discover(), ["orders"])
        assert kinds(session.apply(again, Notes())) == [("done", None)]


def test_journal_that_fails_rolls_back(shop):
    class Broken(Notes):
        def note(self, **_):
            raise OSError("the journal's disk is full")

    with shop.open() as session:
        plan = planned(session, change(session, "orders", [(10,)]))
        with pytest.raises(OSError, match="disk is full"):
            session.apply(plan, Broken())
        assert len(held(shop)[1]) == 3
        assert kinds(session.apply(plan, Notes())) == [("done", None)]


def test_a_row_locked_by_another_is_waited_for(shop):
    """The other transaction commits a change meanwhile: the plan conflicts, nothing is lost."""
    with shop.open() as session:
        plan = planned(session, change(session, "customers", [(1,)], {"nick": None}))
        locked, go = threading.Event(), threading.Event()

        def other():
            if shop.kind == "sqlite":
                raw = sqlite3.connect(shop.url.database, isolation_level=None)
                raw.execute("BEGIN IMMEDIATE")
                raw.execute("UPDATE customers SET age = 99 WHERE id = 1")
                locked.set()
                go.wait(5)
                raw.execute("COMMIT")
                raw.close()
                return
            with shop.engine.begin() as connection:
                connection.exec_driver_sql("UPDATE customers SET age = 99 WHERE id = 1")
                locked.set()
                go.wait(5)

        thread = threading.Thread(target=other)
        thread.start()
        assert locked.wait(5)
        threading.Timer(0.3, go.set).start()
        outcomes = session.apply(plan, Notes())
        thread.join()
    assert kinds(outcomes) == [("conflict", "row_changed")]
    assert held(shop)[0][0] == (1, "a@x", "a", 99)


class Killer(Notes):
    """Kills the connection of the session at the n-th note."""

    def __init__(self, shop, session, at):
        super().__init__()
        self.shop, self.session, self.at = shop, session, at
        query = (
            "SELECT pg_backend_pid()" if shop.kind == "postgresql" else "SELECT CONNECTION_ID()"
        )
        self.number = session.connection.exec_driver_sql(query).scalar_one()
        session.connection.rollback()

    def note(self, **kept):
        super().note(**kept)
        if len(self.written) == self.at:
            statement = (
                "SELECT pg_terminate_backend({})" if self.shop.kind == "postgresql" else "KILL {}"
            )
            self.shop.run(statement.format(self.number))


@pytest.mark.parametrize(
    "kind",
    [
        pytest.param("post", marks=pytest.mark.postgresql),
        pytest.param("maria", marks=pytest.mark.mariadb),
    ],
)
def test_connection_killed_in_the_middle(request, kind):
    shop = request.getfixturevalue(kind)
    shop.run(*SHOP)
    before = held(shop)
    with shop.open() as session:
        plan = planned(
            session,
            change(session, "orders", [(10,)]),
            change(session, "customers", [(1,)], {"nick": None}),
        )
        outcomes = session.apply(plan, Killer(shop, session, 2))
        assert kinds(outcomes) == [("refused", "connection_lost")] * 2
        assert held(shop) == before
        assert session.count("orders").value == 3  # on a new connection
        assert kinds(session.apply(plan, Notes())) == [("done", None)] * 2


@pytest.mark.postgresql
def test_connection_lost_during_the_commit_leaves_it_unknown(post):
    post.run(
        *SHOP,
        "CREATE FUNCTION die() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN PERFORM pg_terminate_backend(pg_backend_pid()); RETURN NULL; END'",
        "CREATE CONSTRAINT TRIGGER die AFTER DELETE ON orders DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION die()",
    )
    with post.open() as session:
        plan = planned(
            session, change(session, "customers", [(3,)]), change(session, "orders", [(10,)])
        )
        notes = Notes()
        assert kinds(session.apply(plan, notes)) == [("unknown", "connection_lost")] * 2
        assert "committed" not in {state for _, _, state in notes.written}
        assert [str(v) for v in session.verify("orders", ["id"], [(10,)])] == ["present"]


def test_statements_do_not_grow_with_the_rows(database):
    database.run("CREATE TABLE t (id INTEGER PRIMARY KEY, word VARCHAR(20))")
    with database.engine.begin() as connection:
        connection.execute(
            sa.text("INSERT INTO t VALUES (:n, :t)"), [{"n": n, "t": f"t{n}"} for n in range(4000)]
        )
    with database.open() as session:
        few = planned(session, change(session, "t", [(n,) for n in range(5)], {"word": None}))
        many = planned(
            session, change(session, "t", [(n,) for n in range(5, 4000)], {"word": None})
        )
        counted = []
        for plan in (few, many):
            said = []
            sa.event.listen(
                session.engine,
                "before_cursor_execute",
                lambda c, cu, text, *a, said=said: said.append(text),
            )
            assert kinds(session.apply(plan, Notes())) == [("done", None)]
            counted.append(
                len([text for text in said if text.startswith(("SELECT t.", "UPDATE"))])
            )
    assert counted == [2, 2]


def test_sqlite_overwrites_what_it_deletes(lite):
    lite.run(
        "CREATE TABLE t (id INTEGER PRIMARY KEY, word TEXT)",
        "INSERT INTO t VALUES (1, 'canary-in-the-file'), (2, 'other')",
    )
    with lite.open() as session:
        assert kinds(session.apply(planned(session, change(session, "t", [(1,)])), Notes())) == [
            ("done", None)
        ]
        session.clean(["t"])
    assert all(b"canary" not in path.read_bytes() for path in lite.folder.iterdir())


@pytest.mark.postgresql
def test_table_of_another_schema(post):
    post.run(
        "CREATE SCHEMA crm",
        "CREATE TABLE crm.people (id int PRIMARY KEY, name text)",
        "INSERT INTO crm.people VALUES (1, 'a'), (2, 'b')",
    )
    try:
        with post.open(schemas=["crm"]) as session:
            plan = planned(
                session,
                change(session, "crm.people", [(1,)]),
                change(session, "crm.people", [(2,)], {"name": None}),
            )
            assert kinds(session.apply(plan, Notes())) == [("done", None)] * 2
            assert "vacuumed crm.people" in session.clean(["crm.people"]).done
        assert post.rows("SELECT * FROM crm.people") == [(2, None)]
    finally:
        post.run("DROP SCHEMA crm CASCADE")


def test_declared_key_without_a_constraint(database):
    """A key that only a person declared is good for as long as it tells the rows apart."""
    database.run(
        "CREATE TABLE t (id INTEGER NOT NULL, word VARCHAR(20))",
        "INSERT INTO t VALUES (1, 'a'), (2, 'b'), (3, 'c'), (3, 'd')",
    )
    with database.open() as session:
        guard = ("id", "word")

        def delete(number, word):
            made = Change(
                collection="t",
                key=("id",),
                kind=ChangeKind.DELETE,
                rows=((number,),),
                fingerprints=(fingerprint([number, word]),),
                guard=guard,
                assign={},
            )
            return session.apply(planned(session, made), Notes())

        assert kinds(delete(1, "a")) == [("done", None)]
        assert kinds(delete(3, "c")) == [("refused", "no_key")]
    assert database.rows("SELECT * FROM t ORDER BY id, word") == [(2, "b"), (3, "c"), (3, "d")]


@pytest.mark.mariadb
def test_table_without_transactions_is_refused(maria):
    maria.run(
        "CREATE TABLE t (id INT PRIMARY KEY, word VARCHAR(9)) ENGINE = MyISAM",
        "INSERT INTO t VALUES (1, 'a')",
    )
    with maria.open() as session:
        assert "engine MyISAM has no transactions" in session.discover().collections["t"].notes
        assert "delete" not in {str(op) for op in session.capabilities("t").ops}
        plan = planned(session, change(session, "t", [(1,)]))
        assert kinds(session.apply(plan, Notes())) == [("refused", "no_transactions")]
    assert maria.rows("SELECT * FROM t") == [(1, "a")]


@pytest.mark.mariadb
def test_table_that_keeps_old_versions_does_not_call_a_deletion_permanent(maria):
    maria.run(
        "CREATE TABLE t (id INT PRIMARY KEY) WITH SYSTEM VERSIONING", "INSERT INTO t VALUES (1)"
    )
    try:
        with maria.open() as session:
            (outcome,) = session.apply(planned(session, change(session, "t", [(1,)])), Notes())
            assert (str(outcome.kind), str(outcome.disposition)) == ("done", "archived")
            assert session.capabilities("t").dispositions == (outcome.disposition,)
    finally:
        maria.run("DROP TABLE t")


@pytest.mark.postgresql
def test_padded_key(post):
    post.run(
        "CREATE TABLE t (code char(8) PRIMARY KEY, word text)",
        "INSERT INTO t VALUES ('AB', 'x'), ('CD', 'y')",
    )
    with post.open() as session:
        plan = planned(session, change(session, "t", [("AB",), ("CD     ",)], {"word": None}))
        assert plan.changes[0].rows == (("AB",), ("CD",))
        assert kinds(session.apply(plan, Notes())) == [("done", None)]
        assert [str(v) for v in session.verify("t", ["code"], [("AB",), ("ABC",)])] == [
            "present",
            "gone",
        ]


NEW_VALUES = [
    ({"born": "1900-01-01"}, "a date written as text"),
    ({"total": 0}, "a whole number for a decimal"),
    ({"total": "0.5"}, "a decimal written as text"),
    ({"age": "7"}, "a whole number written as text"),
    ({"word": 5}, "a number for a text"),
    ({"born": dt.date(1900, 1, 1)}, "a date"),
    ({"seen": dt.datetime(1900, 1, 1)}, "a moment"),
]


@pytest.mark.parametrize("assign", [pytest.param(new, id=name) for new, name in NEW_VALUES])
def test_a_second_run_is_already_done_whatever_form_the_value_had(database, assign):
    moment = "DATETIME" if database.kind == "mariadb" else "TIMESTAMP"
    database.run(
        f"CREATE TABLE t (id INTEGER PRIMARY KEY, born DATE, total NUMERIC(8,2), age INTEGER, word VARCHAR(40), seen {moment})",
        "INSERT INTO t VALUES (1, '2000-01-01', 5.25, 3, 'q', '2000-01-01 10:00:00')",
    )
    with database.open() as session:
        plan = planned(session, change(session, "t", [(1,)], assign))
        said = [[str(o.kind) for o in session.apply(plan, Notes())] for _ in range(2)]
    assert said == [["done"], ["already"]]


KEYS_OF_ODD_KINDS = [
    pytest.param("post", kind, written, id=f"postgresql-{kind}", marks=pytest.mark.postgresql)
    for kind, written in (
        ("time", "'10:11:12.5'"),
        ("timetz", "'10:11:12+02'"),
        ("interval", "'1 day 02:03:04'"),
        ("inet", "'10.0.0.1'"),
        ("cidr", "'10.0.0.0/8'"),
        ("text[]", """'{a,"b c",NULL}'"""),
        ("jsonb", """'{"b": 1, "aa": "å"}'"""),
        ("int4range", "'[1,5)'"),
        ("real", "0.1"),
        ("double precision", "0.1"),
        ("money", "12.34"),
        ("uuid", "'00000000-0000-0000-0000-00000000000a'"),
    )
] + [
    pytest.param("maria", kind, written, id=f"mariadb-{kind}", marks=pytest.mark.mariadb)
    for kind, written in (
        ("TIME(3)", "'-100:00:00.5'"),
        ("FLOAT", "0.1"),
        ("DOUBLE", "0.1"),
        ("BIT(4)", "b'1010'"),
        ("YEAR", "2020"),
        ("ENUM('a','b')", "'a'"),
        ("SET('a','b')", "'a,b'"),
        ("UUID", "'00000000-0000-0000-0000-00000000000a'"),
    )
]


@pytest.mark.parametrize(("name", "kind", "written"), KEYS_OF_ODD_KINDS)
def test_a_row_that_is_there_is_never_called_gone(request, name, kind, written):
    """A key that is read is found again; where it cannot be, the collection has no key."""
    database = request.getfixturevalue(name)
    database.run(
        f"CREATE TABLE t (n INTEGER, k {kind} NOT NULL, PRIMARY KEY (n, k))",
        f"INSERT INTO t VALUES (1, {written})",
    )
    with database.open() as session:
        key = session.discover().collections["t"].key
        (row,) = [r for page in session.scan("t", ["n", "k"]) for r in page.batch.to_pylist()]
        asked = [(row["n"], row["k"])]
        plan = planned(
            session,
            Change(
                collection="t",
                key=("n", "k"),
                kind=ChangeKind.DELETE,
                rows=tuple(asked),
                fingerprints=(fingerprint([row["n"]]),),
                guard=("n",),
                assign={},
            ),
        )
        if key:
            assert key == ("n", "k")
            assert [str(v) for v in session.verify("t", ["n", "k"], asked)] == ["present"]
            assert kinds(session.apply(plan, Notes())) == [("done", None)]
            assert database.rows("SELECT count(*) FROM t") == [(0,)]
        else:
            assert [str(v) for v in session.verify("t", ["n", "k"], asked)] != ["gone"]
            assert kinds(session.apply(plan, Notes())) == [("refused", "no_key")]


@pytest.mark.mariadb
def test_a_key_that_its_column_could_not_be_asked_for_is_refused(maria):
    """MariaDB holds days that no calendar has; such a row is not called deleted already."""
    maria.run(
        "SET SESSION sql_mode = ''",
        "CREATE TABLE t (k DATE PRIMARY KEY, n INTEGER)",
        "INSERT INTO t VALUES ('2020-00-00', 1), ('2020-01-01', 2)",
    )
    with maria.open() as session:
        pages = list(session.scan("t", ["k", "n"], batch_rows=10))
        rows = [row for page in pages for row in page.batch.to_pylist()]
        assert sorted(row["n"] for row in rows) == [1, 2]
        odd = next(row["k"] for row in rows if row["n"] == 1)
        delete = Change(
            collection="t",
            key=("k",),
            kind=ChangeKind.DELETE,
            rows=((odd,),),
            fingerprints=(fingerprint([1]),),
            guard=("n",),
            assign={},
        )
        assert kinds(session.apply(planned(session, delete), Notes())) == [("refused", "no_key")]
    assert maria.rows("SELECT count(*) FROM t") == [(2,)]
