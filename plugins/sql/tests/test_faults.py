import pymysql.err
import pytest
import sqlalchemy as sa

from govreg.testing.connector_world import said
from govreg_sql.faults import asked, code_of, fault

CANARY = "canary-in-a-driver"


def wrapped(cause, kind=sa.exc.IntegrityError):
    return kind("SELECT", {}, cause)


@pytest.mark.parametrize(
    ("number", "words", "code"),
    [
        (
            1062,
            f"Duplicate entry '{CANARY}' for key 'people.uq_email'",
            "constraint:people.uq_email",
        ),
        (1062, f"Duplicate entry 'x' for key '{CANARY} y' for key 'uq'", "constraint:uq"),
        (1048, "Column 'email' cannot be null", "constraint:email"),
        (
            1451,
            "Cannot delete or update a parent row: a foreign key constraint fails (`a`.`b`, CONSTRAINT `fk_b` FOREIGN KEY (`c`))",
            "constraint:fk_b",
        ),
        (4025, "CONSTRAINT `ck_age` failed for `a`.`b`", "constraint:ck_age"),
        (4025, f"something else {CANARY}", "constraint:4025"),
        (1205, "Lock wait timeout exceeded", "locked"),
        (9999, CANARY, "error:9999"),
    ],
)
def test_mariadb(number, words, code):
    assert code_of(wrapped(pymysql.err.IntegrityError(number, words))) == code


def test_sqlite(lite):
    lite.run(
        "CREATE TABLE t (id INTEGER PRIMARY KEY, email TEXT UNIQUE NOT NULL, age INTEGER CONSTRAINT ck_age CHECK (age < 9));"
    )
    lite.run("INSERT INTO t VALUES (1, 'canary-in-a-driver', 1);")
    cases = {
        "INSERT INTO t VALUES (2, 'canary-in-a-driver', 1)": "constraint:t.email",
        "INSERT INTO t VALUES (2, NULL, 1)": "constraint:t.email",
        "INSERT INTO t VALUES (2, 'canary-in-a-driver2', 10)": "constraint:ck_age",
        "SELECT * FROM none": "no_table",
        "SELECT none FROM t": "no_column",
        "SELECT 'canary-in-a-driver' FROM": "failed",
    }
    with lite.engine.connect() as connection:
        for statement, code in cases.items():
            with pytest.raises(sa.exc.DBAPIError) as caught:
                connection.exec_driver_sql(statement)
            problem = fault(caught.value, "shop", collection="t")
            assert problem.code == code
            assert CANARY not in said(problem)


@pytest.mark.postgresql
def test_postgresql(post):
    post.run(
        "CREATE TABLE t (id int CONSTRAINT pk_t PRIMARY KEY, email text NOT NULL, age int CONSTRAINT ck_age CHECK (age < 9))",
        "INSERT INTO t VALUES (1, 'canary-in-a-driver', 1)",
    )
    cases = {
        "INSERT INTO t VALUES (1, 'canary-in-a-driver', 1)": "constraint:pk_t",
        "INSERT INTO t VALUES (2, NULL, 1)": "constraint:t.email",
        "INSERT INTO t VALUES (2, 'canary-in-a-driver', 10)": "constraint:ck_age",
        "SELECT * FROM none": "no_table",
        "SELECT none FROM t": "no_column",
        "SELECT 'canary-in-a-driver'::int": "bad_value:22P02",
        "SET statement_timeout = 5; SELECT pg_sleep(1)": "timeout",
        "SELECT 1 FROM": "sqlstate:42601",
    }
    for statement, code in cases.items():
        with post.engine.connect() as connection, pytest.raises(sa.exc.DBAPIError) as caught:
            connection.exec_driver_sql(statement)
        problem = fault(caught.value, "shop", collection="t")
        assert problem.code == code
        assert CANARY not in said(problem)


def test_nothing_of_the_driver_stands_behind_the_problem():
    def ask():
        raise wrapped(pymysql.err.OperationalError(1205, CANARY))

    with pytest.raises(Exception, match="locked") as caught:
        asked(ask, "shop")
    assert caught.value.__context__ is None
    assert caught.value.__cause__ is None
    assert caught.value.retryable
