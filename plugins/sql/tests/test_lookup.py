import uuid

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from govreg.register.catalogue import Fold
from govreg.subjects.identifier import folded as core_folded
from govreg_sql import lookup


def statements(session):
    """Everything that the session says to the database from now on."""
    said = []
    sa.event.listen(
        session.engine, "before_cursor_execute", lambda c, cu, text, *a: said.append(text)
    )
    return said


def ids(pages):
    return sorted(row["id"] for page in pages for row in page.batch.to_pylist())


@given(st.text())
@example("\u00a0 A-b\u2011c/(1)\t")
def test_folds_are_those_of_the_core(text):
    assert lookup.folded(text) == core_folded(text, Fold.CASE)
    assert lookup.compact(text) == core_folded(text, Fold.COMPACT)


WORDS = st.text(alphabet="aAbB19 -.()/\t\u00a0äÄ+@_%'\"\\", max_size=6)


@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    stored=st.lists(WORDS, max_size=8),
    asked=st.lists(WORDS, max_size=3),
    fold=st.sampled_from(Fold),
)
def test_find_gives_what_the_fold_says(database, stored, asked, fold):
    wanted = sorted({core_folded(text, fold) for text in asked})
    database.load({})
    database.run("CREATE TABLE words (id INTEGER PRIMARY KEY, word VARCHAR(20))")
    with database.engine.begin() as connection:
        for number, word in enumerate(stored):
            connection.execute(
                sa.text("INSERT INTO words VALUES (:n, :w)"), {"n": number, "w": word}
            )
    with database.open() as session:
        found = ids(session.find("words", "word", wanted, fold=fold, columns=["id"]))
    assert found == [n for n, word in enumerate(stored) if core_folded(word, fold) in wanted]


FORMS = {
    "lite": {
        "none": "CREATE TABLE t (id INTEGER PRIMARY KEY, email TEXT)",
        "lower": "CREATE TABLE t (id INTEGER PRIMARY KEY, email TEXT); CREATE INDEX i ON t (lower(email))",
        "lower_trim": "CREATE TABLE t (id INTEGER PRIMARY KEY, email TEXT); CREATE INDEX i ON t (lower(trim(email)))",
        "plain": "CREATE TABLE t (id INTEGER PRIMARY KEY, email TEXT COLLATE NOCASE); CREATE INDEX i ON t (email)",
    },
    "post": {
        "none": "CREATE TABLE t (id int PRIMARY KEY, email text)",
        "lower": "CREATE TABLE t (id int PRIMARY KEY, email varchar(80)); CREATE INDEX ON t (lower(email))",
        "lower_trim": "CREATE TABLE t (id int PRIMARY KEY, email text); CREATE INDEX ON t (lower(trim(email)))",
    },
    "maria": {
        "none": "CREATE TABLE t (id INT PRIMARY KEY, email VARCHAR(80))",
        "plain": "CREATE TABLE t (id INT PRIMARY KEY, email VARCHAR(80), KEY (email))",
        "binary": "CREATE TABLE t (id INT PRIMARY KEY, email VARCHAR(80) COLLATE utf8mb4_bin, KEY (email))",
    },
}
EXPLAIN = {"lite": "EXPLAIN QUERY PLAN ", "post": "EXPLAIN ", "maria": "EXPLAIN "}
CASES = [
    pytest.param(
        kind,
        form,
        marks=[]
        if kind == "lite"
        else [{"post": pytest.mark.postgresql, "maria": pytest.mark.mariadb}[kind]],
    )
    for kind, forms in FORMS.items()
    for form in forms
]
STORED = [
    "ada@x.org",
    "Ada@X.org",
    " ada@x.org",
    "ADA@X.ORG  ",
    "ada@x.org\n",
    "\tada@x.org\r\n",
    "ada@x.orga",
    "bada@x.org",
    "a da@x.org",
]


