"""What a driver says, as a code and names: its own words may hold values and are dropped."""

from __future__ import annotations

import re
from typing import Any

import sqlalchemy as sa

from govreg.errors import SourceProblem

_POSTGRESQL = {
    "28": "login_refused",
    "3D": "no_database",
    "08": "connection_lost",
    "57": "connection_lost",
    "42P01": "no_table",
    "42703": "no_column",
    "42501": "not_permitted",
    "55P03": "locked",
    "40": "conflict",
}
_MARIADB = {
    1044: "login_refused",
    1045: "login_refused",
    1049: "no_database",
    1054: "no_column",
    1062: "constraint",
    1142: "not_permitted",
    1146: "no_table",
    1205: "locked",
    1213: "conflict",
    2002: "unreachable",
    2003: "unreachable",
    2006: "connection_lost",
    2013: "connection_lost",
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
)
_SQLITE_CONSTRAINT = re.compile(r"^([A-Z ]+) constraint failed(?:: ([\w., ]+))?")
_WORDS = {
    "login_refused": "the login was refused",
    "no_database": "there is no such database",
    "unreachable": "it cannot be reached",
    "connection_lost": "the connection was lost",
    "no_table": "the table is not there",
    "no_column": "a column is not there",
    "not_permitted": "the login may not do this",
    "locked": "it is locked by somebody else",
    "corrupt_file": "the file is no database, or damaged",
    "disk_full": "the disk is full",
}


def fault(
    problem: sa.exc.DBAPIError,
    source: str,
    *,
    collection: str | None = None,
    opening: bool = False,
) -> SourceProblem:
    """A driver's error as a `SourceProblem`: code and names, no values. Raise it `from None`."""
    code = code_of(problem, opening=opening)
    lead = code.partition(":")[0]
    return SourceProblem(
        code,
        _WORDS.get(lead, f"the database refused ({code})"),
        source=source,
        collection=collection,
        retryable=lead in {"connection_lost", "locked", "conflict", "unreachable"},
    )


def code_of(problem: sa.exc.DBAPIError, *, opening: bool = False) -> str:
    """The code of a driver's error."""
    cause: Any = problem.orig
    state = getattr(cause, "sqlstate", None)
    if state:
        return _postgresql(cause, str(state))
    module = type(cause).__module__
    if module.startswith("pymysql"):
        number = cause.args[0] if cause.args and isinstance(cause.args[0], int) else 0
        return _mariadb(cause, number)
    if module.startswith("sqlite3"):
        return _sqlite(str(cause))
    if opening:
        return "login_refused" if "authentication failed" in str(cause) else _opening(str(cause))
    return "connection_lost" if problem.connection_invalidated else "failed"


def _opening(words: str) -> str:
    return "no_database" if "does not exist" in words and "database" in words else "unreachable"


def _postgresql(cause: Any, state: str) -> str:
    if state.startswith("23"):
        name = getattr(getattr(cause, "diag", None), "constraint_name", None)
        return f"constraint:{name}" if name else "constraint"
    return _POSTGRESQL.get(state) or _POSTGRESQL.get(state[:2]) or f"sqlstate:{state}"


def _mariadb(cause: Any, number: int) -> str:
    if number in {1048, 1451, 1452, 4025}:
        named = re.search(r"CONSTRAINT `(\w+)`", str(cause))
        return f"constraint:{named[1]}" if named else "constraint"
    return _MARIADB.get(number) or f"error:{number}"


def _sqlite(words: str) -> str:
    constraint = _SQLITE_CONSTRAINT.match(words)
    if constraint:
        kind = constraint[1].strip().lower().replace(" ", "_")
        return f"constraint:{kind}" + (f":{constraint[2]}" if constraint[2] else "")
    lowered = words.lower()
    return next((code for part, code in _SQLITE if part in lowered), "failed")
