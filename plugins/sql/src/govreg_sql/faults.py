"""What a driver says, as a code and names: its own words may hold values and are dropped.

`asked` raises outside the `except` block, so that the driver's exception is not even the context
of ours.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any, TypeVar

import sqlalchemy as sa

from govreg.errors import SourceProblem

_Answer = TypeVar("_Answer")

_POSTGRESQL = {
    "57014": "timeout",
    "28": "login_refused",
    "3D": "no_database",
    "08": "connection_lost",
    "57": "connection_lost",
    "25P03": "connection_lost",
    "42P01": "no_table",
    "42703": "no_column",
    "42501": "not_permitted",
    "25006": "not_permitted",
    "55P03": "locked",
    "40": "overtaken",
    "53100": "disk_full",
}
_MARIADB = {
    1021: "disk_full",
    1044: "login_refused",
    1045: "login_refused",
    1049: "no_database",
    1054: "no_column",
    1142: "not_permitted",
    1143: "not_permitted",
    1146: "no_table",
    1205: "locked",
    1213: "overtaken",
    1290: "not_permitted",
    1698: "login_refused",
    1927: "connection_lost",
    1969: "timeout",
    2002: "unreachable",
    2003: "unreachable",
    2005: "unreachable",
    2006: "connection_lost",
    2013: "connection_lost",
}
_MARIADB_CONSTRAINTS = {1048, 1062, 1169, 1217, 1451, 1452, 1557, 1586, 4025}
_MARIADB_LINK = re.compile(r"^Cannot [^']*? CONSTRAINT `(\w+)`")
_MARIADB_NAMED = {
    1048: re.compile(r"^Column '(\w+)' cannot be null$"),
    1062: re.compile(r" for key '([\w.]+)'$"),
    4025: re.compile(r"^CONSTRAINT `([\w.]+)` failed for "),
}
_SQLITE = (
    ("no such table", "no_table"),
    ("no such column", "no_column"),
    ("has no column", "no_column"),
    ("locked", "locked"),
    ("readonly", "not_permitted"),
    ("malformed", "corrupt_file"),
    ("not a database", "corrupt_file"),
    ("unable to open", "unreachable"),
    ("disk is full", "disk_full"),
    ("could not decode", "bad_text"),
)
_SQLITE_CONSTRAINT = re.compile(r"^([A-Za-z ]+) constraint failed(?:: ([\w., ]+))?")
_WORDS = {
    "bad_text": "a text is not in the encoding that it claims",
    "bad_value": "a value cannot be read",
    "login_refused": "the login was refused",
    "no_database": "there is no such database",
    "unreachable": "it cannot be reached",
    "connection_lost": "the connection was lost",
    "no_table": "the table is not there",
    "no_column": "a column is not there",
    "not_permitted": "the login may not do this",
    "locked": "it is locked by somebody else",
    "overtaken": "another transaction came first",
    "timeout": "it took longer than the source allows",
    "corrupt_file": "the file is no database, or damaged",
    "disk_full": "the disk is full",
}
_RETRYABLE = {"connection_lost", "locked", "overtaken", "unreachable", "timeout"}


def asked(ask: Callable[[], _Answer], source: str, collection: str | None = None) -> _Answer:
    """The answer to a question.

    Raises:
        SourceProblem: the driver's error as a code, with nothing of the driver behind it.
    """
    try:
        return ask()
    except sa.exc.DBAPIError as problem:
        said = fault(problem, source, collection=collection)
    raise said


def fault(
    problem: sa.exc.DBAPIError,
    source: str,
    *,
    collection: str | None = None,
    opening: bool = False,
) -> SourceProblem:
    """A driver's error as a `SourceProblem`, to be raised outside the `except` block."""
    code = code_of(problem, opening=opening)
    lead = code.partition(":")[0]
    return SourceProblem(
        code,
        _WORDS.get(lead, f"the database refused ({code})"),
        source=source,
        collection=collection,
        retryable=lead in _RETRYABLE,
    )


def code_of(problem: sa.exc.DBAPIError, *, opening: bool = False) -> str:
    """The code of a driver's error."""
    cause: Any = problem.orig
    driver = type(cause).__module__.partition(".")[0]
    if driver == "pymysql":
        number = cause.args[0] if cause.args and isinstance(cause.args[0], int) else 0
        return _mariadb(cause, number)
    if driver == "sqlite3":
        return _sqlite(str(cause))
    state = getattr(cause, "sqlstate", None)
    if state:
        return _postgresql(cause, str(state))
    if opening:
        return _opening(str(cause))
    if problem.connection_invalidated or isinstance(problem, sa.exc.OperationalError):
        return "connection_lost"
    return "bad_value" if isinstance(problem, sa.exc.DataError) else "failed"


def _opening(words: str) -> str:
    """PostgreSQL's driver gives no code while it connects."""
    if any(part in words for part in ("authentication", "no password", "role ", "pg_hba.conf")):
        return "login_refused"
    return "no_database" if "does not exist" in words and "database" in words else "unreachable"


def _postgresql(cause: Any, state: str) -> str:
    if state.startswith("23"):
        diagnosis = getattr(cause, "diag", None)
        name = getattr(diagnosis, "constraint_name", None) or _column(diagnosis)
        return f"constraint:{name}" if name else "constraint"
    if state.startswith("22"):
        return f"bad_value:{state}"
    return _POSTGRESQL.get(state) or _POSTGRESQL.get(state[:2]) or f"sqlstate:{state}"


def _column(diagnosis: Any) -> str | None:
    """A NOT NULL has no name of its own in PostgreSQL: table and column name it."""
    table, column = (getattr(diagnosis, part, None) for part in ("table_name", "column_name"))
    return f"{table}.{column}" if table and column else None


def _mariadb(cause: Any, number: int) -> str:
    if number in _MARIADB_CONSTRAINTS:
        # only the part of the message that names the constraint, never the one with the value
        named = _MARIADB_NAMED.get(number, _MARIADB_LINK).search(str(cause.args[-1]))
        return f"constraint:{named[1] if named else number}"
    return _MARIADB.get(number) or f"error:{number}"


def _sqlite(words: str) -> str:
    constraint = _SQLITE_CONSTRAINT.match(words)
    if constraint:
        kind = constraint[1].strip().lower().replace(" ", "_")
        return f"constraint:{constraint[2] or kind}"
    lowered = words.lower()
    return next((code for part, code in _SQLITE if part in lowered), "failed")
