"""A list of people goes on the suppression list, once, and no identifier stays."""

from __future__ import annotations

import datetime as dt

import pytest

from govreg.audit.log import read_entries, size
from govreg.choices.import_model import Refusal
from govreg.choices.listing import suppress_file
from govreg.choices.suppressing import suppressions_of
from govreg.errors import Refused, UsageProblem
from govreg.subjects.suppression import Why, counts

from .test_importing import why, written
from .world import shop


@pytest.fixture
def engine(tmp_path):
    with shop(tmp_path) as made:
        yield made


def entered(engine, folder, held, name="list.csv", **more):
    said = {"scope": "newsletter", "reason": Why.OBJECTED, "renamed": {}, "dry_run": False}
    path = written(folder, held, name)
    return suppress_file(engine.parts, path, actor="dpo", **{**said, **more})


@pytest.mark.parametrize("name", ["list.csv", "list.jsonl", "list.parquet"])
def test_a_list_is_entered_once(engine, tmp_path, name):
    held = [{"email": "One@a.example"}, {"email": "two@a.example"}, {"email": "one@a.example"}]
    made = entered(engine, tmp_path, held, name)
    assert (made.rows, made.entered, made.refusals) == (3, 2, 0)
    assert entered(engine, tmp_path, held, name).entered == 0
    named = [engine.parts.kinds.identifier("email", "two@a.example")]
    (entry,) = suppressions_of(engine.parts, identifiers=named)
    assert (entry.scope, entry.reason) == ("newsletter", Why.OBJECTED)


def test_rows_may_say_more_than_the_list(engine, tmp_path):
    held = [
        {
            "mail": "one@a.example",
            "customer_id": "17",
            "scope": "*",
            "reason": "deceased",
            "since": "2020-01-01",
            "ends": "",
        },
        {
            "mail": "two@a.example",
            "customer_id": "",
            "scope": "channel:email",
            "reason": "",
            "since": "",
            "ends": "2027-01-01T00:00:00Z",
        },
    ]
    made = entered(
        engine, tmp_path, held, scope=None, reason=Why.REQUEST, renamed={"email": "mail"}
    )
    assert made.entered == 3
    with engine.store.read() as connection:
        assert counts(connection) == {("*", Why.DECEASED): 2, ("channel:email", Why.REQUEST): 1}
    named = [engine.parts.kinds.identifier("email", "two@a.example")]
    (entry,) = suppressions_of(engine.parts, identifiers=named)
    assert entry.ends_at == dt.datetime(2027, 1, 1, tzinfo=dt.UTC)


def test_rows_are_refused_by_reason_and_the_rest_is_entered(engine, tmp_path):
    base = {
        "email": "x@a.example",
        "scope": "newsletter",
        "reason": "request",
        "since": "",
        "ends": "",
    }
    held = [
        base | {"email": ""},
        base | {"email": "nobody"},
        base | {"scope": "astrology"},
        base | {"reason": "whim"},
        base | {"since": "then"},
        base | {"since": "2026-01-01", "ends": "2025-01-01"},
        base,
    ]
    made = entered(engine, tmp_path, held)
    assert made.entered == 1
    assert why(made) == {
        Refusal.NOBODY: (1, [1]),
        Refusal.IDENTIFIER: (1, [2]),
        Refusal.SCOPE: (1, [3]),
        Refusal.REASON: (1, [4]),
        Refusal.MOMENT: (1, [5]),
        Refusal.END: (1, [6]),
    }


def test_one_entry_in_the_log_with_the_root(engine, tmp_path):
    with engine.store.read() as connection:
        before = size(connection)
    entered(engine, tmp_path, [{"email": "one@a.example"}])
    with engine.store.read() as connection:
        (entry,) = read_entries(connection, before, size(connection))
    assert entry.action == "subject.suppressed"
    assert entry.counts == {"rows": 1, "entered": 1, "refused": 0}
    assert set(entry.hashes) == {"root"}


def test_a_dry_run_enters_nothing(engine, tmp_path):
    made = entered(engine, tmp_path, [{"email": "one@a.example"}], dry_run=True)
    assert made.entered == 1
    with engine.store.read() as connection:
        assert counts(connection) == {}


def test_a_list_that_cannot_be_is_refused_as_a_whole(engine, tmp_path):
    with pytest.raises(UsageProblem, match="under which scope"):
        entered(engine, tmp_path, [{"email": "x@a.example"}], scope=None)
    with pytest.raises(UsageProblem, match="file's column `Mail`"):
        entered(engine, tmp_path, [{"Mail": "x@a.example"}])
    with pytest.raises(UsageProblem, match="no column `Post`"):
        entered(engine, tmp_path, [{"email": "x@a.example"}], renamed={"phone": "Post"})
    with pytest.raises(UsageProblem, match="no column names a person"):
        entered(engine, tmp_path, [{"scope": "*"}])
    path = written(tmp_path, [{"email": "x@a.example"}])
    with pytest.raises(Refused, match="may not suppress"):
        suppress_file(
            engine.parts,
            path,
            scope="*",
            reason=Why.REQUEST,
            renamed={},
            dry_run=False,
            actor="engineer",
        )
