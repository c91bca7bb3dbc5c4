import datetime as dt
from concurrent.futures import ThreadPoolExecutor

import pytest
import sqlalchemy as sa

from govreg.audit.checkpoint import Checkpoint, open_checkpoint, seal_checkpoint
from govreg.audit.entry import Entry
from govreg.audit.log import (
    append,
    consistency_proof,
    inclusion_proof,
    latest_checkpoint,
    prove,
    read_bodies,
    read_entries,
    root_at,
    size,
)
from govreg.audit.proof import parse_proof
from govreg.audit.signature import SigningKey
from govreg.audit.tree import Tree, leaf_hash, verify_consistency, verify_inclusion
from govreg.errors import IntegrityProblem, NotFound, Refused, UsageProblem


def code_of(call, *values, **named):
    with pytest.raises(IntegrityProblem) as caught:
        call(*values, **named)
    return caught.value.code


def check_everything(log):
    """Appending in odd batches gives the tree that the definition gives, with every proof."""
    assert log.add(0) == range(0)
    for count in (1, 1, 3, 8, 1, 20, 0, 5):
        log.add(count)
    tree = Tree(leaf_hash(log.entry(number).encode()) for number in range(39))
    with log.store.read() as connection:
        assert size(connection) == 39
        assert read_entries(connection, 0, 39) == [log.entry(number) for number in range(39)]
        assert read_bodies(connection, 7, 7) == []
        for at in range(40):
            assert root_at(connection, at) == tree.root(at)
        for new in (1, 2, 31, 39):
            for old in range(1, new + 1):
                proof = consistency_proof(connection, old, new)
                verify_consistency(
                    old=old, new=new, proof=proof, old_root=tree.root(old), new_root=tree.root(new)
                )
            for index in range(new):
                proof = inclusion_proof(connection, index, new)
                verify_inclusion(
                    index=index,
                    size=new,
                    leaf=tree.node(0, index),
                    proof=proof,
                    root=tree.root(new),
                )
    note = log.sign()
    assert open_checkpoint(note, [log.verify_key]) == Checkpoint(
        origin=log.origin, size=39, root=tree.root()
    )
    with log.store.read() as connection:
        proof = prove(connection, 17)
    assert parse_proof(proof.to_text()).verify(log.entry(17).encode(), log.verify_key).size == 39


def test_the_log_on_sqlite(log):
    check_everything(log)


@pytest.mark.postgresql
def test_the_log_on_postgresql(postgresql_log):
    check_everything(postgresql_log)


def check_many_writers(log):
    with ThreadPoolExecutor(4) as pool:
        added = list(pool.map(lambda _: append_one(log), range(24)))
    assert sorted(index for each in added for index in each) == list(range(24))
    log.sign()
    with log.store.read() as connection:
        tree = Tree(leaf_hash(body) for body in read_bodies(connection, 0, 24))
        assert root_at(connection, 24) == tree.root()


def append_one(log):
    with log.store.write() as connection:
        return append(connection, [log.entry(0)])


def test_many_writers_on_sqlite(log):
    check_many_writers(log)


@pytest.mark.postgresql
def test_many_writers_on_postgresql(postgresql_log):
    check_many_writers(postgresql_log)


@pytest.mark.parametrize(("standing", "statements"), [(8, 2), (9, 4), (15, 5), (1023, 5)])
def test_one_entry_takes_few_statements(log, standing, statements):
    """Where the log ends, the entry; for an odd one also the hashes it joins and completes."""
    log.add(standing)
    seen = []
    with log.store.write() as connection:
        sa.event.listen(connection, "before_cursor_execute", lambda *each: seen.append(each[2]))
        append(connection, [log.entry(standing)])
    assert len(seen) == statements


def test_a_rolled_back_transaction_leaves_nothing(log):
    log.add(3)

    class Interrupted(Exception):
        pass

    def interrupted():
        with log.store.write() as connection:
            append(connection, [log.entry(3)])
            raise Interrupted

    with pytest.raises(Interrupted):
        interrupted()
    assert log.add(1) == range(3, 4)
    log.sign()


def test_an_entry_too_long_adds_none_of_its_batch(log):
    long = Entry(
        at=log.at, action="a.b", actor="m", fields=tuple(f"f{each:0>99}" for each in range(700))
    )
    with pytest.raises(UsageProblem), log.store.write() as connection:
        append(connection, [log.entry(0), long])
    assert log.add(1) == range(1)


@pytest.mark.parametrize(("start", "stop"), [(0, 6), (5, 6), (-1, 2)])
def test_reading_beyond_the_log(log, start, stop):
    log.add(5)
    with log.store.read() as connection, pytest.raises(NotFound):
        read_entries(connection, start, stop)


@pytest.mark.parametrize(
    "ask",
    [
        lambda connection: root_at(connection, 6),
        lambda connection: root_at(connection, -1),
        lambda connection: inclusion_proof(connection, 5, 5),
        lambda connection: inclusion_proof(connection, -1, 5),
        lambda connection: inclusion_proof(connection, 0, 6),
        lambda connection: consistency_proof(connection, 5, 6),
        lambda connection: consistency_proof(connection, 5, 4),
        lambda connection: prove(connection, 5),
        lambda connection: prove(connection, -1),
    ],
)
def test_proving_beyond_the_log(log, ask):
    log.grow(5)
    with log.store.read() as connection, pytest.raises(NotFound):
        ask(connection)