@pytest.mark.parametrize(("kind", "form"), CASES)
def test_case_blind_look_up_uses_the_index(request, kind, form):
    database = request.getfixturevalue(kind)
    database.run(*FORMS[kind][form].split("; "))
    with database.engine.begin() as connection:
        rows = [{"id": n, "email": f"someone{n}@x.org"} for n in range(3000)]
        rows += [{"id": 3000 + n, "email": text} for n, text in enumerate(STORED)]
        connection.execute(sa.text("INSERT INTO t VALUES (:id, :email)"), rows)
    if kind == "post":
        database.run("ANALYZE t")
    with database.open() as session:
        indexed = session.discover().collections["t"].columns["email"].indexed
        assert (Fold.CASE in indexed) == (form not in {"none", "binary"})
        said = []
        sa.event.listen(
            session.engine,
            "before_cursor_execute",
            lambda c, cu, text, params, *a: said.append((text, params)),
        )
        found = ids(session.find("t", "email", ["ada@x.org"], fold=Fold.CASE, columns=["id"]))
        assert found == [3000, 3001, 3002, 3003, 3004, 3005]
        text, params = next(one for one in said if one[0].startswith("SELECT t"))
        if kind == "post":  # which takes no index on a table as small as this, if it may choose
            session.connection.exec_driver_sql("SET enable_seqscan = off")
        plan = str(session.connection.exec_driver_sql(EXPLAIN[kind] + text, params).fetchall())
        if Fold.CASE in indexed:
            assert {"lite": "INDEX i ", "post": "Index Scan", "maria": "range"}[kind] in plan


def test_letters_beyond_ascii_with_an_index_on_lower(lite):
    lite.run(
        "CREATE TABLE t (id INTEGER PRIMARY KEY, name TEXT); CREATE INDEX i ON t (lower(name));"
    )
    lite.run("INSERT INTO t (name) VALUES ('ÅKE'), ('Åke '), ('åke'), ('ake');")
    with lite.open() as session:
        assert ids(session.find("t", "name", ["åke"], fold=Fold.CASE, columns=["id"])) == [1, 2, 3]


