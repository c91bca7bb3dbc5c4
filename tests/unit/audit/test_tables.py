import pytest
import sqlalchemy as sa

from govreg.audit.tables import stored_nodes
from govreg.audit.tree import leaf_hash, node_hash
from govreg.errors import IntegrityProblem


def test_the_tables_are_strict_on_sqlite(log):
    with log.store.read() as connection:
        made = connection.scalars(
            sa.text("SELECT sql FROM sqlite_master WHERE type = 'table'")
        ).all()
    assert len(made) == 3
    assert all("STRICT" in each for each in made)


def test_an_index_is_used_once(log):
    log.add(1)
    with pytest.raises(sa.exc.IntegrityError):
        log.run("INSERT INTO audit_entry (\"index\", at, body, leaf) VALUES (0, 0, x'00', x'00')")


def test_stored_hashes_are_looked_up_at_once(log):
    log.add(2)
    leaves = [leaf_hash(log.entry(number).encode()) for number in range(2)]
    with log.store.read() as connection:
        node = stored_nodes(connection, [(0, 0), (0, 1), (1, 0)])
    assert [node(0, 0), node(0, 1)] == leaves
    assert node(1, 0) == node_hash(*leaves)


def test_a_hash_that_is_not_stored_is_named(log):
    with log.store.read() as connection:
        node = stored_nodes(connection, [(3, 1)])
    with pytest.raises(IntegrityProblem, match="level `3`, index `1` is not stored") as caught:
        node(3, 1)
    assert caught.value.code == "tile_mismatch"


def test_looking_up_hashes_never_reads_the_whole_table(log):
    log.add(40)
    seen = []
    with log.store.read() as connection:
        sa.event.listen(connection, "before_cursor_execute", lambda *each: seen.append(each[2:4]))
        stored_nodes(connection, [(0, 3), (1, 2), (1, 3), (4, 0)])
        plans = [
            str(step[3])
            for statement, values in list(seen)
            for step in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", values)
        ]
    assert any("SEARCH audit_node" in step for step in plans)
    assert not any(step.startswith("SCAN") for step in plans)