def test_consistency_from_nothing_proves_nothing(log):
    log.add(5)
    with log.store.read() as connection:
        assert code_of(consistency_proof, connection, 0, 5) == "proves_nothing"


def test_an_entry_that_no_checkpoint_covers_has_no_proof_yet(log):
    log.add(2)
    with (
        log.store.read() as connection,
        pytest.raises(Refused, match="no checkpoint covers entry `0`"),
    ):
        prove(connection, 0)
    log.sign()
    log.add(1)
    with log.store.read() as connection:
        assert prove(connection, 1).index == 1
        with pytest.raises(Refused, match="no checkpoint covers entry `2`"):
            prove(connection, 2)


def test_an_empty_log_is_not_signed(log):
    with pytest.raises(Refused, match="an empty log is not signed"):
        log.sign()


def test_nothing_new_gives_the_same_checkpoint(log):
    note = log.grow(3)
    assert log.sign() == note
    with log.store.read() as connection:
        assert latest_checkpoint(connection) == note


def test_a_large_batch_is_signed_in_chunks(log):
    log.grow(5)
    log.add(4_500)
    note = log.sign()
    tree = Tree(leaf_hash(log.entry(number).encode()) for number in range(4_505))
    assert open_checkpoint(note, [log.verify_key]).root == tree.root()


def test_a_new_key_signs_on_when_the_retired_one_is_named(log):
    log.grow(3)
    new = SigningKey(bytes(32))
    assert code_of(log.sign, key=new) == "unknown_key"
    with pytest.raises(Refused, match="log the change of key"):
        log.sign(key=new, retired=[log.verify_key])
    log.add(1)
    note = log.sign(key=new, retired=[log.verify_key])
    assert open_checkpoint(note, [new.verify_key(log.origin)]).size == 4


def test_another_origin_is_not_signed(log):
    log.grow(3)
    log.add(1)
    log.origin = "else.example"
    assert code_of(log.sign, retired=[log.verify_key]) == "wrong_origin"


CHANGED = Entry(
    at=dt.datetime(2026, 1, 1, tzinfo=dt.UTC), action="nothing.happened", actor="mallory"
).encode()


@pytest.mark.parametrize(
    ("code", "statement"),
    [
        ("entry_changed", 'UPDATE audit_entry SET body = :body WHERE "index" = 5'),
        ("entry_missing", 'DELETE FROM audit_entry WHERE "index" = 5'),
        ("log_truncated", 'DELETE FROM audit_entry WHERE "index" >= 3'),
        ("tile_mismatch", "DELETE FROM audit_node WHERE level = 1"),
        (
            "tile_mismatch",
            'UPDATE audit_node SET hash = zeroblob(32) WHERE level = 1 AND "index" = 2',
        ),
        ("tile_mismatch", "UPDATE audit_node SET hash = substr(hash, 1, 31)"),
        ("forked", 'UPDATE audit_node SET hash = zeroblob(32) WHERE level = 2 AND "index" = 0'),
        ("forked", 'UPDATE audit_entry SET body = :body, leaf = :leaf WHERE "index" = 4'),
        ("bad_signature", "UPDATE audit_checkpoint SET note = replace(note, '5', '4')"),
        ("malformed", "UPDATE audit_checkpoint SET note = 'paid'"),
    ],
)
def test_a_log_that_was_tampered_with_gets_no_signature(log, code, statement):
    log.grow(5)
    log.add(2)
    values = {"body": CHANGED, "leaf": leaf_hash(CHANGED)}
    log.run(statement, **{key: value for key, value in values.items() if f":{key}" in statement})
    assert code_of(log.sign) == code


def test_a_checkpoint_of_another_history_under_the_same_key_stops_signing(log):
    log.grow(5)
    other = Checkpoint(origin=log.origin, size=4, root=bytes(32))
    log.run(
        "UPDATE audit_checkpoint SET size = 4, note = :note", note=seal_checkpoint(other, log.key)
    )
    assert code_of(log.sign) == "forked"


def test_reading_an_entry_that_was_changed(log):
    log.add(3)
    log.run('UPDATE audit_entry SET body = :body WHERE "index" = 1', body=CHANGED)
    with (
        log.store.read() as connection,
        pytest.raises(IntegrityProblem, match="entry `1` is not what was logged"),
    ):
        read_entries(connection, 0, 3)


def test_reading_across_a_gap(log):
    log.add(3)
    log.run('DELETE FROM audit_entry WHERE "index" = 1')
    with (
        log.store.read() as connection,
        pytest.raises(IntegrityProblem, match="entry `1` is missing"),
    ):
        read_entries(connection, 0, 3)


@pytest.mark.parametrize("kept", [5, 9])
def test_nothing_is_added_to_a_log_whose_end_was_cut_off(log, kept):
    log.grow(10)
    log.run('DELETE FROM audit_entry WHERE "index" >= :kept', kept=kept)
    with pytest.raises(IntegrityProblem) as caught:
        log.add(1)
    assert caught.value.code == "log_truncated"
