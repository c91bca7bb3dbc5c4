import pytest

from govreg.audit.rows import check_columns, compare_nodes, read_rows, stored_notes
from govreg.audit.tree import Tree, leaf_hash
from govreg.audit.verify import verify_store
from govreg.errors import IntegrityProblem


def code_of(call, *values):
    with pytest.raises(IntegrityProblem) as caught:
        call(*values)
    return caught.value.code


def test_rows_hash_to_the_tree(log):
    log.add(2_500)
    tree = Tree(leaf_hash(log.entry(number).encode()) for number in range(2_500))
    with log.store.read() as connection:
        rows = read_rows(connection, 2_500)
        assert rows.computed.root() == tree.root()
        assert (rows.unlike, rows.undated) == ({}, None)
        check_columns(rows, 2_500)
        compare_nodes(connection, rows.computed)


def test_an_empty_store_has_no_checkpoint(log):
    with log.store.read() as connection:
        assert code_of(stored_notes, connection) == "checkpoint_missing"


def test_notes_come_smallest_first(log):
    notes = [log.grow(1) for _ in range(11)]
    with log.store.read() as connection:
        assert stored_notes(connection) == notes


@pytest.mark.parametrize(
    "statement",
    [
        "DELETE FROM audit_node WHERE level = 3",
        'DELETE FROM audit_node WHERE level = 1 AND "index" = 2',
        'UPDATE audit_node SET hash = zeroblob(32) WHERE level = 2 AND "index" = 1',
        "INSERT INTO audit_node VALUES (1, 5, zeroblob(32))",
        "INSERT INTO audit_node VALUES (4, 0, zeroblob(32))",
        "INSERT INTO audit_node VALUES (-1, 0, zeroblob(32))",
        "DELETE FROM audit_node",
    ],
)
def test_every_departure_of_the_stored_hashes(log, statement):
    log.add(10)
    log.run(statement)
    with log.store.read() as connection:
        assert (
            code_of(compare_nodes, connection, read_rows(connection, 10).computed)
            == "tile_mismatch"
        )


def test_an_entry_before_the_first(log):
    log.add(1)
    log.run("INSERT INTO audit_entry SELECT -1, at, body, leaf FROM audit_entry")
    with log.store.read() as connection:
        assert code_of(read_rows, connection, 1) == "malformed"


@pytest.mark.parametrize("cut", [False, True])
def test_a_checkpoint_stored_under_another_size_does_not_hide_behind_a_smaller_one(log, cut):
    """By its column the shorter one would be the latest, and the log could end there."""
    log.grow(5)
    log.grow(5)
    log.run("UPDATE audit_checkpoint SET size = 3 WHERE size = 10")
    if cut:
        log.run('DELETE FROM audit_entry WHERE "index" >= 5')
    with log.store.read() as connection:
        if cut:
            assert code_of(verify_store, connection, log.verify_key) == "log_truncated"
        else:
            assert verify_store(connection, log.verify_key).size == 10


@pytest.mark.parametrize("at", [-(10**15), 10**18])
def test_a_stored_time_that_no_calendar_has_is_named(log, at):
    log.grow(3)
    log.run('UPDATE audit_entry SET at = :at WHERE "index" = 1', at=at)
    with log.store.read() as connection:
        assert code_of(verify_store, connection, log.verify_key) == "entry_changed"