@pytest.mark.postgresql
def test_database_whose_locale_knows_ascii_only(post, postgresql):
    name = f"{postgresql.database}_c"
    engine = post.engine.execution_options(isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.exec_driver_sql(
            f"CREATE DATABASE {name} TEMPLATE template0 LC_COLLATE 'C' LC_CTYPE 'C' ENCODING 'UTF8'"
        )
    try:
        other = type(post)("postgresql", postgresql.set(database=name), post.folder)
        other.run(
            "CREATE TABLE t (id int, name text)",
            "INSERT INTO t VALUES (1, 'ÅKE'), (2, 'Åke '), (3, 'ake')",
        )
        with other.open() as session:
            assert ids(session.find("t", "name", ["åke"], fold=Fold.CASE, columns=["id"])) == [
                1,
                2,
            ]
            assert ids(session.find("t", "name", ["åke"], fold=Fold.COMPACT, columns=["id"])) == [
                1,
                2,
            ]
    finally:
        with engine.connect() as connection:
            connection.exec_driver_sql(f"DROP DATABASE {name}")


@pytest.mark.postgresql
def test_types_that_are_read_as_text(post):
    one, two = uuid.uuid4(), uuid.uuid4()
    post.run(
        "CREATE EXTENSION IF NOT EXISTS citext",
        "CREATE TYPE mood AS ENUM ('glad', 'sad')",
        "CREATE TABLE t (id int PRIMARY KEY, uid uuid, mood mood, big numeric, code char(8), addr inet, ci citext)",
        f"INSERT INTO t VALUES (1, '{one}', 'glad', 12.50, 'AB', '10.0.0.1', 'Ada'), (2, '{two}', 'sad', 7, 'CD', '10.0.0.2', 'bo')",
    )
    with post.open() as session:

        def found(field, text):
            return ids(session.follow("t", [field], [(text,)], columns=["id"]))

        assert found("uid", str(one).upper()) == [1]
        assert found("uid", one) == [1]
        assert found("uid", "no uuid") == []
        assert found("mood", "sad") == [2]
        assert found("mood", "furious") == []
        assert found("big", "12.5") == [1]
        assert found("big", 7) == [2]
        assert found("big", "many") == []
        assert found("code", "AB") == [1]
        assert found("code", "AB      ") == [1]
        assert found("addr", "10.0.0.2/32") == [2]
        assert found("id", 10**30) == []
        assert found("id", "1\0") == []
        assert found("code", "A\0") == []
        assert found("code", "\ud800") == []
        assert found("ci", "Ada") == [1]
        assert found("ci", "ada") == []
        for fold, text in ((Fold.EXACT, "ada"), (Fold.CASE, "ada")):
            assert ids(session.find("t", "ci", [text], fold=fold, columns=["id"])) == (
                [1] if fold is Fold.CASE else []
            )
        (page,) = session.follow("t", ["id"], [(1,)], columns=["code", "uid", "big", "mood"])
        assert page.batch.to_pylist() == [
            {"code": "AB", "uid": str(one), "big": "12.50", "mood": "glad"}
        ]


@pytest.mark.mariadb
def test_equality_wider_than_ours(maria):
    maria.run(
        "CREATE TABLE t (id INT PRIMARY KEY, token VARCHAR(20))",
        "INSERT INTO t VALUES (1, 'abC'), (2, 'ABC'), (3, 'abC '), (4, 'abĈ')",
        "CREATE TABLE parent (code VARCHAR(20) PRIMARY KEY)",
        "CREATE TABLE child (id INT PRIMARY KEY, code VARCHAR(20), FOREIGN KEY (code) REFERENCES parent (code))",
        "INSERT INTO parent VALUES ('Ab')",
        "INSERT INTO child VALUES (1, 'ab'), (2, 'AB ')",
    )
    with maria.open() as session:
        assert ids(session.find("t", "token", ["abC"], fold=Fold.EXACT, columns=["id"])) == [1]
        assert ids(session.find("t", "token", ["abc"], fold=Fold.CASE, columns=["id"])) == [
            1,
            2,
            3,
        ]
        assert ids(session.follow("t", ["token"], [("abC",)], columns=["id"])) == [1]
        assert session.tally("t", ["token"], [("abC",)]) == 1
        # over a foreign key the database itself says that these belong together
        assert ids(session.follow("child", ["code"], [("Ab",)], columns=["id"])) == [1, 2]
        assert session.tally("child", ["code"], [("Ab",)]) == 2


def test_sqlite_values_of_another_kind_than_declared(lite):
    lite.run("CREATE TABLE t (id INTEGER PRIMARY KEY, n INTEGER, free, word TEXT COLLATE NOCASE);")
    lite.run(
        "INSERT INTO t VALUES (1, 7, 7, 'Ab'), (2, 'seven', '7', 'ab'), (3, 7.5, x'37', NULL), (4, NULL, NULL, NULL);"
    )
    with lite.open() as session:

        def found(field, *keys):
            return ids(session.follow("t", [field], [(key,) for key in keys], columns=["id"]))

        assert found("n", "7") == [1]
        assert found("n", "seven") == [2]
        assert found("free", 7) == [1, 2, 3]
        assert found("word", "ab") == [2]
        pages = list(session.follow("t", ["id"], [(1,), (2,), (3,), (4,)], columns=["id", "n"]))
        assert [row for page in pages for row in page.batch.to_pylist()] == [
            {"id": 1, "n": 7},
            {"id": 2, "n": "seven"},
            {"id": 3, "n": "7.5"},
            {"id": 4, "n": None},
        ]
        scanned = list(session.scan("t", ["n"], batch_rows=3))
        assert [row["n"] for page in scanned for row in page.batch.to_pylist()] == [
            7,
            "seven",
            "7.5",
            None,
        ]
        rest = session.scan("t", ["n"], cursor=scanned[0].cursor)
        assert [row["n"] for page in rest for row in page.batch.to_pylist()] == [
            "seven",
            "7.5",
            None,
        ]
        assert session.sample("t", 4).to_pylist()[1]["n"] == "seven"


def test_11_000_keys_are_one_statement(database):
    database.run("CREATE TABLE t (id INTEGER PRIMARY KEY, a INTEGER, b VARCHAR(20))")
    with database.engine.begin() as connection:
        connection.execute(
            sa.text("INSERT INTO t VALUES (:n, :n, :t)"),
            [{"n": n, "t": f"t{n}"} for n in range(500)],
        )
    with database.open() as session:
        session.discover()
        said = statements(session)
        assert (
            len(ids(session.follow("t", ["id"], [(n,) for n in range(11_000)], columns=["id"])))
            == 500
        )
        assert len([text for text in said if "FROM t" in text]) == 1
        assert (
            len(
                ids(
                    session.follow(
                        "t", ["a", "b"], [(n, f"t{n}") for n in range(9_000)], columns=["id"]
                    )
                )
            )
            == 500
        )
        assert len([text for text in said if "FROM t" in text]) == 2
        assert session.tally("t", ["id"], [(n,) for n in range(11_000)]) == 500
        assert len([text for text in said if "FROM t" in text]) == 3


def test_more_keys_than_the_driver_takes(database):
    database.run(
        "CREATE TABLE t (id INTEGER PRIMARY KEY, b VARCHAR(20))",
        "INSERT INTO t VALUES (5, 'x')",
        "INSERT INTO t VALUES (69999, 'y')",
    )
    keys = [(n,) for n in range(70_000)]
    with database.open() as session:
        assert ids(session.follow("t", ["id"], keys, columns=["id"])) == [5, 69_999]
        assert session.tally("t", ["id"], keys) == 2
        assert len(ids(session.follow("t", ["id"], keys, columns=["id"], limit=1))) == 1


@pytest.mark.postgresql
def test_composite_keys_of_every_type(post):
    post.run(
        """CREATE TABLE t (id int, a bytea, b numeric(6, 2), c date, d timestamptz, e boolean, f float8, g char(4), h uuid,
        i text, PRIMARY KEY (id, a, b, c, d, e, f, g, h))""",
        """INSERT INTO t SELECT n, '\\x00ff', 1.50, '2024-02-29', '2024-02-29 12:00:00.000001+02', true, 0.1, 'ab',
        '00000000-0000-0000-0000-00000000000a', 'x' FROM generate_series(1, 3) n""",
    )
    with post.open() as session:
        key = session.discover().collections["t"].key
        rows = [
            r
            for page in session.scan("t", list(key), batch_rows=2)
            for r in page.batch.to_pylist()
        ]
        assert len(rows) == 3
        keys = [tuple(row.values()) for row in rows[:2]]
        assert ids(session.follow("t", key, keys, columns=["id"])) == [1, 2]
        assert [str(v) for v in session.verify("t", key, keys)] == ["present", "present"]
        assert ids(
            session.follow(
                "t", ["id", "i"], [(1, "x"), (10**12, "x"), (10**30, "x")], columns=["id"]
            )
        ) == [1]
        assert ids(
            session.follow("t", ["id", "g"], [(1, "ab and more"), (2, "ab")], columns=["id"])
        ) == [2]


@pytest.mark.parametrize(
    "column", ["INTEGER", "BIGINT", "NUMERIC", "NUMERIC(8,2)", "DECIMAL(8,0)", "DOUBLE PRECISION"]
)
def test_a_code_that_looks_like_a_number_leads_to_no_number(database, column):
    """`007` is somebody's code; 7 is somebody else's number."""
    database.load({})
    database.run(f"CREATE TABLE t (id INTEGER PRIMARY KEY, nr {column})")
    database.run("INSERT INTO t VALUES (1, 7), (2, 8)")
    with database.open() as session:
        for code in ("007", "+7", "7e0", "\uff17"):
            assert ids(session.follow("t", ["nr"], [(code,)], columns=["id"])) == []
            assert session.tally("t", ["nr"], [(code,)]) == 0
            assert ids(session.follow("t", ["nr", "id"], [(code, 1)], columns=["id"])) == []
        assert ids(session.follow("t", ["nr"], [("7",)], columns=["id"])) == [1]
        assert ids(session.follow("t", ["nr"], [(7,)], columns=["id"])) == [1]


def test_a_number_leads_to_no_code_that_looks_like_it(database):
    database.load({})
    database.run("CREATE TABLE t (id INTEGER PRIMARY KEY, nr VARCHAR(20))")
    database.run("INSERT INTO t VALUES (1, '007'), (2, '7')")
    with database.open() as session:
        assert ids(session.follow("t", ["nr"], [(7,)], columns=["id"])) == [2]
        assert ids(session.follow("t", ["nr"], [("007",)], columns=["id"])) == [1]
