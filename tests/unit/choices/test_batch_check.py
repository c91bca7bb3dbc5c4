"""Imported batches are what they were, or it shows."""

from __future__ import annotations

import pytest
import sqlalchemy as sa
from tests.journeys.workspace import GONE, erased

from govreg.choices import tabular
from govreg.choices.batch_check import check_batches

from .test_importing import rows, taken
from .world import shop


@pytest.fixture
def engine(tmp_path, monkeypatch):
    monkeypatch.setattr(tabular.batches, "__kwdefaults__", {"rows": 3})
    with shop(tmp_path) as made:
        changes = [{"email": f"{n}@a.example"} for n in ("one", "two", "p3", "p4", "p5")]
        assert taken(made, tmp_path, rows(*changes)).batches == 2
        yield made


def changed(engine, statement):
    with engine.store.write() as connection:
        connection.execute(sa.text(statement))
    return check_batches(engine.parts)


def test_untouched_batches_are_whole(engine):
    found = check_batches(engine.parts)
    assert (found.whole, found.reduced, found.wrong) == (2, 0, [])


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE consent_event SET digest = x'00' WHERE id = 2",
        "UPDATE consent_event SET id = id + 100 WHERE id = 1",
        "UPDATE consent_event SET batch_id = 'bat_other' WHERE id = 2",
        "UPDATE consent_batch SET root = replace(root, substr(root, 1, 1), 'z')",
    ],
)
def test_what_was_changed_shows(engine, statement):
    assert changed(engine, statement).wrong


def test_an_erasure_reduces_a_batch_and_is_no_fault(engine):
    erased(engine, {"email": "one@a.example"}, GONE)
    found = check_batches(engine.parts)
    assert (found.whole, found.reduced, found.wrong) == (1, 1, [])
    gone = changed(engine, "DELETE FROM consent_event")
    assert (gone.whole, gone.reduced) == (0, 2)
