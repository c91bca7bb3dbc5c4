import pyarrow as pa
import pytest
import sqlalchemy as sa

from govreg.errors import SourceProblem
from govreg.register.catalogue import Fold
from govreg.testing.connector_changes import Notes, change, planned


def fill(database, rows):
    database.run(
        "CREATE TABLE t (id INTEGER PRIMARY KEY, word VARCHAR(20))",
        "CREATE TABLE loose (word VARCHAR(20))",
    )
    with database.engine.begin() as connection:
        given = [{"n": n, "w": f"w{n}"} for n in range(rows)]
        connection.execute(sa.text("INSERT INTO t VALUES (:n, :w)"), given)
        connection.execute(sa.text("INSERT INTO loose VALUES (:w)"), given)


def test_questions_inside_an_answer_that_is_still_being_read(database):
    fill(database, 2500)
    with database.open() as session:
        seen = 0
        for page in session.scan("loose", ["word"], batch_rows=500):
            words = page.batch.column(0).to_pylist()
            seen += len(words)
            found = [
                row
                for inner in session.find("t", "word", words, fold=Fold.EXACT, columns=["id"])
                for row in inner.batch.to_pylist()
            ]
            assert len(found) == len(words)
            assert session.count("t").value == 2500
            assert "t" in session.discover().collections
        assert seen == 2500


def test_an_answer_that_is_not_read_to_its_end_leaves_the_session_fit(database):
    fill(database, 1500)
    with database.open() as session:
        pages = session.scan("loose", ["word"], batch_rows=10)
        next(pages)
        pages.close()
        assert session.count("t").value == 1500
        plan = planned(session, change(session, "t", [(1,)]))
        assert [str(o.kind) for o in session.apply(plan, Notes())] == ["done"]


def test_answers_come_in_pages(database):
    fill(database, 25_000)
    with database.open() as session:
        keys = [(n,) for n in range(25_000)]
        sizes = [page.batch.num_rows for page in session.follow("t", ["id"], keys, columns=["id"])]
        assert sum(sizes) == 25_000
        assert max(sizes) <= 10_000
        assert [p.batch.num_rows for p in session.scan("t", ["word"])] == [10_000, 10_000, 5_000]


def test_nothing_is_held_between_questions(database):
    """Another login can drop the table while the session is open and idle."""
    fill(database, 10)
    with database.open() as session:
        session.discover()
        list(session.scan("t", ["id"]))
        database.run("DROP TABLE loose")
        with pytest.raises(SourceProblem) as caught:
            list(session.scan("loose", ["word"]))
        assert caught.value.code == "no_table"


def test_check_names_product_and_version(database):
    with database.open() as session:
        health = session.check()
    assert health.product == database.kind
    assert health.version[0].isdigit()


def test_table_without_a_key_is_read_and_never_changed(database):
    fill(database, 3)
    with database.open() as session:
        assert {str(op) for op in session.capabilities("t").ops} >= {"update", "delete"}
        assert not {"update", "delete"} & {str(op) for op in session.capabilities("loose").ops}
        assert all(page.cursor is None for page in session.scan("loose", ["word"], batch_rows=1))


def test_names_that_need_quotes(database):
    quote = database.quoted
    database.run(
        f"CREATE TABLE {quote('Order')} (id INTEGER PRIMARY KEY, {quote('Group By')} VARCHAR(20))",
        f"INSERT INTO {quote('Order')} VALUES (1, 'x')",
    )
    with database.open() as session:
        (page,) = session.find(
            "Order", "Group By", ["X".lower()], fold=Fold.CASE, columns=["id", "Group By"]
        )
        assert page.batch.to_pylist() == [{"id": 1, "Group By": "x"}]
        plan = planned(session, change(session, "Order", [(1,)], {"Group By": None}))
        assert [str(o.kind) for o in session.apply(plan, Notes())] == ["done"]
    database.run(f"DROP TABLE {quote('Order')}")


@pytest.mark.postgresql
def test_postgresql_values(post):
    post.run(
        """CREATE TABLE t (id int PRIMARY KEY, doc jsonb, tags text[], at timestamptz, local timestamp, clock time,
        span interval, photo bytea, bits bit(3), span_of int4range, big numeric)""",
        """INSERT INTO t VALUES (1, '{"b": [1.10, null], "a": "ä"}', '{x,"y z"}', '2024-02-29 12:00:00.5+02',
        '2024-02-29 12:00:00', '08:30', '1 day', '\\x00ff', '101', '[1,5)', 12345678901234567890.123456789),
        (2, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL)""",
    )
    with post.open() as session:
        columns = list(session.discover().collections["t"].columns)
        (page,) = session.scan("t", columns)
        row = page.batch.to_pylist()[0]
        assert row["doc"] == '{"a": "ä", "b": [1.1, null]}'
        assert row["tags"] == '["x", "y z"]'
        assert row["at"].isoformat() == "2024-02-29T10:00:00.500000+00:00"
        assert row["local"].isoformat() == "2024-02-29T12:00:00"
        assert row["clock"] == "08:30:00"
        assert row["photo"] == b"\x00\xff"
        assert row["big"] == "12345678901234567890.123456789"
        assert all(
            pa.types.is_string(page.batch.schema.field(name).type)
            for name in ("doc", "tags", "bits", "span_of", "span")
        )
        plan = planned(session, change(session, "t", [(1,), (2,)], {"doc": None, "tags": None}))
        assert [str(o.kind) for o in session.apply(plan, Notes())] == ["done"]


@pytest.mark.mariadb
def test_mariadb_values(maria):
    maria.run(
        "CREATE TABLE t (id INT PRIMARY KEY, doc JSON, kinds SET('a', 'b'), at TIMESTAMP(3), clock TIME, photo BLOB, bits BIT(3), "
        "price DECIMAL(20, 4), year YEAR, big BIGINT UNSIGNED)",
        """INSERT INTO t VALUES (1, '{"a": 1}', 'a,b', '2024-02-29 12:00:00.125', '08:30', x'00ff', b'101', 1.5, 2024, 18446744073709551615)""",
    )
    with maria.open() as session:
        columns = list(session.discover().collections["t"].columns)
        (page,) = session.scan("t", columns)
        (row,) = page.batch.to_pylist()
        assert row["doc"] == '{"a": 1}'
        assert row["kinds"] == "a,b"
        assert row["at"].isoformat() == "2024-02-29T12:00:00.125000"
        assert row["clock"] == "8:30:00"
        assert row["photo"] == b"\x00\xff"
        assert str(row["price"]) == "1.5000"
        assert (row["year"], row["big"]) == (2024, 18446744073709551615)
        plan = planned(session, change(session, "t", [(1,)], {"doc": None}))
        assert [str(o.kind) for o in session.apply(plan, Notes())] == ["done"]


def test_sqlite_text_in_another_encoding_is_an_error_without_the_text(lite):
    lite.run(
        "CREATE TABLE t (id INTEGER PRIMARY KEY, word TEXT); INSERT INTO t VALUES (1, CAST(x'616263ff' AS TEXT));"
    )
    with lite.open() as session:
        with pytest.raises(SourceProblem) as caught:
            list(session.scan("t", ["word"]))
        assert caught.value.code == "bad_text"
        assert caught.value.__context__ is None
        assert "abc" not in str(caught.value)
